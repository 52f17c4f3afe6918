"""What every strategy must keep, the shipped ones and a student's own. One contract, inherited by being defined."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine.state import ACCOUNTS, COUNTS
from sim.firms.information import RECORDED
from sim.firms.one_firm import checked
from sim.firms.plans import Plan, Seen, changed
from sim.firms.strategies import Strategy, build
from sim.registry import STRATEGIES
from sim.scenario.parameters import number
from sim.scenario.schema.firm import INFORMATION_LEVELS, Levers

HIDDEN = [name for name in COUNTS if name not in {each for level in RECORDED.values() for each in level}]


class StudentsOwn(Strategy):
    """A student's: relations for those who complain."""

    share: float = number(0.4, "share", (0, 1), "share for relations")

    def plan(self, seen: Seen) -> Plan:
        """More relations after a complaint."""
        share = self.share if seen.count("complaints") else 0.0
        return self.spend(seen, seen.written, {"relations": share, "advertising": 1 - share})


SHIPPED = [name for name, kind in STRATEGIES.classes().items() if kind.__module__.startswith("sim.firms.strategies.")]
ALL = sorted({*SHIPPED, "students_own"} - {"half_and_half"})  # the last is an example in a docstring
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

money = st.integers(0, 10**9)
shares = st.lists(st.floats(0, 1), min_size=5, max_size=5)
levels = st.sampled_from(INFORMATION_LEVELS)
books = st.fixed_dictionaries({name: st.integers(0, 10**8) for name in ACCOUNTS})
counted = st.fixed_dictionaries({name: st.integers(0, 10**6) for name in COUNTS})


def test_the_contract_holds_for_all_that_are_shipped() -> None:
    assert set(SHIPPED) >= {"as_written", "do_nothing", "follower", "mixed", "reacting", "relationship",
                            "transactional"}


def test_a_students_strategy_is_registered_by_being_defined() -> None:
    assert "students_own" in STRATEGIES.names()
    assert build("students_own", {"share": 1}) == StudentsOwn(share=1)


@pytest.mark.parametrize("name", ALL)
class TestContract:
    @quick
    @given(budget=money, parts=shares, level=levels, ledger=books, counts=counted)
    def test_the_budget_is_kept(
        self, name: str, make_seen: Any, budget: int, parts: list[float], level: str, ledger: Any, counts: Any
    ) -> None:
        spending = dict(zip(("advertising", "service", "people", "capacity", "relations"), parts, strict=True))
        written = changed(Levers(), {"spending": spending})
        seen = make_seen(budget, written=written, level=level, ledger=ledger, counts=counts, allowance=budget // 2)
        plan = build(name).plan(seen)
        assert checked(plan, seen, name, {}) is plan
        assert 0 <= plan.spending.total <= budget

    @quick
    @given(level=levels, before=counted, after=counted)
    def test_hidden_state_is_unseen(
        self, name: str, make_seen: Any, level: str, before: dict[str, int], after: dict[str, int]
    ) -> None:
        known = {each for upto in INFORMATION_LEVELS[: INFORMATION_LEVELS.index(level) + 1] for each in RECORDED[upto]}
        other = {each: before[each] if each in known else after[each] for each in COUNTS}
        one, two = make_seen(counts=before, level=level), make_seen(counts=other, level=level)
        assert build(name).plan(one) == build(name).plan(two)

    def test_the_same_view_gives_the_same_plan_and_nothing_is_remembered(self, name: str, make_seen: Any) -> None:
        strategy, seen = build(name), make_seen()
        first = strategy.plan(seen)
        strategy.plan(make_seen(budget=7, level="emotion"))
        assert strategy.plan(seen) == first == build(name).plan(make_seen())

    def test_inputs_are_not_written(self, name: str, make_seen: Any) -> None:
        seen = make_seen()
        image = pickle.dumps(seen)
        build(name).plan(seen)
        assert pickle.dumps(seen) == image

    def test_it_pickles(self, name: str, make_seen: Any) -> None:
        strategy = build(name)
        again = pickle.loads(pickle.dumps(strategy))
        assert again == strategy
        assert again.plan(make_seen()) == strategy.plan(make_seen())

    def test_settings_are_frozen_and_wrong_ones_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="no such setting"):
            build(name, {"no_such_thing": 1})
        strategy = build(name)
        for field in type(strategy).model_fields:
            with pytest.raises(ValueError, match="frozen"):
                setattr(strategy, field, 0)

    def test_an_empty_account_is_survived(self, name: str, make_seen: Any) -> None:
        empty = {"counts": dict.fromkeys(COUNTS, 0), "ledger": dict.fromkeys(ACCOUNTS, 0)}
        seen = make_seen(0, period=0, public={"Own": (), "Other": ()}, **empty)
        assert build(name).plan(seen).spending.total == 0


def test_what_a_strategy_sees_cannot_be_changed(make_seen: Any) -> None:
    seen = make_seen()
    with pytest.raises(FrozenInstanceError):
        seen.budget = 10**9
    with pytest.raises(TypeError):
        seen.ledger["revenue"] = 1
    with pytest.raises(AttributeError, match="cannot be changed"):
        seen.counts._values = ()
    with pytest.raises(ValueError, match="frozen"):
        seen.written.quality = 1.0


def test_better_information_shows_more_and_the_heart_stays_hidden(make_seen: Any) -> None:
    full = dict.fromkeys(COUNTS, 1)
    seen = [{name for name, value in make_seen(counts=full, level=level).counts.items() if value is not None}
            for level in INFORMATION_LEVELS]
    assert all(less < more for less, more in pairwise(seen))
    assert {"complaints", "units"} <= seen[0]
    assert "active_customers" not in seen[0]
    assert not seen[-1] & set(HIDDEN)
    assert {"trust_total", "grievance_total"} <= set(HIDDEN)
