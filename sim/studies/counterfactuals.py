"""Counterfactuals: the same market, but one firm without some drivers of its customer equity.

Value equity is what customers get for what they give, judged by its merits: quality, price, convenience. Brand equity
is what they see in the firm beyond that: awareness, image, ethics. Relationship equity is their tendency to stay beyond
both: being known, rewarded, cared for, bound (Rust, Zeithaml and Lemon 2000; Rust, Lemon and Zeithaml 2004).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.firms.plans import changed
from sim.scenario.calendar import Calendar
from sim.scenario.dotted import flattened
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection, Levers
from sim.text.words import suggestion

Driver = Literal["value", "brand", "relationship"]
DRIVERS: tuple[Driver, ...] = ("value", "brand", "relationship")

BOOK = "Rust, Zeithaml and Lemon 2000"
ARTICLE = "Rust, Lemon and Zeithaml 2004"
RIVALS, OWN_QUALITY = "mean of the rivals", "own quality"


@dataclass(frozen=True)
class DriverLever:
    """A lever (or a whole section of levers): its driver, its value when the driver is off, why, and who says so.

    `off` is a value, `RIVALS` (the mean of what the rivals have written; the product's reference where there is none)
    or `OWN_QUALITY`.
    """

    name: str
    driver: Driver
    off: Any
    reason: str
    source: str


LEVERS: tuple[DriverLever, ...] = (
    DriverLever("price", "value", RIVALS, "what customers give", BOOK),
    DriverLever("price_cut", "value", RIVALS, "what customers give, now and then; the mean depth over time", BOOK),
    DriverLever("quality", "value", RIVALS, "what customers get", BOOK),
    DriverLever("benefits", "value", RIVALS, "what customers get, need by need", BOOK),
    DriverLever("surprise", "value", RIVALS, "what customers get beyond the offer", "assumption: part of the service"),
    DriverLever("failure_rate", "value", RIVALS, "quality of delivery", BOOK),
    DriverLever("effort", "value", RIVALS, "convenience", BOOK),
    DriverLever("capacity", "value", RIVALS, "convenience: getting through", "assumption: availability is convenience"),
    DriverLever("recovery", "value", RIVALS, "a delivery made good is part of what customers get",
                "assumption: it repairs the verdict on the service; others count it to relations"),
    DriverLever("spending.service", "value", RIVALS, "better delivery", BOOK),
    DriverLever("spending.people", "value", RIVALS, "skilled staff: better delivery", BOOK),
    DriverLever("spending.capacity", "value", RIVALS, "convenience: room for more contacts", "assumption: as capacity"),
    DriverLever("promise", "brand", OWN_QUALITY, "image: no more and no less is promised than is there", ARTICLE),
    DriverLever("values", "brand", RIVALS, "ethics: the firm stands for nothing of its own", ARTICLE),
    DriverLever("spending.advertising", "brand", 0.0, "awareness", ARTICLE),
    DriverLever("spending.relations", "relationship", 0.0, "nobody is contacted", BOOK),
    DriverLever("information", "relationship", "sales", "nobody is known: knowledge builds the tie", BOOK),
    DriverLever("care.personalisation", "relationship", 0.0, "no special treatment", BOOK),
    DriverLever("care.contact", "relationship", 0.0, "nobody is contacted", BOOK),
    DriverLever("care.proactive", "relationship", 0.0, "nobody asks the silent", BOOK),
    DriverLever("care.selective", "relationship", 0.0, "no treatment, so no choice of whom to treat", BOOK),
    DriverLever("care.by", "relationship", "contribution", "no meaning where nobody is left out",
                "assumption: as care.selective"),
    DriverLever("rewards", "relationship", 0.0, "no loyalty programme", BOOK),
    DriverLever("lock", "relationship", 0.0, "staying beyond all merits, by the cost of leaving",
                f"{ARTICLE} (by their definition; a lock is not in their list)"),
    DriverLever("win_back.reach", "relationship", 0.0, "nobody is called back", "assumption: regaining is keeping"),
    DriverLever("win_back.depth", "relationship", 0.0, "nothing is offered to those who left", "assumption: as reach"),
    DriverLever("win_back.by", "relationship", "reason", "no meaning where nobody is called back",
                "assumption: as reach"),
)
"""Every lever of a firm stands here once. Not levers, so left alone: budget_factor, and a firm's starting position
(aware_at_start, share): what it was given, not what it does."""

ACCOUNTS_OF: dict[Driver, tuple[str, ...]] = {
    "value": ("quality", "service", "people", "capacity", "recovery"), "brand": ("advertising",),
    "relationship": ("relations", "information", "system", "rewards", "care", "win_back"),
}
"""What the levers of a driver cost, by account of the ledger (price cuts are revenue that is not there)."""


def lever_of(name: str) -> DriverLever | None:
    """The row of a lever by dotted name: its own, or that of the section it stands in.

    >>> lever_of("benefits.esteem").driver, lever_of("spending.relations").driver, lever_of("share")
    ('value', 'relationship', None)
    """
    return next((one for one in LEVERS if f"{name}.".startswith(f"{one.name}.")), None)


def without(scenario: Scenario, firm: str, drivers: tuple[Driver, ...]) -> Scenario:
    """The scenario in which one firm has these drivers switched off: see `LEVERS`.

    Levers are held from the end of the warm-up on, whatever the firm's strategy or an event on the firm would make of
    them; rivals go on by their own rules. Money that is not spent stays with the firm. Where the firm takes over shares
    of spending from its rivals that its budget has no room for, the budget grows by as much, so that nothing else is
    spent less on. A firm that splits its money by a strategy of its own keeps that split for service, people and
    capacity.

    Raises:
        ValueError: there is no such firm.
    """
    if firm not in scenario.firms:
        raise ValueError(f"There is no firm {firm!r}; {suggestion(firm, scenario.firms)}")
    section = scenario.firms[firm]
    off = _levers_off(scenario, firm, drivers)
    reduced = _with_levers(section, off)
    if section.strategy != "as_written":
        reduced = reduced.model_copy(update=_held(scenario, section, off))
    events = [part for event in scenario.events for part in _events(scenario, event, firm, (off, drivers))]
    return scenario.model_copy(update={"firms": {**scenario.firms, firm: reduced}, "events": events})


def _levers_off(scenario: Scenario, firm: str, drivers: tuple[Driver, ...]) -> dict[str, Any]:
    """Values by dotted name for every lever that is switched off."""
    rivals: list[Levers] = [section for name, section in scenario.firms.items() if name != firm] or [Levers()]
    written = [dict(flattened(rival.model_dump())) for rival in rivals]
    for values in written:
        values["price"] = scenario.product.price if values["price"] is None else values["price"]
    off: dict[str, Any] = {}
    for lever in LEVERS:
        if lever.driver not in drivers:
            continue
        if lever.name == "price_cut":
            off |= _usual_cut(scenario, rivals)
        elif lever.off == RIVALS:
            off |= {name: _mean([values[name] for values in written]) for name in written[0] if lever_of(name) is lever}
        else:
            off[lever.name] = lever.off
    if "promise" in off:
        off["promise"] = off.get("quality", scenario.firms[firm].quality)
    return off


def _mean(values: Sequence[Any]) -> Any:
    """The mean; the value itself where all are the same, to the last bit; None where one of them is."""
    if None in values:
        return None
    return values[0] if len(set(values)) == 1 else sum(values) / len(values)


def _usual_cut(scenario: Scenario, rivals: Sequence[Levers]) -> dict[str, Any]:
    """The price cut of the rivals where they agree; else the mean depth over time of their cuts for everyone."""
    cuts = [rival.price_cut for rival in rivals]
    if len(set(cuts)) == 1:
        return dict(flattened({"price_cut": cuts[0].model_dump()}))
    weeks = float(Calendar.of(scenario.clock).weeks_per_period)
    depths = [cut.depth * (weeks / max(cut.every_weeks, weeks)) if cut.to == "everyone" else 0.0 for cut in cuts]
    return {"price_cut.depth": _mean(depths), "price_cut.every_weeks": 0.0, "price_cut.to": "everyone"}


def _with_levers(section: FirmSection, off: Mapping[str, Any]) -> FirmSection:
    """The firm with these levers; its budget grows where the shares of spending add up to more than 1."""
    levers = changed(section, off)
    updates = dict(levers)
    before, after = (sum(dict(one.spending).values()) for one in (section, levers))
    if after > max(1.0, before):
        shares = {name: min(1.0, share / after) for name, share in levers.spending}
        updates["spending"] = levers.spending.model_copy(update=shares)
        updates["budget_factor"] = section.budget_factor * after / max(1.0, before)
    return section.model_copy(update=updates)


def _held(scenario: Scenario, decides: Any, off: Mapping[str, Any]) -> dict[str, Any]:
    """The strategy that a firm or an event names inside `without`, which holds levers and closes accounts."""
    closed = [lever.name.removeprefix("spending.") for lever in LEVERS
              if lever.name in off and lever.name.startswith("spending.") and lever.off == 0.0]
    levers = {name: value for name, value in off.items() if not name.startswith("spending.") and name != "promise"}
    folder = scenario.source.folder if ".py" in decides.strategy else ""
    return {"strategy": "without", "settings": {
        "of": decides.strategy, "settings": dict(decides.settings), "folder": folder,
        "levers": levers, "closed": closed, "promise_is_quality": "promise" in off,
    }}


def _events(
    scenario: Scenario, event: Any, firm: str, taken: tuple[Mapping[str, Any], tuple[Driver, ...]]
) -> list[Any]:
    """The event for everybody else as it is; for the firm without what would switch a driver on again."""
    off, drivers = taken
    struck = event.firms or list(scenario.firms)
    if event.kind not in ("levers", "strategy") or firm not in struck:
        return [event]
    others = [name for name in struck if name != firm]
    parts = [event.model_copy(update={"firms": others})] if others else []
    if event.kind == "strategy":
        return [*parts, event.model_copy(update={"firms": [firm], **_held(scenario, event, off)})]
    kept = {name: value for name, value in flattened(event.set)
            if (lever := lever_of(name)) is None or lever.driver not in drivers}
    return [*parts, event.model_copy(update={"firms": [firm], "set": kept})] if kept else parts
