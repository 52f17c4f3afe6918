"""What each mechanism contributes, and what becomes of the advice in hard times."""

import numpy as np
import pytest

import sim
from sim.scenario import load
from sim.scenario.effective import MECHANISMS, level_strengths
from sim.statistics.intervals import mean_interval, student
from sim.studies.asking import order
from sim.studies.ladder import SURE as SURE_STEP
from sim.studies.ladder import Ladder
from sim.studies.model import Answers
from sim.studies.rungs import rungs_of
from sim.studies.stress import CLOSE, NO_ADVICE, NO_CHANGE, REVERSED, STRESSES, SURVIVES, StressTest

TINY = {
    "question": "Deals or relations?", "clock": {"years": 1.5}, "market": {"customers": 150, "leave_per_year": 0.2},
    "firms": {"Rush": {"spending": {"advertising": 0.9}},
              "Root": {"spending": {"relations": 0.7}, "information": "reasons", "quality": 0.8}},
}


@pytest.fixture(scope="module")
def climbed():
    return sim.ladder({**TINY, "mechanisms": {"level": "heart"}}, outcome="active_customers_people", replications=2)


def test_rungs_come_in_the_order_of_the_levels():
    rungs = rungs_of(load(TINY))
    assert [rung.level for rung in rungs] == sorted(
        (rung.level for rung in rungs), key=("basic", "heart", "full").index)
    assert {rung.mechanism for rung in rungs} == set(MECHANISMS)
    assert {rung.mechanism for rung in rungs if rung.level == "basic"} == {
        name for name, value in level_strengths("basic").items() if value}


def test_a_mechanism_that_is_off_is_no_rung_and_a_strength_of_ones_own_counts():
    scenario = load({**TINY, "mechanisms": {"trust": 0, "habit": 0.5}})
    rungs = {rung.mechanism: rung for rung in rungs_of(scenario)}
    assert "trust" not in rungs
    assert rungs["habit"].strength == 0.5
    assert {rung.level for rung in rungs_of(scenario, "heart")} == {"full"}


def test_contributions_sum_to_the_full_difference(climbed):
    table = climbed.table()
    assert table["added"].sum() == pytest.approx(table["total"].iloc[-1])
    assert table["mechanism"].iloc[0] == "start"
    assert table["added"].iloc[0] == table["total"].iloc[0]


def test_the_top_of_the_ladder_is_the_scenario_as_written(climbed):
    plain = sim.replicate({**TINY, "mechanisms": {"level": "heart"}}, 2)
    metric = "active_customers_people"
    lead = plain.values("as written", metric, "Root") - plain.values("as written", metric, "Rush")
    assert climbed.climbed[-1].tolist() == lead.tolist()


def test_the_foot_of_the_ladder_is_a_market_without_mechanisms(climbed):
    off = {"mechanisms": {"level": "heart", **dict.fromkeys(MECHANISMS, 0)}}
    plain = sim.replicate({**TINY, **off}, 2)
    metric = "active_customers_people"
    lead = plain.values("as written", metric, "Root") - plain.values("as written", metric, "Rush")
    assert climbed.climbed[0].tolist() == lead.tolist()


def test_the_last_mechanism_is_missed_by_what_it_added(climbed):
    """Added last means: with all the others there; that is the same pair of markets as leaving it out alone."""
    table = climbed.table()
    assert table["left_out"].iloc[-1] == table["added"].iloc[-1]


def steps(*added, missed=None):
    """A ladder from 0 whose steps [rungs, runs] are made up; each is missed by what it added, unless told otherwise."""
    asked = order(TINY, {"outcome": "customer_equity_money"}, 3)
    rungs = rungs_of(load(TINY))[: len(added)]
    up = np.array(added, dtype=float)
    climbed = np.vstack([np.zeros(up.shape[1]), up.cumsum(axis=0)])
    return Ladder(asked, rungs, (climbed, climbed[-1] - np.array(up if missed is None else missed, dtype=float)))


SURE, WIDER, SMALL = [100.0, 110.0, 90.0], [-900.0, 500.0, -400.0], [1.0, 2.0, 3.0]


def test_what_is_too_close_to_call_is_not_called_the_largest_step():
    found = steps(SURE, WIDER, SMALL)
    first, second = (rung.mechanism.replace("_", " ") for rung in found.rungs[:2])
    assert found.finding == f"Adds most beyond sampling error: {found.rungs[0].label}"
    assert found.table().attrs["finding"] == found.finding
    _, sure, wider, lost, lost_wider = found.findings()
    assert (sure.subject, sure.value, sure.verdict) == (first, 100.0, SURE_STEP)
    assert sure.interval == pytest.approx((75.16, 124.84), abs=0.01)
    assert (wider.subject, wider.verdict) == (second, "too close to call")
    assert wider.value == pytest.approx(-266.67, abs=0.01)
    assert (lost.subject, lost_wider.subject) == (first, second)
    assert lost_wider.caveats == ("Each interval stands for itself: one in twenty misses by chance",)


def test_a_mechanism_that_takes_away_does_not_add():
    assert steps([-value for value in SURE], SMALL).finding.startswith("Takes most away: ")
    assert steps(SURE, SMALL).finding.startswith("Adds most: ")
    assert len(steps(SURE, SMALL).findings()) == 3


def test_where_no_step_is_beyond_sampling_error_none_is_named_in_the_title():
    found = steps(WIDER, WIDER)
    assert found.finding == "No single step is beyond sampling error"
    assert [one.verdict for one in found.findings()[1:]] == ["too close to call"] * 2


def test_a_ladder_of_one_rung_is_told_as_one():
    found = steps(SURE)
    assert [one.value for one in found.findings()] == [100.0, 100.0]
    assert "1 mechanisms" not in found.explain() + repr(found)
    assert found.finding.startswith("Adds most: ")


def test_a_ladder_of_shares_goes_from_level_to_level_in_steps_of_points():
    asked = order(TINY, {"outcome": "market_share", "firm": "Root"}, 3)
    climbed = np.array([[0.5, 0.51, 0.52], [0.6, 0.61, 0.63]])
    said = Ladder(asked, rungs_of(load(TINY))[:1], (climbed, climbed[:1])).explain()
    assert "51 % at the start, 61 % with 1 mechanism" in said
    assert "+10 points (95 % interval +9 to +12 points)" in said


def test_a_ladder_that_leads_nowhere_is_refused():
    basic = {**TINY, "mechanisms": {"level": "basic"}}
    with pytest.raises(ValueError, match="nothing to climb"):
        sim.ladder(basic, "basic")
    with pytest.raises(ValueError, match="did you mean heart"):
        sim.ladder(TINY, "hart")


def test_every_stress_says_what_it_does_and_who_says_so():
    assert [one.name for one in STRESSES] == ["recession", "price war", "crisis", "all at once"]
    for one in STRESSES:
        assert one.words
        assert "assumption" in one.source


@pytest.mark.parametrize("stress", STRESSES, ids=lambda stress: stress.name)
def test_every_stress_is_a_scenario_that_can_be_run_and_keeps_its_own_events(stress):
    own = {"kind": "outage", "year": 0.2, "firms": ["Rush"]}
    scenario = load({**TINY, "events": [own]})
    hard = load(scenario, stress.changes(scenario, 1.5))
    assert hard.events[0] == scenario.events[0]
    assert len(hard.events) > 1
    assert all(event.year == 0.5 for event in hard.events[1:])  # the middle third begins here


def test_a_price_war_cuts_every_firm_and_leaves_the_deeper_cut():
    scenario = load({**TINY, "firms": {"Rush": {"price_cut": {"depth": 0.35}}, "Root": {}}})
    (war,) = (one for one in STRESSES if one.name == "price war")
    events = war.changes(scenario, 3.0)["events"]
    depths = {event["firms"][0]: event["set"]["price_cut"]["depth"] for event in events}
    assert depths == {"Rush": 0.35, "Root": 0.2}


def test_a_recession_lowers_demand_for_everybody():
    larger = {"market.customers": 600}
    found = sim.stress(TINY, ["recession"], outcome="sold_units", replications=4, year=0.75, overrides=larger)
    sold = found.answers
    assert sold.a[1].mean() < 0.9 * sold.a[0].mean()
    assert sold.b[1].mean() < 0.9 * sold.b[0].mean()


def test_the_fate_of_the_advice_is_told():
    found = sim.stress(TINY, outcome="active_customers_people", replications=4)
    table = found.table()
    assert table["label"].tolist() == ["as written", "recession", "price war", "crisis", "all at once"]
    assert set(table["fate"][1:]) <= {SURVIVES, CLOSE, REVERSED, NO_ADVICE}
    assert table["change"][0] == 0
    assert table.attrs["method"] == "95 % interval; in stresses wider: all 4 hold together (Bonferroni)"
    for row in table.to_dict("records")[1:]:
        sure = row["low"] > 0 or row["high"] < 0
        same = (row["difference"] > 0) == (table["difference"][0] > 0)
        assert (row["fate"] == SURVIVES) == (sure and same) or row["fate"] == NO_ADVICE
    assert found.findings()[-1].caveats == (
        "intervals of the 4 stresses are wider, so that all hold together at 95 %",)


def stressed(values, stresses=STRESSES, outcome="customer_equity_money"):
    """A stress test of differences b − a [as written and stresses, runs] that are made up."""
    asked = order(TINY, {"outcome": outcome}, 4)
    differences = np.asarray(values, dtype=float)
    return StressTest(asked, stresses, Answers(np.zeros_like(differences), differences))


def test_the_advice_as_written_is_judged_as_everywhere_else_and_only_stresses_are_held_together():
    """As in a comparison of the same runs; where Bonferroni's interval includes 0 the advice is still an advice."""
    written = np.array([188.0, 9_910.0, 5_049.0, 3_000.0, 7_000.0])
    found = stressed([written, *(written - 500 for _ in STRESSES)])
    plain = mean_interval(written)
    assert found.difference(0).mean == plain
    assert plain.excludes_zero
    assert not mean_interval(written, 1 - 0.05 / 4).excludes_zero
    assert found.table()["fate"].tolist() == ["", *[CLOSE] * 4]
    advice = found.findings()[0]
    assert (advice.subject, advice.interval, advice.n) == ("Root", (plain.low, plain.high), 5)
    assert advice.value == pytest.approx(5029.4)
    half = (plain.high - plain.low) / 2
    widened = found.difference(1).mean
    assert (widened.high - widened.low) / 2 == pytest.approx(half * student(1 - 0.05 / 4, 4) / student(0.95, 4))


def test_one_stress_is_no_family():
    written = np.array([188.0, 9_910.0, 5_049.0, 3_000.0, 7_000.0])
    found = stressed([written, written], STRESSES[:1])
    assert found.difference(1).mean == mean_interval(written)
    assert found.finding == "In recession the advice survives"
    assert "wider" not in found.explain() + found.method
    assert found.findings()[-1].message == NO_CHANGE


def test_a_difference_of_shares_is_told_in_points():
    found = stressed([[0.10, 0.12, 0.11], [0.02, 0.05, 0.06]], STRESSES[:1], "kept_one_year_share")
    assert "by 11 points (" in found.explain()
    assert "11 %" not in found.explain()
    assert "-6.7 points under “recession”" in found.explain()


def test_a_change_that_luck_can_have_made_is_said_to_be():
    found = stressed([[10.0, 11.0, 12.0], [9.0, 12.0, 10.5]], STRESSES[:1])
    assert found.findings()[-1].verdict == CLOSE


def test_two_equal_firms_give_no_advice_to_survive():
    twins = {**TINY, "firms": {"One": {}, "Two": {}}}
    found = sim.stress(twins, ["crisis"], replications=4, outcome="market_share")
    assert found.table()["fate"][1] == NO_ADVICE
    assert found.findings()[0].verdict == NO_ADVICE


def test_stresses_that_would_wipe_out_a_what_if_are_refused():
    scenario = {**TINY, "what_if": {"rich": {"people": {"price_sensitivity": {"mean": 0.5}}}}}
    with pytest.raises(ValueError, match="so does a stress"):
        sim.stress(scenario, pair=["as written", "rich"], firm="Root")
    with pytest.raises(ValueError, match="did you mean crisis"):
        sim.stress(TINY, ["crises"])
