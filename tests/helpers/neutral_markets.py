"""A study of neutrality whose answer is known: no market is run."""

from __future__ import annotations

import numpy as np

from sim.studies.neutrality import OUTCOMES, Neutrality, runs_of
from sim.studies.neutrality_market import RANGES, RIVALS, ROLES, values_at
from sim.studies.neutrality_verdicts import Markets, Verdicts
from sim.studies.sample import latin_hypercube


def markets(many: int, ranges: str = "costs in euros") -> Markets:
    """So many markets out of the ranges."""
    factors = RANGES[ranges]
    return Markets(tuple(values_at(factors, place) for place in latin_hypercube(len(factors), many, 7)))


def known_verdicts(many: int = 120, runs: int = 2, ranges: str = "costs in euros") -> Verdicts:
    """Relations are ahead of deals where money is over 20 times their cost, idle loses; with a little noise."""
    found, luck = markets(many, ranges), np.random.default_rng(3)
    lead = np.log(found.brought / (20 * found.relation_cost))
    means = np.column_stack([np.zeros(many), lead, np.full(many, -9.0)])
    noise = 0.02 * luck.normal(size=(many, len(ROLES), runs))
    return Verdicts(found, (means[:, :, None] + noise) * found.revenue[:, None, None])


def known_study() -> Neutrality:
    """The whole study, the same for both rivals and outcomes."""
    found = {(ranges, rival, outcome): known_verdicts(40, ranges=ranges)
             for ranges in RANGES for rival in RIVALS for outcome in OUTCOMES}
    return Neutrality(found, {"markets": 40, "replications": 2, "seed": 1, "runs": runs_of(40, 2)})
