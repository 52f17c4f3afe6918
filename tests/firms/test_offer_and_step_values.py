"""What an offer costs and what one step of a lever is: by hand, at the usual values and at the ends of ranges."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.firms.lever_costs import LEVER_COSTS, cost_of, levers, one_step
from sim.firms.offer_costs import USUAL_BENEFITS, benefits_cost, concession, delivered, failures_cost, usual_when_paused
from sim.scenario.parameters import choices_of, limits_of
from sim.scenario.schema.market import Product

LESS = ("failure_rate", "effort", "recovery.delay_weeks")
"""Levers of which a step means less: fewer failures, less to do for customers, a quicker answer."""
PRODUCT = Product(quality_cost=0.5, base_quality=0.5, surprise_cost=0.25, benefit_cost=0.0, failure_cost=0.0)


def firms(quality: list[float], failure: list[float], surprise: list[float]) -> Any:
    return SimpleNamespace(quality=np.array(quality), failure=np.array(failure), surprise=np.array(surprise))


def test_quality_and_surprise_beyond_the_usual_pause_while_the_account_is_empty() -> None:
    """Half a price per quality above .5, a quarter per surprise; a poor offer is a cheap one, paused or not."""
    offers = firms([0.75, 0.75, 0.25, 0.25], [0.0] * 4, [0.5] * 4)
    found = delivered(PRODUCT, offers, np.tile(USUAL_BENEFITS, (4, 1)), np.array([1.0, 0.0, 1.0, 0.0]))
    assert found.quality.tolist() == [0.75, 0.5, 0.25, 0.25]
    assert found.unit_cost.tolist() == [0.25, 0.0, 0.0, -0.125]
    assert found.failure.tolist() == [0.0] * 4


def test_few_failures_pause_only_where_they_cost_something() -> None:
    """(.08 + .01) / (.02 + .01) - 1 is twice the cost of failures; at .17 a saving of half of it."""
    offers = firms([0.5] * 3, [0.02, 0.02, 0.17], [0.0] * 3)
    usual, on = np.tile(USUAL_BENEFITS, (3, 1)), np.array([1.0, 0.0, 0.0])
    free = delivered(PRODUCT, offers, usual, on)
    assert (free.failure.tolist(), free.unit_cost.tolist()) == ([0.02, 0.02, 0.17], [0.0] * 3)
    dear = delivered(PRODUCT.model_copy(update={"failure_cost": 0.25, "base_failure_rate": 0.08}), offers, usual, on)
    assert dear.failure.tolist() == [0.02, 0.08, 0.17]
    assert dear.unit_cost.tolist() == pytest.approx([0.5, 0.0, -0.125])


def test_failures_cost_by_hand() -> None:
    product = Product(failure_cost=0.5, base_failure_rate=0.09)
    assert [failures_cost(product, rate) for rate in (0.0, 0.04, 0.09, 0.19)] == pytest.approx([4.5, 0.5, 0.0, -0.25])


def test_better_benefits_pause_and_poorer_ones_stay_poor() -> None:
    product = Product(benefit_cost=0.5)
    step = np.zeros((2, USUAL_BENEFITS.size))
    step[:, 0], step[:, 1] = 0.25, -0.25
    wanted = USUAL_BENEFITS + step
    assert (usual_when_paused(product, wanted, [False, False]) == wanted).all()
    some = usual_when_paused(product, wanted, [False, True])
    assert (some[0] == wanted[0]).all()
    assert (some[1] - USUAL_BENEFITS).tolist() == pytest.approx([0.0, -0.25, 0.0, 0.0, 0.0])
    assert (usual_when_paused(Product(benefit_cost=0.0), wanted, [True, True]) == wanted).all()
    better, poorer = USUAL_BENEFITS.copy(), USUAL_BENEFITS.copy()
    better[3], poorer[3] = 1.0, 0.0  # of esteem .5
    assert benefits_cost(product, np.array([better, poorer])).tolist() == pytest.approx([0.375, -0.125])


def test_being_bound_is_paid_in_whole_cents() -> None:
    product = Product(price=10.0, lock_foreseen=0.5)
    locks = np.array([0.0, 1.0, 0.003, 0.005, 0.0051])
    assert concession(product, 5.0, locks, 100).tolist() == [0, 100, 0, 1, 1]
    assert concession(product, 0.0, locks, 100).tolist() == [0] * 5
    assert concession(product, 0.5, np.array([1.0]), 1).tolist() == [10]


@pytest.mark.parametrize("lever", [name for name in levers() if not choices_of(levers()[name])])
def test_a_step_is_one_decision_and_goes_the_way_of_its_lever(lever: str) -> None:
    """From the middle of its range: at least a hundredth and at most all of what is there."""
    low, high = limits_of(levers()[lever])
    assert low is not None
    assert high is not None
    middle = {"price": 10.0, "capacity": 100.0}.get(lever, (low + min(high, 1.0 if high <= 10.0 else 52.0)) / 2)
    step = one_step(lever, middle) - middle
    assert (step < 0) == (lever in LESS)
    assert 0.0099 * middle <= abs(step) <= middle


def test_steps_by_hand() -> None:
    assert (one_step("price", 10.0), one_step("capacity", 200.0), one_step("failure_rate", 0.05)) == (10.1, 220.0, 0.04)
    assert (one_step("quality", 0.98), one_step("quality", 1.0), one_step("quality", 0.99)) == (1.0, 0.98, 0.97)
    assert (one_step("failure_rate", 0.01), one_step("failure_rate", 0.0), one_step("effort", 0.1)) == (0.0, 0.01, 0.0)
    assert one_step("promise", 0.1) == 0.12  # not .12000000000000001
    assert (one_step("price_cut.every_weeks", 13.0), one_step("price_cut.phase_weeks", 4.0)) == (26.0, 8.0)
    words = choices_of(levers()["information"])
    assert [one_step("information", word) for word in words] == [*words[1:], words[-2]]


def test_the_entry_of_a_lever_is_its_own_or_that_of_its_section() -> None:
    assert cost_of("spending.service").accounts == ("service",)
    assert cost_of("price_cut.to").needs == "price_cut.depth"
    assert cost_of("care.personalisation").accounts == ("information",)
    assert cost_of("information").accounts == ("information", "system")
    assert cost_of("care.selective").accounts == ("relations", "care")
    for wrong in ("pric", "prices", "benefit"):
        with pytest.raises(KeyError, match="has no entry"):
            cost_of(wrong)
    assert len({one.lever for one in LEVER_COSTS}) == len(LEVER_COSTS)
