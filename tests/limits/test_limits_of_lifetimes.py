"""With the mechanisms off the lifetimes of customers are those of theory: constant churn, and churn that differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import everything_off, small_market, walked

from sim.equity.clv import lifetime_value
from sim.equity.sbg import fit_sbg
from sim.market.simulation import Options
from sim.numerics.elementary import HAS_NUMBA
from sim.true_values import true_values

FAST: Any = "numba" if HAS_NUMBA else "numpy"
REGULAR: dict[str, Any] = {
    "market.friends.graph": "none", "budget.per_person_per_year": 0.0, "product.contract.regular": True,
    "psychology.choice.outside": -20.0, "people.taste_price_link": 0.0, "people.price_sensitivity.variation": 0.0,
    "people.basket.variation": 0.0, "people.cost_to_serve.variation": 0.0, "product.order_cost": 0.0,
    "product.information_cost": 0.0, "product.margin": 0.5, "product.serving_cost": 0.2,
    "psychology.choice.price": 6.0,
}
"""One purchase a month from every customer in the market, each bringing 3.00: price 10, goods 5, serving 2."""


@pytest.mark.parametrize(("timing", "first_margin"), [("immediate", "at_start"), ("renewal", "one_period_later")])
def test_a_market_of_constant_churn_is_worth_what_the_closed_form_of_the_calculators_says(
    timing: str, first_margin: str
) -> None:
    """Mean realised discounted value of those in the market, within 3 standard errors, at either timing.

    Counted are those who are there in the first coming month (immediate: the first margin is certain and now), or the
    month before (renewal: it needs a renewal and comes a month later).
    """
    overrides = {**REGULAR, **everything_off(), "market.leave_per_year": 0.6, "clock.years": 4.0,
                 "money.first_margin": first_margin}
    records = walked(small_market(overrides, {"Only": {}}, 5000), 48, executor=FAST, records="all").records()
    truth = true_values(records, 1.0, 3.0, replications=2, options=Options(FAST))
    there = records.people["leaves"] > (12 if timing == "immediate" else 11)
    realised = truth.table()["realised_residual_money"].to_numpy()[there]
    assert realised.tolist() == truth.table()["residual_money"].to_numpy()[there].tolist()  # no luck but of leaving
    discount = 1.1 ** (1 / 12) - 1
    expected = lifetime_value(3.0, np.exp(-0.6 / 12), discount, timing=timing, periods=36)
    standard_error = realised.std(ddof=1) / np.sqrt(realised.size)
    assert standard_error < 0.015 * expected
    assert abs(realised.mean() - expected) < 3 * standard_error


STRENGTH, SHARE = 2.0, 0.6


def _cohort(size: int, seed: int) -> np.ndarray:
    """Survivors of those whose first purchase was at Big: bought from it in every month since, after 0, 1, 2, ..."""
    overrides = {**REGULAR, **everything_off(taste=1.0), "market.leave_per_year": 0.0, "clock.years": 1.0,
                 "people.taste.strength": STRENGTH}
    firms = {"Big": {"share": SHARE}, "Small": {"share": 1.0 - SHARE}}
    course = walked(small_market(overrides, firms, size), 12, executor=FAST, seed=seed, records="all")
    rows = course.records().transactions
    assert rows is not None
    bought = np.zeros((12, size), dtype=bool)
    mine = rows.firm == 0
    bought[rows.period[mine], rows.customer[mine]] = True
    return np.logical_and.accumulate(bought, axis=0).sum(axis=1)


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_churn_that_differs_between_people_gives_its_sbg_parameters_back(seed: int) -> None:
    """Standing tastes are Dirichlet, so the chance to leave a firm at a purchase is Beta over people.

    Big has share s of tastes of strength S: a person buys there with chance ~ Beta(S·s, S·(1 − s)) each month. Those
    who chose it first leave it with chance ~ Beta(S·(1 − s), S·s + 1): alpha and beta of the shifted-beta-geometric,
    given back within 3 standard errors of the fit, and the survivors with it.
    """
    survivors = _cohort(20_000, seed)
    assert survivors[0] / 20_000 == pytest.approx(SHARE, abs=0.012)
    fit = fit_sbg(survivors)
    alpha, beta = STRENGTH * (1.0 - SHARE), STRENGTH * SHARE + 1.0
    assert abs(fit.alpha - alpha) < 3 * fit.standard_errors["alpha"] < 0.1 * alpha
    assert abs(fit.beta - beta) < 3 * fit.standard_errors["beta"] < 0.15 * beta
    assert survivors / survivors[0] == pytest.approx(fit.survival(np.arange(12)), abs=0.01)
    constant = (survivors[1] / survivors[0]) ** np.arange(12)
    assert survivors[-1] / survivors[0] > 2 * constant[-1]  # one retention rate for all would be far off
