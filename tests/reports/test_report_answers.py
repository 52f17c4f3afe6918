"""The answer in a sentence: who, in what, by how much, how surely; "too close to call" where it is."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.reports.answer import Contest, answered, contest_of, under_circumstances
from sim.reports.assumptions import GAPS, MEASURED, NOT_MEASURED, SHOWN, assumptions_of, cannot_tell
from sim.reports.board import gathered
from sim.reports.variants import sorted_variants
from sim.studies.compare import Comparison
from sim.text.findings import HIGHER, IDENTICAL, ONE_RUN, TOO_CLOSE
from sim.text.numbers import amount

FACTS = Path(__file__).parents[2] / "docs" / "facts.md"
Values = dict[str, list[float]]


def contest(sides: Values, metric: str = "customer_equity_money", firm: str = "") -> Contest:
    return Contest(metric, {name: np.array(values) for name, values in sides.items()}, 3.0, "EUR", firm)


def test_a_clear_lead_is_called_with_interval_and_runs() -> None:
    found = answered(contest({"Rush": [1000, 1200, 1100], "Root": [2000, 2300, 2100]}))
    assert found.clear
    assert (found.finding.verdict, round(found.finding.details["value"], 2)) == (HIGHER, 1033.33)
    assert found.sentence == "Root is ahead of Rush in customer equity after 3 years, by EUR 1,033."
    # differences 1000, 1100, 1000: mean 1033.33, s 57.735, t(2) 4.3027, half width 143.42
    assert found.surety == "95 % interval +EUR 890 to +EUR 1,177; 3 paired runs, Root ahead in 3 of them."


def test_the_leader_is_named_first_whatever_the_order_of_the_file() -> None:
    found = answered(contest({"Root": [2000, 2300, 2100], "Rush": [1000, 1200, 1100]}))
    assert found.sentence.startswith("Root is ahead of Rush")


def test_an_interval_that_holds_zero_is_too_close_to_call() -> None:
    found = answered(contest({"Rush": [10, 20, 30], "Root": [12, 15, 36]}))
    assert not found.clear
    assert found.finding.verdict == TOO_CLOSE
    assert found.sentence == "Too close to call: Root or Rush, in customer equity after 3 years."
    assert "holds zero" in found.surety
    assert "3 paired runs, Root ahead in 2 of them" in found.surety
    assert "ahead of" not in found.sentence


def test_identical_runs_are_no_difference_at_all() -> None:
    found = answered(contest({"Left": [5, 6], "Right": [5, 6]}))
    assert not found.clear
    assert found.finding.verdict == IDENTICAL
    assert found.sentence.startswith("No difference at all between")
    assert "every one of 2 paired runs" in found.surety


def test_one_run_has_no_interval_and_is_not_clear() -> None:
    found = answered(contest({"Rush": [1], "Root": [3]}))
    assert not found.clear
    assert "In this one run Root is ahead of Rush" in found.sentence
    assert found.finding.verdict == ONE_RUN
    assert "sampling error is not known" in found.surety


def test_of_many_firms_the_first_two_are_compared_and_that_is_said() -> None:
    found = answered(contest({"A": [1, 2, 1], "B": [9, 9, 8], "C": [5, 5, 5]}))
    assert found.sentence.startswith("B is ahead of C")
    assert "Of 3 firms these two are at the top." in found.surety


def test_of_options_the_best_is_held_against_the_plan_as_written() -> None:
    found = answered(contest({"as written": [5, 5, 5], "low": [1, 2, 1], "high_care": [9, 9, 8]}, firm="Root"))
    assert found.sentence.startswith("“high care” is ahead of the plan as written in Root's customer equity")
    worse = answered(contest({"as written": [5, 5, 5], "low": [1, 2, 1], "lower": [0, 1, 0]}, firm="Root"))
    assert worse.sentence.startswith("The plan as written is ahead of “low” in Root's customer equity")


def test_more_of_what_is_bad_is_not_called_ahead() -> None:
    found = answered(contest({"Rush": [0.1, 0.2, 0.1], "Root": [0.5, 0.6, 0.6]}, "complaints_per_purchase"))
    assert "Root is above Rush" in found.sentence
    assert "ahead" not in found.sentence + found.surety


def test_shares_are_told_in_points_and_people_as_people() -> None:
    shares = answered(contest({"Rush": [0.1, 0.2, 0.1], "Root": [0.5, 0.6, 0.6]}, "kept_one_year_share"))
    assert "by 43 points" in shares.sentence
    assert "95 % interval +29 to +58 points" in shares.surety
    people = answered(contest({"Rush": [100, 110, 100], "Root": [900, 990, 940]}, "active_customers_people"))
    assert "by 840 people" in people.sentence


def test_a_firm_alone_is_told_by_its_level() -> None:
    found = answered(contest({"Only": [100, 110, 120]}))
    assert found.sentence == "Only: customer equity after 3 years is EUR 110."
    assert "nobody to compare with" in found.surety


def test_numbers_that_are_not_known_are_left_out() -> None:
    nothing = float("nan")
    found = answered(contest({"A": [1, 2, 3], "B": [nothing] * 3, "C": [4, 5, 6]}))
    assert found.sentence.startswith("C is ahead of A")
    assert "Nothing can be said" in answered(contest({"A": [nothing]})).sentence


def test_firms_are_compared_in_the_metric_of_the_first_expectation(study: Comparison) -> None:
    found = contest_of(study, sorted_variants(study))
    assert (found.metric, found.firm, list(found.sides)) == ("customer_equity_money", "", ["Rush & Co", "Root"])
    np.testing.assert_array_equal(found.sides["Root"], study.values("as written", "customer_equity_money", "Root"))
    assert contest_of(study, sorted_variants(study), "market_share").metric == "market_share"
    with pytest.raises(ValueError, match="no metric 'nonsense'"):
        contest_of(study, sorted_variants(study), "nonsense")


def test_what_ifs_that_a_firm_decides_become_its_options(options: Comparison) -> None:
    found = contest_of(options, sorted_variants(options))
    assert (found.firm, list(found.sides)) == ("Root", ["as written", "less_care", "no_spending"])
    np.testing.assert_array_equal(found.sides["less_care"], options.values("less_care", found.metric, "Root"))
    content = gathered(options)
    assert [variant.name for variant in content.options] == ["less_care", "no_spending"]
    changes = {change.text for change in content.options[1].changes}
    assert changes == {"Root: spending: relations 0 instead of 0.8", "Root: spending: advertising 0 instead of 0.2"}
    assert (len(content.ranking), content.contest.short(content.study.base)) == (3, "as written")
    means = {name: float(values.mean()) for name, values in found.sides.items()}
    best = max(means, key=means.__getitem__)
    assert content.ranking[0]["label"] == found.short(best)
    assert content.ranking[0]["b"] == amount(means[best], "money", "EUR")


def test_circumstances_are_the_same_two_firms_in_another_variant(study: Comparison) -> None:
    contest = contest_of(study, sorted_variants(study))
    leave, nothing = under_circumstances(study, sorted_variants(study), contest)
    assert (leave.variant.title, nothing.variant.changes) == ("many leave", ())
    a, b = contest.pair or ("", "")
    wanted = (study.values("many_leave", contest.metric, b) - study.values("many_leave", contest.metric, a)).mean()
    assert f"{abs(wanted):,.0f}" in leave.outcome or leave.outcome == "too close to call"
    assert nothing.outcome == under_circumstances(study, sorted_variants(study), contest)[1].outcome


def test_a_reversed_answer_is_said_to_be_reversed() -> None:
    unfeeling = sim.load("all_mechanisms_off").source.mapping["mechanisms"]
    base = sim.load("first_look", {"market.customers": 600}).source.mapping
    study = sim.compare({**base, "what_if": {"nobody_feels": {"mechanisms": unfeeling}, "nothing": {}}}, 6)
    found = gathered(study, "cumulative_discounted_profit_money")
    assert found.answer.sentence.startswith("Root is ahead of Rush")
    feels, nothing = found.circumstances
    assert (feels.reverses, nothing.reverses) == (True, False)
    assert feels.outcome.startswith("Rush ahead by")
    assert "The answer is reversed with nobody feels." in found.more


def test_assumptions_that_differ_or_are_varied_stand_first_and_none_is_lost() -> None:
    scenario = sim.load("leaky_bucket")
    found = assumptions_of(scenario, ["market.growth.imitation_per_year"], ["people.basket.mean"])
    paths = [one.path for one in found.first]
    assert paths[:2] == ["people.basket.mean", "market.growth.imitation_per_year"]
    assert {"market.customers", "market.leave_per_year", "product.price"} <= set(paths)
    rest = {one.path for one in found.rest}
    assert not rest & set(paths)
    from sim.scenario.fields import guesses_in_use

    guesses, total = guesses_in_use(scenario)
    assert (found.guesses, found.total) == (len(guesses), total)
    by_path = {one.path: one for one in (*found.first, *found.rest)}
    assert by_path["psychology.choice.price"].source.startswith("tuned: with the margin the reference price earns most")
    assert not by_path["psychology.choice.price"].is_guess
    assert by_path["market.customers"].why == "set here; 2,000 in base"
    assert by_path["market.customers"].is_guess


def test_a_measured_number_that_a_scenario_changes_does_not_keep_its_source() -> None:
    scenario = sim.load("coffee_shop", {"psychology.choice.price": 9.0})
    (price,) = [one for one in assumptions_of(scenario).first if one.path == "psychology.choice.price"]
    assert price.source.startswith("this scenario; as shipped:")


def test_what_the_model_misses_is_what_the_facts_say() -> None:
    text = FACTS.read_text(encoding="utf-8")
    verdicts = dict(re.findall(r"^\| \*\*(F\d+)\*\*.*?\| \*\*(in|partly|out)[^|]*\*\* \|", text, re.M))
    assert len(verdicts) == MEASURED
    assert sum(verdict == "in" for verdict in verdicts.values()) == SHOWN
    assert {gap.fact for gap in GAPS} == {fact for fact, verdict in verdicts.items() if verdict != "in"}
    assert {gap.fact for gap in GAPS if gap.missed} == {fact for fact, verdict in verdicts.items() if verdict == "out"}
    assert set(NOT_MEASURED) == set(re.findall(r"F\d\d", text[text.index("Not measured"):]))


@pytest.mark.parametrize(("number", "place"), [("8 %", r"\*\*F23\*\*.*heavy 0\.080 ")])
def test_numbers_in_the_limits_are_those_of_the_facts(number: str, place: str) -> None:
    assert any(number in gap.words for gap in GAPS)
    assert re.search(place, FACTS.read_text(encoding="utf-8"))


def test_limits_are_about_mechanisms_that_are_at_work() -> None:
    full, basic = (cannot_tell(sim.load("first_look", {"mechanisms.level": level})) for level in ("full", "basic"))
    assert 0 < len(basic.gaps) < len(full.gaps)
    assert basic.others == len(GAPS) - len(basic.gaps)
    assert not any("complain" in sentence for sentence in basic.gaps)
    assert "no rival answers a move" in " ".join(full.general)
    reacting = cannot_tell(sim.load("first_look", {"firms.Rush.strategy": "follower"}))
    assert "no rival answers" not in " ".join(reacting.general)


@pytest.mark.parametrize(("fact", "there"), [("F23", {"firms.Root.rewards": 0.05})])
def test_what_is_missed_is_told_where_the_scenario_has_it(fact: str, there: dict[str, float]) -> None:
    (words,) = [gap.words for gap in GAPS if gap.fact == fact]
    assert words not in cannot_tell(sim.load("first_look")).gaps
    assert words in cannot_tell(sim.load("first_look", there)).gaps
