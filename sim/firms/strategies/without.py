"""Another strategy with some levers held and some accounts closed: what a firm would be without them.

Made for counterfactuals (`sim.studies.drivers`): the same people, common random numbers and the same strategy, but
for what is taken away. Money that is not spent stays with the firm.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.firms.plans import Plan, Seen, changed
from sim.firms.strategies.base import Strategy, build, planned
from sim.scenario.parameters import choice

Account = Literal["advertising", "service", "people", "capacity", "relations"]


class Without(Strategy):
    """Do what another strategy says, but hold these levers and spend nothing on these accounts.

    The other strategy sees this period's allowance as its budget, so that what is not spent on a closed account is not
    spent elsewhere later. Wins where the levers cost more than they bring; loses where they carry the firm: what it
    loses is what they were worth.
    """

    of: str = choice("as_written", "name of the other strategy")
    settings: dict[str, Any] = Field(default={}, description="settings of the other strategy")
    folder: str = choice("", "where strategies in files of the user are looked for")
    levers: dict[str, Any] = Field(default={}, description="levers that are held, nested or dotted: price_cut.depth")
    closed: list[Account] = Field(default=[], description="accounts on which nothing is spent")
    promise_is_quality: bool = choice(False, "true: no more is promised than the quality of the offer")

    def plan(self, seen: Seen) -> Plan:
        """The other strategy's plan, with levers held and accounts closed."""
        view = replace(seen, budget=min(seen.budget, seen.allowance)) if self.closed else seen
        plan = planned(build(self.of, self.settings, Path(self.folder) if self.folder else None), view)
        levers = changed(plan.levers, self.levers)
        if self.promise_is_quality and levers.promise != levers.quality:
            levers = changed(levers, {"promise": levers.quality})
        return Plan(levers, plan.spending._replace(**dict.fromkeys(self.closed, 0)))
