"""Were the scenarios right? Every expectation, on fresh seeds; who wins, relations or deals; on what that hangs.

    python tests/evidence/expectations.py                       # prints the tables, a few minutes
    python tests/evidence/expectations.py --write docs/expectations.md
    python tests/evidence/expectations.py --off 20 --write docs/expectations.md     # also with mechanisms off

Expectations stand in the scenario files and were written before the first run. The seeds here (from 5001) tuned
nothing. The misses are printed like the hits. With `--off` the same claims are judged again with each of `OFF` switched
off in every world, on the same seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from steps import Steps

import sim
from sim.runs.plan import AS_WRITTEN
from sim.scenario import shipped_names
from sim.scenario.effective import strengths
from sim.scenario.schema import Scenario
from sim.studies.expectations import FAILS, HOLDS, IDENTICAL, TOO_CLOSE, Verdict, check_expectations
from sim.studies.study import Study
from sim.text.files import between, write_text

FRESH_SEED = 5001
PROFIT = "cumulative_discounted_profit_money"
OFF = ("commitment", "trust", "knowledge", "grievance")
"""Mechanisms on which much is said to hang; each is switched off alone."""
COLUMNS = (AS_WRITTEN, *OFF)
NOT_JUDGED = "not judged: it is about what is off"
EXPECTATIONS, WITHOUT = (tuple(f"<!-- {name}:{end} -->" for end in ("begin", "end")) for name in (
    "expectations", "mechanisms_off"))


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
            return TOO_CLOSE
        return "relations" if self.difference > 0 else "deals"


@dataclass(frozen=True)
class Judged:
    """What became of the claims of some scenarios, each with its scenario, and of the duels."""

    verdicts: list[tuple[str, Verdict]]
    fights: list[Duel]


@cache
def is_on(name: str, mechanism: str) -> bool:
    """Whether a mechanism is at work in a scenario as written."""
    return strengths(sim.load(name))[mechanism] != 0


@cache
def studied(name: str, replications: int, off: str = AS_WRITTEN) -> Study:
    """The scenario's what-ifs, or the scenario alone where it has none, on fresh seeds; a mechanism of `OFF` off.

    Where that mechanism is off anyway it is the study as written.
    """
    if off != AS_WRITTEN and not is_on(name, off):
        return studied(name, replications)
    overrides = {} if off == AS_WRITTEN else {f"mechanisms.{off}": 0}
    conduct = sim.compare if sim.load(name).what_if else sim.replicate
    return conduct(name, replications=replications, seed=FRESH_SEED, overrides=overrides)


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


def judged(names: Sequence[str], replications: int, off: str = AS_WRITTEN, steps: Steps | None = None) -> Judged:
    """All claims and all duels of some scenarios, as written or with a mechanism off."""
    verdicts: list[tuple[str, Verdict]] = []
    fights: list[Duel] = []
    for name in names:
        if steps is not None:
            steps.begin(f"{name}, {off if off == AS_WRITTEN else f'{off} off'}")
        study = studied(name, replications, off)
        verdicts += [(name, verdict) for verdict in check_expectations(study)]
        fights += duels(name, study)
    return Judged(verdicts, fights)


def report(found: Judged, replications: int) -> str:
    """Every claim with its verdict, every duel with its winner, as Markdown."""
    held = sum(verdict.word == HOLDS for _, verdict in found.verdicts)
    lines = [f"{held} of {len(found.verdicts)} expectations hold. {_runs(replications)}.",
             "", "| scenario | expectation | verdict | runs in which it held | mean difference [95 % interval] |",
             "|---|---|---|---|---|"]
    for name, verdict in found.verdicts:
        d = verdict.difference
        lines.append(f"| {name} | {verdict.claim} | {verdict.word} | {verdict.held} of {verdict.runs} | "
                     f"{d.value:,.4g} [{d.low:,.4g}, {d.high:,.4g}] |")
    wins = [fight.winner for fight in found.fights]
    lines += ["", "## Relations against deals", "",
              "In every world the firm that gives relations the largest share of its budget against the firm that "
              "gives them the smallest: discounted profit to the end of the run.", "",
              f"Relations win {wins.count('relations')}, deals win {wins.count('deals')}, "
              f"{wins.count(TOO_CLOSE)} are too close to call.", "",
              "| scenario | world | relations | deals | difference in money [95 % interval] | winner |",
              "|---|---|---|---|---|---|"]
    lines += [f"| {one.scenario} | {one.world} | {one.relational} | {one.rival} | {one.difference:,.0f} "
              f"[{one.low:,.0f}, {one.high:,.0f}] | {one.winner} |" for one in found.fights]
    return "\n".join(lines)


def _runs(replications: int) -> str:
    return (f"{replications} runs each, seeds {FRESH_SEED} to {FRESH_SEED + replications - 1}, which tuned nothing")


def words_without(found: Judged, off: str) -> list[str]:
    """The verdicts with a mechanism off; none where the outcome is what a mechanism makes that was switched off."""
    return [NOT_JUDGED if verdict.expectation.metric.startswith(f"{off}_") and is_on(name, off) else verdict.word
            for name, verdict in found.verdicts]


def report_without(columns: dict[str, Judged], replications: int) -> str:
    """What is left of claims and duels with each mechanism off, as Markdown."""
    written = columns[AS_WRITTEN]
    lines = [f"{_runs(replications)}. In bold what is not as it is as written.", ""]
    lines += [f"- {sentence}" for off in OFF for sentence in [in_words(off, written, columns[off])]]
    heads, rule = " | ".join([AS_WRITTEN, *(f"{off} off" for off in OFF)]), "|---|---|" + "---|" * len(COLUMNS)
    lines += ["", f"| scenario | expectation | {heads} |", rule]
    words = zip(*(words_without(columns[column], column) for column in COLUMNS), strict=True)
    lines += [f"| {name} | {verdict.claim} | {_marked(row)} |"
              for (name, verdict), row in zip(written.verdicts, words, strict=True)]
    lines += ["", f"| scenario | world | {heads} |", rule]
    winners = zip(*([fight.winner for fight in columns[column].fights] for column in COLUMNS), strict=True)
    lines += [f"| {fight.scenario} | {fight.world} | {_marked(row)} |"
              for fight, row in zip(written.fights, winners, strict=True)]
    return "\n".join(lines)


def _marked(words: Sequence[str]) -> str:
    return " | ".join(word if word == words[0] else f"**{word}**" for word in words)


def in_words(off: str, written: Judged, without: Judged) -> str:
    """How many claims hold and how many duels end with the same winner when a mechanism is off."""
    before, after = words_without(written, AS_WRITTEN), words_without(without, off)
    survive = [word for was, word in zip(before, after, strict=True) if was == HOLDS]
    lost = ", ".join(f"{survive.count(word)} {words}" for word, words in (
        (TOO_CLOSE, "too close to call"), (FAILS, "fail"), (IDENTICAL, "without any difference"),
        (NOT_JUDGED, "cannot be judged")) if word in survive)
    others = [word for was, word in zip(before, after, strict=True) if was != HOLDS]
    come = f"; of {len(others)} that do not, {others.count(HOLDS)} then hold" if others else ""
    pairs = [(one.winner, other.winner) for one, other in zip(written.fights, without.fights, strict=True)]
    changed = sum(was != now for was, now in pairs)
    turned = sum(was != now and TOO_CLOSE not in (was, now) for was, now in pairs)
    return (f"**{off.capitalize()} off**: of {len(survive)} claims that hold as written {survive.count(HOLDS)} still "
            f"hold{f' ({lost})' if lost else ''}{come}. The verdict changes in {changed} of {len(pairs)} duels"
            f"{f', from one winner to the other in {turned}' if changed else ''}.")


def main() -> None:
    """Print the tables, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("scenarios", nargs="*", help="names; left out: all that claim something")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--off", type=int, default=0, metavar="RUNS",
                        help=f"also with each of these off, in so many runs: {', '.join(OFF)}")
    parser.add_argument("--write", type=Path, help="also put the tables between their marks in this file")
    asked = parser.parse_args()
    names = asked.scenarios or scenarios_with_claims()
    again = asked.off not in (0, asked.replications)  # the runs as written are not yet there
    steps = Steps(len(names) * (1 + (len(OFF) + again) * bool(asked.off)))
    texts = {EXPECTATIONS: report(judged(names, asked.replications, steps=steps), asked.replications)}
    if asked.off:
        columns = {off: judged(names, asked.off, off, steps if off in OFF or again else None) for off in COLUMNS}
        texts[WITHOUT] = report_without(columns, asked.off)
    print("\n\n".join(texts.values()))
    if asked.write:
        page = asked.write.read_text(encoding="utf-8")
        for marks, text in texts.items():
            page = between(page, marks, text)
        write_text(asked.write, page)


if __name__ == "__main__":
    main()
