"""What common random numbers save: `python benchmarks/pairing.py` prints how much paired comparisons gain.

Two what-ifs are run on the same people with common random numbers, and again on independent seeds. The figure is the
variance of the difference in profit, independent over paired: a ratio of 10 means ten times fewer runs for the same
interval.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from bench_market import two_firms
from numpy.typing import NDArray

from sim.engine.state import ACCOUNTS, COSTS
from sim.market.simulation import Options, Simulation
from sim.records.records import Records

CUSTOMERS = 2_000
WHAT_IFS: dict[str, tuple[str, dict[str, Any]]] = {
    "Rush cuts 15 % instead of 10 % for newcomers": ("Rush", {"firms.Rush.price_cut.depth": 0.15}),
    "Root answers 60 % of complaints instead of 30 %": ("Root", {"firms.Root.recovery.answered": 0.6}),
    "Root moves 10 % of its budget from relations to advertising": (
        "Root", {"firms.Root.spending.relations": 0.30, "firms.Root.spending.advertising": 0.30}),
    "Root raises its price by 5 %": ("Root", {"firms.Root.price": 10.5}),
}


def profit(records: Records, firm: str) -> float:
    """Revenue less all costs of one firm over the whole run, in money."""
    place = records.firms.index(firm)
    ledger = records.ledger[:, :, place].sum(axis=0)
    costs = sum(int(ledger[ACCOUNTS.index(name)]) for name in COSTS)
    return (int(ledger[ACCOUNTS.index("revenue")]) - costs) / records.minor_units


def profits(overrides: dict[str, Any], firm: str, seeds: range) -> NDArray[np.float64]:
    """The profit of one firm in every replicate: people and luck are new in each."""
    scenario = two_firms(CUSTOMERS, overrides)
    found = []
    for seed in seeds:
        course = Simulation(scenario, seed, seed, Options(records="totals"))
        while not course.done:
            course.step()
        found.append(profit(course.records(), firm))
    return np.array(found)


def report(runs: int) -> None:
    """The ratio for every what-if; `interval` is the 95 % range of the ratio by resampling replicates."""
    seeds, others = range(1, runs + 1), range(10_001, 10_001 + runs)
    random = np.random.default_rng(1)
    print(f"two firms, level full, {CUSTOMERS:,} customers, 5 years, {runs} replicates; profit of who changes")
    print(f"  {'what if':<62}{'mean':>9}{'sd paired':>11}{'sd indep.':>11}{'ratio':>8}{'95 % interval':>16}")
    ratios = []
    bases = {firm: profits({}, firm, seeds) for firm in ("Rush", "Root")}
    for words, (firm, overrides) in WHAT_IFS.items():
        base, other = bases[firm], profits(overrides, firm, seeds)
        if (base == other).all():
            raise SystemExit(f"{words}: changes nothing here, so there is nothing to measure")
        apart = profits(overrides, firm, others)
        paired, independent = other - base, apart - base
        ratio = independent.var(ddof=1) / paired.var(ddof=1)
        picks = random.integers(0, runs, (2000, runs))
        spread = np.quantile(independent[picks].var(axis=1) / paired[picks].var(axis=1), (0.025, 0.975))
        print(f"  {words:<62}{paired.mean():>9,.0f}{paired.std(ddof=1):>11,.0f}{independent.std(ddof=1):>11,.0f}"
              f"{ratio:>8.1f}{spread[0]:>8.1f}..{spread[1]:<6.1f}")
        ratios.append(ratio)
    reached = sum(ratio >= 10.0 for ratio in ratios)
    print(f"  target >= 10: reached by {reached} of {len(ratios)}; median {np.median(ratios):.1f}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=60, help="replicates of each what-if (default 60)")
    report(asked.parse_args().runs)
