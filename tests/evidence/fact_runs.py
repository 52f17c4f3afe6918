"""Which markets the study runs, each as published or with one thing changed, and in which order.

Changes to see what drives a fact run on half the seeds. Seeds run in the outer loop of each market, so a study that is
broken off has whole markets.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import fact_brands
import fact_contracts
import fact_money
import fact_service
import fact_talk
from fact_markets import FIRMS, FIRST_SEED

SMALLER = {"market.customers": 20_000}
ALIKE = {"mechanisms.taste": 0, "mechanisms.match": 0, "people.price_sensitivity.variation": 0,
         "people.risk_sensitivity.variation": 0, "people.proneness.strength": 1000}
NO_BOND = {"mechanisms.trust": 0, "mechanisms.commitment": 0}
SAME_COST = {"people.cost_to_serve.variation": 0}
NO_RELATIONS = {f"firms.{name}.spending.relations": 0 for name in FIRMS}


@dataclass(frozen=True)
class Trial:
    """One market to be run on every seed (`part` of them): what measures it and what is changed in it."""

    measure: Callable[[int, Any], dict[str, float]]
    changes: Mapping[str, Any] = field(default_factory=dict)
    part: float = 0.5


TRIALS: dict[str, Trial] = {
    "brands": Trial(fact_brands.measure, part=1.0),
    "brands, no taste": Trial(fact_brands.measure, {**SMALLER, "mechanisms.taste": 0}),
    "brands, equal rates": Trial(fact_brands.measure, {**SMALLER, "people.purchases_per_year.shape": 1000}),
    "contracts": Trial(fact_contracts.measure, part=1.0),
    "contracts, alike": Trial(fact_contracts.measure, ALIKE),
    "contracts, no bond": Trial(fact_contracts.measure, NO_BOND),
    "contracts, switching 1": Trial(fact_contracts.measure, {"market.switching_cost": 1.0}),
    "impulse": Trial(fact_service.impulse, part=1.0),
    "impulse, equal weight": Trial(fact_service.impulse, {"psychology.appraisal.loss_aversion": 1.0}),
    "service": Trial(fact_service.measure, part=1.0),
    "service, no match": Trial(fact_service.measure, {"mechanisms.match": 0}),
    "service, match .20": Trial(fact_service.measure, {"psychology.appraisal.match_spread": 0.20}),
    "service, match .10": Trial(fact_service.measure, {"psychology.appraisal.match_spread": 0.10}),
    "service, shipped survey": Trial(fact_service.measure, {"survey.commitment_weight": 0.5}),
    "service, no grievance": Trial(fact_service.measure, {"mechanisms.grievance": 0}),
    "service, no inertia": Trial(fact_service.measure, {"psychology.bonds.inertia_per_purchase": 0.0}),
    "service, voice -3": Trial(fact_service.measure, {"psychology.voice.base": -3.0}),
    "service, overshoot 1": Trial(fact_service.measure, {"psychology.mending.overshoot": 1.0}),
    "service, same cost": Trial(fact_service.measure, SAME_COST),
    "service, same cost and basket": Trial(fact_service.measure, {**SAME_COST, "people.basket.variation": 0}),
    "ladder": Trial(fact_service.ladder, part=1.0),
    "ladder, no grievance": Trial(fact_service.ladder, {"mechanisms.grievance": 0}),
    "ladder, ignored .85": Trial(fact_service.ladder, {"psychology.mending.ignored_keeps": 0.85}),
    "welcome": Trial(fact_money.welcome, part=1.0),
    "welcome, no reference": Trial(fact_money.welcome, {"mechanisms.reference_price": 0}),
    "welcome, no link": Trial(fact_money.welcome, {"people.taste_price_link": 0.0}),
    "welcome, price 9": Trial(fact_money.welcome, {"psychology.choice.price": 9.0}),
    "price": Trial(fact_money.elasticity, part=1.0),
    "price, no reference": Trial(fact_money.elasticity, {"mechanisms.reference_price": 0}),
    "price, no commitment": Trial(fact_money.elasticity, {"mechanisms.commitment": 0}),
    "price, no relief": Trial(fact_money.elasticity, {"mechanisms.price_relief": 0}),
    "price, no relations": Trial(fact_money.elasticity, NO_RELATIONS),
    "price, no taste": Trial(fact_money.elasticity, {"mechanisms.taste": 0}),
    "brand price": Trial(fact_money.brand_elasticity, part=1.0),
    "brand price, weight 3": Trial(fact_money.brand_elasticity, {"psychology.choice.price": 3.0}),
    "talk": Trial(fact_talk.measure, part=0.0),
    "talk, loss .08": Trial(fact_talk.measure, {"word_loss": 0.08}, part=0.0),
}


def run(seeds: int, tell: bool = True) -> dict[str, dict[str, list[float]]]:
    """Measure everything: by trial and name, one number per seed."""
    found: dict[str, dict[str, list[float]]] = {}
    for name, trial in TRIALS.items():
        began, columns = time.perf_counter(), dict[str, list[float]]()
        number = max(2 if trial.part else 1, round(seeds * trial.part))
        for seed in range(FIRST_SEED, FIRST_SEED + number):
            for key, value in trial.measure(seed, trial.changes).items():
                columns.setdefault(key, []).append(value)
        found[name] = columns
        if tell:
            print(f"{name}: {number} seeds, {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    return found
