"""Fair budgets: what counts, exactly, whatever happens."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.state import ACCOUNTS, COSTS
from sim.firms.one_firm import COUNTED, Account, Grant
from sim.scenario.calendar import PERIODS_PER_YEAR
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Budget, FirmSection
from sim.scenario.schema.market import Money

quick = settings(max_examples=60, deadline=None)


def grant_of(mode: str = "amount", factor: float = 1.0, people: int = 1000, period: str = "month",
             **budget: float) -> Grant:
    scenario = Scenario(
        question="?", budget=Budget(mode=mode, **budget), firms={"A": FirmSection(budget_factor=factor)},
        market={"customers": people}, clock={"period": period},
    )  # fmt: skip
    return Grant.of(scenario, "A")


def books(**amounts: int) -> list[int]:
    return [amounts.get(name, 0) for name in ACCOUNTS]


def test_what_counts_is_in_the_ledger() -> None:
    assert {*COUNTED} == {*COSTS, "price_cuts"} - {"goods", "serving", "fixed"}  # what a firm sells is no spending
    assert "price_cuts" in ACCOUNTS
    assert not {"goods", "serving", "revenue"} & set(COUNTED)


def test_minor_units() -> None:
    assert [Money(currency=currency).minor_units for currency in ("EUR", "RUB", "JPY")] == [100, 100, 1]


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
@given(amount=st.decimals(0, 100, places=2), people=st.integers(1, 10**6))
@quick
def test_a_years_total_is_exact(period: str, amount: object, people: int) -> None:
    grant = grant_of(people=people, period=period, per_person_per_year=float(str(amount)))
    years = 28  # 28 years are a whole number of weeks, months and quarters
    periods = PERIODS_PER_YEAR[period] * years
    assert periods.denominator == 1
    assert grant.total(int(periods), 0) == int(Fraction(str(amount)) * people * 100 * years)


@given(st.floats(0, 1000), st.integers(1, 10**6), st.integers(1, 500))
@quick
def test_grants_are_even_to_one_minor_unit(amount: float, people: int, periods: int) -> None:
    grant = grant_of(per_person_per_year=amount, people=people)
    steps = {grant.total(n + 1, 0) - grant.total(n, 0) for n in range(periods)}
    assert max(steps) - min(steps) <= 1


@given(
    mode=st.sampled_from(["amount", "share_of_revenue", "share_of_gross_margin"]),
    planned=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 80_000), st.integers(0, 10**6)), max_size=40),
)
@quick
def test_never_more_than_granted_and_one_overdraft(mode: str, planned: list[tuple[float, int, int]]) -> None:
    """Spent and given away <= granted + what the worst single period overdrew, whatever a firm does."""
    grant, account, worst = grant_of(mode), Account(), 0
    for share, given_away, revenue in planned:
        account = account.opened(grant)
        free = account.available(grant)
        spent = int(share * free)
        cuts = given_away if free else 0  # an empty account pauses what counts
        before = account.balance
        account = account.closed(grant, books(revenue=revenue, advertising=spent, price_cuts=cuts))
        worst = max(worst, spent + cuts - max(0, before))
        assert account.counted <= account.granted + worst
        assert account.balance == account.granted - account.counted


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=60))
@quick
def test_equal_budgets_mean_equal_totals(cuts: list[int]) -> None:
    """A firm that gives money away through prices has that much less for advertising, to the cent."""
    grant, adman, cutter = grant_of(), Account(), Account()
    for cut in cuts:
        adman = adman.opened(grant)
        adman = adman.closed(grant, books(advertising=adman.available(grant)))
        cutter = cutter.opened(grant)
        free = cutter.available(grant)
        cutter = cutter.closed(grant, books(price_cuts=cut, advertising=max(0, free - cut)) if free else books())
    cutter, adman = cutter.opened(grant), adman.opened(grant)
    assert cutter.granted == adman.granted
    assert cutter.counted + cutter.balance == adman.counted + adman.balance
    assert abs(cutter.counted - adman.counted) <= max(cuts) + grant.per_period


def test_a_share_follows_revenue_or_gross_margin() -> None:
    totals = []
    for mode in ("share_of_revenue", "share_of_gross_margin"):
        grant = grant_of(mode, share=0.1)
        account = Account().opened(grant)
        assert account.balance == grant.launch > 0
        totals.append(account.closed(grant, books(revenue=100_000, goods=40_000)).opened(grant).balance - grant.launch)
    assert totals == [10_000, 6_000]


def test_the_factor_multiplies_the_budget() -> None:
    assert grant_of(factor=1.5).total(12, 0) == 1.5 * grant_of().total(12, 0)


def test_no_spending_below_the_cash_limit() -> None:
    grant = grant_of(cash_limit=100.0)
    poor = Account(cash=-10_001).opened(grant)
    assert poor.available(grant) == 0
    assert poor._replace(cash=-10_000).available(grant) == poor.balance > 0


def test_quality_below_base_is_a_saving() -> None:
    assert Account().closed(grant_of(), books(quality=-50)).balance == 50


def test_before_the_first_period_nothing_is_granted_for_the_launch() -> None:
    grant = grant_of("share_of_revenue", share=0.1)
    assert (grant.total(0, 1000), grant.total(1, 1000)) == (100, 100 + grant.launch)
    assert grant_of().total(0, 1000) == 0


def test_a_grant_by_hand() -> None:
    """12.00 a year for each of 100 people, half as much again: 150.00 a month. A limit is whole minor units."""
    grant = grant_of(factor=1.5, people=100, per_person_per_year=12.0, cash_limit=10.5)
    assert (grant.total(1, 0), grant.total(7, 0), grant.cash_limit) == (15_000, 105_000, 1050)
    assert grant_of(people=100, per_person_per_year=1.0, period="week").total(1, 0) == 191  # 10,000 / 52.18


def test_what_a_launch_is_granted_by_hand() -> None:
    """A tenth of a twelfth of what an equal part of demand brings: 1000 people x 9.6 purchases x 10.00 for one firm."""
    assert grant_of("share_of_revenue", share=0.1).launch == 80_000
    assert grant_of("share_of_revenue", share=0.1, factor=0.5).launch == 40_000
    assert grant_of("share_of_gross_margin", share=0.1).launch == 60_000  # of a margin of three quarters
    two = Scenario(question="?", budget=Budget(mode="share_of_revenue", share=0.1), firms={"A": {}, "B": {}},
                   market={"customers": 1000, "growth": {"kind": "bass", "start_share": 0.25}})
    assert Grant.of(two, "A").launch == 10_000


def test_an_account_by_hand() -> None:
    grant = grant_of("share_of_gross_margin", share=0.5)
    account = Account().opened(grant)
    assert (account.periods, account.granted) == (1, grant.launch)
    account = account.closed(grant, books(revenue=1000, goods=400, serving=50, advertising=100, price_cuts=30))
    assert (account.counted, account.base, account.cash) == (130, 600, 450)  # cuts count, and are missing in revenue
    account = account.opened(grant)
    assert (account.granted, account.balance) == (grant.launch + 300, grant.launch + 170)
    loss = account.closed(grant, books(revenue=100, goods=400))
    assert (loss.base, loss.cash) == (600, 150)  # a loss takes nothing from the base
    assert Account(granted=5, counted=9).available(grant) == 0
    sold = books(revenue=100, goods=40)
    assert [grant_of("share_of_revenue").earned(sold), grant.earned(sold)] == [100, 60]


def test_an_account_afresh_owes_and_inherits_nothing() -> None:
    """Half of the revenue: after two periods with 1000 and 600, the next grant is half of the last revenue again."""
    grant = grant_of("share_of_revenue", share=0.5)
    account, last = Account(), books()
    for revenue in (1000, 600):
        last = books(revenue=revenue, advertising=90)
        account = account.opened(grant).closed(grant, last)
    fresh = account.afresh(grant, last)
    assert (fresh.periods, fresh.balance, fresh.base, fresh.cash) == (2, 0, 1600, 0)
    assert fresh.opened(grant).balance == 300
