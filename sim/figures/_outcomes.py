"""What a table of an experiment is about, in words, as its attributes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.figures.style import currency_of

if TYPE_CHECKING:
    import pandas as pd


def amount(value: float, unit: str, currency: str = "", signed: bool = False) -> str:
    """A number in its unit; nothing is 0 in every unit.

    >>> amount(0.0, "money", "EUR"), amount(12000.0, "money", "EUR"), amount(0.25, "share", signed=True)
    ('0', '12,000 EUR', '+25.0 points')
    """
    from sim.studies.differences import in_words

    return in_words(value, unit, currency, signed) if abs(value) > 1e-12 or value != value else "0"


def in_brackets(unit: str, currency: str) -> str:
    """A unit behind a name; nothing for shares, which carry their per cent.

    >>> in_brackets("money", "EUR"), in_brackets("share", "EUR"), in_brackets("people", "")
    (' (EUR)', '', ' (people)')
    """
    said = currency if unit == "money" and currency else "" if unit == "share" else unit
    return f" ({said})" if said else ""


def unit_of(table: pd.DataFrame) -> str:
    """The unit of the outcome."""
    return str(table.attrs.get("unit", ""))


def outcome_of(table: pd.DataFrame, unit: bool = True) -> str:
    """The outcome in words, whose lead over whom it is where two options are compared, and its unit.

    >>> import pandas as pd
    >>> table = pd.DataFrame()
    >>> table.attrs |= {"outcome_words": "profit", "option_a": "Rush", "option_b": "Root", "unit": "money"}
    >>> outcome_of(table)
    'profit, Root minus Rush (money)'
    """
    attrs = table.attrs
    words = str(attrs.get("outcome_words") or attrs.get("outcome") or "the outcome")
    a, b = str(attrs.get("option_a") or ""), str(attrs.get("option_b") or "")
    who = f", {b} minus {a}" if a and b else f" of {a or b}" if a or b else ""
    return words + who + (in_brackets(unit_of(table), currency_of(table)) if unit else "")
