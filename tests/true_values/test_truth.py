"""True values: exact re-runs, futures with known answers, errors that mean what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from markets import differing, everything_off, random_market, small_market, walked

import sim
from sim.market.birth import prolonged
from sim.market.simulation import Options
from sim.numerics.elementary import HAS_NUMBA
from sim.records.recorder import Recorder
from sim.records.records import Records
from sim.scenario.load import load
from sim.true_values import Truth, true_values
from sim.true_values.values import exact_sum
from sim.valuation.person import person_equity

STEADY: dict[str, Any] = {
    **everything_off(), "market.friends.graph": "none", "budget.per_person_per_year": 0.0, "clock.years": 4.0,
    "psychology.choice.outside": -20.0, "people.taste_price_link": 0.0, "people.basket.variation": 0.0,
    "people.cost_to_serve.variation": 0.0, "people.price_sensitivity.variation": 0.0, "product.order_cost": 0.0,
    "product.information_cost": 0.0, "product.margin": 0.5, "product.serving_cost": 0.2,
    "psychology.choice.price": 6.0,
}
"""All mechanisms off, one firm, nobody goes without; every purchase brings the same."""
FAST: Any = "numba" if HAS_NUMBA else "numpy"
MARGIN = 300
"""Minor units: price 10.00, goods half of it, serving a fifth."""
ONE_FIRM: dict[str, Any] = {"Only": {}}


def records_of(scenario: Any, periods: int = 10_000, **how: Any) -> Records:
    return walked(scenario, periods, executor=FAST, records="all", **how).records()


def truth_of(scenario: Any, at: float, horizon: float, replications: int = 4, **how: Any) -> Truth:
    return true_values(records_of(scenario), at, horizon, replications=replications, options=Options(FAST), **how)


@pytest.fixture(scope="module")
def lively() -> Records:
    """Two firms that spend on everything, three years, monthly."""
    return records_of(small_market({"clock.years": 3.0, "market.leave_per_year": 0.2}, customers=150))


def columns(truth: Truth) -> list[np.ndarray]:
    found = truth.found
    return [truth.market.value_to_date, found.residual, found.error, found.returns, found.returned_by_idle,
            found.value_by_idle, found.totals, *([found.realised] if found.realised is not None else [])]


def test_constant_churn_is_worth_what_the_closed_form_says() -> None:
    """One purchase a month while in the market, a constant rate of leaving: Σ m d^j s^(j+1), within 3 errors.

    s is the chance to stay a month; those who were there last month are counted. When somebody leaves is drawn at
    birth, so all futures agree and the spread is that between people.
    """
    rate, at, horizon = 0.5, 12, 24
    scenario = small_market({**STEADY, "product.contract.regular": True, "market.leave_per_year": rate}, ONE_FIRM, 6000)
    truth = truth_of(scenario, 1.0, 2.0, replications=2)
    here = truth.in_market
    values = truth.found.residual[0][here]
    j = np.arange(horizon)
    expected = MARGIN * (1.1 ** (-j / 12) * np.exp(-rate / 12) ** (j + 1)).sum()
    standard_error = values.std(ddof=1) / np.sqrt(values.size)
    assert 0.005 < standard_error / expected < 0.015
    assert abs(values.mean() - expected) < 3 * standard_error
    assert not truth.found.error.any()
    assert here.mean() == pytest.approx(np.exp(-rate * (at - 1) / 12), abs=0.02)
    later = truth_of(scenario.model_copy(update={"money": scenario.money.model_copy(
        update={"first_margin": "one_period_later"})}), 1.0, 2.0, replications=2)
    assert later.found.residual[0][here] == pytest.approx(values * 1.1 ** (-1 / 12), rel=1e-12)


def test_monte_carlo_errors_are_as_large_as_they_say() -> None:
    """Poisson purchases at a known rate and date of leaving: (estimate − exact) / error has mean 0 and variance 1."""
    overrides = {**STEADY, "market.leave_per_year": 0.1, "market.occasions_at_most": 60,
                 "people.purchases_per_year": {"mean": 60.0, "shape": 5.0}}
    number = 24
    truth = truth_of(small_market(overrides, ONE_FIRM, 500), 1.0, 2.0, number)
    me = truth.market.course.world.me
    months = np.clip(me.leaves.astype(int) - 12, 0, 24)
    annuity = np.concatenate([[0.0], np.cumsum(1.1 ** (-np.arange(24) / 12))])
    exact = MARGIN * me.rate.astype(float) * annuity[months]
    some = exact > 20_000
    z = (truth.found.residual[0] - exact)[some] / truth.found.error[0][some]
    assert some.sum() > 300
    assert abs(z.mean()) < 3 / np.sqrt(z.size)
    expected_variance = (number - 1) / (number - 3)
    assert abs(z.var() - expected_variance) < 4 * expected_variance * np.sqrt(2 / z.size)
    gone = months == 0
    assert gone.any()
    assert not truth.found.residual[0][gone].any()


def test_errors_shrink_with_the_root_of_the_number_of_futures(lively: Records) -> None:
    few, many = (true_values(lively, 1.5, 1.0, replications=n, options=Options(FAST)) for n in (6, 54))
    ratio = np.sqrt((many.found.error**2).sum() / (few.found.error**2).sum())
    assert ratio == pytest.approx(1 / 3, rel=0.1)


def test_every_future_has_its_own_luck_and_is_the_same_in_every_number_of_them(lively: Records) -> None:
    few, many = (true_values(lively, 1.5, 0.5, replications=n, options=Options(FAST)) for n in (2, 3))
    assert few.found.totals.tobytes() == many.found.totals[:2].tobytes()
    assert len({tuple(row) for row in many.found.totals.tolist()}) == 3
    mean = sum(many.market.future(k).value for k in range(3)) / 3
    assert many.found.residual == pytest.approx(mean, rel=1e-9, abs=1e-6)


def test_contributions_of_a_future_are_those_of_its_ledger_to_the_minor_unit(lively: Records) -> None:
    truth = true_values(lively, 1.0, 1.0, replications=2, options=Options(FAST))
    cash_flows = truth.market.future(0)
    assert cash_flows.contribution.dtype == np.int64
    assert cash_flows.balanced().contribution.any()
    broken = cash_flows.contribution.copy()
    broken[0, 0] += 1
    cash_flows.contribution = broken
    with pytest.raises(RuntimeError, match="not those of the ledger"):
        cash_flows.balanced()


def test_value_to_date_and_the_realised_future_are_those_of_the_run_itself(lively: Records) -> None:
    truth = true_values(lively, 1.5, 1.0, replications=2, options=Options(FAST))
    table, rows = truth.table(), lively.transactions
    assert rows is not None
    before = person_equity(lively.until(18)).set_index(["customer_id", "firm"])["value_to_date_money"]
    mine = table.set_index(["customer_id", "firm"])["value_to_date_money"]
    assert mine.loc[before.index].to_numpy() == pytest.approx(before.to_numpy(), rel=1e-12)
    assert (mine != 0).sum() <= len(before)
    ahead = rows.rows((rows.period >= 18) & (rows.period < 30))
    worth = lively.discount(18)[ahead.period] * ahead.margin / 100
    own = np.zeros((2, 150))
    np.add.at(own, (ahead.firm, ahead.customer), worth)
    assert table["realised_residual_money"].to_numpy() == pytest.approx(own.reshape(-1), abs=1e-9)
    back = 1.1 ** -1.5
    assert table["total_money"].to_numpy() == pytest.approx(
        (table["value_to_date_money"] + table["residual_money"] * back).to_numpy(), rel=1e-12)
    totals = truth.totals().set_index("firm")
    assert totals.loc["Root", "residual_money"] == pytest.approx(table[table["firm"] == "Root"]["residual_money"].sum())
    beyond = true_values(lively, 2.5, 1.0, replications=2, options=Options(FAST))
    assert beyond.table()["realised_residual_money"].isna().all()


@pytest.mark.parametrize("executor", ["python", pytest.param("numba", marks=pytest.mark.skipif(
    not HAS_NUMBA, reason="no numba"))])
def test_the_same_bytes_whatever_runs_them(executor: Any) -> None:
    scenario = small_market({"clock.years": 1.0, "market.growth.kind": "bass"}, customers=25)
    records = records_of(scenario)
    one, other = (
        true_values(records, 0.5, 0.75, replications=2, options=options)
        for options in (Options("numpy"), Options(executor, threads=None if executor == "python" else 2, block=7))
    )
    for left, right in zip(columns(one), columns(other), strict=True):
        assert left.tobytes() == right.tobytes()


def test_a_run_that_is_not_its_scenarios_own_is_refused(lively: Records) -> None:
    counts = lively.counts.copy()
    counts[7, 3, 1] += 1
    with pytest.raises(ValueError, match=r"cannot be repeated.*in period 7 returned_customers of Root"):
        true_values(replace(lively, counts=counts), 1.0, 0.5, replications=2, options=Options(FAST))
    ledger = lively.ledger.copy()
    ledger[20, 0, 0] += 1
    with pytest.raises(ValueError, match="in period 20 revenue of Rush"):
        true_values(replace(lively, ledger=ledger), 1.0, 1.0, replications=2, options=Options(FAST))


@pytest.mark.parametrize(("name", "values"), [
    ("at", {"at": 0.0}), ("at", {"at": 3.1}), ("at", {"at": float("nan")}), ("horizon", {"horizon": 0.0}),
    ("horizon", {"horizon": -1.0}), ("horizon", {"horizon": 1e9}), ("horizon", {"horizon": float("inf")}),
    ("replications", {"replications": 1}), ("replications", {"replications": 2.5}), ("policies", {"policies": "cold"}),
])
def test_wrong_questions_are_refused_by_name(lively: Records, name: str, values: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"at": 1.0, "horizon": 1.0, **values}
    with pytest.raises(ValueError, match=f"^{name}="):
        true_values(lively, **asked)


def test_a_run_asks_with_the_same_words() -> None:
    run = sim.run(small_market({"clock.years": 1.0}, customers=40), seed=3)
    truth = run.true_values(0.5, 0.5, replications=2)
    assert repr(truth) == "<Truth of mapping: 40 people at year 0.5, 0.5 years ahead, 2 futures>"
    assert run.true_values(0.5, replications=2).horizon == run.scenario.money.equity_horizon_years
    assert len(truth.table()) == 80


BASS: dict[str, Any] = {"market.growth": {"kind": "bass", "imitation_per_year": 1.0}, "clock.years": 1.0}


def test_a_market_that_still_fills_goes_on_as_one_that_was_meant_to_last_longer() -> None:
    """Beyond the end of a run the curve of diffusion goes on: bit for bit the longer run."""
    longer = walked(small_market({**BASS, "clock.years": 3.0}, customers=80), 30)
    short = walked(small_market(BASS, customers=80), 12)
    assert (short.world.me.enters > 12).sum() > 10
    short.world, short.periods = prolonged(short.world, short.scenario, short.world_seed, 36), 36
    short.recorder = Recorder(longer.recorder.facts, longer.recorder.people, "totals")
    for _ in range(18):
        short.step()
    assert [name for name in differing(longer, short) if not name.startswith("books.")] == []
    assert (longer.world.me.enters > 12).sum() > 10


@pytest.mark.parametrize(("overrides", "words"), [
    (BASS, "fills on along the same curve"),
    ({"market.growth.kind": "stationary", "market.leave_per_year": 0.8}, r"spread over the run only, so \d\d % fewer"),
    ({"market.leave_per_year": 0.8}, r"nobody new ever comes here, so \d\d % fewer"),
    ({"market.leave_per_year": 0.0}, "hardly anybody leaves"),
])
def test_what_lies_beyond_the_end_is_said(overrides: dict[str, Any], words: str) -> None:
    import re

    truth = truth_of(small_market({**overrides, "clock.years": 1.0}, customers=60), 0.5, 1.0, 2)
    assert re.search(words, truth.notes[1])
    inside = truth_of(small_market({**overrides, "clock.years": 1.0}, customers=60), 0.5, 0.5, 2)
    assert len(inside.notes) == 1


@pytest.mark.parametrize("seed", [1, 12, 20])
@pytest.mark.parametrize("policies", ["frozen", "free"])
def test_any_market_has_true_values_or_says_why_not(seed: int, policies: Any) -> None:
    """Levers, strategies, events and people at random: books balance in every future, no table breaks."""
    records = records_of(random_market(seed, customers=40), 16)
    at, horizon = (9 - records.warm_up) / records.periods_per_year, 5 / records.periods_per_year
    truth = true_values(records, at, horizon, replications=2, policies=policies, options=Options(FAST))
    assert len(truth.table()) == 40 * len(records.firms)
    assert np.isfinite(truth.totals()["residual_money"]).all()
    assert (truth.seen()["n"] == 2).all()
    scores = truth.scores()
    assert (scores["misdirected_share"].notna() == (scores["reason"] == "")).all()


def test_sums_are_exact_in_every_order() -> None:
    values = np.array([1e16, 3.14, -1e16, 2.71, 1e-9])
    assert exact_sum(values) == exact_sum(values[::-1]) == exact_sum(np.roll(values, 2))


def test_dates_count_from_the_end_of_the_warm_up() -> None:
    scenario = load({"question": "When?", "firms": {"A": {}, "B": {}}, "market": {"customers": 30},
                     "clock": {"period": "week", "years": 1.0, "warm_up_years": 0.5}})
    records = records_of(scenario)
    truth = true_values(records, 0.25, 0.25, replications=2, options=Options(FAST))
    assert truth.ahead.start == records.warm_up + 13
    assert truth.at == pytest.approx(0.25, abs=0.01)
    early = true_values(records, -0.25, 0.25, replications=2, options=Options(FAST))
    assert not early.market.value_to_date.any()
