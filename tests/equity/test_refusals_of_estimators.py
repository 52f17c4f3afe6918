"""Every estimator refuses every bad argument with a ValueError or TypeError that names it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bad_inputs import FEW, MANY, Case, assert_refused

from sim.equity import rfm
from sim.equity.btyd import BGBB, BGNBD, GammaGamma, ParetoNBD, fit_bg_bb, fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd
from sim.equity.sbg import SBG, fit_sbg, fit_sbg_at_risk
from sim.equity.survival import of_cohort, survival_fits

Limits = dict[str, tuple[float | None, float | None]]
UP = (0.0, None)
COLUMNS = ("frequency", "recency", "T")
PAST = {"frequency": np.array([0, 2, 5]), "recency": np.array([0.0, 8.5, 29.0]), "T": np.array([30.0, 31.0, 30.5])}
CHANCES = {"frequency": np.array([0, 2, 4]), "recency": np.array([0, 4, 5]), "opportunities": np.array([6, 6, 6])}
ONE = {"frequency": 2, "recency": 8.5, "T": 31.0}
UPS: Limits = dict.fromkeys(("frequency", "recency", "T", "opportunities", "t", "x", "weights", "discount", "horizon",
                             "customers", "periods", "monetary_value"), UP)
ENDLESS = {"discount": (0.0,)}
RNG: dict[str, Any] = {"rng": np.random.default_rng(1)}
WEIGHTS = {"weights": np.array([1.0, 2.0, 0.5])}
ENDS = {"recency": (np.array([0.0, 40.0, 29.0]), np.array([1.0, 8.5, 29.0]), np.array([0.0, 0.0, 29.0]))}
LOG = pd.DataFrame({"customer_id": list("aab"), "date": ["2024-01-01", "2024-02-01", "2024-01-05"],
                    "amount": [5.0, 6.0, 7.0]})
NUMBERED = LOG.assign(date=[0, 4, 9])
TABLE = rfm.rfm_table(LOG)


def models(model: Any) -> list[Case]:
    """The methods of a model of continuous time."""
    over = {**PAST, "discount": 0.1}
    return [
        Case(model.expected_purchases, {"t": np.array([0.0, 5.5])}, UPS),
        Case(model.probability_alive, PAST, UPS, ENDS, COLUMNS),
        Case(model.probability_alive, ONE, UPS),
        Case(model.conditional_expectation, {"t": 5.5, **PAST}, UPS, ENDS, COLUMNS),
        Case(model.discounted_expected_residual_transactions, over, UPS, {**ENDS, **ENDLESS}, COLUMNS),
        Case(model.discounted_expected_residual_transactions, {**over, "horizon": 9.5}, UPS, ENDS, COLUMNS),
        Case(model.probability_of_purchases, {"x": np.array([0, 3]), "t": 5.5}, UPS),
        Case(model.simulate, {"customers": 5, "T": 30.5, **RNG}, {**UPS, "customers": (1, 1e8)}),
    ]


CASES = [
    *models(BGNBD(0.243, 4.414, 0.793, 2.426)),
    *models(ParetoNBD(0.5534, 10.5802, 0.6061, 11.6562)),
    Case(fit_bg_nbd, PAST, UPS, ENDS, COLUMNS),
    Case(fit_bg_nbd, {**PAST, **WEIGHTS}, UPS, {"weights": (np.zeros(3), np.ones(2))}, COLUMNS),
    Case(fit_pareto_nbd, PAST, UPS, ENDS, COLUMNS),
    Case(fit_pareto_nbd, {**PAST, **WEIGHTS}, UPS, {"weights": (np.zeros(3), np.ones(2))}, COLUMNS),
    Case(fit_gamma_gamma, {"frequency": np.array([0, 2, 5]), "monetary_value": np.array([0.0, 8.5, 3.0])},
         {"frequency": UP}, {"monetary_value": (np.array([0.0, 0.0, 3.0]), np.array([0.0, -1.0, 3.0]))},
         columns=("frequency", "monetary_value")),
    Case(GammaGamma(6.0, 4.0, 15.0).expected_spend, {"frequency": 2, "monetary_value": 8.5}, UPS,
         {"monetary_value": (0.0,)}),
    Case(GammaGamma(6.0, 4.0, 15.0).simulate, {"frequency": np.array([0, 2]), **RNG}, UPS),
    Case(fit_bg_bb, CHANCES, UPS, {"frequency": (np.array([0, 5, 4]),)}, ("frequency", "recency", "opportunities")),
    *(Case(method, {**CHANCES, **more}, UPS, bad, ("frequency", "recency", "opportunities")) for method, more, bad in (
        (BGBB(1.2, 0.75, 0.66, 2.8).probability_alive, {}, {}),
        (BGBB(1.2, 0.75, 0.66, 2.8).conditional_expectation, {"t": 5}, {}),
        (BGBB(1.2, 0.75, 0.66, 2.8).discounted_expected_residual_transactions, {"discount": 0.1}, ENDLESS),
        (BGBB(1.2, 0.75, 0.66, 2.8).discounted_expected_residual_transactions, {"discount": 0.1, "horizon": 5}, {}),
    )),
    Case(BGBB(1.2, 0.75, 0.66, 2.8).expected_purchases, {"opportunities": 6}, UPS),
    Case(BGBB(1.2, 0.75, 0.66, 2.8).probability_of_purchases, {"x": 2, "opportunities": 6}, UPS),
    Case(BGBB(1.2, 0.75, 0.66, 2.8).simulate, {"customers": 5, "opportunities": 6, **RNG},
         {"customers": (1, 1e8), "opportunities": (0, 1e5)}),
    Case(BGNBD, {"r": 0.2, "alpha": 4.0, "a": 0.8, "b": 2.4}, dict.fromkeys(("r", "alpha", "a", "b"), UP),
         {"r": (0.0,)}),
    Case(ParetoNBD, {"r": 0.2, "alpha": 4.0, "s": 0.8, "beta": 2.4}, dict.fromkeys(("r", "alpha", "s", "beta"), UP)),
    Case(GammaGamma, {"p": 6.0, "q": 4.0, "v": 15.0}, dict.fromkeys(("p", "q", "v"), UP)),
    Case(BGBB, {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8},
         dict.fromkeys(("alpha", "beta", "gamma", "delta"), UP)),
    Case(SBG, {"alpha": 0.7, "beta": 1.2}, {"alpha": UP, "beta": UP}),
    Case(fit_sbg, {"survivors": [1000.0, 631.0, 468.0]}, {"survivors": UP},
         {"survivors": ([10.0, 11.0, 5.0], [10.0], [0.0, 0.0], [1.0, 1.0])}),
    Case(fit_sbg_at_risk, {"at_risk": [1000.0, 631.0], "leavers": [369.0, 163.0]}, {"at_risk": UP, "leavers": UP},
         {"leavers": ([369.0, 700.0],)}, ("at_risk", "leavers")),
    Case(of_cohort, {"survivors": [1000, 631, 468]}, {"survivors": UP}, {"survivors": ([5, 6], [0, 0])}),
    Case(survival_fits, {"curve": of_cohort([1000, 631, 468]), "fitted_to": 1, "until": 9},
         {"fitted_to": (1, 2), "until": (1, 1e6)}),
    Case(SBG(0.7, 1.2).survival, {"t": [0, 5]}, {"t": UP}),
    Case(SBG(0.7, 1.2).retention, {"t": [1, 5]}, {"t": (1, None)}),
    Case(SBG(0.7, 1.2).discounted_expected_lifetime, {"discount": 0.1}, UPS, ENDLESS),
    Case(SBG(0.7, 1.2).discounted_expected_residual_lifetime, {"discount": 0.1, "renewals": [1, 2]},
         {"discount": UP, "renewals": (1, None)}, ENDLESS),
    Case(SBG(0.7, 1.2).simulate, {"customers": 5, "periods": 6, **RNG}, {"customers": (1, 1e8), "periods": (1, 1e6)}),
    Case(rfm.rfm_table, {"log": LOG, "customer": "customer_id", "date": "date", "amount": "amount",
                         "end": "2024-03-01", "unit": "W", "time_scaler": 1.0},
         {"time_scaler": UP}, {"unit": (3.0,), "end": (5, "2023-01-01"), "time_scaler": (0.0,), "log": (LOG[:0],)},
         leave=("amount",)),
    Case(rfm.rfm_table, {"log": NUMBERED, "end": 12.0, "unit": 2.0}, {"unit": UP},
         {"unit": ("W", 0.0), "end": (-1.0,)}),
    Case(rfm.holdout, {"log": LOG, "split": "2024-01-20", "unit": "D"}, {}, {"split": ("2024-02-01", "2023-01-01", 4)}),
    Case(rfm.holdout, {"log": NUMBERED, "split": 3.0}, {}, {"split": (-1.0, 9.0, 1e9)}),
    Case(rfm.rfm_score, {"table": TABLE, "classes": 5}, {"classes": (2, 100)},
         {"table": (TABLE[:0], TABLE.drop(columns="T"))}),
    Case(rfm.read_log, {"source": LOG, "customer": "customer_id", "date": "date", "amount": "amount",
                        "date_format": "%Y-%m-%d", "only": {"customer_id": "a"}}, {},
         leave=("only", "source")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_argument_of_an_estimator_is_named(case: Case) -> None:
    assert_refused(case, FEW // 4)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_2000_bad_arguments_of_estimators_are_named(case: Case) -> None:
    assert_refused(case, MANY)
