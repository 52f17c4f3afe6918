"""What spending brings against spending nothing, and where money was short, as sentences of a report."""

from __future__ import annotations

from dataclasses import dataclass

from sim.metrics.registry import metric_in_words
from sim.reports.stored import StoredStudy, is_whole
from sim.reports.variants import variant_name
from sim.runs.execution import Execution
from sim.studies.against_nothing import OUTCOME, against_nothing_beside
from sim.studies.strain import strained
from sim.studies.study import Study
from sim.text.console import Progress

MOST_VARIANTS = 6
"""Of a study with more variants only the first is looked at."""


@dataclass(frozen=True)
class SpendingNotes:
    """Sentences: every firm `against` itself spending nothing, and whose money was `short`; whether Ctrl-C came."""

    against: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    stopped: bool = False


def spending_of(study: Study, idle: bool, progress: Progress | None = None) -> SpendingNotes:
    """What a report says of all variants; with `idle` firms that spend nothing are run, beside runs just made.

    Of runs out of a store nothing new is run, and a sweep does not know whose money was short.
    """
    variants = [*study.variants][:None if len(study.variants) <= MOST_VARIANTS else 1]

    def of_variant(name: str, words: str) -> str:
        return words if name == study.base else f"With {variant_name(name)}: {words}"

    short = tuple(of_variant(one.variant, one.sentence) for one in strained(study, variants)) if is_whole(study) else ()
    if not idle or study.n < 2 or study.stopped or isinstance(study, StoredStudy):
        return SpendingNotes(short=short)
    found = against_nothing_beside(study, variants, execution=Execution(progress=progress))
    lines = (of_variant(name, f"{words}.") for name, words in found.in_short().items())
    heading = f"Against spending nothing, in {metric_in_words(OUTCOME)}: "
    against = tuple(f"{heading if place == 0 else ''}{line}" for place, line in enumerate(lines))
    return SpendingNotes(against, short, found.stopped)
