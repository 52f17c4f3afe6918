"""A market of a few lines in place of the real one: buyers with luck of their own, firms with a quality."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiments import last_runs, store, work
from sim.experiments import run as run_module


@pytest.fixture
def toy_market(make_records, monkeypatch):
    """Put the toy market in place of the engine; it fails for the seeds in the set that it returns."""
    failing = set()

    def market(scenario, seed, keep=None):
        if seed in failing:
            raise RuntimeError(f"luck {seed} is bad")
        firms, people, periods = list(scenario.firms), scenario.market.customers, round(4 * scenario.clock.years)
        random = np.random.default_rng(seed)
        wants, takes = random.random((periods, people)), random.random((periods, people))
        bought = []
        for period in range(periods):
            for who in range(people):
                ladder = np.cumsum([scenario.firms[firm].quality for firm in firms])
                if wants[period, who] < 0.7:
                    place = int((takes[period, who] * ladder[-1] > ladder).sum())
                    price = round(100 * scenario.product.price)
                    bought.append((period, firms[place], who, 1, price, price // 2))
        return make_records(bought, firms=firms, people=people, periods=periods, scenario=scenario, seed=seed)

    for module in (run_module, store):
        monkeypatch.setattr(module, "run_market", market)
    for module in (work, last_runs):
        monkeypatch.setattr(module, "whole_run", market)
    return failing


@pytest.fixture
def toy():
    """A scenario for the toy market."""
    return {
        "question": "Which firm is better?", "title": "Toy",
        "clock": {"period": "quarter", "years": 2.0},
        "market": {"customers": 30, "friends": {"graph": "none"}, "active_window_weeks": 26.0},
        "firms": {"Rush": {"quality": 0.5}, "Root": {"quality": 1.0}},
        "what_if": {"better": {"firms": {"Rush": {"quality": 0.9}}}, "same": {"firms": {"Rush": {"quality": 0.5}}}},
        "expect": [
            {"metric": "market_share", "firm": "Root", "above": "Rush", "why": "quality (C1)"},
            {"metric": "market_share", "firm": "Rush", "above": "better", "against": "what_if", "why": "wrong"},
            {"metric": "market_share", "firm": "Rush", "above": "same", "against": "what_if", "why": "nothing changes"},
            {"metric": "market_share", "firm": "Rush", "what_if": "better", "above": "Root", "year": 1.0,
             "above_value": 0.2, "confidence": 0.6, "why": "quality again"},
        ],
        "runs": {"seed": 11, "replications": 6},
    }
