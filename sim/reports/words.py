"""Numbers and names as a board reads them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from sim.runs.plan import AS_WRITTEN
from sim.studies.differences import in_words


def named(world: str) -> str:
    """A world as it is called in a sentence: a point of a grid by its values.

    >>> named("as written"), named("no_welcome"), named("firms.Root.price_cut.depth=0.1, product.price=9")
    ('the plan as written', '“no welcome”', '“price cut depth 0.1, price 9”')
    """
    if "=" in world:
        return f"“{', '.join(_setting(part) for part in world.split(', '))}”"
    return f"the plan {AS_WRITTEN}" if world == AS_WRITTEN else f"“{world.replace('_', ' ')}”"


def _setting(part: str) -> str:
    """One value of a point of a grid: its name without the section or the firm it stands in."""
    path, equals, value = part.partition("=")
    steps = path.split(".")
    steps = steps[2:] if steps[0] == "firms" else steps[1:]
    return f"{' '.join(steps).replace('_', ' ')} {value}" if equals and steps else part


def amount(value: float, unit: str, currency: str = "", signed: bool = False) -> str:
    """A number in its unit, with a real minus sign; a dash where it is not known.

    >>> amount(-4700.0, "money", "EUR"), amount(float("nan"), "share"), amount(0.1, "share", signed=True)
    ('−4,700 EUR', '–', '+10.0 points')
    """
    return in_words(value, unit, currency, signed).replace("-", "−") if isfinite(value) else "–"


def lead(value: float, unit: str, currency: str = "") -> str:
    """By how much somebody is ahead, for a sentence.

    >>> lead(980.0, "people"), lead(0.1, "share"), lead(4700.0, "money", "EUR")
    ('980 people', '10.0 points', '4,700 EUR')
    """
    told = amount(abs(value), unit, currency, signed=unit == "share").lstrip("+")
    return f"{told} {unit}" if unit in ("people", "purchases") else told


def span(low: float, high: float, unit: str, currency: str = "", signed: bool = False) -> str:
    """An interval; the unit stands at its end only.

    >>> span(9800.0, 17500.0, "money", "EUR"), span(0.09, 0.13, "share", signed=True)
    ('9,800 to 17,500 EUR', '+9.0 to +13.0 points')
    """
    if not (isfinite(low) and isfinite(high)):
        return "no interval"
    first = amount(low, unit, "", signed)
    for tail in (" points", " %"):
        first = first.removesuffix(tail)
    return f"{first} to {amount(high, unit, currency, signed)}"


def years(value: float) -> str:
    """A time that has passed.

    >>> years(1.0), years(2.5)
    ('1 year', '2.5 years')
    """
    return f"{value:g} year{'' if value == 1 else 's'}"



def counted(number: int, thing: str) -> str:
    """So many things.

    >>> counted(1, "run"), counted(1200, "run")
    ('1 run', '1,200 runs')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def first_capital(text: str) -> str:
    """The text with its first letter large.

    >>> first_capital("in 3 of 4 runs")
    'In 3 of 4 runs'
    """
    return text[:1].upper() + text[1:]


def paragraphs(text: str) -> Sequence[str]:
    """The text of a scenario file as paragraphs, without the line ends of the file."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
