"""Expectations are written before the first run and checked after it; the misses are kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.registry import metric_in_words
from sim.scenario.schema import Expectation
from sim.statistics.intervals import Floats, Interval, mean_interval, wilson_interval
from sim.studies.study import Study

HOLDS, FAILS, TOO_CLOSE, IDENTICAL, UNCHECKED = (
    "holds", "fails", "too close to call", "no difference at all", "not checked",
)
SIDES = ("above", "below", "close_to", "above_value", "below_value")


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
        reason = f"the what-if {missing[0]!r} was not run (compare runs it)"
    elif claim.year is not None and claim.year > study.end:
        reason = f"these runs end in year {study.end:g}"
    if reason:
        return Verdict(claim, words, UNCHECKED, 0, 0, mean_interval([]), f"{words}: not checked, because {reason}.")
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
    within = f" within {least:,g}" if closeness else ""
    interest = f"; smallest interesting difference {least:,g}" if least and not closeness else ""
    sentence = f"{words}: {word} ({held} of {runs} runs{within}, wanted {100 * claim.confidence:.0f} %{interest})."
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
        other = f"{other:,g}"
    elif claim.against == "what_if":
        other = f"what-if {other!r}"
    metric = metric_in_words(claim.metric)
    where = f", what-if {claim.what_if!r}" if claim.what_if is not None else ""
    year = study.end if claim.year is None else claim.year
    return f"{claim.firm} {side.removesuffix('_value').replace('_', ' ')} {other} in {metric}{where}, year {year:g}"
