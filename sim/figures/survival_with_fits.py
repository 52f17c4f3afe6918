"""How long customers stay, beside what two models make of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Floats, Label, label_ends, parts_of
from sim.figures.style import GREY, INK, Words, format_axis, look, say, shows, write
from sim.text.language import marked, tr
from sim.text.numbers import percent, written

OBSERVED = marked("observed")


@shows("kind", "age", "survival_share")
def survival_with_fits(table: pd.DataFrame, ax: Axes) -> None:
    """Share of customers left by age: as observed with its interval, and fitted curves.

    Table: `kind` ("observed" and the names of models), `age` (renewals or periods), `survival_share`, and for what was
    observed `low` and `high`. Unit: share of customers. `attrs`: `fitted_to` marks the last age the models saw,
    `active_window_weeks` says after how long without a purchase one has left. Not from runs: its table is made by
    `sim.equity.survival.survival_fits`.
    """
    weeks = table.attrs.get("active_window_weeks")
    unit = tr("share of customers left (gone: nothing bought for {weeks} weeks)", weeks=written(f"{weeks:g}")) if (
        weeks) else tr("share of customers left")
    format_axis(ax.yaxis, percent)
    ax.set_ylim(0, 1.04)
    write(ax, Words(tr("How long customers stay"), unit, tr("age (periods since the first)")), table)
    curves = {kind: rows.sort_values("age") for kind, rows in parts_of(table, "kind").items()}
    observed, labels = curves.pop(OBSERVED, None), []
    for place, (kind, rows) in enumerate(curves.items()):
        style = look(place)
        ax.plot(rows["age"], rows["survival_share"], color=style.colour, linestyle=style.dashes)
        labels.append(Label(tr(kind).replace(" ", "\n"), float(rows["survival_share"].iloc[-1]), style.colour))
    if observed is not None:
        ages, shares = (observed[name].to_numpy(dtype=float) for name in ("age", "survival_share"))
        if {"low", "high"} <= set(observed.columns):
            low, high = observed["low"].astype(float), observed["high"].astype(float)
            ax.fill_between(ages, low, high, color=GREY, alpha=0.25, linewidth=0)
        ax.plot(ages, shares, color=INK, marker="o", markersize=8, linestyle="none", markevery=max(1, len(ages) // 40))
        _point_at(ax, ages, shares)
    end = table.attrs.get("fitted_to")
    if end is not None and end < float(table["age"].max()):
        ax.axvline(float(end), color=GREY, linewidth=1.2, linestyle=(0, (2, 2)))
        say(ax, tr("fitted up to here"), (float(end), 0.99), (6, 0), coords=("data", "axes fraction"), color=GREY,
            fontsize=16, va="top")
    ax.set_xlim(0, float(table["age"].max()))
    label_ends(ax, labels)


def _point_at(ax: Axes, ages: Floats, shares: Floats) -> None:
    """The name of what was observed, away from the curves, with a line to it."""
    place = int(np.searchsorted(ages, 0.7 * ages[-1]))
    off = 0.28 if shares[place] < 0.6 else -0.28
    ax.annotate(tr(OBSERVED), (ages[place], shares[place]), (ages[place], shares[place] + off), color=INK, fontsize=18,
                fontweight="bold", ha="center", va="center",
                arrowprops={"arrowstyle": "-", "color": GREY, "lw": 1, "shrinkA": 4, "shrinkB": 6})
