"""Which events are in force in a period, and what they do. A pure function: the same period, the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sim.firms.events.base import Effect, Happening
from sim.scenario.calendar import Calendar, exactly
from sim.scenario.dotted import merged
from sim.scenario.schema.root import Event
from sim.text.words import suggestion


@dataclass(frozen=True)
class Struck:
    """What the events of a period do to one firm."""

    outage: float = 0.0  # share of contacts struck
    severity: float = 0.0
    levers: Mapping[str, Any] = field(default_factory=dict)
    strategy: str = ""  # empty: the firm's own
    settings: Mapping[str, Any] = field(default_factory=dict)

    def then(self, effect: Effect) -> Struck:
        """One more event: outages add up as independent chances, later levers and strategies win."""
        return Struck(
            outage=1.0 - (1.0 - self.outage) * (1.0 - effect.struck),
            severity=max(self.severity, effect.severity),
            levers=merged(self.levers, effect.levers),
            strategy=effect.strategy or self.strategy,
            settings=effect.settings if effect.strategy else self.settings,
        )


UNTOUCHED = Struck()


@dataclass(frozen=True)
class Circumstances:
    """Everything that the events of a period do."""

    firms: Mapping[str, Struck]
    market: Mapping[str, float]
    records: tuple[dict[str, Any], ...]  # period, year, kind, firm, what: at the begin and at the end of each event


def in_force(events: Sequence[Event], period: int, calendar: Calendar, firms: Sequence[str]) -> Circumstances:
    """What the events do in one period. Events strike in the order of their dates, then of the file.

    Levers, strategies and the market change for whole periods, at least one: from the period in which the date lies.
    An outage strikes in proportion to the part of the period that it covers.

    Raises:
        ValueError: an event names a firm that is not in the market, or is of no known kind.
    """
    struck = dict.fromkeys(firms, UNTOUCHED)
    market: dict[str, float] = {}
    records: list[dict[str, Any]] = []
    for event in sorted(events, key=lambda each: each.year):
        happening, targets = _checked(event, firms)
        first, after, part = _span(happening, period, calendar)
        if first <= period < after:
            effect = happening.effect(part)
            market.update(effect.market)
            for name in targets:
                if name:
                    struck[name] = struck[name].then(effect)
        for name in targets:
            if period == first:
                records.append(_record(happening, period, calendar, name, happening.in_words()))
            elif period == after:
                records.append(_record(happening, period, calendar, name, f"end of {happening.in_words()}"))
    return Circumstances(struck, market, tuple(records))


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
    last_touched = -int(-ends // 1)
    return first, max(first + 1, round(ends) if _whole_periods(event) else last_touched), float(part)


def _whole_periods(event: Happening) -> bool:
    """True where the event changes something for whole periods."""
    return event.effect(1.0).struck == 0.0


def _record(event: Happening, period: int, calendar: Calendar, firm: str, what: str) -> dict[str, Any]:
    return {"period": period, "year": calendar.year_of(period), "kind": event.kind, "firm": firm, "what": what}
