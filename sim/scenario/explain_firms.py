"""The firms of a scenario side by side: what differs, and where the budget goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.dotted import flattened
from sim.scenario.schema import FirmSection, Scenario
from sim.text.words import shown


def firms_in_words(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    """Sentences and table rows (they begin with |) about the firms; numbers in `changed` carry a star."""
    firms = scenario.firms
    if not firms:
        yield "None: this file is for others to extend."
        return
    yield from _budget(scenario, changed)
    yield from _side_by_side(scenario, changed)
    unspent = {
        name: 1 - sum(firm.spending.model_dump().values())
        for name, firm in firms.items()
        if firm.strategy == "as_written"
    }
    told = [f"{name} {rest:.0%}" for name, rest in unspent.items() if rest > 1e-9]
    if told:
        yield f"Left unspent (price cuts and recovery are paid from it): {', '.join(told)} of the budget."


def _budget(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    budget, currency = scenario.budget, scenario.money.currency
    star = " *" if any(path.startswith("budget.") for path in changed) else ""
    if budget.mode == "amount":
        total = budget.per_person_per_year * scenario.market.customers
        amount = f"{currency} {total:,.0f} a year ({budget.per_person_per_year:g} for each person of the market)"
    else:
        amount = f"{budget.share:.0%} of last period's {budget.mode.removeprefix('share_of_').replace('_', ' ')}"
    limit = "" if budget.cash_limit is None else f" Nobody's cash may fall below -{budget.cash_limit:,.0f}."
    yield f"Each may spend {amount}; price cuts count as spending.{limit}{star}" + _unfair(scenario.firms)


def _unfair(firms: dict[str, FirmSection]) -> str:
    if len({firm.budget_factor for firm in firms.values()}) == 1:
        return ""
    told = ", ".join(f"{name} {firm.budget_factor:g} times" for name, firm in firms.items())
    return f" The budgets are not equal: {told} this amount."


def _side_by_side(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    firms = scenario.firms
    flat = {name: levers_of(firm, scenario) for name, firm in firms.items()}
    paths = list(dict.fromkeys(path for values in flat.values() for path in values))
    rows = [path for path in paths if len({str(values.get(path)) for values in flat.values()}) > 1]
    if len(firms) == 1:
        yield from _alone(scenario, *next(iter(flat.items())))
        return
    if not rows:
        yield f"The {len(firms)} firms are identical: {', '.join(firms)}."
        return
    new = {name for name in firms if f"firms.{name}" in changed}
    cells = [["what differs", *(f"{name}*" if name in new and len(new) < len(firms) else name for name in firms)]]
    cells += [[path, *(_cell(name, path, values, changed) for name, values in flat.items())] for path in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "|" + f"{row[0]:<{widths[0]}}  " + "  ".join(
            f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)
        )
    usual = levers_of(FirmSection(), scenario)
    first = next(iter(flat.values()))
    alike = (path for path in paths if path not in rows)
    shared = [f"{path} {shown(first[path])}" for path in alike if usual.get(path) != first[path]]
    yield f"In all else ({len(paths) - len(rows)} levers) they are alike: {', '.join(shared) or 'at the defaults'}."


def _alone(scenario: Scenario, name: str, values: dict[str, Any]) -> Iterator[str]:
    default = levers_of(FirmSection(), scenario)
    own = [f"{path} {shown(value)}" for path, value in values.items() if default.get(path) != value]
    yield f"{name} is the only firm: {', '.join(own) or 'all levers at their defaults'}."


def _cell(firm: str, path: str, values: dict[str, Any], changed: frozenset[str]) -> str:
    star = "*" if f"firms.{firm}.{path}" in changed else ""
    return f"{shown(values.get(path)) if path in values else '-'}{star}"


def levers_of(firm: FirmSection, scenario: Scenario) -> dict[str, Any]:
    """Every lever of a firm by its name inside the firm; a price left out is the reference price."""
    values = dict(flattened(firm.model_dump(exclude={"like"}, exclude_none=True)))
    return values if "price" in values else {**values, "price": scenario.product.price}
