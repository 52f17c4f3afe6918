"""Estimators of residual value: by hand, on logs of a few purchases; each sees its firm's log and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from markets import small_market, walked

from sim.equity.btyd import fit_bg_nbd, fit_gamma_gamma
from sim.equity.clv import lifetime_value
from sim.equity.sbg import fit_sbg
from sim.records.records import Records
from sim.valuation import estimators
from sim.valuation.estimators.markov_switching import _switches
from sim.valuation.estimators.rfm_cells import _means_of_cells
from sim.valuation.estimators.sbg_by_tenure import survivors
from sim.valuation.log import FirmLog, Purchases, Terms

Make = Callable[..., Records]
TERMS = {"money.discount_rate": 0.1, "money.equity_horizon_years": 1.0}


def worth(periods: int, later: int = 0) -> np.ndarray:
    found: np.ndarray = 1.1 ** (-(np.arange(periods) + later) / 4)
    return found


def log_of(records: Records, firm: str, at: int, horizon: int = 4, later: int = 0) -> FirmLog:
    return FirmLog.of(records, firm, at, worth(horizon, later))


def value(name: str, log: FirmLog) -> dict[int, float]:
    return dict(zip(log.customers.tolist(), estimators.find(name).value(log).tolist(), strict=True))


@pytest.fixture(scope="module")
def lively() -> Records:
    scenario = small_market({"clock.years": 2.0, "people.purchases_per_year.mean": 8.0}, customers=150)
    return walked(scenario, 24, records="all").records()


def built(make: Make, rows: list[tuple[Any, ...]], periods: int) -> Records:
    return make(rows, periods=periods, people=1 + max(row[2] for row in rows), overrides=TERMS)


def buys(who: int, periods: list[int], firm: str = "Rush", margin: int = 400, units: int = 1) -> list[tuple[Any, ...]]:
    return [(t, firm, who, units, 1000 * units, margin * units) for t in periods]


def test_a_log_is_what_the_firm_recorded_up_to_the_date(story: Records) -> None:
    """Quarters; Anna buys from Rush all the time, Boris once; the window is two quarters."""
    log = log_of(story, "Rush", 4)
    assert log.customers.tolist() == [0, 1]
    assert (log.first.tolist(), log.last.tolist(), log.active.tolist()) == ([0, 0], [3, 0], [True, False])
    assert log.span == 2
    assert log.margin_per_period.tolist() == [4.0, 0.0]
    assert log.panel.period.max() == 3
    assert set(log.panel.customer.tolist()) == {0, 1, 2}
    assert log.bought.margin.sum() == pytest.approx(20.0)
    assert log.until(1).active.tolist() == [True, True]
    assert log.terms.discount == 0.0


def test_last_year_continued_by_hand(story: Records) -> None:
    found = value("last_year_continued", log_of(story, "Rush", 4))
    assert found == {0: pytest.approx(4.0 * worth(4).sum()), 1: 0.0}


def test_constant_retention_by_hand(make_records: Make) -> None:
    """Four customers a year ago, three of them now: retention .75 a year; the one who went is worth nothing."""
    rows = [row for who in range(3) for row in buys(who, list(range(8)))] + buys(3, [0, 1, 2, 3])
    records = built(make_records, rows, 8)
    kept = 0.75**0.25
    for later in (0, 1):
        found = value("constant_retention", log_of(records, "Rush", 8, 4, later))
        by_hand = 4.0 * sum(kept ** (j + 1) * 1.1 ** (-(j + later) / 4) for j in range(4))
        assert found == {who: pytest.approx(by_hand) for who in range(3)} | {3: 0.0}
    formula = lifetime_value(4.0, kept, 1.1**0.25 - 1, timing="renewal", periods=4)
    assert found[0] == pytest.approx(formula)


def test_without_anybody_a_year_ago_retention_is_not_known(make_records: Make) -> None:
    records = built(make_records, buys(0, [5, 6, 7]), 8)
    with pytest.raises(ValueError, match="nobody was a customer a year before"):
        value("constant_retention", log_of(records, "Rush", 8))


def test_survivors_are_a_life_table_of_stretches_of_one_window(make_records: Make) -> None:
    """Window two quarters, so stretches 0-1, 2-3, ... for who came at the start.

    Renewal 1: 4 of 6 made it (2 and 3 did not). Renewal 2: two were watched for so long, both made it. Renewal 3: one
    of the two.
    """
    rows = (buys(0, [0, 2, 5, 7]) + buys(1, [0, 3, 4]) + buys(2, [1, 2]) + buys(3, [0, 6])
            + buys(4, [4, 6]) + buys(5, [4, 7]))
    records = built(make_records, rows, 8)
    assert survivors(log_of(records, "Rush", 8)) == pytest.approx([6.0, 4.0, 4.0, 2.0])


def test_sbg_values_the_active_by_their_tenure(make_records: Make) -> None:
    rows = [row for who in range(6) for row in buys(who, list(range(8)))]
    rows += [row for who in range(6, 10) for row in buys(who, list(range(2 + 2 * (who % 2))))]
    rows += buys(10, [6, 7])
    records = built(make_records, rows, 8)
    log = log_of(records, "Rush", 8)
    fit = fit_sbg(survivors(log))
    found = value("sbg_by_tenure", log)
    halves = [np.sqrt(fit.survival(3) * fit.survival(4)), fit.survival(4), np.sqrt(fit.survival(4) * fit.survival(5)),
              fit.survival(5)]
    assert found[0] == pytest.approx(4.0 * (np.array(halves) / fit.survival(3) * worth(4)).sum())
    assert found[10] / log.margin_per_period[10] < found[0] / 4.0  # the newcomer is less sure to stay
    assert [found[who] for who in range(6, 10)] == [0.0] * 4
    short = built(make_records, buys(0, [0, 1, 2]), 3)
    with pytest.raises(ValueError, match="two active windows"):
        value("sbg_by_tenure", log_of(short, "Rush", 3))


def test_switches_within_a_period_are_counted_over_all_orders() -> None:
    """Two purchases at A and one at B in one period, then one at B: 2·1/3, 2/3, 2/3 within; 2/3 and 1/3 to B."""
    panel = Purchases(
        period=np.array([0, 0, 1]), customer=np.array([0, 0, 0]), firm=np.array([0, 1, 1]), units=np.array([2, 1, 1]),
        amount=np.zeros(3), margin=np.zeros(3),
    )
    counts, latest = _switches(panel, 2)
    assert counts == pytest.approx(np.array([[2 / 3, 2 / 3 + 2 / 3], [2 / 3, 1 / 3]]))
    assert counts.sum() == pytest.approx(3.0)  # four purchases, three switches
    assert latest.tolist() == [[0.0, 1.0]]


def test_markov_switching_by_hand(make_records: Make) -> None:
    """Everybody alternates, once a quarter: after Rush comes Root for sure, so every second purchase counts."""
    rows = [row for who in range(4) for row in buys(who, [0, 2, 4, 6]) + buys(who, [1, 3, 5, 7], "Root", 900)]
    records = built(make_records, rows, 8)
    rush, root = (value("markov_switching", log_of(records, firm, 8)) for firm in ("Rush", "Root"))
    assert rush[0] == pytest.approx(4.0 * (1.1 ** (-1 / 4) + 1.1 ** (-3 / 4)))
    assert root[0] == pytest.approx(9.0 * (1.1 ** (-2 / 4) + 1.1 ** (-4 / 4)))


def test_bg_nbd_gamma_gamma_is_its_two_models_on_the_log(make_records: Make) -> None:
    luck = np.random.default_rng(3)
    rows = []
    for who in range(60):
        rate = luck.gamma(1.0, 0.5)
        for t in range(int(luck.integers(0, 4)), 12):
            units = int(luck.poisson(rate))
            if units:
                amount = int(luck.integers(500, 3000)) * units
                rows.append((t, "Rush", who, units, amount, amount // 4))
    records = built(make_records, rows, 12)
    log = log_of(records, "Rush", 12)
    found = value("bg_nbd_gamma_gamma", log)
    x, recency, age, spend = [], [], [], []
    for who in log.customers:
        mine = [row for row in rows if row[2] == who]
        units = sum(row[3] for row in mine)
        begin, end = mine[0][0] + 1 / (mine[0][3] + 1), mine[-1][0] + mine[-1][3] / (mine[-1][3] + 1)
        x.append(units - 1)
        recency.append(end - begin if units > 1 else 0.0)
        age.append(12 - begin)
        rest = sum(row[4] for row in mine) - mine[0][4] / mine[0][3]
        spend.append(rest / 100 / (units - 1) if units > 1 else 0.0)
    discount = 1.1**0.25 - 1
    coming = fit_bg_nbd(x, recency, age).discounted_expected_residual_transactions(x, recency, age, discount, 4)
    expected = coming * (1 + discount) * fit_gamma_gamma(x, spend).expected_spend(x, spend)
    recent = [row for row in rows if row[0] >= 8]
    share = sum(row[5] for row in recent) / sum(row[4] for row in recent)
    assert list(found.values()) == pytest.approx((expected * share).tolist(), rel=1e-6)
    assert max(found.values()) > 1.0


def test_rfm_cells_carry_the_mean_of_the_cell_to_today(make_records: Make) -> None:
    """Ten steady customers are all alike: one cell. Before: 4.00 a quarter; so today over the horizon."""
    rows = [row for who in range(10) for row in buys(who, list(range(8)))]
    records = built(make_records, rows, 8)
    assert value("rfm_cells", log_of(records, "Rush", 8)) == {
        who: pytest.approx(4.0 * worth(4).sum()) for who in range(10)}
    longer = value("rfm_cells", log_of(records, "Rush", 8, horizon=12))
    assert longer[0] == pytest.approx(4.0 * worth(12).sum())


def test_rfm_cells_tell_the_steady_from_the_gone(make_records: Make) -> None:
    """Ten stopped before the middle, ten go on: in the second half the first brought nothing."""
    rows = [row for who in range(10) for row in buys(who, list(range(8)))]
    rows += [row for who in range(10, 20) for row in buys(who, [0])]
    records = built(make_records, rows, 8)
    found = value("rfm_cells", log_of(records, "Rush", 8))
    assert found[0] == pytest.approx(4.0 * worth(4).sum())
    assert found[15] == 0.0
    late = built(make_records, buys(0, [5, 6]), 8)
    with pytest.raises(ValueError, match="by the middle"):
        value("rfm_cells", log_of(late, "Rush", 8))


@pytest.mark.parametrize("name", estimators.names())
def test_an_estimator_sees_its_log_and_nothing_else(name: str, lively: Records) -> None:
    """What comes later changes nothing, and what rivals sold only where a panel is looked at."""
    one = estimators.find(name)
    log = log_of(lively, "Root", 16, 12)
    found = one.value(log)
    assert found.shape == log.customers.shape
    assert np.isfinite(found).all()
    assert one.value(log_of(lively.until(16), "Root", 16, 12)).tobytes() == found.tobytes()
    rows = lively.transactions
    assert rows is not None
    mine = log_of(replace(lively, transactions=rows.rows(rows.firm == 1)), "Root", 16, 12)
    assert (one.value(mine).tobytes() == found.tobytes()) == ("panel" not in one.sees)


@pytest.mark.parametrize("name", estimators.names())
def test_values_follow_the_timing_of_the_first_margin(name: str, lively: Records) -> None:
    now, later = (log_of(lively, "Root", 16, 8, k) for k in (0, 1))
    if name == "markov_switching":  # purchases have dates of their own
        return
    values = estimators.find(name).value
    assert values(later) == pytest.approx(values(now) * 1.1**-0.25, rel=1e-9, abs=1e-9)


def test_estimators_are_found_by_their_file(lively: Records) -> None:
    assert len(estimators.names()) >= 6
    for name in estimators.names():
        one = estimators.find(name)
        assert one.name == name
        assert one.title
        assert one.sees
    with pytest.raises(LookupError, match="did you mean sbg_by_tenure"):
        estimators.find("sbg_by_tenur")
    with pytest.raises(ValueError, match="no firm 'Ruth'"):
        log_of(lively, "Ruth", 4)
    with pytest.raises(ValueError, match='records="all"'):
        log_of(replace(lively, transactions=None), "Root", 4)


def test_five_of_a_cell_have_a_mean_of_their_own() -> None:
    """Sums of classes 3 and 6: five in cell 123 bring 10 each, four in 222 bring 1; 4 lies a third of the way."""
    then = pd.DataFrame({"rfm_cell": ["111", *["123"] * 5, *["222"] * 4], "rfm_score": [3, *[6] * 9]})
    now = pd.DataFrame({"rfm_cell": ["123", "222", "112", "111", "555"], "rfm_score": [6, 6, 4, 3, 15]})
    assert _means_of_cells(then, np.array([0.0, *[10.0] * 5, *[1.0] * 4]), now).tolist() == pytest.approx(
        [10.0, 6.0, 2.0, 0.0, 6.0])


def test_a_log_of_before_knows_nothing_of_the_day_itself(make_records: Make) -> None:
    """Costs without a purchase are rows of one's own, but nobody bought."""
    bought = [(0, "Rush", 0, 1, 1000, 400), (2, "Rush", 1, 0, 0, -100), (2, "Root", 1, 1, 1000, 400),
              (3, "Rush", 0, 1, 1000, 300)]
    log = FirmLog.of(make_records(bought, periods=5), "Rush", 4, np.ones(2))
    assert (log.own.period.tolist(), log.bought.period.tolist(), log.customers.tolist()) == ([0, 2, 3], [0, 3], [0])
    assert (log.panel.period.tolist(), log.panel.firm.tolist()) == ([0, 2, 3], [0, 1, 0])
    earlier = log.until(2)
    assert (earlier.own.period.tolist(), earlier.panel.period.tolist(), earlier.at) == ([0], [0], 2)
    assert (log.first.tolist(), log.last.tolist(), log.active.tolist(), earlier.active.tolist()) == (
        [0], [3], [True], [True])
    assert log.until(3).active.tolist() == [False]  # a window of two quarters
    assert (log.span, earlier.span, log.until(1).span) == (2, 1, 1)
    assert (log.recent.margin.tolist(), log.margin_per_period.tolist()) == ([-1.0, 3.0], [1.5])
    assert log.total(log.bought, "amount").tolist() == [20.0]


def test_terms_by_hand() -> None:
    """21 % a year are 10 % in half a year; a first margin one period later is worth its discount less."""
    at_start, later = (Terms(np.array([1.0, 1 / 1.1]) / wait, 2.0, 0.21, 1) for wait in (1.0, 1.1))
    assert (at_start.horizon, at_start.discount) == (2, pytest.approx(0.1))
    assert (at_start.timing, later.timing) == (pytest.approx(1.1), pytest.approx(1.0))


def test_switches_are_those_of_each_person() -> None:
    """The first goes from A to B, the second from B to B, the third bought once at A."""
    one = np.ones(5, dtype=np.int64)
    panel = Purchases(np.array([0, 1, 0, 2, 1]), np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0]), one, 1.0 * one,
                      1.0 * one)
    counts, latest = _switches(panel, 2)
    assert counts.tolist() == [[0.0, 1.0], [0.0, 1.0]]
    assert latest.tolist() == [[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]


def test_when_a_market_began_is_no_part_of_switching(make_records: Make) -> None:
    """Purchases of the same year have the same value a year later."""
    def switching(later: int) -> dict[int, float]:
        rows = buys(0, [4 + later, 5 + later, 7 + later]) + buys(1, [6 + later], "Root") + buys(1, [7 + later])
        return value("markov_switching", log_of(built(make_records, rows, 8 + later), "Rush", 8 + later))

    early, late = switching(0), switching(4)
    assert early == pytest.approx(late)
    assert early[0] > 0


def test_stretches_are_counted_from_everybodys_first_purchase(make_records: Make) -> None:
    """Five quarters, windows of two: all three are watched for two stretches, two of them renew."""
    rows = [*buys(0, [0, 2]), *buys(1, [1, 3]), *buys(2, [1])]
    assert survivors(log_of(built(make_records, sorted(rows), 5), "Rush", 5)).tolist() == [3.0, 2.0]
