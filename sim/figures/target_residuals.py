"""How well a fitted model reproduces its targets: one row per target, in tolerances, with a band of one tolerance."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Row, ends_of, interval, name_rows, row_type, say_right, zero_line
from sim.figures.style import GREY, INK, SLATE, Words, currency_of, format_axis, of_runs, shows, write
from sim.metrics.registry import metric_in_words
from sim.text.language import tr
from sim.text.numbers import amount, written
from sim.text.words import in_words

_MET, _MISSED, _BAND = SLATE, INK, "#E8E8E8"
LEAST_WIDTH = 2.0
"""So many tolerances are shown either way at least, so that the band can be told from its surroundings."""


@shows("label", "difference", "fits")
def target_residuals(table: pd.DataFrame, ax: Axes) -> None:
    """Fitted value minus target in tolerances, one row per target; met inside the grey band from −1 to 1.

    Table, as `Calibration.table()` gives it: `label`, `difference` (residual in tolerances), `fits` (met to within one
    tolerance), and where there are, `low`, `high` (95 % interval over runs), `wanted`, `fitted`, `unit` (of the
    target), `n`. `attrs`: `finding`, `currency`. Unit: tolerances, the same for all rows.
    """
    rows = table.to_dict("records")
    size = row_type(ax, 1.5 * len(rows))
    ends = [abs(end) for row in rows for end in (float(row["difference"]), *ends_of(row))]
    widest = max([LEAST_WIDTH, *(1.08 * end for end in ends if end == end)])
    whiskers = tr("Whiskers: 95 % interval over runs.") if "low" in table.columns else ""
    note = " ".join(filter(None, [of_runs(table, tr("{} runs with new seeds.")), whiskers]))
    words = Words(tr("How well the targets are met"), tr("fitted minus wanted; grey: within one tolerance"),
                  tr("tolerances"), 56)
    write(ax, words, table, note)
    name_rows(ax, [_name(str(row["label"])) for row in rows], size, 30)
    ax.set_xlim(-widest, widest)
    ax.axvspan(-1, 1, color=_BAND, zorder=0)
    zero_line(ax)
    format_axis(ax.xaxis, lambda value: written(f"{value:+.6g}") if abs(value) > 1e-9 else "0")
    ax.locator_params(axis="x", nbins=5)
    for place, row in enumerate(rows):
        fits = bool(row["fits"])
        colour = _MET if fits else _MISSED
        interval(ax, place, *ends_of(row), colour)
        ax.plot([float(row["difference"])], [place], marker="o" if fits else "X", markersize=12, color=colour)
        say_right(ax, place, _words(row, currency_of(table)), colour=GREY if fits else colour, size=0.85 * size,
                  bold=not fits)


def _name(label: str) -> str:
    """A firm and a metric in words; any other label as it is.

    >>> _name("Root.kept_one_year_share"), _name("repeat rate")
    ('Root: customers kept for one year', 'repeat rate')
    """
    firm, _, metric = label.rpartition(".")
    return f"{firm}: {metric_in_words(metric)}" if firm else in_words(label)


def _words(row: Row, currency: str) -> str:
    """The fitted value and its target."""
    verdict = tr("met") if row["fits"] else tr("missed")
    if not {"fitted", "wanted"} <= set(row):
        return verdict
    fitted, wanted = (amount(float(row[key]), str(row.get("unit", "")), currency) for key in ("fitted", "wanted"))
    return tr("{verdict}: {fitted},\nwanted {wanted}", verdict=verdict, fitted=fitted, wanted=wanted)
