"""Treatment by a forecast: sBG and BG/NBD are fitted to what a firm has written down, and say what is published."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
from markets import differing, walked

from sim.equity.btyd import BGNBD
from sim.equity.sbg import SBG
from sim.firms.forecasts import ENOUGH, FORECASTS, Book, Lengths
from sim.firms.treatment import ESTIMATES, KnownCustomers, left_out
from sim.market.simulation import Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Estimate

LIFETIMES, PURCHASES = FORECASTS["sbg"], FORECASTS["bg_nbd"]
YEARLY = Lengths(window=1, renewal=1, year=1, horizon=3)
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
"""Customers left after 0 to 7 years: Fader and Hardie (2007), table 1."""


def cohort(left: list[int], now: int) -> Book:
    """Everybody began in period 0 and bought in each period for as long as they stayed."""
    gone = -np.diff([*left, 0])
    last = np.repeat(np.minimum(np.arange(len(left)), now - 1), gone)
    last[last == len(left) - 1] = now - 1
    return Book(np.zeros(last.size, np.int64), last, last, now)


def test_sbg_of_a_firms_book_is_the_published_fit() -> None:
    fit = LIFETIMES.fit(cohort(HIGH_END, 9), YEARLY)
    assert fit is not None
    assert (fit.alpha, fit.beta) == (pytest.approx(0.668, abs=5e-4), pytest.approx(3.806, abs=5e-3))


def test_renewals_whose_outcome_is_not_known_yet_do_not_count() -> None:
    """With a window of two more periods, the fit is that of the cohort watched two periods less."""
    short = cohort(HIGH_END, 9)._replace(now=9)
    patient = LIFETIMES.fit(short, YEARLY._replace(window=3))
    assert patient == LIFETIMES.fit(cohort(HIGH_END[:6], 7), YEARLY)
    assert patient != LIFETIMES.fit(short, YEARLY)


def test_renewals_are_counted_in_contract_terms() -> None:
    """Contracts of six periods: the same people, six times as slowly."""
    once, slow = cohort(HIGH_END, 9), Lengths(window=6, renewal=6, year=12, horizon=18)
    book = Book(once.first, once.last * 6, once.last, 6 * 9)
    assert LIFETIMES.fit(book, slow) == LIFETIMES.fit(once, YEARLY)
    model = SBG(0.668, 3.806)
    assert LIFETIMES.ahead(model, book, slow) == pytest.approx(LIFETIMES.ahead(model, once, YEARLY) / 2.0, rel=1e-12)


def test_years_to_come_rise_with_tenure_and_end_at_the_horizon() -> None:
    """1 + r(n+1) + r(n+1) r(n+2), with retention r(t) = (beta + t - 1)/(alpha + beta + t - 1), by hand."""
    tenure = np.array([0, 4, 400])
    book = Book(np.zeros(3, np.int64), tenure, tenure, 401)
    r = [(3.806 + n + k) / (0.668 + 3.806 + n + k) for n in (0, 4, 400) for k in (0, 1)]
    wanted = [1 + r[k] + r[k] * r[k + 1] for k in (0, 2, 4)]
    assert LIFETIMES.ahead(SBG(0.668, 3.806), book, YEARLY) == pytest.approx(wanted, rel=1e-12)
    assert wanted[0] < wanted[1] < wanted[2] < 3.0


def test_purchases_to_come_are_the_published_ones() -> None:
    """CDNOW, 39 weeks ahead: Fader, Hardie and Lee (2005) have 1.226 for 2 repeats, the last one in week 30.43."""
    paper, lengths = BGNBD(0.243, 4.414, 0.793, 2.426), Lengths(26, 26, 39, 195)
    book = Book(np.zeros(2), np.array([30.43, 0.0]), np.array([2, 0]), 39.86)  # type: ignore[arg-type]
    found = PURCHASES.ahead(paper, book, lengths)
    assert found == pytest.approx([1.226, 0.243 / (4.414 + 38.86) * 39 * 0.87], rel=0.05)
    assert found[0] == pytest.approx(1.226, abs=5e-4)


def test_bg_nbd_of_a_firms_book_finds_the_model_that_made_it() -> None:
    """1,500 customers of a known model, purchases told by the period: what is expected of them is right on average."""
    truth, n, now = BGNBD(0.8, 6.0, 0.9, 3.0), 1500, 53
    rng = np.random.default_rng(4)
    past = truth.simulate(n, float(now - 1), rng)
    last = np.ceil(past.recency).astype(np.int64)
    book = Book(np.zeros(n, np.int64), last, past.frequency.astype(np.int64), now)
    fit = PURCHASES.fit(book, Lengths(9, 9, 52, 260))
    assert fit is not None
    wanted = np.asarray(truth.conditional_expectation(52.0, *past))
    found = PURCHASES.ahead(fit, book, Lengths(9, 9, 52, 260))
    assert found.sum() == pytest.approx(wanted.sum(), rel=0.1)
    assert np.corrcoef(found, wanted)[0, 1] > 0.99


@pytest.mark.parametrize("fit", [one.fit for one in FORECASTS.values()], ids=list(FORECASTS))
def test_too_few_or_all_alike_give_no_model(fit: Any) -> None:
    stays = Book(np.zeros(200, np.int64), np.full(200, 8), np.full(200, 8), 9)
    few = cohort([ENOUGH - 1, 20, 15, 12, 10, 9, 8, 7], 9)
    nobody = Book(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), 9)
    assert [fit(book, YEARLY) for book in (nobody, few, stays)] == [None, None, None]


def known(contribution: list[int], ahead: list[float] | None, **columns: list[int]) -> KnownCustomers:
    zero = np.zeros(len(contribution), np.int64)
    of = {name: np.array(values) for name, values in columns.items()}
    return KnownCustomers(
        np.array(contribution), of.get("year_before", zero), zero, of.get("purchases", zero), zero,
        None if ahead is None else np.array(ahead), zero * 1.0)


def test_sbg_is_the_last_year_times_the_years_to_come() -> None:
    book = {"year_before": [500, 0, 100]}
    assert ESTIMATES["sbg"](known([600, 200, 90], [2.0, 1.2, 3.0], **book)).tolist() == [200, 240, -30]
    assert ESTIMATES["sbg"](known([600, 200, 90], None, **book)).tolist() == [100, 200, -10]


def test_bg_nbd_is_the_mean_contribution_times_the_purchases_to_come() -> None:
    book = {"purchases": [10, 2, 3]}
    assert ESTIMATES["bg_nbd"](known([1000, 200, -30], [0.5, 4.004, 2.0], **book)).tolist() == [50, 400, -20]
    assert ESTIMATES["bg_nbd"](known([1000, 200, -30], None, **book)).tolist() == [1000, 200, -30]


def test_a_customer_who_paid_much_and_has_gone_quiet_is_left_out_by_a_forecast_only() -> None:
    people = known([1000, 400], [0.1, 5.0], purchases=[10, 8])
    assert left_out(people, 0.5, "contribution").tolist() == [False, True]
    assert left_out(people, 0.5, "bg_nbd").tolist() == [True, False]


def market(*by: str, knows_from: float | None = None, **overrides: Any) -> Scenario:
    """A firm that chooses nobody, and one for each of the estimates."""
    learns = {"kind": "levers", "year": knows_from, "firms": ["Root 0"], "set": {"information": "identity"}}
    chooses = {f"Root {place}": {"spending": {"advertising": 0.2, "relations": 0.6},
                                 "care": {"selective": 0.4, "by": one}} for place, one in enumerate(by)}
    return load({
        "question": "Whom does a forecast choose?", "clock": {"years": 3.0},
        "market": {"customers": 500, "active_window_weeks": 8.7, "leave_per_year": 0.5,
                   "growth": {"kind": "stationary"}},
        "people": {"purchases_per_year": {"mean": 24.0}}, "budget": {"per_person_per_year": 20.0},
        "firms": {"Rush": {"spending": {"advertising": 0.7}}, **chooses},
        "events": [] if knows_from is None else [learns],
    }, overrides)


@cache
def course_of(by: str, periods: int = 30) -> Simulation:
    return walked(market(by), periods)


@cache
def both(executor: str, threads: int, block: int) -> Simulation:
    """Nine quarters: with that of the second fit, of both models."""
    brisk = {"clock.period": "quarter", "market.leave_per_year": 1.0, "people.purchases_per_year.mean": 12.0}
    return walked(market("sbg", "bg_nbd", **brisk), 9, executor=executor, threads=threads, block=block)


@pytest.mark.parametrize(("executor", "threads", "block"), [
    ("python", 1, 2048), ("numpy", 2, 37),
    pytest.param("numba", 2, 37, marks=pytest.mark.skipif(not HAS_NUMBA, reason="numba cannot be imported here")),
])
def test_every_way_of_running_it_gives_the_same_models_and_bits(executor: str, threads: int, block: int) -> None:
    one, other = both("numpy", 1, 2048), both(executor, threads, block)
    assert differing(one, other) == []
    assert one.selection.models == other.selection.models
    assert [model is not None for _, model in one.selection.models.values()] == [True, True]


@pytest.mark.parametrize("by", FORECASTS)
def test_a_fork_keeps_the_book_and_the_model(by: str) -> None:
    original = walked(market(by), 20)
    fork = original.fork()
    for _ in range(10):
        fork.step()
    assert differing(course_of(by), fork) == []
    assert original.selection.models[1, by][0] == 12  # not fitted anew by what the fork did
    assert fork.selection.models[1, by][0] == 24


@pytest.mark.parametrize("by", FORECASTS)
def test_a_forecast_chooses_others_than_what_it_falls_back_on_until_the_first_fit(by: str) -> None:
    fallback = {"sbg": "last_year", "bg_nbd": "contribution"}[by]
    assert differing(course_of(by, 12), course_of(fallback, 12)) == []
    assert "tie.relation" in differing(course_of(by), course_of(fallback))


@pytest.mark.parametrize("by", FORECASTS)
def test_a_firm_that_records_sales_only_has_no_book_to_fit(by: str) -> None:
    """It treats nobody and chooses nobody: the same bits as with all treated alike."""
    sales = {"firms.Root 0.information": "sales"}
    blind, alike = (walked(market(by, **sales, **{"firms.Root 0.care.selective": share}), 14) for share in (0.4, 0.0))
    assert differing(blind, alike) == []
    assert blind.selection.models == {}


HIDDEN = {"me": ("rate", "basket", "serving", "valence", "price_sensitivity"),
          "tie": ("taste", "match", "satisfaction", "trust", "commitment", "habit", "grievance", "knowledge")}


@pytest.mark.parametrize("by", get_args(Estimate))
def test_no_estimate_but_the_oracle_sees_what_a_firm_cannot_record(by: str) -> None:
    """With everything hidden turned round among people, the same customers are left out."""
    marked = []
    for turned in (False, True):
        course = course_of(by, 24).fork()
        for struct, columns in HIDDEN.items() if turned else ():
            old = getattr(course.world, struct)
            setattr(course.world, struct, old._replace(**{
                name: np.ascontiguousarray(getattr(old, name)[..., ::-1]) for name in columns}))
        opening = course.book.open(course.now, 400)
        course.selection.mark(course.world, course.now, opening.plans)
        marked.append(course.world.tie.left_out.copy())
    assert marked[0][1].any()
    assert np.array_equal(*marked) == (by != "oracle")


def test_the_book_has_the_first_and_last_period_of_everybody_as_the_records_do() -> None:
    """The book is written at the start of a period, so that the last period is not in it yet."""
    course = walked(market("bg_nbd"), 30, records="all")
    rows = course.records().transactions
    assert rows is not None
    bought = rows.rows((rows.units > 0) & (rows.firm == 1) & (rows.period < course.now - 1))
    first = np.full(course.world.n, 32_000)
    np.minimum.at(first, bought.customer, bought.period)
    at_first = bought.rows(bought.period == first[bought.customer])
    begun = np.zeros(course.world.n, np.int64)
    np.add.at(begun, at_first.customer, at_first.units)
    assert np.array_equal(course.selection.first[1], first)
    assert np.array_equal(course.selection.begun[1], begun)


def test_a_book_begins_when_the_firm_begins_to_know_who_buys() -> None:
    """What was bought before is not in it: everybody is as new as their first purchase on record."""
    course = walked(market("sbg", **{"firms.Root 0.information": "sales"}, knows_from=1.0), 24)
    assert course.selection.first[0].min() == 0
    assert course.selection.first[1].min() == 11
    assert [fitted for fitted, _ in course.selection.models.values()] == [23]


def test_a_firm_that_looks_back_a_year_has_kept_the_past() -> None:
    """When the past ends, the contribution of the year before is known: nobody is ranked by all years together."""
    course = walked(market("sbg", **{"clock.warm_up_years": 2.0}), 25)
    assert (1, 12) in course.selection.past
    assert (0, 12) not in course.selection.past
