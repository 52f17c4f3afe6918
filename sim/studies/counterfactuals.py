"""Counterfactuals: the same market, but one firm without some drivers of its customer equity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.firms.plans import Amounts, changed
from sim.scenario.calendar import Calendar
from sim.scenario.dotted import flattened
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection, Levers
from sim.studies.driver_levers import OWN_QUALITY, RIVALS, Driver, assigned, levers_of

AS_WRITTEN = "as_written"


def without(scenario: Scenario, firm: str, drivers: tuple[Driver, ...]) -> Scenario:
    """The scenario in which one firm has these drivers switched off (see `sim.studies.driver_levers`).

    Levers are held for the whole run, whatever the firm's strategy or an event on the firm would make of them; rivals
    go on by their own rules. Money that is not spent stays with the firm. Where the firm takes over shares of spending
    from its rivals that its budget has no room for, the budget grows by as much, so that nothing else is spent less on.
    A firm that splits its money by a strategy of its own keeps that split for service, people and capacity.

    Raises:
        ValueError: there is no such firm.
    """
    if firm not in scenario.firms:
        from sim.text.words import suggestion

        raise ValueError(f"There is no firm {firm!r}; {suggestion(firm, scenario.firms)}")
    section = scenario.firms[firm]
    off = _levers_off(scenario, firm, drivers)
    reduced = _section(section, off)
    if section.strategy != AS_WRITTEN:
        reduced = reduced.model_copy(update=_wrapped(scenario, section.strategy, section.settings, off, drivers))
    events = [part for event in scenario.events for part in _events(scenario, event, firm, (off, drivers))]
    return scenario.model_copy(update={"firms": {**scenario.firms, firm: reduced}, "events": events})


def _levers_off(scenario: Scenario, firm: str, drivers: tuple[Driver, ...]) -> dict[str, Any]:
    """Values by dotted name for every lever that is switched off."""
    rivals = [section for name, section in scenario.firms.items() if name != firm]
    off: dict[str, Any] = {}
    for one in levers_of(drivers):
        if one.lever == "price_cut":
            off |= {f"price_cut.{name}": value for name, value in _usual_cut(scenario, rivals).items()}
        elif one.off == RIVALS:
            off |= _mean_of(scenario, rivals, one.lever)
        elif one.off != OWN_QUALITY:
            off[one.lever] = one.off
    if "brand" in drivers:
        off["promise"] = off.get("quality", scenario.firms[firm].quality)
    return off


def _mean_of(scenario: Scenario, rivals: Sequence[Levers], lever: str) -> dict[str, Any]:
    """The mean of the rivals, lever by lever; the reference of the product (the default) where there is no rival."""
    values = [_value(section, lever) for section in rivals or [Levers()]]
    if isinstance(values[0], dict):
        return {f"{lever}.{name}": _mean([value[name] for value in values]) for name in values[0]}
    if lever == "price":
        values = [scenario.product.price if value is None else value for value in values]
    return {lever: None if None in values else _mean(values)}


def _value(section: Levers, lever: str) -> Any:
    value: Any = section
    for step in lever.split("."):
        value = getattr(value, step)
    return value.model_dump() if hasattr(value, "model_dump") else value


def _mean(values: list[float]) -> float:
    """The mean; the value itself where all are the same, to the last bit."""
    return values[0] if len(set(values)) == 1 else sum(values) / len(values)


def _usual_cut(scenario: Scenario, rivals: Sequence[Levers]) -> dict[str, Any]:
    """The price cut of the rivals where they agree; else the mean depth over time of their cuts for everyone."""
    cuts = [section.price_cut for section in rivals] or [Levers().price_cut]
    if len(set(cuts)) == 1:
        return cuts[0].model_dump()
    weeks = float(Calendar.of(scenario.clock).weeks_per_period)
    depths = [cut.depth * (weeks / max(cut.every_weeks, weeks)) if cut.to == "everyone" else 0.0 for cut in cuts]
    return {"depth": _mean(depths), "every_weeks": 0.0, "to": "everyone"}


def _section(section: FirmSection, off: Mapping[str, Any]) -> FirmSection:
    """The firm with these levers; its budget grows where the shares of spending add up to more than 1."""
    before = {name: getattr(section, name) for name in Levers.model_fields}
    levers = changed(Levers(**before), off)
    updates: dict[str, Any] = {name: getattr(levers, name) for name in Levers.model_fields}
    spent, was = _shares(levers), _shares(section)
    total = sum(spent.values())
    if total > 1.0 and total > sum(was.values()):
        spending = {name: min(1.0, share / total) for name, share in spent.items()}
        updates["spending"] = levers.spending.model_copy(update=spending)
        updates["budget_factor"] = section.budget_factor * total / max(1.0, sum(was.values()))
    return section.model_copy(update=updates)


def _shares(levers: Levers) -> dict[str, float]:
    return {name: getattr(levers.spending, name) for name in Amounts._fields}


def _wrapped(
    scenario: Scenario, strategy: str, settings: Mapping[str, Any], off: Mapping[str, Any], drivers: tuple[Driver, ...]
) -> dict[str, Any]:
    """A strategy inside `without`, which holds the levers and closes the accounts that are off."""
    closed = [name for name in Amounts._fields if off.get(f"spending.{name}") == 0.0 and _always_closed(name)]
    held = {name: value for name, value in off.items() if not name.startswith("spending.") and name != "promise"}
    return {"strategy": "without", "settings": {
        "of": strategy, "settings": dict(settings), "folder": scenario.source.folder or "", "levers": held,
        "closed": closed, "promise_is_quality": "brand" in drivers,
    }}


def _always_closed(account: str) -> bool:
    """Whether the table says that nothing is spent on this account when its driver is off."""
    one = assigned(f"spending.{account}")
    return one is not None and one.off == 0.0


def _events(
    scenario: Scenario, event: Any, firm: str, taken: tuple[Mapping[str, Any], tuple[Driver, ...]]
) -> list[Any]:
    """The event for everybody else as it is; for the firm without what would switch a driver on again."""
    struck = event.firms or list(scenario.firms)
    if event.kind not in ("levers", "strategy") or firm not in struck:
        return [event]
    others = [name for name in struck if name != firm]
    parts = [event.model_copy(update={"firms": others})] if others else []
    if event.kind == "strategy":
        mine = _wrapped(scenario, event.strategy, event.settings, *taken)
        return [*parts, event.model_copy(update={"firms": [firm], **mine})]
    kept = {name: value for name, value in flattened(event.set) if not _is_off(name, taken[1])}
    return [*parts, event.model_copy(update={"firms": [firm], "set": kept})] if kept else parts


def _is_off(lever: str, drivers: tuple[Driver, ...]) -> bool:
    one = assigned(lever)
    return one is not None and one.driver in drivers
