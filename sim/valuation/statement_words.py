"""The statement of customer equity in words and aligned columns, and the rows of its picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.scenario.schema.market import Money
from sim.valuation.movements import GROUPS, LINES, PARTS, STEPS

if TYPE_CHECKING:
    import pandas as pd

    from sim.valuation.statement import EquityStatement

BASES = {
    "estimate": "estimated from what the run had shown by each date (first form)",
    "truth": "true expected values: the world run on many times from each date, firms going on as before",
    "hindsight": "what the run then showed, to the end of the record",
}
PART_WORDS = {"today": "today's customers", "future": "future ones, net", "shared": "shared costs", "total": "all"}
PART_TITLES = {
    "today": "today's customers", "future": "future customers, net of what winning them will cost",
    "shared": "costs that belong to nobody", "total": "today's and future customers, less all costs to come",
}
STEP_WORDS = {
    "unwinding": "unwinding of discount", "contributions": "contributions received", "horizon": "horizon moved on",
}


def terms_in_words(money: Money, basis: str = "") -> str:
    """Horizon, discount rate and timing, and the basis where one is given, in one or two sentences.

    >>> terms_in_words(Money())
    'Horizon 5 years; 10 % a year discounted; money of a period counts from its start. Money of each date.'
    """
    when = "from its start" if money.first_margin == "at_start" else "one period later"
    words = f"Horizon {money.equity_horizon_years:g} year{'' if money.equity_horizon_years == 1 else 's'}; "
    words += f"{100 * money.discount_rate:g} % a year discounted; money of a period counts {when}. Money of each date."
    return f"{words} Basis: {BASES[basis]}." if basis else words


def waterfall_table(table: pd.DataFrame, part: str, years: tuple[float, float]) -> pd.DataFrame:
    """The rows of one part of a statement, for the picture; lines that are 0 for every firm are left out.

    Raises:
        ValueError: there is no such part.
    """
    if part not in PARTS:
        raise ValueError(f"part: {part!r} is not allowed; {', '.join(PARTS)}")
    value = "mean" if "mean" in table.columns else "amount_money"
    chosen = table[table["part"] == part]
    empty = chosen.groupby("line")[value].agg(lambda amounts: bool((amounts == 0).all()))
    drop = [name for name in LINES[1:-1] if empty.get(name, True)]
    found = chosen[~chosen["line"].isin(drop)].reset_index(drop=True)
    found.attrs = {**table.attrs, "part": PART_TITLES[part], "start_year": years[0], "end_year": years[1]}
    return found


def statement_text(statement: EquityStatement) -> str:
    """A table and a reconciliation per firm, in whole units of the currency; all numbers are in `table()`."""
    currency, (begin, close) = statement.money.currency, statement.years
    lines = [f"Statement of customer equity, year {begin:g} to year {close:g}, {currency}.",
             statement.terms_in_words]
    minor, unsure = statement.minor_units, bool(statement.errors.any())
    for place, firm in enumerate(statement.firms):
        head = [firm, "persons", *(PART_WORDS[part] for part in PARTS), *(["standard error"] * unsure)]
        rows = [head]
        for at, name in enumerate(LINES):
            amounts = [_amount(amount / minor) for amount in statement.amounts[place, :, at]]
            error = [_amount(statement.errors[place, -1, at] / minor)] if unsure else []
            rows.append([name, _count(int(statement.heads[place, -1, at]), name), *amounts, *error])
        lines += ["", *aligned(rows)]
        rows = [["the same persons", *GROUPS]]
        rows += [[STEP_WORDS.get(name, name), *(_amount(amount / minor) for amount in statement.steps[place, :, at])]
                 for at, name in enumerate(STEPS) if name != "rounding"]
        lines += ["", *aligned(rows)]
    return "\n".join([*lines, *([""] if statement.notes else []), *statement.notes])


def _amount(value: float) -> str:
    return f"{round(value) or 0:,}"


def _count(people: int, line: str) -> str:
    return "" if line == "costs to come" else f"{people:,}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of words as lines: the first column to the left, all others to the right.

    >>> aligned([["", "a"], ["sum", "10"]])
    ['      a', 'sum  10']
    """
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(word.rjust(width) if place else word.ljust(width)
                      for place, (word, width) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows]
