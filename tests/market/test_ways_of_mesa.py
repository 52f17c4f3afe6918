"""What Mesa users try: firms by name, copies of a market, batch runs without seeds."""

from __future__ import annotations

import pickle
import warnings

import mesa
import pytest

import sim

SMALL = {"market.customers": 40, "clock.years": 0.5}


def test_a_firm_is_equal_to_its_name_and_to_itself_alone() -> None:
    one, other = (sim.Market("first_look", seed, overrides=SMALL, executor="numpy") for seed in (1, 2))
    root = next(agent for agent in one.agents if agent == "Root")
    assert root is one.firms["Root"]
    assert root != "Rush"
    assert root != other.firms["Root"]
    assert root in {"Root"}
    assert len(one.agents) == 2


def test_a_market_says_why_it_is_not_pickled() -> None:
    market = sim.Market("first_look", 1, overrides=SMALL, executor="numpy")
    with pytest.raises(TypeError, match="keep its records"):
        pickle.dumps(market)


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="this Mesa has no batch_run")
def test_iterations_of_one_seed_are_warned_about() -> None:
    parameters = {"scenario": "first_look", "executor": "numpy", "firms.Root.price": 10.25, **SMALL}
    with pytest.warns(UserWarning, match="its iterations are the same run"):
        mesa.batch_run(sim.Market, parameters, iterations=2, max_steps=1, number_processes=1, display_progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.Market("first_look", overrides={**SMALL, "firms.Root.price": 10.25}, executor="numpy")
