"""Rows of purchases and costs: kept period by period, looked up by time, added up by tie."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.metrics.arithmetic import order_of
from sim.records.history import active_at, active_customers, first_purchases, last_purchases, wallets_at
from sim.records.transactions import Keeper, Transactions

BOOKED = ("units", "amount", "given", "margin")


def ties_of(luck: np.random.Generator, firms: int, people: int) -> SimpleNamespace:
    """Mostly nothing happens to a tie; sometimes a purchase, a cost without one, or money given away."""
    kinds = {"units": np.int16, "amount": np.int64, "given": np.int64, "margin": np.int64}
    return SimpleNamespace(**{
        name: (luck.integers(-3, 4, (firms, people)) * (luck.random((firms, people)) < 0.2)).astype(kind)
        for name, kind in kinds.items()
    })


def test_every_tie_in_which_something_happened_is_a_row_in_order() -> None:
    luck = np.random.default_rng(5)
    for firms, people in ((1, 1), (2, 7), (4, 30), (3, 0)):
        keeper, expected = Keeper(), []
        for period in (0, 1, 4):
            tie = ties_of(luck, firms, people)
            keeper.period(period, tie)
            expected += [
                (period, firm, who, *(int(getattr(tie, name)[firm, who]) for name in BOOKED))
                for firm in range(firms) for who in range(people)
                if any(getattr(tie, name)[firm, who] for name in BOOKED)
            ]
        rows = keeper.joined(people)
        found = zip(*(getattr(rows, name).tolist() for name in ("period", "firm", "customer", *BOOKED)), strict=True)
        assert list(found) == expected
        empty = Transactions.joined([])
        assert {name: column.dtype for name, column in vars(rows).items()} == {
            name: column.dtype for name, column in vars(empty).items()}


def test_a_keeper_has_its_own_copy_and_a_fork_its_own_future() -> None:
    keeper, tie = Keeper(), ties_of(np.random.default_rng(1), 2, 20)
    keeper.period(0, tie)
    before = keeper.joined(20)
    tie.margin[:] = 77
    fork = keeper.fork()
    fork.period(1, tie)
    assert keeper.joined(20).margin.tolist() == before.margin.tolist()
    assert fork.joined(20).between(0, 1).margin.tolist() == before.margin.tolist()
    assert len(fork.joined(20)) == len(before) + 40


def test_rows_between_two_periods_are_looked_at_in_place() -> None:
    columns = {name: np.arange(6) for name in ("customer", "firm", *BOOKED)}
    rows = Transactions.joined([{**columns, "period": np.array([0, 0, 2, 2, 2, 5])}])
    assert rows.between(1, 5).amount.tolist() == [2, 3, 4]
    assert np.shares_memory(rows.between(1, 5).amount, rows.amount)
    spans = ((-9, 0), (-9, 99), (3, 5), (5, 3), (6, 7))
    assert [len(rows.between(start, end)) for start, end in spans] == [0, 6, 0, 0, 0]
    assert rows.starts(range(7)) == [0, 2, 2, 5, 5, 5, 6]


def test_totals_by_tie_are_exact_even_where_floats_are_not() -> None:
    big = 2**53
    rows = Transactions.joined([{
        "period": np.zeros(4), "customer": np.array([1, 1, 0, 1]), "firm": np.array([0, 0, 1, 1]),
        "units": np.ones(4), "amount": np.array([big, 1, 5, 7]), "given": np.zeros(4), "margin": np.zeros(4),
    }])
    assert rows.total(rows.amount, (2, 2)).tolist() == [[0, big + 1], [5, 7]]


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(st.one_of(st.integers(0, 9), st.integers(65_530, 65_540), st.integers(0, 2**32 - 1)), max_size=60))
def test_the_order_is_that_of_a_stable_sort(numbers: list[int]) -> None:
    column = np.array(numbers, dtype=np.int64)
    assert order_of(column).tolist() == np.argsort(column, kind="stable").tolist()


def test_first_and_last_purchases_are_those_of_the_story(story) -> None:
    assert first_purchases(story).tolist() == [[0, 0, -1], [-1, 1, 0]]
    assert last_purchases(story).tolist() == [[4, 0, -1], [-1, 4, 0]]
    assert first_purchases(story) is first_purchases(story), "worked out once"


def test_customers_of_a_period_are_kept_at_hand_and_cannot_be_changed(story) -> None:
    walked = {period: active.tolist() for period, active in active_customers(story)}
    for _ in range(2):
        assert {period: active_at(story, period).tolist() for period in range(5)} == walked
    assert not active_at(story, 2).flags.writeable


def test_people_come_and_go_in_the_walk_as_in_each_period(make_records) -> None:
    luck = np.random.default_rng(2)
    purchases = [(int(t), "Rush", who, 1, 10, 4) for who in range(12) for t in np.flatnonzero(luck.random(9) < 0.5)]
    come = {"enters": luck.integers(0, 5, 12).astype(np.int16), "leaves": luck.integers(3, 14, 12).astype(np.int16)}
    records = make_records(purchases, people=12, periods=9, people_columns=come)
    for period, active in active_customers(records):
        here = (come["enters"] <= period) & (period < come["leaves"])
        recent = {who for t, _, who, *_ in purchases if period - records.active_window < t <= period}
        assert np.flatnonzero(active[0]).tolist() == [who for who in sorted(recent) if here[who]]
        walked = records.history.wallet_here[period, 0], records.history.wallet_all[period, 0]
        assert tuple(spent[0] for spent in wallets_at(records, period)) == walked
