"""One more euro on each lever: the same money, each time somewhere else."""

from __future__ import annotations

import pytest

from sim.engine.state import ACCOUNTS
from sim.firms.book import FirmBook
from sim.firms.lever_steps import lever_steps
from sim.firms.plans import Amounts
from sim.scenario import load_text
from sim.scenario.schema import Scenario

TEXT = """
question: Where does one more euro bring most?
firms:
  A: {spending: {advertising: 0.5, relations: 0.3}}
  B: {}
"""


def scenario(overrides: dict[str, object] | None = None) -> Scenario:
    return load_text(TEXT, overrides=overrides or {})


def planned(there: Scenario) -> Amounts:
    return FirmBook(there, 1).open(0, 2000).plans[0].spending


def test_every_account_of_spending_gets_the_same_step_and_the_others_keep_theirs() -> None:
    before = planned(scenario())
    steps = [step for step in lever_steps(scenario(), "A", 96_000.0) if step.lever.startswith("spending.")]
    assert len(steps) == len(Amounts._fields)
    for step in steps:
        after = planned(scenario(step.overrides))
        gained = {name: more - less for name, more, less in zip(Amounts._fields, after, before, strict=True)}
        assert gained.pop(step.lever.removeprefix("spending.")) == pytest.approx(step.money_per_year * 100 / 12, abs=2)
        assert all(abs(change) <= 1 for change in gained.values())


def test_levers_that_are_given_cost_about_the_step_and_leave_spending_alone() -> None:
    before, sales = planned(scenario()), 96_000.0
    steps = {step.lever: step for step in lever_steps(scenario(), "A", sales)}
    cut = scenario(steps["price_cut.depth"].overrides)
    assert cut.firms["A"].price_cut.depth * sales == pytest.approx(steps["price_cut.depth"].money_per_year)
    assert all(abs(one - two) <= 1 for one, two in zip(planned(cut), before, strict=True))
    assert {"rewards", "quality", "surprise"} <= set(steps)
    assert {"advertising", "relations"} <= set(ACCOUNTS)


def test_a_firm_without_sales_is_not_asked_for_price_cuts() -> None:
    assert all(step.lever.startswith("spending.") for step in lever_steps(scenario(), "A", 0.0))
    assert lever_steps(scenario({"budget": {"per_person_per_year": 0}}), "A", 1.0) == ()
