"""Loyalty as a survey finds it (with error, boxes and silence) beside the inner truth (Dick and Basu 1994)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.metrics.arithmetic import ratio, unknown
from sim.metrics.registry import BOOKS, metric
from sim.records.records import Floats, Ints, Records
from sim.records.surveys import QUADRANTS

DICK_BASU = "Dick & Basu 1994"


def _at_surveys(records: Records, above: Ints, below: Ints) -> Floats:
    """A quotient of counts of each survey [surveys, F] in its period, NaN between surveys."""
    found = unknown(records)
    if records.surveys:
        found[[wave.period for wave in records.surveys]] = ratio(above, below)
    return found


def _counts(records: Records, name: str) -> Ints:
    """A count of all surveys: [surveys, F], or [surveys, kinds, F]."""
    return np.array([getattr(wave, name) for wave in records.surveys], dtype=np.int64)


def _share(records: Records, quadrant: str, inner: bool = False) -> Floats:
    people = _counts(records, "inner_quadrants" if inner else "quadrants")
    people = people.reshape(-1, len(QUADRANTS), len(records.firms))
    return _at_surveys(records, people[:, QUADRANTS.index(quadrant)], people.sum(axis=1))


@metric("share", "attitude high and behaviour high / who answered", DICK_BASU, "survey", reading=BOOKS,
        label="truly loyal (survey)", better="higher", headline=5)
def truly_loyal_survey_share(records: Records) -> Floats:
    """True loyalty as answered. NaN between surveys."""
    return _share(records, "true")


@metric("share", "attitude high, behaviour low / who answered", DICK_BASU, "survey", reading=BOOKS)
def latently_loyal_survey_share(records: Records) -> Floats:
    """Latent loyalty as answered. NaN between surveys."""
    return _share(records, "latent")


@metric("share", "attitude low, behaviour high / who answered", DICK_BASU, "survey", reading=BOOKS)
def spuriously_loyal_survey_share(records: Records) -> Floats:
    """Spurious loyalty as answered. NaN between surveys."""
    return _share(records, "spurious")


@metric("share", "attitude low, behaviour low / who answered", DICK_BASU, "survey", reading=BOOKS, better="lower")
def not_loyal_survey_share(records: Records) -> Floats:
    """No loyalty as answered. NaN between surveys."""
    return _share(records, "none")


@metric("share", "commitment high and habit high, without error / active customers", DICK_BASU, "survey", reading=BOOKS,
        better="higher")
def truly_loyal_inner_share(records: Records) -> Floats:
    """True loyalty as it is, taken at the dates of surveys. NaN between them."""
    return _share(records, "true", inner=True)


@metric("share", "commitment low, habit high, without error / active customers", DICK_BASU, "survey", reading=BOOKS)
def spuriously_loyal_inner_share(records: Records) -> Floats:
    """Spurious loyalty as it is (habit without commitment), taken at the dates of surveys. NaN between them."""
    return _share(records, "spurious", inner=True)


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


def survey_moves(records: Records) -> dict[str, np.ndarray]:
    """From which quadrant to which, from one survey to the next, among those who answered both.

    Returns columns period (of the later survey), firm (place), start, end (places in QUADRANTS), people. Who did not
    answer both surveys is not there. Empty without single answers.
    """
    waves = [wave for wave in records.surveys if wave.answers is not None]
    columns: list[np.ndarray] = []
    size = records.people_count
    for before, after in pairwise(waves):
        assert before.answers is not None
        assert after.answers is not None
        earlier, later = (w["firm"].astype(np.int64) * size + w["customer"] for w in (before.answers, after.answers))
        _, old, new = np.intersect1d(earlier, later, assume_unique=True, return_indices=True)
        move = (before.answers["firm"][old].astype(np.int64) * 4 + before.answers["quadrant"][old]) * 4
        people = np.bincount(move + after.answers["quadrant"][new], minlength=16 * len(records.firms))
        places = np.arange(people.size)
        when = np.full(people.size, after.period)
        columns.append(np.stack([when, places // 16, places // 4 % 4, places % 4, people]))
    table = np.concatenate(columns, axis=1) if columns else np.empty((5, 0), dtype=np.int64)
    return dict(zip(("period", "firm", "start", "end", "people"), table, strict=True))
