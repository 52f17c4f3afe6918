"""One more euro on each lever: the same money, each time somewhere else."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.state import ACCOUNTS
from sim.firms.book import FirmBook
from sim.firms.lever_costs import levers
from sim.firms.lever_steps import LeverStep, lever_steps
from sim.firms.plans import Amounts
from sim.scenario import load_text
from sim.scenario.schema import Scenario

TEXT = """
question: Where does one more euro bring most?
firms:
  A: {information: surveys, spending: {advertising: 0.5, relations: 0.3}}
  B: {}
"""


def scenario(overrides: dict[str, object] | None = None) -> Scenario:
    return load_text(TEXT, overrides=overrides or {})


def planned(there: Scenario) -> Amounts:
    return FirmBook(there, 1).open(0, 2000).plans[0].spending


def moved(there: Scenario, sales: float, firm: str = "A", **settings: Any) -> dict[str, LeverStep]:
    return {step.lever: step for step in lever_steps(there, firm, sales, **settings) if step.overrides}


def test_every_account_of_spending_gets_the_same_step_and_the_others_keep_theirs() -> None:
    before = planned(scenario())
    steps = list(moved(scenario(), 96_000.0, only=["spending"]).values())
    assert len(steps) == len(Amounts._fields)
    for step in steps:
        after = planned(scenario(step.overrides))
        gained = {name: more - less for name, more, less in zip(Amounts._fields, after, before, strict=True)}
        assert gained.pop(step.lever.removeprefix("spending.")) == pytest.approx(step.money_per_year * 100 / 12, abs=2)
        assert all(abs(change) <= 1 for change in gained.values())


def test_levers_that_are_given_cost_about_the_step_and_leave_spending_alone() -> None:
    before, sales = planned(scenario()), 96_000.0
    steps = moved(scenario(), sales)
    cut = scenario(steps["price_cut.depth"].overrides)
    assert cut.firms["A"].price_cut.depth * sales == pytest.approx(steps["price_cut.depth"].money_per_year)
    assert all(abs(one - two) <= 1 for one, two in zip(planned(cut), before, strict=True))
    assert {name for name, step in steps.items() if step.money_per_year and not name.startswith("spending.")} == {
        "price_cut.depth", "rewards", "quality", "surprise"}
    assert {"advertising", "relations"} <= set(ACCOUNTS)


def test_a_firm_without_sales_is_not_asked_for_price_cuts() -> None:
    priced = [step.lever for step in moved(scenario(), 0.0).values() if step.money_per_year]
    assert priced == [f"spending.{name}" for name in Amounts._fields]


def test_without_a_budget_levers_of_money_take_one_step_in_their_own_unit_and_spending_none() -> None:
    there = scenario({"budget.per_person_per_year": 0})
    steps = {step.lever: step for step in lever_steps(there, "A", 1.0)}
    assert {steps[f"spending.{name}"].why for name in Amounts._fields} == {"there is no budget"}
    assert not any(step.money_per_year for step in steps.values())
    assert scenario(steps["quality"].overrides).firms["A"].quality == 0.72


def test_a_firm_that_spends_all_on_one_lever_decides_it_itself() -> None:
    there = scenario({"firms.A.spending.advertising": 1.0, "firms.A.spending.relations": 0.0})
    assert not any(step.why for step in lever_steps(there, "A", 96_000.0, only=["spending"]))


def test_every_lever_is_listed_and_moves_one_step() -> None:
    steps = lever_steps(scenario(), "A", 96_000.0)
    assert [step.lever for step in steps] == list(levers())
    by_name = {step.lever: step for step in steps}
    assert (by_name["capacity"].why, by_name["capacity"].overrides) == ("left out of the file", {})
    assert (by_name["price"].overrides, by_name["price"].change) == ({"firms.A.price": 10.1}, "10 to 10.1")
    assert by_name["price_cut.to"].why == by_name["price_cut.every_weeks"].why == "no effect while price_cut.depth is 0"
    assert by_name["win_back.by"].why == by_name["win_back.depth"].why == "no effect while win_back.reach is 0"
    assert by_name["information"].change == "surveys to reasons"
    assert set(moved(scenario(), 96_000.0, only=["care", "price"])) == {
        "price", "care.proactive", "care.personalisation", "care.contact", "care.selective"}


@pytest.mark.parametrize(("strategy", "own"), [
    ("mixed", {"spending", "price_cut"}),
    ("transactional", {"spending", "price_cut", "promise", "information", "care.proactive", "care.selective",
                       "win_back.reach"}),  # it records sales only
    ("relationship", {"spending", "price_cut.depth", "recovery.answered", "recovery.delay_weeks", "care.proactive",
                      "care.selective", "care.by"}),
    ("as_written", set()),
])
def test_what_a_strategy_decides_by_itself_is_not_moved(strategy: str, own: set[str]) -> None:
    there = scenario({"firms.A.strategy": strategy})
    decided = {step.lever for step in lever_steps(there, "A", 96_000.0) if "strategy" in step.why}
    wanted = {name for name in levers() if any(f"{name}.".startswith(f"{one}.") for one in own)}
    assert decided == wanted - {"price_cut.phase_weeks"}  # left out of the file
