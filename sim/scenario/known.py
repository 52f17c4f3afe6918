"""Kinds of events and strategies by name. They live in later rooms: the registry is asked, and only when needed."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from sim.registry import EVENTS, STRATEGIES
from sim.scenario.schema import Event


def event_kinds() -> dict[str, type[Event]]:
    """Kinds of events by name."""
    return EVENTS.classes()


def strategy_names() -> frozenset[str]:
    """Names of the strategies."""
    return frozenset(STRATEGIES.names())


def strategy_class(name: str, folder: Path) -> type[BaseModel] | str | None:
    """The class behind a strategy's name, a sentence where its file is wrong, None where nobody knows the name."""
    if ".py" not in name and name not in STRATEGIES.names():
        return None
    try:
        kind: type[BaseModel] = STRATEGIES.find(name, folder)
    except ValueError as error:
        return str(error)
    return kind
