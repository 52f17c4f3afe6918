"""The tables of numbers of a report, in words: the two sides that matter, and all options of one firm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.metrics.registry import metric_in_words
from sim.reports.contest import Contest
from sim.reports.stored import kept_by
from sim.reports.words import amount, span
from sim.runs.summary import metric_units
from sim.studies.differences import KEY_METRICS, difference_cells
from sim.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 12
"""Rows of a table of options; the others are counted."""


@dataclass(frozen=True)
class NumberRow:
    """One line of a table of differences, in words."""

    label: str
    a: str
    b: str
    difference: str
    interval: str
    ahead: str
    verdict: str


@dataclass(frozen=True)
class Ranking:
    """The options of a firm, the best first, each against `first`; `left_out` more are not listed."""

    rows: Sequence[NumberRow]
    left_out: int
    first: str
    words: str


def key_numbers(study: Study, contest: Contest) -> pd.DataFrame:
    """The headline metrics of the two sides that matter: metric, label, unit, and the cells of their difference."""
    import pandas as pd

    pair = contest.pair
    wanted = [metric for metric in dict.fromkeys((contest.metric, *KEY_METRICS)) if kept_by(study, metric)]
    rows = []
    for metric in wanted if pair is not None else ():
        values = [study.values(side, metric, contest.firm) if contest.firm else study.values(study.base, metric, side)
                  for side in pair or ()]
        cells = difference_cells(*values)
        if cells["n"]:
            rows.append({"metric": metric, "label": metric_in_words(metric), "unit": metric_units()[metric], **cells})
    return pd.DataFrame(rows)


def in_rows(numbers: pd.DataFrame, currency: str) -> list[NumberRow]:
    """The headline metrics in words."""
    found = []
    for row in numbers.to_dict("records"):
        cells = {str(name): value for name, value in row.items()}
        found.append(_row(str(row["label"]), cells, (str(row["unit"]), currency), str(row["verdict"])))
    return found


def ranking(contest: Contest) -> Ranking | None:
    """All options of one firm by their means; None where there are no more than two sides, or the sides are firms."""
    first, *others = contest.sides
    if not contest.firm or len(others) < 2:
        return None
    found = []
    for side in contest.sides:
        cells = contest.cells(first, side)
        row = _row(contest.short(side), cells, (contest.unit, contest.currency), str(cells["verdict"]))
        if side == first:
            row = replace(row, difference="–", interval="–", ahead="–", verdict="compared with")
        found.append((cells["mean_b"], row))
    found.sort(key=lambda one: -float(one[0]))
    return Ranking([row for _, row in found[:MOST_ROWS]], max(0, len(found) - MOST_ROWS), contest.short(first),
                   contest.words)


def _row(label: str, cells: Mapping[str, Any], how: tuple[str, str], verdict: str) -> NumberRow:
    """The cells of a difference in words; `how` is unit and currency."""
    return NumberRow(
        label, amount(cells["mean_a"], *how), amount(cells["mean_b"], *how),
        amount(cells["difference"], *how, signed=True), span(cells["low"], cells["high"], how[0], signed=True),
        f"{cells['won_by_b']} of {cells['n']}", verdict,
    )
