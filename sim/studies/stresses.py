"""What a stress test does to a market: declared here, with what is known and what is assumed. One list, nothing hidden.

A stress strikes every option alike, in the middle third of the time that is watched: long enough to hurt, early enough
to see who recovers (assumption). Sizes are assumptions; the direction is the literature's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.scenario.schema import Scenario

WEEKS_PER_YEAR = 52.0
DEMAND_LEFT = 0.75
"""Demand in the recession, as a share of the usual purchases (assumption: a deep one)."""
PRICE_MINDED = 1.3
"""Price sensitivity in the recession against the usual one (assumption)."""
WAR_CUT = 0.20
"""Price cut for everybody during the price war (assumption); who already cuts deeper, stays there."""
CRISIS_REACH, CRISIS_SEVERITY, CRISIS_WEEKS = 0.5, 0.5, 8.0
"""Half of all contacts fail, by half of the quality, for eight weeks (assumption)."""


@dataclass(frozen=True)
class Stress:
    """A stress: what it changes in a scenario that is watched for so many years, in words, and who says so."""

    name: str
    words: str
    source: str
    changes: Callable[[Scenario, float], dict[str, Any]]


def _events(scenario: Scenario, *more: dict[str, Any]) -> dict[str, Any]:
    """The scenario's own events, and more."""
    own = [event.model_dump(mode="json", exclude_none=True) for event in scenario.events]
    return {"events": [*own, *more]}


def _middle_third(years: float) -> dict[str, float]:
    return {"year": years / 3, "lasts_weeks": years / 3 * WEEKS_PER_YEAR}


def _recession(scenario: Scenario, years: float) -> dict[str, Any]:
    minded = min(100.0, scenario.people.price_sensitivity.mean * PRICE_MINDED)
    fall = {"kind": "market", **_middle_third(years), "set": {"demand": DEMAND_LEFT}}
    return {"people.price_sensitivity.mean": minded, **_events(scenario, fall)}


def _price_war(scenario: Scenario, years: float) -> dict[str, Any]:
    return _events(scenario, *_cuts(scenario, years))


def _cuts(scenario: Scenario, years: float) -> list[dict[str, Any]]:
    return [
        {"kind": "levers", "firms": [name], **_middle_third(years),
         "set": {"price_cut": {"depth": max(WAR_CUT, firm.price_cut.depth), "every_weeks": 0.0, "to": "everyone"}}}
        for name, firm in scenario.firms.items()
    ]


def _crisis(scenario: Scenario, years: float) -> dict[str, Any]:
    return _events(scenario, _outage(years))


def _outage(years: float) -> dict[str, Any]:
    return {"kind": "outage", "year": years / 3, "lasts_weeks": min(CRISIS_WEEKS, years / 3 * WEEKS_PER_YEAR),
            "reach": CRISIS_REACH, "severity": CRISIS_SEVERITY}


def _all(scenario: Scenario, years: float) -> dict[str, Any]:
    recession = _recession(scenario, years)
    return {**recession, "events": [*recession["events"], *_cuts(scenario, years), _outage(years)]}


STRESSES: tuple[Stress, ...] = (
    Stress(
        "recession",
        f"people want {100 * (1 - DEMAND_LEFT):.0f} % fewer purchases in the middle third of the time, and mind prices "
        f"{100 * (PRICE_MINDED - 1):.0f} % more throughout",
        "direction: price sensitivity rises when the economy weakens (Gordon, Goldfarb & Li 2013); sizes: assumption",
        _recession,
    ),
    Stress(
        "price war",
        f"every firm sells at least {100 * WAR_CUT:.0f} % cheaper to everybody in the middle third of the time",
        "all cut, nobody gains by it: Heil & Helsen 2001, van Heerde, Gijsbrechts & Pauwels 2008; size: assumption",
        _price_war,
    ),
    Stress(
        "crisis",
        f"{100 * CRISIS_REACH:.0f} % of every firm's contacts fail by {CRISIS_SEVERITY:g} of quality for "
        f"{CRISIS_WEEKS:g} weeks, one third into the time",
        "failures of a whole class of product: Cleeren, van Heerde & Dekimpe 2013; sizes: assumption",
        _crisis,
    ),
    Stress("all at once", "recession, price war and crisis together", "assumption", _all),
)
