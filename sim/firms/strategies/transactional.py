"""Sell deal by deal."""

from __future__ import annotations

from sim.firms.curves import ELASTICITY, ELASTICITY_SOURCE, Deals
from sim.firms.plans import Amounts, Plan, Seen, changed
from sim.firms.strategies.base import Strategy
from sim.scenario.parameters import number


class Transactional(Strategy):
    """Win the next deal: reach people, promise a little more than is delivered, cut prices (C64).

    Wins while a market grows and newcomers replace those who leave (C65), where people buy seldom or the margin is
    small against the cost of knowing one customer (M42), and where customers stay anyway (the assumption in P08).
    Loses when the market is saturated and every new customer must be taken from a rival (C66), where trust decides
    (C67), and in bad years: its costs and risks are the larger ones (R04).
    """

    overclaim: float = number(0.05, "quality", (-0.5, 0.5), "promise above the quality of the offer")
    elasticity: float = number(ELASTICITY, "ratio", (0, 10), "how sales answer a price cut", ELASTICITY_SOURCE)
    advertising_worth: float = number(0.5, "share of gross margin", (0, 5), "what full advertising adds")

    def plan(self, seen: Seen) -> Plan:
        """Everything into advertising and price cuts, at equal marginal return."""
        deals = Deals(self.elasticity, self.advertising_worth)
        advertising, given = deals.split(seen, seen.budget)
        promise = min(1.0, max(0.0, seen.written.quality + self.overclaim))
        cut = deals.price_cut(seen, given)
        levers = changed(seen.written, {"promise": promise, "price_cut": cut, "information": "sales"})
        return Plan(levers, Amounts(advertising=advertising))
