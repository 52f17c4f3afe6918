"""Asking customers how loyal they are: with error, in five boxes, and not everybody answers.

A survey sees answers, never the inside of a person. It is asked at the end of a period and changes nothing:
its luck has draws of its own, keyed by period, firm and person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.numerics import draws
from sim.numerics.elementary import normal
from sim.scenario.schema.root import Survey

QUADRANTS = ("true", "latent", "spurious", "none")
"""Dick and Basu (1994): attitude high or low, behaviour high or low."""

PROMOTER, PASSIVE = 9, 7
"""Lowest answers (0..10) of a promoter and of a passive (Reichheld 2003)."""

Luck = Callable[[str, str, NDArray[Any]], NDArray[np.float64]]
"""(what it is for, whose customer: firm's name, persons' numbers) -> uniforms between 0 and 1."""


@dataclass(frozen=True)
class SurveyWave:
    """One survey: totals per firm [F], and the single answers where the run keeps them.

    `asked`, `answered`: people. `quadrants`, `inner_quadrants`: people [4, F] in the order of QUADRANTS, the first
    as answered, the second by the truth of all who were asked (commitment and habit, without error).
    `promoters`, `passives`, `detractors`: people who answered. `attitude_boxes`: people [5, F].
    `answers`: columns customer, firm, attitude, behaviour (boxes 1..5), recommend (0..10), quadrant; or None.
    """

    period: int
    asked: NDArray[np.int64]
    answered: NDArray[np.int64]
    quadrants: NDArray[np.int64]
    inner_quadrants: NDArray[np.int64]
    promoters: NDArray[np.int64]
    passives: NDArray[np.int64]
    detractors: NDArray[np.int64]
    attitude_boxes: NDArray[np.int64]
    answers: dict[str, NDArray[Any]] | None = None


@dataclass(frozen=True)
class Asked:
    """What a survey needs to know: the people's numbers [N] and, per firm and person [F, N], the inner state.

    `committed_from` is the commitment that counts as high in the inner truth (`psychology.stages.committed`).
    """

    numbers: NDArray[Any]
    active: NDArray[np.bool_]
    commitment: NDArray[Any]
    satisfaction: NDArray[Any]
    habit: NDArray[Any]
    committed_from: float


def box(share: NDArray[np.float64]) -> NDArray[np.int8]:
    """Five boxes: 0..0.2 is box 1, 0.8..1 is box 5.

    >>> box(np.array([-0.1, 0.0, 0.59, 0.6, 1.3])).tolist()
    [1, 1, 3, 4, 5]
    """
    boxes: NDArray[np.int8] = np.clip(np.floor(share * 5.0 + 1e-9) + 1.0, 1, 5).astype(np.int8)
    return boxes


def quadrant(attitude_high: NDArray[np.bool_], behaviour_high: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Place in QUADRANTS: true (both high), latent (attitude only), spurious (behaviour only), none.

    >>> quadrant(np.array([True, True, False, False]), np.array([True, False, True, False])).tolist()
    [0, 1, 2, 3]
    """
    return np.where(attitude_high, np.where(behaviour_high, 0, 1), np.where(behaviour_high, 2, 3)).astype(np.int8)


def recalled_share(habit: NDArray[Any]) -> NDArray[np.float64]:
    """Share of wallet as a person recalls it [F, N]: habit at one firm over the habits at all firms; 0 without any."""
    habits = np.asarray(habit, dtype=np.float64)
    everywhere = np.zeros(habits.shape[1])
    for at_firm in habits:
        everywhere += at_firm
    return np.divide(habits, everywhere, out=np.zeros_like(habits), where=everywhere > 0)


def luck_of_survey(seed: int, period: int) -> Luck:
    """The keyed draws of a survey: by seed, period, question, firm's name and person."""

    def look_up(purpose: str, firm: str, numbers: NDArray[Any]) -> NDArray[np.float64]:
        with np.errstate(over="ignore"):
            key = draws.key(seed, period, purpose, draws.name_key(firm))
            found: NDArray[np.float64] = draws.uniform(key, numbers.astype(np.uint64))
        return found

    return look_up


def take_survey(period: int, firms: tuple[str, ...], asked: Asked, survey: Survey, luck: Luck) -> SurveyWave:
    """Ask the active customers of every firm.

    attitude  = w·commitment + (1 − w)·satisfaction + error, in five boxes (w is `survey.commitment_weight`)
    behaviour = recalled share of wallet + error, in five boxes
    recommend = 10·(satisfaction + (1 − satisfaction)·commitment + error), rounded to 0..10
    A box from `survey.high_from_box` on is high. The inner truth is high where commitment reaches
    `asked.committed_from` and the recalled share reaches the same box without error.
    """
    recalled = recalled_share(asked.habit)
    parts = [_ask_firm(place, name, asked, recalled, _Answering(survey, luck)) for place, name in enumerate(firms)]
    columns = {name: np.concatenate([part.answers[name] for part in parts]) for name in _ANSWERS}

    def per_firm(values: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.stack(values, axis=-1)

    recommend = [part.answers["recommend"] for part in parts]
    promoters = np.array([int((score >= PROMOTER).sum()) for score in recommend], dtype=np.int64)
    detractors = np.array([int((score < PASSIVE).sum()) for score in recommend], dtype=np.int64)
    answered = np.array([score.size for score in recommend], dtype=np.int64)
    return SurveyWave(
        period=period,
        asked=np.array([part.asked for part in parts], dtype=np.int64),
        answered=answered,
        quadrants=per_firm([np.bincount(part.answers["quadrant"], minlength=4) for part in parts]),
        inner_quadrants=per_firm([part.inner for part in parts]),
        promoters=promoters,
        passives=answered - promoters - detractors,
        detractors=detractors,
        attitude_boxes=per_firm([np.bincount(part.answers["attitude"], minlength=6)[1:] for part in parts]),
        answers=columns,
    )


def without_answers(wave: SurveyWave) -> SurveyWave:
    """The totals of a wave alone (for runs too big to keep single answers)."""
    totals = {name: value for name, value in vars(wave).items() if name != "answers"}
    return SurveyWave(**totals)


_ANSWERS = ("customer", "firm", "attitude", "behaviour", "recommend", "quadrant")


@dataclass(frozen=True)
class _Answering:
    survey: Survey
    luck: Luck


@dataclass(frozen=True)
class _FirmAnswers:
    asked: int
    inner: NDArray[np.int64]
    answers: dict[str, NDArray[Any]]


def _ask_firm(place: int, name: str, asked: Asked, recalled: NDArray[np.float64], how: _Answering) -> _FirmAnswers:
    survey = how.survey
    who = np.flatnonzero(asked.active[place])
    commitment = asked.commitment[place, who].astype(np.float64)
    habit = recalled[place, who]
    high = (survey.high_from_box - 1) / 5.0
    inner = quadrant(commitment >= asked.committed_from, habit >= high)
    answers = how.luck("survey_answers", name, asked.numbers[who]) < survey.response
    row, numbers = who[answers], asked.numbers[who[answers]]
    commitment, habit = commitment[answers], habit[answers]
    satisfaction = asked.satisfaction[place, row].astype(np.float64)

    def error(question: str) -> NDArray[np.float64]:
        spread: NDArray[np.float64] = survey.error * normal(how.luck(question, name, numbers))
        return spread

    weight = survey.commitment_weight
    attitude = box(weight * commitment + (1.0 - weight) * satisfaction + error("survey_attitude"))
    behaviour = box(habit + error("survey_behaviour"))
    liking = satisfaction + (1.0 - satisfaction) * commitment + error("survey_recommend")
    columns = {
        "customer": row.astype(np.int64),
        "firm": np.full(row.size, place, dtype=np.int16),
        "attitude": attitude,
        "behaviour": behaviour,
        "recommend": np.clip(np.floor(10.0 * liking + 0.5), 0, 10).astype(np.int8),
        "quadrant": quadrant(attitude >= survey.high_from_box, behaviour >= survey.high_from_box),
    }
    return _FirmAnswers(int(who.size), np.bincount(inner, minlength=4).astype(np.int64), columns)
