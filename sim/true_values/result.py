"""True values, and the value of word of mouth: the same futures with a person's recommendations and without.

Own value and value brought are two columns, never one sum: a friend who comes because of Anna has a value of his own.
A difference is the whole effect: first purchases of friends, purchases that a warning prevents, what friends of friends
hear, what budgets and queues make of it. Reviews are no word of mouth: they have no name and stay in both futures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.market.simulation import Options
from sim.records.records import Floats, Records
from sim.statistics.intervals import mean_interval
from sim.text.console import Progress
from sim.true_values.horizon import Horizon, Policies, checked_futures, checkpoint
from sim.true_values.scores import Own, estimates_table, picture_table, scores_table
from sim.true_values.seen import seen_table
from sim.true_values.values import TrueValues, exact_sum, futures, standard_error

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Rows = NDArray[np.int64]


def brought_by(
    truth: TrueValues, customers: Sequence[int], *, replications: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """What each of these people brings by word of mouth, beside their own residual value: a row per person and firm.

    Each person in turn is silenced in a fork of every future, for the whole horizon. Columns: customer_id, firm,
    listeners_people (who have this person among those they listen to), residual_money (own, as in `Truth.table`),
    brought_money (mean over futures of everybody else's discounted contribution with less without the words),
    brought_error_money, low, high (95 %, Student's t), n (futures). Costs one run of the horizon per person and future.

    Raises:
        ValueError: a person who is not there or named twice, or fewer than 2 replications.
    """
    import pandas as pd

    records, rows = truth.records, np.array([int(number) for number in customers], dtype=np.int64)
    if rows.size == 0 or rows.min() < 0 or rows.max() >= records.people_count or len(set(rows)) < rows.size:
        raise ValueError(f"customers={list(customers)!r}: numbers from 0 to {records.people_count - 1}, each once.")
    differences = _differences(truth, [rows[place:place + 1] for place in range(rows.size)], replications, progress)
    friends = truth.market.course.world.friend_of
    return pd.DataFrame([
        {"customer_id": int(records.people["number"][row]), "firm": firm,
         "listeners_people": int((friends == row).any(axis=0).sum()),
         "residual_money": float(truth.found.residual[f, row]) / records.minor_units,
         **_means(truth, differences[:, place, f], 1)}
        for place, row in enumerate(rows) for f, firm in enumerate(records.firms)
    ])


def brought_by_groups(
    truth: TrueValues, firm: str, groups: int = 5, *, replications: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """One row per group of a firm's customers in the market, equally many by true residual value, the best first.

    A whole group is silenced at once; what it brings is what everybody outside of it brings the firm more with its
    words, shared by the heads of the group (so what its members bring each other is not in it). Columns: firm, group (1
    the most valuable), people, residual_money (own, mean per head), brought_money, brought_error_money, low, high (all
    per head), n (futures).

    Raises:
        ValueError: no such firm, fewer customers than groups, or fewer than 2 replications.
    """
    import pandas as pd

    if firm not in truth.records.firms:
        raise ValueError(f"There is no firm {firm!r}; the firms are {', '.join(truth.records.firms)}.")
    f = truth.records.firms.index(firm)
    there = np.flatnonzero((truth.market.course.world.tie.experiences[f] > 0) & truth.in_market)
    if not 1 <= groups <= there.size:
        raise ValueError(f"groups={groups}: from 1 to the {there.size} people who ever bought from {firm}.")
    order = there[np.argsort(-truth.found.residual[f, there], kind="stable")]
    parts = [np.sort(part) for part in np.array_split(order, groups)]
    differences = _differences(truth, parts, replications, progress)
    return pd.DataFrame([
        {"firm": firm, "group": place + 1, "people": part.size,
         "residual_money": exact_sum(truth.found.residual[f, part]) / part.size / truth.records.minor_units,
         **_means(truth, differences[:, place, f], part.size)}
        for place, part in enumerate(parts)
    ])


def _differences(
    truth: TrueValues, silenced: Sequence[Rows], replications: int | None, progress: Progress | None
) -> Floats:
    """What everybody outside of each set brings more with its words than without [futures, sets, firms], minor units.
    """
    market, number = truth.market, checked_futures(truth.ahead.replications if replications is None else replications)
    report = progress or (lambda _done, _total, _what: None)
    firms, each = len(truth.records.firms), 1 + len(silenced)
    differences = np.zeros((number, len(silenced), firms))
    for k in range(number):
        report(k * each, number * each, f"future {k + 1} of {number}")
        heard = market.future(k).value
        for place, rows in enumerate(silenced):
            report(k * each + place + 1, number * each, f"future {k + 1} of {number} without some words")
            more = heard - market.future(k, rows).value
            more[:, rows] = 0.0
            differences[k, place] = [exact_sum(more[f]) for f in range(firms)]
    report(number * each, number * each, "done")
    return differences


def _means(truth: TrueValues, differences: Floats, heads: int) -> dict[str, Any]:
    """Mean, error and interval over futures, per head, in money."""
    values = differences / (heads * truth.records.minor_units)
    over = mean_interval(values)
    return {"brought_money": over.value, "brought_error_money": standard_error(values), "low": over.low,
            "high": over.high, "n": over.n}


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
