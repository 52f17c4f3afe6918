"""Everything that a report says, gathered from a study; the page only lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sim.reports.assumptions import Assumptions, assumptions_of
from sim.reports.contest import Answer, Contest, answered, contest_of
from sim.reports.drawings import Drawing
from sim.reports.extras import Extra, extras_of
from sim.reports.limits import Limits, cannot_tell
from sim.reports.numbers import NumberRow, Ranking, in_rows, key_numbers, ranking
from sim.reports.options import Lever, World, in_common, levers, spans, told
from sim.reports.otherwise import MANY, Otherwise, summed_up, under_circumstances
from sim.reports.pictures import as_replication, pictures
from sim.reports.reproduce import Again, again
from sim.reports.stored import is_whole
from sim.reports.words import counted, paragraphs, years
from sim.reports.worlds import worlds_of
from sim.scenario.effective import effective_yaml
from sim.studies.study import Study
from sim.text.console import Progress
from sim.text.words import joined


@dataclass(frozen=True)
class Claim:
    """An expectation that was written before the runs: what, why, and what became of it."""

    claim: str
    why: str
    word: str
    told: str


@dataclass(frozen=True)
class Content:
    """The parts of a report, in words."""

    title: str
    question: str
    notes: Sequence[str]
    setting: str
    answer: Answer
    more: Sequence[str]
    """Sentences below the answer: who overtakes whom, what circumstances do, what went wrong."""
    firms: Sequence[str]
    levers: Sequence[Lever]
    in_common: Sequence[str]
    options: Sequence[World]
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
    claims: Sequence[Claim]
    unchecked: int
    """Expectations that a file of runs does not answer."""
    otherwise: Sequence[Otherwise]
    assumptions: Assumptions
    limits: Limits
    again: Again
    scenario_text: str
    extras: Sequence[Extra] = field(default=())

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.again.name


def gathered(
    study: Study, metric: str | None = None, parts: Iterable[str] = (), progress: Progress | None = None
) -> Content:
    """The content of a report on runs; `parts` names what needs runs of its own (see `sim.reports.extras`).

    Raises:
        ValueError: there is no such metric or part, or no replicate is complete.
    """
    if not study.n:
        raise ValueError("No replicate is complete: there is nothing to report.")
    scenario, worlds = study.scenario, worlds_of(study)
    contest = contest_of(study, worlds, metric)
    numbers, found = key_numbers(study, contest), under_circumstances(study, worlds, contest)
    a, b = contest.pair or ("", "")
    varied = [change.path for one in found for change in one.world.changes]
    extras = extras_of(study, contest, parts, progress)
    moving = [path for extra in extras for path in extra.moving]
    return Content(
        title=scenario.title or scenario.source.name, question=" ".join(scenario.question.split()),
        notes=paragraphs(scenario.notes or ""),
        setting=_setting(study), answer=answered(contest), more=_more(study, contest, found),
        firms=tuple(scenario.firms), levers=levers(scenario), in_common=in_common(scenario),
        options=told(scenario, worlds.decisions),
        grid=spans(worlds.decisions) if len(worlds.decisions) > MANY else (),
        firm=contest.firm, first_option=contest.short(study.base), sides=(contest.short(a), contest.short(b)),
        numbers=in_rows(numbers, contest.currency), ranking=ranking(contest), runs=study.n,
        drawings=pictures(study, contest, numbers), claims=_claims(study),
        unchecked=0 if is_whole(study) else len(scenario.expect), otherwise=found,
        assumptions=assumptions_of(scenario, varied, moving),
        limits=cannot_tell(scenario), again=again(study, metric, extras), scenario_text=effective_yaml(scenario),
        extras=extras,
    )


def _setting(study: Study) -> str:
    """The market in one sentence."""
    scenario = study.scenario
    firms = joined(scenario.firms)
    options = "" if is_whole(study) else f" in {counted(len(study.worlds), 'point')}"
    return (f"{firms} in a market of {scenario.market.customers:,} people, watched for {years(study.end)}; "
            f"{counted(study.n, 'run')}{options} with the same luck in every option.")


def _more(study: Study, contest: Contest, found: Sequence[Otherwise]) -> list[str]:
    said = []
    if not contest.firm and len(study.firms) == 2 and study.n > 1 and is_whole(study):
        from sim.studies.figure_tables import overtaking

        clock = overtaking(as_replication(study))
        if clock is not None:
            said.append(f"In profit to date: {clock.sentence}")
    said += [summed_up(list(found), contest), study.note]
    return [sentence for sentence in said if sentence]


def _claims(study: Study) -> list[Claim]:
    """The expectations, with what became of them; they are about the scenario as written, not about other points."""
    from sim.studies.expectations import check_expectations

    if not is_whole(study):
        return []
    return [Claim(one.claim, one.expectation.why, one.word, one.sentence.removeprefix(f"{one.claim}: "))
            for one in check_expectations(study)]
