"""With the mechanisms off the model must give what theory gives: churn, purchase counts, brand shares, choices."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from markets import everything_off, small_market, walked
from scipy import stats
from scipy.special import gammaln

from sim.engine.state import ACCOUNTS, COUNTS
from sim.market.simulation import Simulation, lost_share
from sim.numerics.draws import uniform
from sim.numerics.elementary import HAS_NUMBA

QUIET: dict[str, Any] = {"market.friends.graph": "none", "market.leave_per_year": 0.0,
                         "budget.per_person_per_year": 0.0, "people.taste_price_link": 0.0,
                         "psychology.choice.price": 6.0, "psychology.choice.outside": -3.2}
SHARES = {f"Brand {place}": share for place, share in enumerate((30.0, 20.0, 15.0, 12.0, 9.0, 7.0, 4.0, 3.0))}
STRENGTH, RATE, SHAPE, PEOPLE = 1.3, 5.2, 0.78, 40_000
FAST = "numba" if HAS_NUMBA else "numpy"


@pytest.mark.parametrize(("period", "leaving"), [("week", 0.5), ("month", 0.3), ("quarter", 1.0)])
def test_constant_churn_is_geometric(period: str, leaving: float) -> None:
    """Survivors fall by the same share in every period: within 3.5 standard errors at each of ten dates."""
    n = 20_000
    overrides = {**QUIET, "clock.period": period, "market.leave_per_year": leaving}
    course = walked(small_market(overrides, customers=n), 0)
    per_year = {"week": 365.25 / 7, "month": 12.0, "quarter": 4.0}[period]
    for t in np.linspace(1, course.periods - 1, 10).astype(int):
        survive = np.exp(-leaving / per_year) ** t
        here = (course.world.me.leaves > t).mean()
        assert abs(here - survive) < 3.5 * np.sqrt(survive * (1.0 - survive) / n) + 1e-9, t


@cache
def toothpaste() -> Simulation:
    """A year of weeks: eight unequal brands, standing taste only, nobody ever goes without."""
    overrides = {**QUIET, **everything_off(taste=1.0), "clock.period": "week", "psychology.choice.outside": -20.0,
                 "people.purchases_per_year": {"mean": RATE, "shape": SHAPE}, "people.taste.strength": STRENGTH}
    firms = {name: {"share": share} for name, share in SHARES.items()}
    return walked(small_market(overrides, firms, PEOPLE), 52, executor=FAST)


def _years() -> float:
    return 52 / (365.25 / 7)


def test_purchases_in_a_year_are_negative_binomial() -> None:
    """Gamma rates, Poisson counts: index of dissimilarity to the NBD of the scenario under 2 % (Ehrenberg 1988)."""
    bought = toothpaste().world.tie.experiences.sum(axis=0)
    mean = RATE * _years()
    longest = bought.max() + 1
    theory = stats.nbinom.pmf(np.arange(longest), SHAPE, SHAPE / (SHAPE + mean))
    seen = np.bincount(bought, minlength=longest) / PEOPLE
    dissimilarity = 0.5 * (np.abs(seen - theory).sum() + 1.0 - theory.sum())
    assert dissimilarity < 0.02
    assert bought.mean() == pytest.approx(mean, rel=0.02)
    assert seen[0] == pytest.approx(theory[0], abs=0.01)


def _nobody(alpha: float, counts: Any) -> Any:
    """Chance that none of so many purchases goes to brands with this Dirichlet weight (beta-binomial)."""
    total = STRENGTH
    return np.exp(gammaln(total - alpha + counts) + gammaln(total) - gammaln(total - alpha) - gammaln(total + counts))


def _penetrations() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Theory of the NBD-Dirichlet: share who buy each brand, and who buy both of two, in the year."""
    counts = np.arange(2000)
    weights = stats.nbinom.pmf(counts, SHAPE, SHAPE / (SHAPE + RATE * _years()))
    alphas = STRENGTH * np.array(list(SHARES.values())) / sum(SHARES.values())
    none = np.array([(weights * _nobody(alpha, counts)).sum() for alpha in alphas])
    neither = np.array([[(weights * _nobody(a + b, counts)).sum() for b in alphas] for a in alphas])
    both = 1.0 - none[:, None] - none[None, :] + neither
    return 1.0 - none, both, alphas / STRENGTH


def test_shares_follow_standing_taste() -> None:
    experiences = toothpaste().world.tie.experiences
    shares = experiences.sum(axis=1) / experiences.sum()
    assert shares == pytest.approx(_penetrations()[2], abs=0.01)


def test_double_jeopardy_is_that_of_the_dirichlet() -> None:
    """Small brands have fewer buyers, who buy it a little less often (F01): both within 5 % of theory."""
    experiences = toothpaste().world.tie.experiences.astype(float)
    penetration, _, shares = _penetrations()
    seen = (experiences > 0).mean(axis=1)
    often = experiences.sum(axis=1) / (experiences > 0).sum(axis=1)
    assert seen == pytest.approx(penetration, rel=0.05)
    assert often == pytest.approx(RATE * _years() * shares / penetration, rel=0.05)
    assert often[0] > 1.1 * often[-1]


def test_duplication_of_purchase_is_constant_and_that_of_the_dirichlet() -> None:
    """Brands share customers in proportion to their penetration: D = b(j|i) / b(j), the same for all pairs (F02)."""
    buys = toothpaste().world.tie.experiences > 0
    seen = buys.mean(axis=1)
    penetration, both, _ = _penetrations()
    pairs = np.triu_indices(len(seen), 1)
    found = (buys.astype(float) @ buys.T.astype(float) / PEOPLE / np.outer(seen, seen))[pairs]
    theory = (both / np.outer(penetration, penetration))[pairs]
    weights = np.outer(seen, seen)[pairs]
    assert np.average(found, weights=weights) == pytest.approx(np.average(theory, weights=weights), rel=0.05)
    assert found[weights > 0.02] == pytest.approx(theory[weights > 0.02], rel=0.05)


def test_wanted_counts_are_the_poisson_quantile_of_each_persons_draw() -> None:
    overrides = {**QUIET, **everything_off(), "people.purchases_per_year.mean": 30.0, "market.occasions_at_most": 60}
    course = walked(small_market(overrides, customers=20_000), 1)
    me = course.world.me
    with np.errstate(over="ignore"):
        draw = uniform(course.world.fate.wanted, me.number.astype(np.uint64))
    mean = me.mean.astype(float)
    safe = stats.poisson.ppf(draw - 3e-6, mean) == stats.poisson.ppf(draw + 3e-6, mean)  # columns hold 7 digits
    assert safe.mean() > 0.9999
    expected = stats.poisson.ppf(draw, mean).astype(int)
    assert np.array_equal(me.wanted[safe], np.minimum(expected, 60)[safe])
    assert course.capped == (expected > 60).sum()


def test_the_cap_on_purchases_is_counted() -> None:
    overrides = {**QUIET, **everything_off(), "people.purchases_per_year.mean": 30.0, "market.occasions_at_most": 2}
    course = walked(small_market(overrides, customers=2_000), 3)
    assert course.world.me.wanted.max() == 2
    assert course.capped > 100


def test_choices_are_the_logit_of_utilities() -> None:
    """Purchases by firm and of nothing: within 3.5 standard errors of exp(U) / sum of exp(U)."""
    firms = {"Cheap": {"price": 8.0}, "Usual": {}, "Fine": {"price": 12.0, "promise": 0.95}}
    overrides = {**QUIET, **everything_off(), "people.purchases_per_year.mean": 20.0}
    course = walked(small_market(overrides, firms, 30_000), 1)
    world, outside = course.world, course.scenario.psychology.choice.outside
    shop = world.me.wanted > 0
    odds = np.exp(world.tie.utility[:, shop].astype(float))
    chance = odds / (odds.sum(axis=0) + np.exp(outside))
    wanted = world.me.wanted[shop].astype(float)
    seen = world.tie.units[:, shop].sum(axis=1)
    expected, variance = (chance * wanted).sum(axis=1), (chance * (1.0 - chance) * wanted).sum(axis=1)
    assert (np.abs(seen - expected) < 3.5 * np.sqrt(variance)).all()
    assert len(set(seen.tolist())) == 3


def test_choice_noise_near_nothing_takes_the_best() -> None:
    overrides = {**QUIET, **everything_off(), "psychology.choice.noise": 0.25, "psychology.choice.outside": -20.0}
    course = walked(small_market(overrides, {"Dear": {"price": 14.0}, "Cheap": {"price": 6.0}}, 2_000), 4)
    units = course.recorder.counts[:4, COUNTS.index("units")].sum(axis=0)
    assert units[1] > 100 * max(units[0], 1)


def test_price_alone_moves_choice_as_the_logit_says() -> None:
    """Two firms alike but for the price: ln of the ratio of their shares is the difference of what money is felt."""
    overrides = {**QUIET, **everything_off(), "psychology.choice.outside": -20.0,
                 "people.price_sensitivity.variation": 0.0, "people.purchases_per_year.mean": 24.0}
    course = walked(small_market(overrides, {"Dear": {"price": 11.0}, "Cheap": {}}, 20_000), 6)
    dear, cheap = course.recorder.counts[:6, COUNTS.index("units")].sum(axis=0)
    error = 3.5 * np.sqrt(1.0 / dear + 1.0 / cheap)
    assert np.log(cheap / dear) == pytest.approx(6.0 * 0.1, abs=error)


def test_erlang_by_hand() -> None:
    """B = (a^n / n!) / sum of a^k / k!: with two lines and one erlang 0.5 / 2.5."""
    assert lost_share(0.5, 2) == pytest.approx(0.2)
    assert lost_share(1.0, 1) == pytest.approx(0.5)
    assert lost_share(1.0, 10) == pytest.approx(0.21458, abs=1e-5)
    assert lost_share(0.5, 10) == pytest.approx(0.018385, abs=1e-6)
    assert lost_share(100.0) == pytest.approx(1.0 - 1.0 / 100.0, abs=2e-4)
    shares = [lost_share(load) for load in np.linspace(0.0, 20.0, 200)]
    assert shares[0] == 0.0
    assert (np.diff(shares) > 0.0).all()


def test_a_full_house_loses_the_share_of_contacts_that_erlang_says() -> None:
    overrides = {**QUIET, **everything_off(capacity=1.0), "people.purchases_per_year.mean": 24.0}
    course = walked(small_market(overrides, {"Only": {"capacity": 10_000.0}}, 20_000), 1)
    contacts, lost = (course.totals.count[COUNTS.index(name), 0] for name in ("contacts", "lost_contacts"))
    expected = lost_share(contacts / 10_000.0)
    assert 0.2 < expected < 0.9
    assert lost / contacts == pytest.approx(expected, abs=3.5 * np.sqrt(0.25 / contacts))
    closed = walked(small_market(overrides, {"Only": {"capacity": 0.0}}, 500), 1)
    assert not closed.totals.count[COUNTS.index("units")].any()
    assert not closed.totals.ledger[ACCOUNTS.index("revenue")].any()
