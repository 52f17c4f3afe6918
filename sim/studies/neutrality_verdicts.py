"""Who earns most in each market, how surely, and where the border runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.statistics.intervals import Floats, Interval, wilson_interval
from sim.statistics.pooled import beyond_chance, logistic
from sim.studies.neutrality_market import COSTS, HANDLING, MARGIN, PEOPLE, PRICE, PURCHASES, ROLES, SERVING, YEARS
from sim.text.findings import TOO_CLOSE

DEALS, RELATIONS, IDLE = (ROLES.index(name) for name in ("deals", "relations", "idle"))
WINNERS = (*ROLES, TOO_CLOSE)
PARTS = 5
"""Equal groups of markets by what a customer brings for each euro that a relation costs."""
SURELY = (0.2, 0.5, 0.8)
"""Shares of markets for which a border is drawn."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Markets:
    """Markets by number, and the values of each; those that were not run to the end are left out before."""

    values: tuple[Mapping[str, float], ...]

    def column(self, path: str) -> Floats:
        """One value of every market."""
        return np.array([one[path] for one in self.values], dtype=np.float64)

    @cached_property
    def brought(self) -> Floats:
        """Money that a customer brings a year: price × purchases wanted."""
        return self.column(PRICE) * self.column(PURCHASES)

    @cached_property
    def relation_cost(self) -> Floats:
        """Money that a relation costs a year: to know a customer, and relation spend with 63 % of its effect."""
        return self.column(COSTS[0]) + self.column(COSTS[1])

    @property
    def contribution(self) -> Floats:
        """What is left of the price of a unit: margin less the cost of serving and handling."""
        found: Floats = self.column(MARGIN) - self.column(SERVING) - self.column(HANDLING)
        return found

    @property
    def revenue(self) -> Floats:
        """An equal part of all demand at the reference price over the years that are counted."""
        return self.brought * (PEOPLE / 2 * YEARS)


@dataclass(frozen=True)
class Verdicts:
    """One outcome of the firm against one kind of rival: `values` [markets, roles, runs], paired over roles."""

    markets: Markets
    values: Floats

    @cached_property
    def means(self) -> Floats:
        """Mean of every role in every market [markets, roles]."""
        found: Floats = self.values.mean(axis=2)
        return found

    @cached_property
    def first(self) -> np.ndarray:
        """The role that is ahead in the mean, by number."""
        return np.asarray(self.means.argmax(axis=1))

    @cached_property
    def winners(self) -> np.ndarray:
        """The role whose lead over the second is beyond sampling error, by number; -1: too close to call.

        As people differ, chance is about in proportion to the money that a customer brings.
        """
        order, rows = np.argsort(-self.means, axis=1, kind="stable"), np.arange(len(self.means))
        scaled = self.values / self.markets.revenue[:, None, None]
        sure = np.zeros(len(rows), dtype=bool)
        for one, other in ((DEALS, RELATIONS), (DEALS, IDLE), (RELATIONS, IDLE)):
            both = (np.minimum(order[:, 0], order[:, 1]) == one) & (np.maximum(order[:, 0], order[:, 1]) == other)
            sure |= both & beyond_chance(scaled[:, other] - scaled[:, one])
        return np.where(sure, order[:, 0], -1)

    def share(self, won: np.ndarray) -> Interval:
        """Share of the markets, as a sample of all markets within the ranges (Wilson)."""
        return wilson_interval(float(won.sum()), len(won))

    @property
    def shares(self) -> dict[str, Interval]:
        """In which share of markets each role surely earns most, or nobody does."""
        numbers = (*range(len(ROLES)), -1)
        return {name: self.share(self.winners == number) for name, number in zip(WINNERS, numbers, strict=True)}

    @property
    def in_the_mean(self) -> dict[str, Interval]:
        """In which share of markets each role is ahead in the mean, sure or not."""
        return {name: self.share(self.first == number) for number, name in enumerate(ROLES)}

    @property
    def lead(self) -> Floats:
        """Relations minus deals in every market, over reference revenue."""
        found: Floats = (self.means[:, RELATIONS] - self.means[:, DEALS]) / self.markets.revenue
        return found

    @property
    def idle_lead(self) -> Floats:
        """Spending nothing minus the better of both in every market, over reference revenue."""
        better = np.maximum(self.means[:, RELATIONS], self.means[:, DEALS])
        found: Floats = (self.means[:, IDLE] - better) / self.markets.revenue
        return found

    def parts(self) -> list[dict[str, Any]]:
        """Equal groups of markets by money brought over the cost of a relation, and who is ahead in the mean there."""
        ratio = self.markets.brought / self.markets.relation_cost
        rows = []
        for chosen in np.array_split(np.argsort(ratio, kind="stable"), min(PARTS, len(ratio))):
            won = {name: self.share(self.first[chosen] == number) for number, name in enumerate(ROLES)}
            relations = won["relations"]
            rows.append({"from": float(ratio[chosen].min()), "to": float(ratio[chosen].max()), "n": len(chosen),
                         **{name: one.value for name, one in won.items()},
                         "relations_low": relations.low, "relations_high": relations.high})
        return rows

    @cached_property
    def slopes(self) -> Floats:
        """Logistic regression of "relations are ahead of both" on ln money brought and ln cost of a relation."""
        logs = np.log(np.column_stack([self.markets.brought, self.markets.relation_cost]))
        return logistic(logs, (self.first == RELATIONS).astype(np.float64))

    def border(self, share: float, costs: Sequence[float]) -> list[Point]:
        """Where relations are ahead in such a share of markets: money brought at these costs of a relation.

        Empty where more money brought does not favour relations.
        """
        constant, money, cost = (float(one) for one in self.slopes)
        if money <= 0:
            return []
        odds = float(np.log(share / (1 - share)))
        return [(float(np.exp(np.clip((odds - constant - cost * np.log(one)) / money, -50, 50))), float(one))
                for one in costs]


def pooled(some: Sequence[Verdicts]) -> Verdicts:
    """The markets of several sets of ranges as one."""
    values = tuple(one for verdicts in some for one in verdicts.markets.values)
    return Verdicts(Markets(values), np.concatenate([verdicts.values for verdicts in some]))
