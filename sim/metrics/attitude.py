"""What customers feel and hold, and loyalty as a survey finds it beside the inner truth.

Means over active customers come from whole-number totals. A survey has error, boxes and silence (Dick and Basu 1994).
"""

from __future__ import annotations

from typing import Unpack

import numpy as np

from sim.engine.state import FIXED_POINT
from sim.metrics.arithmetic import ratio, unknown
from sim.metrics.registry import BOOKS, Metric, Shown, metric, named
from sim.records.records import Floats, Ints, Records
from sim.records.surveys import QUADRANTS

MOODS = ("delighted", "content", "disappointed", "angry")
DICK_BASU = "Dick & Basu 1994"


def _mean(
    state: str, name: str, words: str, source: str = "definition", unit: str = "0..1", **shown: Unpack[Shown]
) -> Metric:
    """The mean of a state over a firm's active customers [T, F]; NaN with no customer."""
    def values(records: Records) -> Floats:
        return ratio(records.count(f"{state}_total") / FIXED_POINT, records.count("active_customers"))

    return metric(unit, "mean over active customers", source, "stock", BOOKS, **shown)(named(name, words, values))


satisfaction_0_1 = _mean("satisfaction", "satisfaction_0_1", "Satisfaction with the firm.", "C36", better="higher",
                         over_time=True)
expectation_0_1 = _mean("expectation", "expectation_0_1", "Quality that customers take for granted.", "C46")
trust_0_1 = _mean("trust", "trust_0_1", "Trust that the firm keeps its promises.", "C67", better="higher",
                  over_time=True)
commitment_0_1 = _mean("commitment", "commitment_0_1", "Commitment: attachment to the firm beyond habit.", "C78",
                       better="higher", over_time=True)
habit_0_1 = _mean("habit", "habit_0_1", "Habit: the pull of past purchases.", "C78", better="higher")
grievance_0_1 = _mean("grievance", "grievance_0_1", "What is held against the firm.", better="lower")
knowledge_0_1 = _mean("knowledge", "knowledge_0_1", "What the firm knows of its customers.", "C28", better="higher")
mood_valence_minus1_1 = _mean("valence", "mood_valence_minus1_1", "Mood from bad to good.", "Russell 1980", "-1..1",
                              better="higher")
mood_arousal_0_1 = _mean("arousal", "mood_arousal_0_1", "Excitement.", "Russell 1980")


def _mood(mood: str, words: str, **shown: Unpack[Shown]) -> Metric:
    """The share of a mood among active customers."""
    def values(records: Records) -> Floats:
        return ratio(records.count(mood), np.sum([records.count(each) for each in MOODS], axis=0))

    formula = f"{mood} / customers in any mood"
    return metric("share", formula, "Russell 1980", "stock", BOOKS, **shown)(named(f"{mood}_share", words, values))


delighted_share = _mood("delighted", "Good mood, excited.", better="higher", over_time=True)
content_share = _mood("content", "Good mood, calm.", better="higher", over_time=True)
disappointed_share = _mood("disappointed", "Bad mood, calm: these leave in silence.", better="lower", over_time=True)
angry_share = _mood("angry", "Bad mood, excited: these speak.", better="lower", over_time=True)


def _at_surveys(records: Records, above: Ints, below: Ints) -> Floats:
    """A quotient of counts of each survey [surveys, F] in its period, NaN between surveys."""
    values = unknown(records)
    if records.surveys:
        values[[wave.period for wave in records.surveys]] = ratio(above, below)
    return values


def _counts(records: Records, name: str) -> Ints:
    """A count of all surveys: [surveys, F], or [surveys, kinds, F]."""
    return np.array([getattr(wave, name) for wave in records.surveys], dtype=np.int64)


def _quadrant(quadrant: str, name: str, words: str, formula: str, **shown: Unpack[Shown]) -> Metric:
    """The share of a loyalty quadrant: as answered, or as it is where the name of the metric ends with inner_share."""
    counts = "inner_quadrants" if name.endswith("inner_share") else "quadrants"

    def values(records: Records) -> Floats:
        people = _counts(records, counts).reshape(-1, len(QUADRANTS), len(records.firms))
        return _at_surveys(records, people[:, QUADRANTS.index(quadrant)], people.sum(axis=1))

    return metric("share", formula, DICK_BASU, "survey", BOOKS, **shown)(named(name, words, values))


truly_loyal_survey_share = _quadrant(
    "true", "truly_loyal_survey_share", "True loyalty as answered. NaN between surveys.",
    "attitude high and behaviour high / who answered", label="truly loyal (survey)", better="higher")
latently_loyal_survey_share = _quadrant(
    "latent", "latently_loyal_survey_share", "Latent loyalty as answered. NaN between surveys.",
    "attitude high, behaviour low / who answered")
spuriously_loyal_survey_share = _quadrant(
    "spurious", "spuriously_loyal_survey_share", "Spurious loyalty as answered. NaN between surveys.",
    "attitude low, behaviour high / who answered")
not_loyal_survey_share = _quadrant(
    "none", "not_loyal_survey_share", "No loyalty as answered. NaN between surveys.",
    "attitude low, behaviour low / who answered", better="lower")
truly_loyal_inner_share = _quadrant(
    "true", "truly_loyal_inner_share", "True loyalty as it is, taken at the dates of surveys. NaN between them.",
    "commitment high and habit high, without error / active customers", better="higher")
spuriously_loyal_inner_share = _quadrant(
    "spurious", "spuriously_loyal_inner_share",
    "Spurious loyalty as it is (habit without commitment), taken at the dates of surveys. NaN between them.",
    "commitment low, habit high, without error / active customers")


@metric("points", "100 · (promoters − detractors) / who answered", "Reichheld 2003", "survey", reading=BOOKS,
        better="higher")
def nps_points(records: Records) -> Floats:
    """Net promoter score, −100..100: promoters answer 9 or 10, detractors 0 to 6. NaN between surveys."""
    leaning = _counts(records, "promoters") - _counts(records, "detractors")
    return 100.0 * _at_surveys(records, leaning, _counts(records, "answered"))


@metric("share", "answered in box 4 or 5 / who answered", "F10", "survey", reading=BOOKS, better="higher")
def attitude_top_two_share(records: Records) -> Floats:
    """Attitude in the two highest of five boxes. NaN between surveys."""
    boxes = _counts(records, "attitude_boxes").reshape(-1, 5, len(records.firms))
    return _at_surveys(records, boxes[:, 3:].sum(axis=1), _counts(records, "answered"))


@metric("share", "answered / asked", kind="survey", reading=BOOKS)
def survey_response_share(records: Records) -> Floats:
    """Response rate: share of the people surveyed who answered. NaN between surveys."""
    return _at_surveys(records, _counts(records, "answered"), _counts(records, "asked"))
