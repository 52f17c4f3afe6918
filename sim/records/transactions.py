"""Purchases and costs of single customers, one row each, and the plain arithmetic of such rows.

A pair of firm and customer has one number, its *tie*: place of the firm × people + customer. Totals by tie are counted
in whole numbers, so no order of adding matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_COLUMNS: dict[str, type[np.generic]] = {
    "period": np.int32, "customer": np.int64, "firm": np.int16, "units": np.int32,
    "amount": np.int64, "given": np.int64, "margin": np.int64,
}
_BOOKED = ("units", "amount", "given", "margin")


@dataclass(frozen=True)
class Transactions:
    """One row per period, firm and customer with a purchase or a cost, sorted in this order. Money in minor units.

    `units` counts purchases; a row with 0 units is a cost without a purchase (a contact, a mended complaint).
    `given` is revenue not asked for (price cuts), `margin` the contribution after all costs of this customer.
    """

    period: NDArray[np.int32]
    customer: Ints
    firm: NDArray[np.int16]
    units: NDArray[np.int32]
    amount: Ints
    given: Ints
    margin: Ints

    @classmethod
    def joined(cls, parts: Iterable[Mapping[str, NDArray[Any]]]) -> Transactions:
        """Rows of several periods, put one after the other.

        >>> Transactions.joined([]).period.size
        0
        """
        kept = list(parts)
        return cls(**{name: _column(name, [np.asarray(part[name]) for part in kept]) for name in _COLUMNS})

    def rows(self, which: Any) -> Transactions:
        """The chosen rows: a slice or a mask."""
        if isinstance(which, np.ndarray) and which.dtype == np.bool_:
            which = np.flatnonzero(which)  # looked for once, not once per column
        return Transactions(**{name: getattr(self, name)[which] for name in _COLUMNS})

    def between(self, start: int, end: int) -> Transactions:
        """The rows of periods start..end−1: looked at in place, not copied.

        >>> names = ("period", "customer", "firm", "units", "amount", "given", "margin")
        >>> rows = Transactions.joined([{name: np.arange(4) for name in names}])
        >>> rows.between(1, 3).customer.tolist(), len(rows.between(4, 9))
        ([1, 2], 0)
        """
        low, high = self.starts([start, end])
        return self.rows(slice(low, high))

    def starts(self, periods: Any) -> list[int]:
        """The first row of each of these periods, or of the next one with a row."""
        rows: list[int] = np.searchsorted(self.period, np.asarray(periods, dtype=self.period.dtype)).tolist()
        return rows

    def tie(self, people: int) -> Ints:
        """The number of each row's tie, in a market of so many people."""
        return np.multiply(self.firm, people, dtype=np.int64) + self.customer

    def total(self, amounts: NDArray[Any], shape: tuple[int, int]) -> Ints:
        """Amounts of the rows, whole numbers, added up by firm and customer: an array [F, N] of this shape."""
        total = np.zeros(shape[0] * shape[1], dtype=np.int64)
        np.add.at(total, self.tie(shape[1]), amounts)
        return total.reshape(shape)

    def __len__(self) -> int:
        return int(self.period.size)


class Keeper:
    """Takes down the transactions of a market, period by period, as compactly as the market has them."""

    def __init__(self, parts: Iterable[tuple[int, dict[str, NDArray[Any]]]] = ()) -> None:
        self._parts = list(parts)

    def period(self, period: int, tie: Any) -> None:
        """Keep the ties in which something was bought or spent: `tie` has columns units, amount, given, margin [F, N].
        """
        moved = tie.units != 0
        for name in _BOOKED[1:]:
            moved |= getattr(tie, name) != 0
        where = np.flatnonzero(moved)
        self._parts.append((period, {"tie": where, **{name: getattr(tie, name).take(where) for name in _BOOKED}}))

    def joined(self, people: int) -> Transactions:
        """All rows so far, by period, firm and customer."""
        parts, each = [part for _, part in self._parts], max(1, people)
        firms = [part["tie"] // each for part in parts]
        customers = [part["tie"] - firm * each for part, firm in zip(parts, firms, strict=True)]
        when = np.array([period for period, _ in self._parts], dtype=np.int32)
        return Transactions(
            period=np.repeat(when, [firm.size for firm in firms]), customer=_column("customer", customers),
            firm=_column("firm", firms), **{name: _column(name, [part[name] for part in parts]) for name in _BOOKED},
        )

    def fork(self) -> Keeper:
        """A keeper with the same past, to be continued on its own."""
        return Keeper(self._parts)


def _column(name: str, parts: list[NDArray[Any]]) -> NDArray[Any]:
    kind = _COLUMNS[name]
    return np.concatenate(parts or [np.empty(0, kind)], dtype=kind, casting="unsafe")
