"""Every calculator refuses every bad argument with a ValueError or TypeError that names it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bad_inputs import FEW, MANY, Case, assert_refused

from sim.equity import allocation, clv, concentration, dirichlet, elasticity, markov, nbd, survival

CHAIN = np.array([[0.7, 0.3], [0.4, 0.6]])
NOT_A_CHAIN = (np.array([[0.7, 0.2], [0.4, 0.6]]), np.ones((2, 3)) / 3, np.array([0.5, 0.5]))
UP = (0.0, None)
CUSTOMER: dict[str, Any] = {"margin": 100.0, "retention": 0.8, "discount": 0.12, "growth": 0.01, "periods": 5,
                            "timing": "renewal", "acquisition_cost": 20.0, "retention_cost": 2.0}
CUSTOMERS = {**CUSTOMER, "margin": np.array([100.0, 50.0]), "retention": np.array([0.8, 0.5]),
             "periods": np.array([5, 9])}
LIMITS: dict[str, tuple[float | None, float | None]] = {
    "retention": (0, 1), "discount": (-1, None), "growth": (-1, None), "periods": (1, None), "acquisition_cost": UP,
    "retention_cost": UP,
}
CURVE = survival.kaplan_meier([1, 2, 3], [1, 1, 0])
MARKET = dirichlet.Dirichlet(1.4, 0.8, 1.2, (0.4, 0.2))
SHARES = {"shares": np.array([0.4, 0.2]), "brand_penetration": MARKET.penetration()}
SHARE = (0.0, 1.0)


def best_spending(margin: Any, discount: Any, acquisition: Any, retention: Any) -> Any:
    return allocation.optimal_spending(margin, discount, acquisition, retention)


CASES = [
    Case(clv.margin_multiple, {"retention": 0.8, "discount": 0.1, "growth": 0.01}, LIMITS),
    Case(clv.margin_multiple, {"retention": [0.8, 0.5], "discount": 0.1}, LIMITS, {"retention": ([[0.1], []],)}),
    Case(clv.lifetime_value, CUSTOMER, LIMITS, {"discount": (-1.0,)}),
    Case(clv.lifetime_value, CUSTOMERS, LIMITS),
    Case(clv.lifetime_value, {**CUSTOMERS, "periods": None}, LIMITS, leave=("periods",)),
    Case(clv.berger_nasr_value, {"contribution": 260.0, "promotion": 50.0, "retention": 0.75, "discount": 0.2,
                                 "periods": 10}, {**LIMITS, "promotion": UP}),
    Case(clv.survival_share, {"retention": 0.8, "periods": [1.0, 2.5]}, {"retention": (0, 1), "periods": UP}),
    Case(clv.mean_lifetime, {"retention": [0.8, 0.1]}, LIMITS, {"retention": (1.0,)}),
    Case(clv.median_lifetime, {"retention": 0.8}, LIMITS, {"retention": (1.0,)}),
    Case(elasticity.elasticity, CUSTOMER, LIMITS, {"margin": ([1.0, 2.0], 0.0)}),
    Case(elasticity.five_points, CUSTOMERS, LIMITS),
    Case(elasticity.customer_equity, {
        "newcomers": 1000.0, "margin": 100.0, "retention": 0.8, "discount": 0.12, "timing": "immediate",
        "acquisition_cost": 60.0, "retention_cost": 1.0,
    }, {**LIMITS, "newcomers": UP, "discount": UP}, {"discount": (0.0,), "retention": (1.0, [0.5, 0.6])}),
    Case(markov.markov_value, {"transition": CHAIN, "reward": [1.0, 2.0], "discount": 0.1, "horizon": 3},
         {"transition": (0, 1), "discount": (-1, None), "horizon": (0, 1e6)},
         {"transition": NOT_A_CHAIN, "reward": ([1.0], [[1.0, 2.0]])}),
    Case(markov.markov_value, {"transition": CHAIN, "reward": [1.0, 2.0], "discount": 0.1}, {"discount": UP},
         {"discount": (0.0, 1e-18)}),
    Case(markov.optimal_stopping, {"transition": CHAIN, "reward": [1.0, 2.0], "discount": 0.1, "stopped": [0.0, 1.0]},
         {"transition": (0, 1), "discount": UP}, {"transition": NOT_A_CHAIN, "stopped": ([1.0] * 3, [[1.0, 2.0]])}),
    Case(markov.switching_value, {"matrix": CHAIN, "purchases_per_year": 4.0, "years": 3.0, "discount": 0.1,
                                  "contribution": 10.0},
         {"matrix": (0, 1), "purchases_per_year": UP, "years": (0, 2.5e5), "discount": (-1, None)},
         {"matrix": NOT_A_CHAIN, "contribution": ([1.0] * 3,), "purchases_per_year": (0.0,)}, leave=("years",)),
    Case(markov.stationary_shares, {"matrix": CHAIN}, {"matrix": (0, 1)}, {"matrix": (*NOT_A_CHAIN, np.eye(2))}),
    Case(markov.return_on_marketing, {"equity_before": 10.0, "equity_after": 20.0, "spending": [5.0, 1.0],
                                      "discount": 0.1},
         {"spending": UP, "discount": (-1, None)}, {"spending": (0.0, [0.0, 0.0], [[1.0]])}),
    Case(allocation.Response, {"ceiling": 0.4, "slope": 0.1}, {"ceiling": SHARE, "slope": UP}, {"slope": (0.0,)}),
    Case(allocation.Response.through, {"ceiling": 0.4, "spending": 5.0, "rate": 0.15},
         {"ceiling": SHARE, "spending": UP, "rate": (0, 0.4)}, {"rate": (0.4, 0.0)}),
    Case(allocation.Response(0.4, 0.1).rate, {"spending": 5.0}, {"spending": UP}),
    Case(allocation.Response(0.4, 0.1).marginal_cost, {"spending": 5.0}, {"spending": UP}),
    Case(best_spending, {"margin": 50.0, "discount": 0.1, "acquisition": allocation.Response(0.4, 0.1),
                         "retention": allocation.Response(0.7, 0.1)}, {"margin": UP, "discount": (-0.3, None)}),
    Case(nbd.fit_nbd, {"penetration": 0.56, "purchases_per_buyer": 2.6},
         {"penetration": SHARE, "purchases_per_buyer": (1.0, None)}, {"penetration": (0.0, 1.0)}),
    Case(nbd.shape_from_zeros, {"mean": 1.4, "zero_share": 0.44}, {"mean": UP, "zero_share": SHARE}),
    Case(dirichlet.Dirichlet, {"mean": 1.4, "shape": 0.8, "diversity": 1.2, "shares": (0.4, 0.2)},
         {"mean": UP, "diversity": UP, "shares": SHARE}, {"shares": ((0.6, 0.6),)}, leave=("shape",)),
    Case(dirichlet.fit_dirichlet, {"penetration": 0.56, "purchases_per_buyer": 2.6, **SHARES},
         {"penetration": SHARE, "purchases_per_buyer": (1.0, None), "shares": SHARE, "brand_penetration": SHARE},
         columns=("shares", "brand_penetration")),
    Case(dirichlet.fit_dirichlet, {"penetration": 0.56, "purchases_per_buyer": 2.6,
                                   "brand_penetration": MARKET.penetration(), "brand_purchases": [1.2, 1.3]},
         {"brand_purchases": (1.0, None)}, columns=("brand_purchases", "brand_penetration")),
    Case(dirichlet.fit_diversity, {"mean": 1.4, "shape": 0.8, **SHARES},
         {"mean": UP, "shares": SHARE, "brand_penetration": SHARE}, columns=("shares", "brand_penetration"),
         leave=("shape",)),
    Case(MARKET.bought_none, {"share": 0.5}, {"share": SHARE}),
    Case(MARKET.over, {"periods": 2.5}, {"periods": UP}, {"periods": (0.0,)}),
    Case(concentration.whale_curve, {"profit": [1.0, -2.0, 5.0]}, {}, {"profit": ([[1.0, 2.0]], 5.0)}),
    Case(concentration.top_share, {"values": [1.0, 2.0], "top": 0.2}, {"top": SHARE}, {"values": ([[1.0, 2.0]],)}),
    Case(concentration.gini, {"values": [1.0, 2.0]}, {"values": UP}, {"values": ([[1.0, 2.0]],)}),
    Case(concentration.whale_curve([1.0, 2.0]).at, {"customers": [0.2, 0.5]}, {"customers": SHARE}),
    Case(survival.kaplan_meier, {"duration": [1, 2, 3], "event": [1, 1, 0], "confidence": 0.9},
         {"duration": (0, 1e7), "event": SHARE, "confidence": SHARE}, {"confidence": (0.0, 1.0)},
         columns=("duration", "event")),
    Case(survival.median_life, {"curve": CURVE}),
    Case(survival.restricted_mean_life, {"curve": CURVE, "until": 2, "confidence": 0.9},
         {"until": (1, 3), "confidence": SHARE}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_argument_is_named(case: Case) -> None:
    assert_refused(case, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_2000_bad_arguments_are_named(case: Case) -> None:
    assert_refused(case, MANY)


@pytest.mark.parametrize("years", [-1.0, np.nan, np.inf, "three", [1.0, 2.0], 3e5])
def test_years_that_are_none_may_be_left_open_and_others_are_named(years: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=r"^years: "):
        markov.switching_value(CHAIN, 4.0, years, 0.1, 10.0)


@pytest.mark.parametrize("shape", [0.0, -1.0, np.nan, -np.inf, "wide", None, [1.0, 2.0]])
def test_a_shape_may_be_infinite_and_other_bad_ones_are_named(shape: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=r"^shape: "):
        dirichlet.Dirichlet(1.4, shape, 1.2, (0.4,))
    with pytest.raises((ValueError, TypeError), match=r"^shape: "):
        dirichlet.fit_diversity(1.4, shape, [0.4], [0.2])


def test_every_calculator_is_among_the_cases() -> None:
    """A function that is added to one of these modules must be added above."""
    modules = (allocation, clv, concentration, dirichlet, elasticity, markov, nbd, survival)
    public = {
        name for module in modules for name, one in vars(module).items()
        if callable(one) and not isinstance(one, type) and not name.startswith("_")
        and getattr(one, "__module__", "") == module.__name__
    }
    covered = {str(case).rsplit(".", 1)[-1] for case in CASES} | {"optimal_spending"}
    covered |= {"of_cohort", "survival_fits"}  # among the estimators: test_refusals_of_estimators.py
    assert public - covered == set()
