"""Matching rivals: their lowest price, their cuts, their advertising, within one's means."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.firms.plans import Amounts, Sighting, VisibleLevers, changed
from sim.firms.strategies import build
from sim.firms.strategies.reacting import louder
from sim.runs.execute import whole_run
from sim.scenario.schema.firm import Levers

SPENDING = {"spending": {"advertising": 0.4, "service": 0.2, "relations": 0.2}}
WRITTEN = changed(Levers(), SPENDING)
NOW = {"lag_weeks": 0}


def shown(since: int = 0, **levers: Any) -> tuple[Sighting, ...]:
    return (Sighting(since, VisibleLevers.of(changed(Levers(), levers), 10.0)),)


def test_alone_or_beside_the_like_it_does_as_written(make_seen: Any) -> None:
    seen = make_seen(written=WRITTEN)
    assert build("reacting").plan(seen) == build("as_written").plan(seen)


@pytest.mark.parametrize(("price", "floor", "found"), [
    (8.0, None, 8.0), (4.0, None, 5.4), (4.0, 0.3, 4.0), (4.0, 0.9, 9.0), (12.0, None, None),
])
def test_the_lowest_price_is_matched_down_to_the_floor_and_never_upwards(
    make_seen: Any, price: float, floor: float | None, found: float | None
) -> None:
    public = {"Other": shown(price=price), "Third": shown(price=11.0)}
    plan = build("reacting", {**NOW, "floor": floor}).plan(make_seen(written=WRITTEN, public=public))
    assert plan.levers.price == (None if found is None else pytest.approx(found))


def test_a_floor_above_the_own_price_does_not_raise_it(make_seen: Any) -> None:
    cheap = changed(WRITTEN, {"price": 3.0})
    plan = build("reacting", NOW).plan(make_seen(written=cheap, public={"Other": shown(price=2.0)}))
    assert plan.levers.price == 3.0


def test_a_price_is_matched_after_the_lag(make_seen: Any) -> None:
    public = {"Other": (*shown(), *shown(10, price=8.0))}
    prices = [build("reacting").plan(make_seen(period=period, written=WRITTEN, public=public)).levers.price
              for period in (11, 12, 13)]
    assert prices == [None, None, 8.0]  # nine weeks are two whole months


def test_cuts_to_everybody_are_matched_from_the_own_price_and_with_their_rhythm(make_seen: Any) -> None:
    cut = {"price_cut": {"depth": 0.2, "every_weeks": 13.0}}
    levers = build("reacting", NOW).plan(make_seen(written=WRITTEN, public={"Other": shown(**cut)})).levers
    assert (levers.price, levers.price_cut.every_weeks) == (None, 13.0)
    assert levers.price_cut.depth == pytest.approx(0.2)
    dearer = {"price": 12.0, **cut}
    assert build("reacting", NOW).plan(make_seen(written=WRITTEN, public={"Other": shown(**dearer)})
                                       ).levers.price_cut.depth == pytest.approx(0.04)
    deep = {"price_cut": {"depth": 0.8}}
    assert build("reacting", NOW).plan(make_seen(written=WRITTEN, public={"Other": shown(**deep)})
                                       ).levers.price_cut.depth == pytest.approx(0.46), "not below the floor"
    some = {"price_cut": {"depth": 0.2, "to": "newcomers"}}
    assert build("reacting", NOW).plan(make_seen(written=WRITTEN, public={"Other": shown(**some)})
                                       ).levers.price_cut.depth == 0.0


def test_advertising_is_matched_out_of_the_own_budget(make_seen: Any) -> None:
    def spent(loudest: int) -> Amounts:
        heard = {"Own": 99_999, "Other": loudest, "Third": 5}
        public = {"Third": shown()}
        return build("reacting").plan(make_seen(10_000, written=WRITTEN, advertising=heard, public=public)).spending

    assert spent(3_000) == Amounts(4_000, 2_000, 0, 0, 2_000), "a rival who is less loud is no reason to be"
    assert spent(6_000) == Amounts(6_000, 1_000, 0, 0, 1_000)
    assert spent(90_000) == Amounts(8_000), "no more than the plan; a fifth is kept for cuts and complaints"


def test_who_only_advertises_or_has_nothing_stays_as_it_is() -> None:
    assert louder(Amounts(advertising=50), 70) == Amounts(advertising=50)
    assert louder(Amounts(), 70) == Amounts()


def test_in_a_market_it_hears_what_rivals_spent_last_month() -> None:
    market = {"question": "Who answers?", "market": {"customers": 100}, "clock": {"years": 0.5},
              "firms": {"Loud": {"price": 7.0, "spending": {"advertising": 0.9}},
                        "Answer": {**SPENDING, "strategy": "reacting"}}}
    records = whole_run(sim.load(market), 3)
    loud, own = records.account("advertising").T
    assert 0 < own[0] < loud[0]
    assert own[1] == loud[0], "of the money for relations, which came back as nobody was known yet, and of service"
    assert 0 < records.account("service")[1, 1] < records.account("service")[0, 1]
