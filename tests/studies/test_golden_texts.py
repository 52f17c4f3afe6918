"""What each study says, word for word: one text per study, in `tests/golden/texts`.

All other tests of studies look at findings and numbers. When a sentence was changed on purpose, write the texts anew,
read them aloud, and commit them:

    RENEW_TEXTS=1 python -m pytest tests/studies/test_golden_texts.py

A new study adds one small example to `EXAMPLES`: a function of factors and a seed, or a tiny scenario.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from neutral_markets import known_study

import sim

TEXTS = Path(__file__).parents[1] / "golden" / "texts"
RANGES = {"price": (5.0, 15.0), "quality": (0.2, 0.8), "friends": (0.0, 20.0)}


MARKET = {
    "question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 150},
    "firms": {"Rush": {}, "Root": {"quality": 0.85}},
}


def profit(x, seed):
    """The lead of option B: it needs a high price and good quality."""
    noise = np.random.default_rng(seed).normal()
    return 6 + 1.6 * (x["price"] - 10) + 12 * (x["quality"] - 0.5) + 0.05 * x["friends"] * x["quality"] + noise


def two_profits(x, seed):
    """Two goals between which one has to choose, a price and a quality away from both."""
    return profit(x, seed), 40 - profit(x, seed) + 4 * x["quality"]


def safe_profit(x, seed):
    """A lead that nothing turns."""
    return 99 + profit(x, seed)


EXAMPLES = {
    "flip": lambda: sim.flip(profit, RANGES, proofs=20),
    "flip_none": lambda: sim.flip(safe_profit, RANGES, proofs=20),
    "winner_map": lambda: sim.winner_map(lambda x, seed: profit({**x, "friends": 5}, seed), {
        "price": (0, 15), "quality": (0.2, 0.8)}, cells=4),
    "sensitivity_tornado": lambda: sim.sensitivity(profit, RANGES),
    "sensitivity_of_a_market": lambda: sim.sensitivity(
        MARKET, {"product.margin": (0.2, 0.6), "people.purchases_per_year.mean": (2, 40)}),
    "sensitivity_morris": lambda: sim.sensitivity(profit, RANGES, "morris"),
    "sensitivity_sobol": lambda: sim.sensitivity(profit, RANGES, "sobol", samples=256),
    "neutrality": known_study,
    "sample": lambda: sim.sample(profit, RANGES, points=20),
    "optimum": lambda: sim.optimise(profit, RANGES, trials=12),
    "optimum_front": lambda: sim.optimise(two_profits, RANGES, goals=("profit", "reach"), trials=12),
    "calibration": lambda: sim.calibrate(
        lambda x, seed: (x["a"] + x["b"], x["a"] * x["b"]), {"sum": (0.9, 0.01), "product": (0.2, 0.002)},
        {"a": (0, 0.45), "b": (0.45, 1)}),
    "calibration_missed": lambda: sim.calibrate(
        lambda x, seed: (x["a"] + x["b"],), {"sum": (5.0, 0.1)}, {"a": (0, 1), "b": (0, 1)}),
    "ladder": lambda: sim.ladder({**MARKET, "mechanisms": {"level": "basic"}}, replications=3),
    "stress": lambda: sim.stress(MARKET, outcome="active_customers_people", replications=4),
    "drivers": lambda: sim.drivers(MARKET, "Root", 3),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_study_says_what_its_golden_text_says(name: str) -> None:
    said = EXAMPLES[name]().explain() + "\n"
    path = TEXTS / f"{name}.txt"
    if os.environ.get("RENEW_TEXTS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.exists(), f"There is no text of {name} yet: set RENEW_TEXTS=1 to write it."
    assert said == path.read_text(encoding="utf-8")
