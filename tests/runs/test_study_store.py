"""Comparisons and replications through the one runner: kept in a store, gone on with, done by others, the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from watched import lines_of, watched_market

import sim
from sim.reports.stored import StoredStudy
from sim.runs import task as work
from sim.runs.results import Results
from sim.runs.store import MemoryStore, content_hash
from sim.runs.stored_plan import read_results
from sim.studies import last_runs
from sim.studies.compare import Comparison
from sim.studies.precision import Precision

SMALL = {"question": "Who stays?", "clock": {"period": "quarter", "years": 2}, "market": {"customers": 60},
         "product": {"price": 10.0}, "firms": {"Rush": {}, "Root": {"spending": {"relations": 0.5}}},
         "what_if": {"dear": {"product": {"information_cost": 9.0}}, "same": {"product": {"price": 10.0}}},
         "expect": [{"metric": "market_share", "firm": "Root", "above": "Rush", "year": 1.0, "why": "care (C1)"}]}


def told(study: Any) -> pd.DataFrame:
    """Everything that a study says, but for how long its runs took."""
    return study.runs


def same_study(a: Any, b: Any) -> None:
    """Both say the same, bit for bit."""
    pd.testing.assert_frame_equal(told(a), told(b), check_exact=True)
    pd.testing.assert_frame_equal(a.table("all"), b.table("all"), check_exact=True)
    metric = "cumulative_discounted_profit_money"
    pd.testing.assert_frame_equal(a.over_time(metric), b.over_time(metric), check_exact=True)
    assert [one.sentence for one in a.verdicts] == [one.sentence for one in b.verdicts]


def stop_at(runs: int) -> Any:
    def stop(done: int, _total: int, _what: str) -> None:
        if done >= runs:
            raise KeyboardInterrupt

    return stop


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATCHED_LOG", str(tmp_path / "log"))
    return tmp_path / "log"


def test_a_comparison_goes_on_where_it_was_stopped_and_says_the_same(tmp_path: Path) -> None:
    whole, store = sim.compare(SMALL, 4), tmp_path / "study.sqlite"
    first = sim.compare(SMALL, 4, store=store, progress=stop_at(5))
    assert (first.n, first.stopped, first.note[:22]) == (1, True, "Stopped after 5 of 12 ")
    again = sim.compare(SMALL, 4, store=store)
    same_study(again, whole)
    pd.testing.assert_frame_equal(again.three_ways(), whole.three_ways(), check_exact=True)
    pd.testing.assert_frame_equal(again.break_even(), whole.break_even(), check_exact=True)


def test_a_store_that_is_complete_is_read_and_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "study.sqlite"
    first = sim.compare(SMALL, 3, store=store)
    changed = first.customers_changed
    monkeypatch.setattr(work, "whole_run", None)  # a run would now fail
    again = sim.compare(SMALL, 3, store=store)
    same_study(again, first)
    assert sim.compare(SMALL, 2, store=store).n == 2
    monkeypatch.undo()
    assert {world: one.numbers.tolist() for world, one in again.customers_changed.items()} == {
        world: one.numbers.tolist() for world, one in changed.items()}


def test_a_study_can_grow_in_its_store(tmp_path: Path, log: Path) -> None:
    market = watched_market(tmp_path / "market")
    pair = [market, sim.load(market, {"firms.Root.price": 11.0})]
    sim.compare(pair, 2, store=tmp_path / "study.sqlite", seed=5)
    grown = sim.compare(pair, 4, store=tmp_path / "study.sqlite", seed=5)
    assert sorted((line.seed, line.price) for line in lines_of(log)) == [
        (seed, price) for seed in (5, 6, 7, 8) for price in (10.0, 11.0)]
    same_study(grown, sim.compare(pair, 4, seed=5))


def test_what_the_last_runs_remember_is_kept_here_and_else_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = sim.compare(SMALL, 2)
    runs: list[int] = []
    real = last_runs.whole_run

    def counted(world: Any, seed: int) -> Any:
        runs.append(seed)
        return real(world, seed)

    monkeypatch.setattr(last_runs, "whole_run", counted)
    assert [found.last[world].seed for world in ("as written", "dear")] == [2, 2]
    assert found.last["same"] is found.last["as written"], "worlds with the same numbers are one run"
    assert runs == []
    assert (list(found.last), "strange" in found.last) == (["as written", "dear", "same"], False)
    with pytest.raises(KeyError):
        found.last["strange"]
    none = Comparison(found.plan, Results(found.plan.layout, MemoryStore(found.plan), lambda: found.plan))
    assert (len(none.last), list(none.last)) == (0, [])
    fresh = Comparison(found.plan, found.results)
    assert fresh.last["dear"].ledger.tobytes() == found.last["dear"].ledger.tobytes()
    assert runs == [2]


def test_a_failed_run_stays_a_row_until_it_is_asked_for_again(tmp_path: Path, log: Path) -> None:
    market, store = watched_market(tmp_path / "market", fails=6), tmp_path / "study.sqlite"
    found = sim.replicate(market, 3, seed=5, store=store)
    assert [(row.seed, row.status) for row in found.rows] == [(5, "done"), (6, "failed"), (7, "done")]
    assert found.n == 2
    assert found.note.startswith(f"1 of 3 runs failed; the first: {found.rows[1].reason}")
    before = len(lines_of(log, "begin"))
    assert sim.replicate(market, 3, seed=5, store=store).n == 2
    assert len(lines_of(log, "begin")) == before, "a failed run is not done again by itself"
    sim.replicate(market, 3, seed=5, store=store, retry_failed=True)
    assert len(lines_of(log, "begin")) == before + 1


def test_until_precise_ends_at_the_same_replicate_with_a_store(tmp_path: Path) -> None:
    goal = Precision(0.5, ("market_share",), most=12, least=3)
    plain, kept = sim.compare(SMALL, precision=goal), sim.compare(SMALL, precision=goal, store=tmp_path / "a.sqlite")
    again = sim.compare(SMALL, precision=goal, store=tmp_path / "a.sqlite")
    same_study(plain, kept)
    same_study(plain, again)
    assert plain.note == kept.note == again.note
    assert 3 <= plain.n == plain.replications


def test_stores_of_other_studies_are_refused(tmp_path: Path) -> None:
    store = tmp_path / "study.sqlite"
    sim.compare(SMALL, 1, store=store)
    before = content_hash(store)
    for call, why in (
        (lambda: sim.replicate(SMALL, 1, store=store), "made by a study of another kind"),
        (lambda: sim.compare(SMALL, 1, until=1.0, store=store), "read after 2 years, not 1"),
        (lambda: sim.compare({**SMALL, "market": {"customers": 61}}, 1, store=store), "market.customers is 60 there"),
        (lambda: sim.sweep(SMALL, {"product.price": [9, 10]}, 1, store=store), "holds another study"),
    ):
        with pytest.raises(ValueError, match=why):
            call()
    assert content_hash(store) == before
    with pytest.raises(ValueError, match="not both"):
        sim.compare(SMALL, 1, workers=2, scheduler="tcp://127.0.0.1:1")


def test_a_report_of_a_store_is_the_report_of_the_study(tmp_path: Path) -> None:
    store = tmp_path / "study.sqlite"
    found = sim.compare(SMALL, 3, store=store)
    stored = StoredStudy(store)
    assert stored.whole
    assert stored.dates == found.dates == (1.0, 2.0)
    direct, out_of_store = sim.report(found).content, sim.report(store).content
    assert out_of_store.answer == direct.answer
    assert [one.name for one in out_of_store.drawings] == [one.name for one in direct.drawings]
    assert [one.svg for one in out_of_store.drawings] == [one.svg for one in direct.drawings]
    assert out_of_store.claims == direct.claims


def test_every_metric_can_be_read_out_of_the_store_of_a_comparison(tmp_path: Path) -> None:
    store = tmp_path / "study.sqlite"
    found = sim.compare(SMALL, 2, store=store)
    results = read_results(store)
    assert results.layout.points == ("as written", "dear", "same")
    for metric in ("customer_equity_money", "satisfaction_0_1", "truly_loyal_survey_share"):
        assert results.values("dear", metric, "Root").tolist() == found.values("dear", metric, "Root").tolist()
    assert sim.replay(store, 2).equal


@pytest.mark.system
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_workers_give_the_same_study_and_the_same_store(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="workers need the extra distributed")
    here = sim.compare(SMALL, 3, store=tmp_path / "here.sqlite")
    apart = sim.compare(SMALL, 3, store=tmp_path / "apart.sqlite", workers=2)
    same_study(here, apart)
    assert content_hash(tmp_path / "here.sqlite") == content_hash(tmp_path / "apart.sqlite")
    assert apart.customers_changed["dear"].numbers.tolist() == here.customers_changed["dear"].numbers.tolist()
