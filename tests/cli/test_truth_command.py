"""`sim truth`: what it prints, what it saves, how it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.valuation import estimators

Sim = Callable[..., Any]
SMALL = ("--customers", "150", "--set", "clock.years=1", "--set", "clock.warm_up_years=0",
         "--at", "0.5", "--horizon", "0.5", "-n", "2")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_truth_prints_estimators_windows_findings_and_where_it_is_saved(sim: Sim) -> None:
    done = sim("truth", "first_look", "--runs", "2", *SMALL)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "Deals or relations"
    whole = " ".join(done.out.split())
    assert "at year 0.5, 0.5 years ahead, from 2 futures of each of 2 runs" in whole
    for firm in ("Rush", "Root"):
        assert re.search(rf" {firm}: [^.;]*(\.\d[^.;]*)*wrong people", whole)
        assert re.search(rf" {firm} sees [^;]*?but returning", whole)
    for title in ("constant retention", "sBG by tenure", "RFM cells", "BG/NBD × Gamma-Gamma", "Markov switching"):
        assert sum(line.strip().startswith(f"{title} ") for line in lines) == 2
    assert "a panel, which a firm must buy" in done.out
    assert "of a retention budget goes to the wrong people" in whole
    assert "will not buy again within 0.5 years" in whole
    assert "are guesses" in whole
    assert whole.count("sBG by tenure was not computed: nobody was watched for two active windows") == 2
    assert max(map(len, lines)) <= 130
    assert (Path("runs") / "first_look-truth" / "values.csv").exists()


def test_own_value_and_value_brought_stand_in_two_columns(sim: Sim) -> None:
    done = sim("truth", "first_look", "--runs", "1", "--firm", "Root", "--brought", *SMALL)
    assert done.code == 0, done.err
    lines = [line.strip() for line in done.out.splitlines()]
    assert sum(line.startswith("Root, fifth ") for line in lines) == 5
    assert "Never add the two columns" in done.out
    table = (Path("runs") / "first_look-truth" / "brought.csv").read_text(encoding="utf-8").splitlines()
    assert len(table) == 6
    assert {"residual_money", "brought_money"} <= set(table[0].split(","))


def test_the_numbers_printed_as_json_are_those_of_the_library(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    import sim as library

    monkeypatch.setattr(estimators, "names", lambda: ("last_year_continued", "markov_switching", "sbg_by_tenure"))
    data = json.loads(sim("truth", "first_look", "--runs", "1", "--firm", "Root", "--seed", "3", *SMALL, "--json",
                          "--out", "here").out)
    study = library.truth("first_look", at=0.5, horizon=0.5, replications=2, runs=1, seed=3, firm="Root",
                          customers=150, overrides={"clock.years": 1, "clock.warm_up_years": 0})
    wanted = study.scores().to_dict("records")
    ranks = [row["rank_correlation"] for row in wanted]
    assert [row["rank_correlation"] for row in data["scores"]] == [None if rank != rank else rank for rank in ranks]
    assert sum(rank == rank for rank in ranks) == 2  # the log is too short for one of them
    assert data["scores"][0]["rank_correlation_low"] is None
    assert (data["firms"], data["seeds"], data["futures"], data["valuation_year"]) == (["Root"], [3], 2, 0.5)
    assert len(data["findings"]) == 2
    assert {row["firm"] for row in data["seen"]} == {"Root"}
    assert (Path("here") / "true_against_estimated-1-Root.png").stat().st_size > 10_000


@pytest.mark.parametrize(("options", "words"), [
    (("--firm", "Rot"), "did you mean Root"), (("--at", "9"), "at=9"), (("--horizon", "0"), "horizon=0"),
])
def test_what_cannot_be_done_is_one_sentence(sim: Sim, options: tuple[str, ...], words: str) -> None:
    done = sim("truth", "first_look", *SMALL, *options)
    assert done.code == 2
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_firm_without_names_is_said_to_be_blind(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimators, "names", lambda: ("last_year_continued",))
    done = sim("truth", "first_look", "--runs", "1", *SMALL, "--set", "firms.Rush.information=sales")
    assert "Rush records sales without names and could do none of this" in " ".join(done.out.split())
