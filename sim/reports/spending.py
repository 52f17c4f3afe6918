"""What spending brings against spending nothing, and where money was short, as sentences of a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.metrics.registry import metric_in_words
from sim.reports.stored import StoredStudy, is_whole
from sim.reports.variants import sorted_variants, variant_name
from sim.runs.execution import Execution
from sim.studies.against_nothing import OUTCOME, against_nothing_beside
from sim.studies.strain import strained
from sim.studies.study import Study
from sim.text.console import Progress
from sim.text.words import joined

MOST_VARIANTS = 6
"""Of a study with more variants only the first is looked at."""


@dataclass(frozen=True)
class SpendingNotes:
    """Sentences: every firm `against` itself spending nothing; whose money was `short` as written and with what firms
    decide, and in which circumstances (`short_elsewhere`); whether Ctrl-C came.
    """

    against: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    short_elsewhere: tuple[str, ...] = ()
    stopped: bool = False


def spending_of(study: Study, idle: bool, progress: Progress | None = None) -> SpendingNotes:
    """What a report says of all variants; with `idle` firms that spend nothing are run, beside runs just made.

    Of runs out of a store nothing new is run, and a sweep does not know whose money was short.
    """
    variants = [*study.variants][:None if len(study.variants) <= MOST_VARIANTS else 1]

    short = [(one.variant, one.sentence) for one in strained(study, variants)] if is_whole(study) else []
    elsewhere = sorted_variants(study).circumstances
    told, aside = (tuple(_told([one for one in short if (one[0] in elsewhere) == away], study.base))
                   for away in (False, True))
    if not idle or study.n < 2 or study.stopped or isinstance(study, StoredStudy):
        return SpendingNotes((), told, aside)
    found = against_nothing_beside(study, variants, execution=Execution(progress=progress))
    lines = _told([(name, f"{words}.") for name, words in found.in_short().items()], study.base)
    heading = f"Against spending nothing, in {metric_in_words(OUTCOME)}: "
    against = tuple(f"{heading if place == 0 else ''}{line}" for place, line in enumerate(lines))
    return SpendingNotes(against, told, aside, found.stopped)


def _told(found: Iterable[tuple[str, str]], base: str) -> list[str]:
    """Sentences of variants, each said once.

    >>> _told([("as written", "Root has less."), ("no_cuts", "Root has less."), ("dear", "Rush has.")], "as written")
    ['Root has less. The same with “no cuts”.', 'With “dear”: Rush has.']
    """
    where: dict[str, list[str]] = {}
    for variant, words in found:
        where.setdefault(words, []).append(variant)
    lines = []
    for words, variants in where.items():
        others = joined(variant_name(name) for name in variants if name != base)
        if base not in variants:
            lines.append(f"With {others}: {words}")
        else:
            lines.append(f"{words} The same with {others}." if others else words)
    return lines
