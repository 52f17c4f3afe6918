"""Splitting money over levers so that the last euro brings the same everywhere.

A lever that brings worth x (1 - exp(-(spend - fixed) / half)) has the marginal return (worth / half) x exp(-...).
Money is poured where the return is highest until all returns are equal (water filling, in closed form); a lever with a
fixed cost is tried with and without, because its curve is flat at first (the fixed cost of knowing a customer, M42).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Curve:
    """One lever: its full worth (any common unit), the spend for 1 - 1/e of it, and a fixed cost before that."""

    worth: float
    half: float
    fixed: float = 0.0


def equal_marginal_return(money: float, curves: Sequence[Curve]) -> tuple[float, ...]:
    """The spend on each lever that brings most from this much money.

    >>> [round(money, 9) for money in equal_marginal_return(10.0, [Curve(1.0, 5.0), Curve(1.0, 5.0)])]
    [5.0, 5.0]
    >>> [round(money, 9) for money in equal_marginal_return(1.0, [Curve(1.0, 5.0), Curve(1.0, 5.0, fixed=2.0)])]
    [1.0, 0.0]
    """
    options = [(False, True) if curve.fixed > 0 else (True,) for curve in curves]
    best: tuple[float, tuple[float, ...]] = (-1.0, tuple(0.0 for _ in curves))
    for chosen in product(*options):
        left = money - sum(curve.fixed for curve, wanted in zip(curves, chosen, strict=True) if wanted)
        if left < 0:
            continue
        above = _filled(left, [curve for curve, wanted in zip(curves, chosen, strict=True) if wanted])
        spend = _placed(curves, chosen, above)
        worth = total_worth(spend, curves)
        if worth > best[0]:
            best = (worth, spend)
    return best[1]


def total_worth(spend: Sequence[float], curves: Sequence[Curve]) -> float:
    """What a split brings, in the curves' common unit."""
    from sim.numerics.elementary import exp

    total = 0.0
    for money, curve in zip(spend, curves, strict=True):
        above = max(0.0, money - curve.fixed)
        total += curve.worth * (1.0 - float(exp(-min(above / curve.half, 600.0)))) if curve.half > 0 else 0.0
    return total


def _filled(money: float, curves: Sequence[Curve]) -> list[float]:
    """Water filling over concave curves: spend = half x (ln(worth / half) - level), the level set by the money."""
    from sim.numerics.elementary import ln

    height = [float(ln(curve.worth / curve.half)) if curve.worth > 0 and curve.half > 0 else None for curve in curves]
    order = sorted((-top, place) for place, top in enumerate(height) if top is not None)
    spend = [0.0 for _ in curves]
    open_curves: list[int] = []
    weighted, halves, level = 0.0, 0.0, 0.0
    for minus_top, place in order:
        if open_curves and -minus_top <= level:
            break
        open_curves.append(place)
        weighted += curves[place].half * -minus_top
        halves += curves[place].half
        level = (weighted - money) / halves
    for place in open_curves:
        spend[place] = max(0.0, curves[place].half * (height[place] - level))  # type: ignore[operator]
    return spend


def _placed(curves: Sequence[Curve], chosen: Sequence[bool], above: Sequence[float]) -> tuple[float, ...]:
    rest = iter(above)
    return tuple(next(rest) + curve.fixed if wanted else 0.0 for curve, wanted in zip(curves, chosen, strict=True))
