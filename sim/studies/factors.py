"""A factor: a number of the scenario by dotted name, with a range; its values and ends as people read them.

A lever lies under `firms.*`: somebody decides it. Everything else is an uncertainty: nobody decides it, and often
nobody knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Literal

import numpy as np

from sim.scenario.fields import field_at
from sim.scenario.parameters import limits_of

Scale = Literal["linear", "log"]
Range = Sequence[float]
SNAP = 1e-9
"""Places that are nearer than this to an end of a range are at the end."""
AT_END = 0.05
"""Part of a range within which a value counts as lying at its end."""


@dataclass(frozen=True)
class Factor:
    """A number that a study varies between `low` and `high`; `value` is what the scenario says (None: nothing).

    Distances are measured in units of the range, on its scale: from `low` to `high` is 1.
    """

    path: str
    low: float
    high: float
    value: float | None = None
    label: str = ""
    unit: str = ""
    source: str = ""
    scale: Scale = "linear"
    whole: bool = False

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"{self.path}: a range needs a low end below its high end, not {self.low} to {self.high}.")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.path}: a range on the log scale lies above 0, not {self.low:g} to {self.high:g}.")

    @property
    def is_lever(self) -> bool:
        """Whether a firm decides it."""
        return self.path.startswith("firms.")

    @property
    def is_guess(self) -> bool:
        """Whether nobody has measured it."""
        return self.source.startswith("assumption")

    @property
    def words(self) -> str:
        """Its label, or its dotted name where it has none."""
        return self.label or self.path

    def at(self, place: float) -> float:
        """The value at a place in the range: 0 is its low end, 1 its high end."""
        if place < SNAP or place > 1.0 - SNAP:
            return self.low if place < SNAP else self.high
        if self.scale == "log":
            value = float(np.exp(np.log(self.low) + place * np.log(self.high / self.low)))
        else:
            value = self.low + place * (self.high - self.low)
        value = float(f"{min(self.high, max(self.low, value)):.12g}")
        return float(round(value)) if self.whole else value

    def place(self, value: float) -> float:
        """Where a value stands in the range; below 0 or above 1 outside."""
        if self.scale == "log":
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)

    @property
    def start(self) -> float:
        """Where the scenario's own value stands, held inside the range; the middle where it says nothing."""
        return 0.5 if self.value is None else min(1.0, max(0.0, self.place(self.value)))


def plausible_range(value: float, limits: tuple[float, float]) -> tuple[float, float] | None:
    """A range for a number that nobody gave one for (assumption): half to twice, held inside the declared limits.

    A share (limits inside 0..1): half to twice the odds; a share of 1: one half to 1. A number whose sign may turn:
    from nothing to double where it is positive, half to one and a half times where it is negative. None for 0: what is
    absent stays absent.
    """
    least, most = limits
    if value == 0:
        return None
    if least >= 0 and most <= 1:
        low, high = (0.5, 1.0) if value >= 1 else (value / (2 - value), 2 * value / (1 + value))
    elif value < 0:
        low, high = 1.5 * value, 0.5 * value
    else:
        low, high = (value / 2 if least >= 0 else 0.0), 2 * value
    low, high = (float(f"{end:.12g}") for end in (max(low, least), min(high, most)))
    return (low, high) if low < high else None


def short_name(factor: Factor) -> str:
    """The end of a factor's name, as people read it.

    >>> short_name(Factor("people.purchases_per_year.mean", 0, 1)), short_name(Factor("firms.Root.price", 0, 1))
    ('purchases per year: mean', 'price')
    """
    steps = factor.path.split(".")
    return ": ".join(steps[-2:] if len(steps) > 2 and not factor.is_lever else steps[-1:]).replace("_", " ")


def spans(factors: Iterable[Factor]) -> dict[str, list[float]]:
    """The range of every factor by dotted name."""
    return {factor.path: [factor.low, factor.high] for factor in factors}


def plain_value(factor: Factor, move: float) -> float:
    """A short number at or just beyond a move (in units of the range), never beyond the end of the range.

    Rounded away from the scenario's own value, so that who types the printed number has gone at least as far; three
    digits where that adds less than a hundredth of the way to the end, else more. An end of a range that is itself no
    short number is rounded into the range, by at most a thousandth of the way.

    >>> plain_value(Factor("product.margin", 0.3, 0.7, 0.5), 0.2003)
    0.581
    >>> plain_value(Factor("market.friends", 0, 100, 50.0, whole=True), 0.111)
    62.0
    """
    start = factor.at(factor.start) if factor.value is None else factor.value
    if abs(move) < SNAP:
        return start
    end, value, way = factor.at(1.0 if move > 0 else 0.0), factor.at(factor.start + move), 1.0 if move > 0 else -1.0
    if factor.whole:
        short = way * (factor.place(value) - factor.start) < abs(move) - SNAP
        return value + way if short and value != end else value
    room = abs(end - start)
    for digits in range(3, 13):
        beyond, before = _rounded(value, digits, way), _rounded(value, digits, -way)
        if way * beyond <= way * end and abs(beyond - value) <= 0.01 * room:
            return beyond
        if abs(value - end) <= 1e-9 * room and way * before > way * start and abs(before - end) <= 1e-3 * room:
            return before
    return value


def _rounded(value: float, digits: int, way: float) -> float:
    """A number with so many digits, rounded up (way above 0) or down; one that is short already stays."""
    exact = Decimal(f"{value:.12g}")
    if not exact:
        return 0.0
    last = Decimal(1).scaleb(exact.adjusted() + 1 - digits)
    return float(exact.quantize(last, rounding=ROUND_CEILING if way > 0 else ROUND_FLOOR))


def end_of(factor: Factor, value: float) -> str:
    """Which end of its range a value lies at: low, high, or none.

    >>> end_of(Factor("a", 0, 1), 0.04), end_of(Factor("a", 0, 1), 0.5), end_of(Factor("a", 0, 1), 1.0)
    ('low', '', 'high')
    """
    place = factor.place(value)
    return "low" if place <= AT_END else "high" if place >= 1.0 - AT_END else ""


def declared_limits(path: str) -> tuple[float, float]:
    """Between which numbers the scenario may set it; infinite where nothing is said."""
    field = field_at(tuple(path.split(".")))
    least, most = (None, None) if field is None else limits_of(field)
    return -np.inf if least is None else least, np.inf if most is None else most


def range_caveats(factors: Sequence[Factor], points: Sequence[Mapping[str, Any]]) -> list[str]:
    """One caveat for each factor that reaches an end of its range, or whose range does not hold what is written."""
    notes = []
    for factor in factors:
        span = f"{factor.low:.6g} to {factor.high:.6g}"
        ends = sorted({end_of(factor, float(one[factor.path])) for one in points if factor.path in one} - {""})
        least, most = declared_limits(factor.path)
        room = {"low": factor.low - least, "high": most - factor.high}
        if ends:
            which = "both ends" if len(ends) > 1 else f"the {ends[0]} end"
            beyond = any(room[end] >= 1e-12 for end in ends)
            after = "what lies beyond was not tried" if beyond else "nothing beyond is allowed"
            notes.append(f"{factor.path} reaches {which} of its range ({span}), and {after}")
        if factor.value is not None and not factor.low <= factor.value <= factor.high:
            notes.append(f"as written {factor.path} is {factor.value:.6g}, outside its range ({span})")
    return notes
