"""Before a class: does what the seed on the projector shows hold on the seeds beside it?

The scenario is run with its seed and the nine that follow, its what-ifs with the same people and random draws. What the
first seed shows is the reveal; it is refused where fewer than nine of the ten seeds show the same (assumption: one run
in ten may be otherwise, or a class learns from luck).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sim.engine.cache import cache_folder
from sim.metrics.headlines import headline_of, shown_metrics
from sim.metrics.registry import better_of, metric_in_words
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.execution import Execution
from sim.runs.manifest import rules_version
from sim.runs.plan import AS_WRITTEN, RunPlan
from sim.scenario.load import with_what_ifs
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats
from sim.studies.study import Study, plan_of
from sim.text.console import Progress
from sim.text.files import write_text
from sim.text.language import tr
from sim.text.words import joined

RUNS, ENOUGH = 10, 9
MOST_INSTEAD = 3
AHEAD, HIGHER, LOWER, SAME, NOTHING = "ahead", "higher", "lower", "same", "nothing"
"""What a reveal says: a firm is ahead of all others, or its number differs from that of the scenario as written."""


@dataclass(frozen=True)
class RehearsedReveal:
    """What the first seed shows of a metric: a `firm`, what is said of it, and in how many seeds it `held`.

    `variant` is the what-if (set beside the scenario as written), or `AS_WRITTEN`: firms beside each other.
    """

    variant: str
    metric: str
    firm: str
    says: str
    held: int

    @property
    def holds(self) -> bool:
        """Whether nine of the ten seeds show the same."""
        return self.says != NOTHING and self.held >= ENOUGH

    @property
    def sentence(self) -> str:
        """The reveal in words, with the number of seeds in which it holds."""
        gaps = {"firm": self.firm, "metric": metric_in_words(self.metric), "held": self.held, "runs": RUNS,
                "what_if": tr(self.variant.replace("_", " "))}
        if self.says == AHEAD:
            return tr("{firm} is ahead ({metric}): {held} of {runs} seeds", **gaps)
        if self.says == HIGHER:
            return tr("What if: {what_if}. {firm}, {metric}: higher than as written, {held} of {runs} seeds", **gaps)
        if self.says == LOWER:
            return tr("What if: {what_if}. {firm}, {metric}: lower than as written, {held} of {runs} seeds", **gaps)
        if self.says == SAME:
            return tr("What if: {what_if}. {firm}, {metric}: exactly as written, {held} of {runs} seeds", **gaps)
        return tr("The first seed shows nobody ahead, or no number: {metric}", **gaps)


@dataclass(frozen=True)
class Rehearsal:
    """What may be revealed of a scenario: the reveal of every variant, and surer ones in the place of those refused.

    `reveals`: one a variant, of the first headline metric that holds (else of the first one); `others`: of all metrics
    that studies show.
    """

    title: str
    seed: int
    reveals: tuple[RehearsedReveal, ...]
    others: tuple[RehearsedReveal, ...]

    @property
    def refused(self) -> tuple[RehearsedReveal, ...]:
        """The reveals that fewer than nine of the ten seeds show."""
        return tuple(one for one in self.reveals if not one.holds)

    def instead(self, variant: str) -> tuple[RehearsedReveal, ...]:
        """What may be shown of a variant where its reveal is refused: other metrics, the usual ones first.

        They are picked out of many after looking, so all ten seeds must agree: of eleven metrics of two equal firms
        some one has nine of ten by chance in about one case of five, and ten of ten in one of fifty.
        """
        sure = [one for one in self.others if one.variant == variant and one.held == RUNS and one.says != SAME]
        return tuple(sure[:MOST_INSTEAD])

    def lines(self) -> Iterator[str]:
        """The rehearsal as it is printed: what holds, what is refused and what to show instead."""
        yield tr("{title}: seeds {first} to {last}", title=self.title, first=self.seed, last=self.seed + RUNS - 1)
        for one in self.reveals:
            if one.holds:
                yield f"  + {one.sentence}"
                continue
            yield f"  - {one.sentence}"
            if surer := self.instead(one.variant):
                yield "    " + tr("Show instead:")
                yield from (f"    {each.sentence}" for each in surer)
            else:
                yield "    " + tr("Show instead that luck decides here: the same market with several seeds.")

    def refusal(self) -> str:
        """What is refused, in a sentence; empty where all of it may be revealed."""
        named = [tr("the scenario as written") if one.variant == AS_WRITTEN else tr(one.variant.replace("_", " "))
                 for one in self.refused]
        return tr("Fewer than {enough} of {runs} seeds show what the first one shows: {variants}. "
                  "Do not reveal it; show what stands under it.", enough=ENOUGH, runs=RUNS,
                  variants=joined(named)) if named else ""


def rehearse(scenario: ScenarioLike, seed: int | None = None, progress: Progress | None = None) -> Rehearsal:
    """Run a scenario and its what-ifs with its seed and the nine that follow, and say which reveals hold.

    What was found is kept in the user's cache folder, so that the same question is answered at once the next time.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: it has fewer than two firms and no what-if, so that there is nothing to reveal.
    """
    chosen = prepared(scenario)
    if len(chosen.firms) < 2 and not chosen.what_if:
        raise ValueError(tr("There is nothing to reveal: the scenario has one firm and no what-if."))
    first = chosen.runs.seed if seed is None else seed
    plan = plan_of({AS_WRITTEN: chosen, **with_what_ifs(chosen, chosen.what_if)}, RUNS, first)
    kept = _place(plan, chosen)
    found = _read(kept)
    if found is None:
        study = Study.conducted(plan, Execution(progress=progress))
        if study.n < RUNS:
            raise ValueError(tr("The rehearsal is not complete: {done} of {runs} seeds were run.",
                                done=study.n, runs=RUNS))
        found = list(_reveals(study, chosen))
        if kept is not None:
            with suppress(OSError):
                write_text(kept, json.dumps([asdict(one) for one in found], indent=0))
    return Rehearsal(tr(chosen.title) or chosen.source.name, first, tuple(_headlines(found, chosen)), tuple(found))


def _headlines(found: list[RehearsedReveal], scenario: Scenario) -> Iterator[RehearsedReveal]:
    """Of every variant the reveal of the first headline metric that holds; of the first one where none does."""
    names = headline_of(scenario)
    for variant in dict.fromkeys(one.variant for one in found):
        own = {one.metric: one for one in found if one.variant == variant}
        yield next((own[name] for name in names if own[name].holds), own[names[0]])


def _reveals(study: Study, scenario: Scenario) -> Iterator[RehearsedReveal]:
    """Every reveal of every variant, metric by metric."""
    for metric in shown_metrics(scenario):
        runs = {(variant, firm): study.values(variant, metric, firm)
                for variant, one in study.variants.items() for firm in one.firms}
        if len(scenario.firms) > 1:
            yield _ahead(metric, {firm: runs[AS_WRITTEN, firm] for firm in scenario.firms})
        for variant, one in list(study.variants.items())[1:]:
            both = [firm for firm in _meant(scenario, variant) if firm in one.firms]
            if both:
                yield _changed(metric, variant, {firm: runs[variant, firm] - runs[AS_WRITTEN, firm] for firm in both})


def _meant(scenario: Scenario, variant: str) -> list[str]:
    """The firms that a what-if is about: those whose levers it changes, else all."""
    named = [firm for firm in scenario.what_if[variant].get("firms", {}) if firm in scenario.firms]
    return named or list(scenario.firms)


def _ahead(metric: str, runs: dict[str, Floats]) -> RehearsedReveal:
    """Which firm the first seed has ahead of all others, and in how many seeds it is."""
    names, values = list(runs), np.stack(list(runs.values()))
    values = -values if better_of(metric) == "lower" else values
    firsts = [_first(column) for column in values.T]
    firm = firsts[0]
    if firm is None:
        return RehearsedReveal(AS_WRITTEN, metric, "", NOTHING, 0)
    return RehearsedReveal(AS_WRITTEN, metric, names[firm], AHEAD, firsts.count(firm))


def _first(column: Floats) -> int | None:
    """The place of the one largest number; None where two share it, or one is no number."""
    if not np.isfinite(column).all() or (column == column.max()).sum() > 1:
        return None
    return int(column.argmax())


def _changed(metric: str, variant: str, differences: dict[str, Floats]) -> RehearsedReveal:
    """How the firm changes of which the most seeds say the same as the first one does (of equals, the first firm)."""
    found = []
    for firm, runs in differences.items():
        signs = np.sign(runs)
        if np.isfinite(runs[0]):
            says = {1.0: HIGHER, -1.0: LOWER, 0.0: SAME}[float(signs[0])]
            found.append(RehearsedReveal(variant, metric, firm, says, int((signs == signs[0]).sum())))
    return max(found, key=lambda one: (one.says != SAME, one.held),
               default=RehearsedReveal(variant, metric, "", NOTHING, 0))


def _place(plan: RunPlan, scenario: Scenario) -> Path | None:
    """Where the reveals of a plan are kept: a file named by everything that they depend on; None without a folder."""
    folder = cache_folder()
    if folder is None:
        return None
    about: Iterable[object] = (rules_version(), plan.seed, RUNS, shown_metrics(scenario),
                               [(name, fact.variant_hash) for name, fact in plan.facts.items()])
    return folder / "rehearsals" / f"{hashlib.sha256(repr(about).encode()).hexdigest()[:32]}.json"


def _read(kept: Path | None) -> list[RehearsedReveal] | None:
    """The reveals of a file; None where there is none, or not a whole one."""
    if kept is None:
        return None
    with suppress(OSError, ValueError, TypeError):
        return [RehearsedReveal(**one) for one in json.loads(kept.read_text(encoding="utf-8"))]
    return None
