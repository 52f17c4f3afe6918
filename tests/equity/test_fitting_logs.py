"""From a log to a value per customer, by hand where that can be done, and on CDNOW."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from cdnow import log as cdnow_log
from cdnow import summary

from sim.equity.btyd import BGNBD, GammaGamma, fit_bg_nbd
from sim.equity.fitting import FitPlan, fit_log, histogram
from sim.equity.logs import Log, read_log


def simulated(customers: int = 400, seed: int = 3) -> pd.DataFrame:
    """A log of dates drawn from BG/NBD and Gamma-Gamma: first purchases over half a year, watched for two years."""
    rng = np.random.default_rng(seed)
    rows = []
    rate, p = rng.gamma(0.8, 1 / 60.0, customers), rng.beta(0.8, 2.5, customers)
    level = 15.0 / rng.gamma(4.0, 1.0, customers)
    for who in range(customers):
        day = float(rng.integers(0, 180))
        while day < 730:
            rows.append((f"c{who}", day, round(level[who] * rng.gamma(6.0, 1.0), 2)))
            if len(rows) > 1 and rows[-2][0] == rows[-1][0] and rng.random() < p[who]:
                break
            day += rng.exponential(1 / rate[who])
    log = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    return log.assign(date=pd.Timestamp("2023-01-01") + pd.to_timedelta(log["date"].astype(int), unit="D"))


@pytest.fixture(scope="module")
def log() -> Log:
    return read_log(simulated())


def test_what_is_printed_of_a_fit_is_one_line(log: Log) -> None:
    fitted = fit_log(log, FitPlan(horizon=52.0, split=0))
    assert str(fitted) == (f"<FittedLog of 400 customers, {fitted.first} to {fitted.last}; 52 weeks ahead, worth "
                           f"{fitted.values['value'].sum():,.2f}>")


def test_values_are_those_of_the_models(log: Log) -> None:
    fitted = fit_log(log, FitPlan(horizon=52.0, discount=0.12))
    assert fitted.clock.word == "week"
    assert fitted.discount == pytest.approx(1.12 ** (1 / 52.1775) - 1, rel=1e-9)
    assert fitted.values["value"].is_monotonic_decreasing
    one = fitted.values.iloc[5]
    past = one["frequency"], one["recency"], one["T"]
    assert one["expected_purchases"] == pytest.approx(fitted.model.conditional_expectation(52.0, *past))
    assert one["probability_alive"] == pytest.approx(fitted.model.probability_alive(*past))
    worth = fitted.model.discounted_expected_residual_transactions(*past, fitted.discount, 52.0)
    assert fitted.spending is not None
    spend = fitted.spending.expected_spend(one["frequency"], one["monetary_value"])
    assert one["value"] == pytest.approx(worth * spend)
    assert sorted(fitted.values["customer_id"]) == sorted(fitted.rfm["customer_id"])


def test_the_holdout_is_judged_by_a_fit_that_has_not_seen_it(log: Log) -> None:
    fitted = fit_log(log)
    held = fitted.holdout
    assert held is not None
    assert fitted.before.log_likelihood != fitted.model.log_likelihood
    frame, split = log.frame, pd.Timestamp(held.split)
    days = frame.drop_duplicates(["customer_id", "date"])
    known = days.loc[days["date"] <= split, "customer_id"].unique()
    later = days[(days["date"] > split) & days["customer_id"].isin(known)]
    assert (held.customers, held.actual) == (len(known), len(later))
    assert held.length == pytest.approx((frame["date"].max() - split).days / 7)
    assert 0.7 < held.expected / held.actual < 1.3, "drawn from the model itself"
    assert held.error < held.naive_error
    assert (held.table["customers"] * held.table["actual"]).sum() == pytest.approx(held.actual)
    assert (held.table["customers"] * held.table["expected"]).sum() == pytest.approx(held.expected)
    assert fitted.histogram["actual"].sum() == held.customers
    assert fitted.histogram["expected"].sum() == pytest.approx(held.customers)


def test_cdnow_as_published(  # Fader, Hardie and Lee (2005): fitted to 39 weeks, foretold for the next 39
) -> None:
    fitted = fit_log(read_log(cdnow_log()), FitPlan(split="1997-09-30"))
    held = fitted.holdout
    assert held is not None
    assert [round(value, 2) for value in fitted.before.parameters.values()] == [0.24, 4.41, 0.79, 2.43]
    assert (held.customers, held.length) == (2357, 39.0)
    assert fitted.histogram["actual"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert held.expected / held.actual == pytest.approx(1653 / 1882, abs=0.001)
    assert held.naive / held.actual > 1.5, "going on at one's rate so far is far too much"


def test_histogram_of_the_model_is_the_mean_over_the_times_watched() -> None:
    table = summary()
    model = BGNBD(0.243, 4.414, 0.793, 2.426)
    found = histogram(table, model)["expected"]
    each = [model.probability_of_purchases(2, time) for time in table["T"]]
    assert found[2] == pytest.approx(sum(each))


def test_numbers_are_periods_without_a_year() -> None:
    rng = np.random.default_rng(1)
    who = rng.integers(0, 60, 300)
    frame = pd.DataFrame({"customer_id": who, "date": np.floor(rng.uniform(0, 40, 300)), "amount": 5.0 + who % 7})
    fitted = fit_log(Log(frame, {}))
    assert (fitted.clock.word, fitted.clock.per_year, fitted.discount) == ("period", None, 0.0)
    assert fitted.horizon == fitted.rfm["T"].max()
    assert fitted.holdout is not None
    assert fitted.holdout.split == "29"
    assert fit_log(Log(frame, {}), FitPlan(split="20")).holdout.split == "20"  # type: ignore[union-attr]


def test_busy_periods_and_related_spend_are_told() -> None:
    rng = np.random.default_rng(2)
    rows = [(who, time, 1.0 + 10.0 * (who % 5) + rng.random()) for who in range(60) for time in range(30)
            if rng.random() < 0.15 + 0.15 * (who % 5)]
    fitted = fit_log(Log(pd.DataFrame(rows, columns=["customer_id", "date", "amount"]), {}))
    assert any("shorter periods help, or BG/BB" in note for note in fitted.notes)
    assert any("Frequency and spend go together" in note for note in fitted.notes)


def test_logs_without_amounts_or_repeats_are_valued_in_purchases(log: Log) -> None:
    fitted = fit_log(Log(log.frame.drop(columns="amount"), {}), FitPlan(split=0))
    assert fitted.spending is None
    assert fitted.holdout is None
    assert "value" not in fitted.values
    assert fitted.values["discounted_purchases"].is_monotonic_decreasing
    once = log.frame.drop_duplicates("customer_id")
    told = fit_log(Log(once, {}))
    assert any("Fewer than two customers bought again" in note for note in told.notes)
    assert any("Nobody bought a second time" in note for note in told.notes)


def test_an_endless_mean_of_spend_is_replaced_by_what_was_seen() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"customer_id": np.repeat(np.arange(300), 3), "date": np.tile([0.0, 4.0, 9.0], 300) +
                          np.repeat(rng.integers(0, 9, 300), 3), "amount": rng.gamma(1.0, 1.0, 900) *
                          np.repeat(1 / rng.gamma(0.6, 1.0, 300), 3)})
    fitted = fit_log(Log(pd.concat([frame, frame.iloc[[0]].assign(customer_id=999)]), {}), FitPlan(split=0))
    assert fitted.spending is not None
    assert fitted.spending.mean_spend == float("inf")
    assert np.isfinite(fitted.values["value"]).all()


@pytest.mark.parametrize(("plan", "words"), [
    (FitPlan(unit="Y"), "unit: 'Y' is not allowed"), (FitPlan(split=0.99), "split: 0.99"),
    (FitPlan(split="soon"), "split"),
    (FitPlan(split="2030-01-01"), "split: 2030-01-01 is not allowed"), (FitPlan(horizon=-1), "horizon: -1"),
    (FitPlan(horizon=0), "horizon: 0"), (FitPlan(discount=-0.1), "discount: -0.1"),
])
def test_a_plan_that_does_not_fit_is_refused_by_name(log: Log, plan: FitPlan, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_log(log, plan)


def test_logs_of_one_day_or_one_customer_are_refused() -> None:
    frame = pd.DataFrame({"customer_id": [1, 2], "date": pd.to_datetime(["2024-01-01", "2024-01-01"])})
    with pytest.raises(ValueError, match="date: all purchases are of one time"):
        fit_log(Log(frame, {}))
    with pytest.raises(ValueError, match="frequency: 1 customer is not enough"):
        fit_log(Log(frame.assign(customer_id=1, date=pd.to_datetime(["2024-01-01", "2024-01-09"])), {}))


def test_a_hold_out_that_leaves_nobody_before_it_is_left_out_in_words() -> None:
    frame = pd.DataFrame({"customer_id": [1, 2, 2, 3], "date": pd.to_datetime(
        ["2024-01-01", "2024-03-01", "2024-03-20", "2024-03-21"])})
    fitted = fit_log(Log(frame, {}), FitPlan(split="2024-01-05"))
    assert fitted.holdout is None
    assert "No hold-out: fewer than two customers before it." in fitted.notes


def test_models_may_be_used_apart_from_the_fit(log: Log) -> None:
    from sim.equity.fitting import value_customers

    rfm = fit_log(log).rfm
    model = fit_bg_nbd(rfm["frequency"], rfm["recency"], rfm["T"])
    table = value_customers(rfm, model, GammaGamma(6, 4, 15), (10, 0.0))
    later = table["expected_purchases"]
    assert table["discounted_purchases"].to_numpy() == pytest.approx(later.to_numpy()), "no discount: what is expected"
