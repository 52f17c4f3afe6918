"""An optimum in words: what is better and how surely, what the search flattered, where a range may be too narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.statistics.intervals import mean_interval, share_ahead
from sim.studies.factors import range_notes
from sim.text.words import counted, joined

if TYPE_CHECKING:
    from sim.studies.optimum import Optimum, Trial


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


def _best_words(found: Optimum) -> str:
    question, gain = found.order.question, found.gain.mean
    share = share_ahead(found.aim * found.gain.differences)
    best = f"the best of {counted(found.n_trials, 'trial')}, {found.words(found.checks[1].changes)}"
    first = f"T{best[1:]}" if found.is_sure else (
        f"Nothing that was tried beats the levers as written{'' if found.is_worse else ' beyond luck'}: {best}")
    worse = ": worse beyond luck" if found.is_worse else ""
    looked = f"{_size(found, abs(found.flattery))} {'more' if found.flattery > 0 else 'less'} than that"
    looked = looked if abs(found.flattery) > 1e-9 * abs(gain.value) else "the same"
    return (
        f"{first}, changes {found.asked()} by {question.amount(gain.value, True)} on {gain.n} fresh paired runs (95 % "
        f"interval {question.amount(gain.low, True)} to {question.amount(gain.high, True)}) and is better in "
        f"{100 * share.value:.0f} % of them{worse}. In the {found.trials[0].n} runs of the search the gain "
        f"looked {looked}."
    )


def _size(found: Optimum, value: float) -> str:
    """The size of a difference, in points where it is one of shares."""
    return found.order.question.amount(value, True).removeprefix("+")


def _front_words(found: Optimum) -> str:
    one, two = found.order.model.questions
    start = found.checks[0]
    level = " and ".join(question.amount(mean_interval(start.values[goal]).value)
                         for goal, question in enumerate((one, two)))
    how = (f"{found.asked(0)} and {found.asked(1)}, on {start.n} fresh paired runs of the "
           f"{counted(len(found.checks) - 1, 'trial')} that did best of {found.n_trials}")
    front = found.front
    told = [_told(found, trial) for trial in (front[:1] + front[-1:] if len(front) > 1 else front)]
    if not front:
        return f"Nothing that was tried beats the levers as written ({level}) in {how}."
    if start.on_front:
        ways = "one way lies" if len(front) == 1 else f"{len(front)} ways lie"
        ends = "" if len(front) == 1 else " its ends are"
        return (f"Beside the levers as written ({level}), which none beats in both, {ways} on the front between {how}:"
                f"{ends} {joined(told)}.")
    if len(front) == 1:
        return (f"One way is best in both {how}: {told[0]}, against the levers as written ({level}). Among these "
                "nothing has to be traded.")
    return (f"{len(front)} ways lie on the front between {how}. Its ends are {joined(told)}, against the levers as "
            f"written ({level}).")


def _told(found: Optimum, trial: Trial) -> str:
    """Levers with what they change in both goals."""
    gains = [question.amount(trial.against(found.checks[0], goal).mean.value, True)
             for goal, question in enumerate(found.order.model.questions)]
    return f"{found.words(trial.changes)} ({gains[0]} and {gains[1]})"
