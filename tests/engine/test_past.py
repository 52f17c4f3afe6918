"""What-ifs and events that change firms part from a common past, bit for bit; what changes the market does not."""

from __future__ import annotations

from typing import Any

import pytest
from markets import differing, state_of, walked

from sim.market.simulation import Simulation
from sim.scenario.load import load, with_what_if
from sim.scenario.schema.firm import Levers

MONTHS = 9
MARKET: dict[str, Any] = {
    "question": "Is the past the same for all?",
    "clock": {"period": "month", "years": 1.0, "warm_up_years": MONTHS / 12},
    "market": {"customers": 120, "growth": {"kind": "stationary"}, "leave_per_year": 0.3},
    "past": {"price_cut": {"depth": 0.1, "every_weeks": 13}, "win_back": {"reach": 2.0}},
    "firms": {"Rush": {"share": 2.0, "aware_at_start": 0.6},
              "Root": {"spending": {"advertising": 0.5, "service": 0.3}}, "Reed": {}},
    "what_if": {
        "levers": {"firms": {"Rush": {"price": 6.0, "promise": 0.95, "spending": {"advertising": 1.0}},
                             "Root": {"lock": 3.0, "information": "emotion", "capacity": 5, "rewards": 0.1,
                                      "price_cut": {"depth": 0.5, "phase_weeks": 2.0}}}},
        "strategies": {"firms": {"Rush": {"strategy": "do_nothing"},
                                 "Root": {"strategy": "mixed", "settings": {"relationship_share": 0.9}},
                                 "Reed": {"strategy": "follower"}}},
        "budgets": {"firms": {"Rush": {"budget_factor": 0.0}, "Root": {"budget_factor": 5.0}}},
        "events": {"events": [{"kind": "outage", "year": 0, "severity": 0.9},
                              {"kind": "levers", "year": 0, "set": {"quality": 0.1}},
                              {"kind": "market", "year": 0, "set": {"demand": 3.0}}]},
        "another_market": {"product": {"margin": 0.4}, "market": {"leave_per_year": 0.31}},
        "another_past": {"past": {"quality": 0.71}},
    },
}
OF_FIRMS = ("levers", "strategies", "budgets", "events")
EXECUTORS = ("python", "numpy", "numba")


def course_of(what_if: str, executor: str, periods: int) -> Simulation:
    if executor == "numba":
        pytest.importorskip("numba")
    scenario = load(MARKET, {"market.customers": 20 if executor == "python" else 120})
    return walked(with_what_if(scenario, what_if) if what_if else scenario, periods, executor=executor)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_variants_of_firms_and_events_have_a_common_past(executor: str) -> None:
    written = course_of("", executor, MONTHS)
    assert written.book.states[0].cumulative[0] > 0
    for name in OF_FIRMS:
        variant = course_of(name, executor, MONTHS)
        assert differing(written, variant) == [], name
        assert variant.book.states == written.book.states
        variant.step()
    assert state_of(written)["tie.trust"].size


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("name", OF_FIRMS)
def test_they_part_in_the_first_month_that_counts(executor: str, name: str) -> None:
    assert differing(course_of("", executor, MONTHS + 1), course_of(name, executor, MONTHS + 1))


@pytest.mark.parametrize("at", [4, MONTHS, MONTHS + 1])
@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("name", ["strategies", "budgets"])
def test_a_fork_in_the_past_lives_through_its_end(executor: str, at: int, name: str) -> None:
    whole = course_of(name, executor, MONTHS + 3)
    fork = course_of(name, executor, at).fork()
    while fork.now < MONTHS + 3:
        fork.step()
    assert differing(whole, fork) == []
    assert fork.book.states == whole.book.states


@pytest.mark.parametrize("name", ["another_market", "another_past"])
def test_what_changes_the_market_or_the_past_itself_has_another_past(name: str) -> None:
    assert differing(course_of("", "numpy", MONTHS), course_of(name, "numpy", MONTHS))


def test_who_comes_after_the_past_knows_a_firm_by_what_it_promises_now() -> None:
    scenario = load(MARKET, {"past.promise": 0.5, "firms.Rush.promise": 0.9, "market.aware_on_entry": 1.0})
    appraisal = scenario.psychology.appraisal
    course = walked(scenario, MONTHS)
    later = (course.world.me.enters > MONTHS) & (course.world.tie.aware[0] > 0)
    assert 5 < later.sum() < len(later)
    for promise in (0.5, 0.9):
        expected = appraisal.prior_expectation + appraisal.promise_credibility * (promise - appraisal.prior_expectation)
        assert course.world.tie.expectation[0, later] == pytest.approx(expected)
        course.step()


def test_toothpaste_has_the_past_that_its_firms_go_on_with() -> None:
    """Calibrated before there was a section `past`: the years before money is counted are as they were."""
    scenario = load("toothpaste")
    for firm in scenario.firms.values():
        assert firm.model_dump(include=set(Levers.model_fields)) == scenario.past.model_dump()
