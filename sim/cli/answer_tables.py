"""The tables of answers on a terminal: a few columns, every number in its unit, a map in letters."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.text.console import columns

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 12
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "comparison": ("metric", "firm", "world_b", "mean_a", "mean_b", "difference", "low", "high", "verdict"),
    "replication": ("metric", "firm_a", "firm_b", "mean_a", "mean_b", "difference", "low", "high", "verdict"),
    "sensitivity": ("factor", "value", "low", "high", "at_low", "at_high", "reverses", "mean_absolute", "spread",
                    "first", "total", "total_low", "total_high"),
    "optimum": ("label", "difference", "low", "high", "n", "role", "goal_1", "goal_2"),
    "ladder": ("mechanism", "level", "added", "added_low", "added_high", "total", "left_out"),
    "flip": ("label", "kind", "distance", "winner", "difference", "share_b", "verdict"),
    "stress": ("label", "difference", "low", "high", "share_b", "fate"),
    "calibration": ("label", "wanted", "tolerance", "as_written", "fitted", "verdict"),
    "calibration_parameters": ("parameter", "fitted", "low", "high", "as_written", "range_low", "range_high",
                               "identified"),
    "sample": ("label", "difference", "low", "high", "share_b", "verdict"),
}
"""Columns of each answer that fit a terminal; the map is told in letters and saved whole."""
_DIFFERENCES: Mapping[str, tuple[str, ...]] = {
    "comparison": ("difference", "low", "high"), "replication": ("difference", "low", "high"),
    "sensitivity": ("at_low", "at_high"), "optimum": ("difference", "low", "high"),
    "ladder": ("added", "added_low", "added_high", "total", "left_out"), "flip": ("difference",),
    "stress": ("difference", "low", "high"), "sample": ("difference", "low", "high"),
}
"""Columns that hold differences of the outcome (levels, where the question has one option only)."""
_LEVELS: Mapping[str, tuple[str, ...]] = {
    "comparison": ("mean_a", "mean_b"), "replication": ("mean_a", "mean_b"),
    "sensitivity": ("mean_absolute", "spread"), "calibration": ("wanted", "tolerance", "as_written", "fitted"),
}
"""Columns that hold amounts of the outcome without a sign."""
_SHARES = ("share_b", "first", "total_low", "total_high")
_OWN_UNITS = ("comparison", "replication", "calibration")
"""Answers whose rows have units of their own."""
SECOND: Mapping[str, tuple[str, ...]] = {"calibration": ("calibration_parameters",)}
"""More tables of an answer that are shown."""
_HEADS = {"mean_absolute": "effect", "left_out": "missed", "added_low": "from", "added_high": "to", "label": "",
          "world_b": "world", "mean_a": "first", "mean_b": "second", "low": "from", "high": "to"}
_OWN_HEADS: Mapping[str, Mapping[str, str]] = {
    "sensitivity": {"low": "low", "high": "high", "first": "alone", "total": "in all", "total_low": "from",
                    "total_high": "to"},
    "comparison": {"mean_a": "as first", "mean_b": "there"},
    "replication": {"mean_a": "first", "mean_b": "second"},
    "optimum": {"n": "runs"},
}


def table_lines(table: pd.DataFrame, kind: str) -> list[str]:
    """The columns of an answer's table that fit a terminal, the first rows of it."""
    if kind == "winner_map":
        return ["", *map_lines(table)]
    names = [name for name in _COLUMNS.get(kind, ()) if name in table.columns
             and (name != "first" or table.attrs.get("tells_alone", True))]
    if not names or table.empty:
        return []
    rows = table.head(MOST_ROWS).to_dict("records")
    left = [place for place, name in enumerate(names) if isinstance(rows[0][name], str)]
    heads = [_head(name, kind, table.attrs) for name in names]
    more = len(table) - len(rows)
    body = columns([heads, *([_cell(name, kind, row, table.attrs) for name in names] for row in rows)], left)
    return ["", *body, *([f"… and {more} more: --out saves them all."] if more > 0 else [])]


def _head(name: str, kind: str, words: Mapping[Any, Any]) -> str:
    """What stands above a column; money is told there, other units in the cells."""
    if name == "share_b":
        return f"{words.get('option_b', 'b')} ahead"
    if name.startswith("goal_"):
        return _goal_head(int(name.removeprefix("goal_")) - 1, words)
    head = _OWN_HEADS.get(kind, {}).get(name, _HEADS.get(name, name.replace("_", " ")))
    money = words.get("unit") == "money" and name in (*_DIFFERENCES.get(kind, ()), *_LEVELS.get(kind, ()))
    return f"{head}, {words['currency']}" if money and words.get("currency") else head


def _goal_head(place: int, words: Mapping[Any, Any]) -> str:
    money = words["goal_units"][place] == "money" and words.get("currency")
    return f"{words['goal_words'][place]}{', ' + words['currency'] if money else ''}"


def _cell(name: str, kind: str, row: Mapping[Any, Any], words: Mapping[Any, Any]) -> str:
    """One cell in words."""
    from sim.text.difference_table import amount, signed

    value = row[name]
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return "-"
    if isinstance(value, str | bool):
        return _plain(name, value)
    unit = str(row["unit"] if kind in _OWN_UNITS else words.get("unit", ""))
    if name.startswith("goal_"):
        return signed(value, str(words["goal_units"][int(name.removeprefix("goal_")) - 1]))
    if name in _SHARES or (kind, name) == ("sensitivity", "total"):
        return f"{100 * value:.0f} %"
    level = name in _LEVELS.get(kind, ()) or (name in _DIFFERENCES.get(kind, ()) and not words.get("option_a", "a"))
    if level:
        return _points(amount(value, unit)) if kind == "sensitivity" and words.get("option_a") else amount(value, unit)
    if name in _DIFFERENCES.get(kind, ()):
        return signed(value, unit)
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"


def _plain(name: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "metric":
        from sim.metrics.registry import metric_in_words

        return metric_in_words(value)
    return value


def _points(text: str) -> str:
    """The size of a difference: shares in points."""
    return text.replace(" %", " pts")


def map_lines(table: pd.DataFrame, size: int = 15) -> list[str]:
    """A winner map in letters: who wins where, the second factor upwards; a point where it is too close to call.

    It is no finer than the cells of the map.

    >>> import pandas as pd
    >>> cell = {"x_low": 0.0, "x_high": 1.0, "y_low": 0.0, "y_high": 1.0, "winner": "Root"}
    >>> found = pd.DataFrame([cell, {**cell, "y_low": 1.0, "y_high": 2.0, "winner": "Rush"}])
    >>> found.attrs = {"option_a": "Rush", "option_b": "Root", "x_factor": "x", "y_factor": "y"}
    >>> map_lines(found)
    ['1 to 2 a', '0 to 1 b', '       0 to 1', 'a: Rush, b: Root, point: too close to call; across x, upwards y']
    """
    import numpy as np

    words = table.attrs
    edges = [_edges(table, side, str(words.get(f"{side}_scale", "linear")), size) for side in ("x", "y")]
    middles = [[(low + high) / 2 for low, high in itertools.pairwise(side)] for side in edges]
    letters = {words["option_a"]: "a", words["option_b"]: "b"}
    heads = [f"{low:.3g} to {high:.3g}" for low, high in zip(edges[1][:-1], edges[1][1:], strict=True)]
    width = max(map(len, heads))
    lines = []
    for head, y in zip(heads[::-1], middles[1][::-1], strict=True):
        row = []
        for x in middles[0]:
            inside = (table["x_low"] <= x) & (x <= table["x_high"]) & (table["y_low"] <= y) & (y <= table["y_high"])
            place = int(np.flatnonzero(inside.to_numpy())[0])
            row.append(letters.get(table["winner"].iloc[place], "."))
        lines.append(head.rjust(width) + " " + " ".join(row))
    lines.append(f"{'':>{width}} {edges[0][0]:.3g} to {edges[0][-1]:.3g}")
    lines.append(f"a: {words['option_a']}, b: {words['option_b']}, point: too close to call; "
                 f"across {words['x_factor']}, upwards {words['y_factor']}")
    return lines


def _edges(table: pd.DataFrame, side: str, scale: str, most: int) -> list[float]:
    """Edges of the rows or columns of letters: those of the cells, or evenly spaced ones where there are too many."""
    import numpy as np

    own = sorted({*table[f"{side}_low"].astype(float), *table[f"{side}_high"].astype(float)})
    if len(own) <= most + 1:
        return own
    low, high = own[0], own[-1]
    parts = np.arange(most + 1) / most
    spaced = np.exp(np.log(low) + parts * np.log(high / low)) if scale == "log" else low + parts * (high - low)
    return [float(edge) for edge in spaced]
