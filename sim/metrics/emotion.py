"""What customers feel and hold: means over active customers, from whole-number totals."""

from __future__ import annotations

import numpy as np

from sim.metrics.arithmetic import mean_of_active, ratio
from sim.metrics.registry import BOOKS, metric
from sim.records.records import Floats, Records

MOODS = ("delighted", "content", "disappointed", "angry")


@metric("0..1", "mean over active customers", "C36", "stock", reading=BOOKS, better="higher", headline=9)
def satisfaction_0_1(records: Records) -> Floats:
    """Satisfaction with the firm."""
    return mean_of_active(records, "satisfaction")


@metric("0..1", "mean over active customers", "C46", "stock", reading=BOOKS)
def expectation_0_1(records: Records) -> Floats:
    """Quality that customers take for granted."""
    return mean_of_active(records, "expectation")


@metric("0..1", "mean over active customers", "C67", "stock", reading=BOOKS, better="higher")
def trust_0_1(records: Records) -> Floats:
    """Trust that the firm keeps its promises."""
    return mean_of_active(records, "trust")


@metric("0..1", "mean over active customers", "C78", "stock", reading=BOOKS, better="higher", headline=10)
def commitment_0_1(records: Records) -> Floats:
    """Commitment: attachment to the firm beyond habit."""
    return mean_of_active(records, "commitment")


@metric("0..1", "mean over active customers", "C78", "stock", reading=BOOKS, better="higher")
def habit_0_1(records: Records) -> Floats:
    """Habit: the pull of past purchases."""
    return mean_of_active(records, "habit")


@metric("0..1", "mean over active customers", "definition", "stock", reading=BOOKS, better="lower")
def grievance_0_1(records: Records) -> Floats:
    """What is held against the firm."""
    return mean_of_active(records, "grievance")


@metric("0..1", "mean over active customers", "C28", "stock", reading=BOOKS, better="higher")
def knowledge_0_1(records: Records) -> Floats:
    """What the firm knows of its customers."""
    return mean_of_active(records, "knowledge")


@metric("-1..1", "mean over active customers", "Russell 1980", "stock", reading=BOOKS, better="higher")
def mood_valence_minus1_1(records: Records) -> Floats:
    """Mood from bad to good."""
    return mean_of_active(records, "valence")


@metric("0..1", "mean over active customers", "Russell 1980", "stock", reading=BOOKS)
def mood_arousal_0_1(records: Records) -> Floats:
    """Excitement."""
    return mean_of_active(records, "arousal")


def _mood(records: Records, name: str) -> Floats:
    everybody = np.sum([records.count(mood) for mood in MOODS], axis=0)
    return ratio(records.count(name), everybody)


@metric("share", "delighted / customers in any mood", "Russell 1980", "stock", reading=BOOKS, better="higher")
def delighted_share(records: Records) -> Floats:
    """Good mood, excited."""
    return _mood(records, "delighted")


@metric("share", "content / customers in any mood", "Russell 1980", "stock", reading=BOOKS, better="higher")
def content_share(records: Records) -> Floats:
    """Good mood, calm."""
    return _mood(records, "content")


@metric("share", "disappointed / customers in any mood", "Russell 1980", "stock", reading=BOOKS, better="lower")
def disappointed_share(records: Records) -> Floats:
    """Bad mood, calm: these leave in silence."""
    return _mood(records, "disappointed")


@metric("share", "angry / customers in any mood", "Russell 1980", "stock", reading=BOOKS, better="lower")
def angry_share(records: Records) -> Floats:
    """Bad mood, excited: these speak."""
    return _mood(records, "angry")
