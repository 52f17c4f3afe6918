"""Where in a plane of two assumptions who wins, how surely, and where the border runs."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from scipy.interpolate import LinearNDInterpolator
from scipy.ndimage import distance_transform_edt

from sim.figures._shapes import Floats
from sim.figures.style import (
    GREY,
    INK,
    Look,
    Words,
    currency_of,
    format_axis,
    halo,
    in_brackets,
    look,
    of_runs,
    places_of,
    shows,
    tint,
    write,
)
from sim.text.findings import TOO_CLOSE
from sim.text.language import tr
from sim.text.numbers import written
from sim.text.words import in_words, name_or_words

GRAIN = 256
_GREY_FIELD = "#e8e8e8"


@shows("x", "y", "x_low", "x_high", "y_low", "y_high", "winner")
def winner_map(table: pd.DataFrame, ax: Axes) -> None:
    """Who wins where, where it is too close to call, and the border between.

    Table, one row per field of the map (fields may be of different size): `x`, `y` (where runs were made), `x_low`,
    `x_high`, `y_low`, `y_high` (the field's ends), `winner` (a name, or "too close to call"), and where there are,
    `n` and `difference` (the border runs where it is zero, straight between neighbouring points; none where not both
    sides surely win somewhere). Units: those of the factors. `attrs`: `x_label`, `y_label`, `x_unit`, `y_unit`,
    `x_scale`, `y_scale` ("log" where ratios matter), `here` (x, y as the scenario has them), `option_a`, `option_b`
    (names in a fixed order, for the colours), `outcome_words`, `currency`, `comparisons` (cells in all), `finding`.
    """
    attrs = table.attrs
    sides = [str(attrs[key]) for key in ("option_a", "option_b") if attrs.get(key)]
    names = list(dict.fromkeys([*sides, *(str(name) for name in table["winner"] if name != TOO_CLOSE)]))
    looks = {name: look(place) for name, place in places_of(table, names).items()}
    x_label, y_label = (_label(attrs, axis, currency_of(table)) for axis in "xy")
    outcome = attrs.get("outcome_words")
    title = tr("Who is ahead in {outcome}", outcome=outcome) if outcome else tr("Who is ahead")
    write(ax, Words(title, tr("marks: where runs were made; hatched: too close to call"), x_label,
                    y=fill(y_label, 34)), table, _note(table))
    ax.set(xscale=attrs.get("x_scale", "linear"), yscale=attrs.get("y_scale", "linear"))
    ax.grid(False)
    _paint(ax, table, looks)
    _plain_ticks(ax)
    raster = [_raster(table, axis) for axis in "xy"]
    if "difference" in table.columns and _has_border(table):
        _draw_border(ax, table, raster)
    _name_regions(ax, table, looks, raster)
    if "here" in attrs and all(value is not None for value in attrs["here"]):
        ax.plot(*[[value] for value in attrs["here"]], marker="*", markersize=24, color="white", markeredgecolor=INK,
                markeredgewidth=2, zorder=6, clip_on=False)
        ax.annotate(tr("as written"), attrs["here"], (12, -12), textcoords="offset points", fontsize=15, va="top",
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2}, zorder=6)


def _label(attrs: Mapping[Any, Any], axis: str, currency: str) -> str:
    """What an axis shows, with its unit where the name does not say it already."""
    name = str(attrs.get(f"{axis}_label") or attrs.get(f"{axis}_factor") or axis)
    unit = str(attrs.get(f"{axis}_unit", ""))
    told = "" if set(unit.split()) <= set(name.replace(",", " ").split()) else in_brackets(unit, currency)
    said = in_words(name) + told
    return tr("{label}, log scale", label=said) if attrs.get(f"{axis}_scale") == "log" else said


def _note(table: pd.DataFrame) -> str:
    """How many runs, what the line is, and how many cells have a winner by chance."""
    parts = [of_runs(table, tr("{{}} paired runs at each of {points} points (marks).", points=len(table)))]
    parts.append(tr("Line: where both are level.") if "difference" in table.columns and _has_border(table) else "")
    if table.attrs.get("comparisons"):
        parts.append(tr("Each field is judged by itself at 95 %: where nobody is ahead, one in twenty has a winner by "
                        "chance."))
    return fill(" ".join(part for part in parts if part), 100)


def _has_border(table: pd.DataFrame) -> bool:
    """Whether both sides surely win somewhere: between two undecided sides there is no border."""
    return len(set(table["winner"].astype(str)) - {TOO_CLOSE}) > 1


def _even(values: Any, table: pd.DataFrame, axis: str) -> Floats:
    """Values where equal steps look equal."""
    numbers: Floats = np.asarray(values, dtype=float)
    return np.log(numbers) if table.attrs.get(f"{axis}_scale") == "log" else numbers


def _raster(table: pd.DataFrame, axis: str) -> Floats:
    """Places across the map that look even in the scale of the axis."""
    low, high = _even([table[f"{axis}_low"].min(), table[f"{axis}_high"].max()], table, axis)
    places: Floats = low + (np.arange(GRAIN) + 0.5) / GRAIN * (high - low)
    return np.exp(places) if table.attrs.get(f"{axis}_scale") == "log" else places


def _plain_ticks(ax: Axes) -> None:
    """Numbers as people write them; on a logarithmic scale at least three of them, as round as there is room for."""
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_locator(FixedLocator(round_numbers(*sorted(axis.get_view_interval()))))
            axis.set_minor_locator(NullLocator())
        format_axis(axis, lambda value: written(f"{value:,.6g}"))


def round_numbers(low: float, high: float) -> list[float]:
    """Round numbers inside a range of a logarithmic scale: 1, 2 and 5 with any power of ten, or more where few fit.

    >>> round_numbers(0.4, 80)
    [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
    >>> round_numbers(12, 48), round_numbers(0.54, 0.82)
    ([15.0, 20.0, 30.0, 40.0], [0.55, 0.6, 0.65, 0.7, 0.75, 0.8])
    """
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.floor(np.log10(high)) + 1)
    tries = [np.multiply.outer(powers, digits).ravel() for digits in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7))]
    tries += [np.asarray(MaxNLocator(nbins=bins, steps=[1, 2, 5, 10]).tick_values(low, high)) for bins in (6, 9, 12)]
    for values in tries:
        inside = [value for value in sorted({float(f"{one:.12g}") for one in values}) if low <= value <= high]
        if len(inside) >= 3:
            break
    return inside


def _paint(ax: Axes, table: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Each field in the pale colour of its winner; undecided ones are grey and hatched.

    A mark where runs were really made: one of its own for each winner, a ring where nobody wins.
    """
    pale = {name: tint(style.colour, 0.55) for name, style in looks.items()}
    for row in table.to_dict("records"):
        undecided = str(row["winner"]) not in pale
        colour = pale.get(str(row["winner"]), _GREY_FIELD)
        size = float(row["x_high"]) - float(row["x_low"]), float(row["y_high"]) - float(row["y_low"])
        ax.add_patch(Rectangle((row["x_low"], row["y_low"]), *size, facecolor=colour, linewidth=0 if undecided else 0.4,
                               edgecolor=GREY if undecided else colour, hatch="//" if undecided else "", zorder=1))
    for name in (*looks, TOO_CLOSE):
        rows = table[table["winner"].astype(str) == name]
        marker, fill_colour, edge = "o", "none", GREY
        if name in looks:
            marker, fill_colour, edge = looks[name].marker, looks[name].colour, looks[name].colour
        ax.plot(rows["x"], rows["y"], marker, linestyle="none", markersize=6, color=fill_colour, markeredgecolor=edge,
                zorder=5)
    ax.set_xlim(float(table["x_low"].min()), float(table["x_high"].max()))
    ax.set_ylim(float(table["y_low"].min()), float(table["y_high"].max()))


def _draw_border(ax: Axes, table: pd.DataFrame, raster: list[Floats]) -> None:
    """The line along which the difference is zero, straight between points; beyond the outer points as at them."""
    points = [_even(table[axis], table, axis) for axis in "xy"]
    if min(np.ptp(one) for one in points) == 0:
        return
    lead = LinearNDInterpolator(np.column_stack(points), table["difference"].to_numpy(dtype=float), rescale=True)
    edge = [1e-9 * np.ptp(one) for one in points]  # on the edge itself there may be no value
    within = [np.clip(_even(places, table, axis), one.min() + thin, one.max() - thin)
              for axis, places, one, thin in zip("xy", raster, points, edge, strict=True)]
    heights = np.ma.masked_invalid(lead(*np.meshgrid(*within)))
    if heights.min() < 0 < heights.max():
        ax.contour(*raster, heights, [0.0], colors=INK, linewidths=3.2, zorder=4)


def _name_regions(ax: Axes, table: pd.DataFrame, looks: Mapping[str, Look], raster: list[Floats]) -> None:
    """Each winner's name in the middle of its widest region."""
    for name in (*looks, TOO_CLOSE):
        inside = np.zeros((GRAIN, GRAIN), dtype=bool)
        for row in table.to_dict("records"):
            columns, rows = ((row[f"{axis}_low"] <= places) & (places <= row[f"{axis}_high"])
                             for axis, places in zip("xy", raster, strict=True))
            inside[np.outer(rows, columns)] = str(row["winner"]) == name
        if not inside.any():
            continue
        depth = distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
        up, across = divmod(int(depth.argmax()), GRAIN)
        colour = INK if name == TOO_CLOSE else looks[name].colour
        size = (15 if name == TOO_CLOSE else 22) if depth.max() > 0.08 * GRAIN else 14
        words = tr(name) if name == TOO_CLOSE else name_or_words(name)
        ax.annotate(words, (raster[0][across], raster[1][up]), ha="center", va="center", fontsize=size, color=colour,
                    fontweight="bold", zorder=7, path_effects=halo(5))
