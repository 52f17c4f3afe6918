"""Any mix of deals and relations.

`relationship_share` of the budget goes to relations, service and people, the rest to advertising and price cuts.
Within each side every unit of money goes where the last one brings most (`sim.firms.curves`). Approximations: the worth
of full relation effort and of full advertising are settings, not measured; a price cut is planned from last period's
sales and a published elasticity; interactions are left out. Nothing else differs between share 0 and share 1.
"""

from __future__ import annotations

from sim.firms.curves import ELASTICITY, ELASTICITY_SOURCE, Deals, relations_split
from sim.firms.plans import Amounts, Plan, Seen, changed
from sim.firms.strategies.base import Strategy
from sim.scenario.parameters import number


class Mixed(Strategy):
    """Most firms need a combination (P17); which one depends on the market (P18).

    A large relationship share wins where margin and frequency are high against the cost of a relation, a small one in
    large consumer markets. The curve over the share is flat at first and then rises (the fixed cost of knowing a
    customer), so compare many shares: a hill-climber gets stuck at 0.
    """

    relationship_share: float = number(0.5, "share of budget", (0, 1), "part of the budget for the relationship side")
    relation_worth: float = number(0.3, "quality", (0, 2), "worth of full relation effort to one customer")
    elasticity: float = number(ELASTICITY, "ratio", (0, 10), "how sales answer a price cut", ELASTICITY_SOURCE)
    advertising_worth: float = number(0.5, "share of gross margin", (0, 5), "what full advertising adds")

    def plan(self, seen: Seen) -> Plan:
        """Each side its money, each lever of a side the same return on the last unit."""
        kept = int(seen.budget * self.relationship_share)
        deals = Deals(self.elasticity, self.advertising_worth)
        advertising, given = deals.split(seen, seen.budget - kept)
        levers = changed(seen.written, {"price_cut": deals.price_cut(seen, given)})
        split = relations_split(seen, kept, self.relation_worth, seen.written.care.selective)
        return Plan(levers, Amounts(advertising=advertising, **split))
