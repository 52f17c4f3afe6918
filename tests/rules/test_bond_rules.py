"""Trust, commitment, grievance, habit, knowledge, recovery: bounds, directions, values by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.bonds import commitment_after, damping, grievance_after, habit_after, trust_after
from sim.rules.knowledge import annoys, learned, pleasure
from sim.rules.recovery import mended, overshoot, raised, repair

share = st.floats(0.0, 1.0)


def test_by_hand() -> None:
    assert damping(10, 0.06, 0.4) == pytest.approx(1 / 1.6)
    assert damping(25, 0.06, 0.4) == pytest.approx(0.4)
    assert trust_after(0.4, True, 0.9, 0.08, 0.9) == pytest.approx(0.448)
    assert trust_after(0.4, False, 2.0, 0.08, 0.9) == 0.0
    assert commitment_after(0.2, 0.5) == pytest.approx(0.6)
    assert commitment_after(0.2, -0.5) == pytest.approx(0.1)
    assert grievance_after(0.5, 0.2, 1.3, 0.5) == pytest.approx(0.565)
    assert habit_after(0.4, True, 0.15) == pytest.approx(0.49)
    assert (learned(0.0, 0.25, 1.0), learned(0.0, 0.25, 0.4), learned(0.6, 0.25, 0.4)) == (0.25, 0.1, 0.6)
    assert pleasure(0.22, 0.4, 0.15, 2.0) == pytest.approx(0.22 * 0.9 / 1.3)


@given(share, share, share, st.floats(0.0, 3.0))
def test_trust_stays_in_bounds_rises_when_kept_and_falls_when_broken(
    trust: float, loss: float, gain: float, fall: float
) -> None:
    kept, broken = trust_after(trust, True, loss, gain, fall), trust_after(trust, False, loss, gain, fall)
    assert 0.0 <= broken <= trust <= kept + 1e-15 <= 1.0 + 1e-14


@given(st.floats(0.3, 1.0), st.floats(0.3, 1.0))
def test_trust_breaks_faster_than_it_grows(trust: float, loss: float) -> None:
    """At the default numbers one clear loss costs more than one promise kept brings."""
    up, down = trust_after(trust, True, 0.0, 0.08, 0.9) - trust, trust - trust_after(trust, False, loss, 0.08, 0.9)
    assert down > up


@given(share, st.floats(-1.0, 1.0))
def test_warmth_keeps_commitment_in_bounds(commitment: float, warmth: float) -> None:
    after = commitment_after(commitment, warmth)
    assert -1e-15 <= after <= 1.0 + 1e-15
    assert (after - commitment) * warmth >= 0.0


@given(share, share, st.floats(0.0, 5.0), share)
def test_a_loss_only_adds_to_a_grievance_and_never_beyond_full(
    grievance: float, loss: float, gain: float, damped: float
) -> None:
    assert grievance - 1e-15 <= grievance_after(grievance, loss, gain, damped) <= 1.0


@given(st.integers(0, 30_000), share, share)
def test_damping_lies_between_its_floor_and_one(experiences: int, rate: float, floor: float) -> None:
    assert floor <= damping(experiences, rate, floor) <= 1.0
    assert damping(experiences + 1, rate, floor) <= damping(experiences, rate, floor)


@given(share, st.booleans(), share, share)
def test_habit_and_knowledge_stay_in_bounds(habit: float, chosen: bool, part: float, most: float) -> None:
    after = habit_after(habit, chosen, part)
    assert -1e-15 <= after <= 1.0 + 1e-15
    assert after >= habit - 1e-15 if chosen else after <= habit + 1e-15
    assert habit - 1e-15 <= learned(habit, part, most) <= max(habit, most) + 1e-15


def test_a_habit_of_always_and_of_never() -> None:
    always = never = 0.5
    for _ in range(200):
        always, never = habit_after(always, True, 0.15), habit_after(never, False, 0.15)
    assert always == pytest.approx(1.0)
    assert never == pytest.approx(0.0, abs=1e-12)


def test_recovery_by_hand() -> None:
    assert raised(0.3, 0.5, 0.7) == pytest.approx(0.545)
    assert repair(0.5, 0.8, 0.49, 0.6) == pytest.approx(0.4)
    assert repair(0.5, 0.8, 0.5, 0.6) == pytest.approx(0.24)
    assert overshoot(0.3, 0.5, 0.4, False) == pytest.approx(0.15)
    assert overshoot(0.3, 0.5, 0.5, False) == 0.0
    assert mended(0.2, 0.7, 0.1, 0.5) == pytest.approx(0.5)


@given(share, share, share, share)
def test_a_mended_memory_never_leaves_the_scale(memory: float, expected: float, extra: float, part: float) -> None:
    after = mended(memory, expected, extra, part)
    assert 0.0 <= after <= 1.0
    assert min(memory, expected) - 1e-12 <= after


@given(share, share, share)
def test_effort_closes_part_of_what_is_missing(base: float, effort: float, part: float) -> None:
    assert base - 1e-15 <= raised(base, effort, part) <= 1.0 + 1e-15


@given(share, share, st.floats(0, 50), st.floats(0, 50))
def test_the_more_contacts_of_late_the_smaller_the_pleasure(trust: float, fatigue: float, a: float, b: float) -> None:
    few, many = sorted((a, b))
    assert 0.0 <= pleasure(0.22, trust, fatigue, many) <= pleasure(0.22, trust, fatigue, few) <= 0.33


def test_at_the_edges() -> None:
    """More than all of it is all of it; on the border of trust a contact is still welcome."""
    assert [commitment_after(0.5, warmth) for warmth in (-2.0, -1.0, 0.0, 1.0, 2.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert (trust_after(0.75, True, 0.0, 2.0, 1.0), trust_after(0.75, False, 1.0, 1.0, 2.0)) == (1.0, 0.0)
    assert (grievance_after(0.5, 1.0, 3.0, 1.0), grievance_after(0.25, -1.0, 1.0, 1.0)) == (1.0, 0.0)
    assert [damping(n, 0.25, 0.5) for n in (0, 2, 4, 5)] == pytest.approx([1.0, 2 / 3, 0.5, 0.5])
    assert (learned(0.5, 2.0, 0.75), learned(0.75, 0.5, 0.5)) == (0.75, 0.75)
    assert (annoys(0.25, 0.25, 0.5, 0.0), annoys(0.5, 0.25, 0.5, 2.0), annoys(0.49, 0.25, 0.5, 2.0)) == (
        False, False, True)
    assert pleasure(0.5, 0.25, 0.5, 2.0) == 0.1875
    assert (mended(0.75, 1.0, 0.5, 1.0), mended(0.25, 0.0, -0.5, 1.0)) == (1.0, 0.0)
    assert overshoot(0.5, 0.5, 0.25, True) == 0.0  # a grave failure never ends above expectation
