"""Small hand-written histories as records, for every test that reads what a run remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from sim.engine.state import ACCOUNTS, COUNTS, FIXED_POINT, Strain
from sim.records.records import Records
from sim.records.transactions import Transactions
from sim.runs import run as run_module
from sim.runs import task as work
from sim.scenario.load import load
from sim.studies import last_runs

collect_ignore = ["helpers/watched_strategy.py"]
"""A user's strategy file: read by scenarios in its own name, so nobody else may import it."""

Purchase = tuple[int, str, int, int, int, int]
"""Period, firm, customer, purchases, paid (minor units), margin (minor units)."""


def build_records(
    purchases: Sequence[Purchase] = (), *, firms: Sequence[str] = ("Rush", "Root"), people: int = 3, periods: int = 5,
    overrides: dict[str, Any] | None = None, **changes: Any,
) -> Records:
    """Records with these purchases: books and counts follow from them. Quarters, an active window of two of them."""
    scenario = load(
        {
            "question": "Who stays?", "firms": {name: {} for name in firms},
            "clock": {"period": "quarter", "years": max(0.5, periods / 4)},
            "market": {"customers": max(1, people), "active_window_weeks": 26.0, "friends": {"graph": "none"}},
            "money": {"discount_rate": 0.0},
        },
        overrides,
    )
    per_year = {"week": 52, "month": 12, "quarter": 4}[scenario.clock.period]
    rows = sorted((t, firms.index(f), c, u, a, a // 10, m) for t, f, c, u, a, m in purchases)
    names = ("period", "firm", "customer", "units", "amount", "given", "margin")
    transactions = Transactions.joined([dict(zip(names, np.array(rows, dtype=np.int64).reshape(-1, 7).T, strict=True))])
    numbers = np.arange(people)
    facts: dict[str, Any] = {
        "scenario": scenario, "seed": 1, "world_seed": 1, "firms": tuple(firms), "weeks_per_period": 52 / per_year,
        "periods_per_year": float(per_year), "warm_up": 0, "transactions": transactions,
        "ledger": np.zeros((periods, len(ACCOUNTS), len(firms)), dtype=np.int64),
        "counts": np.zeros((periods, len(COUNTS), len(firms)), dtype=np.int64),
        "strain": Strain.none(len(firms), (periods,)),
        "people": {
            "number": numbers.astype(np.uint32), "segment": np.zeros(people, np.int8),
            **{name: np.ones(people, np.float32)
               for name in ("rate", "basket", "price_sensitivity", "proneness", "serving")},
            "enters": np.zeros(people, np.int16), "leaves": np.full(people, 30_000, np.int16),
        },
        "ties": {
            name: np.zeros((len(firms), people), np.float32)
            for name in ("trust", "commitment", "satisfaction", "expectation", "habit", "grievance", "knowledge")
        },
        "me": {"valence": np.zeros(people, np.float32), "arousal": np.zeros(people, np.float32),
               "last_firm": np.full(people, -1, np.int8)},
    }
    for name in ("experiences", "idle", "paid", "served", "relation", "acquired"):
        facts["ties"][name] = np.zeros((len(firms), people), np.int64)
    facts["ties"]["aware"] = np.ones((len(firms), people), bool)
    facts["people"].update(changes.pop("people_columns", {}))
    _keep_books(facts, transactions)
    facts.update(changes)
    return Records(**facts)


def _keep_books(facts: dict[str, Any], rows: Transactions) -> None:
    """Ledger, counts, ties and last firms that follow from the purchases, one row at a time."""
    ledger, counts, ties = facts["ledger"], facts["counts"], facts["ties"]
    last: dict[tuple[int, int], int] = {}
    for t, firm, who, units, amount, given, margin in zip(
        rows.period, rows.firm, rows.customer, rows.units, rows.amount, rows.given, rows.margin, strict=True
    ):
        ledger[t, ACCOUNTS.index("revenue"), firm] += amount
        ledger[t, ACCOUNTS.index("goods"), firm] += amount - margin
        ledger[t, ACCOUNTS.index("price_cuts"), firm] += given
        counts[t, COUNTS.index("units"), firm] += units
        counts[t, COUNTS.index("buyers"), firm] += 1
        before = last.get((firm, who))
        counts[t, COUNTS.index("new_customers"), firm] += before is None
        counts[t, COUNTS.index("returned_customers"), firm] += before is not None and t - before >= 2
        last[(firm, who)] = t
        ties["experiences"][firm, who] += units
        ties["paid"][firm, who] += amount
        ties["served"][firm, who] += amount - margin
        facts["me"]["last_firm"][who] = firm
    bought = {(int(t), int(f), int(c)) for t, f, c in zip(rows.period, rows.firm, rows.customer, strict=True)}
    for t in range(len(ledger)):
        for firm in range(ledger.shape[2]):
            active = [c for c in range(ties["paid"].shape[1]) if (t, firm, c) in bought or (t - 1, firm, c) in bought]
            lapsed = [c for c in range(ties["paid"].shape[1])
                      if (t - 2, firm, c) in bought and c not in active]
            counts[t, COUNTS.index("active_customers"), firm] = len(active)
            counts[t, COUNTS.index("lapsed_customers"), firm] = len(lapsed)
            counts[t, COUNTS.index("trust_total"), firm] = len(active) * FIXED_POINT // 2


@pytest.fixture
def make_records() -> Callable[..., Records]:
    """Build records from purchases by hand."""
    return build_records


@pytest.fixture
def story(make_records: Callable[..., Records]) -> Records:
    """Three customers, two firms, five quarters.

    Anna (0): Rush in 0, 1, 2, 3, 4.  Boris (1): Rush in 0, Root in 1 and 4.  Carla (2): Root in 0, never again.
    """
    return make_records([
        (0, "Rush", 0, 1, 1000, 400), (1, "Rush", 0, 1, 1000, 400), (2, "Rush", 0, 1, 1000, 400),
        (3, "Rush", 0, 1, 1000, 400), (4, "Rush", 0, 1, 1000, 400),
        (0, "Rush", 1, 1, 1000, 400), (1, "Root", 1, 1, 2000, 900), (4, "Root", 1, 1, 2000, 900),
        (0, "Root", 2, 1, 2000, 900),
    ])


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

    monkeypatch.setattr(run_module, "run_market", market)
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
