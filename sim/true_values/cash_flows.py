"""What one stretch of a market's life brings from every tie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.state import ACCOUNTS
from sim.records.recorder import Recorder
from sim.records.records import Floats, Ints

if TYPE_CHECKING:
    from sim.market.simulation import Simulation
    from sim.records.history import Flags

OF_CUSTOMERS = ("goods", "serving", "quality", "rewards", "recovery", "care", "win_back", "relations")
"""Accounts that are booked on single customers; with revenue they make the contribution of a tie."""


class CashFlows(Recorder):
    """A recorder that keeps the books and adds up what every tie brings; no purchases, no surveys.

    `value` [F, N]: contributions in minor units, each times the weight of its period, added period by period, so that
    the sum has the same bits on every executor. `contribution` [F, N]: the same without weights, whole minor units.
    `bought` [F, N]: whether anything was bought.
    """

    weight: Floats
    value: Floats
    contribution: Ints
    bought: Flags

    @classmethod
    def of(cls, course: Simulation, weight: Floats, periods: int) -> CashFlows:
        """A recorder for this market up to period `periods`; `weight[t]` is the worth of one unit of money of period t.
        """
        found = cls(replace(course.recorder.facts, periods=periods), course.recorder.people, "totals")
        shape = course.world.tie.margin.shape
        found.weight, found.value = weight, np.zeros(shape)
        found.contribution, found.bought = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
        return found

    def survey_is_due(self, period: int) -> bool:  # noqa: ARG002
        """No surveys are taken."""
        return False

    def period(self, period: int, ledger: Ints, counts: Ints, tie: Any) -> None:
        """Remember the books of a period and add what every tie brought."""
        super().period(period, ledger, counts, tie)
        if self.weight[period] != 0.0:
            self.value += self.weight[period] * tie.margin
        self.contribution += tie.margin
        self.bought |= tie.units > 0

    @property
    def booked(self) -> Ints:
        """The same contributions as the ledger has them, by firm [F]: revenue less all that single customers cost."""
        total = self.ledger.sum(axis=0)
        of_customers = sum(total[ACCOUNTS.index(name)] for name in OF_CUSTOMERS)
        return np.asarray(total[ACCOUNTS.index("revenue")] - of_customers, dtype=np.int64)

    def balanced(self) -> CashFlows:
        """The cash flows themselves, once they are known to add up to the ledger, in whole minor units.

        Raises:
            RuntimeError: they do not (a fault of the program).
        """
        if not np.array_equal(self.contribution.sum(axis=1), self.booked):
            raise RuntimeError(f"Contributions of customers {self.contribution.sum(axis=1).tolist()} are not those of "
                               f"the ledger {self.booked.tolist()}.")
        return self
