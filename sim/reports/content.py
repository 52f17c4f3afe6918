"""Everything that a report says, gathered from a study; the page only lays it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.experiments.study import Study
from sim.reports.assumptions import Assumptions, assumptions_of
from sim.reports.contest import Answer, Contest, answered, contest_of
from sim.reports.drawings import Drawing
from sim.reports.limits import Limits, cannot_tell
from sim.reports.options import Lever, World, in_common, levers, worlds
from sim.reports.otherwise import Otherwise, summed_up, under_circumstances
from sim.reports.pictures import as_replication, key_numbers, pictures
from sim.reports.reproduce import Again, again
from sim.reports.words import amount, first_capital, listed, paragraphs, span, years
from sim.reports.worlds import decisions
from sim.scenario.effective import effective_yaml

if TYPE_CHECKING:
    import pandas as pd

    from sim.reports.extras import Extra


@dataclass(frozen=True)
class NumberRow:
    """One line of the table of headline numbers, in words."""

    label: str
    a: str
    b: str
    difference: str
    interval: str
    ahead: str
    verdict: str


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
    firm: str
    """The firm whose options are compared; empty where firms are."""
    sides: tuple[str, str]
    numbers: Sequence[NumberRow]
    runs: int
    drawings: Sequence[Drawing]
    claims: Sequence[Claim]
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


def gathered(study: Study, metric: str | None = None, extras: Sequence[Extra] = ()) -> Content:
    """The content of a report on runs.

    Raises:
        ValueError: there is no such metric, or no replicate is complete.
    """
    if not study.n:
        raise ValueError("No replicate is complete: there is nothing to report.")
    scenario, contest = study.scenario, contest_of(study, metric)
    numbers, found = key_numbers(study, contest), under_circumstances(study, contest)
    a, b = contest.pair or ("", "")
    varied = [change.path for one in found for change in one.world.changes]
    moving = [path for extra in extras for path in extra.moving]
    return Content(
        title=scenario.title or scenario.source.name, question=" ".join(scenario.question.split()),
        notes=paragraphs(scenario.notes or ""),
        setting=_setting(study), answer=answered(contest), more=_more(study, contest, found),
        firms=tuple(scenario.firms), levers=levers(scenario), in_common=in_common(scenario),
        options=worlds(study, decisions(study)), firm=contest.firm, sides=(_short(contest, a), _short(contest, b)),
        numbers=_rows(numbers, contest), runs=study.n, drawings=pictures(study, contest, numbers),
        claims=_claims(study), otherwise=found, assumptions=assumptions_of(scenario, varied, moving),
        limits=cannot_tell(scenario), again=again(study, metric, extras), scenario_text=effective_yaml(scenario),
        extras=extras,
    )


def _short(contest: Contest, side: str) -> str:
    """A side as the head of a column."""
    return contest.called(side).removeprefix("the plan ")


def _setting(study: Study) -> str:
    """The market in one sentence."""
    scenario = study.scenario
    firms = listed(scenario.firms)
    return (f"{firms} in a market of {scenario.market.customers:,} people, watched for {years(study.end)}; "
            f"{study.n} runs with the same luck in every option.")


def _more(study: Study, contest: Contest, found: Sequence[Otherwise]) -> list[str]:
    said = []
    if not contest.firm and len(study.firms) == 2 and study.n > 1:
        from sim.tables import overtaking

        clock = overtaking(as_replication(study))
        if clock is not None:
            said.append(f"In profit to date: {clock.sentence}")
    said += [summed_up(list(found), contest), *_other_options(contest), study.note]
    return [sentence for sentence in said if sentence]


def _other_options(contest: Contest) -> list[str]:
    """Where one firm has several options: each of them against the first, and how to read several intervals."""
    sides = list(contest.sides)
    if not contest.firm or len(sides) < 3:
        return []
    told = []
    for side in sides[1:]:
        cells = contest.cells(sides[0], side)
        gap = amount(cells["difference"], contest.unit, contest.currency, signed=True)
        interval = span(cells["low"], cells["high"], contest.unit, contest.currency, signed=True)
        pair = f"{contest.called(side)} against {contest.called(sides[0])}"
        told.append(f"{first_capital(pair)}: {gap} ({interval}), {cells['verdict']}.")
    return [*told, f"{len(told)} intervals are read together: each misses by chance once in twenty times."]


def _rows(numbers: pd.DataFrame, contest: Contest) -> list[NumberRow]:
    found = []
    for row in numbers.to_dict("records"):
        unit, currency = str(row["unit"]), contest.currency
        found.append(NumberRow(
            str(row["label"]), amount(row["mean_a"], unit, currency), amount(row["mean_b"], unit, currency),
            amount(row["difference"], unit, currency, signed=True),
            span(row["low"], row["high"], unit, "", signed=True), f"{row['won_by_b']} of {row['n']}",
            str(row["verdict"]),
        ))
    return found


def _claims(study: Study) -> list[Claim]:
    from sim.experiments.expectations import check_expectations

    return [Claim(one.claim, one.expectation.why, one.word, one.sentence.removeprefix(f"{one.claim}: "))
            for one in check_expectations(study)]

