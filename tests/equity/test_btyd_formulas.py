"""Closed forms against brute force: sums, quadrature by other means, simulation, limits, and lifetimes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln, hyp2f1

from sim.equity.btyd import BGBB, BGNBD, GammaGamma, ParetoNBD
from sim.equity.btyd._sums import discounted_steps, gram_nodes
from sim.equity.btyd.pareto_nbd import _loss_integral

PAPER = BGNBD(0.243, 4.414, 0.793, 2.426)
PARETO = ParetoNBD(0.5534, 10.5802, 0.6061, 11.6562)
DONORS = BGBB(1.204, 0.750, 0.657, 2.783)
TIMED = [PAPER, BGNBD(2.0, 8.0, 1.0, 3.0), BGNBD(0.5, 3.0, 0.3, 0.7), PARETO, ParetoNBD(1.5, 6.0, 1.0, 9.0)]
"""Two of them where the published closed forms divide by 0: a = 1 and a + b = 1; s = 1."""
shape = st.floats(0.05, 30.0)


def names(model: Any) -> str:
    return repr(model)


@pytest.mark.parametrize("model", TIMED, ids=names)
def test_expected_purchases_are_the_mean_of_their_distribution(model: Any) -> None:
    x = np.arange(400)
    for time in (3.0, 20.0):
        chances = model.probability_of_purchases(x, time)
        assert chances.sum() == pytest.approx(1.0, abs=1e-9)
        assert (x * chances).sum() == pytest.approx(model.expected_purchases(time), rel=1e-7)


@pytest.mark.parametrize("model", TIMED, ids=names)
def test_simulated_customers_buy_as_the_formulas_say(model: Any) -> None:
    customers, half, full = 60_000, 30.0, 60.0
    whole = model.simulate(customers, full, np.random.default_rng(11))
    error = whole.frequency.std() / np.sqrt(customers)
    assert whole.frequency.mean() == pytest.approx(model.expected_purchases(full), abs=4.5 * error)
    early = model.simulate(customers, half, np.random.default_rng(12))
    for count in range(4):
        share = model.probability_of_purchases(count, half)
        assert (early.frequency == count).mean() == pytest.approx(share, abs=4.5 * np.sqrt(share / customers))
    assert ((early.recency > 0) == (early.frequency > 0)).all()
    assert (early.recency <= half).all()
    # what is expected of everybody at half time, on average, is what the whole time brings beyond it
    later = model.conditional_expectation(full - half, *early)
    wanted = model.expected_purchases(full) - model.expected_purchases(half)
    assert later.mean() == pytest.approx(wanted, abs=4.5 * later.std() / np.sqrt(customers))


def test_pareto_recency_is_told_from_loss_by_simulation() -> None:
    """Among those with the same history, as many live as P(alive) says (histories from brute simulation)."""
    rng, n, end = np.random.default_rng(5), 100_000, 20.0
    rate, loss = rng.gamma(PARETO.r, 1 / PARETO.alpha, n), rng.gamma(PARETO.s, 1 / PARETO.beta, n)
    lost = rng.exponential(1 / loss)
    gaps = rng.exponential(1 / rate, (30, n))
    times = gaps.cumsum(axis=0)
    bought = times <= np.minimum(lost, end)
    x, last = bought.sum(axis=0), np.where(bought, times, 0.0).max(axis=0)
    for count in (0, 1, 3):
        chosen = x == count
        said = PARETO.probability_alive(x[chosen], last[chosen], end)
        assert (lost[chosen] > end).mean() == pytest.approx(said.mean(), abs=4.5 * 0.5 / np.sqrt(chosen.sum()))


def test_bg_nbd_aliveness_by_simulation() -> None:
    rng, n, end = np.random.default_rng(6), 100_000, 20.0
    rate, p = rng.gamma(PAPER.r, 1 / PAPER.alpha, n), rng.beta(PAPER.a, PAPER.b, n)
    times = rng.exponential(1 / rate, (40, n)).cumsum(axis=0)
    stays = (rng.random((40, n)) >= p).cumprod(axis=0)
    active_before = np.vstack([np.ones((1, n)), stays[:-1]])
    bought = (times <= end) & (active_before > 0)
    x = bought.sum(axis=0)
    last = np.where(bought, times, 0.0).max(axis=0)
    alive = np.where(x > 0, np.take_along_axis(stays, np.maximum(x - 1, 0)[None], axis=0)[0], 1) > 0
    for count in (1, 2, 4):
        chosen = x == count
        said = PAPER.probability_alive(x[chosen], last[chosen], end)
        assert alive[chosen].mean() == pytest.approx(said.mean(), abs=4.5 * 0.5 / np.sqrt(chosen.sum()))
    assert PAPER.probability_alive(0, 0, end) == 1.0


def test_bg_nbd_expectation_is_the_published_hypergeometric_form() -> None:
    """Fader, Hardie and Lee (2005), equations 9 and 10."""
    r, alpha, a, b = PAPER.parameters.values()
    t = np.array([1.0, 10.0, 52.0, 500.0])
    closed = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
    assert PAPER.expected_purchases(t) == pytest.approx(closed, rel=1e-9)
    x, end = 3, 40.0
    odds = a / (b + x - 1) * ((alpha + end) / (alpha + 35.0)) ** (r + x)
    later = (a + b + x - 1) / (a - 1) * (1 - ((alpha + end) / (alpha + end + t)) ** (r + x)
                                         * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + end + t)))
    assert PAPER.conditional_expectation(t, x, 35.0, end) == pytest.approx(later / (1 + odds), rel=1e-9)


@given(r=st.floats(0.01, 49.0), alpha=shape, a=st.floats(0.02, 49.0), b=st.floats(0.02, 49.0),
       ahead=st.floats(0.001, 8.99))
@example(r=0.243, alpha=4.414, a=1.0101, b=2.426, ahead=8.9)
@example(r=0.5, alpha=3.0, a=0.3, b=0.72, ahead=5.0)
@settings(max_examples=40, deadline=None)
def test_bg_nbd_closed_form_and_nodes_are_two_ways_to_the_same_number(
    r: float, alpha: float, a: float, b: float, ahead: float
) -> None:
    """Counts from 0 to 300, for every model in which the closed form is used."""
    model, x = BGNBD(r, alpha, a, b), np.array([0.0, 1.0, 2.0, 7.0, 40.0, 300.0])
    closed = model._in_closed_form(x, np.full(x.size, ahead))
    assert closed[1:].all() == (abs(a - 1.0) > 0.01)
    nodes = model._residual(x, np.array(ahead * alpha), 0.0).each(np.arange(x.size), np.full(x.size, np.log1p(ahead)))
    assert model._hypergeometric(x[closed], np.full(closed.sum(), ahead)) == pytest.approx(nodes[closed], rel=1e-9)


@given(r=shape, alpha=shape, a=shape, b=shape, x=st.integers(0, 500), share=st.floats(0.01, 1.0),
       time=st.floats(0.01, 2000.0))
@settings(max_examples=40, deadline=None)
def test_bg_nbd_expectation_by_another_quadrature(
    r: float, alpha: float, a: float, b: float, x: int, share: float, time: float
) -> None:
    end = 30.0
    scaled, power = time / (alpha + end), r + x

    centre, width = float(np.log(a / (b + x))), 12 / min(a, b + x, 1) ** 0.5
    edges = np.linspace(centre - 60 / a - width, centre + 60 / (b + x) + width, 1500)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    logit = edges[:-1, None] + np.diff(edges)[:, None] * (nodes + 1) / 2
    log_p, log_q = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
    p = np.exp(np.maximum(log_p, -600.0))
    gain = np.where(log_p > -600.0, -np.expm1(-power * np.log1p(p * scaled)) / p, power * scaled)
    density = np.exp(a * log_p + (b + x) * log_q - betaln(a, b + x))
    wanted = (density * gain * weights * np.diff(edges)[:, None] / 2).sum()
    model = BGNBD(r, alpha, a, b)
    last = end * share if x else 0.0
    alive = model.probability_alive(x, last, end)
    found = model.conditional_expectation(time, x, last, end) / alive if alive > 1e-250 else np.nan
    if np.isfinite(found):  # not 0/0: somebody this surely lost has no future to compare
        assert found == pytest.approx(wanted, rel=1e-7)


@given(r=shape, alpha=st.floats(0.1, 200), s=shape, beta=st.floats(0.1, 200), x=st.integers(0, 500),
       share=st.floats(0.01, 0.99), end=st.floats(1.0, 500.0))
@example(r=1.949, alpha=0.1, s=26.0, beta=26.0, x=193, share=0.99, end=1.0)
@example(r=1.949, alpha=0.1, s=26.0, beta=26.0, x=193, share=0.01, end=500.0)
@settings(max_examples=60, deadline=None)
def test_pareto_integral_by_another_quadrature(
    r: float, alpha: float, s: float, beta: float, x: int, share: float, end: float
) -> None:
    last = end * share if x else 0.0

    def log_f(u: np.ndarray | float) -> Any:
        return -(r + x) * np.log(alpha + u) - (s + 1) * np.log(beta + u)

    found = _loss_integral(np.array([r, alpha, s, beta]), np.array([float(x)]), np.array([last]), np.array([end]))
    top = log_f(last)
    edges = np.r_[last, last + (end - last) * np.geomspace(1e-9, 1, 400)]
    nodes, weights = np.polynomial.legendre.leggauss(16)
    u = edges[:-1, None] + np.diff(edges)[:, None] * (nodes + 1) / 2
    wanted = (np.exp(log_f(u) - top) * weights * np.diff(edges)[:, None] / 2).sum()
    assert found[0] == pytest.approx(top + np.log(wanted), abs=1e-9)


@pytest.mark.parametrize(("discount", "horizon"), [
    (0.15 / 52, None), (0.1, None), (1.0, None), (0.01, 52), (0.0, 52), (0.01, 10.5), (0.0, 0.5), (0.0005, None),
])
@pytest.mark.parametrize("model", [PAPER, PARETO, BGNBD(2.0, 8.0, 1.0, 3.0)], ids=names)
def test_residual_transactions_are_the_plain_discounted_sum(
    model: Any, discount: float, horizon: float | None
) -> None:
    history = (2, 30.43, 38.86)
    terms = int(40 / np.log1p(discount)) if horizon is None else int(horizon)
    running = model.conditional_expectation(np.arange(terms + 1.0), *history)
    wanted = (np.diff(running) / (1 + discount) ** np.arange(1, terms + 1)).sum()
    if horizon is not None and horizon > terms:
        left = model.conditional_expectation(horizon, *history) - running[-1]
        wanted += left / (1 + discount) ** horizon
    found = model.discounted_expected_residual_transactions(*history, discount, horizon)
    assert found == pytest.approx(wanted, rel=1e-9)


def test_residual_transactions_of_many_are_those_of_each() -> None:
    past = PAPER.simulate(60, np.random.default_rng(1).uniform(5, 60, 60), np.random.default_rng(2))
    for model in (PAPER, PARETO):
        many = model.discounted_expected_residual_transactions(*past, discount=0.01)
        each = [model.discounted_expected_residual_transactions(*one, discount=0.01) for one in zip(*past, strict=True)]
        assert many == pytest.approx(each, rel=1e-9)
        later = model.conditional_expectation(26.0, *past)
        assert later == pytest.approx([model.conditional_expectation(26.0, *one) for one in zip(*past, strict=True)],
                                      rel=1e-9)


def test_residual_transactions_read_off_a_curve_are_those_reckoned_one_by_one() -> None:
    """With many different T per count the sum is interpolated; here against the sum itself."""
    end = np.geomspace(6.0, 900.0, 60)
    for model in (PAPER, PARETO):
        for x, discount, horizon in ((0, 0.01, None), (3, 0.003, None), (40, 0.02, 30.5)):
            last = np.where(x > 0, 0.9 * end, 0.0)
            many = model.discounted_expected_residual_transactions(x, last, end, discount, horizon)
            each = [model.discounted_expected_residual_transactions(x, *one, discount, horizon)
                    for one in zip(last, end, strict=True)]
            assert many == pytest.approx(each, rel=1e-9)


def test_gamma_gamma_expected_spend_by_quadrature() -> None:
    """E[p/ν | z, x] over the posterior ν ~ Gamma(q + p·x, v + x·z)."""
    p, q, v, x, z = 3.0, 2.5, 8.0, 4, 12.0
    power, rate = q + p * x, v + x * z
    top, bottom = (quad(lambda nu, k=k: (rate * nu) ** (power - k) * np.exp(-rate * nu), 0, 3, epsabs=0)[0]
                   for k in (2, 1))
    assert GammaGamma(p, q, v).expected_spend(x, z) == pytest.approx(p * rate * top / bottom, rel=1e-8)


def test_gamma_gamma_simulated_spend_has_the_mean_of_the_model() -> None:
    model = GammaGamma(6.25, 5.0, 15.44)
    spend = model.simulate(np.full(200_000, 3), np.random.default_rng(3))
    assert spend.mean() == pytest.approx(model.mean_spend, abs=4.5 * spend.std() / np.sqrt(200_000))
    assert model.simulate([0, 2], np.random.default_rng(3))[0] == 0.0
    assert GammaGamma(3.0, 0.9, 5.0).mean_spend == float("inf")
    assert GammaGamma(0.05, 0.9, 5.0).expected_spend(1, 2.0) == float("inf")


def brute_bg_bb(model: BGBB, opportunities: int) -> dict[tuple[int, int], float]:
    """Probability of every (purchases, last) by walking through all strings of yes and no."""
    from itertools import product

    found: dict[tuple[int, int], float] = {}
    for string in product((0, 1), repeat=opportunities):
        x, last = sum(string), max((place + 1 for place, one in enumerate(string) if one), default=0)
        chance = 0.0
        for life in range(last, opportunities + 1):  # opportunities lived through
            bought = betaln(model.alpha + x, model.beta + life - x) - betaln(model.alpha, model.beta)
            gone = (betaln(model.gamma + 1, model.delta + life) if life < opportunities
                    else betaln(model.gamma, model.delta + life)) - betaln(model.gamma, model.delta)
            chance += np.exp(bought + gone)
        found[x, last] = found.get((x, last), 0.0) + chance
    return found


def test_bg_bb_by_enumeration_of_all_histories() -> None:
    n, ahead = 5, 3
    chances, longer = brute_bg_bb(DONORS, n), brute_bg_bb(DONORS, n + ahead)
    assert sum(chances.values()) == pytest.approx(1.0)
    for x in range(n + 1):
        wanted = sum(chance for (count, _), chance in chances.items() if count == x)
        assert DONORS.probability_of_purchases(x, n) == pytest.approx(wanted)
    for periods, table in ((n, chances), (n + ahead, longer)):
        mean = sum(x * chance for (x, _), chance in table.items())
        assert DONORS.expected_purchases(periods) == pytest.approx(mean)
    later = sum(chance * DONORS.conditional_expectation(ahead, x, last, n) for (x, last), chance in chances.items())
    assert later == pytest.approx(DONORS.expected_purchases(n + ahead) - DONORS.expected_purchases(n))


def test_bg_bb_aliveness_and_residual_by_sums() -> None:
    assert DONORS.probability_alive(6, 6, 6) == pytest.approx(
        (DONORS.delta + 6) / (DONORS.gamma + DONORS.delta + 6), rel=1e-12), "seen active at the last opportunity"
    one = DONORS.conditional_expectation(1, 3, 4, 6)
    mean = (DONORS.alpha + 3) / (DONORS.alpha + DONORS.beta + 6)
    assert one == pytest.approx(mean * DONORS.probability_alive(3, 4, 6), rel=1e-12)
    running = DONORS.conditional_expectation(np.arange(1501), 4, 5, 6)
    wanted = (np.diff(running) / 1.02 ** np.arange(1, 1501)).sum()
    assert DONORS.discounted_expected_residual_transactions(4, 5, 6, 0.02) == pytest.approx(wanted, rel=1e-9)


def test_bg_bb_simulation_follows_the_distribution() -> None:
    past = DONORS.simulate(100_000, 6, np.random.default_rng(8))
    for x in range(7):
        share = DONORS.probability_of_purchases(x, 6)
        assert (past.frequency == x).mean() == pytest.approx(share, abs=4.5 * np.sqrt(share / 100_000))
    assert (past.recency >= past.frequency).all()


@given(terms=st.integers(1, 5000), degree=st.integers(0, 15))
@settings(max_examples=40, deadline=None)
def test_gram_nodes_sum_polynomials_exactly(terms: int, degree: int) -> None:
    rule = gram_nodes(terms, 16)
    k = np.arange(terms) / terms
    assert (rule.weight * (rule.time / terms) ** degree).sum() == pytest.approx((k**degree).sum(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("discount", "horizon"), [(0.3, None), (0.01, None), (0.0, 1000.0), (0.02, 77.0)])
def test_discounted_steps_sum_smooth_terms(discount: float, horizon: float | None) -> None:
    steps = discounted_steps(discount, horizon)
    k = np.arange(1, 4001.0 if horizon is None else horizon + 1)
    wanted = ((3 + k) ** -0.7 * (1 + discount) ** -k).sum()
    assert (steps.weight / (3 + steps.time) ** 0.7).sum() == pytest.approx(wanted, rel=1e-11)


def test_no_time_ahead_is_no_purchase_and_nobody_is_less_than_dead() -> None:
    for model in TIMED:
        assert model.expected_purchases(0) == 0.0
        assert model.conditional_expectation(0.0, 3, 5.0, 9.0) == 0.0
        alive = model.probability_alive([500, 500, 500], [0.5, 20.0, 40.0], 40.0)
        assert ((alive >= 0) & (alive <= 1)).all()
        assert (np.diff(alive) >= 0).all()


@pytest.fixture(scope="module")
def lifetimes() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("lifetimes", reason="lifetimes is not installed: no cross-check")


def test_same_as_lifetimes_on_a_grid(lifetimes: Any) -> None:
    x, last, end = np.array([0, 1, 2, 5, 20]), np.array([0.0, 3.0, 20.0, 25.0, 30.0]), np.full(5, 32.0)
    pairs: list[tuple[Any, Any, Callable[[Any], Any]]] = [
        (PAPER, lifetimes.BetaGeoFitter(), lambda fitter: fitter),
        (PARETO, lifetimes.ParetoNBDFitter(), lambda fitter: fitter),
    ]
    for model, fitter, _ in pairs:
        fitter.params_ = dict(model.parameters)
        assert model.conditional_expectation(26.0, x, last, end) == pytest.approx(np.asarray(
            fitter.conditional_expected_number_of_purchases_up_to_time(26.0, x, last, end)), rel=1e-6)
        assert model.probability_alive(x, last, end) == pytest.approx(
            np.asarray(fitter.conditional_probability_alive(x, last, end)), rel=1e-6)
