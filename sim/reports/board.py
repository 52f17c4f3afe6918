"""`sim.report`: a scenario, or runs that were made of one, as a report for a board."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.engine.compiled import rules_hash
from sim.reports.answer import (
    MANY,
    BoardAnswer,
    Circumstance,
    Contest,
    answered,
    contest_of,
    in_words,
    key_numbers,
    ranking,
    summed_up,
    under_circumstances,
)
from sim.reports.assumptions import Assumptions, Limits, assumptions_of, cannot_tell
from sim.reports.pictures import Drawing, Extra, as_replication, extras_of, pictures
from sim.reports.spending import SpendingNotes, spending_of
from sim.reports.stored import StoredStudy, is_stored, is_whole
from sim.reports.variants import Variant, described, grid_values, sorted_variants
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.manifest import versions
from sim.runs.task import FAILED
from sim.scenario.calling import options_of
from sim.scenario.changes import changes_in_words
from sim.scenario.effective import effective_yaml, scenario_hash
from sim.scenario.explain_firms import Lever, firms_in_words, levers
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped_folder
from sim.studies.compare import compare
from sim.studies.expectations import Verdict, check_expectations
from sim.studies.figure_tables import overtaking
from sim.studies.replicate import replicate
from sim.studies.study import Study
from sim.text.console import Progress
from sim.text.files import write_text
from sim.text.findings import Finding, sentence
from sim.text.language import SOURCE, speaking
from sim.text.numbers import MISSING
from sim.text.words import joined

TEMPLATE = "board.html.j2"
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
    date: str = ""  # when the first of the last runs was made, where a store says so


@dataclass(frozen=True)
class Content:
    """The parts of a report: the runs, who is compared in what, and everything that is said of them.

    `more`: sentences below the answer (who overtakes whom, what circumstances do, what went wrong). `options`: the
    decisions beside the first; where there are many, `grid` says what is varied among them. `sides`: the heads of the
    two sides. `numbers`, `ranking`: lines of tables of differences (see `sim.reports.answer.in_words`). `claims`: what
    was expected before the runs, and what became of it. `spending`: against spending nothing, and money
    that was short.
    """

    study: Study
    contest: Contest
    setting: str
    answer: BoardAnswer
    more: Sequence[str]
    levers: Sequence[Lever]
    in_common: Sequence[str]
    options: Sequence[Variant]
    grid: Sequence[str]
    sides: tuple[str, str]
    numbers: Sequence[Mapping[str, str]]
    ranking: Sequence[Mapping[str, str]]
    drawings: Sequence[Drawing]
    claims: Sequence[Verdict]
    circumstances: Sequence[Circumstance]
    assumptions: Assumptions
    limits: Limits
    reproduction: Reproduction
    scenario_text: str
    extras: Sequence[Extra]
    spending: SpendingNotes


@dataclass(frozen=True)
class Report:
    """A finished report: what it says (`content`) and the page itself (`html`)."""

    content: Content
    html: str

    def __repr__(self) -> str:
        return f"<Report on {self.content.reproduction.name}: {self.content.answer.sentence}>"

    def explain(self) -> str:
        """The answer in plain sentences."""
        return f"{self.content.answer.sentence} {self.content.answer.surety}"

    def save(self, path: str | Path) -> Path:
        """Write the page into a file, whole or not at all; gives the path back."""
        return write_text(Path(path), self.html)


def report(
    source: ScenarioLike | Study,
    replications: int | None = None,
    *,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    metric: str | None = None,
    parts: Iterable[str] = (),
    idle: bool = True,
    progress: Progress | None = None,
) -> Report:
    """A report for a board: question, options, answer with its interval, pictures, assumptions, limits.

    `source` is a scenario, which is run with all its what-ifs; a comparison or replication that was run already; or the
    file in which a study keeps its runs: then nothing is run, and `replications`, `seed` and `overrides` do not count.
    `metric` is what is compared (see `contest_of`). `replications` and `seed` come from the scenario unless given.
    `parts` need more runs: "tornado" (which assumptions move the answer), "flip" (the smallest change that reverses
    it), "stress" (a recession, a price war, a crisis). `idle`: also every firm against itself spending nothing, in at
    most 8 runs (not of a file).

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a number is out of range, there is no such metric or part, or no replicate is complete.
    """
    if isinstance(source, Study):
        study = source
    elif isinstance(source, str | Path) and is_stored(source):
        study = StoredStudy(source)
    else:
        study = runs_of(prepared(source, overrides), replications, seed, progress)
    with speaking(SOURCE):  # the page is in English
        content = gathered(study, metric, parts, progress, idle)
        return Report(content, rendered(content))


def runs_of(
    scenario: ScenarioLike, replications: int | None, seed: int | None, progress: Progress | None
) -> Study:
    """The runs of a report: the scenario with all its what-ifs in pairs, or alone where it has none."""
    chosen = prepared(scenario)
    number = chosen.runs.replications if replications is None else replications
    if chosen.what_if:
        return compare(chosen, number, seed=seed, progress=progress)
    return replicate(chosen, number, seed=seed, progress=progress)


def gathered(
    study: Study, metric: str | None = None, parts: Iterable[str] = (), progress: Progress | None = None,
    idle: bool = True,
) -> Content:
    """The content of a report on runs; `parts` names what needs runs of its own (see `sim.reports.pictures.KINDS`).

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
    options = "" if is_whole(study) else f" in {len(study.worlds):,} points"
    setting = Finding(joined(scenario.firms), n=study.n, message=SETTING, details={
        "people": scenario.market.customers, "years": study.end, "options": options})
    varied = [change.path for one in circumstances for change in one.variant.changes]
    return Content(
        study, contest, " ".join(filter(None, [sentence(setting), _changed(scenario)])), answered(contest),
        _more(study, contest, circumstances), levers(scenario),
        in_common=[line for line in firms_in_words(scenario, frozenset()) if not line.startswith("|")],
        options=described(scenario, variants.decisions),
        grid=grid_values(variants.decisions) if len(variants.decisions) > MANY else (),
        sides=(contest.short(a), contest.short(b)),
        numbers=[in_words(row["label"], row, row["unit"], contest.currency) for row in numbers.to_dict("records")],
        ranking=ranking(contest), drawings=pictures(study, contest, numbers),
        claims=check_expectations(study) if is_whole(study) else (), circumstances=circumstances,
        assumptions=assumptions_of(scenario, varied, [path for extra in extras for path in extra.moving]),
        limits=cannot_tell(scenario), reproduction=_reproduction(study, metric, extras, idle),
        scenario_text=effective_yaml(scenario), extras=extras, spending=spending_of(study, idle, progress),
    )


def _more(study: Study, contest: Contest, circumstances: Sequence[Circumstance]) -> list[str]:
    found = []
    if not contest.firm and len(study.firms) == 2 and is_whole(study):
        overtaken = overtaking(as_replication(study))
        found += [] if overtaken is None else [f"In profit to date: {overtaken.sentence}"]
    found += map(sentence, summed_up(circumstances, contest))
    return [*found, study.note] if study.note else found


def _reproduction(study: Study, metric: str | None, extras: Sequence[Extra], idle: bool) -> Reproduction:
    """How to get the same numbers again: the command, the seeds, the hashes, the versions."""
    scenario = study.scenario
    stored = study.manifest if isinstance(study, StoredStudy) else {}
    first, last = study.seed, study.seed + study.replications - 1
    seeds = f"Seed {first}" if first == last else f"Seeds {first} to {last}, the same in every option"
    if isinstance(study, StoredStudy):
        seeds += f"; the runs are kept in {study.path.name} (content {stored['content']})"
    people = ("new people in every run, the same in every option" if scenario.runs.world_seed is None
              else f"the same people in every run (world_seed {scenario.runs.world_seed})")
    command = [*_command(study), *(["--metric", metric] if metric else []), *(f"--{extra.kind}" for extra in extras),
               *([] if idle or isinstance(study, StoredStudy) else ["--no-idle"])]
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
    command = ["sim", "report", _called(study.scenario), "-n", str(study.replications), "--seed", str(study.seed)]
    return [*command, *options_of(study.scenario)]


def _changed(scenario: Scenario) -> str:
    """What options changed, as a sentence."""
    words = changes_in_words(scenario)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _called(scenario: Scenario) -> str:
    """What a scenario is called on the command line: a shipped name, else its file (`scenario.yaml` where none is)."""
    source = scenario.source
    if source.file and source.folder == str(shipped_folder()):
        return source.name
    return Path(source.file).name if source.file else "scenario.yaml"


def rendered(content: Content) -> str:
    """The page: one document, no script, no outside request, the same content the same bytes.

    Everything that comes from a scenario is text: the template escapes it.
    """
    home = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )
    home.filters["typeset"] = typeset
    study = content.study
    return home.get_template(TEMPLATE).render(content=content, study=study, scenario=study.scenario,
                                              contest=content.contest, whole=is_whole(study))


def typeset(text: str) -> str:
    """The text with real minus signs before its numbers; a dash where a number is missing.

    >>> typeset("-EUR 420 to +EUR 1,300 (-3.7)"), typeset("year-1 of 10-20"), typeset("-")
    ('−EUR 420 to +EUR 1,300 (−3.7)', 'year-1 of 10-20', '–')
    """
    return "–" if text == MISSING else re.sub(r"(?<![\w)])-(?=\d|[^\W\d]+ \d)", "−", text)
