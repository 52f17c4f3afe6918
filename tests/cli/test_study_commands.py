"""Commands that do many runs and keep them: sweep, results, replay of a row, compare until it is precise."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from stores import rewritten
from watched import FAILS, write_market

Sim = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
SWEEP = ("sweep", "first_look", "--customers", "80", "--set", "clock.years=1", "--factor", "firms.Root.price=4,5")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_sweep_prints_the_points_side_by_side_and_keeps_every_run(sim: Sim) -> None:
    done = sim(*SWEEP, "--replications", "4", "--store", "study.sqlite", "--quiet")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert "2 points with common random numbers, 4 replicates each: 8 runs done" in done.out
    assert "  firms.Root.price: 4, 5" in lines
    (head,) = [place for place, line in enumerate(lines) if line.strip().startswith("customer equity of Root")]
    for words in ("after 1", "mean", "95 %", "minus the first", "more"):
        assert words in " ".join(lines[head - 1 : head + 2])
    rows = [line for line in lines if line.strip().startswith("firms.Root.price=5")]
    assert len(rows) == 6, "the first three outcomes of two firms: those of the headline, and customer equity"
    assert all(re.search(r"\d of [1-4]|identical", row) for row in rows)  # not every run has a repeat rate of Root
    assert re.search(r"The two points (surely differ|are too close to call)\.", done.out)
    assert "Kept: study.sqlite" in lines[-1]
    assert sorted(path.name for path in Path().iterdir()) == ["study.sqlite"]
    with sqlite3.connect("study.sqlite") as connection:
        assert connection.execute("SELECT count(*), sum(status = 'done') FROM runs").fetchone() == (8, 8)
    connection.close()


def test_the_numbers_printed_are_those_of_the_library(sim: Sim) -> None:
    import sim as library

    done = sim(*SWEEP, "-n", "3", "--json", "--outcomes", "market_share", "--seed", "7")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert {line["event"] for line in lines[:-1]} == {"progress"}
    assert (lines[0]["done"], lines[-2]["done"], lines[-2]["total"]) == (0, 6, 6)
    result = lines[-1]
    study = library.sweep("first_look", {"firms.Root.price": [4, 5]}, 3, seed=7, outcomes=["market_share"],
                          overrides={"market.customers": 80, "clock.years": 1})
    assert [row["mean"] for row in result["rows"]] == study.table()["mean"].tolist()
    assert (result["event"], result["runs"], result["store"]) == (
        "result", {"done": 6, "failed": 0, "pending": 0}, None)


def test_the_same_command_again_does_nothing_again(sim: Sim) -> None:
    first = sim(*SWEEP, "-n", "3", "--store", "study.sqlite", "--json")
    second = sim(*SWEEP, "-n", "3", "--store", "study.sqlite", "--json")
    rows = [json.loads(done.out.splitlines()[-1])["rows"] for done in (first, second)]
    assert rows[0] == rows[1]
    assert json.loads(second.out.splitlines()[0])["done"] == 6


def test_the_seventh_run_raises(sim: Sim, tmp_path: Path) -> None:
    market = write_market(tmp_path / "market", fails=11)
    command = ("sweep", market, "--factor", "firms.Root.price=4", "-n", "12", "--seed", "5", "--store", "a.sqlite",
               "--outcomes", "market_share")
    done = sim(*command)
    assert done.code == 1
    with sqlite3.connect("a.sqlite") as connection:
        rows = connection.execute("SELECT status, reason FROM runs ORDER BY number").fetchall()
    connection.close()
    assert [status for status, _ in rows] == ["done"] * 6 + ["failed"] + ["done"] * 5
    assert rows[6] == ("failed", FAILS.format(11))
    assert "11 runs done, 1 failed" in done.out
    assert "1 of 12 runs failed; the others count." in done.out
    assert f"1 x {FAILS.format(11)} (first: firms.Root.price=4, seed 11, row 7)" in done.out
    assert "--retry-failed tries them again" in done.out
    assert sim(*command, "--retry-failed").code == 1
    shown = sim("results", "a.sqlite")
    assert shown.code == 0
    assert "11 runs done, 1 failed" in shown.out
    assert "RuntimeError: luck 11 is bad" in shown.out
    replayed = sim("replay", "a.sqlite", "7")
    assert (replayed.code, "fails again in the same way" in replayed.out) == (0, True)


def test_results_are_written_as_csv_and_parquet(sim: Sim) -> None:
    assert sim(*SWEEP, "-n", "2", "--store", "study.sqlite").code == 0
    done = sim("results", "study.sqlite", "--csv", "out/runs.csv", "--outcomes", "market_share")
    assert done.code == 0
    assert "market share of Root, after 1" in done.out
    assert "customer equity" not in done.out
    assert "Saved: out/runs.csv." in done.out
    table = pd.read_csv("out/runs.csv")
    assert len(table) == 8
    assert table["firms.Root.price"].tolist() == [4.0, 4.0, 5.0, 5.0] * 2
    from sim.runs.stored_plan import read_results

    again = read_results("study.sqlite").table()
    assert table["customer_equity_money"].tolist() == again["customer_equity_money"].tolist()
    pytest.importorskip("pyarrow", reason="Parquet needs the extra parquet")
    assert sim("results", "study.sqlite", "--parquet", "runs.parquet").code == 0
    assert pd.read_parquet("runs.parquet")["market_share"].tolist() == table["market_share"].tolist()


def test_without_pyarrow_one_is_told_what_to_install(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sim(*SWEEP, "-n", "1", "--store", "study.sqlite").code == 0
    for name in ("pyarrow", "fastparquet"):
        monkeypatch.setitem(sys.modules, name, None)
    done = sim("results", "study.sqlite", "--parquet", "runs.parquet")
    assert (done.code, 'pip install "clientele-lab[parquet]"' in done.err) == (2, True)
    assert not list(Path().glob("*parquet*"))


def test_results_as_data_name_the_content(sim: Sim) -> None:
    from sim.runs.store import content_hash

    assert sim(*SWEEP, "-n", "2", "--store", "study.sqlite").code == 0
    data = json.loads(sim("results", "study.sqlite", "--json").out)
    assert data["content_hash"] == content_hash("study.sqlite")
    assert data["points"] == ["firms.Root.price=4", "firms.Root.price=5"]
    assert data["runs"] == {"done": 4, "failed": 0, "pending": 0}


def test_replay_of_a_row_finds_every_number_equal(sim: Sim) -> None:
    assert sim(*SWEEP, "-n", "2", "--store", "study.sqlite").code == 0
    done = sim("replay", "study.sqlite", "4")
    assert done.code == 0
    assert done.out.strip() == "study.sqlite, row 4 (firms.Root.price=5, seed 2): Every number is equal."
    assert json.loads(sim("replay", "study.sqlite", "4", "--json").out)["equal"] is True
    with rewritten("study.sqlite") as connection:
        connection.execute("UPDATE runs SET outcomes = json_set(outcomes, '$.Root.market_share', 0.25) "
                           "WHERE number = 4")
    other = sim("replay", "study.sqlite", "4")
    assert (other.code, "market_share of Root was 0.25, is 0." in other.out) == (1, True)
    whole = sim("replay", "study.sqlite")
    assert (whole.code, "say which one, e.g. `sim replay study.sqlite 1`" in whole.err) == (2, True)
    assert (sim("replay", "study.sqlite", "9").code, sim("replay", "nothing.sqlite", "1").code) == (2, 2)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--factor", "firms.Root.price"), "is not a factor; write a dotted name, =, and values"),
        (("--factor", "market.customers=90", "--factor", "market.customers=95"), "given twice"),
        (("--factor", "firms.Root.pric=9"), "did you mean price?"),
        (("--factor", "market.customers=90,-1"), "allowed: 1 to 20000000"),
        (("--outcomes", "market_shar"), "did you mean market_share?"),
        (("--year", "3"), "at most 1 years"),
        (("--workers", "2", "--scheduler", "tcp://a:1"), "not both"),
        (("--what-if", "better"), "--what-if better: "),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_runs(sim: Sim, words: tuple[str, ...], sentence: str) -> None:
    done = sim(*SWEEP, *words, "--store", "study.sqlite")
    assert (done.code, sentence in done.err) == (2, True), done.err
    assert "Traceback" not in done.err
    assert not Path("study.sqlite").exists()


def test_another_study_is_refused_in_one_sentence(sim: Sim) -> None:
    assert sim(*SWEEP, "-n", "1", "--store", "study.sqlite").code == 0
    for words, sentence in ((("--set", "firms.Rush.price=8"), "firms.Rush.price is nothing there, 8 here"),
                            (("--seed", "3"), "its first seed is 1, not 3"),
                            (("--factor", "firms.Rush.quality=0.5"), "it varies firms.Root.price, not")):
        done = sim(*SWEEP, *words, "-n", "1", "--store", "study.sqlite")
        assert (done.code, done.out) == (2, "")
        assert "study.sqlite holds another study" in done.err
        assert sentence in done.err, done.err
        assert len(done.err.splitlines()) == 1
    Path("notes.txt").write_text("mine", encoding="utf-8")
    done = sim(*SWEEP, "-n", "1", "--store", "notes.txt")
    assert (done.code, "notes.txt is not a store of runs" in done.err) == (2, True)
    assert Path("notes.txt").read_text(encoding="utf-8") == "mine"


def test_workers_without_the_extra_are_refused_with_what_to_install(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = sim(*SWEEP, "--workers", "2")
    assert (done.code, 'pip install "clientele-lab[distributed]"' in done.err) == (2, True)


@pytest.mark.system
@pytest.mark.skipif(os.name == "nt", reason="signals of other systems")
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path: Path) -> None:
    market = write_market(tmp_path / "market")
    command = [sys.executable, "-m", "sim", "sweep", str(market), "--factor", "firms.Root.price=4,5", "-n", "200",
               "--outcomes", "market_share", "--store", "a.sqlite", "--json"]
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    waiting = {**os.environ, "PYTHONPATH": paths, "WATCHED_SECONDS": "0.05"}
    process = subprocess.Popen(command, env=waiting, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["done"] >= 2:
            break
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert process.returncode == 130
    assert re.search(r"Stopped\. \d+ of 400 runs are kept; the same command goes on from there\.", err), err
    assert "Traceback" not in err
    last = json.loads(out.splitlines()[-1])
    assert last["runs"]["done"] >= 2
    assert last["runs"]["pending"] > 0


def test_compare_goes_on_until_it_is_precise(sim: Sim) -> None:
    words = ("compare", "leaky_bucket", "--customers", "150", "--set", "clock.years=2", "--what-if", "slow_growth")
    done = sim(*words, "--until-precise", "60%", "--most", "200", "--outcomes", "market_share", "--json")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert data["note"].startswith(f"Precise enough after {data['replications']} replicates")
    assert data["replications"] >= 10
    capped = sim(*words, "--until-precise", "0.0001", "--most", "3")
    assert (capped.code, "Not precise enough after 3 replicates" in capped.out) == (0, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("--until-precise", "much"), "write a share such as 1% or 0.01"), (("--until-precise", "0%"), "a share above 0"),
     (("--most", "5"), "--most goes with --until-precise")],
)
def test_a_precision_that_cannot_be_is_refused(sim: Sim, words: tuple[str, ...], sentence: str) -> None:
    done = sim("compare", "leaky_bucket", "--customers", "100", *words)
    assert (done.code, sentence in done.err) == (2, True), done.err


def seconds_in(store: str) -> float:
    """How long all runs of a store took together: a run that is done again takes another time."""
    with closing(sqlite3.connect(store)) as connection:
        (found,) = connection.execute("SELECT sum(seconds) FROM runs").fetchone()
    return float(found)


COMPARE = ("compare", "leaky_bucket", "--customers", "80", "--set", "clock.years=1", "--what-if", "slow_growth")


def test_a_comparison_is_kept_and_not_run_again(sim: Sim) -> None:
    first = sim(*COMPARE, "-n", "3", "--store", "kept.sqlite", "--quiet", "--out", "saved")
    assert first.code == 0, first.err
    assert "Kept: kept.sqlite" in first.out
    assert "differences, each with an interval of its own: about" in first.out
    assert {path.name for path in Path("saved").iterdir()} == {
        "comparison.csv", "comparison.txt", "comparison.json", "comparison.png", "runs.csv",
        "against_nothing.csv", "against_nothing.txt", "against_nothing.json"}
    before = seconds_in("kept.sqlite")
    again = sim(*COMPARE, "-n", "3", "--store", "kept.sqlite", "--quiet")
    assert seconds_in("kept.sqlite") == before > 0
    alike = [re.sub(r"\(\d+\.\d s\)|Saved.*", "", text) for text in (first.out, again.out)]
    assert alike[0].split() == alike[1].split()
    assert sim("report", "kept.sqlite", "-o", "r.html", "--quiet").code == 0
    assert "Line chart of active customers" in Path("r.html").read_text(encoding="utf-8")
    other = sim("run", "leaky_bucket", "-n", "2", "--store", "kept.sqlite", "--quiet")
    assert (other.code, "holds another study" in other.err) == (2, True)


def test_a_run_that_fails_ends_compare_and_run_with_1_and_is_named(sim: Sim, tmp_path: Path) -> None:
    market = write_market(tmp_path / "market", fails=6)
    done = sim("run", market, "-n", "3", "--seed", "5", "--store", "a.sqlite", "--quiet")
    assert done.code == 1, done.err
    assert "1 of 3 runs failed; the others count." in done.out
    assert "(first: as written, seed 6, row 2)" in done.out
    assert "--retry-failed tries them again." in done.out
    assert json.loads(sim("run", market, "-n", "3", "--seed", "5", "--quiet", "--json").out)["runs"] == 2
    text = market.read_text(encoding="utf-8")
    market.write_text(text + "what_if:\n  dear: {firms: {Root: {price: 11}}}\n", encoding="utf-8")
    pair = sim("compare", market, "-n", "3", "--seed", "5", "--quiet")
    assert pair.code == 1, pair.err
    assert "2 of 6 runs failed" in pair.out
    assert "--retry-failed" not in pair.out, "nothing is kept: all would be done again anyway"
