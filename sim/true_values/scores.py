"""Estimators held against the truth: errors, bias, order, and where the retention money goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.firms.information import LEVELS
from sim.records.records import Floats
from sim.true_values.values import TrueValues, exact_sum
from sim.valuation import estimators
from sim.valuation.log import FirmLog

if TYPE_CHECKING:
    import pandas as pd

TOP = 0.2
"""Share of the customers who get the retention budget: the top fifth."""

Own = Mapping[str, Callable[[FirmLog], Any]]
"""Estimators of your own, by title."""


@dataclass(frozen=True)
class EstimatedValues:
    """One estimator's values of one firm's customers, beside the true ones; `reason`: why there are none."""

    firm: str
    estimator: str
    title: str
    sees: str
    customers: np.ndarray  # places in the market [n]
    estimate: Floats  # [n] money
    true: Floats
    error: Floats  # Monte Carlo standard error of the true value
    reason: str = ""


def estimated_values(truth: TrueValues, firm: str | None = None, own: Own | None = None) -> list[EstimatedValues]:
    """Every estimator for every firm (or one): each sees the firm's log up to the valuation date and nothing else."""
    records, scale = truth.records, truth.records.minor_units
    every = [estimators.find(name) for name in estimators.names()]
    every += [estimators.Estimator(title, title, "as its author says", value) for title, value in (own or {}).items()]
    found = []
    for name in records.firms if firm is None else (firm,):
        log = FirmLog.of(records, name, truth.ahead.start, truth.ahead.weight)
        rows, place = log.customers, log.firm
        true, error = truth.found.residual[place, rows] / scale, truth.found.error[place, rows] / scale
        for one in every:
            values, reason = _values_of(one, log)
            found.append(EstimatedValues(name, one.name, one.title, one.sees, rows, values, true, error, reason))
    return found


def _values_of(one: estimators.Estimator, log: FirmLog) -> tuple[Floats, str]:
    """What an estimator says, or NaN and the reason why it says nothing."""
    people = log.customers.size
    nothing = np.full(people, np.nan)
    if not people:
        return nothing, "nobody has bought from the firm yet"
    try:
        values = np.asarray(one.value(log), dtype=np.float64)
    except ValueError as problem:
        return nothing, str(problem)
    if values.shape != (people,):
        raise ValueError(f"The estimator {one.name!r} gave {values.shape} values for {people} customers.")
    if missing := int((~np.isfinite(values)).sum()):
        return nothing, f"{missing} of {people} values are no finite numbers"
    return values, ""


def estimates_table(truth: TrueValues, firm: str | None = None, own: Own | None = None) -> pd.DataFrame:
    """What every estimator says of every customer (who ever bought from the firm), beside the true value: one row each.

    `own` are estimators of your own by title: functions of a `sim.valuation.log.FirmLog`.

    Columns: firm, estimator, title, customer_id, estimate_money, residual_money (true), residual_error_money.
    """
    return _table_of(truth, estimated_values(truth, firm, own))


def picture_table(truth: TrueValues, firm: str, own: Own | None = None) -> pd.DataFrame:
    """The table of the picture `true_against_estimated` for one firm: estimates, the best order of customers first."""
    ranks = [(score(one)["rank_correlation"], one) for one in estimated_values(truth, firm, own)]
    known = sorted((pair for pair in ranks if np.isfinite(pair[0])), key=lambda pair: -pair[0])
    table = _table_of(truth, [one for _, one in known])
    table.attrs |= {"firm": firm, "firms": list(truth.records.firms),
                    "rank_correlation": {one.title: rank for rank, one in known}}
    if known:
        ranks_told = f"{known[-1][0]:.2f} to {known[0][0]:.2f}" if len(known) > 1 else f"{known[0][0]:.2f}"
        table.attrs["finding"] = f"{firm}'s customers in one run: rank correlation {ranks_told}"
    return table


def _table_of(truth: TrueValues, every: list[EstimatedValues]) -> pd.DataFrame:
    import pandas as pd

    columns = ["firm", "estimator", "title", "customer_id", "estimate_money", "residual_money", "residual_error_money"]
    numbers = truth.records.people["number"]
    parts = [pd.DataFrame(dict(zip(columns, (one.firm, one.estimator, one.title, numbers[one.customers], one.estimate,
                                             one.true, one.error), strict=True))) for one in every]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    table.attrs |= {"currency": truth.records.scenario.money.currency, "futures": truth.ahead.replications,
                    "at": truth.at, "horizon": truth.horizon}
    return table


def scores_table(truth: TrueValues, firm: str | None = None, own: Own | None = None) -> pd.DataFrame:
    """One row per firm and estimator: how far off, in which direction, in what order, and at what price.

    Every estimator sees the firm's own log by customer, as an information system of level `identity` holds it (the one
    that needs a panel says so in `sees`). `firm_could` says whether the firm has it: with level `sales` it does not
    know who buys, and the row shows what it would see if it did.

    Columns: firm, estimator, title, sees, firm_could, customers_people (n: everybody who ever bought from the firm),
    true_mean_money, estimate_mean_money, mean_absolute_error_money, bias_money (estimate − true, mean),
    rank_correlation (Spearman; NaN where all values are equal), misdirected_share, reason (why it could not be
    computed, else "").

    `misdirected_share`: the retention budget goes in equal parts to the fifth of customers with the highest estimates
    (the lower number first where they are equal); this share of it goes to people who are not in the true top fifth.
    A blind choice misdirects 80 %.
    """
    import pandas as pd

    return pd.DataFrame([
        {"firm": one.firm, "estimator": one.estimator, "title": one.title, "sees": one.sees,
         "firm_could": knows_people(truth, one.firm), **score(one), "reason": one.reason}
        for one in estimated_values(truth, firm, own)
    ])


def knows_people(truth: TrueValues, firm: str) -> bool:
    """Whether the firm's information system, as it is at the valuation date, records who buys."""
    levers = truth.market.course.book.states[truth.records.firms.index(firm)].levers
    return LEVELS[levers.information].knowledge > 0.0


def score(one: EstimatedValues) -> dict[str, Any]:
    """The numbers of one row of `scores_table`."""
    off = one.estimate - one.true
    known = one.true.size > 0 and bool(np.isfinite(off).all())
    return {
        "customers_people": one.true.size, "true_mean_money": _mean(one.true),
        "estimate_mean_money": _mean(one.estimate), "mean_absolute_error_money": _mean(np.abs(off)),
        "bias_money": _mean(off),
        "rank_correlation": rank_correlation(one.estimate, one.true) if known else float("nan"),
        "misdirected_share": misdirected(one.estimate, one.true) if known else float("nan"),
    }


def misdirected(estimate: Floats, true: Floats, top: float = TOP) -> float:
    """Share of the places in the top by estimate that are not in the true top; ties go to the lower place.

    >>> misdirected(np.array([5.0, 4.0, 3.0, 2.0, 1.0]), np.array([1.0, 5.0, 3.0, 2.0, 4.0]), top=0.4)
    0.5
    """
    size = max(1, int(np.ceil(top * true.size)))
    chosen, best = (np.argsort(-values, kind="stable")[:size] for values in (estimate, true))
    return 1.0 - int(np.isin(chosen, best).sum()) / size


def rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation, ties on their mean rank; NaN where one of them does not vary.

    >>> rank_correlation(np.array([1.0, 2.0, 3.0, 9.0]), np.array([0.1, 0.5, 0.4, 0.6]))
    0.8
    """
    from scipy.stats import rankdata

    if a.size < 2:
        return float("nan")
    first, second = (rankdata(values) - (values.size + 1) / 2 for values in (a, b))
    spread = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / spread if spread > 0 else float("nan")


def _mean(values: Floats) -> float:
    return exact_sum(values) / values.size if values.size else float("nan")
