"""Shares of a budget that are moved one at a time: where they are full, the others give way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.fields import full_name
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Spending

FULL = 1.0 + 1e-9


def with_room(scenario: Scenario, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes by dotted name; where shares of spending would sum to more than 1, those not named shrink in proportion.

    Shares that are named stay as they are; where they alone sum to more than 1, nothing is done.

    >>> from sim.scenario.load import load
    >>> full = load({"question": "?", "firms": {"Root": {"spending": {"advertising": 0.6, "relations": 0.4}}}})
    >>> with_room(full, {"firms.Root.service": 0.5})["firms.Root.spending.advertising"]
    0.3
    """
    found = dict(changes)
    for section, shares in _sections(scenario).items():
        named = {path.rpartition(".")[2]: value for path, value in _whole(changes).items()
                 if path.rpartition(".")[0] == section}
        numbers = [float(value) for value in named.values()
                   if isinstance(value, int | float) and not isinstance(value, bool)]
        others = {name: share for name, share in shares.items() if name not in named}
        if not numbers or len(numbers) < len(named):
            continue
        left, taken = 1.0 - sum(numbers), sum(others.values())
        if left >= 0 and taken > 0 and sum(numbers) + taken > FULL:
            found |= {f"{section}.{name}": share * left / taken for name, share in others.items() if share}
    return found


def room_in_words(scenario: Scenario | None, factors: object) -> str:
    """Which factors make other shares give way at one of their values, in a sentence; empty where none does.

    `factors`: values (or the two ends of a range) by dotted name; anything else says nothing.
    """
    if scenario is None or not isinstance(factors, Mapping):
        return ""
    moving = [path for path, values in factors.items() if isinstance(values, list | tuple)
              and any(len(with_room(scenario, {path: value})) > 1 for value in values)]
    return f"Where its shares are full, the other shares give way in proportion: {', '.join(moving)}." if moving else ""


def _whole(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {full_name(path): value for path, value in changes.items()}


def _sections(scenario: Scenario) -> dict[str, dict[str, float]]:
    """The shares of every firm, by the dotted name of their section."""
    return {f"firms.{name}.spending": {share: getattr(firm.spending, share) for share in Spending.model_fields}
            for name, firm in scenario.firms.items()}
