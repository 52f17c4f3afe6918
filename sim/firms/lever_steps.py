"""One more euro on each lever: the what-ifs whose profits tell what the last euro brings.

Five-fold gaps between levers mean a contest of curves, not of strategies. A step is finite, because one single euro
is lost in noise; the levers of `Spending` get the same money, the others a change that costs about as much at last
year's sales. Divide the difference in profit by the difference in what counted against the budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.firms.plans import Amounts
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection


@dataclass(frozen=True)
class LeverStep:
    """A what-if in which a firm has a little more money, and all of it goes to one lever."""

    lever: str  # dotted name below firms.NAME
    overrides: dict[str, Any]  # an overlay of the scenario
    money_per_year: float  # planned cost of the step, in the scenario's currency


def lever_steps(scenario: Scenario, firm: str, sales_per_year: float, step: float = 0.1) -> tuple[LeverStep, ...]:
    """Steps that each cost `step` of the firm's yearly budget; `sales_per_year` is what the firm sells, in money.

    The firm's strategy must take the written shares (`as_written`, `follower`); any other splits the money as it likes.
    Budgets are in mode `amount`; in the other modes the steps cost a share of what the amount would be.
    Levers at the end of their range, and levers that the firm's sales cannot price, are left out.
    """
    section, larger = scenario.firms[firm], 1.0 + step
    money = step * (scenario.budget.per_person_per_year * scenario.market.customers * section.budget_factor)
    if money <= 0:
        return ()
    kept = {name: getattr(section.spending, name) / larger for name in Amounts._fields}  # as much money as before
    changes: list[tuple[str, dict[str, Any]]] = [
        (f"spending.{name}", {"spending": {**kept, name: min(share + step / larger, 1.0)}})
        for name, share in kept.items()
    ]
    if sales_per_year > 0:
        given = _more_given(scenario, section, money / sales_per_year)
        changes += [(lever, {"spending": kept, **change}) for lever, change in given]
    factor = {"budget_factor": section.budget_factor * larger}
    return tuple(LeverStep(lever, {"firms": {firm: {**change, **factor}}}, money) for lever, change in changes)


def _more_given(scenario: Scenario, section: FirmSection, share: float) -> list[tuple[str, dict[str, Any]]]:
    """Levers that cost a share of sales, with that share added where it stays in the range."""
    product = scenario.product
    depth, rewards = section.price_cut.depth + share, section.rewards + share
    changes: list[tuple[str, float, float, dict[str, Any]]] = [
        ("price_cut.depth", depth, 0.9, {"price_cut": {"depth": depth}}),
        ("rewards", rewards, 0.5, {"rewards": rewards}),
    ]
    for name, cost in (("quality", product.quality_cost), ("surprise", product.surprise_cost)):
        if cost > 0:
            value = getattr(section, name) + share / cost
            changes.append((name, value, 1.0, {name: value}))
    return [(name, change) for name, value, most, change in changes if value <= most]
