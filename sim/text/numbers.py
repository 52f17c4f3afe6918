"""Numbers as people read them: one format for amounts, differences, intervals and shares, wherever they are printed.

Money is written "EUR 61,200", shares "61 %", differences of shares in points. A difference carries its sign.
In Russian: "61 200 евро", with blanks that do not break, "0,5", "−11 п. п."; an amount of another currency ends with
its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from sim.text.language import language, marked, tr

MARKS: Mapping[str, dict[int, int]] = {"ru": str.maketrans(",.-", "\u00a0,\u2212")}
"""How the signs of a number in English are written in another language."""
CURRENCIES = (marked("EUR"), marked("USD"), marked("RUB"))
COUNTED = ("money", "share", "people", "purchases", "units", "points", "months")
"""Units with few decimals; every other unit lies between 0 and 1 or so."""
MISSING = "-"


def written(number: str) -> str:
    """A number written in English, as the language that is spoken writes it.

    >>> from sim.text.language import speaking
    >>> with speaking("ru"):
    ...     written("-1,234.5")
    '−1\\xa0234,5'
    """
    marks = MARKS.get(language())
    return number.translate(marks) if marks else number


def currency_in_words(code: str) -> str:
    """A currency beside an amount: its code, or its name where the language has one.

    >>> currency_in_words("EUR")
    'EUR'
    """
    return tr(code) if code in CURRENCIES else code


def amount(value: float, unit: str, currency: str = "") -> str:
    """A level in its unit.

    >>> amount(61200, "money", "EUR"), amount(-9.5, "money", "EUR"), amount(0.61, "share"), amount(0.032, "share")
    ('EUR 61,200', '-EUR 9.50', '61 %', '3.2 %')
    >>> amount(410.2, "people"), amount(0.523, "0..1"), amount(float("nan"), "share")
    ('410', '0.52', '-')
    >>> amount(-0.001, "money"), amount(-0.001, "money", "EUR"), amount(-0.0001, "share"), amount(-0.2, "people")
    ('0.00', 'EUR 0.00', '0.0 %', '0')
    """
    if not isfinite(value):
        return MISSING
    text = _size_of(abs(value), unit)
    sign = "-" if value < 0 and text.strip("0., %") else ""  # no "-0.00"
    return with_currency(sign + text, currency if unit == "money" else "")


def _size_of(size: float, unit: str) -> str:
    if unit == "money":
        return f"{size:,.0f}" if size >= 100 or size == 0 else f"{size:,.2f}"
    if unit == "share":
        return f"{100 * size:.1f} %" if 0 < size < 0.1 else f"{100 * size:.0f} %"
    if not unit:
        text = f"{size:,.{_three_digits(size)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{size:,.0f}" if unit in COUNTED else f"{size:,.2f}"


def signed(value: float, unit: str, currency: str = "", size: float | None = None) -> str:
    """A difference with its sign; shares in points. `size` decides how many decimals are worth showing.

    >>> signed(13700, "money"), signed(-13700, "money", "EUR"), signed(-0.112, "share"), signed(0, "people")
    ('+13,700', '-EUR 13,700', '-11 points', '0')
    >>> signed(9, "people", size=50), signed(0.0312, "0..1"), signed(6.2, "")
    ('+9', '+0.031', '+6.20')
    """
    if not isfinite(value):
        return MISSING
    text = _signed(value, unit, size)
    return written(text) if text == "0" else _with_unit(text, unit, currency)


def _signed(value: float, unit: str, size: float | None = None) -> str:
    """The number of a difference in English, without its unit."""
    if value == 0:
        return "0"
    scale = 100.0 if unit == "share" else 1.0
    largest = scale * abs(value if size is None else size)
    decimals = 0 if largest >= 9.95 else 1 if largest >= 0.095 or unit != "money" else 2
    if unit not in COUNTED:
        decimals = _three_digits(largest)
    rounded = round(scale * value, decimals) or 0.0  # no "-0.0"
    return f"{rounded:+,.{decimals}f}"


def _with_unit(text: str, unit: str, currency: str) -> str:
    """The number of a difference with its unit: shares in points, money in its currency."""
    if unit == "share":
        return f"{written(text)} {points()}"
    return with_currency(text, currency if unit == "money" else "")


def points() -> str:
    """The unit of a difference of shares."""
    return tr("points")


def without_points(text: str) -> str:
    """A difference of shares without its unit, where that is written elsewhere."""
    return text.removesuffix(f" {points()}")


def gap(value: float, unit: str, currency: str = "") -> str:
    """How far two numbers are apart, without a sign; shares in points.

    >>> gap(-0.111, "share"), gap(250.4, "money", "EUR")
    ('11 points', 'EUR 250')
    """
    return signed(abs(value), unit, currency).removeprefix("+")


def span(low: float, high: float, unit: str, currency: str = "") -> str:
    """The two ends of the interval of a difference, the unit written once.

    >>> span(0.09, 0.13, "share"), span(0.3, 16, "people"), span(-420, 1300, "money", "EUR")
    ('+9 to +13 points', '+0.3 to +16', '-EUR 420 to +EUR 1,300')
    """
    size = max(abs(low), abs(high))
    ends = []
    for end in (low, high):
        vanishes = isfinite(end) and not _signed(end, unit, size).strip("+-0.,")
        ends.append(signed(end, unit, currency, None if vanishes else size))  # one must see on which side of 0 it lies
    return tr("{low} to {high}", low=without_points(ends[0]), high=ends[1])


def between(low: float, high: float, unit: str) -> str:
    """The two ends of the interval of a level, with as many decimals as the larger one is worth.

    >>> between(0.58, 0.64, "share"), between(98.2, 104.1, "money"), between(0.481, 0.523, "0..1")
    ('58 to 64 %', '98 to 104', '0.48 to 0.52')
    """
    whole = unit == "money" and max(abs(low), abs(high)) >= 100
    ends = [amount(end, "units" if whole else unit) for end in (low, high)]
    return tr("{low} to {high}", low=ends[0].removesuffix(" %"), high=ends[1])


def percent(share: float, decimals: int = 0) -> str:
    """A share in percent.

    >>> percent(0.953), percent(0.0312, 1)
    ('95 %', '3.1 %')
    """
    return written(f"{100 * share:.{decimals}f} %") if isfinite(share) else MISSING


def day_in_words(stamp: str) -> str:
    """A date of ISO 8601, with the time of day where it has one; in Russian "30.11.2026 14:05".

    >>> day_in_words("2026-11-30"), day_in_words("2026-11-30T14:05")
    ('2026-11-30', '2026-11-30 14:05')
    """
    day, _, time = stamp.partition("T")
    return " ".join(filter(None, (".".join(reversed(day.split("-"))) if language() == "ru" else day, time)))


def _three_digits(size: float) -> int:
    """Decimals at which a number shows three digits; three for numbers below 1."""
    return next((decimals for decimals, least in enumerate((99.95, 9.995, 0.9995)) if size >= least), 3)


def with_currency(text: str, currency: str) -> str:
    """A number written in English with its currency, both as the language that is spoken writes them.

    >>> with_currency("-20", "EUR"), with_currency("20", "")
    ('-EUR 20', '20')
    """
    if not currency:
        return written(text)
    digits = text.lstrip("+-")
    return tr("{sign}{currency} {digits}", sign=written(text.removesuffix(digits)),
              currency=currency_in_words(currency), digits=written(digits))
