"""Nothing is lost and nothing appears: money, people and purchases add up in every period of random markets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import random_market, warm_cache

from sim.engine.state import ACCOUNTS, COSTS, COUNTS, FIXED_POINT, MARKET
from sim.market.simulation import Options, Simulation
from sim.numerics.elementary import HAS_NUMBA

PERIODS = 24
TIE_COSTS = ("goods", "serving", "quality", "rewards", "recovery", "care", "win_back", "relations", "information")
"""Costs that are booked customer by customer; the others are booked in one sum."""
UNIT = {
    "me": ("arousal", "gate", "focus", "delivered", "remembered", "severity", "repaired", "proneness",
           "expressiveness", "values"),
    "tie": ("expectation", "satisfaction", "trust", "commitment", "habit", "grievance", "failed", "knowledge", "cut",
            "effect", "surprise_expected"),
    "need": ("level",),
}
RUNNING = ("paid", "served", "relation", "acquired")


def _account(course: Simulation, name: str) -> Any:
    return course.totals.ledger[ACCOUNTS.index(name)]


def _count(course: Simulation, name: str) -> Any:
    return course.totals.count[COUNTS.index(name)]


def _check_money(course: Simulation, before: dict[str, Any]) -> None:
    """What customers paid is what firms took; what was spent on customers is what the books say."""
    tie = course.world.tie
    revenue = _account(course, "revenue")
    assert (tie.amount.sum(axis=1) == revenue).all()
    gained = {name: (getattr(tie, name) - before[name]).sum(axis=1) for name in RUNNING}
    assert (gained["paid"] == revenue).all()
    assert (tie.given.sum(axis=1) == _account(course, "price_cuts")).all()
    served = _account(course, "goods") + _account(course, "serving") + _account(course, "quality")
    assert (gained["served"] == served).all()
    relation = sum(_account(course, name) for name in ("rewards", "recovery", "care", "win_back", "relations",
                                                          "information"))
    assert (gained["relation"] == relation).all()
    assert (tie.margin.sum(axis=1) == revenue - sum(_account(course, name) for name in TIE_COSTS)).all()
    profit = revenue - sum(_account(course, name) for name in COSTS)
    lumps = sum(_account(course, name) for name in COSTS if name not in TIE_COSTS)
    assert (profit == tie.margin.sum(axis=1) - lumps).all()
    assert (revenue >= 0).all()
    assert (tie.given >= 0).all()
    assert ((tie.paid - tie.served - tie.relation) >= np.iinfo(np.int64).min // 8).all()


def _check_people(course: Simulation, before: dict[str, Any]) -> None:
    """Opening + arrived - left = closing; only people who are there buy; nobody buys from two firms at once."""
    me, tie, now = course.world.me, course.world.tie, course.now - 1
    here = (me.enters <= now) & (now < me.leaves)
    arrived, left = np.count_nonzero(here & (me.enters == now)), np.count_nonzero(before["here"] & ~here)
    assert (me.present == here).all()
    assert np.count_nonzero(before["here"]) + arrived - left == here.sum()
    assert course.totals.market[MARKET.index("present")] == here.sum()
    assert not tie.units[:, ~here].any()
    assert not me.wanted[~here].any()
    assert (tie.units.sum(axis=0) <= me.wanted).all()
    assert course.totals.market[MARKET.index("wanted")] == me.wanted.sum()
    assert (tie.experiences - before["experiences"] == tie.units).all()


def _check_counts(course: Simulation, before: dict[str, Any]) -> None:
    """First and repeat purchases, buyers, customers and stages agree with the ties they count."""
    me, tie, p = course.world.me, course.world.tie, course.parameters
    units, bought = _count(course, "units"), tie.units > 0
    assert (units == tie.units.sum(axis=1)).all()
    assert (_count(course, "buyers") == bought.sum(axis=1)).all()
    assert (_count(course, "new_customers") == (bought & (before["experiences"] == 0)).sum(axis=1)).all()
    assert (_count(course, "new_customers") + _count(course, "returned_customers") <= _count(course, "buyers")).all()
    active = me.present & (tie.idle < p.active_window)
    assert (_count(course, "active_customers") == active.sum(axis=1)).all()
    assert (tie.idle[bought] == 0).all()
    stages = sum(_count(course, name) for name in ("first_time", "repeat", "committed"))
    moods = sum(_count(course, name) for name in ("delighted", "content", "disappointed", "angry"))
    assert (stages == _count(course, "active_customers")).all()
    assert (moods == _count(course, "active_customers")).all()
    assert (_count(course, "contacts") >= units).all()
    assert (_count(course, "contacts") - _count(course, "lost_contacts") <= units).all()
    assert (_count(course, "problems") <= units).all()
    assert (_count(course, "complaints") <= _count(course, "problems")).all()
    assert (_count(course, "mended") <= _count(course, "complaints")).all()
    assert (_count(course, "treated_customers") <= _count(course, "known_customers")).all()
    assert (_count(course, "touches") <= _count(course, "treated_customers")).all()
    assert (_count(course, "review_points") <= _count(course, "reviews") * FIXED_POINT).all()


def _check_bounds(course: Simulation) -> None:
    """States stay within their bounds; no number is lost."""
    world = course.world
    for name, column in world.columns().items():
        if column.dtype.kind == "f" and name not in ("tie.mean_wait", "deal.waiting_time", "deal.second_waiting_time"):
            assert np.isfinite(column).all(), name
        assert not np.isnan(column).any(), name
    for struct, columns in UNIT.items():
        for name in columns:
            values = getattr(getattr(world, struct), name)
            assert values.min(initial=0.0) >= 0.0, f"{struct}.{name}"
            assert values.max(initial=0.0) <= 1.0, f"{struct}.{name}"
    assert np.abs(world.me.valence).max(initial=0.0) <= 1.0
    assert np.abs(world.me.tone).max(initial=0.0) <= 1.0
    firms = world.tie.trust.shape[0]
    for column in (world.me.last_firm, world.me.telling, world.deal.firm):
        assert ((column >= -1) & (column < firms)).all()


def _check_every_period(seed: int) -> None:
    executor: Any = "numba" if HAS_NUMBA else "numpy"
    if HAS_NUMBA:
        warm_cache()
    course = Simulation(random_market(seed), seed, seed + 1, Options(executor, 1, records="all"))
    amounts = np.zeros(len(course.book.names), np.int64)
    here = np.zeros(course.world.n, bool)
    for _ in range(min(PERIODS, course.periods)):
        before = {name: getattr(course.world.tie, name).copy() for name in (*RUNNING, "experiences")}
        before["here"] = here
        course.step()
        me, now = course.world.me, course.now - 1
        here = (me.enters <= now) & (now < me.leaves)
        amounts += _account(course, "revenue")
        _check_money(course, before)
        _check_people(course, before)
        _check_counts(course, before)
        _check_bounds(course)
    _check_records(course, amounts)


def _check_records(course: Simulation, amounts: Any) -> None:
    """The purchases that the recorder kept add up to the books."""
    records = course.records()
    rows = records.transactions
    assert rows is not None
    firms = len(course.book.names)
    assert (np.bincount(rows.firm, weights=rows.amount.astype(float), minlength=firms) == amounts.astype(float)).all()
    for t in range(records.periods):
        part = rows.rows(slice(*np.searchsorted(rows.period, [t, t + 1])))
        paid = np.zeros(firms, np.int64)
        np.add.at(paid, part.firm, part.amount)
        assert (paid == records.account("revenue")[t]).all()
    assert (records.present() == [_present(records, t) for t in range(records.periods)]).all()


def _present(records: Any, t: int) -> int:
    enters, leaves = records.people["enters"].astype(int), records.people["leaves"].astype(int)
    return int(((enters <= t) & (t < leaves)).sum())


@pytest.mark.parametrize("seed", range(25))
def test_everything_adds_up_in_every_period_of_a_random_market(seed: int) -> None:
    _check_every_period(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25, 200))
def test_everything_adds_up_in_every_period_of_many_random_markets(seed: int) -> None:
    _check_every_period(seed)
