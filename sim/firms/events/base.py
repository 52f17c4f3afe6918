"""What a kind of event is, and which events are in force in a period. Pure: the same period, the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sim.registry import EVENTS
from sim.scenario.calendar import Calendar, exactly
from sim.scenario.dotted import merged
from sim.scenario.schema import Event
from sim.text.words import suggestion


@dataclass(frozen=True)
class Effect:
    """What one event, or several, do to one firm (or to the market) in one period. Left out: nothing of that sort."""

    struck: float = 0.0  # share of contacts struck by an outage
    severity: float = 0.0
    levers: Mapping[str, Any] = field(default_factory=dict)  # new values of levers
    strategy: str = ""  # who decides from now on
    settings: Mapping[str, Any] = field(default_factory=dict)
    market: Mapping[str, float] = field(default_factory=dict)  # new values of the market

    def then(self, later: Effect) -> Effect:
        """Both events: outages add up as independent chances, later levers, strategies and market values win."""
        return Effect(
            struck=1.0 - (1.0 - self.struck) * (1.0 - later.struck),
            severity=max(self.severity, later.severity),
            levers=merged(self.levers, later.levers),
            strategy=later.strategy or self.strategy,
            settings=later.settings if later.strategy else self.settings,
            market={**self.market, **later.market},
        )


class Happening(Event):
    """A kind of event: a subclass in its own file; `kind: Literal["its_name"] = "its_name"` and declared numbers."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
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


@dataclass(frozen=True)
class Circumstances:
    """Everything that the events of a period do."""

    firms: Mapping[str, Effect]
    market: Mapping[str, float]
    records: tuple[dict[str, Any], ...]  # period, year, kind, firm, what: at the begin and at the end of each event


def in_force(events: Sequence[Event], period: int, calendar: Calendar, firms: Sequence[str]) -> Circumstances:
    """What the events do in one period. Events strike in the order of their dates, then of the file.

    Levers, strategies and the market change for whole periods, at least one: from the period in which the date lies.
    An outage strikes in proportion to the part of the period that it covers.

    Raises:
        ValueError: an event names a firm that is not in the market, or is of no known kind.
    """
    effects = dict.fromkeys(firms, Effect())
    market: dict[str, float] = {}
    records: list[dict[str, Any]] = []
    for event in sorted(events, key=lambda each: each.year):
        happening, targets = _checked(event, firms)
        first, after, part = _span(happening, period, calendar)
        if first <= period < after:
            effect = happening.effect(part)
            market.update(effect.market)
            for name in targets if happening.strikes_firms else ():
                effects[name] = effects[name].then(effect)
        if period in (first, after):
            what = happening.in_words() if period == first else f"end of {happening.in_words()}"
            begin = {"period": period, "year": calendar.year_of(period), "kind": event.kind}
            records += [{**begin, "firm": name, "what": what} for name in targets]
    return Circumstances(effects, market, tuple(records))


def _checked(event: Event, firms: Sequence[str]) -> tuple[Happening, Sequence[str]]:
    if not isinstance(event, Happening):
        raise ValueError(f"the event '{event.kind}' is not of a known kind")
    for name in event.firms:
        if name not in firms:
            raise ValueError(f"the event '{event.kind}' strikes '{name}', who is not there; {suggestion(name, firms)}")
    return event, (event.firms or firms) if event.strikes_firms else ("",)


def _span(event: Happening, period: int, calendar: Calendar) -> tuple[int, int, float]:
    """First period, first period after it, and the part of this period that the event covers."""
    begins = calendar.warm_up + exactly(event.year) * calendar.periods_per_year
    first = int(begins)
    if event.lasts_weeks is None:
        return first, 1 << 40, 1.0 if period > first else float(first + 1 - begins)
    ends = begins + exactly(event.lasts_weeks) / calendar.weeks_per_period
    part = max(Fraction(0), min(ends, Fraction(period + 1)) - max(begins, Fraction(period)))
    is_outage = event.effect(1.0).struck > 0.0
    last = -int(-ends // 1) if is_outage else round(ends)  # an outage ends within a period, all else with one
    return first, max(first + 1, last), float(part)
