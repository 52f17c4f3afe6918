"""Survival beside its models: from one cohort, from people who are cut off, beyond the data."""

from __future__ import annotations

import numpy as np
import pytest

from sim.equity.sbg import SBG, fit_sbg, fit_sbg_at_risk
from sim.equity.survival import kaplan_meier, of_cohort, survival_fits

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]


def test_a_cohort_is_its_own_survival_curve() -> None:
    curve = of_cohort(REGULAR)
    assert curve.share == pytest.approx(np.array(REGULAR) / 1000)
    assert curve.at_risk.tolist() == [1000, *REGULAR[:-1]]


def test_the_table_has_both_models_fitted_to_the_first_ages() -> None:
    table = survival_fits(of_cohort(REGULAR), 7, 20)
    assert table.groupby("kind", sort=False)["age"].max().to_dict() == {"observed": 12, "sBG": 20,
                                                                       "constant retention": 20}
    model = fit_sbg(REGULAR[:8])
    found = table.loc[table["kind"] == "sBG", "survival_share"]
    assert found.to_numpy() == pytest.approx(model.survival(np.arange(21)))
    kept = sum(REGULAR[1:8]) / sum(REGULAR[:7])
    assert table.attrs["constant_retention"] == pytest.approx(kept)
    assert table.loc[table["kind"] == "constant retention", "survival_share"].iloc[3] == pytest.approx(kept**3)
    assert table["low"].notna().sum() == 13


def test_people_who_are_cut_off_count_for_as_long_as_they_were_seen() -> None:
    """Two cohorts, watched for 9 and 4 renewals, give the parameters that they were drawn from."""
    truth, rng = SBG(0.8, 2.0), np.random.default_rng(3)
    old, young = truth.simulate(30_000, 9, rng), truth.simulate(30_000, 4, rng)
    at_risk = old[:-1] + np.r_[young[:-1], np.zeros(5, dtype=int)]
    leavers = -np.diff(old) + np.r_[-np.diff(young), np.zeros(5, dtype=int)]
    fit = fit_sbg_at_risk(at_risk, leavers)
    assert fit.converged
    assert abs(np.log(fit.alpha / 0.8)) < 3 * fit.standard_errors["alpha"] / fit.alpha
    assert abs(np.log(fit.beta / 2.0)) < 3 * fit.standard_errors["beta"] / fit.beta
    duration = np.concatenate([np.repeat(np.arange(1, end + 1), -np.diff(cohort)) for cohort, end in
                               ((old, 9), (young, 4))] + [np.full(old[-1], 9), np.full(young[-1], 4)])
    event = np.arange(duration.size) < leavers.sum()
    table = survival_fits(kaplan_meier(duration, event))
    found = table.loc[table["kind"] == "sBG", "survival_share"].to_numpy()
    assert found == pytest.approx(fit.survival(np.arange(10)))


def test_curves_that_cannot_be_fitted_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="curve: somebody left at age 0"):
        survival_fits(kaplan_meier([0, 1, 2], [1, 1, 1]))
    with pytest.raises(TypeError, match="curve"):
        survival_fits(REGULAR)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="fitted_to"):
        survival_fits(of_cohort(REGULAR), 13)
    with pytest.raises(ValueError, match="survivors"):
        of_cohort([5, 6])
    with pytest.raises(ValueError, match="leavers: 7"):
        fit_sbg_at_risk([10, 6], [4, 7])
