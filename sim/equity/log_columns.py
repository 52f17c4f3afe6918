"""Which column of a log is what: by the names that people give them, or as one says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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
               "sales_value", "spend", "monetary_value", "dollar_value", "value", "сумма", "сумма_заказа",
               "стоимость", "выручка", "betrag", "umsatz", "sum"),
    "quantity": ("quantity", "qty", "quantity_ordered", "units", "number_of_items", "items", "menge", "anzahl",
                 "количество", "кол-во"),
    "price": ("unit_price", "price_per_unit", "price_each", "item_price", "price", "stückpreis", "einzelpreis", "preis",
              "цена", "цена_за_единицу"),
}
"""Column names that are recognised, the likeliest first; letter case, spaces and signs do not matter."""
_DURATIONS = ("tenure", "tenure_months", "duration", "lifetime", "months", "survival_time")
_ENDS = ("churn", "churned", "event", "status", "left", "cancelled", "observed", "exited")
"""Names of columns in a table of durations, which is no log of purchases."""
Wanted = Mapping[str, str | None]
"""The column that was named for each role, or None."""


def choose(names: Sequence[str], wanted: Wanted) -> dict[str, str]:
    """The column of every role: customer, date and, where there are such, amount or price, and quantity.

    A price counts as the amount where there is no quantity, and not at all where there is an amount.

    Raises:
        TypeError, ValueError: a column that was named is not there, or none looks like customers or dates.

    >>> choose(["Invoice", "Quantity", "InvoiceDate", "Price", "Customer ID"], {})
    {'customer': 'Customer ID', 'date': 'InvoiceDate', 'quantity': 'Quantity', 'price': 'Price'}
    """
    taken = {role: _named(role, name, names) for role, name in wanted.items() if name is not None}
    plain = {_plain(name): name for name in reversed(names)}
    for role, known in NAMES.items():
        if role not in taken:
            found = (plain.get(_plain(one)) for one in known)
            name = next((one for one in found if one is not None and one not in taken.values()), None)
            if name is not None:
                taken[role] = name
    for role in ("customer", "date"):
        if role not in taken:
            raise ValueError(_durations(plain) or f"{role}: no column looks like it; the columns are "
                             f"{', '.join(names)}. Name the one.")
    _settle(taken, names, wanted)
    return {role: taken[role] for role in NAMES if role in taken}


def columns_note(taken: Mapping[str, str], wanted: Wanted) -> list[str]:
    """Which column was taken for what, in sentences."""
    notes = []
    for how, given in (("Columns as you named them", True), ("Columns taken by their names", False)):
        which = [f"{name} as {role}" for role, name in taken.items() if (wanted.get(role) is not None) == given]
        if which:
            notes.append(f"{how}: {', '.join(which)}.")
    if "price" in taken:
        notes.append(f"Amount: {taken['quantity']} × {taken['price']}.")
    elif "amount" not in taken:
        notes.append("No column of amounts: purchases are counted, money is left out.")
    return notes


def no_column(name: str, names: Sequence[str]) -> str:
    """A column that is not there, with the nearest one and all others."""
    near = nearest(name, names)
    hint = f" (did you mean {near}?)" if near else ""
    return f"there is no column {name!r}{hint}; the columns are {', '.join(names)}"


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _named(role: str, name: str, names: Sequence[str]) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{role}: the name of a column is expected, not {name!r}")
    if name not in names:
        raise ValueError(f"{role}: {no_column(name, names)}")
    return name


def _settle(taken: dict[str, str], names: Sequence[str], wanted: Wanted) -> None:
    """One way to the amount: its own column, else quantity × price, else the price alone."""
    if wanted.get("price") is not None:
        if wanted.get("amount") is not None:
            raise ValueError("price: an amount is named too; the amount is one of them, or quantity × price")
        if "quantity" not in taken:
            raise ValueError(f"quantity: no column looks like it; the columns are {', '.join(names)}. Name the one.")
        taken.pop("amount", None)
    elif "amount" in taken:
        taken.pop("price", None)
    elif "price" in taken and "quantity" not in taken:
        taken["amount"] = taken.pop("price")


def _durations(plain: Mapping[str, str]) -> str:
    """What to do with a table of durations; empty where it is none."""
    lasted, ended = ([plain[_plain(one)] for one in known if _plain(one) in plain] for known in (_DURATIONS, _ENDS))
    if not lasted or not ended:
        return ""
    return (f"date: this looks like a table of durations ({lasted[0]}, {ended[0]}), one row per customer, not like a "
            "log of purchases; see sim.equity.survival (kaplan_meier, survival_fits)")
