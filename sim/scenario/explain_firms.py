"""The firms of a scenario in words: what each may spend, and side by side in what they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import add
from typing import Any

from sim.scenario.diff import in_line
from sim.scenario.dotted import flattened
from sim.scenario.fields import field_at
from sim.scenario.parameters import extra_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection, Levers
from sim.text.console import columns
from sim.text.language import marked, tr, trn
from sim.text.numbers import percent, with_currency, written
from sim.text.words import shown

BUDGETS = {
    "share_of_revenue": marked("Each may spend {share} of last period's revenue; price cuts count as spending."),
    "share_of_gross_margin": marked(
        "Each may spend {share} of last period's gross margin; price cuts count as spending."),
    "amount": marked("Each may spend {amount} a year ({each} for each person of the market); price cuts count as "
                     "spending."),
}
"""What is said of each way to set a budget."""


def star(names: list[str], changed: frozenset[str]) -> str:
    """A star when one of these numbers (or one inside these sections) differs."""
    return " *" if any(path == name or path.startswith(f"{name}.") for path in changed for name in names) else ""


def firms_in_words(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    """Sentences and table rows (they begin with |) about the firms; numbers in `changed` carry a star."""
    firms = scenario.firms
    if not firms:
        yield tr("None: this file is for others to extend.")
        return
    yield from _budget(scenario, changed)
    yield from _side_by_side(scenario, changed)
    budgets = {name: 1 - sum(firm.spending.model_dump().values()) for name, firm in firms.items()
               if firm.strategy == "as_written"}
    unspent = [f"{name} {percent(rest)}" for name, rest in budgets.items() if rest > 1e-9]
    if unspent:
        yield tr("Left unspent (price cuts and recovery are paid from it): {firms} of the budget.",
                 firms=", ".join(unspent))


def _budget(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    budget, currency = scenario.budget, scenario.money.currency
    total = budget.per_person_per_year * scenario.market.customers
    said = tr(BUDGETS[budget.mode], share=percent(budget.share), amount=with_currency(f"{total:,.0f}", currency),
              each=written(f"{budget.per_person_per_year:g}"))
    yield f"{said}{star(['budget'], changed)}"
    if budget.cash_limit is not None:
        yield tr("Least cash of a firm: {amount}.", amount=with_currency(f"{-budget.cash_limit:,.0f}", currency))
    factors = {name: shown(firm.budget_factor) for name, firm in scenario.firms.items()}
    if len(set(factors.values())) > 1:
        yield tr("Unequal budgets, times this amount: {factors}.", factors=in_line(factors))


def _side_by_side(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    firms = scenario.firms
    flat = {name: levers_of(firm, scenario) for name, firm in firms.items()}
    paths = list(dict.fromkeys(path for values in flat.values() for path in values))
    rows = [path for path in paths if len({str(values.get(path)) for values in flat.values()}) > 1]
    usual, first = levers_of(FirmSection(), scenario), next(iter(flat.values()))
    shared = [f"{path} {shown(first[path])}" for path in paths if path not in rows and usual.get(path) != first[path]]
    alike = ", ".join(shared) or tr("at the defaults")
    if len(firms) == 1:
        yield tr("{firm} is the only firm: {levers}.", firm=next(iter(firms)), levers=alike)
        return
    if not rows:
        yield tr("The {count} firms are identical: {firms}.", count=len(firms), firms=", ".join(firms))
        return
    yield from _table(flat, rows, changed)
    rest = len(paths) - len(rows)
    yield trn("In all else ({count} lever) they are alike: {levers}.",
              "In all else ({count} levers) they are alike: {levers}.", rest, levers=alike)


def _table(flat: dict[str, dict[str, Any]], rows: list[str], changed: frozenset[str]) -> Iterator[str]:
    new = {name for name in flat if f"firms.{name}" in changed}
    cells = [[tr("what differs"), *(f"{name}*" if name in new and len(new) < len(flat) else name for name in flat)]]
    for path in rows:
        values = [shown(values[path]) if path in values else "-" for values in flat.values()]
        stars = ["*" if f"firms.{name}.{path}" in changed else "" for name in flat]
        cells.append([path, *map(add, values, stars)])
    yield from (f"|{line}" for line in columns(cells))


def levers_of(firm: Levers, scenario: Scenario) -> dict[str, Any]:
    """Every lever of a firm by its name inside the firm; a price left out is the reference price."""
    values = dict(flattened(firm.model_dump(exclude={"like"}, exclude_none=True)))
    return values if "price" in values else {**values, "price": scenario.product.price}


@dataclass(frozen=True)
class Lever:
    """One lever in which firms differ: what it is, its unit, and its value for each firm."""

    name: str
    label: str
    unit: str
    values: tuple[str, ...]


def levers(scenario: Scenario) -> list[Lever]:
    """The levers in which the firms of a scenario differ, in the order of the file."""
    if len(scenario.firms) < 2:
        return []
    every = {name: levers_of(firm, scenario) for name, firm in scenario.firms.items()}
    paths = dict.fromkeys(path for values in every.values() for path in values)
    found = []
    for path in paths:
        values = tuple(value_in_words(one.get(path), path in one) for one in every.values())
        if len(set(values)) > 1:
            field = field_at(("firms", "NAME", *path.split(".")))
            label = "" if field is None else extra_of(field, "label") or field.description or ""
            unit = "" if field is None else extra_of(field, "unit")
            name = path.replace("_", " ").replace(".", ": ")
            found.append(Lever(name, label, "" if unit == "word" else unit, values))
    return found


def value_in_words(value: Any, present: bool = True) -> str:
    """A value as people write it.

    >>> value_in_words(True), value_in_words([]), value_in_words(1e6), value_in_words(None, present=False)
    ('yes', 'none', '1,000,000', '–')
    """
    if not present:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, int | float):
        return f"{value:,.12g}"
    return shown(value).replace("_", " ")
