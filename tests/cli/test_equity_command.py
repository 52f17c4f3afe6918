"""`sim equity`: what it prints is what the library says, with terms in words; tables and pictures are saved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Sim = Callable[..., Any]
SMALL = ("--customers", "150", "--set", "clock.years=3", "--set", "money.equity_horizon_years=1")
QUICK = ("--basis", "estimate", *SMALL)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_everything_is_told_and_saved(sim: Sim) -> None:
    done = sim("equity", "placebo_identical_firms", "-n", "2", "--firm", "Left", "--from", "2", *SMALL, "--out", "mine")
    assert (done.code, done.err) == (0, "")
    for words in (
        "Placebo", "2 paired runs of the scenario and of 1 what-if", "Horizon 1 year; 10 % a year discounted",
        "today's customers", "future ones, net", "95 % interval", "Statement, year 2 to year 3, EUR", "True expected",
        "acquired", "developed", "lost", "eroded", "costs to come", "unwinding", "not foreseen", "Left: relationship",
        "Left: interaction", "stays in the firm's pocket", "Cohort formula, from year 1", "What if: nothing_changed",
        "as written and nothing_changed are identical in every run",
        "9 tables and 3 pictures in mine",
    ):
        assert words in " ".join(done.out.split()), words
    assert "Right" not in done.out
    saved = {file.name for file in Path("mine").iterdir()}
    assert {"equity.csv", "statement.csv", "true_statement.csv", "drivers.csv", "mirror.csv", "three_ways.csv",
            "break_even.csv", "statement_today.png", "statement_all.png", "break_even_nothing_changed.png"} <= saved
    statement = pd.read_csv("mine/true_statement.csv")
    wide = statement.pivot_table(index="part", columns="line", values="amount", sort=False)
    assert (wide.drop(columns="closing").sum(axis=1) == wide["closing"]).all()
    ways = pd.read_csv("mine/three_ways.csv")
    assert (ways["part"] == 0).all(), "a what-if of nothing"


def test_the_numbers_are_those_of_the_library(sim: Sim) -> None:
    import sim as library

    data = json.loads(sim("equity", "first_look", "-n", "2", "--seed", "5", *QUICK, "--json").out)
    overrides = {"market.customers": 150, "clock.years": 3, "money.equity_horizon_years": 1}
    report = library.equity_report(library.load("first_look", overrides), replications=2, seed=5, basis="estimate")
    assert data["runs"] == 2
    assert data["terms"].startswith("Horizon 1 year")
    assert (data["statement_from"], data["statement_to"]) == (2.0, 3.0), "no longer than the horizon"
    wanted = report.equity()
    assert [row["mean"] for row in data["tables"]["equity"]] == wanted["mean"].tolist()
    study = library.replicate("first_look", 2, seed=5, overrides=overrides).table(["customer_equity_money"])
    total = wanted[wanted["part"] == "total"].set_index("firm")["mean"]
    assert total.to_dict() == pytest.approx(study[["Rush", "Root"]].iloc[0].to_dict())
    assert {row["firm"] for row in data["tables"]["drivers"]} == {"Rush", "Root"}
    assert "true_statement" not in data["tables"]
    assert Path("equity/first_look/equity.csv").exists()


def test_only_the_named_what_ifs_are_run_and_one_run_has_no_interval(sim: Sim) -> None:
    done = sim("equity", "leaky_bucket", "-n", "1", "--what-if", "slow_growth", "--firm", "Rush", *QUICK, "--quiet")
    assert done.code == 0, done.err
    assert "What if: slow_growth" in done.out
    assert "fast_growth" not in done.out
    assert "One run gives no intervals" in done.out
    assert re.search(r"Rush: at 10 % a year, slow_growth", done.out)


def test_what_cannot_be_had_is_said_and_the_rest_is_told(sim: Sim) -> None:
    done = sim("equity", "first_look", "-n", "1", "--firm", "Rush", "--customers", "100", "--set", "clock.years=1",
               "--set", "clock.warm_up_years=0",
               "--basis", "estimate")
    assert done.code == 0, done.err
    words = "The cohort formula needs a year to calibrate and one to compare: run for 3 years."
    assert words in " ".join(done.out.split())
    assert "Cohort formula, from" not in done.out


@pytest.mark.parametrize(("arguments", "says"), [
    (("--firm", "Rot"), "did you mean Root"), (("--from", "2", "--to", "1"), "the first must be below the second"),
    (("--to", "9"), "both within 0 to 3"), (("--what-if", "none"), "there is no what-if 'none'"),
])
def test_what_is_wrong_is_refused_before_anything_runs(sim: Sim, arguments: tuple[str, ...], says: str) -> None:
    done = sim("equity", "first_look", *arguments)
    assert done.code == 2
    assert says in done.err
    assert not Path("equity").exists()
