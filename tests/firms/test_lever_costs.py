"""Every lever has a price: its account moves from one end of its range to the other, or it is free by nature."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from markets import small_market, walked

from sim.engine.state import ACCOUNTS, COSTS, COUNTS
from sim.firms.book import FirmBook, Rows
from sim.firms.lever_costs import LEVER_COSTS, cost_of, levers, one_step
from sim.market.simulation import Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.scenario.parameters import choices_of, limits_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.market import Product

PRICED = {
    "benefit_cost": 0.1, "failure_cost": 0.02, "effort_saving": 0.5, "lock_foreseen": 0.8, "speed_cost": 0.3,
    "contact_cost": 0.05, "personalisation_cost": 6.0, "information_cost": 6.0, "information_system": 0.02,
    "care_cost": 3.0, "recovery_cost": 0.4,
}
BUSY: dict[str, Any] = {
    "information": "emotion", "failure_rate": 0.2, "rewards": 0.02, "surprise": 0.05,
    "spending": {"advertising": 0.2, "service": 0.1, "people": 0.1, "capacity": 0.05, "relations": 0.3},
    "price_cut": {"depth": 0.1}, "recovery": {"answered": 0.6}, "care": {"proactive": 0.6, "contact": 2.0},
    "win_back": {"reach": 6.0, "by": "price"},
}
ENDS = {
    "price": (8.0, 12.0), "capacity": (20.0, 400.0), "effort": (0.0, 2.0), "lock": (0.0, 4.0),
    "price_cut.depth": (0.0, 0.4), "price_cut.every_weeks": (0.0, 26.0), "win_back.depth": (0.0, 0.6),
    "failure_rate": (0.0, 0.6), "quality": (0.5, 1.0),
}
"""Ends between which the firm still sells something; the other levers are walked through their whole range."""
LESS = {"failure_rate", "effort", "recovery.delay_weeks", "care.selective", "price_cut.every_weeks"}
"""Levers that cost less the more there is of them."""
COST_COLUMNS = ("unit_cost", "serving_share", "concession", "relation_cost", "information", "personal_cost", "rewards")


def market(lever: str = "", value: Any = None) -> Scenario:
    """Two firms that use every lever, and money enough for all of it."""
    overrides = {f"product.{name}": number for name, number in PRICED.items()}
    overrides |= {"budget.per_person_per_year": 150.0, "market.active_window_weeks": 8.7,
                  "people.purchases_per_year.mean": 20.0}
    if lever:
        overrides[f"firms.Root.{lever}"] = value
    return small_market(overrides, {"Rush": BUSY, "Root": BUSY}, customers=150)


@cache
def course_of(lever: str, value: Any) -> Simulation:
    return walked(market(lever, value), 12, executor="numba" if HAS_NUMBA else "numpy")


def per_purchase(course: Simulation, account: str) -> float:
    """What Root paid on an account for every purchase: more customers alone do not move it."""
    units = course.recorder.counts[:12, COUNTS.index("units"), 1].sum()
    return float(course.recorder.ledger[:12, ACCOUNTS.index(account), 1].sum() / units)


def ends_of(lever: str) -> tuple[Any, ...]:
    field = levers()[lever]
    if lever.startswith("spending."):
        return 0.0, 0.3  # what the other accounts leave of the budget
    return choices_of(field) or ENDS.get(lever) or tuple(limits_of(field))


def rows_of(scenario: Scenario) -> Rows:
    book = FirmBook(scenario, 1)
    return book.rows(book.open(0, 150), [50, 50])


def test_every_lever_has_an_entry_and_every_entry_a_lever() -> None:
    """A new lever without a price, or without a reason to be free, fails here."""
    assert {cost_of(name).lever for name in levers()} == {one.lever for one in LEVER_COSTS}
    assert len({one.lever for one in LEVER_COSTS}) == len(LEVER_COSTS)
    for one in LEVER_COSTS:
        assert len(one.reason) > 8
        assert set(one.accounts) <= {*COSTS, "price_cuts"}
        assert not one.unit_cost or one.unit_cost in Product.model_fields
        assert one.accounts or not one.unit_cost
    with pytest.raises(KeyError, match="say which account moves, or why it is free"):
        cost_of("perfume")


@pytest.mark.parametrize("lever", [name for name in levers() if cost_of(name).accounts])
def test_the_account_of_a_lever_moves_from_end_to_end(lever: str) -> None:
    """Per purchase, so that it is not enough to sell more; numbers in the direction in which they should."""
    ends = ends_of(lever)
    for account in cost_of(lever).accounts:
        costs = [per_purchase(course_of(lever, end), account) for end in ends]
        if choices_of(levers()[lever]):
            assert len(set(costs)) > 1
        else:
            low, high = reversed(costs) if lever in LESS else costs
            assert low < high, f"{account}: {costs}"


@pytest.mark.parametrize("lever", [name for name in levers() if not cost_of(name).accounts])
def test_a_lever_that_is_free_by_nature_moves_no_cost(lever: str) -> None:
    first, *_, last = (rows_of(market(lever, end)) for end in ends_of(lever))
    for name in COST_COLUMNS:
        assert np.array_equal(getattr(first.firm, name), getattr(last.firm, name)), name
    assert np.array_equal(first.opening.lumps, last.opening.lumps)


def test_a_lever_is_free_here_where_the_number_that_prices_it_is_0() -> None:
    for one in LEVER_COSTS:
        for price in (0.0, 0.5):
            there = Product(**{one.unit_cost: price}) if one.unit_cost else Product()
            assert one.free_here(there) == (one.unit_cost != "" and price == 0.0)


def test_usual_levers_cost_nothing_whatever_benefits_failures_effort_and_locks_cost() -> None:
    overrides = {f"product.{name}": PRICED[name] for name in (
        "benefit_cost", "failure_cost", "effort_saving", "lock_foreseen")}
    usual = rows_of(small_market(overrides, {"Rush": {}, "Root": {}}, customers=150)).firm
    assert (list(usual.unit_cost), list(usual.serving_share), list(usual.concession)) == ([0, 0], [1, 1], [0, 0])


def booked(course: Simulation, account: str) -> int:
    return int(course.recorder.ledger[:12, ACCOUNTS.index(account), 1].sum())


def counted(course: Simulation, name: str) -> int:
    return int(course.recorder.counts[:12, COUNTS.index(name), 1].sum())


def plain(**product: float) -> Simulation:
    """Root binds, contacts and personalises; nothing else is booked on the accounts in question."""
    root = {"lock": 3.0, "care": {"personalisation": 0.5}, "spending": {"relations": 1.0}}
    overrides = {"budget.per_person_per_year": 40.0, "product.information_cost": 0.0, "psychology.choice.price": 6.0,
                 **{f"product.{name}": value for name, value in product.items()}}
    return walked(small_market(overrides, {"Rush": {}, "Root": root}, customers=150), 12)


def test_a_newcomer_is_paid_once_for_being_bound() -> None:
    """Half of lock 3 at price weight 6 is foreseen: a quarter of the price of 10, EUR 2.50."""
    course = plain(lock_foreseen=0.5)
    assert counted(course, "units") > counted(course, "new_customers") > 20
    assert booked(course, "rewards") == 250 * counted(course, "new_customers")
    assert int(course.world.tie.acquired[1].sum()) == booked(course, "rewards")


def test_every_contact_and_every_use_of_data_costs() -> None:
    """A contact a twentieth of the price; half of the personalisation a quarter of EUR 12 a year, EUR 0.25 a month."""
    course = plain(contact_cost=0.05, personalisation_cost=12.0)
    assert booked(course, "care") == 50 * counted(course, "touches") > 0
    assert booked(course, "information") == 25 * counted(course, "treated_customers") > 0


def test_quick_answers_cost_more_and_a_day_of_waiting_saves_some() -> None:
    """Handling at full generosity EUR 2; at once EUR 3 more, at the half-life of three weeks EUR 1.50 more."""
    for weeks, cost in ((0.0, 500), (3.0, 350)):
        root = {"failure_rate": 0.5, "recovery": {"answered": 1.0, "generosity": 1.0, "delay_weeks": weeks}}
        course = walked(small_market({"product.speed_cost": 0.3}, {"Rush": {}, "Root": root}, customers=150), 12)
        assert booked(course, "recovery") == cost * counted(course, "mended") > 0


def test_what_customers_do_themselves_saves_serving_cost() -> None:
    """Effort at its half saves 1 - 1/e of the most there is to save."""
    firms: dict[str, Any] = {"Rush": {}, "Root": {"effort": 1.0}}
    rows = rows_of(small_market({"product.effort_saving": 0.5}, firms, customers=150)).firm
    np.testing.assert_allclose(rows.serving_share, [1.0, 1.0 - 0.5 * (1.0 - np.exp(-1.0))])


def test_an_empty_account_pauses_better_benefits_and_fewer_failures_only_where_they_cost_something() -> None:
    generous: dict[str, Any] = {"benefits": {"esteem": 0.9, "belonging": 0.2}, "failure_rate": 0.02, "lock": 3.0}
    for costs, esteem, failure in ((True, 0.5, 0.08), (False, 0.9, 0.02)):
        overrides = {f"product.{name}": PRICED[name] * costs for name in ("benefit_cost", "failure_cost")}
        overrides |= {"budget.per_person_per_year": 0.0, "product.lock_foreseen": 0.5, "psychology.choice.price": 6.0}
        rows = rows_of(small_market(overrides, {"Rush": {}, "Root": generous}, customers=150))
        assert rows.opening.paused == (True, True)
        assert rows.offer.benefit[1].tolist() == [0.7, 0.6, 0.2, esteem, 0.4]
        assert rows.firm.failure[1] == failure
        assert rows.firm.unit_cost[1] <= 0.0
        assert (rows.firm.lock[1], rows.firm.concession[1]) == (3.0, 250)  # whoever is bound is paid for it


@pytest.mark.parametrize("lever", list(levers()))
def test_a_step_stays_in_the_range(lever: str) -> None:
    field = levers()[lever]
    for value in ends_of(lever):
        after = one_step(lever, value)
        assert after != value
        assert after in choices_of(field) or limits_of(field)[0] <= after <= limits_of(field)[1]
