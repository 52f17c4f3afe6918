"""From a transaction log to a value per customer: BG/NBD and Gamma-Gamma, held against a hold-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.equity.btyd import BGNBD, GammaGamma, fit_bg_nbd, fit_gamma_gamma
from sim.equity.checks import number
from sim.equity.logs import Log, form_of, time_in_words, watched
from sim.equity.rfm import TimeUnit, holdout, rfm_table
from sim.text.words import counted

MOST = 7  # customers with this many repeat purchases or more share one row
BUSY = 0.2  # where customers buy in more than this share of all periods, these are too long for a model without periods
UNRELATED = 0.3  # a correlation of frequency and spend beyond this gets a note: Gamma-Gamma takes them as unrelated


@dataclass(frozen=True)
class FitPlan:
    """What is to be done with a log; None takes the default for logs with dates, or with plain period numbers.

    `unit`: of time, "D", "W" (default) or "M" for dates; None for numbers. `split`: share of the time that is kept for
    the hold-out (0: none), or the last date before it. `horizon`: how far ahead value is counted, in units of time (a
    year; for numbers as long as the log). `discount`: per year (0.10); for numbers per period (0). `end`: the last time
    at which purchases were recorded (the last purchase unless given); later rows are left out. Dates are written as in
    the log, or as 2024-12-31.
    """

    unit: str | None = None
    split: Any = 0.25
    horizon: float | None = None
    discount: float | None = None
    end: Any = None


Plan = FitPlan
"""The public name."""


@dataclass(frozen=True)
class HoldOut:
    """Purchases after the split: customers by their repeat purchases before it, and sums over all of them.

    `table`: frequency (the last: or more), customers, actual, low, high, expected (per customer). `naive`: purchases if
    everybody went on at their own rate so far. `error`, `naive_error`: mean absolute error per customer.
    """

    table: pd.DataFrame
    split: str
    length: float
    customers: int
    actual: float
    expected: float
    naive: float
    error: float
    naive_error: float
    correlation: float


@dataclass(frozen=True, repr=False)
class FittedLog:
    """What a fit finds in a log.

    `model` is fitted to the whole log (`rfm`), `before` to the time before the hold-out. `spending` is None without
    amounts or without two who bought again, `holdout` where none was asked for or the log is too short. `histogram`:
    frequency (the last: or more), actual and expected customers, of the fit that was held against the hold-out, or of
    the whole. `values`: customer_id, frequency, recency, T, (monetary_value,) probability_alive, expected_purchases,
    discounted_purchases, (expected_spend, value,) the most valuable first. `notes`: what a reader should know.
    """

    first: str
    last: str
    rfm: pd.DataFrame
    clock: TimeUnit
    horizon: float
    discount: float
    model: BGNBD
    before: BGNBD
    spending: GammaGamma | None
    histogram: pd.DataFrame
    holdout: HoldOut | None
    values: pd.DataFrame
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        tail = f", worth {self.values['value'].sum():,.2f}" if "value" in self.values else ""
        return (f"<{type(self).__name__} of {counted(len(self.rfm), 'customer')}, {self.first} to {self.last}; "
                f"{self.clock.told(self.horizon)} ahead{tail}>")


def fit_log(log: Log, plan: FitPlan | None = None) -> FittedLog:
    """Fit a log, hold the fit against the last part of it, and value every customer.

    The value of a customer at the end of the log is the present value of their purchases within the horizon (each unit
    of time discounted at its end, see `BGNBD.discounted_expected_residual_transactions`) times the spend to expect per
    purchase (Gamma-Gamma). It is in the money of the log: revenue where amounts are what customers paid.

    Raises:
        ValueError: the log is shorter than one unit of time, has one customer, or the plan does not fit to it.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), and their "RFM and CLV", Journal of Marketing
    Research 42(4): purchases and spend modelled apart, then multiplied.

    >>> frame = pd.DataFrame({"customer_id": [1, 1, 1, 2, 3, 3], "date": [0.0, 3.0, 9.0, 2.0, 1.0, 8.0]})
    >>> fit_log(Log(frame, {}), FitPlan(split=0)).values["customer_id"].tolist()
    [1, 3, 2]
    """
    plan = FitPlan() if plan is None else plan
    amount = "amount" if "amount" in log.frame else None
    clock = TimeUnit.of(log.frame["date"], plan.unit)
    frame, end, notes = watched(log, plan.end)
    rfm = rfm_table(frame, amount=amount, end=end, **clock.options)
    length = float(rfm["T"].max())
    if length <= 0:
        raise ValueError("date: all purchases are of one time; nothing can be told of repeat buying")
    ahead = (clock.per_year or length) if plan.horizon is None else plan.horizon
    horizon = number("horizon", ahead, 0.0, 1e6, open_ends="low")
    discount = clock.discount(plan.discount)
    model = fit_bg_nbd(*_past(rfm))
    split = clock.split((frame["date"].min(), end), plan.split, form_of(log))
    held = _hold_out(frame, (split, end), amount, clock)
    if held is None and split is not None:
        notes.append("No hold-out: fewer than two customers before it.")
    hold_out, before, known = held or (None, model, rfm)
    spending, remarks = _spending(rfm)
    values = value_customers(rfm, model, spending, (horizon, discount), _never_paid(frame, rfm))
    busy = float(rfm["frequency"].sum() / rfm["T"].sum()) if clock.per_year is None else 0.0
    if busy > BUSY:
        notes.append(f"Customers buy in {100 * busy:.0f} % of all periods: BG/NBD knows no periods and fits the worse "
                     "for it; shorter periods help, or BG/BB (`sim.equity.btyd.fit_bg_bb`).")
    return FittedLog(
        time_in_words(frame["date"].min()), time_in_words(end), rfm, clock, horizon, discount, model, before, spending,
        histogram(known, before), hold_out, values,
        (*notes, *remarks, *([f"BG/NBD: {model.advice}"] if model.advice else [])),
    )


def value_customers(
    rfm: pd.DataFrame, model: BGNBD, spending: GammaGamma | None, ahead: tuple[float, float], free: Any = None
) -> pd.DataFrame:
    """What every customer is worth: discounted purchases to come × the spend to expect at each.

    `ahead` is the horizon and the discount, per unit of time; each unit is discounted at its end. Money as in the log.
    Whoever bought again and paid nothing, or is one of the `free` (one truth per row: paid nothing at all), is expected
    to pay nothing. Where the data do not determine the mean spend of all (`GammaGamma.mean_is_known`), who bought once
    is expected to spend what the others did on average.

    Raises:
        ValueError: columns, horizon or discount outside their ranges.

    Source: as `fit_log`.

    >>> rfm = pd.DataFrame({"frequency": [0, 2], "recency": [0.0, 30.43], "T": [38.86, 38.86]})
    >>> table = value_customers(rfm, BGNBD(0.243, 4.414, 0.793, 2.426), None, (39.0, 0.0))
    >>> table["expected_purchases"].round(3).tolist()
    [1.226, 0.195]
    """
    horizon, discount = ahead
    past = _past(rfm)
    table = rfm.assign(
        probability_alive=model.probability_alive(*past),
        expected_purchases=model.conditional_expectation(horizon, *past),
        discounted_purchases=model.discounted_expected_residual_transactions(*past, discount=discount, horizon=horizon),
    )
    order = "discounted_purchases"
    if spending is not None:
        bought = np.where(table["monetary_value"] > 0, table["frequency"], 0)
        spend = np.asarray(spending.expected_spend(bought, table["monetary_value"].to_numpy()))
        unknown = ~np.isfinite(spend) | ((bought == 0) & (not spending.mean_is_known))
        spend = np.where(unknown, observed_spend(rfm), spend)
        nothing = (table["frequency"] > 0) & (table["monetary_value"] == 0)
        table["expected_spend"] = np.where(nothing | (False if free is None else free), 0.0, spend)
        table["value"] = table["expected_spend"] * table["discounted_purchases"]
        order = "value"
    return table.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)


def observed_spend(rfm: pd.DataFrame) -> float:
    """What those who bought again and paid spent per repeat purchase, the mean over customers.

    Raises:
        KeyError: a column is missing.

    Source: the mean of the data, no model.

    >>> observed_spend(pd.DataFrame({"frequency": [0, 1, 3], "monetary_value": [0.0, 8.0, 4.0]}))
    6.0
    """
    return float(rfm["monetary_value"][(rfm["frequency"] > 0) & (rfm["monetary_value"] > 0)].mean())


def histogram(rfm: pd.DataFrame, model: BGNBD) -> pd.DataFrame:
    """Customers by number of repeat purchases, actual and as the model has it for the times they were watched.

    Expected: Σ over customers of P(X(T) = x). The last row is that number or more.

    Raises:
        ValueError: times or counts outside their ranges.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), figure 2.

    >>> table = histogram(pd.DataFrame({"frequency": [0, 0, 1], "T": [39.0] * 3}), BGNBD(0.243, 4.414, 0.793, 2.426))
    >>> table["expected"].round(2).tolist()[:3]
    [1.72, 0.6, 0.26]
    """
    times, customers = np.unique(rfm["T"], return_counts=True)
    chances = model.probability_of_purchases(np.arange(MOST)[:, None], times[None, :]) @ customers
    actual = np.bincount(np.minimum(rfm["frequency"], MOST), minlength=MOST + 1)
    expected = [*chances.tolist(), max(0.0, len(rfm) - float(chances.sum()))]
    return pd.DataFrame({"frequency": np.arange(MOST + 1), "actual": actual, "expected": expected})


def _never_paid(frame: pd.DataFrame, rfm: pd.DataFrame) -> np.ndarray:
    """Which customers of the table paid nothing at all, the first purchase included."""
    if "amount" not in frame:
        return np.zeros(len(rfm), dtype=bool)
    paid = frame.groupby("customer_id", sort=False)["amount"].sum()
    return np.asarray(paid.reindex(rfm["customer_id"]).to_numpy() == 0.0)


def _hold_out(
    frame: pd.DataFrame, when: tuple[Any, Any], amount: str | None, clock: TimeUnit
) -> tuple[HoldOut, BGNBD, pd.DataFrame] | None:
    """Fit the time before the split and see what came after, up to the end; nothing where there is no split."""
    at, end = when
    if at is None:
        return None
    table = holdout(frame, at, amount=amount, end=end, **clock.options)
    if len(table) < 2:
        return None
    past, length = _past(table), float(table["duration_holdout"].iloc[0])
    model = fit_bg_nbd(*past)
    expected = np.asarray(model.conditional_expectation(length, *past))
    actual = table["frequency_holdout"].to_numpy(dtype=np.float64)
    naive = np.divide(past[0], past[2], out=np.zeros(len(table)), where=past[2] > 0) * length
    varied = actual.std() > 0 and expected.std() > 0
    correlation = float(np.corrcoef(actual, expected)[0, 1]) if varied else float("nan")
    return HoldOut(
        _by_frequency(past[0], actual, expected), time_in_words(at), length, len(table), float(actual.sum()),
        float(expected.sum()), float(naive.sum()), float(np.abs(actual - expected).mean()),
        float(np.abs(actual - naive).mean()), correlation,
    ), model, table


def _past(rfm: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rfm["frequency"].to_numpy(), rfm["recency"].to_numpy(), rfm["T"].to_numpy()


def _by_frequency(frequency: Any, actual: Any, expected: Any) -> pd.DataFrame:
    """Means per customer by repeat purchases before the split, with a 95 % interval of what happened."""
    table = pd.DataFrame({"frequency": np.minimum(frequency, MOST), "actual": actual, "expected": expected})
    groups = table.groupby("frequency")
    found = groups.mean().assign(customers=groups.size(), half=1.96 * groups["actual"].std() / np.sqrt(groups.size()))
    low, high = (found["actual"] - found["half"]).clip(lower=0.0), found["actual"] + found["half"]
    return found.assign(low=low, high=high)[["customers", "actual", "low", "high", "expected"]].reset_index()


def _spending(rfm: pd.DataFrame) -> tuple[GammaGamma | None, list[str]]:
    """The spend model where there are amounts, and what to say about it."""
    if "monetary_value" not in rfm:
        return None, []
    again = rfm[(rfm["frequency"] > 0) & (rfm["monetary_value"] > 0)]
    if len(again) < 2:
        return None, ["Fewer than two customers bought again and paid: spend is left out."]
    fit = fit_gamma_gamma(again["frequency"], again["monetary_value"])
    remarks = [f"Gamma-Gamma: {fit.advice}"] if fit.advice else []
    free = int(((rfm["frequency"] > 0) & (rfm["monetary_value"] == 0)).sum())
    if free:
        remarks.append(f"{counted(free, 'customer')} bought again but paid nothing: left out of the spend model, and "
                       "expected to pay nothing.")
    if not fit.mean_is_known:
        remarks.append(f"Gamma-Gamma: q is {fit.q:.4g}, within its error of 1, so these data do not determine the mean "
                       "spend of all; who bought once is valued at the mean repeat purchase of the others, "
                       f"{observed_spend(rfm):,.2f}.")
    if abs(fit.correlation) > UNRELATED:
        remarks.append(f"Frequency and spend go together (correlation {fit.correlation:+.2f}), which the Gamma-Gamma "
                    "model does not know: take values with care.")
    return fit, remarks
