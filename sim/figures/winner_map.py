"""Where in a plane of two assumptions who wins, how surely, and where the border runs."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.figures.style import GREY, INK, Words, counted_runs, currency_of, format_axis, in_brackets, look, shows, write
from sim.text.findings import TOO_CLOSE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.records.records import Floats

GRAIN = 256
_GREY_FIELD = (0.91, 0.91, 0.91)


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
    scales = (str(attrs.get("x_scale", "linear")), str(attrs.get("y_scale", "linear")))
    labels = [_label(attrs, axis, currency_of(table)) for axis in "xy"]
    in_what = f" in {attrs['outcome_words']}" if attrs.get("outcome_words") else ""
    write(ax, Words(f"Who is ahead{in_what}", f"upwards: {labels[1]}", labels[0]), table, _note(table))
    ax.set(xscale=scales[0], yscale=scales[1])
    ax.grid(False)
    _paint(ax, table, names)
    _plain_ticks(ax, scales)
    raster = _raster(table, names, scales)
    _draw_border(ax, table, raster, scales)
    _draw_points(ax, table, names)
    _say_who(ax, names, raster)
    if "here" in attrs and all(value is not None for value in attrs["here"]):
        ax.plot(*[[value] for value in attrs["here"]], marker="*", markersize=24, color="white", markeredgecolor=INK,
                markeredgewidth=2, zorder=6, clip_on=False)
        ax.annotate("as written", attrs["here"], (12, -12), textcoords="offset points", fontsize=15, va="top",
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2}, zorder=6)


def _label(attrs: Mapping[Any, Any], axis: str, currency: str) -> str:
    """What an axis shows, with its unit where the name does not say it already."""
    name = str(attrs.get(f"{axis}_label") or attrs.get(f"{axis}_factor") or axis)
    unit = str(attrs.get(f"{axis}_unit", ""))
    said = set(unit.split()) <= set(name.replace(",", " ").split())
    return name if said else name + in_brackets(unit, currency)


def _note(table: pd.DataFrame) -> str:
    """How many runs, what the line is, and how many cells have a winner by chance."""
    points = f"{counted_runs(table)} paired runs at each of {len(table)} points (marks)."
    parts = [points if "n" in table.columns else ""]
    sure = set(table["winner"].astype(str)) - {TOO_CLOSE}
    parts.append("Line: where both are level." if "difference" in table.columns and len(sure) > 1 else "")
    if table.attrs.get("comparisons"):
        parts.append("Each field is judged by itself at 95 %: where nobody is ahead, one in twenty has a winner by "
                     "chance.")
    return fill(" ".join(part for part in parts if part), 100)


class _Raster(NamedTuple):
    """The map on a fine raster, even in the scale of each axis: where the cells are, and who wins there (a number)."""

    x: Floats
    y: Floats
    codes: Any


def _even(values: Any, scale: str) -> Floats:
    """Values where equal steps look equal."""
    numbers: Floats = np.asarray(values, dtype=float)
    return np.log(numbers) if scale == "log" else numbers


def _plain_ticks(ax: Axes, scales: tuple[str, str]) -> None:
    """Numbers as people write them; on a logarithmic scale at least three of them, as round as there is room for."""
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    for axis, scale in zip((ax.xaxis, ax.yaxis), scales, strict=True):
        if scale == "log":
            axis.set_major_locator(FixedLocator(round_numbers(*sorted(axis.get_view_interval()))))
            axis.set_minor_locator(NullLocator())
            axis.set_minor_formatter(NullFormatter())
        format_axis(axis, lambda value: f"{value:,.6g}")


def round_numbers(low: float, high: float) -> list[float]:
    """Round numbers inside a range of a logarithmic scale: 1, 2 and 5 with any power of ten, or more where few fit.

    >>> round_numbers(0.4, 80)
    [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
    >>> round_numbers(12, 48), round_numbers(0.54, 0.82)
    ([15.0, 20.0, 30.0, 40.0], [0.55, 0.6, 0.65, 0.7, 0.75, 0.8])
    """
    from matplotlib.ticker import MaxNLocator

    powers = range(int(np.floor(np.log10(low))), int(np.floor(np.log10(high))) + 1)
    for digits in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        found = sorted({float(f"{digit * 10.0**power:.12g}") for digit in digits for power in powers})
        inside = [value for value in found if low <= value <= high]
        if len(inside) >= 3:
            return inside
    for bins in (6, 9, 12):
        steps = MaxNLocator(nbins=bins, steps=[1, 2, 5, 10]).tick_values(low, high)
        inside = [value for step in steps if low <= (value := float(f"{step:.12g}")) <= high]
        if len(inside) >= 3:
            break
    return inside


def _paint(ax: Axes, table: pd.DataFrame, names: list[str]) -> None:
    """Each field in the pale colour of its winner; undecided ones are grey and hatched."""
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    pale = {name: tuple(1 - 0.55 * (1 - part) for part in to_rgb(look(place).colour))
            for place, name in enumerate(names)}
    for row in table.to_dict("records"):
        colour = pale.get(str(row["winner"]), _GREY_FIELD)
        undecided = colour == _GREY_FIELD
        size = float(row["x_high"]) - float(row["x_low"]), float(row["y_high"]) - float(row["y_low"])
        ax.add_patch(Rectangle((row["x_low"], row["y_low"]), *size, facecolor=colour, linewidth=0 if undecided else 0.4,
                               edgecolor=GREY if undecided else colour, hatch="//" if undecided else "", zorder=1))
    ax.set_xlim(float(table["x_low"].min()), float(table["x_high"].max()))
    ax.set_ylim(float(table["y_low"].min()), float(table["y_high"].max()))


def _raster(table: pd.DataFrame, names: list[str], scales: tuple[str, str]) -> _Raster:
    """The fields drawn once more as numbers, to find room for names."""
    axes = []
    for axis, scale in zip("xy", scales, strict=True):
        low, high = _even([table[f"{axis}_low"].min(), table[f"{axis}_high"].max()], scale)
        middles = low + (np.arange(GRAIN) + 0.5) / GRAIN * (high - low)
        axes.append(np.exp(middles) if scale == "log" else middles)
    codes = np.full((GRAIN, GRAIN), -1)
    order = {name: place for place, name in enumerate(names)}
    for row in table.to_dict("records"):
        columns, rows = (np.flatnonzero((axes[place] >= row[f"{axis}_low"]) & (axes[place] <= row[f"{axis}_high"]))
                         for place, axis in enumerate("xy"))
        codes[np.ix_(rows, columns)] = order.get(str(row["winner"]), len(names))
    return _Raster(axes[0], axes[1], codes)


def _draw_border(ax: Axes, table: pd.DataFrame, raster: _Raster, scales: tuple[str, str]) -> None:
    """The line along which the difference is zero, straight between points; beyond the outer points as at them.

    None where not both sides surely win somewhere: between two undecided sides there is no border.
    """
    from matplotlib.tri import LinearTriInterpolator, Triangulation

    sure = set(table["winner"].astype(str)) - {TOO_CLOSE}
    if "difference" not in table.columns or len(sure) < 2 or min(table["x"].nunique(), table["y"].nunique()) < 2:
        return
    points = [_even(table[axis], scale) for axis, scale in zip("xy", scales, strict=True)]
    low, span = [one.min() for one in points], [np.ptp(one) for one in points]
    where = [np.clip((_even(line, scale) - start) / width, 1e-9, 1 - 1e-9)
             for line, scale, start, width in zip((raster.x, raster.y), scales, low, span, strict=True)]
    mesh = Triangulation(*((one - start) / width for one, start, width in zip(points, low, span, strict=True)))
    lead = LinearTriInterpolator(mesh, table["difference"].to_numpy(dtype=float))(*np.meshgrid(*where))
    if lead.min() < 0 < lead.max():
        ax.contour(raster.x, raster.y, lead, [0.0], colors=INK, linewidths=3.2, zorder=4)


def _draw_points(ax: Axes, table: pd.DataFrame, names: list[str]) -> None:
    """Where runs were really made: a mark of its own for each winner, a ring where nobody wins."""
    for place, name in enumerate((*names, TOO_CLOSE)):
        rows = table[table["winner"].astype(str) == name]
        undecided = name == TOO_CLOSE
        ax.plot(rows["x"], rows["y"], "o" if undecided else look(place).marker, linestyle="none", markersize=6,
                color="none" if undecided else look(place).colour, zorder=5,
                markeredgecolor=GREY if undecided else look(place).colour)


def _say_who(ax: Axes, names: list[str], raster: _Raster) -> None:
    """Each winner's name in the middle of its widest region."""
    from matplotlib.patheffects import withStroke
    from scipy.ndimage import distance_transform_edt

    for place, name in enumerate((*names, TOO_CLOSE)):
        inside = np.pad(raster.codes == place, 1)
        if not inside.any():
            continue
        depth = distance_transform_edt(inside)[1:-1, 1:-1]
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        colour = INK if name == TOO_CLOSE else look(place).colour
        size = (15 if name == TOO_CLOSE else 22) if depth.max() > 0.08 * GRAIN else 14
        ax.annotate(name, (raster.x[column], raster.y[row]), ha="center", va="center", fontsize=size, color=colour,
                    fontweight="bold", zorder=7, path_effects=[withStroke(linewidth=5, foreground="white")])
