"""How the answers of designs are told: the forecast of time, words, tables, JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.console import Tell, bar, columns, say, say_json, tell

if TYPE_CHECKING:
    import pandas as pd

    from sim.cli.designs import Manner
    from sim.experiments.answer import Answer

SECONDS_BEFORE_FORECAST, WORTH_TELLING = 3.0, 15.0
MOST_ROWS = 12
_COLUMNS: dict[str, tuple[str, ...]] = {
    "sensitivity": ("factor", "value", "low", "high", "at_low", "at_high", "reverses", "mean_absolute", "spread",
                    "first", "total"),
    "optimum": ("label", "difference", "low", "high", "role", "goal_1", "goal_2"),
    "ladder": ("mechanism", "level", "added", "added_low", "added_high", "total", "left_out"),
    "flip": ("label", "kind", "distance", "winner", "difference", "share_b", "verdict"),
    "stress": ("label", "difference", "low", "high", "share_b", "fate"),
    "calibration": ("label", "wanted", "tolerance", "as_written", "fitted", "verdict"),
    "sample": ("label", "difference", "low", "high", "share_b", "verdict"),
}
"""Columns of each answer that fit a terminal; the map is told in words and saved whole."""
_HEADS = {"mean_absolute": "effect", "left_out": "missed", "added_low": "from",
          "added_high": "to", "label": ""}


def told(title: str, manner: Manner, conduct: Callable[[Tell], Answer]) -> None:
    """Conduct a design with a bar or a forecast, tell its answer, save it where a folder is given."""
    began = time.perf_counter()
    with bar(title, manner.quiet) as shown, forecast(shown, manner.quiet or manner.as_json) as heard:
        answer = conduct(heard)
    if manner.out is not None:
        answer.save(manner.out)
    if manner.as_json:
        say_json(as_data(answer))
        return
    say(title, "bold")
    for sentence in answer.explain().split("\n"):
        say(f"  {sentence}")
    for line in table_lines(answer.table(), answer.kind):
        say(f"  {line}".rstrip())
    if not manner.quiet:
        say(f"  {answer.settings().get('runs', 0):,} runs ({time.perf_counter() - began:.1f} s).", "dim")
    if manner.out is not None:
        say(f"Saved: {manner.out}.")


@contextmanager
def forecast(shown: Tell, silent: bool) -> Iterator[Tell]:
    """Pass progress on, and say once how long it will take, where that is long and known."""
    began, done_saying = time.perf_counter(), silent
    first: int | None = None

    def hear(done: int, total: int, what: str) -> None:
        nonlocal first, done_saying
        shown(done, total, what)
        first = done if first is None else first
        passed = time.perf_counter() - began
        if not done_saying and passed > SECONDS_BEFORE_FORECAST and done > first:
            done_saying = True
            left = passed * (total - done) / (done - first)
            if left > WORTH_TELLING:
                tell(f"Up to {total:,} runs: {_duration(left)} more.", "dim")

    yield hear


def _duration(seconds: float) -> str:
    """A time in words.

    >>> _duration(42), _duration(170)
    ('about 40 s', 'about 3 min')
    """
    return f"about {10 * max(1, round(seconds / 10))} s" if seconds < 100 else f"about {round(seconds / 60)} min"


def table_lines(table: pd.DataFrame, kind: str) -> list[str]:
    """The columns of an answer's table that fit a terminal, the first rows of it."""
    if kind == "winner_map":
        return ["", *map_lines(table)]
    names = [name for name in _COLUMNS.get(kind, ()) if name in table.columns]
    if not names or table.empty:
        return []
    rows = table[names].head(MOST_ROWS).to_dict("records")
    unit = str(table.attrs.get("unit", ""))
    left = [place for place, name in enumerate(names) if isinstance(rows[0][name], str)]
    ahead = str(table.attrs.get("option_b", "b"))
    heads = [f"{ahead} ahead" if name == "share_b" else _HEADS.get(name, name.replace("_", " ")) for name in names]
    more = len(table) - len(rows)
    body = columns([heads, *([_cell(name, row[name], unit) for name in names] for row in rows)], left)
    return ["", *body, *([f"… and {more} more: --out saves them all."] if more > 0 else [])]


def map_lines(table: pd.DataFrame, size: int = 15) -> list[str]:
    """A winner map in letters: who wins where, the second factor upwards; a point where it is too close to call.

    >>> import pandas as pd
    >>> cell = {"x_low": 0.0, "x_high": 1.0, "y_low": 0.0, "y_high": 1.0, "winner": "Root"}
    >>> found = pd.DataFrame([cell, {**cell, "y_low": 1.0, "y_high": 2.0, "winner": "Rush"}])
    >>> found.attrs = {"option_a": "Rush", "option_b": "Root", "x_factor": "x", "y_factor": "y"}
    >>> map_lines(found, 2)
    ['1.5 a a', '0.5 b b', '    0.25 to 0.75', 'a: Rush, b: Root, point: too close to call; across x, upwards y']
    """
    import numpy as np

    words = table.attrs
    sides = [_middles(table, side, str(words.get(f"{side}_scale", "linear")), size) for side in ("x", "y")]
    letters = {words["option_a"]: "a", words["option_b"]: "b"}
    lines = []
    width = max(len(f"{y:.3g}") for y in sides[1])
    for y in sides[1][::-1]:
        row = []
        for x in sides[0]:
            inside = (table["x_low"] <= x) & (x <= table["x_high"]) & (table["y_low"] <= y) & (y <= table["y_high"])
            place = int(np.flatnonzero(inside.to_numpy())[0])
            row.append(letters.get(table["winner"].iloc[place], "."))
        lines.append(f"{y:.3g}".rjust(width) + " " + " ".join(row))
    lines.append(f"{'':>{width}} {sides[0][0]:.3g} to {sides[0][-1]:.3g}")
    lines.append(f"a: {words['option_a']}, b: {words['option_b']}, point: too close to call; "
                 f"across {words['x_factor']}, upwards {words['y_factor']}")
    return lines


def _middles(table: pd.DataFrame, side: str, scale: str, size: int) -> list[float]:
    """Evenly spaced values over one side of a map, on its scale."""
    import numpy as np

    low, high = float(table[f"{side}_low"].min()), float(table[f"{side}_high"].max())
    parts = (np.arange(size) + 0.5) / size
    values = np.exp(np.log(low) + parts * np.log(high / low)) if scale == "log" else low + parts * (high - low)
    return [float(value) for value in values]


_OF_OUTCOME = ("difference", "at_low", "at_high", "added", "added_low", "added_high", "total", "left_out",
               "mean_absolute", "spread")


def _cell(name: str, value: Any, unit: str) -> str:
    """One cell in words."""
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return "-"
    if name == "share_b":
        return f"{100 * value:.0f} %"
    if isinstance(value, float):
        money = unit == "money" and (name in _OF_OUTCOME or name in ("low", "high"))
        return f"{value:,.0f}" if money and abs(value) >= 100 else f"{value:,.4g}"
    return str(value)


def as_data(answer: Answer) -> dict[str, Any]:
    """An answer as plain data: words, settings, every table."""
    return {
        "design": answer.kind, "explain": answer.explain(), "settings": answer.settings(),
        "tables": {name: table.to_dict("records") for name, table in answer.tables().items()},
        "words": dict(answer.table().attrs),
    }
