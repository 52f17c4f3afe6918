"""Everything that a report says, gathered from a study; the page only lays it out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from sim.engine.compiled import rules_hash
from sim.reports.answer import MANY, BoardAnswer, Circumstance, answered, summed_up, under_circumstances
from sim.reports.assumptions import Assumptions, Limits, assumptions_of, cannot_tell
from sim.reports.contest import Contest, NumberRow, Ranking, contest_of, key_numbers, number_rows, ranking
from sim.reports.extras import Extra, extras_of
from sim.reports.pictures import Drawing, as_replication, pictures
from sim.reports.stored import StoredStudy, is_whole
from sim.reports.variants import Lever, Variant, described, grid_values, in_common, levers, sorted_variants
from sim.runs.manifest import versions
from sim.runs.task import FAILED
from sim.scenario.effective import effective_yaml, scenario_hash
from sim.scenario.schema import Scenario
from sim.studies.expectations import Verdict, check_expectations
from sim.studies.figure_tables import overtaking
from sim.studies.study import Study
from sim.text.console import Progress
from sim.text.findings import Finding, sentence
from sim.text.words import joined

MOST_FAILED = 5
SETTING = ("{subject} in a market of {people:,} people, watched for {years:count year}; {n:count run}{options} with "
           "common random numbers in every option.")


@dataclass(frozen=True)
class Reproduction:
    """Everything that decides the numbers. `failed`: runs that went wrong, with their reasons."""

    name: str
    command: str
    seeds: str
    people: str
    scenario_hash: str
    rules_hash: str
    versions: str
    failed: tuple[str, ...]
    date: str = ""
    """When the first of the last runs was made, where a store says so."""


@dataclass(frozen=True)
class Content:
    """The parts of a report, in words."""

    title: str
    question: str
    notes: Sequence[str]
    setting: str
    answer: BoardAnswer
    more: Sequence[str]
    """Sentences below the answer: who overtakes whom, what circumstances do, what went wrong."""
    firms: Sequence[str]
    levers: Sequence[Lever]
    in_common: Sequence[str]
    options: Sequence[Variant]
    grid: Sequence[str]
    """Where there are many options: what is varied among them, with all values."""
    firm: str
    """The firm whose options are compared; empty where firms are."""
    first_option: str
    """The option that all others are compared with."""
    sides: tuple[str, str]
    numbers: Sequence[NumberRow]
    ranking: Ranking | None
    runs: int
    drawings: Sequence[Drawing]
    claims: Sequence[Verdict]
    """What was expected before the runs, and what became of it; of the scenario as written, not of other points."""
    unchecked: int
    """Expectations that a file of runs does not answer."""
    circumstances: Sequence[Circumstance]
    assumptions: Assumptions
    limits: Limits
    reproduction: Reproduction
    scenario_text: str
    extras: Sequence[Extra] = field(default=())

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.reproduction.name


def gathered(
    study: Study, metric: str | None = None, parts: Iterable[str] = (), progress: Progress | None = None
) -> Content:
    """The content of a report on runs; `parts` names what needs runs of its own (see `sim.reports.extras`).

    Raises:
        ValueError: there is no such metric or part, or no replicate is complete.
    """
    if not study.n:
        raise ValueError("No replicate is complete: there is nothing to report.")
    scenario, variants = study.scenario, sorted_variants(study)
    contest = contest_of(study, variants, metric)
    numbers, circumstances = key_numbers(study, contest), under_circumstances(study, variants, contest)
    a, b = contest.pair or ("", "")
    extras = extras_of(study, contest, parts, progress)
    return Content(
        title=scenario.title or scenario.source.name, question=" ".join(scenario.question.split()),
        notes=[" ".join(part.split()) for part in (scenario.notes or "").split("\n\n") if part.strip()],
        setting=_setting(study), answer=answered(contest), more=_more(study, contest, circumstances),
        firms=tuple(scenario.firms), levers=levers(scenario), in_common=in_common(scenario),
        options=described(scenario, variants.decisions),
        grid=grid_values(variants.decisions) if len(variants.decisions) > MANY else (),
        firm=contest.firm, first_option=contest.short(study.base), sides=(contest.short(a), contest.short(b)),
        numbers=number_rows(numbers, contest.currency), ranking=ranking(contest), runs=study.n,
        drawings=pictures(study, contest, numbers), claims=check_expectations(study) if is_whole(study) else (),
        unchecked=0 if is_whole(study) else len(scenario.expect), circumstances=circumstances,
        assumptions=assumptions_of(
            scenario, [change.path for one in circumstances for change in one.variant.changes],
            [path for extra in extras for path in extra.moving]),
        limits=cannot_tell(scenario), reproduction=_reproduction(study, metric, extras),
        scenario_text=effective_yaml(scenario), extras=extras,
    )


def _setting(study: Study) -> str:
    """The market in one sentence."""
    scenario = study.scenario
    options = "" if is_whole(study) else f" in {len(study.worlds):,} points"
    return sentence(Finding(joined(scenario.firms), n=study.n, message=SETTING, details={
        "people": scenario.market.customers, "years": study.end, "options": options}))


def _more(study: Study, contest: Contest, circumstances: Sequence[Circumstance]) -> list[str]:
    found = []
    if not contest.firm and len(study.firms) == 2 and is_whole(study):
        overtaken = overtaking(as_replication(study))
        found += [] if overtaken is None else [f"In profit to date: {overtaken.sentence}"]
    found += map(sentence, summed_up(circumstances, contest))
    return [*found, study.note] if study.note else found


def _reproduction(study: Study, metric: str | None, extras: Sequence[Extra]) -> Reproduction:
    """How to get the same numbers again: the command, the seeds, the hashes, the versions."""
    scenario = study.scenario
    stored = study.manifest if isinstance(study, StoredStudy) else {}
    first, last = study.seed, study.seed + study.replications - 1
    seeds = f"Seed {first}" if first == last else f"Seeds {first} to {last}, the same in every option"
    if isinstance(study, StoredStudy):
        seeds += f"; the runs are kept in {study.path.name} (content {stored['content']})"
    people = ("new people in every run, the same in every option" if scenario.runs.world_seed is None
              else f"the same people in every run (world_seed {scenario.runs.world_seed})")
    command = [*_command(study), *(["--metric", metric] if metric else []), *(f"--{extra.kind}" for extra in extras)]
    failed = [f"{row.point}, run {row.replicate}, seed {row.seed}: {row.reason}" for row in study.rows
              if row.status == FAILED]
    return Reproduction(
        scenario.source.name, " ".join(quote(word) for word in command), seeds, people, scenario_hash(scenario),
        stored.get("rules_hash", rules_hash()),
        ", ".join(f"{name} {number}" for name, number in stored.get("versions", versions()).items()),
        tuple(failed[:MOST_FAILED]), stored.get("started", ""),
    )


def _command(study: Study) -> list[str]:
    """The words on the command line that make the runs once more, or read the file in which they are kept."""
    if isinstance(study, StoredStudy):
        return ["sim", "report", study.path.name]
    source = study.scenario.source
    command = ["sim", "report", _called(study.scenario), "-n", str(study.replications), "--seed", str(study.seed)]
    for path, value in source.overrides.items():
        command += ["--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}"]
    return [*command, "--what-if", source.what_if] if source.what_if else command


def _called(scenario: Scenario) -> str:
    """What a scenario is called on the command line: a shipped name, else its file (`scenario.yaml` where none is)."""
    from sim.scenario.shipped import shipped_folder

    source = scenario.source
    if source.file and source.folder == str(shipped_folder()):
        return source.name
    return Path(source.file).name if source.file else "scenario.yaml"
