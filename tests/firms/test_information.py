"""Information is real: a firm does without what its level does not record, and it says so."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from markets import differing, small_market, walked

from sim.engine.state import COUNTS
from sim.firms.information import LEVELS, NEEDS, lacking, notices, permitted
from sim.firms.plans import changed
from sim.market.simulation import Simulation
from sim.registry import STRATEGIES
from sim.scenario.schema.firm import INFORMATION_LEVELS, InformationLevel, Levers

PERIODS = 18
MARKET = {"market.active_window_weeks": 13.0, "budget.per_person_per_year": 20.0,
          "psychology.knowing.annoying_below_trust": 0.4, "product.information_system": 0.01}
BASE: dict[str, Any] = {"spending.advertising": 0.3, "spending.relations": 0.4, "failure_rate": 0.3}
BLIND: dict[str, Any] = {"win_back.by": "price", "win_back.depth": 0.0}

LEVERS: dict[str, tuple[InformationLevel, dict[str, Any], dict[str, Any]]] = {
    "spending.relations": ("identity", {"spending.relations": 0.6}, {"spending.relations": 0.0}),
    "care.contact": ("identity", {"care.contact": 4.0}, {"care.contact": 0.0}),
    "care.personalisation": ("identity", {"care.personalisation": 0.5}, {"care.personalisation": 0.0}),
    "care.selective": ("identity", {"care.selective": 0.5}, {"care.selective": 0.0}),
    "care.by": ("identity", {"care.selective": 0.5, "care.by": "rfm"}, {"care.selective": 0.5}),
    "win_back.reach": ("identity", {**BLIND, "win_back.reach": 6.0}, {**BLIND, "win_back.reach": 0.0}),
    "price_cut.to: lapsed": ("identity", {**BLIND, "win_back.reach": 6.0, "price_cut.depth": 0.3,
                                          "price_cut.to": "lapsed"},
                             {**BLIND, "win_back.reach": 6.0, "price_cut.to": "lapsed"}),
    "care.proactive": ("surveys", {"care.proactive": 1.0}, {"care.proactive": 0.0}),
    "win_back.by: reason": ("reasons", {"win_back.reach": 6.0, "win_back.by": "reason"},
                            {"win_back.reach": 6.0, **BLIND}),
}
"""Every lever that needs information: the first level that is enough, the lever pulled, the lever at rest."""
SHIPPED = sorted(name for name, kind in STRATEGIES.classes().items()
                 if kind.__module__.startswith("sim.firms.strategies.") and name not in ("half_and_half", "without"))


def below(level: InformationLevel) -> list[InformationLevel]:
    return list(INFORMATION_LEVELS[: INFORMATION_LEVELS.index(level)])


@cache
def _walked(levers: tuple[tuple[str, Any], ...]) -> Simulation:
    changes = {f"firms.Root.{name}": value for name, value in levers}
    firms = {"Rush": {"spending": {"advertising": 0.6}}, "Root": {}}
    return walked(small_market({**MARKET, **changes}, firms, customers=250), PERIODS)


def market_with(level: str, **levers: Any) -> Simulation:
    return _walked(tuple({**BASE, "information": level, **levers}.items()))


@pytest.mark.parametrize(("lever", "level"), [(lever, low) for lever, (need, *_) in LEVERS.items()
                                              for low in below(need)])
def test_below_its_level_a_lever_is_the_same_bits_as_at_rest(lever: str, level: str) -> None:
    _, pulled, rest = LEVERS[lever]
    assert differing(market_with(level, **pulled), market_with(level, **rest)) == []


@pytest.mark.parametrize("lever", LEVERS)
def test_at_its_level_a_lever_does_something(lever: str) -> None:
    """Otherwise the test above says nothing."""
    need, pulled, rest = LEVERS[lever]
    assert differing(market_with(need, **pulled), market_with(need, **rest)) != []


def test_every_lever_of_the_table_is_tested() -> None:
    assert {need.lever for need in NEEDS} <= set(LEVERS)
    assert all(LEVERS[need.lever][0] == need.level for need in NEEDS)


WISHES: dict[str, Any] = {"care.proactive": 0.8, "care.selective": 0.4, "win_back.reach": 6.0, "price_cut.depth": 0.2,
                          "price_cut.to": "lapsed", "rewards": 0.02}


@pytest.mark.parametrize("level", INFORMATION_LEVELS)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_strategy_that_wants_more_is_the_strategy_without_it(name: str, level: InformationLevel) -> None:
    """The same strategy, with what the level in force does not carry held at rest, is the same bits."""
    whole = market_with(level, **WISHES, strategy=name)
    in_force = whole.book.states[1].levers
    held = {lever: value for need in NEEDS if in_force.information in below(need.level)
            for lever, value in need.without.items() if lever != "price_cut.depth" or in_force.price_cut.to == "lapsed"}
    settings = {"of": name, "levers": held}
    held_back = market_with(level, **WISHES, strategy="without", settings=_Settings(settings))
    assert differing(whole, held_back) == []


class _Settings(dict[str, Any]):
    """Settings that can be a key of the cache."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items())))


def count(course: Simulation, name: str) -> int:
    return int(course.recorder.counts[:, COUNTS.index(name), 1].sum())


def test_each_level_knows_more_of_a_person_up_to_its_own_most() -> None:
    most = [float(market_with(level).world.tie.knowledge[1].max()) for level in INFORMATION_LEVELS]
    assert all(known <= LEVELS[level].knowledge + 1e-6
               for level, known in zip(INFORMATION_LEVELS, most, strict=True))
    assert all(less < more for less, more in pairwise(most))


def test_surveys_find_some_of_the_silent_and_emotion_more() -> None:
    found = [count(market_with(level, **{"care.proactive": 1.0}), "cared") for level in INFORMATION_LEVELS]
    assert found[:2] == [0, 0]
    assert 0 < found[2] < found[4]


def test_who_refused_a_contact_is_not_contacted_again_where_refusals_are_recorded() -> None:
    plain, heeding = market_with("surveys"), market_with("reasons")
    assert 0 < count(heeding, "unwelcome_touches") < 0.7 * count(plain, "unwelcome_touches")
    refused = heeding.world.tie.spared_until[1] > 0
    assert count(heeding, "unwelcome_touches") == np.count_nonzero(refused)  # once each: remembered for years
    assert not plain.world.tie.spared_until.any()


def test_a_refusal_is_forgotten_in_time() -> None:
    long, short = (
        walked(small_market({**MARKET, "psychology.knowing.refusal_weeks": weeks},
                            {"Rush": {}, "Root": {"spending": {"relations": 0.4}, "information": "reasons"}}), PERIODS)
        for weeks in (104.0, 4.0)
    )
    assert count(short, "unwelcome_touches") > count(long, "unwelcome_touches") > 0


def test_signals_mend_grievances_before_an_exit() -> None:
    """Care at rest, the two levels leave the same grievances but for what is known; at work, emotion leaves less."""
    sums = {(level, care): float(market_with(level, **{"care.contact": 4.0, "care.proactive": care}).world.tie
                                 .grievance[1].sum()) for level in ("reasons", "emotion") for care in (0.0, 1.0)}
    assert sums["emotion", 1.0] < 0.95 * sums["reasons", 1.0]
    assert sums["emotion", 0.0] == pytest.approx(sums["reasons", 0.0], rel=0.05)


def test_a_notice_says_who_does_without_what_once() -> None:
    course = market_with("identity", **{"care.proactive": 0.5})
    said = [event["what"] for event in course.records().events if event["kind"] == "information"]
    assert said == [
        "Root: care.proactive needs information: surveys or more; it records identity, so it is done without."]
    assert notices(course.scenario) == said
    assert market_with("emotion", **{"care.proactive": 0.5}).records().events == ()


def test_what_is_permitted_is_the_same_object_for_equal_levers() -> None:
    wish = changed(Levers(), {"care.proactive": 0.5})
    assert permitted(wish) is permitted(changed(Levers(), {"care.proactive": 0.5}))
    assert lacking(permitted(wish)) == ()
