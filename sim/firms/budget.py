"""Fair budgets: one running account per firm, in whole minor units.

What counts against the budget is cash spent *and* revenue given away on all units: price cuts, rewards and the cost of
quality above base count like advertising. What is not used stays on the account; what customers cost beyond it is an
overdraft, and a firm that overspent pauses everything that counts until its account is above zero again. So over any
horizon spent + given away <= granted + what one period overdrew, whatever the strategy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from typing import NamedTuple

from sim.engine.state import ACCOUNTS, COSTS
from sim.scenario.calendar import exactly
from sim.scenario.schema.firm import Budget

COUNTED = (
    "advertising", "service", "people", "capacity", "relations", "care", "recovery", "win_back", "rewards", "quality",
    "price_cuts",
)  # fmt: skip
"""Accounts that count against the budget. `quality` is the cost above base; below base it is a saving."""


REVENUE, GOODS = ACCOUNTS.index("revenue"), ACCOUNTS.index("goods")
_counted = itemgetter(*(ACCOUNTS.index(name) for name in COUNTED))
_costs = itemgetter(*(ACCOUNTS.index(name) for name in COSTS))


@dataclass(frozen=True)
class Grant:
    """How much a firm is granted, as an exact rule: no cent is lost to rounding over a year.

    Mode `amount`: after n periods the total is floor(n x per_period).
    Modes `share_of_revenue` and `share_of_gross_margin`: launch + floor(share x all revenue or gross margin so far).
    """

    mode: str
    per_period: Fraction  # minor units, mode amount
    share: Fraction  # the other modes
    launch: int  # minor units granted before anything was sold, the other modes
    cash_limit: int | None  # minor units

    @classmethod
    def of(cls, budget: Budget, factor: float, people: int, per_year: Launch) -> Grant:
        """The rule of a scenario for one firm; `people` is the size of the market the amount is meant for."""
        yearly = exactly(budget.per_person_per_year) * people * exactly(factor) * per_year.minor_units
        share = exactly(budget.share) * exactly(factor)
        expected = per_year.revenue if budget.mode == "share_of_revenue" else per_year.gross_margin
        limit = None if budget.cash_limit is None else int(exactly(budget.cash_limit) * per_year.minor_units)
        return cls(
            budget.mode, yearly / per_year.periods_per_year, share,
            int(share * expected / per_year.periods_per_year), limit,
        )  # fmt: skip

    def total(self, periods: int, base: int) -> int:
        """Everything granted in so many periods, with this much revenue or gross margin behind the firm."""
        if self.mode == "amount":
            return self.per_period.numerator * periods // self.per_period.denominator
        return (self.launch if periods else 0) + int(self.share * base)


@dataclass(frozen=True)
class Launch:
    """What an equal part of the market would bring in a year: the base of a share before anything was sold."""

    periods_per_year: Fraction
    minor_units: int
    revenue: int  # minor units per year
    gross_margin: int  # minor units per year


class Account(NamedTuple):
    """The running account of one firm.

    >>> grant = Grant("amount", Fraction(100), Fraction(0), 0, None)
    >>> account = Account().opened(grant)
    >>> account.available(grant), account.closed(grant, {"advertising": 80, "price_cuts": 50}).balance
    (100, -30)
    """

    periods: int = 0
    granted: int = 0
    counted: int = 0
    base: int = 0  # revenue or gross margin so far
    cash: int = 0  # profit so far

    @property
    def balance(self) -> int:
        """Granted less what counted."""
        return self.granted - self.counted

    def opened(self, grant: Grant) -> Account:
        """The account after this period's grant."""
        return self._replace(periods=self.periods + 1, granted=grant.total(self.periods + 1, self.base))

    def available(self, grant: Grant) -> int:
        """What may be spent this period: the balance, never below 0; nothing while cash is below its limit."""
        if grant.cash_limit is not None and self.cash < -grant.cash_limit:
            return 0
        return max(0, self.balance)

    def closed(self, grant: Grant, ledger: Mapping[str, int]) -> Account:
        """The account after a period with these books (accounts left out are 0)."""
        return self.closed_with(grant, [ledger.get(name, 0) for name in ACCOUNTS])

    def closed_with(self, grant: Grant, ledger: Sequence[int]) -> Account:
        """The same with the books as a row, in the order of ACCOUNTS."""
        revenue = ledger[REVENUE]
        earned = revenue - ledger[GOODS] if grant.mode == "share_of_gross_margin" else revenue
        counted, costs = sum(_counted(ledger)), sum(_costs(ledger))
        return Account(
            self.periods, self.granted, self.counted + counted, self.base + max(0, earned), self.cash + revenue - costs,
        )
