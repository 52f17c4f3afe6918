"""One more euro on each lever: the what-ifs whose profits tell what the last euro brings.

Five-fold gaps between levers mean a contest of curves, not of strategies. A step is finite, because one single euro
is lost in noise; the levers of `Spending` get the same money, the others a change that costs about as much at last
year's sales. Divide the difference in profit by the difference in what counted against the budget (`sim.firms.budget`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.firms.plans import Amounts
from sim.scenario.schema.firm import FirmSection
from sim.scenario.schema.root import Scenario


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
    section = scenario.firms[firm]
    budget = scenario.budget.per_person_per_year * scenario.market.customers * section.budget_factor
    money = step * budget
    if money <= 0:
        return ()
    levers = [_more_spending(section, name, step) for name in Amounts._fields]
    levers += _more_given(scenario, section, money / sales_per_year, step) if sales_per_year > 0 else []
    return tuple(
        LeverStep(name, {"firms": {firm: {**changes, "budget_factor": section.budget_factor * (1.0 + step)}}}, money)
        for name, changes in levers
    )


def _kept(section: FirmSection, step: float) -> dict[str, float]:
    """Shares that spend the same money as before out of a budget that is larger by a step."""
    return {name: getattr(section.spending, name) / (1.0 + step) for name in Amounts._fields}


def _more_spending(section: FirmSection, lever: str, step: float) -> tuple[str, dict[str, Any]]:
    """The same money as before on every account, and the step on one."""
    shares = _kept(section, step)
    shares[lever] += step / (1.0 + step)
    return f"spending.{lever}", {"spending": {name: min(share, 1.0) for name, share in shares.items()}}


def _more_given(
    scenario: Scenario, section: FirmSection, share: float, step: float
) -> list[tuple[str, dict[str, Any]]]:
    """Levers that cost a share of sales: price cut, rewards, quality, surprise. Spending stays as it was in money."""
    product, kept = scenario.product, {"spending": _kept(section, step)}
    depth, rewards = section.price_cut.depth + share, section.rewards + share
    changes: list[tuple[str, float, float, dict[str, Any]]] = [
        ("price_cut.depth", depth, 0.9, {"price_cut": {"depth": depth}}),
        ("rewards", rewards, 0.5, {"rewards": rewards}),
    ]
    for name, cost in (("quality", product.quality_cost), ("surprise", product.surprise_cost)):
        if cost > 0:
            value = getattr(section, name) + share / cost
            changes.append((name, value, 1.0, {name: value}))
    return [(name, {**kept, **change}) for name, value, most, change in changes if value <= most]
