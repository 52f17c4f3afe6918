"""What is delivered, and what it costs (C109, P01). Quality from 0 to 1; money in whole minor units."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import clip, rule, where, whole


@rule
def quality_for(offered: Any, suits: Any, noise: Any, known: Any, severity: Any) -> Any:
    """Delivered quality: the offer, how it suits this person, chance, the use of knowledge, less a failure.

    >>> quality_for(0.7, 0.1, 0.0, 0.0, 0.5)
    0.29999999999999993
    """
    return clip(offered + suits + noise + known - severity, 0.0, 1.0)


@rule
def severity_of(failed: Any, major: Any, minor_severity: Any, major_severity: Any) -> Any:
    """How bad a failure is.

    >>> severity_of(True, False, 0.2, 0.5), severity_of(False, True, 0.2, 0.5)
    (0.2, 0.0)
    """
    return where(failed, where(major, major_severity, minor_severity), 0.0)


@rule
def in_minor_units(reference_price: Any, value: Any) -> Any:
    """A value in reference prices as whole minor units, halves rounded up; the value is 0 or more.

    >>> int(in_minor_units(1000.0, 0.7996))
    800
    """
    return whole(reference_price * value + 0.5)


@rule
def cost_or_saving(reference_price: Any, value: Any) -> Any:
    """The same for a value that may lie below 0 (quality below base saves money): halves rounded up there too.

    >>> int(cost_or_saving(1000.0, -0.003)), int(cost_or_saving(1000.0, 0.003))
    (-3, 3)
    """
    money = reference_price * value + 0.5
    cut_off = whole(money)
    return cut_off - where(money < cut_off, 1, 0)
