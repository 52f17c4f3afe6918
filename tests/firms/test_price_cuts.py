"""When a price cut is on: its rhythm, its phase, and firms that are spread evenly, whatever their names."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from books import market, play

from sim.firms.plans import changed
from sim.numerics.draws import balanced
from sim.scenario.schema.firm import Levers

RICH = {"per_person_per_year": 1e5}
CUT = {"depth": 0.2, "every_weeks": 13.0}
YEARLY = {"depth": 0.2, "every_weeks": 52.0}


def cuts(firms: dict[str, Any], periods: int = 52, seed: int = 1, period: str = "week", **more: Any) -> np.ndarray:
    """Whether each firm's cut is on [periods, F]."""
    sections = {name: {"price_cut": cut} for name, cut in firms.items()}
    book = market(firms=sections, clock={"period": period, **more.pop("clock", {})}, budget=RICH, seed=seed, **more)
    return np.array([rows.firm.cut_everyone > 0 for _, rows in play(book, periods)])


def first(on: np.ndarray) -> list[int]:
    return on.argmax(axis=0).tolist()


def test_a_cut_comes_once_in_so_many_weeks() -> None:
    on = cuts(dict.fromkeys("ABCDEF", CUT), 13 * 8)
    assert on.sum(axis=0).tolist() == [8] * 6
    assert all(set(np.diff(np.flatnonzero(column))) == {13} for column in on.T)


@pytest.mark.parametrize("phase", [0.0, 1.0, 4.0, 12.0, 13.0, 30.0])
def test_the_phase_says_when_the_first_comes(phase: float) -> None:
    on = cuts({"A": {**CUT, "phase_weeks": phase}}, 80)
    assert np.flatnonzero(on[:, 0]).tolist() == list(range(int(phase), 80, 13))


def test_the_phase_lies_in_the_period_that_holds_its_date() -> None:
    """26 weeks from week 4.4 on: in months of 4.35 weeks the second, the eighth, …"""
    on = cuts({"A": {"depth": 0.2, "every_weeks": 26.0, "phase_weeks": 4.4}}, 24, period="month")
    weeks = 365.25 / 7 / 12
    dates = [4.4 + 26.0 * k for k in range(10)]
    assert np.flatnonzero(on[:, 0]).tolist() == [int(date / weeks) for date in dates if date < 24 * weeks]


def test_a_cut_that_always_is_begins_at_its_phase() -> None:
    assert cuts({"A": {"depth": 0.2}}, 5).all()
    late = cuts({"A": {"depth": 0.2, "phase_weeks": 3.0}, "B": {"depth": 0.2, "every_weeks": 0.5}}, 5)
    assert late.T.tolist() == [[False] * 3 + [True] * 2, [True] * 5]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_left_out_firms_are_spread_evenly_over_the_rhythm(seed: int) -> None:
    on = cuts(dict.fromkeys("ABCD", YEARLY), 52, seed)
    assert set(np.diff(sorted(first(on)))) == {13}


def test_the_draw_knows_neither_the_order_of_the_file_nor_levers() -> None:
    """Common random numbers: a deeper cut, or a firm that asks for a date of its own, moves nobody else's."""
    firms = {"Rush": CUT, "Root": CUT, "Reed": CUT}
    usual = dict(zip(firms, first(cuts(firms)), strict=True))
    back = dict(reversed(firms.items()))
    assert dict(zip(back, first(cuts(back)), strict=True)) == usual
    other = first(cuts({**firms, "Rush": {**CUT, "depth": 0.5, "to": "newcomers", "phase_weeks": 2.0}}))
    assert other[1:] == [usual["Root"], usual["Reed"]]


def test_over_seeds_no_name_is_favoured() -> None:
    """Every order is as likely, and so is every week of the rhythm for every name."""
    names, seeds = ("Rush", "Root", "Reed"), 1200
    turns = np.array([[float(turn) for turn in balanced(seed, "price_cut_order", "price_cut_start", names)]
                      for seed in range(seeds)])
    orders = Counter(tuple(np.argsort(row).tolist()) for row in turns)
    assert set(orders) == set(permutations(range(3)))
    assert max(orders.values()) - min(orders.values()) < 6 * np.sqrt(seeds / 6)
    for of_name in turns.T:
        counted = np.bincount((of_name * 13).astype(int), minlength=13)
        assert np.abs(counted - seeds / 13).max() < 4.5 * np.sqrt(seeds / 13)


def test_the_rhythm_counts_from_the_end_of_the_warm_up_and_the_past_has_its_own() -> None:
    clock = {"warm_up_years": 1.0, "years": 2.0}
    past = {"price_cut": {"depth": 0.1, "every_weeks": 4.0, "phase_weeks": 1.0}}
    on = cuts({"A": {**CUT, "phase_weeks": 5.0}, "B": {**CUT, "depth": 0.0}}, 90, clock=clock, past=past)
    assert np.flatnonzero(on[:52, 0]).tolist() == list(range(1, 52, 4)), "backwards from the date of the past"
    assert on[:52, 1].tolist() == on[:52, 0].tolist()
    assert np.flatnonzero(on[52:, 0]).tolist() == [5, 18, 31]
    assert not on[52:, 1].any()


def test_surveys_and_price_cuts_are_drawn_for_their_own_purposes() -> None:
    """A start and an order that shared one draw would always put the same rank first."""
    starts = [float(balanced(seed, "price_cut_order", "price_cut_start", ("A",))[0]) for seed in range(300)]
    leads = [balanced(seed, "price_cut_order", "price_cut_start", ("A", "B"))[0] < 0.5 for seed in range(300)]
    assert abs(np.corrcoef(starts, leads)[0, 1]) < 0.2
    assert min(starts) >= 0.0
    assert max(starts) < 1.0


def test_in_the_warm_up_a_rhythm_goes_on_backwards_and_then_no_cut_comes_before_its_phase() -> None:
    """Weeks, a rhythm of 13 from week 12 on: weeks -14, -1 and 12; from week 30 on: 30, and -9 before the start."""
    book = market(clock={"period": "week", "warm_up_years": 1.0, "years": 2.0})
    firm, start = book.firms[0], book.calendar.warm_up

    def on(phase: float) -> list[int]:
        levers = changed(Levers(), {"price_cut": {"depth": 0.2, "every_weeks": 13.0, "phase_weeks": phase}})
        return [week for week in range(-15, 45) if firm.cuts_price(levers, start + week)]

    assert on(12.0) == [-14, -1, 12, 25, 38]
    assert on(30.0) == [-9, 30, 43]
