"""One step of each lever: the what-ifs whose profits tell what the last euro, or one more step, brings.

Five-fold gaps between levers of money mean a contest of curves, not of strategies. A step is finite, because one single
euro is lost in noise; the levers of `Spending` get the same money, price cuts, rewards, quality and surprise a change
that costs about as much at last year's sales. Every other lever takes one step in its own unit, with the budget as it
is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.firms.book import FirmBook
from sim.firms.information import lacking
from sim.firms.lever_costs import cost_of, levers, one_step
from sim.firms.plans import Amounts, Plan, changed
from sim.scenario.dotted import flattened, value_at
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection
from sim.text.words import shown


@dataclass(frozen=True)
class LeverStep:
    """A what-if in which a firm moves one lever.

    `overrides`: an overlay of the scenario, empty where the lever cannot be moved, and `why` says why not.
    `money_per_year`: what a step of a lever of money costs, in the scenario's currency; 0 for other levers.
    """

    lever: str  # dotted name below firms.NAME
    overrides: dict[str, Any] = field(default_factory=dict)
    change: str = ""  # from where to where
    money_per_year: float = 0.0
    why: str = ""


def lever_steps(
    scenario: Scenario, firm: str, sales_per_year: float, step: float = 0.1, only: Iterable[str] = (),
) -> tuple[LeverStep, ...]:
    """One step of every lever of a firm, in the order of the schema; `only` levers or sections of these names.

    Levers of money take steps that each cost `step` of the firm's yearly budget, which grows by as much;
    `sales_per_year` is what the firm sells, in money. Budgets are in mode `amount`; in the other modes the steps cost a
    share of what the amount would be. Levers that the firm's strategy decides by itself are not moved.
    """
    wanted, money = tuple(only), _money_steps(scenario, firm, sales_per_year, step)
    chosen = [name for name in levers() if not wanted or any(f"{name}.".startswith(f"{one}.") for one in wanted)]
    before = _planned(scenario, firm)
    return tuple(_step_of(scenario, firm, name, money.get(name), before) for name in chosen)


def _step_of(scenario: Scenario, firm: str, lever: str, money: LeverStep | None, before: Plan) -> LeverStep:
    """The step of one lever, of money where it has one; or why there is none."""
    value = value_at(scenario.firms[firm].model_dump(), lever)
    value = scenario.product.price if lever == "price" and value is None else value
    after = one_step(lever, value)
    if after is None:
        return LeverStep(lever, why="left out of the file" if value is None else "no room for a step")
    for need in lacking(changed(scenario.firms[firm], {lever: after} if not lever.startswith("spending.") else {})):
        if need.lever.partition(":")[0] == lever:
            return LeverStep(lever, why=f"needs information: {need.level}")
    overrides = {f"firms.{firm}.{lever}": after}
    if lever.startswith("spending."):
        if money is None:
            return LeverStep(lever, why="there is no budget")
        overrides = {f"firms.{firm}.spending.{name}": 0.0 for name in Amounts._fields}
        overrides[f"firms.{firm}.{lever}"] = 0.5 if value == 1.0 else 1.0  # surely another split than the written one
    if _decided(lever, before, _planned(load(scenario, overrides), firm)):
        return LeverStep(lever, why=f"decided by the strategy {scenario.firms[firm].strategy}")
    needs = cost_of(lever).needs
    if needs and not value_at(before.levers.model_dump(), needs):
        return LeverStep(lever, why=f"no effect while {needs} is 0")
    return money or LeverStep(lever, overrides, f"{shown(value)} to {shown(after)}")


def _planned(scenario: Scenario, firm: str) -> Plan:
    """What the firm plans when the count of money begins."""
    folder = scenario.source.folder
    book = FirmBook(scenario, scenario.runs.seed, folder=Path(folder) if folder else None)
    return book.open(book.calendar.warm_up, scenario.market.customers).plans[book.names.index(firm)]


def _decided(lever: str, before: Plan, after: Plan) -> bool:
    """Whether the plan is the same whatever the file says of this lever."""
    if lever.startswith("spending."):
        return before.spending == after.spending
    return bool(value_at(before.levers.model_dump(), lever) == value_at(after.levers.model_dump(), lever))


def _money_steps(scenario: Scenario, firm: str, sales_per_year: float, step: float) -> Mapping[str, LeverStep]:
    """Steps that all cost the same, where there is money; without those at the end of their range."""
    section, larger = scenario.firms[firm], 1.0 + step
    money = step * (scenario.budget.per_person_per_year * scenario.market.customers * section.budget_factor)
    if money <= 0:
        return {}
    kept = {name: getattr(section.spending, name) / larger for name in Amounts._fields}  # as much money as before
    changes: list[tuple[str, dict[str, Any]]] = [
        (f"spending.{name}", {"spending": {**kept, name: min(share + step / larger, 1.0)}})
        for name, share in kept.items()
    ]
    if sales_per_year > 0:
        given = _more_given(scenario, section, money / sales_per_year)
        changes += [(lever, {"spending": kept, **change}) for lever, change in given]
    factor = {"budget_factor": section.budget_factor * larger}
    return {lever: LeverStep(lever, dict(flattened({"firms": {firm: {**change, **factor}}})), money_per_year=money)
            for lever, change in changes}


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
