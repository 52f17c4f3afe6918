"""What a kind of event is, and how a kind is found."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from sim.scenario.schema.root import Event
from sim.text.words import suggestion


@dataclass(frozen=True)
class Effect:
    """What one event does to one firm (or to the market) in one period. Left out: nothing of that sort."""

    struck: float = 0.0  # share of contacts struck by an outage
    severity: float = 0.0
    levers: Mapping[str, Any] = field(default_factory=dict)  # new values of levers
    strategy: str = ""  # who decides from now on
    settings: Mapping[str, Any] = field(default_factory=dict)
    market: Mapping[str, float] = field(default_factory=dict)  # new values of the market


class Happening(Event):
    """A kind of event: a subclass in its own file; `kind: Literal["its_name"] = "its_name"` and declared numbers."""

    def effect(self, part: float) -> Effect:
        """What it does in a period of which it covers this part (0..1)."""
        raise NotImplementedError(f"the event '{self.kind}' needs a method `effect(self, part)` that returns an Effect")

    def in_words(self) -> str:
        """What happens, in a few words for the log."""
        return self.kind

    @property
    def strikes_firms(self) -> bool:
        """False where it is the market that changes."""
        return True


def event_kinds() -> dict[str, type[Happening]]:
    """Every kind of event by its name: those of this folder and those that somebody defined since.

    >>> sorted(set(event_kinds()) & {"outage", "levers", "strategy", "market"})
    ['levers', 'market', 'outage', 'strategy']
    """
    import sim.firms.events as package

    for found in pkgutil.iter_modules(package.__path__):
        import_module(f"{package.__name__}.{found.name}")
    kinds: dict[str, type[Happening]] = {}
    waiting: list[type[Happening]] = list(Happening.__subclasses__())
    while waiting:
        kind = waiting.pop(0)
        waiting.extend(kind.__subclasses__())
        name = str(kind.model_fields["kind"].default)
        before = kinds.get(name)
        if before is not None and (before.__module__, before.__qualname__) != (kind.__module__, kind.__qualname__):
            raise TypeError(f"two kinds of event are called '{name}' ({before.__module__} and {kind.__module__})")
        kinds[name] = kind
    return kinds


def read_event(written: Mapping[str, Any]) -> Happening:
    """An event from the keys of a scenario file.

    Raises:
        ValueError: no such kind (the nearest is named); pydantic's ValidationError for wrong keys and values.

    >>> read_event({"kind": "outage", "year": 1, "severity": 0.5}).in_words()
    'outage: 100 % of contacts, severity 0.5'
    >>> read_event({"kind": "outrage"})
    Traceback (most recent call last):
    ValueError: there is no kind of event 'outrage'; did you mean outage?
    """
    kinds = event_kinds()
    name = str(written.get("kind", ""))
    if name not in kinds:
        raise ValueError(f"there is no kind of event '{name}'; {suggestion(name, sorted(kinds))}")
    return kinds[name].model_validate(dict(written))
