"""`mesa.batch_run` on the market, and the runner on the same market: the same outcomes."""

from __future__ import annotations

import inspect
import math
from typing import Any

import mesa
import numpy as np
import pytest
from conducting import conduct

import sim
from sim.runs.plan import Point, RunPlan
from sim.scenario.load import load

pytestmark = pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="this Mesa has no batch_run")
OUTCOMES = ("customer_equity_money", "market_share", "kept_one_year_share")
SMALL = {"market.customers": 80, "clock.years": 1.5, "clock.warm_up_years": 0}


def batch_run(parameters: dict[str, Any], seeds: list[int], **how: Any) -> list[dict[str, Any]]:
    """Mesa's batch run, with seeds in the way this Mesa wants them."""
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        return mesa.batch_run(sim.Market, parameters, rng=seeds, display_progress=False, **how)
    return mesa.batch_run(sim.Market, {"seed": seeds, **parameters}, display_progress=False, **how)


def test_batch_run_gives_the_outcomes_of_the_runner():
    parameters = {"scenario": "first_look", "firms.Root.price": [9.0, 11.0], "outcomes": [OUTCOMES], **SMALL}
    found = batch_run(parameters, [3, 4, 5])
    points = tuple(Point(f"{price:g}", {"firms.Root.price": price}) for price in (9.0, 11.0))
    results = conduct(RunPlan(load("first_look", SMALL), points, 3, 3, OUTCOMES))
    assert {row["RunId"] for row in found} == set(range(6))  # newer Mesas give a row for each firm
    for row in found:
        point, place = f"{row['firms.Root.price']:g}", int(row["seed"]) - 3
        for firm in ("Rush", "Root"):
            for outcome in OUTCOMES:
                told, kept = row[f"{firm}.{outcome}"], results.values(point, outcome, firm)[place]
                assert told == kept or (math.isnan(told) and math.isnan(kept))


def test_batch_run_with_a_scenario_object_and_overrides_over_time():
    scenario = load("first_look", SMALL)
    found = batch_run({"scenario": [scenario], "overrides": [{"firms.Root.price": 9.0}], "outcomes": "market_share"},
                      [3], data_collection_period=1)
    told = {row["period"]: row["Root.market_share"] for row in found}
    assert list(told) == list(range(1, 19))
    assert [math.isnan(share) for share in told.values()] == [True] * 17 + [False]
    alone = sim.run(scenario, seed=3, overrides={"firms.Root.price": 9.0}).periods
    last = alone[(alone["firm"] == "Root") & (alone["period"] == 17)]
    assert told[18] == last["market_share"].item()


def test_a_market_tells_outcomes_only_at_its_end():
    market = sim.Market("first_look", 7, overrides=SMALL, executor="numpy")
    assert math.isnan(market.outcome("Root", "market_share"))
    market.run()
    shares = [market.outcome(firm, "market_share") for firm in ("Rush", "Root")]
    assert sum(shares) == pytest.approx(1.0)
    assert np.isfinite(market.outcome("Root", "customer_equity_money"))
    with pytest.raises(ValueError, match="did you mean market_share"):
        market.outcome("Root", "market_shar")
    with pytest.raises(KeyError, match="did you mean Root"):
        market.outcome("Rot", "market_share")


def test_an_option_that_there_is_not_is_still_refused():
    with pytest.raises(TypeError, match="Market has no option 'executr'; did you mean executor"):
        sim.Market("first_look", 7, executr="numpy")
    with pytest.raises(sim.ScenarioError, match="did you mean price"):
        sim.Market("first_look", 7, **{"firms.Root.pric": 9})
