"""The rehearsal: what the first seed shows, in how many seeds it holds, what is refused, and that it is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.app import rehearse as rehearsing
from sim.app.rehearse import AHEAD, HIGHER, LOWER, RUNS, SAME, Rehearsal, RehearsedReveal, rehearse
from sim.runs.plan import AS_WRITTEN
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.studies.study import Study

SMALL = {"market.customers": 120, "clock.years": 2, "clock.warm_up_years": 1}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rehearsing, "cache_folder", lambda: tmp_path)
    return tmp_path / "rehearsals"


def small(name: str, **more: object) -> Scenario:
    return load(name, {**SMALL, **more})


def test_it_counts_what_replications_with_the_same_seeds_show() -> None:
    scenario = small("first_look")
    found = {(one.variant, one.metric): one for one in rehearse(scenario, seed=5).others}
    runs = sim.replicate(scenario, RUNS, seed=5).runs
    for (variant, metric), one in found.items():
        assert variant == AS_WRITTEN
        table = runs.pivot(index="seed", columns="firm", values=metric)
        best = (table.min if metric == "complaints_per_purchase" else table.max)(axis=1)
        alone = table.notna().all(axis=1) & (table.eq(best, axis=0).sum(axis=1) == 1)
        if one.says != AHEAD:
            assert not alone[5]
            continue
        assert table.loc[5, one.firm] == best[5]
        assert one.held == int((alone & (table[one.firm] == best)).sum())
    assert sum(one.says == AHEAD for one in found.values()) > len(found) / 2


def test_a_what_if_is_read_off_the_firm_that_it_changes_in_paired_runs() -> None:
    scenario = small("overpromise")
    found = {one.metric: one for one in rehearse(scenario).others if one.variant == "both_honest"}
    assert {one.firm for one in found.values() if one.says in (HIGHER, LOWER)} == {"Loud"}
    study = sim.compare(scenario, RUNS)
    for metric in ("active_customers_people", "satisfaction_0_1", "cumulative_discounted_profit_money"):
        runs = study.values("both_honest", metric, "Loud") - study.values(AS_WRITTEN, metric, "Loud")
        assert found[metric].says == (HIGHER if runs[0] > 0 else LOWER)
        assert found[metric].held == int((np.sign(runs) == np.sign(runs[0])).sum())


def test_nothing_holds_between_equal_firms_and_a_what_if_of_nothing_changes_nothing() -> None:
    found = rehearse(small("placebo_identical_firms"))
    equal, unchanged = found.reveals
    assert not equal.holds
    assert [found.refused, unchanged.variant, unchanged.says] == [(equal,), "nothing_changed", SAME]
    assert unchanged.held == RUNS
    assert "as written" in found.refusal()
    assert "Fewer than 9 of 10" in found.refusal()


def test_the_second_time_nothing_is_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = small("first_look")
    first = rehearse(scenario)
    (kept,) = folder.iterdir()

    def run_again(*_: object, **__: object) -> None:
        raise AssertionError("it is run again")

    with monkeypatch.context() as patched:
        patched.setattr(Study, "conducted", run_again)
        assert rehearse(scenario) == first
        for other in (load(scenario, {"firms.Rush.promise": 0.4}), load(scenario, {"market.customers": 121})):
            with pytest.raises(AssertionError):
                rehearse(other)
        with pytest.raises(AssertionError):
            rehearse(scenario, seed=2)
    for damaged in ("", "{", '[{"variant": 1}]'):
        kept.write_text(damaged, encoding="utf-8")
        assert rehearse(scenario) == first


def reveal(metric: str, held: int, variant: str = AS_WRITTEN, says: str = AHEAD) -> RehearsedReveal:
    return RehearsedReveal(variant, metric, "Root", says, held)


def test_the_edge_is_nine_of_ten_and_what_was_picked_afterwards_must_hold_in_all() -> None:
    assert (reveal("market_share", 9).holds, reveal("market_share", 8).holds) == (True, False)
    refused, kept = reveal("repeat_rate_share", 8), reveal("repeat_rate_share", 9, "dear", LOWER)
    others = (refused, kept, reveal("market_share", 9), reveal("wallet_share", 10),
              reveal("wallet_share", 10, "dear", LOWER))
    found = Rehearsal("Deals", 4, (refused, kept), others)
    assert (found.refused, found.instead(AS_WRITTEN)) == ((refused,), (others[3],))
    assert list(found.lines()) == [
        "Deals: seeds 4 to 13",
        "  - Root is ahead (repeat rate): 8 of 10 seeds",
        "    Show instead:",
        "    Root is ahead (share of wallet): 10 of 10 seeds",
        "  + What if: dear. Root, repeat rate: lower than as written, 9 of 10 seeds",
    ]
    luck = Rehearsal("Deals", 4, (refused,), (refused, others[2]))
    assert "luck decides" in list(luck.lines())[-1]
    assert Rehearsal("Deals", 4, (kept,), (kept,)).refusal() == ""


def test_the_reveal_is_the_first_headline_metric_that_holds() -> None:
    scenario = load(small("first_look"), {"headline": ["market_share", "cumulative_profit_money"]})
    found = rehearse(scenario)
    by_metric = {one.metric: one for one in found.others}
    holding = [by_metric[name] for name in scenario.headline if by_metric[name].holds]
    assert found.reveals[0] == (holding or [by_metric["market_share"]])[0]


def test_one_firm_and_no_what_if_have_nothing_to_reveal() -> None:
    alone = load({"extends": "coffee_shop", "question": "?", "firms": {"Root": {}}})
    with pytest.raises(ValueError, match="nothing to reveal"):
        rehearse(alone)

