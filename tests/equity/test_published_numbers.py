"""Numbers of the literature that rules and statistics must give, each with its source."""

from __future__ import annotations

import numpy as np
import pytest

from sim.equity.clv import median_lifetime
from sim.market.birth import _bass
from sim.period.constants import kept
from sim.rules.choice import mean_wait
from sim.rules.published_forms import peak_end, prospect_value, wandering
from sim.scenario.load import load
from sim.statistics.intervals import pairing


def test_share_kept_per_step_by_half_life() -> None:
    """Exponential decay (algebra): what is left after one step for half-lives of 1, 2, 4 and 12 steps."""
    found = [kept(half_life, 1.0) for half_life in (1.0, 2.0, 4.0, 12.0)]
    assert found == pytest.approx([0.5, 0.707107, 0.840896, 0.943874], abs=1e-6)
    half = median_lifetime(0.8)
    assert half == pytest.approx(3.106284, abs=1e-6)  # what keeps .8 a step has this half-life
    assert kept(half, 1.0) == pytest.approx(0.8, abs=1e-9)


def shares(utilities: np.ndarray) -> np.ndarray:
    """The chance of each bell to ring first: its rate over all rates."""
    rates = 1.0 / mean_wait(utilities, 1.0)
    return np.asarray(rates / rates.sum())


def test_shares_of_the_logit() -> None:
    """McFadden (1974), utilities 1, .5 and 0."""
    assert shares(np.array([1.0, 0.5, 0.0])).tolist() == pytest.approx([0.50648, 0.307196, 0.186324], abs=1e-6)


def test_own_price_elasticity_of_the_logit() -> None:
    """-beta·p·(1 - s) = -2.62, the mean of Bijmolt, van Heerde and Pieters (2005), at share .25 and beta 3.493333."""
    beta, step = 3.493333333, 1e-6

    def share_at(price: float) -> float:
        return float(shares(np.array([-beta * price, -beta, -beta, -beta]))[0])

    assert share_at(1.0) == pytest.approx(0.25)
    slope = (share_at(1.0 + step) - share_at(1.0 - step)) / (2 * step)
    assert slope / share_at(1.0) == pytest.approx(-2.62, abs=1e-6)


def test_diffusion_of_bass() -> None:
    """Bass (1969), p .03, q .38: half-way, height and date of the peak (ln(q/p)/(p+q) years)."""
    scenario = load({"question": "How fast?", "firms": {"Only": {}}, "clock": {"period": "month"}}, {
        "market.growth.kind": "bass", "market.growth.start_share": 0.0, "market.growth.innovation_per_year": 0.03,
        "market.growth.imitation_per_year": 0.38,
    })
    months = 20 * 12
    inside = _bass(scenario, months)
    assert inside[5 * 12] == pytest.approx(0.331199, abs=1e-6)
    new = np.diff(inside) * 12
    peak = int(new.argmax())
    assert (peak + 0.5) / 12 == pytest.approx(6.192619, abs=0.5 / 12)
    assert new.max() == pytest.approx(0.110592, abs=1e-5)  # the mean of a month
    years = np.arange(months + 1) / 12
    assert np.interp(6.192619, years, inside) == pytest.approx(0.460526, abs=1e-5)  # between two months


def test_common_random_numbers_save_runs() -> None:
    """Law (2015), chapter 11: standard deviations 1, correlation .8: variance .4 instead of 2, a fifth of the runs."""
    luck = np.random.default_rng(1).normal(size=(2, 500))
    luck -= luck.mean(axis=1, keepdims=True)
    luck[1] -= luck[0] * (luck[0] @ luck[1]) / (luck[0] @ luck[0])
    first, other = luck / luck.std(axis=1, ddof=1, keepdims=True)
    found = pairing(first, 0.8 * first + 0.6 * other)
    assert found.correlation == pytest.approx(0.8, abs=1e-9)
    assert found.variance_ratio == pytest.approx(5.0, abs=1e-9)


def test_value_of_gains_and_losses() -> None:
    """Tversky and Kahneman (1992), curvature .88, loss aversion 2.25."""
    found = prospect_value(np.array([100.0, -100.0, 10.0, -10.0, 0.0]), 0.88, 2.25)
    assert found.tolist() == pytest.approx([57.54399, -129.47399, 7.58578, -17.068, 0.0], abs=1e-5)


def test_an_episode_is_remembered_by_its_peak_and_its_end() -> None:
    """Fredrickson and Kahneman (1993): the moments 2, 5, 9, 4, 3 are remembered as 6, though their mean is 4.6."""
    moments = np.array([2.0, 5.0, 9.0, 4.0, 3.0])
    assert peak_end(moments.max(), moments[-1]) == 6.0
    assert moments.mean() == pytest.approx(4.6)
    long = np.repeat(moments, 10)  # duration neglect
    assert peak_end(long.max(), long[-1]) == 6.0


def test_variance_of_a_mood_that_fades_and_is_shaken() -> None:
    """AR(1) with .8 kept and shocks of .1 (algebra), and the same by walking it."""
    assert wandering(0.8, 0.1) == pytest.approx(0.027778, abs=1e-6)
    variance = 0.0
    for _ in range(200):
        variance = 0.8 * 0.8 * variance + 0.1 * 0.1
    assert variance == pytest.approx(wandering(0.8, 0.1), rel=1e-12)
