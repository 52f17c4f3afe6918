"""A user's transaction log: any CSV file or table with customers, dates and amounts, read with clear complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd

from sim.equity.amounts import amounts_in
from sim.equity.cells import NOTHING, Cells, customers_of
from sim.equity.checks import Floats, one_of
from sim.equity.dates import DateForm, Times, read_times, times_of
from sim.equity.log_columns import NAMES, Wanted, choose, columns_note, no_column
from sim.equity.log_notes import copies_note, far_times, huge_amounts
from sim.equity.log_tables import RawLog, read_table
from sim.text.words import counted, suggestion

__all__ = ["NAMES", "Log", "LogReading", "form_of", "read_log", "time_in_words", "watched"]


@dataclass(frozen=True)
class Log:
    """A log that was read: `frame` (customer_id, date, amount where there is one), and how it was read.

    `columns` says which column was taken for what, `notes` what a reader should know, in sentences, `form` how times
    were read.
    """

    frame: pd.DataFrame
    columns: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())
    form: DateForm | None = None


class LogReading(TypedDict, total=False):
    """What may be said about a log beyond its columns of customers, dates and amounts; see `read_log`."""

    quantity: str | None
    price: str | None
    encoding: str | None
    decimal: str | None
    skip_guests: bool


def read_log(
    source: str | Path | pd.DataFrame, *, customer: str | None = None, date: str | None = None,
    amount: str | None = None, date_format: str | None = None, only: Mapping[str, str] | None = None,
    **how: Unpack[LogReading],
) -> Log:
    """Read a log from a CSV file (separators , ; tab | or blanks; also .gz), a workbook, or a DataFrame.

    Columns that are not named are guessed by common names, and `notes` tell what was taken; a log without amounts is
    fine. Where there is a `quantity` and a `price` and no amount, the amount is quantity × price. Rows with an amount
    or a quantity below 0 (returns) are left out and counted.

    Dates: 2024-12-31 (a time and a zone may follow), 20241231, 202412, 31.12.2024, 31/12/2024 or 12/31/2024 where the
    column itself shows which, seconds since 1970; otherwise give `date_format` (as for strptime, "%d/%m/%Y"; "days
    since 1899-12-30", "periods"). Small numbers are periods. Amounts: 1234.5, 1,234.50, 1 234,50, (12.50), with or
    without a sign of currency; `decimal` is the sign before decimals where no amount tells. `encoding`: of the letters,
    where they are neither UTF-8 nor what the file looks like. `only={"firm": "Root"}` keeps rows with that text in that
    column. `skip_guests` leaves rows without a customer out (an empty cell, NULL, n/a, …) and counts them.

    Raises:
        TypeError, OSError: the source is neither a file nor a DataFrame, or cannot be opened.
        ValueError: no such column, none that looks right, or a cell that cannot be read; names column and line.

    >>> log = read_log(pd.DataFrame({"Client": ["a", "b"], "Date": ["2024-01-31", "2024-02-01"], "Sum": ["1,5", "2"]}))
    >>> log.columns, log.frame["amount"].tolist()
    ({'customer': 'Client', 'date': 'Date', 'amount': 'Sum'}, [1.5, 2.0])
    """
    if not isinstance(source, str | Path | pd.DataFrame):
        raise TypeError(f"source: a path or a DataFrame is expected, not {type(source).__name__}")
    wanted = {"customer": customer, "date": date, "amount": amount, "quantity": how.get("quantity"),
              "price": how.get("price")}
    only = _checked(date_format, {} if only is None else only, how)
    path = source if isinstance(source, pd.DataFrame) else Path(source)
    read = _only(read_table(path, how.get("encoding"), lambda names: _needed(names, wanted, only)), only)
    found = _log_of(read, choose(list(read.columns), wanted), date_format, how)
    return replace(found, notes=(*read.notes, *columns_note(found.columns, wanted), *found.notes))


def watched(log: Log, until: Any = None) -> tuple[pd.DataFrame, Any, list[str]]:
    """The rows up to the end of watching, that end, and the notes of the log with what is to be said about it.

    Raises:
        TypeError, ValueError: `until` is no time as the log has them, or lies before the first purchase.
    """
    frame, notes, last = log.frame, list(log.notes), log.frame["date"].max()
    if until is None:
        assumed = "the last purchase; if purchases were recorded for longer, say until when (end)"
        return frame, last, [*notes, f"Watched until {time_in_words(last)}: {assumed}."]
    end = form_of(log).one("end", until)
    later = int((frame["date"] > end).sum())
    if later == len(frame):
        raise ValueError(f"end: {time_in_words(end)} is not allowed; nothing was bought by then (the first purchase: "
                         f"{time_in_words(frame['date'].min())})")
    if later:
        notes.append(f"{counted(later, 'row')} after {time_in_words(end)} left out.")
        frame = frame[frame["date"] <= end].reset_index(drop=True)
    return frame, end, notes


def form_of(log: Log) -> DateForm:
    """How the times of a log are written; a log made by hand shows it."""
    return log.form or times_of("date", log.frame["date"]).form


def time_in_words(time: Any) -> str:
    """A date, or the number of a period."""
    return f"{time:g}" if isinstance(time, float) else str(time)[:10]


def _log_of(read: RawLog, taken: dict[str, str], date_format: str | None, how: LogReading) -> Log:
    """The purchases among the rows, with the notes about them."""
    rows, copies = read.where.numbers.size, read.copies
    read, guests = _with_customers(read, taken["customer"], how.get("skip_guests", False))
    times = _times(read, taken["date"], date_format)
    columns: dict[str, Any] = {"customer_id": customers_of(read.cells(taken["customer"])), "date": times.values}
    amounts, returned = _amounts(read, taken, how.get("decimal"))
    if amounts is not None:
        columns["amount"] = amounts
    frame = pd.DataFrame(columns)
    if returned.any():
        frame, read = frame[~returned].reset_index(drop=True), read.kept(~returned)
    if not len(frame):
        raise ValueError("source: no purchases are left; at least one is needed")
    notes = [*guests, *_returns_note(returned, taken), times.form.note, *copies_note(copies, rows),
             *far_times(taken["date"], times.values[~returned], read.where)]
    if amounts is not None:
        notes += huge_amounts(taken.get("amount", "amount"), amounts[~returned], read.where)
    return Log(frame, taken, tuple(note for note in notes if note), times.form)


def _checked(date_format: Any, only: Any, how: LogReading) -> dict[str, str]:
    """Refuse what cannot say how a log is read; gives `only`."""
    for name in how:
        if name not in LogReading.__annotations__:
            raise TypeError(f"read_log has no option {suggestion(name, LogReading.__annotations__)}")
    if not isinstance(date_format, str | None):
        raise TypeError(f"date_format: a text like '%d/%m/%Y' is expected, not {date_format!r}")
    if not isinstance(only, dict):
        raise TypeError(f"only: a dictionary of column and text is expected, not {type(only).__name__}")
    if how.get("decimal") is not None:
        one_of("decimal", how["decimal"], (".", ","))
    return only


def _needed(names: list[str], wanted: Wanted, only: Mapping[str, str]) -> set[str]:
    taken = choose(names, wanted)
    for name in only:
        if name not in names:
            raise ValueError(f"only: {no_column(name, names)}")
    return {*taken.values(), *only}


def _only(read: RawLog, only: Mapping[str, str]) -> RawLog:
    """The rows with the texts that were asked for."""
    for name, text in only.items():
        cells = read.cells(name)
        there = [str(value) for value in cells.distinct]
        kept = np.array([one == str(text) for one in there])[cells.codes]
        if not kept.any():
            raise ValueError(f"only: no row has {text!r} in the column {name}; there are "
                             f"{', '.join(sorted(there)[:6])}")
        read = read.kept(kept)
    return read


def _with_customers(read: RawLog, name: str, skip: bool) -> tuple[RawLog, list[str]]:
    """The rows that name a customer; rows that do not are refused unless they are to be left out."""
    missing = read.cells(name).empty(NOTHING)
    count = int(missing.sum())
    if not count:
        return read, []
    if not skip:
        text = str(read.cells(name).distinct[read.cells(name).codes[int(np.argmax(missing))]])
        what = "the cell is empty" if text in ("", "nan") else f"{text!r} is no customer"
        raise ValueError(f"{name}, {read.where.of(int(np.argmax(missing)))}: {what} ({counted(count, 'row')} of "
                         f"{missing.size:,}); rows without a customer can be left out (skip_guests)")
    return read.kept(~missing), [f"{counted(count, 'row')} of {missing.size:,} without a customer left out."]


def _times(read: RawLog, name: str, date_format: str | None) -> Times:
    column = read.columns[name]
    if not isinstance(column, Cells) and column.dtype.kind == "M":
        return times_of(name, column, read.where)
    return read_times(name, read.cells(name), read.where, date_format)


def _amounts(read: RawLog, taken: Mapping[str, str], decimal: str | None) -> tuple[Floats | None, np.ndarray]:
    """The amount of every row, if there are amounts, and which rows are returns."""
    parts = {role: amounts_in(taken[role], read.cells(taken[role]), read.where, decimal)
             for role in ("amount", "quantity", "price") if role in taken}
    amounts = parts["quantity"] * parts["price"] if "price" in parts else parts.get("amount")
    returned = np.zeros(read.where.numbers.size, dtype=bool)
    for values in parts.values():
        returned |= values < 0
    return amounts, returned


def _returns_note(returned: np.ndarray, taken: Mapping[str, str]) -> list[str]:
    count = int(returned.sum())
    what = "a quantity or an amount" if "quantity" in taken else "an amount"
    return [f"{counted(count, 'row')} with {what} below 0 (returns) left out."] if count else []
