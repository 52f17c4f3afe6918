"""Policies stand still in futures: levers and the split of the money, whatever strategies and events would do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import small_market, walked

from sim.firms.plans import Amounts
from sim.market.simulation import Options, Simulation
from sim.scenario.load import load
from sim.true_values import true_values
from sim.true_values.frozen_policies import FrozenPolicies, FrozenStrategy

TURNING: dict[str, Any] = {
    "question": "Who stands still?",
    "clock": {"period": "month", "years": 2.0},
    "market": {"customers": 80, "season": {"amplitude": 0.5}},
    "budget": {"mode": "share_of_revenue", "share": 0.3}, "product": {"information_cost": 0.0},
    "firms": {"Mix": {"strategy": "mixed"}, "Deal": {"strategy": "transactional"}, "Plain": {
        "spending": {"advertising": 0.3, "relations": 0.45}}},
    "events": [
        {"kind": "levers", "year": 0.3, "lasts_weeks": 40, "set": {"lock": 3.0}, "firms": ["Plain"]},
        {"kind": "levers", "year": 1.2, "set": {"quality": 0.1}},
        {"kind": "strategy", "year": 1.3, "strategy": "do_nothing", "firms": ["Mix"]},
        {"kind": "outage", "year": 1.4, "severity": 0.9, "lasts_weeks": 20},
        {"kind": "outage", "year": 0.9, "severity": 0.7, "lasts_weeks": 26, "firms": ["Deal"]},
        {"kind": "market", "year": 1.5, "set": {"demand": 0.4}},
    ],
}


def frozen_at(scenario: Any, periods: int) -> Simulation:
    course = Simulation(scenario, 5, 3, Options("numpy", records="totals"))
    habits = FrozenPolicies()
    for _ in range(periods):
        course.step()
        habits.look(course.book)
    fork = course.fork()
    fork.book = habits.frozen(fork.book)
    return fork


def test_levers_stay_as_they_were_and_the_market_does_not() -> None:
    course = frozen_at(load(TURNING), 12)
    before = [state.levers for state in course.book.states]
    assert before[2].lock == 3.0
    demand, outages = [], []
    while not course.done:
        course.step()
        assert all(now.levers is then for now, then in zip(course.book.states, before, strict=True))
        demand.append(float(course.world.clock.demand))
        outages.append(course.world.firm.outage.tolist())
    assert min(demand) < 0.4 * max(demand)
    assert [row[1] > 0 for row in outages] == [True] * 5 + [False] * 7
    assert not np.array(outages)[:, [0, 2]].any()
    free = walked(load(TURNING), 24)
    assert free.book.states[2].levers.quality == 0.1
    assert free.book.states[0].levers is not before[0]


def test_money_is_split_as_it_was() -> None:
    """Parts of the allowance stay within a rounding of what they were, as long as the account allows it."""
    course = frozen_at(load(TURNING), 12)
    last = course.book.last
    assert last is not None
    spenders = [place for place, seen in enumerate(last.seen) if seen.allowance > 0]
    assert len(spenders) >= 2
    shares = {place: [part / last.seen[place].allowance for part in last.plans[place].spending] for place in spenders}
    checked = 0
    while not course.done:
        course.step()
        opening = course.book.last
        assert opening is not None
        for place in spenders:
            plan, seen = opening.plans[place], opening.seen[place]
            wanted = sum(shares[place]) * seen.allowance
            if wanted <= seen.budget and seen.allowance > 0:
                checked += 1
                assert plan.spending == pytest.approx([share * seen.allowance for share in shares[place]], abs=1.001)
            assert plan.spending.total <= seen.budget
    assert checked > 12
    assert max(map(sum, shares.values())) > 0.7


def test_frozen_and_free_are_the_same_where_files_decide_and_nothing_happens() -> None:
    scenario = small_market({"clock.years": 2.0, "budget.mode": "share_of_gross_margin"}, customers=60)
    records = walked(scenario, 24, records="all").records()
    frozen, free = (true_values(records, 1.0, 1.0, replications=2, policies=policies, options=Options("numpy"))
                    for policies in ("frozen", "free"))
    assert frozen.found.residual.tobytes() == free.found.residual.tobytes()
    assert "Every firm goes on" in frozen.notes[0]
    assert free.notes[0] == "Strategies plan on and all events strike in every future."


def test_frozen_and_free_differ_where_strategies_plan() -> None:
    records = walked(load(TURNING), 24, records="all").records()
    frozen, free = (true_values(records, 1.0, 1.0, replications=2, policies=policies, options=Options("numpy"))
                    for policies in ("frozen", "free"))
    assert frozen.found.residual.tobytes() != free.found.residual.tobytes()
    assert frozen.found.realised is not None
    assert free.found.realised is not None
    assert frozen.found.realised.tobytes() == free.found.realised.tobytes()


class _Seen:
    def __init__(self, allowance: int, budget: int) -> None:
        self.allowance, self.budget = allowance, budget


def test_more_than_there_is_is_never_spent() -> None:
    keep = FrozenStrategy(None, Amounts(advertising=300, relations=100), base=100, as_written=False)
    assert keep.plan(_Seen(10, 1000)).spending == (30, 0, 0, 0, 10)  # type: ignore[arg-type]
    assert keep.plan(_Seen(1000, 1000)).spending == (750, 0, 0, 0, 250)  # type: ignore[arg-type]
    assert keep.plan(_Seen(0, 0)).spending.total == 0  # type: ignore[arg-type]


def test_a_firm_whose_account_is_empty_at_the_date_keeps_its_last_split() -> None:
    """Overspending pauses a firm for a period; that pause is no policy."""
    scenario = small_market({"firms.Rush.price_cut.depth": 0.5, "budget.per_person_per_year": 4.0}, customers=60)
    course, habits, paused = Simulation(scenario, 5, 3, Options("numpy", records="totals")), FrozenPolicies(), False
    while not paused:
        course.step()
        habits.look(course.book)
        assert course.book.last is not None
        paused = course.book.last.seen[0].budget == 0
    fork = course.fork()
    fork.book = habits.frozen(fork.book)
    spent = 0
    while not fork.done:
        fork.step()
        assert fork.book.last is not None
        spent += fork.book.last.plans[0].spending.total
    assert spent > 0


def test_nothing_can_be_frozen_before_anything_was_planned() -> None:
    course = walked(small_market(customers=20), 0)
    with pytest.raises(ValueError, match="once a period has been walked"):
        FrozenPolicies().frozen(course.book)
