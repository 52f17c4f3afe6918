"""Spend nothing, give nothing away."""

from __future__ import annotations

from sim.firms.plans import Plan, Seen, changed
from sim.firms.strategies.base import Strategy

QUIET = {
    "spending": dict.fromkeys(("advertising", "service", "people", "capacity", "relations"), 0.0),
    "price_cut.depth": 0.0,
    "information": "sales",
    "rewards": 0.0,
    "surprise": 0.0,
    "care.proactive": 0.0,
    "win_back.reach": 0.0,
}


class DoNothing(Strategy):
    """The third option of every decision: keep the offer, spend nothing on it, answer complaints as before.

    Wins where every lever costs more than it brings: small margins, rare purchases, dear information (M42), or
    customers who stay anyway (the assumption in P08). Loses where the unreminded forget and rivals advertise (C66).
    """

    def plan(self, seen: Seen) -> Plan:
        """The written offer without any spending, price cut, reward or care."""
        return Plan(changed(seen.written, QUIET))
