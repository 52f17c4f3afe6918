"""What the fits of BG/NBD and Pareto/NBD share: both see repeat purchases in continuous time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.btyd._histories import Histories, Weighted, checked_columns, checked_weights, condensed
from sim.equity.btyd._maximum import Case, Objective, Peak, advice, estimates, fit


@dataclass(frozen=True)
class TimedFit:
    """Where the search ended, with times in units of the mean time observed, and what it was made from."""

    peak: Peak
    rows: Weighted
    unit: float

    def estimates(self, names: Sequence[str], in_time: Sequence[str]) -> dict[str, Any]:
        """Keywords of the model (see `estimates`), in the data's own unit of time; `in_time`: parameters in it."""
        units = {name: self.unit if name in in_time else 1.0 for name in names}
        purchases = self.rows.total * self.rows.mean(self.rows.columns[0])
        return estimates(self.peak, units, self.rows.total, purchases * float(np.log(self.unit)))

    def advice(self, names: Sequence[str], cases: Sequence[Case]) -> str:
        """What is wrong and what to do (see `advice`), where the model's own cases say what is true of its losses."""
        never_again = not (self.rows.columns[0] > 0).any()
        return advice(self.peak, names, [
            (never_again, "Nobody bought a second time: no rate and no loss can be told; watch the customers for "
                          "longer."),
            *cases,
            (self.peak.logs[:2].min() > 6, "Customers look alike in how often they buy: only r/alpha is told by these "
                                           "data."),
            (True, "More customers or a longer time would settle it; forecasts close to the data are still usable."),
        ])


def fit_in_time(
    make: Callable[[Weighted], Objective], histories: Histories, weights: Any, starts: Sequence[Sequence[float]]
) -> TimedFit:
    """Fit a model of repeat purchases in continuous time, whatever the unit of time is.

    `histories` are the columns as given, `starts` the parameters to begin with: the first r, the second alpha, in
    units of the mean time observed and for one purchase in it.

    Raises:
        TypeError, ValueError: the columns or weights are none to fit to (see `fit_bg_nbd`).
    """
    past = checked_columns(*histories)
    rows = condensed(tuple(past), checked_weights(weights, past.T.size))
    x, last, end = rows.columns
    unit = rows.mean(end) or 1.0
    mean = max(rows.mean(x), 1e-3)
    begin = [np.log([r, alpha / mean, *others]) for r, alpha, *others in starts]
    return TimedFit(fit(make, rows._replace(columns=(x, last / unit, end / unit)), begin), rows, unit)
