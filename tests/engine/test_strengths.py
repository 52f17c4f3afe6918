"""Strengths up to 2: what is a share stays one, whatever the rules are given."""

import numpy as np
import pytest

from sim.market.simulation import Options, Simulation
from sim.scenario import ScenarioError, load
from sim.scenario.effective import MECHANISMS

MARKET = {
    "question": "Does everything stay in its range?", "clock": {"years": 2},
    "market": {"customers": 300, "aware_at_start": 0.5},
    "psychology": {
        "needs": {"half_life_weeks": 2, "fill": 1, "urgency_effect": 2}, "choice": {"price_relief": 1},
        "appraisal": {"promise_pull": 1, "expectation_step": 1, "surprise_step": 1, "forgiveness": 1},
        "voice": {"word_joy": 1, "word_loss": 1, "review_pull": 1, "tell_joy": 1},
        "knowing": {"gain": 1, "touch_trust": 1},
    },
    "firms": {
        "Rush": {"spending": {"advertising": 0.9}, "failure_rate": 0.3, "capacity": 40},
        "Root": {"spending": {"advertising": 0.2, "relations": 0.7}, "information": "emotion", "surprise": 0.5,
                 "care": {"proactive": 1}},
    },
}
SHARES = ("expectation", "satisfaction", "trust", "commitment", "habit", "grievance", "knowledge", "surprise_expected")


@pytest.mark.parametrize("strong", [*MECHANISMS, "all of them"])
def test_a_double_strength_leaves_every_state_in_its_range(strong):
    double = dict.fromkeys(MECHANISMS if strong == "all of them" else [strong], 2)
    course = Simulation(load({**MARKET, "mechanisms": double}), 3, 5, Options(executor="numpy"))
    for _ in range(course.periods):
        course.step()
        world = course.world
        for name in SHARES:
            column = getattr(world.tie, name)
            assert ((column >= 0) & (column <= 1 + 1e-6)).all(), name
        assert ((world.need.level >= 0) & (world.need.level <= 1 + 1e-6)).all()
        assert (world.need.weight >= 0).all()
        assert (np.abs(world.me.valence) <= 1).all()
        assert np.isfinite(world.tie.utility).all()


def test_no_strength_goes_beyond_2():
    with pytest.raises(ScenarioError, match="trust"):
        load({**MARKET, "mechanisms": {"trust": 2.1}})
