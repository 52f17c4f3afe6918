"""Fits: the same answer whatever the units, the order and the weights; and plain words where there is no answer."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cdnow import summary
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim.equity.btyd import BGBB, BGNBD, GammaGamma, ParetoNBD, fit_bg_bb, fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd
from sim.equity.btyd._maximum import Peak, advice, by_differences, condensed
from sim.equity.btyd.bg_bb import _BGBBLikelihood
from sim.equity.btyd.bg_nbd import _BGNBDLikelihood
from sim.equity.btyd.gamma_gamma import _GammaGammaLikelihood
from sim.equity.btyd.pareto_nbd import _ParetoNBDLikelihood

Fit = Callable[..., Any]
TIMED = pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd])


def history(customers: int = 3000, seed: int = 1) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return tuple(BGNBD(0.5, 5.0, 0.9, 2.5).simulate(customers, rng.integers(20, 40, customers), rng))


def numbers(fitted: Any) -> list[float]:
    return list(fitted.parameters.values())


@TIMED
def test_units_of_time_do_not_matter(fit: Fit) -> None:
    x, last, end = history()
    weeks, days = fit(x, last, end), fit(x, 7 * last, 7 * end)
    in_time = {"alpha", "beta"} if fit is fit_pareto_nbd else {"alpha"}
    for name, value in weeks.parameters.items():
        assert days.parameters[name] == pytest.approx(value * (7 if name in in_time else 1), rel=1e-5)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - x.sum() * np.log(7), abs=1e-4)
    assert days.conditional_expectation(70, x, 7 * last, 7 * end) == pytest.approx(
        weeks.conditional_expectation(10, x, last, end), rel=1e-5)


def test_units_of_money_do_not_matter() -> None:
    x = np.random.default_rng(1).integers(1, 9, 2000)
    spend = GammaGamma(5.0, 4.0, 30.0).simulate(x, np.random.default_rng(2))
    euro, cent = fit_gamma_gamma(x, spend), fit_gamma_gamma(x, 100 * spend)
    assert (cent.p, cent.q, cent.v) == pytest.approx((euro.p, euro.q, 100 * euro.v), rel=1e-5)


@TIMED
def test_weights_are_repeated_rows_and_order_does_not_matter(fit: Fit) -> None:
    x, last, end = history(400)
    times = np.random.default_rng(3).integers(0, 4, 400)
    weighted = fit(x, last, end, weights=times)
    mixed = np.random.default_rng(4).permutation(times.sum())
    repeated = fit(*(np.repeat(column, times)[mixed] for column in (x, last, end)))
    assert numbers(repeated) == pytest.approx(numbers(weighted), rel=1e-6)
    assert repeated.customers == weighted.customers == times.sum()
    assert list(repeated.standard_errors.values()) == pytest.approx(list(weighted.standard_errors.values()), rel=1e-4)


@TIMED
def test_nothing_near_the_fit_is_likelier(fit: Fit) -> None:
    """The estimates are a maximum, and the errors are its curvature: one standard error away costs about a half."""
    x, last, end = history(1500)
    fitted = fit(x, last, end)
    made = {fit_bg_nbd: _BGNBDLikelihood.of, fit_pareto_nbd: _ParetoNBDLikelihood}[fit]
    likelihood = made(condensed((x, last, end), np.ones(1500)))
    best = likelihood(np.log(numbers(fitted)))[0]
    assert best == pytest.approx(fitted.log_likelihood, abs=1e-6)
    rng = np.random.default_rng(9)
    for _ in range(40):
        other = np.log(numbers(fitted)) + rng.normal(0, 0.05, 4)
        assert likelihood(other)[0] <= best + 1e-9


@pytest.mark.parametrize(("make", "parameters", "columns"), [
    (_BGNBDLikelihood.of, (0.4, 5.0, 0.7, 2.0), "timed"), (_ParetoNBDLikelihood, (0.6, 9.0, 0.5, 12.0), "timed"),
    (_ParetoNBDLikelihood, (0.6, 9.0, 0.5, 3.0), "timed"), (_GammaGammaLikelihood.of, (5.0, 4.0, 14.0), "spend"),
    (_BGBBLikelihood, (1.1, 0.8, 0.6, 2.5), "chances"),
])
def test_gradients_and_curvatures_are_those_of_the_likelihood(
    make: Any, parameters: tuple[float, ...], columns: str
) -> None:
    rng = np.random.default_rng(5)
    if columns == "timed":
        rows = history(300)
    elif columns == "chances":
        rows = tuple(BGBB(1.2, 0.75, 0.66, 2.8).simulate(300, 6, rng))
    else:
        count = rng.integers(1, 9, 300)
        rows = (count.astype(float), GammaGamma(5.0, 4.0, 30.0).simulate(count, rng))
    objective, logs, width = make(condensed(rows, rng.uniform(0.5, 2.0, 300))), np.log(parameters), 1e-5
    for place, slope in enumerate(objective(logs)[1]):
        move = width * np.eye(len(parameters))[place]
        by_values = (objective(logs + move)[0] - objective(logs - move)[0]) / (2 * width)
        assert slope == pytest.approx(by_values, rel=1e-6, abs=1e-5)
    assert objective.curvature(logs) == pytest.approx(by_differences(objective, logs), rel=1e-5, abs=1e-4)


def test_large_data_begun_on_a_sample_end_where_all_of_them_lead() -> None:
    model, rng = BGNBD(0.243, 4.414, 0.793, 2.426), np.random.default_rng(6)
    rows = tuple(model.simulate(40_000, rng.uniform(26, 78, 40_000), rng))
    fitted = fit_bg_nbd(*rows)
    slope = _BGNBDLikelihood.of(condensed(rows, np.ones(40_000)))(np.log(numbers(fitted)))[1]
    assert fitted.converged
    assert np.abs(slope).max() < 1e-3, "the top: per customer, the likelihood is flat to 2.5e-8"


def test_large_data_without_a_maximum_are_answered_as_small_ones_are() -> None:
    rng = np.random.default_rng(8)
    end = rng.uniform(300, 700, 30_000)
    x = rng.poisson(end / 100)
    fitted = fit_bg_nbd(x, np.where(x > 0, end * rng.beta(np.maximum(x, 1), 1), 0.0), end)
    assert not fitted.converged
    assert "about 0 here" in fitted.advice
    assert fitted.r / fitted.alpha == pytest.approx(0.01, rel=0.02)


NOTHING = np.zeros(50), np.zeros(50), np.linspace(5, 30, 50)
SILENCE = "Nobody bought a second time"
ODD: dict[str, tuple[tuple[Any, ...], str]] = {
    "nobody buys again": (NOTHING, SILENCE),
    "no time has passed": ((np.zeros(3), np.zeros(3), np.zeros(3)), SILENCE),
    "everybody buys until the end": ((np.full(50, 10), np.full(50, 30.0), np.full(50, 30.0)), "is about 0 here"),
    "two customers": (([3, 0], [9.0, 0.0], [10.0, 12.0]), "these data"),
    "huge counts": (([500, 400, 0, 3, 20_000], [30, 30, 0, 2, 29], [30] * 5), ""),
    "huge times": (([5, 0, 2, 0], [1e9, 0, 2e8, 0], [2e9] * 4), "look alike"),
    "tiny times": (([5, 0, 2, 0], [1e-9, 0, 2e-10, 0], [2e-9] * 4), "look alike"),
    "the longest times": (([0, 0, 1, 0], [0, 0, 9e14, 0], [1e15] * 4), "these data"),
    "the shortest times": (([0, 0, 1, 0], [0, 0, 9e-250, 0], [1e-249] * 4), "these data"),
    "one time for all": (tuple(BGNBD(0.5, 5, 1, 3).simulate(500, 50, np.random.default_rng(1))), ""),
    "ten customers": (tuple(BGNBD(0.5, 5, 1, 3).simulate(10, 50, np.random.default_rng(5))), "these data"),
}


@TIMED
@pytest.mark.parametrize("what", ODD)
def test_odd_data_give_usable_numbers_and_plain_words(fit: Fit, what: str) -> None:
    columns, words = ODD[what]
    fitted = fit(*columns)
    assert fitted.converged or fitted.advice, "never without saying what to do"
    if not words:
        assert fit is fit_pareto_nbd or fitted.converged
    else:
        assert not fitted.converged
        assert words in fitted.advice
    later = fitted.conditional_expectation(10.0, *columns)
    value = fitted.discounted_expected_residual_transactions(*columns, discount=0.01)
    alive = fitted.probability_alive(*columns)
    assert np.isfinite(np.concatenate([later, value, alive])).all()
    assert ((alive >= 0) & (alive <= 1) & (later >= 0) & (value >= 0)).all()
    if words == SILENCE and columns[2].any():
        assert later.max() < 1e-3, "where nobody has bought, nobody is expected to"


def test_customers_who_never_leave_are_forecast_as_such() -> None:
    """A gamma mixture of Poisson buyers: the forecast is (r + x)/(alpha + T) per unit of time."""
    rng = np.random.default_rng(2)
    end = np.full(1500, 50.0)
    x = rng.poisson(rng.gamma(1.5, 1 / 12, 1500) * 50.0)
    last = np.where(x > 0, end * rng.beta(np.maximum(x, 1), 1), 0.0)
    for fit in (fit_bg_nbd, fit_pareto_nbd):
        fitted = fit(x, last, end)
        assert not fitted.converged
        assert "about 0 here" in fitted.advice
        wanted = (1.5 + x) / (12 + 50) * 10
        assert fitted.conditional_expectation(10.0, x, last, end) == pytest.approx(wanted, rel=0.15)


@pytest.mark.parametrize(("columns", "words"), [
    (([1, 2, 3], [5.0, 5.0, 5.0]), "All spend the same"),
    (([1, 1, 1], [5.0, 6.0, 9.0]), "Nobody bought again more than once"),
    (([20, 30, 400], [5.0, 50.0, 500.0]), "not determined"),
    (([1, 2, 3], [1e12, 2e12, 1e11]), "is infinite in this model"),
])
def test_odd_spending_is_told(columns: tuple[Any, ...], words: str) -> None:
    fitted = fit_gamma_gamma(*columns)
    assert not fitted.converged
    assert words in fitted.advice
    assert np.isfinite(fitted.expected_spend(*columns)).all()


def test_heavy_tails_of_spending_are_told_even_where_the_fit_is_good() -> None:
    x = np.random.default_rng(1).integers(1, 9, 3000)
    fitted = fit_gamma_gamma(x, GammaGamma(4.0, 0.8, 10.0).simulate(x, np.random.default_rng(2)))
    assert fitted.converged
    assert "q is 1 or less" in fitted.advice
    assert fitted.mean_spend == float("inf")


@pytest.mark.parametrize(("columns", "words"), [
    (([0] * 5, [0] * 5, [6] * 5), "Nobody bought again"), (([6] * 5, [6] * 5, [6] * 5), "is about 0 here"),
    (([0, 1], [0, 1], [1, 1]), "Few opportunities"),
    (([500, 3, 0], [1000, 800, 0], [1000] * 3), "not determined|border"),
    (([0, 1, 2, 3], [0, 1, 4, 4], [2, 4, 5, 9]), "look alike"),
])
def test_odd_opportunities_are_told(columns: tuple[Any, ...], words: str) -> None:
    import re

    fitted = fit_bg_bb(*columns)
    assert not fitted.converged
    assert re.search(words, fitted.advice)
    assert np.isfinite(fitted.conditional_expectation(3, *columns)).all()
    assert np.isfinite(fitted.discounted_expected_residual_transactions(*columns, discount=0.1)).all()


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_random_small_data_never_crash(customers: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    end = rng.choice([0.5, 10.0, 1e4], customers) * rng.uniform(0.5, 1, customers)
    x = rng.choice([0, 0, 1, 2, 7, 300], customers)
    last = np.where(x > 0, end * rng.uniform(0.01, 1, customers), 0.0)
    for fit in (fit_bg_nbd, fit_pareto_nbd):
        fitted = fit(x, last, end)
        assert fitted.converged or fitted.advice
        assert np.isfinite(numbers(fitted)).all()
        assert np.isfinite(fitted.conditional_expectation(5.0, x, last, end)).all()
    spend = rng.choice([1e-3, 5.0, 7.0, 1e6], customers)
    if (x > 0).sum() > 1:
        fitted = fit_gamma_gamma(x, spend)
        found = fitted.expected_spend(x, spend)
        assert (found > 0).all()
        assert np.isfinite(found).all() or "infinite" in fitted.advice


def test_one_customer_is_refused_in_words() -> None:
    for fit, columns in ((fit_bg_nbd, ([3], [9.0], [10.0])), (fit_pareto_nbd, ([3], [9.0], [10.0])),
                         (fit_bg_bb, ([3], [5], [6])), (fit_gamma_gamma, ([3, 0], [9.0, 0.0]))):
        with pytest.raises(ValueError, match="frequency: 1 customer is not enough"):
            fit(*columns)


def test_a_model_built_by_hand_says_nothing_of_a_fit() -> None:
    model = BGNBD(0.243, 4.414, 0.793, 2.426)
    assert repr(model) == "BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)"
    assert (model.customers, model.advice, model.standard_errors, model.converged) == (0, "", {}, True)
    assert np.isnan(model.log_likelihood)
    assert model == BGNBD(0.243, 4.414, 0.793, 2.426) != BGNBD(0.244, 4.414, 0.793, 2.426)
    assert ParetoNBD(1, 2, 3, 4).parameters == {"r": 1, "alpha": 2, "s": 3, "beta": 4}


def test_as_good_as_lifetimes_on_the_same_data() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lifetimes = pytest.importorskip("lifetimes", reason="lifetimes is not installed: no cross-check")
        table = summary()
        theirs = lifetimes.BetaGeoFitter().fit(table["frequency"], table["recency"], table["T"])
    ours = fit_bg_nbd(table["frequency"], table["recency"], table["T"])
    assert numbers(ours) == pytest.approx(theirs.params_.tolist(), rel=1e-4)
    assert list(ours.standard_errors.values()) == pytest.approx(theirs.standard_errors_.tolist(), rel=1e-2)


def test_advice_covers_every_pair_that_is_not_determined() -> None:
    """A case of each pair is said; a pair that no case explains gets the general words."""
    nan, names = np.full(4, np.nan), ("r", "alpha", "a", "b")
    both = Peak(np.full(4, 7.0), -1.0, nan, (), (0, 1, 2, 3), False)
    pairs = [(("a", "b"), [(True, "Only a/(a + b).")]), (("r", "alpha"), [(True, "Only r/alpha.")])]
    assert advice(both, names, [], pairs, "More.").endswith("Only a/(a + b). Only r/alpha.")
    half = [pairs[0], (("r", "alpha"), [(False, "Only r/alpha.")])]
    assert advice(both, names, [], half, "More.").endswith("Only a/(a + b). More.")
    assert advice(both, names, [(True, "Nobody came.")], pairs, "More.").endswith("these data. Nobody came.")
    one = Peak(np.full(4, 7.0), -1.0, nan, (), (2, 3), False)
    assert advice(one, names, [], half, "More.").endswith("these data. Only a/(a + b).")
