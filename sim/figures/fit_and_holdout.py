"""How well a model of repeat buying fits, and what it foretold."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import check_names, panels
from sim.figures.style import GREY, Words, format_axis, shows, write
from sim.text.language import marked, tr
from sim.text.numbers import written

PARTS = {"fit": marked("Customers so far"), "holdout": marked("Purchases in the hold-out")}
HEADROOM = 1.3
"""The axes reach that far above the data: the names of the curves stand there."""
ACTUAL, MODEL = "#0072B2", "#D55E00"


@shows("part", "frequency", "actual", "expected")
def fit_and_holdout(table: pd.DataFrame, ax: Axes) -> None:
    """Actual against model: customers by number of purchases, and purchases in the hold-out by those before it.

    Table: `part` ("fit", and "holdout" where there is one), `frequency` (repeat purchases; the largest means "or
    more"), `actual`, `expected`, and for the hold-out `low`, `high` (interval of the actual mean). Unit: customers;
    purchases per customer. Not from runs: its table is made of a fitted log.

    Raises:
        ValueError: a part has another name.
    """
    check_names(table, "part", PARTS, "A part is fit or holdout")
    write(ax, Words(tr("What the model says, and what happened"), str(table.attrs.get("unit", "")), " "), table)
    parts = [part for part in PARTS if (table["part"] == part).any()]
    made = panels(ax, [tr(PARTS[part]) for part in parts], gap=0.12)
    for part, panel in zip(parts, made.values(), strict=True):
        rows = table[table["part"] == part].sort_values("frequency")
        (_draw_customers if part == "fit" else _draw_means)(panel, rows)
        counts = rows["frequency"].astype(int).tolist()
        panel.set_xticks(counts, [*map(str, counts[:-1]), f"{counts[-1]}+"])
        panel.set_ylim(0, HEADROOM * panel.dataLim.y1 or 1.0)
        panel.set_ylabel(tr("customers") if part == "fit" else tr("purchases per customer"), fontsize=15)
        before = tr("repeat purchases") if part == "fit" else tr("repeat purchases before the hold-out")
        panel.set_xlabel(before, fontsize=17 if len(parts) < 2 else 15)


def _draw_customers(panel: Axes, rows: pd.DataFrame) -> None:
    """Actual customers as bars, the model as diamonds on them."""
    panel.bar(rows["frequency"], rows["actual"], width=0.72, color="#A6D4F2", edgecolor=GREY, linewidth=0.8)
    _draw_model(panel, rows, "right", tr("■ actual"))
    format_axis(panel.yaxis, lambda people: written(f"{people:,.0f}"))


def _draw_means(panel: Axes, rows: pd.DataFrame) -> None:
    """Actual means with their interval, the model as diamonds."""
    actual = rows["actual"].to_numpy(dtype=float)
    intervals = {"low", "high"} <= set(rows.columns)
    if intervals:
        reach = np.nan_to_num(np.abs(rows[["low", "high"]].to_numpy(dtype=float).T - actual))
        panel.errorbar(rows["frequency"], actual, reach, fmt="none", ecolor=ACTUAL, elinewidth=2, capsize=6)
    panel.plot(rows["frequency"], actual, color=ACTUAL, marker="o", markersize=11, linewidth=2)
    _draw_model(panel, rows, "left", tr("● actual, 95 % interval") if intervals else tr("● actual"))


def _draw_model(panel: Axes, rows: pd.DataFrame, side: str, actual: str) -> None:
    """The model as diamonds, and what is what, in its own colour, in the corner that both curves leave free."""
    panel.plot(rows["frequency"], rows["expected"], color=MODEL, marker="D", markersize=10, markeredgecolor="white",
               linewidth=2, linestyle=(0, (4, 2)))
    for place, (text, colour) in enumerate(((actual, ACTUAL), (tr("◆ model"), MODEL))):
        panel.text(0.98 if side == "right" else 0.03, 0.97 - 0.09 * place, text, transform=panel.transAxes, ha=side,
                   va="top", color=colour, fontsize=17, fontweight="bold")
