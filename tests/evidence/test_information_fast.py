"""A fast form of the study of information: what is told of made-up gains, and one small market."""

from __future__ import annotations

from pathlib import Path

import pytest
from information import (
    ABOVE_SALES,
    CLASSES,
    DOES_NOT,
    MARKETS,
    MARKS,
    PAYS,
    TOO_CLOSE,
    Gain,
    gains,
    in_words,
    report,
    scenario,
    verdict_of,
)

from sim.firms.information import LEVELS, notices
from sim.scenario.load import with_what_if
from sim.statistics.intervals import Interval, mean_interval

PAGE = Path(__file__).resolve().parents[2] / "docs" / "information.md"
GOOD, BAD, OPEN = (mean_interval(values) for values in ([5.0, 6.0, 7.0], [-5.0, -6.0, -7.0], [-9.0, 1.0, 9.0]))


def gain(market: str, step: Interval) -> Gain:
    return Gain(market, "surveys", step, GOOD)


def test_an_interval_is_a_verdict() -> None:
    assert [verdict_of(one) for one in (GOOD, BAD, OPEN)] == [PAYS, DOES_NOT, TOO_CLOSE]


def test_a_sentence_names_the_markets_and_judges_the_classes() -> None:
    variant = next(name for name in MARKETS if name not in CLASSES)
    found = [gain("bank", GOOD), gain("hotel", BAD), gain("coffee_shop", OPEN), gain(variant, GOOD)]
    assert in_words("surveys", found) == (
        f"- **surveys**: pays in bank and {variant}; does not pay in hotel; too close to call in coffee_shop. "
        "Expected to pay in some class and not in another: reached.")
    missed = in_words("surveys", [gain("bank", GOOD), gain(variant, BAD)])
    assert "does not pay in" in missed
    assert missed.endswith("missed."), "a variant is no class"
    assert "pays nowhere; does not pay in bank. " in in_words("surveys", [gain("bank", BAD)])
    assert "does not pay" not in in_words("surveys", [gain("bank", GOOD)])


@pytest.mark.parametrize("market", MARKETS)
def test_only_the_level_differs_and_the_highest_lacks_nothing(market: str) -> None:
    there = scenario(market)
    assert there.firms["Root"].information == "sales"
    assert there.clock.warm_up_years > 0
    assert [with_what_if(there, level).firms["Root"].information for level in ABOVE_SALES] == list(ABOVE_SALES)
    assert any("Root" in notice for notice in notices(there))
    assert not any("Root" in notice for notice in notices(with_what_if(there, "reasons")))


def test_a_small_market_has_every_level_and_steps_that_add_up() -> None:
    found = gains("coffee_shop", 2, people=200)
    assert [one.level for one in found] == list(ABOVE_SALES)
    assert sum(one.step.value for one in found) == pytest.approx(found[-1].whole.value)
    assert found[0].step.value == found[0].whole.value != 0
    text = report(found, 2)
    assert f"| coffee_shop | emotion | {found[-1].step.value:+,.0f} [" in text
    assert f"| {found[-1].verdict} |" in text


def test_the_page_has_a_place_for_the_answer_and_tells_of_every_level() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(mark in page for mark in MARKS)
    assert all(f"\n| {level} |" in page for level in LEVELS)
