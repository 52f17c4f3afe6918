"""Dated events: when they strike, whom, and what is written down."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.firms.events import Circumstances, in_force
from sim.registry import EVENTS
from sim.scenario.calendar import PERIODS_PER_YEAR, Calendar

MONTHS = Calendar(PERIODS_PER_YEAR["month"], warm_up=6)
FIRMS = ("Ring", "Bond")


def read(written: dict[str, object]) -> Any:
    return EVENTS.find(str(written["kind"])).model_validate(written)


def at(period: int, *written: dict[str, object], calendar: Calendar = MONTHS) -> Circumstances:
    return in_force([read(each) for each in written], period, calendar, FIRMS)


def test_the_kinds_are_found_by_scanning() -> None:
    assert {"outage", "levers", "strategy", "market"} <= set(EVENTS.names())


def test_dates_count_from_the_end_of_the_warm_up() -> None:
    event = {"kind": "levers", "year": 1.0, "set": {"lock": 0.5}, "firms": ["Ring"]}
    assert at(17, event).firms["Ring"].levers == {}
    assert at(18, event).firms["Ring"].levers == {"lock": 0.5}
    assert at(18, event).firms["Bond"].levers == {}
    assert at(999, event).firms["Ring"].levers == {"lock": 0.5}


def test_a_change_for_a_while_lasts_at_least_one_period_and_ends() -> None:
    event = {"kind": "levers", "year": 1.0, "lasts_weeks": 1.0, "set": {"rewards": 0.1}}
    assert [bool(at(period, event).firms["Bond"].levers) for period in (17, 18, 19)] == [False, True, False]


@given(year=st.decimals(0, 3, places=2), weeks=st.integers(1, 40), reach=st.floats(0.01, 1))
@settings(max_examples=40, deadline=None)
def test_an_outage_strikes_as_many_contacts_whatever_the_period(year: object, weeks: int, reach: float) -> None:
    event = {"kind": "outage", "year": float(str(year)), "lasts_weeks": float(weeks), "reach": reach}
    weeks_struck = []
    for period in PERIODS_PER_YEAR:
        calendar = Calendar(PERIODS_PER_YEAR[period])
        span = range(int(5 * calendar.periods_per_year))
        struck = sum(at(each, event, calendar=calendar).firms["Ring"].struck for each in span)
        weeks_struck.append(struck * float(calendar.weeks_per_period))
    assert weeks_struck == [pytest.approx(weeks * reach)] * 3


def test_two_outages_add_up_as_independent_chances() -> None:
    event = {"kind": "outage", "reach": 0.5, "lasts_weeks": 50.0, "severity": 0.2}
    both = at(7, event, {**event, "severity": 0.6}).firms["Ring"]
    assert both.struck == pytest.approx(0.75)
    assert both.severity == 0.6


def test_the_later_event_wins_and_the_others_stay() -> None:
    early = {"kind": "levers", "year": 0.5, "set": {"price_cut": {"depth": 0.1}, "lock": 1.0}}
    late = {"kind": "levers", "year": 1.0, "set": {"price_cut.depth": 0.3}}
    assert at(30, late, early).firms["Ring"].levers == {"price_cut": {"depth": 0.3}, "lock": 1.0}


def test_a_new_strategy_and_a_changed_market() -> None:
    now = at(
        6,
        {"kind": "strategy", "strategy": "mixed", "settings": {"relationship_share": 0.2}, "firms": ["Bond"]},
        {"kind": "market", "set": {"switching_cost": 0, "demand": 0.7}},
    )
    assert (now.firms["Bond"].strategy, now.firms["Bond"].settings) == ("mixed", {"relationship_share": 0.2})
    assert now.firms["Ring"].strategy == ""
    assert now.market == {"switching_cost": 0, "demand": 0.7}


def test_the_log_tells_the_begin_and_the_end() -> None:
    event = {"kind": "outage", "year": 1.0, "lasts_weeks": 4.0, "firms": ["Ring"], "severity": 0.4}
    logged = [record for period in range(40) for record in at(period, event).records]
    assert [(each["period"], each["firm"]) for each in logged] == [(18, "Ring"), (19, "Ring")]
    assert {each["kind"] for each in logged} == {"outage"}
    assert logged[0]["year"] == 1.0
    assert logged[1]["what"].startswith("end of outage")
    market = at(6, {"kind": "market", "set": {"demand": 0.5}}).records
    assert [each["firm"] for each in market] == [""]


def test_a_firm_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="strikes 'Bonde', who is not there; did you mean Bond"):
        at(0, {"kind": "outage", "firms": ["Bonde"]})


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"kind": "levers", "set": {"promis": 1}}, "did you mean promise"),
        ({"kind": "levers", "set": {"quality": 1.2}}, "less than or equal to 1"),
        ({"kind": "levers", "set": {}}, "say which levers change"),
        ({"kind": "levers"}, "Field required"),
        ({"kind": "strategy", "strategy": "mixd"}, "did you mean mixed"),
        ({"kind": "strategy", "strategy": "mixed", "settings": {"relationship_share": 7}}, "less than or equal to 1"),
        ({"kind": "market"}, "say what changes"),
        ({"kind": "market", "set": {"demand": 0.5}, "firms": ["Ring"]}, "at most 0 items"),
        ({"kind": "outage", "severty": 0.5}, "Extra inputs"),
    ],
)
def test_wrong_events_are_refused(written: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(written)
