"""The table of a run: one number per firm, the difference, its interval, and how often it came out so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from sim.text.console import columns

MOST_FIRMS_ACROSS = 4


@dataclass(frozen=True)
class Difference:
    """A paired difference between two firms or worlds: mean, 95 % interval, and in how many runs it was above 0."""

    mean: float
    low: float
    high: float
    won: int
    runs: int

    @property
    def too_close(self) -> bool:
        """Whether the interval holds 0: at this number of runs nobody can say who is ahead."""
        return self.runs < 2 or not (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Row:
    """One metric: its words, its unit, its mean per firm or world, and the difference where two are compared."""

    label: str
    unit: str
    values: tuple[float, ...]
    difference: Difference | None = None


def amount(value: float, unit: str, currency: str = "") -> str:
    """A number in its unit.

    >>> amount(61200, "money", "EUR"), amount(0.61, "share"), amount(410.2, "people"), amount(0.523, "0..1")
    ('EUR 61,200', '61 %', '410', '0.52')
    >>> amount(float("nan"), "share")
    '-'
    """
    if not isfinite(value):
        return "-"
    if unit == "money":
        text = f"{abs(value):,.0f}" if abs(value) >= 100 or value == 0 else f"{abs(value):,.2f}"
        return f"{'-' if value < 0 else ''}{currency} {text}" if currency else f"{'-' if value < 0 else ''}{text}"
    if unit == "share":
        return f"{100 * value:.1f} %" if abs(value) < 0.1 and value else f"{100 * value:.0f} %"
    if unit in ("people", "purchases", "units", "points"):
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def signed(value: float, unit: str, size: float | None = None) -> str:
    """A difference with its sign; shares in points of percent. `size` decides how many decimals are worth showing.

    >>> signed(13700, "money"), signed(-0.112, "share"), signed(0, "people"), signed(9, "people", size=50)
    ('+13,700', '-11 pts', '0', '+9')
    """
    if not isfinite(value):
        return "-"
    if value == 0:
        return "0"
    scale = 100.0 if unit == "share" else 1.0
    largest = scale * abs(value if size is None else size)
    decimals = 3 if unit not in _COUNTED else 0 if largest >= 9.95 else 1 if largest >= 0.095 or unit != "money" else 2
    rounded = round(scale * value, decimals) or 0.0  # no "-0.0"
    return f"{rounded:+,.{decimals}f}{' pts' if unit == 'share' else ''}"


_COUNTED = ("money", "share", "people", "purchases", "units", "points")


def interval(difference: Difference, unit: str) -> str:
    """The 95 % interval of a difference, the unit written once.

    >>> interval(Difference(0.11, 0.09, 0.13, 40, 40), "share")
    '+9..+13'
    >>> interval(Difference(8, 0.3, 16, 5, 5), "people")
    '+0.3..+16'
    """
    if difference.runs < 2:
        return "one run"
    size = max(abs(difference.low), abs(difference.high))
    ends = [signed(end, unit, size).removesuffix(" pts") for end in (difference.low, difference.high)]
    for place, end in enumerate((difference.low, difference.high)):
        if end != 0 and not ends[place].strip("+-0.,"):  # so that one sees on which side of 0 it lies
            ends[place] = signed(end, unit).removesuffix(" pts")
    return "..".join(ends)


@dataclass(frozen=True)
class Heads:
    """What stands above a table: the corner, the names across, and above the difference and the count of runs."""

    corner: str
    names: tuple[str, ...]
    difference: str
    won: str

    @classmethod
    def of_firms(cls, corner: str, firms: Sequence[str]) -> Heads:
        """Firms side by side; with two, the second minus the first."""
        names = tuple(firms)
        if len(names) != 2:
            return cls(corner, names, "", "")
        return cls(corner, names, f"{names[1]} minus {names[0]}", f"runs won by {names[1]}")


def rendered(heads: Heads, rows: Sequence[Row], currency: str = "") -> list[str]:
    """The table as lines: names across where they are few, else one line per name."""
    names = heads.names
    if len(names) > MOST_FIRMS_ACROSS:
        return _down(heads, rows, currency)
    compared = len(names) == 2 and any(row.difference for row in rows)
    head = [heads.corner, *names]
    if compared:
        head += [heads.difference, "95 % interval", heads.won]
    lines = [head]
    for row in rows:
        line = [row.label, *(amount(value, row.unit, currency) for value in row.values)]
        if compared and row.difference is not None:
            line += [signed(row.difference.mean, row.unit), interval(row.difference, row.unit), _won(row.difference)]
        lines.append(line)
    return columns(lines)


def _won(difference: Difference) -> str:
    """How often, and whether that says anything."""
    if difference.mean == difference.low == difference.high == 0:
        return "identical"
    text = f"{difference.won} of {difference.runs}"
    return f"{text}, too close to call" if difference.too_close and difference.runs > 1 else text


def _down(heads: Heads, rows: Sequence[Row], currency: str) -> list[str]:
    """Many firms: one line each, the metrics across."""
    lines = [[heads.corner, *(row.label for row in rows)]]
    for place, name in enumerate(heads.names):
        lines.append([name, *(amount(row.values[place], row.unit, currency) for row in rows)])
    return columns(lines)
