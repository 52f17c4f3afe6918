"""What nobody renews decays by its half-life; a shorter period gives the same year."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from markets import small_market, walked, warm_cache

from sim.engine.state import ACCOUNTS, COUNTS, FIXED_POINT
from sim.market.simulation import Options, Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.period.constants import kept, struck, wave
from sim.scenario import calendar

FAST: Any = "numba" if HAS_NUMBA else "numpy"
MONTH = 365.25 / 7.0 / 12.0
NOBODY_BUYS = {"market.friends.graph": "none", "market.leave_per_year": 0.0, "budget.per_person_per_year": 0.0}
STILL: list[dict[str, Any]] = [{"kind": "market", "year": 0.0, "set": {"demand": 0.0}}]


def _still(overrides: dict[str, Any]) -> Simulation:
    """A market in which nobody buys anything and nobody is contacted."""
    return walked(small_market({**NOBODY_BUYS, "events": STILL, **overrides}, customers=50), 1)


@pytest.mark.parametrize("periods", [1, 3, 6])
@pytest.mark.parametrize(("column", "number"), [
    ("grievance", "bonds.grievance_half_life_weeks"), ("commitment", "bonds.commitment_half_life_weeks"),
    ("habit", "bonds.habit_half_life_weeks"), ("contacts", "knowing.fatigue_half_life_weeks"),
])
def test_half_is_left_after_one_half_life(column: str, number: str, periods: int) -> None:
    course = _still({f"psychology.{number}": periods * MONTH})
    values = getattr(course.world.tie, column)
    values[:] = start = np.linspace(0.05, 1.0, values.shape[1]).astype(np.float32)
    for _ in range(periods):
        course.step()
    assert getattr(course.world.tie, column) == pytest.approx(np.tile(start * 0.5, (2, 1)), rel=1e-6)
    for _ in range(periods):
        course.step()
    assert getattr(course.world.tie, column) == pytest.approx(np.tile(start * 0.25, (2, 1)), rel=2e-6)


@pytest.mark.parametrize(("column", "number"), [("valence", "valence"), ("arousal", "arousal")])
def test_mood_halves_in_its_half_life(column: str, number: str) -> None:
    course = _still({f"psychology.mood.{number}_half_life_weeks": 2 * MONTH})
    values = getattr(course.world.me, column)
    values[:] = start = np.linspace(0.01, 1.0, 50).astype(np.float32)
    course.step()
    course.step()
    assert getattr(course.world.me, column) == pytest.approx(start * 0.5, rel=1e-6)


def test_a_need_halves_in_its_half_life() -> None:
    course = _still({"psychology.needs.half_life_weeks": 4 * MONTH})
    before = course.world.need.level.copy()
    for _ in range(4):
        course.step()
    assert course.world.need.level == pytest.approx(before * 0.5, rel=1e-6)


def test_knowledge_of_people_who_stay_away_is_lost_at_both_rates() -> None:
    course = _still({"psychology.knowing.loss_per_year": 0.5, "psychology.knowing.idle_loss_per_year": 1.0})
    course.world.tie.knowledge[:] = 0.8
    for _ in range(12):
        course.step()
    assert course.world.tie.knowledge == pytest.approx(0.8 * np.exp(-1.5), rel=1e-5)


def test_the_unreminded_forget_at_the_yearly_rate() -> None:
    overrides = {**NOBODY_BUYS, "events": STILL, "psychology.attention.forgetting_per_year": 0.7}
    course = walked(small_market(overrides, customers=5000), 12)
    left = np.exp(-0.7)
    assert course.world.tie.aware.mean() == pytest.approx(left, abs=3.5 * np.sqrt(left * (1 - left) / 10_000))


def test_conversions_by_hand() -> None:
    assert kept(26.0, 26.0) == 0.5
    assert kept(1.0, 3.0) == 0.125
    assert kept(7.0, 3.0) == pytest.approx(0.5 ** (3.0 / 7.0), rel=1e-14)
    assert kept(26.0, 1.0) ** 26 == pytest.approx(0.5, rel=1e-13)
    assert 1.0 - (1.0 - struck(0.9, 1 / 12)) ** 12 == pytest.approx(struck(0.9, 1.0), rel=1e-12)
    season = [wave(0.3, 10.0, week) for week in np.linspace(0.0, 365.25 / 7.0, 53)[:-1]]
    assert np.mean(season) == pytest.approx(1.0, abs=1e-9)
    assert max(season) == pytest.approx(1.3, abs=1e-3)


STATES = ("satisfaction", "trust", "commitment", "habit", "grievance", "expectation")


def yearly(course: Simulation) -> dict[str, float]:
    """Outcomes of the years after the first, and the state of active customers at the end."""
    per_year = round(float(course.book.calendar.periods_per_year))
    counts, ledger = course.recorder.counts, course.recorder.ledger

    def count(name: str) -> Any:
        return counts[:, COUNTS.index(name)].sum(axis=1)[per_year:]

    last = counts[-per_year // 4 :].sum(axis=(0, 2))
    active = float(last[COUNTS.index("active_customers")])
    told = count("told_joy").sum() + count("told_loss").sum()
    found = {
        "revenue": float(ledger[per_year:, ACCOUNTS.index("revenue")].sum()), "units": float(count("units").sum()),
        "active": active / (per_year // 4), "complaints": float(count("complaints").sum()), "told": float(told),
        "problems": float(count("problems").sum()), "touches": float(count("touches").sum()),
    }
    return found | {name: float(last[COUNTS.index(f"{name}_total")]) / FIXED_POINT / active for name in STATES}


def relative_change_when_halved(
    monkeypatch: pytest.MonkeyPatch, overrides: dict[str, Any], seeds: int, people: int, firms: Any = None
) -> dict[str, float]:
    """Yearly outcomes with half a month as the period, against a month: relative differences of the means."""
    sums: list[dict[str, float]] = []
    for periods in (12, 24):
        monkeypatch.setitem(calendar.PERIODS_PER_YEAR, "month", Fraction(periods))
        runs = []
        for seed in range(seeds):
            scenario = small_market({"clock.years": 3.0, **overrides}, firms, people)
            course = Simulation(scenario, seed, seed, Options(FAST, 1, records="totals"))
            while not course.done:
                course.step()
            runs.append(yearly(course))
        sums.append({name: float(np.mean([run[name] for run in runs])) for name in runs[0]})
    whole, half = sums
    return {name: half[name] / whole[name] - 1.0 for name in whole if whole[name] > 0.0}


ALLOWED = {"touches": 0.035, "grievance": 0.045}
"""Where half a month instead of a month changes a year by more than 2 %, and why.

touches: at most one in a period. grievance: counted right after the purchase, before any of it has faded.
"""
MIXED: dict[str, Any] = {
    "Rush": {"spending": {"advertising": 0.7, "service": 0.3}},
    "Root": {"spending": {"advertising": 0.2, "service": 0.2, "people": 0.2, "relations": 0.4},
             "care": {"proactive": 0.5}},
}


@pytest.mark.skipif(not HAS_NUMBA, reason="takes too long on NumPy alone")
@pytest.mark.parametrize("level", ["basic", "heart", "full"])
def test_halving_the_period_leaves_the_year_as_it_was(monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    """Money, purchases, customers and states within 2 %; the exceptions are named above."""
    warm_cache()
    changes = relative_change_when_halved(monkeypatch, {"mechanisms.level": level}, 7, 10_000, MIXED)
    too_much = {name: round(change, 4) for name, change in changes.items() if abs(change) > ALLOWED.get(name, 0.02)}
    assert not too_much
