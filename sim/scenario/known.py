"""What other rooms of the house know by name: kinds of events and strategies. Looked up only when asked."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from sim.scenario.schema import Event


def event_kinds() -> dict[str, type[Event]]:
    """Kinds of events by name, scanned from `sim.firms.events`; empty when that package is not there."""
    module = _room("sim.firms.events")
    if module is None:
        return {}
    kinds = getattr(module, "event_kinds", None) or getattr(module, "kinds", None)
    if callable(kinds):
        return dict(cast(Callable[[], dict[str, type[Event]]], kinds)())
    return {}


def strategy_names() -> frozenset[str] | None:
    """Names of the strategies, or None when nobody can say."""
    module = _room("sim.firms.strategies")
    names = getattr(module, "names", None)
    return frozenset(cast(Callable[[], Iterable[str]], names)()) if callable(names) else None


def strategy_class(name: str, folder: Path) -> type[BaseModel] | str | None:
    """The class behind a strategy's name, a sentence where its file is wrong, None where nobody knows the name."""
    module = _room("sim.firms.strategies")
    names = strategy_names()
    if module is None or names is None or (name not in names and ".py" not in name):
        return None
    try:
        return cast(type[BaseModel], cast(Any, module).get(name, folder))
    except ValueError as error:
        return str(error)


def _room(name: str) -> object | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return None
        raise
