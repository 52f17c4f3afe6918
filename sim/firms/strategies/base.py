"""What a strategy is: settings with ranges, and one method from what a firm sees to what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError

from sim.firms.plans import Amounts, Plan, Seen, changed, faults
from sim.registry import STRATEGIES
from sim.scenario.parameters import Section
from sim.text.foreign_code import told

_OURS = f"{__name__.partition('.')[0]}."
"""Modules of this package: an error in one of them is a fault of the program."""


class Strategy(Section):
    """Who decides a firm's levers each period. Subclass it, and it has a name that scenario files can use.

    Settings are fields declared with `number` (default, unit, range, label, source); they are frozen and checked.
    The name is the class name in snake_case unless the class says `name = "..."`. A strategy keeps no memory: the
    same `Seen` always gives the same `Plan`.

    >>> from sim.scenario.parameters import number
    >>> class HalfAndHalf(Strategy):
    ...     '''Half of the money tells people about the firm, half goes to those it knows.'''
    ...     known: float = number(0.5, "share", (0, 1), "share for known customers")
    ...     def plan(self, seen):
    ...         spending = {"advertising": 1 - self.known, "relations": self.known}
    ...         return self.spend(seen, seen.written, spending)
    >>> HalfAndHalf.name, HalfAndHalf().known
    ('half_and_half', 0.5)
    """

    name: ClassVar[str] = "strategy"
    source_file: ClassVar[str] = ""  # set where the class comes from a file of the user

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "name" not in cls.__dict__:
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        STRATEGIES.define(cls.name, cls)

    def plan(self, seen: Seen) -> Plan:
        """The levers and the spending of this period."""
        raise NotImplementedError(f"the strategy '{self.name}' needs a method `plan(self, seen)` that returns a Plan")

    @staticmethod
    def spend(seen: Seen, levers: Any, shares: dict[str, float]) -> Plan:
        """A plan with these levers that spends the whole budget in these shares."""
        zero = dict.fromkeys(Amounts._fields, 0.0)
        return Plan.from_shares(changed(levers, {"spending": {**zero, **shares}}), seen.budget)

    def __reduce__(self) -> Any:
        # By place and settings, so that a strategy of a user's file arrives in another process too.
        settings = {name: getattr(self, name) for name in type(self).model_fields}
        return (_restored, (self.source_file or type(self), type(self).__name__, settings))


def _restored(place: str | Callable[..., Strategy], name: str, settings: dict[str, Any]) -> Any:
    return (STRATEGIES.in_file(f"{place}:{name}") if isinstance(place, str) else place)(**settings)


def build(name: str, settings: Mapping[str, Any] | None = None, folder: Path | None = None) -> Strategy:
    """The strategy of a name, or of a user's file (`my_strategy.py:MyStrategy`, from `folder`), with its settings.

    Raises:
        ValueError: no such strategy (the nearest is named), or settings that it does not have or that are out of range.
    """
    kind: type[Strategy] = STRATEGIES.find(name, folder)
    try:
        return kind(**dict(settings or {}))
    except ValidationError as error:
        raise ValueError("; ".join(faults(error, "setting", kind.model_fields))) from None


def planned(strategy: Strategy, seen: Seen) -> Plan:
    """The plan of a strategy; what goes wrong in one of a user is told as an error of its file and line.

    Raises:
        ValueError: a strategy of a user asked Python to end, or took too long.
    """
    if type(strategy).__module__.startswith(_OURS):
        return strategy.plan(seen)
    with told(f"the strategy '{strategy.name}' of {seen.firm} fails", strategy.source_file):
        return strategy.plan(seen)
