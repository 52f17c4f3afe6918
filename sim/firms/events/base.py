"""What a kind of event is, and how a kind is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.registry import EVENTS
from sim.scenario.schema.root import Event


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

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Enter the new kind under its name; one that another kind has is refused."""
        super().__pydantic_init_subclass__(**kwargs)
        if isinstance(name := cls.model_fields["kind"].default, str):
            EVENTS.define(name, cls)

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
    """Every kind of event by its name: shipped, of other packages, and those that somebody defined since.

    >>> sorted(set(event_kinds()) & {"outage", "levers", "strategy", "market"})
    ['levers', 'market', 'outage', 'strategy']
    """
    return EVENTS.classes()


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
    kind: type[Happening] = EVENTS.find(str(written.get("kind", "")))
    return kind.model_validate(dict(written))
