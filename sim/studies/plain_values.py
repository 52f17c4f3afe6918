"""Numbers and names of factors as people read them: short numbers that mean what they say, no underscores."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sim.studies.factors import SNAP, Factor


def short_name(factor: Factor) -> str:
    """The end of a factor's name, as people read it.

    >>> short_name(Factor("people.purchases_per_year.mean", 0, 1)), short_name(Factor("firms.Root.price", 0, 1))
    ('purchases per year: mean', 'price')
    """
    return factor.short.replace(".", ": ").replace("_", " ")


def plain_value(factor: Factor, move: float) -> float:
    """A short number at or just beyond a move (in units of the range), never beyond the end of the range.

    Rounded away from the scenario's own value, so that who types the printed number has gone at least as far; three
    digits where that adds less than a hundredth of the way to the end, else more. An end of a range that is itself no
    short number is rounded into the range, by at most a thousandth of the way.

    >>> margin = Factor("product.margin", 0.333333333333, 0.666666666667, 0.5)
    >>> plain_value(margin, -0.2), plain_value(margin, 0.2003), plain_value(margin, 0.5)
    (0.433, 0.567, 0.6666)
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
    """A number with so many digits, rounded up (way above 0) or down; one that is short already stays.

    >>> _rounded(0.12345, 3, 1.0), _rounded(0.12345, 3, -1.0), _rounded(-4.004, 3, -1.0), _rounded(0.6, 3, 1.0)
    (0.124, 0.123, -4.01, 0.6)
    """
    exact = Decimal(f"{value:.12g}")
    if not exact:
        return 0.0
    last = Decimal(1).scaleb(exact.adjusted() + 1 - digits)
    return float(exact.quantize(last, rounding=ROUND_CEILING if way > 0 else ROUND_FLOOR))
