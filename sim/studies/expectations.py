"""Expectations are written before the first run and checked after it; the misses are kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.registry import metric_in_words
from sim.scenario.schema import Expectation
from sim.statistics.intervals import Floats, Interval, mean_interval, wilson_interval
from sim.studies.study import Study
from sim.text.language import marked, tr
from sim.text.numbers import percent, written
from sim.text.words import name_or_words, number_in_words

HOLDS, FAILS, TOO_CLOSE, IDENTICAL, UNCHECKED = (
    marked("holds"), marked("fails"), marked("too close to call"), marked("no difference at all"),
    marked("not checked"),
)
SIDES = {
    "above": marked("{firm} above {other} in {metric}{where}, year {year}"),
    "below": marked("{firm} below {other} in {metric}{where}, year {year}"),
    "close_to": marked("{firm} close to {other} in {metric}{where}, year {year}"),
}
SIDES |= {"above_value": SIDES["above"], "below_value": SIDES["below"]}
"""What an expectation may say, and how a person would say it."""


@dataclass(frozen=True)
class Verdict:
    """What became of an expectation: the word, in how many of how many runs it held, and the mean difference.

    `difference` is positive where the claim points: above: metric − other, below: other − metric.
    """

    expectation: Expectation
    claim: str
    word: str
    held: int
    runs: int
    difference: Interval
    sentence: str
    what_if_missing: bool = False


def check_expectations(study: Study) -> list[Verdict]:
    """Every expectation of a study's scenario, against its complete replications.

    In one run a claim holds when the difference points the right way and is not below the smallest interesting one.
    Over runs: "holds" when it does so in the share `confidence` of runs; else "no difference at all" when every
    difference is exactly 0; "too close to call" when the 95 % interval of the mean difference includes 0, or the
    interval of the share of runs (Wilson) includes the wanted share, or the mean is below the smallest interesting one;
    else "fails". A what-if that was not run is "not checked".
    """
    return [_check(study, claim, side) for claim in study.scenario.expect for side in SIDES
            if getattr(claim, side) is not None]


def _check(study: Study, claim: Expectation, side: str) -> Verdict:
    """One side of an expectation, e.g. "above" one value and "below" another."""
    words, needed = claim_in_words(study, claim, side), [_world(study, claim)]
    if not side.endswith("_value") and claim.against == "what_if":
        needed.append(getattr(claim, side))
    missing = [world for world in needed if world not in study.worlds]
    reason = ""
    if missing:
        reason = tr("{claim}: not checked, because the what-if {name!r} was not run (compare runs it).",
                    claim=words, name=name_or_words(missing[0]))
    elif claim.year is not None and claim.year > study.end:
        reason = tr("{claim}: not checked, because these runs end in year {year}.", claim=words,
                    year=number_in_words(study.end))
    if reason:
        return Verdict(claim, words, UNCHECKED, 0, 0, mean_interval([]), reason, bool(missing))
    return _judge(claim, words, _differences(study, claim, side), side == "close_to")


def _judge(claim: Expectation, words: str, every: Floats, closeness: bool) -> Verdict:
    """Close means: the difference is at most `smallest_interesting` either way, in the wanted share of runs."""
    least, differences = claim.smallest_interesting, every[np.isfinite(every)]
    runs = differences.size if closeness else every.size
    met = np.abs(differences) <= least if closeness else (differences > 0) & (differences >= least)
    held = int(met.sum())
    mean, share = mean_interval(differences), wilson_interval(held, runs)
    unsure = share.high >= claim.confidence
    if not closeness:
        unsure = runs > 1 and (unsure or not mean.excludes_zero or abs(mean.value) < least)
    if not differences.size:
        word = UNCHECKED
    elif held >= claim.confidence * runs:
        word = HOLDS
    elif not closeness and not differences.any():
        word = IDENTICAL
    else:
        word = TOO_CLOSE if unsure else FAILS
    size = written(f"{least:,g}")
    within = tr(" within {size}", size=size) if closeness else ""
    interest = tr("; smallest interesting difference {size}", size=size) if least and not closeness else ""
    sentence = tr("{claim}: {verdict} ({held} of {runs} runs{within}, wanted {share}{interest}).", claim=words,
                  verdict=tr(word), held=held, runs=runs, within=within, share=percent(claim.confidence),
                  interest=interest)
    return Verdict(claim, words, word, held, runs, mean, sentence)


def _world(study: Study, claim: Expectation) -> str:
    return study.base if claim.what_if is None else claim.what_if


def _differences(study: Study, claim: Expectation, side: str) -> Floats:
    """Per run, how far the claim is met: positive is the claimed direction."""
    world, target = _world(study, claim), getattr(claim, side)
    own = study.values(world, claim.metric, claim.firm, claim.year)
    if side.endswith("_value"):
        other: Floats = np.full(own.shape, float(target))
    else:
        against, firm = (target, claim.firm) if claim.against == "what_if" else (world, target)
        other = study.values(against, claim.metric, firm, claim.year)
    return own - other if side.startswith("above") else other - own


def claim_in_words(study: Study, claim: Expectation, side: str) -> str:
    """The claim as a person would say it: Root above Rush in customer equity, year 3."""
    other = getattr(claim, side)
    if side.endswith("_value"):
        other = written(f"{other:,g}")
    elif claim.against == "what_if":
        other = tr("what-if {name!r}", name=name_or_words(other))
    where = "" if claim.what_if is None else tr(", what-if {name!r}", name=name_or_words(claim.what_if))
    year = study.end if claim.year is None else claim.year
    return tr(SIDES[side], firm=claim.firm, other=other, metric=metric_in_words(claim.metric), where=where,
              year=written(f"{year:g}"))
