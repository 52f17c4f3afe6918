"""Self-checks of exercises that hint and do not tell: inside the interval, right sign, right word, replays.

Each gives an object to print, which is true where the answer is right. No answer yet (`...`) is no error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from math import isfinite
from numbers import Real
from typing import Any

from sim.teaching.forecasts import Told, is_missing
from sim.teaching.markets import GRADED, leading, same_number, sure_leader, values_of
from sim.text.language import tr
from sim.text.words import suggestion

SIGNS = {"higher": 1, "more": 1, "lower": -1, "less": -1, "too close to call": 0, "too close": 0}
"""Words for a sign, beside a number."""
SEALED = "sealed:"
"""How a right word begins that is not to be read in the cell (see `sealed`)."""


def inside(answer: Any, interval: Any, hint: str = "") -> Told:
    """Whether a number lies inside an interval: a pair, or a row of a table with `low` and `high`.

    >>> inside(0.21, (0.2, 0.3)), inside(..., (0.2, 0.3)), inside(21, (0.2, 0.3), "Look at the unit.")
    (Right: it lies inside the interval., No answer yet: put it in place of the dots., Not yet: a share is \
asked for, and this looks like per cent. Look at the unit.)
    """
    low, high = _ends(interval)
    if (number := _number(answer)) is None:
        return _no_number(answer)
    if low <= number <= high:
        return Told(tr("Right: it lies inside the interval."), True)
    if low <= number / 100 <= high and max(abs(low), abs(high)) <= 1:
        return _not_yet(tr("Not yet: a share is asked for, and this looks like per cent."), hint)
    if low <= -number <= high:
        return _not_yet(tr("Not yet: the size is right, the sign is not."), hint)
    far = abs(number - (low + high) / 2) > 5 * (high - low)
    if number < low:
        return _not_yet(tr("Not yet: far too low.") if far else tr("Not yet: a little too low."), hint)
    return _not_yet(tr("Not yet: far too high.") if far else tr("Not yet: a little too high."), hint)


def sign(answer: Any, interval: Any, hint: str = "") -> Told:
    """Whether an answer has the sign of a difference whose interval is given; where it holds 0, nobody is ahead.

    The answer is a number, or "higher", "lower" or "too close to call".

    >>> sign("higher", (0.1, 0.4)), sign(-3, (-1, 1), "Does the interval hold 0?")
    (Right., Not yet: the runs do not show a sign so surely. Does the interval hold 0?)
    """
    low, high = _ends(interval)
    said = SIGNS.get(answer.strip().casefold()) if isinstance(answer, str) else _number(answer)
    if said is None:
        return _no_number(answer, tr('Not yet: a number is asked for, or "higher", "lower", "too close to call".'))
    true = (low > 0) - (high < 0)
    if (said > 0) - (said < 0) == true:
        return Told(tr("Right."), True)
    if true == 0:
        return _not_yet(tr("Not yet: the runs do not show a sign so surely."), hint)
    return _not_yet(tr("Not yet: the runs show more than that.") if said == 0 else
                    tr("Not yet: it goes the other way."), hint)


def word(answer: Any, right: str, hint: str = "") -> Told:
    """Whether a word is the right one, or a number to three digits; `right` may be sealed: one does not read it then.

    >>> word("Root ", sealed("root")), word("Rush", "Root", "Who keeps whom?"), word(269.9996, sealed("270"))
    (Right., Not yet: another one. Who keeps whom?, Right.)
    """
    if is_missing(answer):
        return _no_number(answer)
    wanted = right if right.startswith(SEALED) else sealed(right)
    fits = sealed(str(answer) if (number := _number(answer)) is None else f"{number:.3g}") == wanted
    return Told(tr("Right."), True) if fits else _not_yet(tr("Not yet: another one."), hint)


def sealed(right: str) -> str:
    """A word as its digest, to be compared with an answer; capitals and blanks do not count.

    >>> sealed("Root") == sealed(" root "), sealed("Root").startswith(SEALED)
    (True, True)
    """
    plain = " ".join(right.casefold().split())
    return SEALED + hashlib.sha256(f"clientele {plain}".encode()).hexdigest()[:16]


def replays(
    answer: Any, scenario: Any, seed: Any, *, metric: str, firm: str, overrides: Mapping[str, Any] | None = None,
) -> Told:
    """Whether one run of a scenario with this seed gives the number at its end, to its last shown digit.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric or firm, or the seed is none.
    """
    if (number := _number(answer)) is None or is_missing(seed):
        return _no_number(answer)
    found = values_of(scenario, seed, metric, overrides)
    if firm not in found:
        raise ValueError(tr("There is no firm {firm} here; {there}", firm=repr(firm), there=suggestion(firm, found)))
    if not same_number(number, found[firm]):
        return _not_yet(tr("It does not replay: with this scenario, these changes and this seed there is another "
                           "number."))
    return Told(tr("It replays: the same seed gives the same number."), True)


def wins(answer: Any, scenario: Any, *, seed: Any, metric: str = GRADED, hint: str = "") -> Told:
    """Whether this firm is ahead in a market, over ten runs; where they show nobody surely, in the run of `seed`.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric.
    """
    if is_missing(answer) or is_missing(seed):
        return _no_number(...)
    leader = sure_leader(scenario, metric) or leading(values_of(scenario, seed, metric))
    if str(answer).strip().casefold() == leader.casefold():
        return Told(tr("Right: ten runs show it, or your own where they are too close."), True)
    return _not_yet(tr("Not yet: the runs show another one."), hint)


def _ends(interval: Any) -> tuple[float, float]:
    row = interval if isinstance(interval, tuple | list) else (interval["low"], interval["high"])
    low, high = sorted(map(float, row))
    return low, high


def _number(answer: Any) -> float | None:
    return float(answer) if isinstance(answer, Real) and not isinstance(answer, bool) and isfinite(answer) else None


def _not_yet(text: str, hint: str = "") -> Told:
    return Told(f"{text} {hint}" if hint else text, False)


def _no_number(answer: Any, otherwise: str = "") -> Told:
    if is_missing(answer):
        return _not_yet(tr("No answer yet: put it in place of the dots."))
    return _not_yet(otherwise or tr("Not yet: a number is asked for, without quotes or units."))
