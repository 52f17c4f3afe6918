"""Invest in those who already buy."""

from __future__ import annotations

from sim.firms.curves import relations_split
from sim.firms.plans import Amounts, Plan, Seen, changed
from sim.firms.strategies.base import Strategy
from sim.scenario.parameters import number

TENDING = {"price_cut.depth": 0.0, "recovery.answered": 0.8, "recovery.delay_weeks": 1.0}


class Relationship(Strategy):
    """Keep the customers there are: know them, serve them well, answer complaints; a trickle of advertising (C67, R01).

    The known customers who buy least, seldom and long ago are not treated (C42). A firm that records only sales buys a
    system that knows people; what needs more than that is done without.

    Wins where customers buy often at a good margin, stay long and talk to each other, and when the market is saturated
    (C66). Loses while a market grows fast (C65), where the price of a purchase is comparable to the cost of information
    about one customer (M42), and where every customer must be found anew. A firm without any advertising is forgotten:
    hence the trickle (P17).
    """

    trickle: float = number(0.2, "share of budget", (0, 1), "kept for advertising, to replace those who leave")
    relation_worth: float = number(0.3, "quality", (0, 2), "worth of full relation effort to one customer")
    proactive: float = number(0.3, "share", (0, 1), "effort to find the silent sufferers")
    left_out: float = number(0.3, "share", (0, 1), "share of known customers not treated, the worst by RFM first")

    def plan(self, seen: Seen) -> Plan:
        """The trickle to advertising, the rest to relations, service and people at equal marginal return."""
        advertising = int(seen.budget * self.trickle)
        kept = relations_split(seen, seen.budget - advertising, self.relation_worth, self.left_out)
        better = {"information": "identity"} if seen.written.information == "sales" else {}
        levers = changed(seen.written, {**TENDING, **better, "care.proactive": self.proactive,
                                       "care.selective": self.left_out, "care.by": "rfm"})
        return Plan(levers, Amounts(advertising=advertising, **kept))
