"""Copy what a rival shows."""

from __future__ import annotations

from sim.firms.plans import Plan, Seen
from sim.firms.strategies.base import Strategy
from sim.scenario.parameters import choice, number


class Follower(Strategy):
    """Take over a rival's price, quality, promise, price cuts and rewards after a while (R26, C89).

    Relations, service, staff and knowledge of customers cannot be seen and are not copied: that money goes where
    the own file says. Wins where the edge lies in the offer or the price, since copying is free; loses where it lies
    in trust, commitment and knowledge, and always by the lag.
    """

    copies: str | None = choice(None, "name of the rival; left out: the first rival in the file")
    lag_weeks: float = number(26.0, "weeks", (0, 520), "time until a change is copied")

    def plan(self, seen: Seen) -> Plan:
        """The own levers until the lag has passed, then the rival's visible ones; spending as written."""
        model = self.copies or next((name for name in seen.public if name != seen.firm), None)
        shown = seen.rival(model, self.lag_weeks) if model else None
        levers = seen.written if shown is None else shown.onto(seen.written)
        return Plan.from_shares(levers, seen.allowance)
