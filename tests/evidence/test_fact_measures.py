"""Measures against cases worked by hand, and what a fact says."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.evidence.fact import Fact, Measured, Part, all_facts, all_trials, measures_of
from sim.evidence.groups import contracts, customers, relationships
from sim.evidence.markets import ADVERTISING, FRIEND, SEARCH, UNHEARD, StudyMarket, Watched
from sim.evidence.unmeasured import UNMEASURED
from sim.scenario import Scenario, load
from sim.scenario.parameters import declared

MEASURED: Measured = {"m": {"good": [1.0, 1.1, 1.2], "bad": [5.0, 5.1, 5.2]}}
WIDE, NARROW, NONE = Part("m", "good", "x", 0.0, 2.0), Part("m", "good", "x", 0.9, 2.0), Part("m", "lost", "x", 0.0)
BAD, TOLD = Part("m", "bad", "y", 0.0, 2.0), Part("m", "good", "x")


def fact_of(*parts: Part) -> Fact:
    return Fact("F00", "", "", "", "input", "", {}, parts, "")


@pytest.mark.parametrize(("parts", "verdict"), [
    ((WIDE,), "in"), ((WIDE, BAD), "partly"), ((BAD, TOLD), "out"), ((NARROW,), "in, at the edge"),
    ((WIDE, NONE), "unknown"),
])
def test_a_verdict_looks_at_judged_parts_alone(parts: tuple[Part, ...], verdict: str) -> None:
    assert fact_of(*parts).verdict(MEASURED) == verdict


def test_a_part_says_its_range_and_its_numbers() -> None:
    assert (BAD.target, NONE.target, TOLD.target) == ("0.00 to 2.00", "at least 0.00", "")
    assert Part("m", "bad", "y", high=2.0).target == "at most 2.00"
    assert BAD.shown(BAD.interval(MEASURED)) == ("5.10", "[4.85, 5.35]")


def test_every_fact_is_declared_whole() -> None:
    names = {one.name for one in declared(Scenario)}
    for fact in all_facts().values():
        assert any(part.judged for part in fact.parts), fact.id
        assert set(fact.trials) <= set(all_trials()), fact.id
        assert {part.market for part in fact.parts + fact.off} == set(fact.measures), fact.id
        assert all("," not in part.trial for part in fact.parts), fact.id
        dotted = [word for word in re.findall(r"`([^`]+)`", fact.driver + fact.note) if "." in word]
        assert set(dotted) <= names, fact.id
    measured = set(all_facts()) | {name[:3] for name in UNMEASURED}
    assert measured == {f"F{number:02}" for number in range(1, 31)}


def test_trials_of_one_name_are_the_same_and_each_is_used() -> None:
    used = {trial for fact in all_facts().values() for trial in fact.trials}
    assert used == set(all_trials())
    assert all(measures_of(trial) for trial in used)
    for trial in used:
        assert trial.split(",")[0] in all_trials()


def test_what_is_changed_to_find_a_driver_differs_from_the_market_as_it_is() -> None:
    for name, trial in all_trials().items():
        if "," in name:
            assert trial.scenario() != all_trials()[name.split(",")[0]].scenario(), name


def test_a_driver_is_told_with_its_value() -> None:
    bad_news = all_facts()["F09"]
    weight = all_trials()["impulse"].scenario().psychology.appraisal.loss_aversion
    assert bad_news.driver_told == f"`psychology.appraisal.loss_aversion` ({weight:g})"


def watched(records: Any, **seen: Any) -> Any:
    return SimpleNamespace(records=records, watched=(records, None, Watched(**seen)))


def test_those_won_by_a_friend_are_set_against_those_won_by_advertising(make_records: Any) -> None:
    year = relationships.YEAR
    records = make_records([
        (year, "Rush", 0, 1, 1000, 300), (year + 10, "Rush", 0, 1, 1000, 300), (2 * year + 5, "Rush", 0, 1, 1000, 200),
        (year + 1, "Rush", 1, 1, 1000, 400),
        (year + 2, "Root", 2, 1, 1000, 500),
        (2, "Root", 1, 1, 1000, 900),
    ], periods=4 * year)
    source = np.full((2, 3), UNHEARD, dtype=np.int8)
    rush, root = (records.firms.index(name) for name in ("Rush", "Root"))
    source[rush, 0], source[rush, 1], source[root, 2], source[root, 1] = FRIEND, ADVERTISING, SEARCH, FRIEND
    found = relationships.heard_of(watched(records, source=source))
    assert (found["won_friend"], found["won_advert"]) == (1, 1)
    assert (found["margin_1_friend"], found["margin_2_friend"]) == (600, 200)
    assert found["value_ratio"] == pytest.approx(800 / 400)
    assert found["lost"] == -1.0


def test_the_composite_is_best_where_each_of_three_tells_a_part(make_records: Any) -> None:
    asked, year, luck = relationships.ASKED_AT, relationships.YEAR, np.random.default_rng(3)
    people = 400
    parts = luck.normal(size=(3, people))
    margin = np.round(1000 * (10 + parts.sum(axis=0) + luck.normal(size=people))).astype(int)
    rows = [(asked - 1, "Rush", one, 1, 1000, 100) for one in range(people)]
    rows += [(asked + 1, "Rush", one, 1, int(margin[one]), int(margin[one])) for one in range(people)]
    records = make_records(rows, people=people, periods=asked + year)
    firm = records.firms.index("Rush")
    bonds = np.zeros((3, len(records.firms), people))
    bonds[:, firm] = parts
    slower = bonds.copy()
    slower[2, firm] -= margin / 500.0
    found = relationships.predictors(watched(records, bonds={asked: bonds, asked - year // 2: slower}))
    assert found["customers"] == people
    assert found["composite"] > found["trust"] + 0.2
    assert found["composite_best"] == pytest.approx(
        found["composite"] - max(found["trust"], found["satisfaction"], found["commitment"]))
    assert found["t_velocity"] > 100 > abs(found["t_level"])


def test_the_old_pay_what_the_new_pay_unless_prices_say_otherwise(make_records: Any) -> None:
    year = customers.YEAR
    rows = [(0, "Rush", 0, 1, 1000, 100), (3 * year, "Rush", 0, 1, 1000, 100), (3 * year + 1, "Rush", 1, 1, 800, 50)]
    records = make_records(rows, periods=4 * year)
    assert customers.prices_paid(watched(records))["old_pay_more"] == 0.0
    rows_of = records.transactions
    promoted = np.where(rows_of.customer == 1, rows_of.amount, rows_of.given)  # the new one pays half the list price
    cheap = replace(records, transactions=replace(rows_of, given=promoted))
    assert customers.prices_paid(watched(cheap))["old_pay_more"] == pytest.approx((1 / 1.1) / (1 / 2) - 1)


def test_retention_is_of_those_who_never_broke_off_and_could_stay(make_records: Any) -> None:
    months = 12 * (contracts.YEARS + 1)
    rows = [(month, "Rush", 0, 1, 1000, 400) for month in range(months)]
    rows += [(month, "Rush" if month < 15 else "Root", 1, 1, 1000, 400) for month in range(months)]
    rows += [(month, "Root", 2, 1, 1000, 400) for month in range(6)]
    leaves = np.array([months, months, 6], dtype=np.int16)
    records = make_records(rows, periods=months, people_columns={"leaves": leaves})
    kept, people = contracts.retention(records)
    assert people[:3].tolist() == [2, 2, 1]
    assert kept[:3].tolist() == [1.0, 0.5, 1.0]


QUIET = {
    "question": "Who told whom?", "clock": {"years": 2}, "market": {"customers": 300, "aware_at_start": 0.1},
    "people": {"purchases_per_year": {"mean": 20}}, "firms": {"Rush": {}, "Root": {}},
}
NO_SEARCH = {"psychology.attention.search": 0.0}


def sources(changes: dict[str, Any]) -> set[int]:
    seen = StudyMarket(load(QUIET, changes), 5).watched[2].source
    return set(np.unique(seen).tolist()) - {UNHEARD}


def test_how_somebody_came_to_know_a_firm_is_told_apart() -> None:
    advertised = {f"firms.{name}.spending.advertising": 0.9 for name in ("Rush", "Root")}
    silent = {"mechanisms.word_of_mouth": 0}
    assert sources({**NO_SEARCH, **silent}) == set()
    assert sources({**NO_SEARCH, **silent, **advertised}) == {ADVERTISING}
    assert sources(NO_SEARCH) == {FRIEND}
    assert sources(silent) == {SEARCH}


def test_who_was_told_had_a_friend_who_spoke() -> None:
    course = StudyMarket(load(QUIET), 5).course()
    seen, told = Watched(), 0
    while not course.done:
        stranger, said = course.world.tie.experiences == 0, course.world.friend.said_firm.copy()
        stranger &= ~course.world.tie.aware
        seen.step(course)
        firm, person = np.nonzero((seen.source == FRIEND) & course.world.tie.aware & stranger)
        friends = [said[course.world.friend_of[:, one]] for one in person]
        assert all(place in heard for place, heard in zip(firm, friends, strict=True))
        told += person.size
    assert told > 10
