"""A user's transaction log: any CSV file or table with customers, dates and amounts, read with clear complaints."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.equity.cells import RowLabels, amounts_of, customers_of, rows_of, times_of
from sim.text.words import nearest

NAMES: dict[str, tuple[str, ...]] = {
    "customer": ("customer_id", "customer", "customer_no", "customer_number", "customer_name", "cust_id", "client_id",
                 "client", "user_id", "user", "member_id", "member", "household_id", "household_key", "buyer_id",
                 "buyer", "account_id", "donor_id", "visitor_id", "email", "kunde", "kundennummer", "id_клиента",
                 "клиент", "покупатель", "id"),
    "date": ("date", "order_date", "purchase_date", "transaction_date", "invoice_date", "sale_date", "purchased_at",
             "created_at", "datetime", "date_time", "timestamp", "order_time", "дата", "дата_заказа", "дата_покупки",
             "datum", "day", "period", "week", "month", "time"),
    "amount": ("amount_money", "amount", "total", "total_amount", "total_price", "order_value", "revenue", "sales",
               "sales_value", "spend", "monetary_value", "dollar_value", "value", "price", "сумма", "сумма_заказа",
               "стоимость", "выручка", "betrag", "umsatz", "sum"),
}
"""Column names that are recognised, the likeliest first; letter case, spaces and signs do not matter."""
SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Log:
    """A log that was read: `frame` (customer_id, date, amount where there is one), and how it was read.

    `columns` says which column was taken for what, `notes` what a reader should know, in sentences.
    """

    frame: pd.DataFrame
    columns: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())


class RawLog(NamedTuple):
    """Columns by name, where each row stands in the file, and notes about the file."""

    columns: dict[str, pd.Series[Any]]
    where: RowLabels
    notes: tuple[str, ...]


def read_log(
    source: str | Path | pd.DataFrame, *, customer: str | None = None, date: str | None = None,
    amount: str | None = None, date_format: str | None = None, only: Mapping[str, str] | None = None,
) -> Log:
    """Read a log from a CSV file (separators , ; tab |; UTF-8, UTF-16 or Windows-1251) or from a DataFrame.

    Columns that are not named are guessed by common names, and `notes` tell what was taken; a log without amounts is
    fine. Dates: 2024-12-31 (with or without a time), 20241231, 31.12.2024, 31/12/2024 or 12/31/2024 where the column
    itself shows which; otherwise give `date_format` (as for strptime, "%d/%m/%Y"). Plain numbers (periods) stay
    numbers. Amounts: 1234.5, 1,234.50, 1 234,50, with or without a sign of currency. Rows with an amount below 0
    (returns) are left out and counted in `notes`. `only={"firm": "Root"}` keeps rows with that text in that column.

    Raises:
        TypeError, OSError: the source is neither a file nor a DataFrame, or cannot be opened.
        ValueError: no such column, none that looks right, or a cell that cannot be read; names column and line.

    >>> log = read_log(pd.DataFrame({"Client": ["a", "b"], "Date": ["2024-01-31", "2024-02-01"], "Sum": ["1,5", "2"]}))
    >>> log.columns, log.frame["amount"].tolist()
    ({'customer': 'Client', 'date': 'Date', 'amount': 'Sum'}, [1.5, 2.0])
    """
    read = _read(source)
    if date_format is not None and not isinstance(date_format, str):
        raise TypeError(f"date_format: a text like '%d/%m/%Y' is expected, not {date_format!r}")
    read = _only(read, {} if only is None else only)
    taken, notes = _choose(list(read.columns), {"customer": customer, "date": date, "amount": amount})
    cells = {role: read.columns[name].reset_index(drop=True) for role, name in taken.items()}
    frame = pd.DataFrame({"customer_id": customers_of(taken["customer"], cells["customer"], read.where)})
    frame["date"] = times_of(taken["date"], cells["date"], date_format, read.where)
    if "amount" in taken:
        frame["amount"] = amounts_of(taken["amount"], cells["amount"], read.where)
        returns = int((frame["amount"] < 0).sum())
        if returns:
            frame = frame[~(frame["amount"] < 0)]
            rows = "1 row" if returns == 1 else f"{returns:,} rows"
            notes.append(f"{rows} with an amount below 0 (returns) left out.")
    if not len(frame):
        raise ValueError("source: no purchases are left; at least one is needed")
    return Log(frame.reset_index(drop=True), taken, (*read.notes, *notes))


def _only(read: RawLog, only: Mapping[str, str]) -> RawLog:
    if not isinstance(only, dict):
        raise TypeError(f"only: a dictionary of column and text is expected, not {type(only).__name__}")
    if not only:
        return read
    kept = np.ones(read.where.numbers.size, dtype=bool)
    for name, wanted in only.items():
        if name not in read.columns:
            raise ValueError(f"only: {_no_column(name, list(read.columns))}")
        text = read.columns[name].astype(str).str.strip().to_numpy(dtype=object)
        kept &= text == str(wanted)
        if not kept.any():
            some = ", ".join(sorted(set(text.tolist()))[:6])
            raise ValueError(f"only: no row has {wanted!r} in the column {name}; there are {some}")
    columns = {name: column[kept] for name, column in read.columns.items()}
    return RawLog(columns, RowLabels(read.where.word, read.where.numbers[kept]), read.notes)


def _no_column(name: str, names: Sequence[str]) -> str:
    near = nearest(name, names)
    hint = f" (did you mean {near}?)" if near else ""
    return f"there is no column {name!r}{hint}; the columns are {', '.join(names)}"


def _choose(names: Sequence[str], wanted: Mapping[str, str | None]) -> tuple[dict[str, str], list[str]]:
    """Which column is what; the guesses in words."""
    plain = {re.sub(r"[\W_]+", "", name.casefold()): name for name in reversed(names)}
    taken: dict[str, str] = {}
    for role, name in wanted.items():
        if name is not None:
            if not isinstance(name, str):
                raise TypeError(f"{role}: the name of a column is expected, not {name!r}")
            if name not in names:
                raise ValueError(f"{role}: {_no_column(name, names)}")
            taken[role] = name
            continue
        known = (plain.get(re.sub(r"[\W_]+", "", one)) for one in NAMES[role])
        found = next((one for one in known if one is not None and one not in taken.values()), None)
        if found is not None:
            taken[role] = found
        elif role != "amount":
            raise ValueError(f"{role}: no column looks like it; the columns are {', '.join(names)}. Name the one.")
    notes = []
    for how, given in (("Columns as you named them", True), ("Columns taken by their names", False)):
        which = [f"{name} as {role}" for role, name in taken.items() if (wanted[role] is not None) == given]
        if which:
            notes.append(f"{how}: {', '.join(which)}.")
    if "amount" not in taken:
        notes.append("No column of amounts: purchases are counted, money is left out.")
    return taken, notes


def _read(source: Any) -> RawLog:
    if isinstance(source, pd.DataFrame):
        columns = {str(name): source.iloc[:, place] for place, name in enumerate(source.columns)}
        return RawLog(columns, rows_of(source), ())
    if not isinstance(source, str | Path):
        raise TypeError(f"source: a path or a DataFrame is expected, not {type(source).__name__}")
    path = Path(source)
    raw = path.read_bytes()
    text, encoding = _decoded(path, raw)
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=head.count)
    if not head.count(separator):
        raise ValueError(f"{path.name}: one column only; a CSV file with a line of names and columns separated by "
                         "comma, semicolon, tab or | is expected")
    names, body, lines = _table(path.name, csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    columns = {name: pd.Series(cells, dtype=object) for name, cells in zip(names, zip(*body, strict=True), strict=True)}
    notes = () if encoding == "utf-8" else (f"The file is read as {encoding}.",)
    return RawLog(columns, RowLabels("line", np.array(lines)), notes)


def _table(name: str, reader: Any) -> tuple[list[str], list[list[str]], list[int]]:
    """Names of the columns, rows, and the line in which each row ends; empty lines are passed over."""
    names: list[str] = []
    body, lines = [], []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if not names:
            names = [cell.strip() for cell in row]
            continue
        if len(row) != len(names):
            raise ValueError(f"{name}, line {reader.line_num}: {len(row)} cells, but the first line names "
                             f"{len(names)} columns")
        body.append(row)
        lines.append(reader.line_num)
    if not body:
        raise ValueError(f"{name}: no rows below the line of names")
    return names, body, lines


def _decoded(path: Path, raw: bytes) -> tuple[str, str]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16"), "UTF-16"
    for encoding, name in (("utf-8-sig", "utf-8"), ("cp1251", "Windows-1251")):
        try:
            return raw.decode(encoding), name
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{path.name}: neither UTF-8 nor UTF-16 nor Windows-1251; save it as UTF-8")
