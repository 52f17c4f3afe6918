"""The world of one market: every column of every struct, and the totals a period adds up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import ACCOUNTS, COUNTS, MARKET, NEEDS, Deal, FirmRow, Friend, Me, Need, Offer, PeriodClock, Tie
from sim.numerics.draws import Fate, Luck

Whole = NDArray[np.int64]
INT8 = {"segment", "last_firm", "wanted", "telling", "firm", "second", "said_firm"}
INT16 = {"enters", "leaves", "bound", "outcome", "experiences", "idle", "units", "spared_until"}
INT64 = {"amount", "given", "margin", "paid", "served", "relation", "acquired"}
BOOL = {"present", "aware", "left_out"}
BORN = {
    "me": {"number", "segment", "rate", "basket", "price_sensitivity", "effort_sensitivity", "risk_sensitivity",
           "proneness", "expressiveness", "values", "serving", "enters", "leaves"},
    "need": {"own_weight"},
    "tie": {"taste", "match"},
}
"""Columns drawn once at birth: no phase writes them, so forks of a world share them."""
STORED = ("me", "need", "tie", "deal", "friend")
"""The structs that last from period to period."""


def dtype_of(column: str) -> type[np.generic]:
    """How a column of people, ties or deals is stored: as compactly as its meaning allows.

    >>> dtype_of("trust").__name__, dtype_of("paid").__name__
    ('float32', 'int64')
    """
    for names, kind in ((INT8, np.int8), (INT16, np.int16), (INT64, np.int64), (BOOL, np.bool_)):
        if column in names:
            return kind
    return np.uint32 if column == "number" else np.float32


def empty(struct: type[Any], *shape: int) -> Any:
    """A struct of zeroed columns of this shape."""
    return struct(*(np.zeros(shape, dtype_of(name)) for name in struct._fields))


@dataclass
class Totals:
    """What a period adds up, in whole numbers: [names, firms], and the market's own [names]."""

    ledger: Whole
    count: Whole
    market: Whole

    @classmethod
    def zero(cls, firms: int) -> Totals:
        """Nothing counted yet."""
        ledger, count = (np.zeros((len(names), firms), np.int64) for names in (ACCOUNTS, COUNTS))
        return cls(ledger, count, np.zeros(len(MARKET), np.int64))

    def add(self, other: Totals) -> None:
        """Add what another thread counted; the order does not matter."""
        self.ledger += other.ledger
        self.count += other.count
        self.market += other.market


@dataclass
class World:
    """All columns. `p`, `m`, `clock`, `fate`, `luck`, `firm` and `offer` are set anew for each period."""

    me: Me
    need: Need
    tie: Tie
    deal: Deal
    friend: Friend
    friend_of: NDArray[np.uint32]
    p: Any
    m: Any
    firm: FirmRow = field(default=None)  # type: ignore[assignment]
    offer: Offer = field(default=None)  # type: ignore[assignment]
    luck: Luck = field(default=None)  # type: ignore[assignment]
    fate: Fate = field(default=None)  # type: ignore[assignment]
    clock: PeriodClock = field(default=None)  # type: ignore[assignment]

    @property
    def n(self) -> int:
        """Number of people, newcomers and leavers included."""
        return len(self.me.number)

    @property
    def sizes(self) -> dict[str, int]:
        """Length of every axis that a phase may be repeated over."""
        return {"firms": self.tie.trust.shape[0], "needs": NEEDS, "friends": self.friend_of.shape[0],
                "occasions": self.deal.firm.shape[0]}

    def columns(self) -> dict[str, NDArray[Any]]:
        """Every column by dotted name, for digests and tests."""
        return {f"{name}.{column}": values for name in STORED
                for column, values in getattr(self, name)._asdict().items()}

    def fork(self) -> World:
        """The same world, to be continued on its own. What never changes (birth, friends, parameters) is shared."""
        structs: dict[str, Any] = {}
        for name in STORED:
            columns, born = getattr(self, name)._asdict(), BORN.get(name, ())
            structs[name] = getattr(self, name)._replace(
                **{column: values.copy() for column, values in columns.items() if column not in born})
        return replace(self, **structs)

    def bytes_per_customer(self) -> float:
        """Memory of all columns, per customer."""
        total = sum(column.nbytes for column in self.columns().values()) + self.friend_of.nbytes
        return total / max(self.n, 1)


def blank(n: int, firms: int, friends: int, occasions: int) -> World:
    """A world of zeroed columns; `sim.market.birth` fills it."""
    return World(
        me=empty(Me, n), need=empty(Need, NEEDS, n), tie=empty(Tie, firms, n), deal=empty(Deal, occasions, n),
        friend=empty(Friend, n + 1), friend_of=np.zeros((friends, n), np.uint32), p=None, m=None,
    )
