"""Statements of true expected values: they close, agree with the true values, and what was not foreseen is luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.valuation.movements import LINES, STEPS

MARKET = {
    "question": "What is it worth?", "clock": {"period": "quarter", "years": 2},
    "market": {"customers": 150, "growth": {"kind": "bass", "start_share": 0.4}, "leave_per_year": 0.1},
    "money": {"equity_horizon_years": 1.0}, "product": {"information_cost": 0.0},
    "firms": {"Rush": {"spending": {"advertising": 0.6}},
              "Root": {"spending": {"advertising": 0.2, "relations": 0.5, "people": 0.1}}},
}
FUTURES = 4


@pytest.fixture(scope="module")
def run() -> sim.Run:
    return sim.run(MARKET, seed=4)


@pytest.fixture(scope="module")
def found(run: sim.Run) -> Any:
    return run.equity_statement(1, 1.5, "truth", replications=FUTURES)


def test_it_closes_to_the_minor_unit_as_any_statement(found: Any) -> None:
    assert (found.amounts[:, :, :-1].sum(axis=2) == found.amounts[:, :, -1]).all()
    assert (found.amounts[:, :3].sum(axis=1) == found.amounts[:, 3]).all()
    assert (found.steps[:, :, :-1].sum(axis=2) == found.steps[:, :, -1]).all()
    assert (abs(found.steps[:, 2, STEPS.index("rounding")]) <= 5).all()


def test_its_values_are_the_true_values_with_their_errors(run: sim.Run, found: Any) -> None:
    true = run.true_values(1.0, 1.0, replications=FUTURES)
    truth, table = true.totals(), true.table()
    assert found.steps[:, 2, 0] / 100 == pytest.approx(truth["residual_money"], abs=0.02)
    assert found.step_errors[:, 2, 0] / 100 == pytest.approx(truth["residual_error_money"], rel=1e-9)
    today = table[table["is_customer"]].groupby("firm", sort=False)["residual_money"].sum()
    assert found.amounts[:, 0, 0] / 100 == pytest.approx(today, abs=0.02)
    assert (table.groupby("firm", sort=False)["is_customer"].sum() == found.heads[:, 0, 0]).all()


def test_costs_to_come_are_those_of_the_same_futures(found: Any) -> None:
    """Advertising of Rush is 60 % of its budget in every period of every future: a sum without any error."""
    yearly = 0.6 * 2.4 * 150
    worth = sum(1.1 ** (-j / 4) for j in range(4)) / 4
    rush = found.table().set_index(["firm", "part", "line"])
    persons = found.steps[0, 1, 0] / 100
    assert persons - rush.loc[("Rush", "future", "opening"), "amount_money"] == pytest.approx(yearly * worth, rel=1e-3)


def test_shared_costs_are_what_belongs_to_nobody(found: Any) -> None:
    """Root spends 10 % of its budget on staff; Rush has no such costs."""
    worth = sum(1.1 ** (-j / 4) for j in range(4)) / 4
    shared = found.amounts[:, 2, 0] / 100
    assert shared == pytest.approx([0.0, -0.1 * 2.4 * 150 * worth], rel=1e-3)


def test_the_horizon_moves_on_by_what_lies_beyond_the_old_one(run: sim.Run, found: Any) -> None:
    """The old horizon ends half a year after the closing: what comes until then is not new."""
    sooner = run.true_values(1.5, 0.5, replications=FUTURES).totals()["residual_money"]
    horizon = found.steps[:, 2, STEPS.index("horizon")] / 100
    assert found.steps[:, 2, -1] / 100 - horizon == pytest.approx(sooner, abs=0.02)


def test_errors_stand_where_something_is_unsure(found: Any) -> None:
    assert (found.errors[:, [0, 1, 3]][:, :, [0, 6]] > 0).all()
    assert (found.step_errors[:, :, STEPS.index("contributions")] == 0).all()
    closing = found.errors[:, 0, LINES.index("closing")]
    assert closing == pytest.approx(found.waterfall().query("line == 'closing'")["error_money"] * 100)
    assert {"low", "high"} <= set(found.waterfall().columns)
    assert any("levers" in note for note in found.notes)
    assert found.notes[0] in found.text


def test_the_same_run_gives_the_same_statement(run: sim.Run, found: Any) -> None:
    again = run.equity_statement(1, 1.5, "truth", replications=FUTURES)
    assert (again.amounts == found.amounts).all()


@pytest.mark.slow
def test_what_was_not_foreseen_is_luck_over_many_runs() -> None:
    """Levers as written do not react, so the futures are fair: over runs the surprises have the mean 0."""
    surprises = []
    for seed in range(16):
        found = sim.run(MARKET, seed=seed).equity_statement(1, 1.5, "truth", replications=8)
        surprises.append(found.steps[:, 2, STEPS.index("not foreseen")] / 100)
    values = np.array(surprises)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (abs(values.mean(axis=0)) < 3 * error).all(), (values.mean(axis=0), error)
