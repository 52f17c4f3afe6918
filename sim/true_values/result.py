"""True values: what every person will still bring to every firm, known from many futures of the same market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.market.simulation import Options
from sim.records.records import Records
from sim.text.console import Progress
from sim.true_values.brought import brought_by, brought_by_groups
from sim.true_values.horizon import Horizon, Policies, checkpoint
from sim.true_values.scores import Own, estimates_table, picture_table, scores_table
from sim.true_values.seen import seen_table
from sim.true_values.values import TrueValues, futures

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class Truth(TrueValues):
    """True values of a run at a date: `table()` per person and firm, `totals()` per firm.

    `seen()` holds what a firm sees against what is true, `brought_by()` and `brought_by_groups()` tell what people
    bring by word of mouth, `estimates()` and `scores()` hold estimators against the truth.

    Three values, as in `sim.valuation.person`: *value to date* is in money of the end of the warm-up, *residual* in
    money of the valuation date, *total* is value to date plus the residual brought back to the end of the warm-up.
    The residual of a person at a firm is the mean over futures of Σ_j contribution_j × worth_j over the coming periods
    j of the horizon. Futures have the same people and new random draws. When somebody leaves the market was drawn at
    birth, so it is the same in all futures: the truth knows it and no firm can.
    """

    seen = seen_table
    brought_by = brought_by
    brought_by_groups = brought_by_groups
    estimates = estimates_table
    scores = scores_table

    def draw(self, firm: str, ax: Axes | None = None, own: Own | None = None) -> Axes:
        """Draw what estimators say of a firm's customers against the truth (the picture `true_against_estimated`).

        Raises:
            ValueError: no such firm, or nothing could be estimated.
        """
        from sim import figures

        return figures.find("true_against_estimated")(picture_table(self, firm, own), ax)


def true_values(
    records: Records, at: float, horizon: float | None = None, *, replications: int = 20,
    policies: Policies = "frozen", progress: Progress | None = None, options: Options | None = None,
) -> Truth:
    """True residual values of every person for every firm: see `sim.Run.true_values`."""
    ahead = Horizon.of(records, at, horizon, replications, policies)
    market = checkpoint(records, ahead, options)
    return Truth(market, futures(market, progress))
