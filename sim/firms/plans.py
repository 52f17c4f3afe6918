"""What a firm may see and what it decides: `Seen` goes into a strategy, a `Plan` comes out.

All totals are whole numbers (money in minor units), so that a plan has the same bits on every machine.
A strategy never sees the inside of a customer: the information level (a lever) decides which counts arrive.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from sim.engine.state import COUNTS
from sim.firms.information import RECORDED
from sim.scenario.calendar import Calendar, exactly
from sim.scenario.dotted import flattened, merged
from sim.scenario.schema.firm import INFORMATION_LEVELS, Levers
from sim.scenario.schema.market import Product
from sim.text.words import suggestion

Item = TypeVar("Item")


class NamedValues(Mapping[str, Item], Generic[Item]):
    """Named values that nobody can change."""

    __slots__ = ("_names", "_values")
    _names: tuple[str, ...]
    _values: tuple[Item, ...]

    def __init__(self, names: tuple[str, ...], values: tuple[Item, ...]) -> None:
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_values", values)

    def __getitem__(self, name: str) -> Item:
        if name not in self._names:
            raise KeyError(f"there is no '{name}' here; {suggestion(name, self._names)}")
        return self._values[self._names.index(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("What a firm sees cannot be changed.")

    def __hash__(self) -> int:
        return hash((self._names, self._values))

    def __reduce__(self) -> tuple[Any, ...]:
        return (NamedValues, (self._names, self._values))

    def __repr__(self) -> str:
        return f"Row({dict(self)})"


class Amounts(NamedTuple):
    """Money to spend in one period, whole minor units by account."""

    advertising: int = 0
    service: int = 0
    people: int = 0
    capacity: int = 0
    relations: int = 0

    @property
    def total(self) -> int:
        """The sum of all accounts."""
        return sum(self)


NOTHING = Amounts()
_shares_of = attrgetter(*Amounts._fields)
_LEVERS = set(Levers.model_fields)
_VISIBLE = ("quality", "promise", "effort", "values", "surprise", "lock", "rewards")


class VisibleLevers(NamedTuple):
    """What anybody can see of a firm by reading its advertisements and buying from it."""

    price: float  # money, before price cuts
    quality: float
    promise: float
    effort: float
    values: float
    surprise: float
    lock: float
    rewards: float
    cut_depth: float
    cut_every_weeks: float
    cut_to: str
    benefits: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, levers: Levers, reference_price: float) -> VisibleLevers:
        """The visible part of a firm's levers."""
        cut = levers.price_cut
        return cls(
            price=reference_price if levers.price is None else levers.price,
            cut_depth=cut.depth, cut_every_weeks=cut.every_weeks, cut_to=cut.to,
            benefits=tuple(levers.benefits.model_dump().items()),
            **{name: getattr(levers, name) for name in _VISIBLE},
        )

    def onto(self, levers: Levers) -> Levers:
        """The same levers with the visible ones copied from this firm."""
        cut = {"depth": self.cut_depth, "every_weeks": self.cut_every_weeks, "to": self.cut_to}
        plain = {name: getattr(self, name) for name in ("price", *_VISIBLE)}
        return changed(levers, {**plain, "price_cut": cut, "benefits": dict(self.benefits)})


class MarketFacts(NamedTuple):
    """What everybody in the trade knows."""

    people: int  # people in the market now
    product: Product  # price level, costs and response curves of the product class


class Sighting(NamedTuple):
    """From this period on a firm's visible levers were these."""

    period: int
    levers: VisibleLevers


@dataclass(frozen=True)
class Seen:
    """Everything that a strategy may use, read-only."""

    firm: str
    period: int
    year: float  # from the end of the warm-up
    calendar: Calendar
    levers: Levers  # in force last period
    written: Levers  # as the scenario's file and its events say for this period
    budget: int  # minor units: the plan may not spend more
    allowance: int  # minor units: this period's part of it; the rest of `budget` was saved for price cuts and the like
    minor_units: int  # minor units in one unit of money: 100 cents in a euro
    market: MarketFacts
    ledger: NamedValues[int]  # own books of last period, by account
    counts: NamedValues[int | None]  # own counts of last period; None: the information system does not record it
    cumulative: NamedValues[int]  # own books from the start to last period
    public: NamedValues[tuple[Sighting, ...]]  # every firm's visible levers, whenever they changed
    advertising: NamedValues[int]  # every firm's advertising of last period, minor units: anybody in the trade sees it
    due: int = 0  # minor units: what it costs to know the customers there are, paid before anything is planned

    @property
    def periods_per_year(self) -> float:
        """How many periods make a year."""
        return float(self.calendar.periods_per_year)

    @property
    def rivals(self) -> dict[str, VisibleLevers]:
        """The rivals' visible levers of last period."""
        return {name: seen[-1].levers for name, seen in self.public.items() if name != self.firm and seen}

    def rival(self, name: str, weeks_ago: float = 0.0) -> VisibleLevers | None:
        """A rival's visible levers so many weeks before last period; None: too early to know."""
        if name not in self.public:
            raise ValueError(f"there is no firm '{name}' to watch; {suggestion(name, self.public)}")
        lag = int(exactly(weeks_ago) / self.calendar.weeks_per_period)
        known = [seen.levers for seen in self.public[name] if seen.period <= self.period - 1 - lag]
        return known[-1] if known else None

    def count(self, name: str, otherwise: int = 0) -> int:
        """One count of last period, or `otherwise` where the information system does not record it."""
        value = self.counts[name]
        return otherwise if value is None else value


@dataclass(frozen=True)
class Plan:
    """What a firm does this period: its levers, and the money it spends."""

    levers: Levers
    spending: Amounts = NOTHING

    @classmethod
    def from_shares(cls, levers: Levers, budget: int) -> Plan:
        """Spend the levers' shares of a budget, rounded down. Shares that add up to more than 1 are scaled down.

        >>> Plan.from_shares(changed(Levers(), {"spending": {"advertising": 0.7}}), 1001).spending.advertising
        700
        """
        parts, whole = _split(_shares_of(levers.spending))
        money = max(budget, 0)
        return cls(levers, Amounts(*[money * part // whole for part in parts]))


@lru_cache(maxsize=1024)
def _split(shares: tuple[float, ...]) -> tuple[tuple[int, ...], int]:
    """Shares as whole parts of a whole number, exactly: .25 and .7 are 5 and 14 parts of 20."""
    exact = [exactly(share) for share in shares]
    whole = max(sum(exact), Fraction(1))
    exact = [share / whole for share in exact]
    common = math.lcm(*(share.denominator for share in exact))
    return tuple(int(share * common) for share in exact), common


def changed(levers: Levers, updates: Mapping[str, Any]) -> Levers:
    """New levers with some values changed, checked against their ranges.

    Updates may be nested or dotted: `{"price_cut": {"depth": 0.2}}` or `{"price_cut.depth": 0.2}`.

    Raises:
        ValueError: an unknown lever, a wrong type or a value out of range; every fault is named.

    >>> changed(Levers(), {"price_cut.depth": 0.2}).price_cut.depth
    0.2
    >>> changed(Levers(), {"promis": 0.9})
    Traceback (most recent call last):
    ValueError: promis: there is no such lever; did you mean promise?
    """
    if not updates:
        return levers
    before = levers.model_dump(include=_LEVERS)
    try:
        return Levers.model_validate(merged(before, updates))
    except ValidationError as error:
        inner = (path.rpartition(".")[2] for path, _ in flattened(before) if "." in path)
        raise ValueError("; ".join(faults(error, "lever", [*Levers.model_fields, *inner]))) from None


def faults(error: ValidationError, thing: str, allowed: Iterable[str]) -> list[str]:
    """One sentence for each thing that is wrong; `thing` is what an unknown key would have been."""
    lines = []
    for fault in error.errors():
        path = ".".join(str(step) for step in fault["loc"]) or "value"
        if fault["type"] == "extra_forbidden":
            lines.append(f"{path}: there is no such {thing}; {suggestion(str(fault['loc'][-1]), allowed)}")
        else:
            lines.append(f"{path}: {fault['msg'].replace('Value error, ', '')}")
    return lines


def recorded(level: str, counts: Sequence[int]) -> NamedValues[int | None]:
    """The counts (in the order of COUNTS) that an information level records; the others are None."""
    known = _recorded_by(level)
    values = [count if name in known else None for name, count in zip(COUNTS, counts, strict=True)]
    return NamedValues(COUNTS, tuple(values))


@lru_cache(maxsize=8)
def _recorded_by(level: str) -> frozenset[str]:
    levels = INFORMATION_LEVELS[: INFORMATION_LEVELS.index(level) + 1]
    return frozenset(name for each in levels for name in RECORDED[each])
