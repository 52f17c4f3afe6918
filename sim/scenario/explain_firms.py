"""The firms of a scenario side by side: what differs, and where the budget goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.schema import FirmSection, Scenario
from sim.scenario.words import shown

_OWN = ("like",)


def firms_in_words(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    """Sentences and table rows (they begin with |) about the firms; numbers in `changed` carry a star."""
    firms = scenario.firms
    if not firms:
        yield "None: this file is for others to extend."
        return
    yield from _budget(scenario, changed)
    yield from _side_by_side(scenario, changed)
    for name, firm in firms.items():
        spent = sum(firm.spending.model_dump().values())
        if firm.strategy == "as_written" and spent < 1 - 1e-9:
            yield f"{name} leaves {1 - spent:.0%} of its budget unspent (price cuts are paid from it)."


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
    flat = {name: _flat(firm, scenario) for name, firm in firms.items()}
    paths = list(dict.fromkeys(path for values in flat.values() for path in values))
    rows = [path for path in paths if len({str(values.get(path)) for values in flat.values()}) > 1]
    if len(firms) == 1:
        yield from _alone(*next(iter(flat.items())))
        return
    if not rows:
        yield f"The {len(firms)} firms are identical: {', '.join(firms)}."
        return
    cells = [["what differs", *firms]]
    cells += [[path, *(_cell(name, path, values, changed) for name, values in flat.items())] for path in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "|" + f"{row[0]:<{widths[0]}}  " + "  ".join(
            f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)
        )
    yield f"In all else ({len(paths) - len(rows)} levers) they are alike."


def _alone(name: str, values: dict[str, Any]) -> Iterator[str]:
    default = _flat(FirmSection(), None)
    own = [f"{path} {shown(value)}" for path, value in values.items() if default.get(path) != value]
    yield f"{name} is the only firm: {', '.join(own) or 'all levers at their defaults'}."


def _cell(firm: str, path: str, values: dict[str, Any], changed: frozenset[str]) -> str:
    star = "*" if f"firms.{firm}.{path}" in changed or f"firms.{firm}" in changed else ""
    return f"{shown(values.get(path)) if path in values else '-'}{star}"


def _flat(firm: FirmSection, scenario: Scenario | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in firm.model_dump(exclude_none=True).items():
        if name in _OWN:
            continue
        if isinstance(value, dict):
            values.update({f"{name}.{key}": inner for key, inner in value.items()})
        else:
            values[name] = value
    if scenario is not None:
        values.setdefault("price", scenario.product.price)
    return values
