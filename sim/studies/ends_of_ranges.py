"""Caveats about values at an end of their range, and about ranges that do not hold what the scenario says."""

from __future__ import annotations

from collections.abc import Sequence

from sim.scenario.fields import field_at, limits_of
from sim.studies.factors import Factor
from sim.studies.model import Changes

AT_END = 0.05
"""Part of a range within which a value counts as lying at its end."""


def end_of(factor: Factor, value: float) -> str:
    """Which end of its range a value lies at: low, high, or none.

    >>> end_of(Factor("a", 0, 1), 0.04), end_of(Factor("a", 0, 1), 0.5), end_of(Factor("a", 0, 1), 1.0)
    ('low', '', 'high')
    """
    place = factor.place(value)
    return "low" if place <= AT_END else "high" if place >= 1.0 - AT_END else ""


def is_limit(factor: Factor, end: str) -> bool:
    """Whether nothing beyond an end of the range is allowed.

    >>> rate = Factor("market.leave_per_year", 0, 0.4)
    >>> is_limit(rate, "low"), is_limit(rate, "high"), is_limit(Factor("a", 0, 1), "low")
    (True, False, False)
    """
    field = field_at(tuple(factor.path.split(".")))
    least, most = limits_of(field) if field is not None else (None, None)
    limit, value = (least, factor.low) if end == "low" else (most, factor.high)
    return limit is not None and abs(value - limit) < 1e-12


def range_caveats(factors: Sequence[Factor], told: Sequence[Changes]) -> list[str]:
    """One caveat for each factor that reaches an end of its range, or whose range does not hold what is written."""
    notes = []
    for factor in factors:
        span = f"{factor.low:.6g} to {factor.high:.6g}"
        ends = sorted({end_of(factor, float(one[factor.path])) for one in told if factor.path in one} - {""})
        beyond = [end for end in ends if not is_limit(factor, end)]
        if ends:
            which = "both ends" if len(ends) > 1 else f"the {ends[0]} end"
            after = "what lies beyond was not tried" if beyond else "nothing beyond is allowed"
            notes.append(f"{factor.path} reaches {which} of its range ({span}), and {after}")
        if factor.value is not None and not factor.low <= factor.value <= factor.high:
            notes.append(f"as written {factor.path} is {factor.value:.6g}, outside its range ({span})")
    return notes
