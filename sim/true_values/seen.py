"""What a firm can see of its customers against what is true: the active window and real defection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.records.records import Floats, Ints
from sim.true_values.values import TrueValues, standard_error

if TYPE_CHECKING:
    import pandas as pd

WINDOWS_WEEKS = (6.5, 13.0, 26.0, 52.0, 104.0)
"""Windows that are tried beside the scenario's own: half a quarter to two years."""


def seen_table(truth: TrueValues, windows_weeks: Sequence[float] | None = None) -> pd.DataFrame:
    """One row per firm and window length, for everybody who ever bought from the firm.

    The firm sees only how long ago somebody bought: *active* within the window, *silent* before it. What is true is
    known from the futures: *gone* is who buys nothing more from it within the horizon, *returning* who does. Counts are
    means over futures, `..._error` their standard errors.

    The gap costs a firm two things. `wasted_money`: what it spends on relations with the gone until their window has
    passed, at the rate per treated customer and period of the last year's books (a firm that treats everybody inside
    its window; it cannot see who has left the market). `given_up_money`: residual value of the silent, whom it counts
    as lost. `gap_money` is their sum, in money of the valuation date.

    Columns: firm, window_weeks, window_periods, own_window (the scenario's), active_people, active_but_gone_people,
    active_but_gone_error, silent_people, silent_but_returning_people, silent_but_returning_error,
    gone_share_of_active, returning_share_of_silent, wasted_money, wasted_error, given_up_money, given_up_error,
    gap_money, n (futures).

    Raises:
        ValueError: a window that is not above 0.
    """
    import pandas as pd

    records = truth.records
    own = records.scenario.market.active_window_weeks
    chosen = sorted({float(weeks) for weeks in windows_weeks or (*WINDOWS_WEEKS, own)})
    if not all(np.isfinite(weeks) and weeks > 0 for weeks in chosen):
        raise ValueError(f"windows_weeks={windows_weeks!r}: weeks above 0.")
    rows: list[dict[str, Any]] = []
    for place, firm in enumerate(records.firms):
        ages = _Ages.of(truth, place)
        for weeks in chosen:
            periods = max(1, round(weeks / records.weeks_per_period))
            head = {"firm": firm, "window_weeks": weeks, "window_periods": periods, "own_window": weeks == own}
            rows.append(head | ages.split(periods))
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Ages:
    """Customers of one firm by periods since the last purchase [B]; what became of them in each future [R, B]."""

    people: Ints
    returned: Ints
    value: Floats  # money
    per_period: float  # relation money per treated customer and period
    worth: Floats  # of one unit of money in each of the next so many periods together [H + 1]

    @classmethod
    def of(cls, truth: TrueValues, place: int) -> _Ages:
        tie, ahead, records = truth.market.course.world.tie, truth.ahead, truth.records
        idle = tie.idle[place][tie.experiences[place] > 0]
        year = slice(max(0, ahead.start - records.year), ahead.start)
        spent = int(records.account("relations")[year, place].sum())
        treated = int(records.count("treated_customers")[year, place].sum())
        return cls(
            np.bincount(idle, minlength=ahead.start), truth.found.returned_by_idle[:, place],
            truth.found.value_by_idle[:, place] / records.minor_units,
            spent / treated / records.minor_units if treated else 0.0,
            np.concatenate([[0.0], np.cumsum(ahead.weight)]),
        )

    def split(self, window: int) -> dict[str, Any]:
        """What a window of so many periods shows and hides."""
        inside = min(window, self.people.size)
        active, silent = int(self.people[:inside].sum()), int(self.people[inside:].sum())
        gone = self.people[:inside] - self.returned[:, :inside]
        back = self.returned[:, inside:].sum(axis=1)
        left = np.minimum(window - np.arange(inside), self.worth.size - 1)
        wasted = (gone * self.worth[left]).sum(axis=1) * self.per_period
        given_up = self.value[:, inside:].sum(axis=1)
        return {
            "active_people": active, **_mean("active_but_gone", "people", gone.sum(axis=1)),
            "silent_people": silent, **_mean("silent_but_returning", "people", back),
            "gone_share_of_active": float(gone.sum(axis=1).mean()) / active if active else float("nan"),
            "returning_share_of_silent": float(back.mean()) / silent if silent else float("nan"),
            **_mean("wasted", "money", wasted), **_mean("given_up", "money", given_up),
            "gap_money": float(wasted.mean() + given_up.mean()), "n": len(wasted),
        }


def _mean(name: str, unit: str, values: Any) -> dict[str, float]:
    """A mean over futures and its standard error."""
    return {f"{name}_{unit}": float(values.mean()), f"{name}_error": standard_error(values)}
