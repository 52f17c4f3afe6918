"""From a transaction log to a value per customer: BG/NBD and Gamma-Gamma, held against a hold-out.

    fitted = fit_log(read_log("orders.csv"))
    fitted.values          # one row per customer, the most valuable first
    fitted.holdout         # purchases in the hold-out: what happened, what was expected
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equity.btyd import BGNBD, GammaGamma, fit_bg_nbd, fit_gamma_gamma
from sim.equity.checks import number
from sim.equity.clock import TimeUnit, clock_of, per_unit, split_of
from sim.equity.logs import Log
from sim.equity.rfm import holdout, rfm_table

if TYPE_CHECKING:
    import pandas as pd

MOST = 7
"""Customers with this many repeat purchases or more share one row."""
BUSY = 0.2
"""Where customers buy in more than this share of all periods, time is too coarse for a model without periods."""
UNRELATED = 0.3
"""A correlation of frequency and spend beyond this gets a note: the Gamma-Gamma model takes them as unrelated."""


@dataclass(frozen=True)
class FitPlan:
    """What is to be done with a log; None takes the default for logs with dates, or with plain period numbers.

    Attributes:
        unit: unit of time, "D", "W" (default) or "M" for dates; None for numbers.
        split: share of the time that is kept for the hold-out (0.25; 0: none), or the last date of the time before it.
        horizon: how far ahead value is counted, in units of time (a year; for numbers as long as the log).
        discount: per year (0.10); for numbers per period (0).
    """

    unit: str | None = None
    split: Any = 0.25
    horizon: float | None = None
    discount: float | None = None


Plan = FitPlan
"""The public name."""


@dataclass(frozen=True)
class HoldOut:
    """Purchases after the split: customers by their repeat purchases before it, and sums over all of them."""

    table: pd.DataFrame
    """frequency (the last: or more), customers, actual, low, high, expected (per customer)."""
    split: str
    length: float
    customers: int
    actual: float
    expected: float
    naive: float
    """Purchases if everybody went on at their own rate so far."""
    error: float
    naive_error: float
    """Mean absolute error per customer."""
    correlation: float


@dataclass(frozen=True)
class FittedLog:
    """What a fit finds in a log.

    Attributes:
        first, last: the first and the last time of the log.
        rfm: the RFM table of the whole log.
        model: the BG/NBD model fitted to it; `before` is the one fitted to the time before the hold-out.
        spending: the Gamma-Gamma model; None without amounts or without two who bought again.
        histogram: frequency (the last: or more), actual and expected customers, of the fit that was held against the
            hold-out, or of the whole where there is none.
        holdout: None where none was asked for, or the log is too short.
        values: customer_id, frequency, recency, T, (monetary_value,) probability_alive, expected_purchases,
            discounted_purchases, (expected_spend, value,) the most valuable first.
        notes: what a reader should know, in sentences.
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


def fit_log(log: Log, plan: FitPlan | None = None) -> FittedLog:
    """Fit a log, hold the fit against the last part of it, and value every customer.

    The value of a customer at the end of the log is the present value of their purchases within the horizon (each unit
    of time discounted at its end, see `BGNBD.discounted_expected_residual_transactions`) times the spend to expect per
    purchase (Gamma-Gamma). It is in the money of the log: revenue where amounts are what customers paid.

    Raises:
        ValueError: the log is shorter than one unit of time, has one customer, or the plan does not fit to it.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), and their "RFM and CLV", Journal of Marketing
    Research 42(4): purchases and spend modelled apart, then multiplied.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"customer_id": [1, 1, 1, 2, 3, 3], "date": [0.0, 3.0, 9.0, 2.0, 1.0, 8.0]})
    >>> fitted = fit_log(Log(frame, {}), FitPlan(split=0))
    >>> fitted.values["customer_id"].tolist(), fitted.clock.told(fitted.horizon)
    ([1, 3, 2], '9 periods')
    """
    plan = FitPlan() if plan is None else plan
    frame, amount = log.frame, "amount" if "amount" in log.frame else None
    clock = clock_of(frame, plan.unit)
    rfm = rfm_table(frame, amount=amount, **clock.options)
    length = float(rfm["T"].max())
    if length <= 0:
        raise ValueError("date: all purchases are of one time; nothing can be told of repeat buying")
    horizon = number("horizon", _first(plan.horizon, clock.per_year, length), 0.0, 1e6, open_ends="low")
    discount = per_unit(plan.discount, clock)
    model = fit_bg_nbd(rfm["frequency"], rfm["recency"], rfm["T"])
    notes = list(log.notes)
    hold_out, before, past = _hold_out(frame, plan.split, amount, clock)
    if hold_out is None and before is None and plan.split:
        notes.append("No hold-out: fewer than two customers before it.")
    spending, remarks = _spending(rfm)
    values = value_customers(rfm, model, spending, (horizon, discount))
    busy = float(rfm["frequency"].sum() / rfm["T"].sum()) if clock.per_year is None else 0.0
    if busy > BUSY:
        notes.append(f"Customers buy in {100 * busy:.0f} % of all periods: BG/NBD knows no periods and fits the worse "
                     "for it; shorter periods help, or BG/BB (`sim.equity.btyd.fit_bg_bb`).")
    return FittedLog(
        _time(frame["date"].min()), _time(frame["date"].max()), rfm, clock, horizon, discount, model, before or model,
        spending, histogram(rfm if past is None else past, before or model), hold_out, values,
        (*notes, *remarks, *([f"BG/NBD: {model.advice}"] if model.advice else [])),
    )


def value_customers(
    rfm: pd.DataFrame, model: BGNBD, spending: GammaGamma | None, ahead: tuple[float, float]
) -> pd.DataFrame:
    """What every customer is worth: discounted purchases to come × the spend to expect at each.

    `ahead` is the horizon and the discount, per unit of time; each unit is discounted at its end. Money as in the log.

    Raises:
        ValueError: RFM columns, horizon or discount outside their ranges, as the models say.

    Source: Fader, Hardie and Lee (2005), "RFM and CLV", Journal of Marketing Research 42(4).

    >>> import pandas as pd
    >>> rfm = pd.DataFrame({"frequency": [0, 2], "recency": [0.0, 30.43], "T": [38.86, 38.86]})
    >>> table = value_customers(rfm, BGNBD(0.243, 4.414, 0.793, 2.426), None, (39.0, 0.0))
    >>> table["expected_purchases"].round(3).tolist(), table["frequency"].tolist()
    ([1.226, 0.195], [2, 0])
    """
    horizon, discount = ahead
    past = rfm["frequency"].to_numpy(), rfm["recency"].to_numpy(), rfm["T"].to_numpy()
    table = rfm.assign(
        probability_alive=model.probability_alive(*past),
        expected_purchases=model.conditional_expectation(horizon, *past),
        discounted_purchases=model.discounted_expected_residual_transactions(*past, discount=discount, horizon=horizon),
    )
    order = "discounted_purchases"
    if spending is not None:
        counted = np.where(table["monetary_value"] > 0, table["frequency"], 0)
        spend = np.asarray(spending.expected_spend(counted, table["monetary_value"].to_numpy()))
        observed = table["monetary_value"][counted > 0].mean()
        table["expected_spend"] = np.where(np.isfinite(spend), spend, observed)
        table["value"] = table["expected_spend"] * table["discounted_purchases"]
        order = "value"
    return table.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)


def histogram(rfm: pd.DataFrame, model: BGNBD) -> pd.DataFrame:
    """Customers by number of repeat purchases, actual and as the model has it for the times they were watched.

    Expected: Σ over customers of P(X(T) = x). The last row is that number or more.

    Raises:
        ValueError: times or counts outside their ranges.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), figure 2.

    >>> import pandas as pd
    >>> table = histogram(pd.DataFrame({"frequency": [0, 0, 1], "T": [39.0] * 3}), BGNBD(0.243, 4.414, 0.793, 2.426))
    >>> expected = table["expected"].tolist()
    >>> table["actual"].tolist()[:2], round(expected[0] / 3, 4), round(sum(expected), 9)
    ([2, 1], 0.5738, 3.0)
    """
    import pandas as pd

    times, customers = np.unique(rfm["T"], return_counts=True)
    chances = model.probability_of_purchases(np.arange(MOST)[:, None], times[None, :]) @ customers
    actual = np.bincount(np.minimum(rfm["frequency"], MOST), minlength=MOST + 1)
    expected = [*chances.tolist(), max(0.0, len(rfm) - float(chances.sum()))]
    return pd.DataFrame({"frequency": np.arange(MOST + 1), "actual": actual, "expected": expected})


def _hold_out(
    frame: pd.DataFrame, split: Any, amount: str | None, clock: TimeUnit
) -> tuple[HoldOut | None, BGNBD | None, pd.DataFrame | None]:
    """Fit the time before the split and see what came after; nothing where there is no hold-out."""
    at = split_of(frame, split, clock)
    if at is None:
        return None, None, None
    table = holdout(frame, at, amount=amount, **clock.options)
    if len(table) < 2:
        return None, None, None
    model = fit_bg_nbd(table["frequency"], table["recency"], table["T"])
    length = float(table["duration_holdout"].iloc[0])
    past = table["frequency"].to_numpy(), table["recency"].to_numpy(), table["T"].to_numpy()
    expected = np.asarray(model.conditional_expectation(length, *past))
    actual = table["frequency_holdout"].to_numpy(dtype=np.float64)
    naive = np.divide(past[0], past[2], out=np.zeros(len(table)), where=past[2] > 0) * length
    varied = actual.std() > 0 and expected.std() > 0
    return HoldOut(
        _by_frequency(past[0], actual, expected), _time(at), length, len(table), float(actual.sum()),
        float(expected.sum()), float(naive.sum()), float(np.abs(actual - expected).mean()),
        float(np.abs(actual - naive).mean()),
        float(np.corrcoef(actual, expected)[0, 1]) if varied else float("nan"),
    ), model, table


def _by_frequency(frequency: Any, actual: Any, expected: Any) -> pd.DataFrame:
    """Means per customer by repeat purchases before the split, with a 95 % interval of what happened."""
    import pandas as pd

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
        remarks.append(f"{free:,} customers bought again but paid nothing: left out of the spend model.")
    if abs(fit.correlation) > UNRELATED:
        remarks.append(f"Frequency and spend go together (correlation {fit.correlation:+.2f}), which the Gamma-Gamma "
                    "model does not know: take values with care.")
    return fit, remarks


def _time(time: Any) -> str:
    return f"{time:g}" if isinstance(time, float) else str(time)[:10]


def _first(*candidates: float | None) -> float:
    return next(one for one in candidates if one is not None)
