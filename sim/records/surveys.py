"""Asking customers how loyal they are: with error, in five boxes, and not everybody answers.

A survey sees answers, never the inside of a person. It is taken at the end of a period and changes nothing: its draws
are its own, keyed by period, firm and person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.numerics import draws
from sim.numerics.elementary import normal
from sim.scenario.schema import Survey

QUADRANTS = ("true", "latent", "spurious", "none")
"""Dick and Basu (1994): attitude high or low, behaviour high or low."""

PROMOTER, PASSIVE = 9, 7
"""Lowest answers (0..10) of a promoter and of a passive (Reichheld 2003)."""

_QUESTIONS = ("survey_answers", "survey_attitude", "survey_behaviour", "survey_recommend")
"""Purposes of the draws: who answers, then the error of each answer."""


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
class Surveyed:
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


def take_survey(period: int, firms: tuple[str, ...], people: Surveyed, survey: Survey, seed: int) -> SurveyWave:
    """Ask the active customers of every firm; the draws are keyed by seed, period, question, firm's name and person.

    attitude  = w·commitment + (1 − w)·satisfaction + error, in five boxes (w is `survey.commitment_weight`)
    behaviour = recalled share of wallet + error, in five boxes
    recommend = 10·(satisfaction + (1 − satisfaction)·commitment + error), rounded to 0..10
    A box from `survey.high_from_box` on is high. The inner truth is high where commitment reaches
    `people.committed_from` and the recalled share reaches the same box without error.
    """
    def per_firm(firm: NDArray[np.int64], boxes: NDArray[Any], kinds: int) -> NDArray[np.int64]:
        return np.bincount(boxes.astype(np.int64) * len(firms) + firm, minlength=kinds * len(firms)).reshape(kinds, -1)

    keys = draws.keys_of(seed, period, _QUESTIONS, tuple(draws.name_key(name) for name in firms))
    firm, who = np.nonzero(people.active)
    numbers, commitment = people.numbers[who].astype(np.uint64), people.commitment[firm, who].astype(np.float64)
    habit, high = recalled_share(people.habit)[firm, who], survey.high_from_box
    asked = np.bincount(firm, minlength=len(firms))
    inner = per_firm(firm, quadrant(commitment >= people.committed_from, habit >= (high - 1) / 5.0), 4)
    answers = draws.uniform(keys[0][firm], numbers) < survey.response
    firm, who, numbers, commitment, habit = (column[answers] for column in (firm, who, numbers, commitment, habit))
    satisfaction = people.satisfaction[firm, who].astype(np.float64)
    error = survey.error * normal(draws.uniform(keys[1:][:, firm], numbers))
    weight = survey.commitment_weight
    attitude = box(weight * commitment + (1.0 - weight) * satisfaction + error[0])
    behaviour = box(habit + error[1])
    liking = satisfaction + (1.0 - satisfaction) * commitment + error[2]
    recommend = np.clip(np.floor(10.0 * liking + 0.5), 0, 10).astype(np.int8)
    quadrants = quadrant(attitude >= high, behaviour >= high)
    groups = per_firm(firm, np.searchsorted((PASSIVE, PROMOTER), recommend, side="right"), 3)
    return SurveyWave(
        period=period, asked=asked, answered=np.bincount(firm, minlength=len(firms)),
        quadrants=per_firm(firm, quadrants, 4), inner_quadrants=inner,
        promoters=groups[2], passives=groups[1], detractors=groups[0], attitude_boxes=per_firm(firm, attitude - 1, 5),
        answers={"customer": who.astype(np.int64), "firm": firm.astype(np.int16), "attitude": attitude,
                 "behaviour": behaviour, "recommend": recommend, "quadrant": quadrants},
    )
