"""Delivery against expectation: the zone of tolerance, loss aversion, memory, small steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.appraisal import (
    encounter_feeling,
    forgiven,
    kept_between,
    mood_after,
    moved,
    quality_due,
    remembered,
    step,
)
from sim.rules.published_forms import peak_end, prospect_value, wandering
from sim.rules.service import cost_or_saving, in_minor_units, quality_for, severity_of

share = st.floats(0.0, 1.0)
gap = st.floats(-1.0, 1.0)


def test_by_hand() -> None:
    assert quality_due(0.7, 0.5, 0.05) == pytest.approx(0.725)
    assert encounter_feeling(0.16, 0.06, 1.9) == pytest.approx(0.10)
    assert encounter_feeling(-0.16, 0.06, 1.9) == pytest.approx(-0.19)
    assert forgiven(-0.4, -0.5, 1.0) == pytest.approx(-0.6)
    assert remembered(0.5, -0.2, 1.2, 0.4, 0.05) == pytest.approx(0.28)
    assert moved(0.2, 0.6, 0.25) == pytest.approx(0.3)
    assert mood_after(-0.9, -0.3, -1.0) == -1.0
    assert [step(n, 0.1, 2.0) for n in (0, 2, 8, 9)] == pytest.approx([0.5, 0.25, 0.1, 0.1])


@given(gap, st.floats(0.0, 0.5), st.floats(1.0, 4.0))
def test_losses_loom_larger_than_joys_and_nothing_is_felt_inside_the_zone(g: float, zone: float, loss: float) -> None:
    feeling = encounter_feeling(g, zone, loss)
    if abs(g) <= zone:
        assert feeling == 0.0
    else:
        assert (feeling > 0.0) == (g > 0.0)
        assert feeling != 0.0
        assert encounter_feeling(-abs(g), zone, loss) == pytest.approx(-loss * encounter_feeling(abs(g), zone, loss))


@given(gap, gap)
def test_a_better_delivery_never_feels_worse(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert encounter_feeling(low, 0.06, 1.9) <= encounter_feeling(high, 0.06, 1.9)


@given(gap, share)
def test_forgiveness_leaves_joys_alone_and_never_turns_a_loss_into_a_joy(feeling: float, commitment: float) -> None:
    after = forgiven(feeling, 1.0, commitment)
    assert after == feeling if feeling >= 0.0 else feeling <= after <= 0.0


@given(share, gap, st.floats(0.0, 4.0), gap, st.floats(0.0, 0.5))
def test_memory_stays_between_nothing_and_perfect(
    quality: float, feeling: float, weight: float, mood: float, colour: float
) -> None:
    assert 0.0 <= remembered(quality, feeling, weight, mood, colour) <= 1.0


@given(share, share, share)
def test_a_belief_moves_towards_the_evidence_and_not_past_it(belief: float, evidence: float, part: float) -> None:
    low, high = sorted((belief, evidence))
    assert low - 1e-12 <= moved(belief, evidence, part) <= high + 1e-12


@given(st.integers(0, 30_000), st.integers(0, 30_000))
def test_experience_makes_steps_smaller(a: int, b: int) -> None:
    few, many = sorted((a, b))
    assert step(many, 0.1, 2.0) <= step(few, 0.1, 2.0) <= 0.5


@given(share, gap, gap, gap, share)
def test_delivered_quality_stays_in_bounds_and_failures_lower_it(
    offered: float, suits: float, noise: float, known: float, severity: float
) -> None:
    good, bad = quality_for(offered, suits, noise, known, 0.0), quality_for(offered, suits, noise, known, severity)
    assert 0.0 <= bad <= good <= 1.0


def test_severity() -> None:
    assert severity_of(True, True, 0.2, 0.5) == 0.5
    assert severity_of(True, False, 0.2, 0.5) == 0.2
    assert severity_of(False, True, 0.2, 0.5) == 0.0


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e3))
def test_money_is_rounded_to_the_nearest_minor_unit(price: float, value: float) -> None:
    assert abs(int(in_minor_units(price, value)) - price * value) <= 0.5 + 1e-6


def test_at_the_edges() -> None:
    assert forgiven(-0.4, 1.5, 1.0) == 0.0  # at most all of a loss
    assert [encounter_feeling(gap, 0.25, 2.0) for gap in (-0.5, -0.25, 0.25, 0.5)] == [-0.5, 0.0, 0.0, 0.25]
    assert [remembered(0.5, feeling, 2.0, 0.0, 0.05) for feeling in (-1.0, -0.25, 0.25, 1.0)] == [0.0, 0.0, 1.0, 1.0]
    assert [mood_after(mood, 2.0 * mood, -1.0) for mood in (-0.5, 0.5)] == [-1.0, 1.0]
    assert (mood_after(0.25, -0.5, 0.0), mood_after(0.25, 0.5, 0.0)) == (0.0, 0.75)
    assert (moved(0.5, 0.75, 1.5), moved(0.5, 0.25, 1.5)) == (0.75, 0.25)
    assert kept_between(-2.0, 3) == pytest.approx(np.exp(-0.5))


def test_delivery_and_money_at_the_edges() -> None:
    assert (quality_for(0.75, 0.5, 0.0, 0.0, 0.0), quality_for(0.25, 0.0, 0.0, 0.0, 0.5)) == (1.0, 0.0)
    assert quality_for(0.5, 0.125, 0.25, 0.0625, 0.25) == 0.6875
    assert [severity_of(failed, True, 0.25, 0.5) for failed in (True, False)] == [0.5, 0.0]
    assert [int(in_minor_units(1000.0, value)) for value in (0.0, 0.00049, 0.0005, 0.0015)] == [0, 0, 1, 2]
    assert [int(cost_or_saving(1024.0, half / 2048.0)) for half in (-3, -2, -1, 0, 1)] == [-1, -1, 0, 0, 1]
    assert int(cost_or_saving(1000.0, -0.0006)) == -1


def test_published_forms_by_hand() -> None:
    assert [float(prospect_value(gain, 0.5, 3.0)) for gain in (4.0, 0.25, -0.25, -4.0)] == pytest.approx(
        [2.0, 0.5, -1.5, -6.0])
    assert prospect_value(0.0, 0.5, 3.0) == 0.0
    assert (peak_end(8.0, 2.0), wandering(0.0, 0.5)) == (5.0, 0.25)
    assert wandering(0.5, 0.75) == 0.75
