"""The levers as the scenario's file writes them."""

from __future__ import annotations

from sim.firms.plans import Plan, Seen
from sim.firms.strategies.base import Strategy


class AsWritten(Strategy):
    """Do what the file says, period after period; events may change what it says.

    The shares of spending are shares of this period's allowance. What they leave over stays on the account and pays for
    price cuts, rewards, recovery and the like. Wins where the author of the file was right; loses where the market
    changes and nobody looks.
    """

    def plan(self, seen: Seen) -> Plan:
        """The written levers, and the written shares of the allowance."""
        return Plan.from_shares(seen.written, seen.allowance)
