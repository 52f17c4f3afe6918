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
    difference is exactly 0; "too close to call" when the 95 % interval of the mean difference holds 0, or the interval
    of the share of runs (Wilson) holds the wanted share, or the mean is below the smallest interesting one; else
    "fails". A what-if that was not run is "not checked".
    """
    return [verdict for claim in study.scenario.expect for verdict in _sides(study, claim)]


def _sides(study: Study, claim: Expectation) -> list[Verdict]:
    """An expectation may have two sides, e.g. above one value and below another: each is checked."""
    made = []
    for side in ("above", "below", "close_to", "above_value", "below_value"):
        if getattr(claim, side) is not None:
            made.append(_check(study, claim, side))
    return made


def _check(study: Study, claim: Expectation, side: str) -> Verdict:
    words = claim_in_words(study, claim, side)
    missing = _missing_world(study, claim, side)
    if missing is not None:
        sentence = f"{words}: not checked, because the what-if {missing!r} was not run (compare runs it)."
        return Verdict(claim, words, UNCHECKED, 0, 0, mean_interval([]), sentence)
    if claim.year is not None and claim.year > study.end:
        sentence = f"{words}: not checked, because these runs end in year {study.end:g}."
        return Verdict(claim, words, UNCHECKED, 0, 0, mean_interval([]), sentence)
    differences = _differences(study, claim, side, claim.year)
    finite = differences[np.isfinite(differences)]
    if side == "close_to":
        return _judge_closeness(claim, words, finite)
    return _judge(claim, words, finite, differences.size)


def _judge(claim: Expectation, words: str, differences: Floats, runs: int) -> Verdict:
    least = claim.smallest_interesting
    held = int(((differences > 0) & (differences >= least)).sum())
    mean, share = mean_interval(differences), wilson_interval(held, runs)
    if runs == 0 or not differences.size:
        word = UNCHECKED
    elif held >= claim.confidence * runs:
        word = HOLDS
    elif not differences.any():
        word = IDENTICAL
    elif runs > 1 and (not mean.excludes_zero or share.high >= claim.confidence or abs(mean.value) < least):
        word = TOO_CLOSE
    else:
        word = FAILS
    interest = f"; smallest interesting difference {least:,g}" if least else ""
    sentence = f"{words}: {word} ({held} of {runs} runs, wanted {claim.confidence:.0%}{interest})."
    return Verdict(claim, words, word, held, runs, mean, sentence)


def _judge_closeness(claim: Expectation, words: str, differences: Floats) -> Verdict:
    """Close means: the difference is at most `smallest_interesting` either way, in the wanted share of runs."""
    runs, held = int(differences.size), int((np.abs(differences) <= claim.smallest_interesting).sum())
    word = UNCHECKED if runs == 0 else HOLDS if held >= claim.confidence * runs else FAILS
    if word == FAILS and wilson_interval(held, runs).high >= claim.confidence:
        word = TOO_CLOSE
    sentence = (f"{words}: {word} ({held} of {runs} runs within {claim.smallest_interesting:,g}, "
                f"wanted {claim.confidence:.0%}).")
    return Verdict(claim, words, word, held, runs, mean_interval(differences), sentence)


def _world(study: Study, claim: Expectation) -> str:
    return study.base if claim.what_if is None else claim.what_if


def _missing_world(study: Study, claim: Expectation, side: str) -> str | None:
    wanted = [_world(study, claim)]
    if side in ("above", "below", "close_to") and claim.against == "what_if":
        wanted.append(getattr(claim, side))
    return next((name for name in wanted if name not in study.worlds), None)


def _differences(study: Study, claim: Expectation, side: str, year: float | None) -> Floats:
    """Per run, how far the claim is met: positive is the claimed direction."""
    world = _world(study, claim)
    own = study.values(world, claim.metric, claim.firm, year)
    if side.endswith("_value"):
        other: Floats = np.full(own.shape, float(getattr(claim, side)))
    elif claim.against == "what_if":
        other = study.values(getattr(claim, side), claim.metric, claim.firm, year)
    else:
        other = study.values(world, claim.metric, getattr(claim, side), year)
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
