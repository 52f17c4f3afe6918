"""Published regularities, measured: does this market show what every real one shows?

Targets and measures are declared in `sim/evidence/groups`, written down before the first run. What is out is printed
like what is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

from sim.evidence.fact import (
    IN,
    OUT,
    PARTLY,
    UNKNOWN,
    Fact,
    Measured,
    Numbers,
    Part,
    all_trials,
    chosen_facts,
    measures_version,
    numbers_of,
)
from sim.evidence.markets import StudyMarket, service
from sim.evidence.unmeasured import UNMEASURED
from sim.market.simulation import Options
from sim.runs.execute import checked_seed
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import FixedPoint, RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.runs.task import DONE, WatchedReading
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Interval
from sim.studies.answer import Answer
from sim.studies.keywords import check_keywords
from sim.text.console import columns
from sim.text.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

FIRST_SEED = 22_001
"""The first seed of the study: it and those that follow it tuned nothing."""
RUNS = 12
"""Runs of every market unless others are asked for."""
SUMMARY = "{inside} of {n:count fact} in range, {partly} partly, {outside} out."
MISSES = "Not in range: {missed:and}."
NOTHING = "Nothing can be said: no run is done."
HEAD = ("fact", "measured", "95 % interval", "target", "verdict")


class Facts(Answer):
    """Published regularities beside what was measured.

    `table()` has a row for each number: fact, name, kind, market, measure, label, value (mean over runs), low, high
    (95 % interval), n, target_low, target_high (missing where it is only told), verdict (of the fact), changed (whether
    something was changed to see what drives the fact). `measured` has every number of every run by market and name.
    """

    kind = "facts"

    def __init__(self, chosen: Sequence[Fact], results: Results) -> None:
        self.facts, self.results = tuple(chosen), results

    def __repr__(self) -> str:
        return f"<Facts: {len(self.facts)} in {self.results.n} runs>"

    @cached_property
    def measured(self) -> Measured:
        """By market and name: one number a run. What is changed to find a driver is done in every second run."""
        found: dict[str, dict[str, list[float]]] = {point: {} for point in self.results.layout.points}
        for (point, _), numbers in sorted(self.results.kept().items()):
            for name, value in numbers.items():
                found[point].setdefault(name, []).append(value)
        return found

    def verdict(self, fact: Fact) -> str:
        """In, partly or out of range."""
        return fact.verdict(self.measured)

    def counts(self) -> dict[str, int]:
        """How many facts are in, partly, out."""
        words = [self.verdict(fact).split(",")[0] for fact in self.facts]
        return {word: words.count(word) for word in (IN, PARTLY, OUT, UNKNOWN)}

    def table(self) -> pd.DataFrame:
        """One row for each number, see the class."""
        import pandas as pd

        rows = []
        for fact in self.facts:
            for part in fact.parts + fact.off:
                found = part.interval(self.measured)
                rows.append({
                    "fact": fact.id, "name": fact.name, "kind": fact.kind, "market": part.trial, "measure": part.name,
                    "label": part.words, "value": found.value, "low": found.low, "high": found.high, "n": found.n,
                    "target_low": part.low if part.judged else float("nan"),
                    "target_high": part.high if part.judged else float("nan"), "verdict": self.verdict(fact),
                    "changed": part in fact.off,
                })
        table = pd.DataFrame(rows)
        table.attrs.update(n=self.results.n, seed=self.results.layout.seeds[0])
        return table

    def lines(self) -> list[str]:
        """The judged numbers of every fact; all numbers where only a few facts are asked for."""
        every, rows = len(self.facts) <= FEW, []
        for fact in self.facts:
            rows.append([f"{fact.id} {fact.name}", "", "", fact.kind, self.verdict(fact)])
            for part in (*fact.parts, *(fact.off if every else ())):
                if part.judged or every:
                    found = part.interval(self.measured)
                    held = (IN if part.holds(found) else OUT) if part.judged else ""
                    rows.append([f"    {part.words}", *part.shown(found), part.target, held])
        return columns([HEAD, *rows], (0, 3, 4))

    def findings(self) -> list[Finding]:
        """How many are in range, and which are not."""
        if not self.results.counts[DONE]:
            return [Finding("", message=NOTHING)]
        counts = self.counts()
        missed = [f"{fact.id} {fact.name} ({self.verdict(fact)})" for fact in self.facts
                  if not self.verdict(fact).startswith(IN)]
        found = Finding("", n=len(self.facts), message=SUMMARY, details={
            "inside": counts[IN], "partly": counts[PARTLY], "outside": counts[OUT]})
        return [found, Finding("", message=MISSES, details={"missed": missed})] if missed else [found]

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        layout = self.results.layout
        return {"design": self.kind, "facts": [fact.id for fact in self.facts], "replications": layout.replications,
                "seed": layout.seeds[0], "runs": sum(self.results.counts.values())}

    def markdown(self) -> str:
        """The table for docs/facts.md: how many are in, a row for each fact, and what is not measured."""
        counts = self.counts()
        said = ", ".join(f"{count} {word}" for word, count in counts.items() if count or word != UNKNOWN)
        emergent = [fact for fact in self.facts if fact.kind == "emergent"]
        inside = sum(self.verdict(fact).startswith(IN) for fact in emergent)
        seeds = self.results.layout.seeds
        rows = ["| fact | target (source) | kind | market | measured: mean [95 % interval] | verdict | driver, and the "
                "same changed |", "|---|---|---|---|---|---|---|"]
        for fact in self.facts:
            found = "<br>".join([*(self._told(part) for part in fact.parts), f"n = {fact.runs(self.measured)} runs"])
            off = [self._told(part) for part in fact.off]
            changed = "<br>".join(filter(None, [fact.driver_told, *off, fact.note]))
            rows.append(f"| **{fact.id}** {fact.name} | {fact.target} ({fact.source}) | {fact.kind} | {fact.where} | "
                        f"{found} | **{self.verdict(fact)}** | {changed} |")
        return "\n".join([
            f"**{said}** of {len(self.facts)} facts; of {len(emergent)} emergent ones {inside} in. Seeds {seeds[0]} "
            f"to {seeds[1] - 1}.", "", *rows, "", "Not measured:", "",
            *(f"- {name}: {reason}" for name, reason in UNMEASURED.items())]) + "\n"

    def _told(self, part: Part) -> str:
        """In words: what, mean, interval, and a mark where it is judged."""
        found: Interval = part.interval(self.measured)
        mark = "" if not part.judged else (" ✓" if part.holds(found) else " ✗")
        return f"{part.words} {' '.join(filter(None, part.shown(found)))}{mark}"


FEW = 3
"""So many facts are shown with all their numbers."""


def facts(
    ids: Sequence[str] = (), replications: int = RUNS, *, seed: int = FIRST_SEED, **execution: Unpack[ExecutionOptions]
) -> Facts:
    """Measure published regularities on the markets that they are about: all of them, or those named ("F01").

    Raises:
        ValueError: there is no such fact, a number is out of range, or the store holds another study.
        OSError: the store cannot be written, or the scheduler cannot be reached.

    >>> found = facts(["F29"], 2)
    >>> found.verdict(found.facts[0])
    'in'
    """
    check_keywords(execution, ExecutionOptions, ("ids", "replications", "seed"))
    chosen = chosen_facts(ids)
    if replications < 2:
        raise ValueError(f"At least two replications are needed for an interval, not {replications}.")
    trials = dict.fromkeys(trial for fact in chosen for trial in fact.trials)
    points = tuple(FixedPoint(name, fixed=all_trials()[name].scenario()) for name in trials)
    plan = RunPlan(service(), points, replications, checked_seed(seed), year=1.0,
                   reading=WatchedReading(measured_in, measures_version()))
    return Facts(chosen, conduct(plan, Execution.of(execution)))


def measured_in(point: str, scenario: Scenario, seed: int, options: Options) -> Numbers:
    """The numbers of a market with a seed; where something is changed, none in every second run."""
    if "," in point and (seed - FIRST_SEED) % 2:
        return {}
    return numbers_of(point, StudyMarket(scenario, seed, options))
