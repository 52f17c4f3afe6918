"""Cells as amounts of money: signs of currency, thousands and decimals, and what is below 0."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from sim.equity.cells import Cells, RowLabels, cells_of, rows_of
from sim.equity.checks import HUGE, Floats

CURRENCIES = {
    "EUR": ("€",), "USD": ("$", "US$"), "GBP": ("£",), "JPY": ("¥",), "RUB": ("₽", "руб.", "руб", "р.", "р"),
    "CHF": ("Fr.", "SFr."), "BRL": ("R$",), "PLN": ("zł", "zl"), "CZK": ("Kč",), "HUF": ("Ft",), "kr": ("kr.",),
    "SEK": (), "NOK": (), "DKK": (), "INR": ("₹", "Rs.", "Rs"), "UAH": ("₴", "грн", "грн."), "KZT": ("₸",),
    "TRY": ("₺", "TL"), "ILS": ("₪",), "KRW": ("₩",), "CNY": ("RMB", "元"), "CAD": ("C$", "CA$"), "AUD": ("A$", "AU$"),
    "RON": ("lei",), "BGN": ("лв", "лв."), "ZAR": (), "MXN": ("MX$",), "SGD": ("S$",), "NZD": ("NZ$",), "THB": ("฿",),
    "PHP": ("₱",), "VND": ("₫",), "NGN": ("₦",), "AED": (), "HKD": ("HK$",),
}
"""Currencies by code, with the signs that are read as theirs."""
_CODES = {sign.casefold(): code for code, signs in CURRENCIES.items() for sign in (code, *signs)}
_SIGNS = "|".join(sorted((re.escape(sign) for sign in _CODES), key=len, reverse=True))
_SHAPE = re.compile(rf"(?P<open>\()?(?P<minus>[-+])?(?:{_SIGNS})?(?P<inner>[-+])?(?P<number>[\d.,]+(?:e[-+]?\d+)?)"
                    rf"(?P<behind>-)?(?:{_SIGNS})?(?P<after>-)?(?P<close>\))?", re.IGNORECASE)
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_SIGN_OF_CURRENCY = re.compile(rf"(?<![^\W\d_])(?:{_SIGNS})(?![^\W\d_])", re.IGNORECASE)
ALLOWED = ("is no amount; allowed are 1234.5, 1,234.50 or 1 234,50, below 0 -12.50, 12.50- or (12.50), and one sign of "
           "currency throughout")


def amounts_of(name: str, column: pd.Series[Any], decimal: str | None = None) -> Floats:
    """Amounts of a column of a table: 1234.5, 1,234.50, 1 234,50, (12.50), with or without a sign of currency.

    `decimal` is the sign before decimals, . or ,; else the column must show it.

    >>> amounts_of("total", pd.Series(["€ 1.234,50", "12", "(3)"])).tolist()
    [1234.5, 12.0, -3.0]
    """
    return amounts_in(name, cells_of(column), rows_of(column), decimal)


def amounts_in(name: str, cells: Cells, where: RowLabels, decimal: str | None = None) -> Floats:
    """The same for cells, with the labels of their rows."""
    if not cells.is_text:
        found = cells.distinct.astype(np.float64)
        bad = ~(np.abs(found) < HUGE)
        if bad.any():
            value = int(np.argmax(bad))
            raise ValueError(f"{name}, {where.of(cells.place(value))}: {float(found[value])!r} is no amount")
        return found[cells.codes]
    cells.refuse_empty(name, where)
    if decimal != "," and _are_plain(cells.distinct, decimal):
        return amounts_in(name, Cells(cells.distinct.astype(np.float64), cells.codes), where)
    _refuse_two_currencies(name, cells, where)
    parts = cells.each(name, where, _parts)
    point = decimal or _decimal_sign(name, [number for _, number in parts], cells, where)
    rest = iter(parts)

    def read(_: str) -> float:
        below, number = next(rest)
        return _value(below, number, point)

    return np.array(cells.each(name, where, read), dtype=np.float64)[cells.codes]


def _are_plain(texts: np.ndarray, decimal: str | None) -> bool:
    """Whether all are numbers as a computer writes them, and points surely stand before decimals."""
    known = (decimal == "." or any(_sign_of(text.lstrip("-")) == "." for text in texts)
             or not any("." in text for text in texts))
    return known and all(map(_PLAIN.fullmatch, texts))


def _parts(text: str) -> tuple[bool, str]:
    """Whether an amount is below 0, and its digits with their signs."""
    plain = _SPACES.sub("", text.replace("−", "-").replace("–", "-"))
    found = _SHAPE.fullmatch(plain)
    signs = [] if found is None else [found[one] for one in ("minus", "inner", "behind", "after", "open") if found[one]]
    if found is None or len(signs) > 1 or bool(found["open"]) != bool(found["close"]):
        raise ValueError(ALLOWED)
    return bool(signs) and signs != ["+"], found["number"]


def _value(below: bool, number: str, decimal: str) -> float:
    """A number whose decimal sign is known; the other sign stands between thousands, or it is no amount."""
    thousands = "," if decimal == "." else "."
    whole, _, rest = number.partition(decimal)
    if thousands in whole and re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{2,3}})*"
                                           rf"{re.escape(thousands)}\d{{3}}", whole):
        whole = whole.replace(thousands, "")
    plain = f"{whole}.{rest}" if rest else whole
    if not re.fullmatch(r"(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", plain, re.IGNORECASE) or not float(plain) < HUGE:
        raise ValueError(f"{ALLOWED}; the decimal sign is taken to be {decimal} (decimal)" if thousands in number
                         else ALLOWED)
    return -float(plain) if below else float(plain)


def _decimal_sign(name: str, numbers: list[str], cells: Cells, where: RowLabels) -> str:
    """Comma or point, by what the column itself shows."""
    first: dict[str, int] = {}
    for value, number in enumerate(numbers):
        first.setdefault(_sign_of(number), value)
    if "," in first and "." in first:
        value = max(first[","], first["."])
        raise ValueError(f"{name}, {where.of(cells.place(value))}: {cells.distinct[value]!r}: elsewhere in the column "
                         "the decimal sign is another one; use one of them throughout")
    if "?" in first and "," not in first and "." not in first:
        value = first["?"]
        raise ValueError(f"{name}, {where.of(cells.place(value))}: {cells.distinct[value]!r} may be thousands or "
                         "decimals, and no other amount tells; say which sign stands before decimals (decimal='.' or "
                         "decimal=',')")
    return "," if "," in first else "."


def _sign_of(text: str) -> str:
    """The decimal sign that a number shows: nothing where it shows none, ? where its sign may also mark thousands."""
    comma, point = text.count(","), text.count(".")
    if comma and point:
        return "," if text.rfind(",") > text.rfind(".") else "."
    if comma > 1 or point > 1:
        return "." if comma else ","
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
        return "?"
    return "," if comma else "." if point else ""


def _refuse_two_currencies(name: str, cells: Cells, where: RowLabels) -> None:
    """Amounts of two currencies cannot be added."""
    first: dict[str, int] = {}
    for value, text in enumerate(cells.distinct):
        for sign in _SIGN_OF_CURRENCY.findall(text):
            first.setdefault(_CODES[sign.casefold()], value)
    if len(first) > 1:
        (one, at), (other, there) = list(first.items())[:2]
        raise ValueError(f"{name}: amounts in {one} ({where.of(cells.place(at))}) and {other} "
                         f"({where.of(cells.place(there))}); they cannot be added: keep one currency, or convert them "
                         "first")
