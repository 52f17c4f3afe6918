"""Were the scenarios right? Every expectation, on fresh seeds; and who wins, relations or deals.

    python tests/evidence/expectations.py                       # prints the tables, a few minutes
    python tests/evidence/expectations.py --write docs/expectations.md

Expectations stand in the scenario files and were written before the first run. The seeds here (from 4001) tuned
nothing. The misses are printed like the hits.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import sim
from sim.scenario import shipped_names
from sim.scenario.schema import Scenario
from sim.studies.expectations import Verdict, check_expectations
from sim.studies.study import Study

FRESH_SEED = 4001
PROFIT = "cumulative_discounted_profit_money"


@dataclass(frozen=True)
class Duel:
    """In one world: the firm that spends most on relations against the one that spends least."""

    scenario: str
    world: str
    relational: str
    rival: str
    difference: float
    low: float
    high: float

    @property
    def winner(self) -> str:
        """Who earns more: relations, deals, or too close to call."""
        if self.low <= 0.0 <= self.high:
            return "too close to call"
        return "relations" if self.difference > 0 else "deals"


def studied(name: str, replications: int) -> Study:
    """The scenario's what-ifs, or the scenario alone where it has none, on fresh seeds."""
    if sim.load(name).what_if:
        return sim.compare(name, replications=replications, seed=FRESH_SEED)
    return sim.replicate(name, replications=replications, seed=FRESH_SEED)


def duels(name: str, study: Study) -> list[Duel]:
    """Relations against deals in every world of a study: discounted profit to the end, paired over runs."""
    found = []
    for world, scenario in study.worlds.items():
        pair = _pair(scenario)
        if pair is None:
            continue
        relational, rival = (study.values(world, PROFIT, firm, None) for firm in pair)
        interval = _interval(relational - rival)
        found.append(Duel(name, world, *pair, *interval))
    return found


def _pair(scenario: Scenario) -> tuple[str, str] | None:
    """The firms with the largest and the smallest share of relations in their budget, if these differ."""
    shares = {name: firm.spending.relations for name, firm in scenario.firms.items()}
    high, low = max(shares, key=lambda name: shares[name]), min(shares, key=lambda name: shares[name])
    return (high, low) if shares[high] > shares[low] else None


def _interval(differences: np.ndarray) -> tuple[float, float, float]:
    from sim.statistics.intervals import mean_interval

    interval = mean_interval(differences[np.isfinite(differences)])
    return interval.value, interval.low, interval.high


def scenarios_with_claims() -> list[str]:
    """Shipped scenarios that can be run and claim something."""
    return [name for name in shipped_names() if (found := sim.load(name)).firms and found.expect]


def report(replications: int, names: list[str] | None = None) -> str:
    """Both tables as Markdown."""
    verdicts: list[tuple[str, Verdict]] = []
    fights: list[Duel] = []
    for name in names or scenarios_with_claims():
        print(name, file=sys.stderr, flush=True)
        study = studied(name, replications)
        verdicts += [(name, verdict) for verdict in check_expectations(study)]
        fights += duels(name, study)
    held = sum(verdict.word == "holds" for _, verdict in verdicts)
    lines = ["# Expectations, checked", "",
             f"{held} of {len(verdicts)} expectations hold. {replications} runs each, seeds {FRESH_SEED} to "
             f"{FRESH_SEED + replications - 1}, which tuned nothing. Made by `python tests/evidence/expectations.py`.",
             "", "| scenario | expectation | verdict | runs in which it held | mean difference [95 % interval] |",
             "|---|---|---|---|---|"]
    for name, verdict in verdicts:
        d = verdict.difference
        lines.append(f"| {name} | {verdict.claim} | {verdict.word} | {verdict.held} of {verdict.runs} | "
                     f"{d.value:,.4g} [{d.low:,.4g}, {d.high:,.4g}] |")
    wins = [fight.winner for fight in fights]
    lines += ["", "# Relations against deals", "",
              "In every world the firm that gives relations the largest share of its budget against the firm that "
              "gives them the smallest: discounted profit to the end of the run.", "",
              f"Relations win {wins.count('relations')}, deals win {wins.count('deals')}, "
              f"{wins.count('too close to call')} are too close to call.", "",
              "| scenario | world | relations | deals | difference in money [95 % interval] | winner |",
              "|---|---|---|---|---|---|"]
    lines += [f"| {one.scenario} | {one.world} | {one.relational} | {one.rival} | {one.difference:,.0f} "
              f"[{one.low:,.0f}, {one.high:,.0f}] | {one.winner} |" for one in fights]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the report, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("scenarios", nargs="*", help="names; left out: all that claim something")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--write", type=Path, help="also write it to this file")
    asked = parser.parse_args()
    text = report(asked.replications, asked.scenarios or None)
    print(text)
    if asked.write:
        asked.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
