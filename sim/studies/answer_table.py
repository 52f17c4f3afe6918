"""The table of an answer on a terminal: a few columns, every number in its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from sim.text.console import INDENT, WIDTH
from sim.text.console import columns as aligned
from sim.text.language import marked, tr
from sim.text.numbers import MISSING, amount, currency_in_words, gap, percent, signed, without_points, written
from sim.text.words import name_or_words

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS, MOST_COLUMNS = 12, 10
Form = Literal["plain", "amount", "signed", "gap", "share", "metric", "interval"]
OF_ROW = "of the row"


@dataclass(frozen=True)
class Field:
    """A column that is shown: what stands above it, and how its values are written.

    `head` and `unit` are templates that may name the words beside the table (its `attrs`); `unit` may also be `OF_ROW`,
    the row's own. Money is named above the column where all of it has one unit, else in the cells. `signed` numbers are
    differences between two options; where the question has one option only they are levels; `interval` stands for them
    and half of their interval (`low` to `high`). `when`: shown only where this word beside the table is true.
    """

    name: str
    head: str | None = None
    form: Form = "plain"
    unit: str = "{unit}"
    when: str = ""

    def heading(self, words: Mapping[Any, Any]) -> str:
        """What stands above the column."""
        head = tr(self.name.replace("_", " ") if self.head is None else self.head).format(**words)
        money = self._has_unit and self.unit != OF_ROW and self.unit.format(**{"unit": "", **words}) == "money"
        return f"{head}, {currency_in_words(words['currency'])}" if money and words.get("currency") else head

    def cell(self, row: Mapping[Any, Any], words: Mapping[Any, Any]) -> str:
        """One value in words."""
        value = row[self.name]
        if value is None or (isinstance(value, float) and not isfinite(value)):
            return MISSING
        if isinstance(value, bool):
            return tr("yes") if value else tr("no")
        if isinstance(value, str):
            return (_metric_name(value) if self.form == "metric" else
                    name_or_words(value) if self.name in ("verdict", "variant") else value)
        if self.form == "share":
            return percent(value)
        if not self._has_unit:
            return written(f"{value:,.4g}" if isinstance(value, float) else f"{value:,}")
        own = self.unit == OF_ROW
        unit = str(row["unit"]) if own else self.unit.format(**{"unit": "", **words})
        currency = str(words.get("currency", "")) if own else ""
        if self.form == "interval":
            half = gap((row["high"] - row["low"]) / 2, unit)
            return f"{without_points(signed(value, unit))} ± {half}" if isfinite(row["low"]) else signed(value, unit)
        if self.form == "amount" or not words.get("option_a", "a"):
            return amount(value, unit, currency)
        return signed(value, unit, currency) if self.form == "signed" else gap(value, unit, currency)

    @property
    def _has_unit(self) -> bool:
        return self.form in ("amount", "signed", "gap", "interval")


LABEL, VERDICT = Field("label", ""), Field("verdict", marked("verdict"))
DIFFERENCE = Field("difference", marked("difference"), form="signed")
LOW, HIGH = Field("low", marked("from"), "signed"), Field("high", marked("to"), "signed")
SHARE_B = Field("share_b", marked("{option_b} ahead"), "share")
STANDARD = (LABEL, DIFFERENCE, LOW, HIGH, SHARE_B, VERDICT)
"""What most answers show; an answer whose table has hardly any of them shows its first columns as they are."""


def table_lines(table: pd.DataFrame, columns: Sequence[Field] = STANDARD, rest: str = "") -> list[str]:
    """The columns that the table has, the first rows of it; `rest` says where the others are.

    >>> import pandas as pd
    >>> found = pd.DataFrame({"label": ["crisis"], "difference": [-1200.0], "low": [-1500.0], "high": [-900.0]})
    >>> found.attrs = {"unit": "money", "currency": "EUR"}
    >>> for line in table_lines(found): print(line)
            difference, EUR  from, EUR  to, EUR
    crisis           -1,200     -1,500     -900
    """
    if table.empty:
        return []
    chosen = [column for column in columns if column.name in table.columns
              and (not column.when or table.attrs.get(column.when))]
    if len(chosen) < 2:
        chosen = [Field(str(name)) for name in table.columns[:MOST_COLUMNS]]
    rows: list[dict[Any, Any]] = table.head(MOST_ROWS).to_dict("records")
    left = [place for place, column in enumerate(chosen) if isinstance(rows[0][column.name], str)]
    heads = [column.heading(table.attrs) for column in chosen]
    body = aligned([heads, *([column.cell(row, table.attrs) for column in chosen] for row in rows)], left,
                   width=WIDTH - INDENT)
    more = len(table) - len(rows)
    rest = rest or tr("… and {more} more: --out saves them all.")
    return [*body, *([rest.format(more=more)] if more > 0 else [])]


def _metric_name(metric: str) -> str:
    from sim.metrics.registry import metric_in_words

    return metric_in_words(metric)
