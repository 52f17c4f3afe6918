"""How well a model of repeat buying fits, and what it foretold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.figures._rows import panels
from sim.figures.style import GREY, Words, shows, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

PARTS = {"fit": "Customers so far", "holdout": "Purchases in the hold-out"}
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
    strange = sorted(set(table["part"]) - set(PARTS))
    if strange:
        raise ValueError(f"A part is fit or holdout; the table has {strange[0]!r}.")
    write(ax, Words("What the model says, and what happened", str(table.attrs.get("unit", "")), " "), table)
    there = [part for part in PARTS if (table["part"] == part).any()]
    made = panels(ax, [PARTS[part] for part in there], gap=0.12)
    for part, panel in zip(there, made.values(), strict=True):
        rows = table[table["part"] == part].sort_values("frequency")
        (_bars if part == "fit" else _means)(panel, rows)
        counts = rows["frequency"].astype(int).tolist()
        panel.set_xticks(counts, [*map(str, counts[:-1]), f"{counts[-1]}+"])
        panel.set_ylim(0, HEADROOM * panel.dataLim.y1 or 1.0)
        before = "repeat purchases" if part == "fit" else "repeat purchases before the hold-out"
        panel.set_xlabel(before, fontsize=17 if len(there) < 2 else 15)


def _bars(panel: Axes, rows: pd.DataFrame) -> None:
    """Actual customers as bars, the model as diamonds on them."""
    counts, actual = rows["frequency"].to_numpy(dtype=float), rows["actual"].to_numpy(dtype=float)
    expected = rows["expected"].to_numpy(dtype=float)
    panel.bar(counts, actual, width=0.72, color="#A6D4F2", edgecolor=GREY, linewidth=0.8)
    _model(panel, counts, expected)
    _names(panel, "right", "■ actual")
    panel.yaxis.set_major_formatter(lambda people, _place: f"{people:,.0f}")


def _means(panel: Axes, rows: pd.DataFrame) -> None:
    """Actual means with their interval, the model as diamonds."""
    counts, actual = rows["frequency"].to_numpy(dtype=float), rows["actual"].to_numpy(dtype=float)
    expected = rows["expected"].to_numpy(dtype=float)
    if {"low", "high"} <= set(rows.columns):
        reach = rows[["low", "high"]].to_numpy(dtype=float)
        reach = np.where(np.isfinite(reach), reach, actual[:, None])
        panel.errorbar(counts, actual, np.abs(reach.T - actual), fmt="none", ecolor=ACTUAL, elinewidth=2, capsize=6)
    panel.plot(counts, actual, color=ACTUAL, marker="o", markersize=11, linewidth=2)
    _model(panel, counts, expected)
    _names(panel, "left", "● actual, 95 % interval" if "low" in rows.columns else "● actual")


def _model(panel: Axes, counts: np.ndarray, expected: np.ndarray) -> None:
    panel.plot(counts, expected, color=MODEL, marker="D", markersize=10, markeredgecolor="white",
               linewidth=2, linestyle=(0, (4, 2)))


def _names(panel: Axes, side: str, actual: str) -> None:
    """What is what, in its own colour, in the corner that both curves leave free."""
    at = 0.98 if side == "right" else 0.03
    for place, (text, colour) in enumerate(((actual, ACTUAL), ("◆ model", MODEL))):
        panel.text(at, 0.97 - 0.09 * place, text, transform=panel.transAxes, ha=side, va="top", color=colour,
                   fontsize=17, fontweight="bold")
