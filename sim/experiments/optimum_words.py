"""An optimum in words: what is better and how surely, what the search flattered, where a range may be too narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.answer import and_list
from sim.experiments.factors import Factor
from sim.experiments.statistics import mean_interval, share_ahead
from sim.scenario.words import counted

if TYPE_CHECKING:
    from sim.experiments.model import Changes
    from sim.experiments.optimum import Optimum, Trial

AT_END = 0.05
"""Part of a range within which a value counts as lying at its end."""


def title(found: Optimum) -> str:
    """The result in a line."""
    if not found.two:
        worse = "Nothing that was tried beats the levers as written"
        unsure = "Nothing better than as written, beyond luck"
        return "Better levers, on fresh luck too" if found.is_sure else worse if found.is_worse else unsure
    ways = len(found.front)
    if ways == 0:
        return "Nothing beats the levers as written"
    if found.checks[0].on_front:
        return f"{counted(ways, 'way')} beside the levers as written, none better in both goals"
    return "One way is best in both goals" if ways == 1 else f"{ways} ways between two goals"


def explained(found: Optimum) -> str:
    """What was found, and what the ranges of the levers have to do with it."""
    told = found.front if found.two else found.checks[1:]
    notes = range_notes(found.levers, [trial.changes for trial in told])
    return " ".join([_front_words(found) if found.two else _best_words(found), *notes])


def range_notes(factors: tuple[Factor, ...], told: list[Changes]) -> list[str]:
    """Sentences about values at an end of their range, and about ranges that do not hold the scenario's own value."""
    notes = []
    for factor in factors:
        ends = {end_of(factor, float(changes[factor.path])) for changes in told if factor.path in changes} - {""}
        span = f"{factor.low:.6g} to {factor.high:.6g}"
        if ends:
            which = "both ends" if len(ends) > 1 else f"the {ends.pop()} end"
            notes.append(f"{factor.path} reaches {which} of its range ({span}): what lies beyond was not tried.")
        if factor.value is not None and not factor.low <= factor.value <= factor.high:
            notes.append(f"As written {factor.path} is {factor.value:.6g}, outside its range ({span}).")
    return notes


def end_of(factor: Factor, value: float) -> str:
    """Which end of its range a value lies at: low, high, or none.

    >>> end_of(Factor("a", 0, 1), 0.04), end_of(Factor("a", 0, 1), 0.5), end_of(Factor("a", 0, 1), 1.0)
    ('low', '', 'high')
    """
    place = factor.place(value)
    return "low" if place <= AT_END else "high" if place >= 1.0 - AT_END else ""


def _best_words(found: Optimum) -> str:
    question, gain = found.order.question, found.gain.mean
    share = share_ahead(found.aim * found.gain.differences)
    best = f"the best of {counted(found.n_trials, 'trial')}, {found.words(found.checks[1].changes)}"
    first = f"T{best[1:]}" if found.is_sure else (
        f"Nothing that was tried beats the levers as written{'' if found.is_worse else ' beyond luck'}: {best}")
    worse = ": worse beyond luck" if found.is_worse else ""
    flattered = "more" if found.flattery > 0 else "less"
    return (
        f"{first}, changes {question.words} by {question.amount(gain.value, True)} on {gain.n} fresh paired runs (95 % "
        f"interval {question.amount(gain.low, True)} to {question.amount(gain.high, True)}) and is better in "
        f"{100 * share.value:.0f} % of them{worse}. In the {found.trials[0].n} runs of the search the gain "
        f"looked {_size(found, abs(found.flattery))} {flattered} than that."
    )


def _size(found: Optimum, value: float) -> str:
    """The size of a difference, in points where it is one of shares."""
    return found.order.question.amount(value, True).removeprefix("+")


def _front_words(found: Optimum) -> str:
    one, two = found.order.model.questions
    start = found.checks[0]
    level = " and ".join(question.amount(mean_interval(start.values[goal]).value)
                         for goal, question in enumerate((one, two)))
    how = (f"{one.words} and {two.words}, on {start.n} fresh paired runs of the "
           f"{counted(len(found.checks) - 1, 'trial')} that did best of {found.n_trials}")
    front = found.front
    told = [_told(found, trial) for trial in (front[:1] + front[-1:] if len(front) > 1 else front)]
    if not front:
        return f"Nothing that was tried beats the levers as written ({level}) in {how}."
    if start.on_front:
        ways = "one way lies" if len(front) == 1 else f"{len(front)} ways lie"
        ends = "" if len(front) == 1 else " its ends are"
        return (f"Beside the levers as written ({level}), which none beats in both, {ways} on the front between {how}:"
                f"{ends} {and_list(told)}.")
    if len(front) == 1:
        return (f"One way is best in both {how}: {told[0]}, against the levers as written ({level}). Among these "
                "nothing has to be traded.")
    return (f"{len(front)} ways lie on the front between {how}. Its ends are {and_list(told)}, against the levers as "
            f"written ({level}).")


def _told(found: Optimum, trial: Trial) -> str:
    """Levers with what they change in both goals."""
    gains = [question.amount(trial.against(found.checks[0], goal).mean.value, True)
             for goal, question in enumerate(found.order.model.questions)]
    return f"{found.words(trial.changes)} ({gains[0]} and {gains[1]})"
