"""Numbers of papers and of the packages BTYD, CLVTools and lifetimes, at the tolerance of what they print."""

from __future__ import annotations

import numpy as np
import pytest
from cdnow import summary

from sim.equity.btyd import BGBB, BGNBD, GammaGamma, ParetoNBD, fit_bg_bb, fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd
from sim.equity.btyd._maximum import condensed
from sim.equity.btyd.pareto_nbd import _ParetoNBDLikelihood

PAPER = BGNBD(0.243, 4.414, 0.793, 2.426)
"""Fader, Hardie and Lee (2005), table 2: CDNOW, 2,357 customers, 39 weeks."""
PARETO = ParetoNBD(0.5534, 10.5802, 0.6061, 11.6562)
"""The vignette of the R package BTYD: the same data."""
DONORS = [
    (0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129), (2, 2, 613),
    (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234), (3, 3, 322), (3, 4, 181), (3, 5, 225), (3, 6, 357),
    (4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728), (6, 6, 1203),
]
"""Fader, Hardie and Shang (2010), table 1: gifts, the last of them, donors; six yearly opportunities each."""


def test_bg_nbd_on_cdnow_to_three_digits() -> None:
    """Fader, Hardie and Lee (2005): .243, 4.414, .793, 2.426; log-likelihood −9582.4 (CLVTools: −9582.429)."""
    table = summary()
    fit = fit_bg_nbd(table["frequency"], table["recency"], table["T"])
    assert [fit.r, fit.alpha, fit.a, fit.b] == pytest.approx([0.24259, 4.41353, 0.79289, 2.42575], rel=1e-4)
    assert [round(value, 3) for value in fit.parameters.values()] == [0.243, 4.414, 0.793, 2.426]
    assert fit.log_likelihood == pytest.approx(-9582.42556, abs=1e-3)
    assert (fit.customers, fit.converged, fit.advice) == (2357, True, "")


def test_histogram_of_cdnow_is_that_of_the_paper() -> None:
    counts = summary()["frequency"].clip(upper=7).value_counts().sort_index()
    assert counts.tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]


def test_bg_nbd_predictions() -> None:
    """Tests of lifetimes (1.226, .5737864); vignette of BTYD (25.75659, .9688523, .3474606 …)."""
    assert PAPER.expected_purchases([39, 52]) == pytest.approx([1.196723, 1.446051], abs=1e-5)
    assert PAPER.conditional_expectation(39, 2, 30.43, 38.86) == pytest.approx(1.226028, abs=1e-5)
    assert PAPER.conditional_expectation(52, 26, 30.857143, 31) == pytest.approx(25.756492, abs=1e-4)
    assert PAPER.probability_alive([26, 2], [30.857143, 30.43], [31, 38.86]) == pytest.approx([0.968852, 0.726579],
                                                                                             abs=1e-5)
    assert PAPER.probability_of_purchases(0, 39) == pytest.approx(0.573786, abs=1e-5)


def test_bg_nbd_frequent_buyers_who_went_silent_are_lost() -> None:
    """The increasing-frequency paradox (Fader, Hardie and Lee 2005): more purchases, the same silence, less to come."""
    found = PAPER.conditional_expectation(52, [10, 15, 20, 25], 20, 39)
    assert found == pytest.approx([0.3474, 0.042827, 0.004158, 0.000358], abs=2e-6, rel=1e-3)


def test_pareto_nbd_on_cdnow() -> None:
    """CLVTools: r .55315, alpha 10.57633, s .60625, beta 11.67150, log-likelihood −9594.976.

    The likelihood is flat along s and beta; the value itself is what must be reached.
    """
    table = summary()
    fit = fit_pareto_nbd(table["frequency"], table["recency"], table["T"])
    assert fit.log_likelihood == pytest.approx(-9594.97393, abs=1e-3)
    assert [fit.r, fit.alpha, fit.s, fit.beta] == pytest.approx([0.55315, 10.57633, 0.60625, 11.67150], rel=1e-3)
    assert fit.converged
    columns = tuple(table[name].to_numpy(dtype=float) for name in ("frequency", "recency", "T"))
    likelihood = _ParetoNBDLikelihood(condensed(columns, np.ones(len(table))))
    assert likelihood(np.log([0.55315, 10.57633, 0.60625, 11.6715]))[0] == pytest.approx(-9594.973935, abs=1e-5)


def test_pareto_nbd_predictions() -> None:
    """Vignette of BTYD: 1.473434, 25.45647, .997874, .7062289 …; manual of pnbd.PAlive: .2941633."""
    assert PARETO.expected_purchases([52]) == pytest.approx([1.473067], abs=1e-5)
    rounded = ParetoNBD(0.553, 10.578, 0.606, 11.669)
    assert rounded.expected_purchases([1, 2, 3]) == pytest.approx([0.05098, 0.099575, 0.146061], abs=1e-6)
    assert PARETO.conditional_expectation(52, 26, 30.857143, 31) == pytest.approx(25.453779, abs=1e-4)
    assert PARETO.probability_alive([26, 0], [30.857143, 0], [31, 39]) == pytest.approx([0.997873, 0.294142], abs=1e-5)
    assert PARETO.conditional_expectation(52, [10, 15, 20, 25], 20, 39) == pytest.approx(
        [0.705907, 0.144175, 0.022497, 0.003091], abs=2e-6)


def test_gamma_gamma_on_cdnow() -> None:
    """Fader and Hardie (2013): p 6.25, q 3.74, gamma 15.44 (946 customers who bought again)."""
    table = summary()
    fit = fit_gamma_gamma(table["frequency"], table["monetary_value"])
    assert [fit.p, fit.q, fit.v] == pytest.approx([6.2488, 3.7446, 15.4477], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(-4055.9232, abs=1e-3)
    assert (fit.customers, fit.converged) == (946, True)
    assert fit.correlation == pytest.approx(0.1139, abs=1e-4)


def test_gamma_gamma_expected_spend() -> None:
    """Fader and Hardie (2013), and tests of lifetimes: 24.65, 18.91, 35.17 (from unrounded parameters)."""
    model = GammaGamma(6.25, 3.74, 15.44)
    found = model.expected_spend([2, 1, 0, 3], [22.35, 11.77, 0.0, 35.0])
    assert found == pytest.approx([24.6637, 18.9169, 35.219, 35.0279], abs=1e-4)
    assert model.mean_spend == found[2]


def test_bg_bb_on_donors() -> None:
    """Fader, Hardie and Shang (2010), table 2: 1.204, .750, .657, 2.783; log-likelihood −33225.6."""
    gifts, last, donors = np.array(DONORS).T
    fit = fit_bg_bb(gifts, last, np.full(22, 6), weights=donors)
    assert [round(value, 3) for value in fit.parameters.values()] == [1.204, 0.750, 0.657, 2.783]
    assert round(fit.log_likelihood, 1) == -33225.6
    assert (fit.customers, fit.converged) == (11104, True)


def test_bg_bb_expected_gifts_of_the_next_five_years() -> None:
    """Fader, Hardie and Shang (2010), table of expected repeat transactions in 2002-2006 by gifts and the last."""
    model = BGBB(1.204, 0.750, 0.657, 2.783)
    gifts, last, _ = np.array(DONORS).T
    wanted = [0.07, 0.09, 0.31, 0.59, 0.84, 1.02, 1.15, 0.12, 0.54, 1.06, 1.44, 1.67, 0.22, 1.03, 1.80, 2.19, 0.58,
              2.03, 2.71, 1.81, 3.23, 3.75]
    assert model.conditional_expectation(5, gifts, last, 6) == pytest.approx(wanted, abs=0.006)
