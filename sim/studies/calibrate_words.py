"""A calibration in words: fitted values with intervals, targets met and missed, and what the targets cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.studies.differences import in_words
from sim.studies.factors import range_notes
from sim.text.words import counted, joined, number_in_words

if TYPE_CHECKING:
    from sim.studies.calibrate import Calibration


def title(found: Calibration) -> str:
    """The result in a line."""
    n = len(found.targets)
    if n == 1:
        return f"The target is {'missed' if found.missed else 'met'}"
    return f"{n - len(found.missed)} of {n} targets met"


def explained(found: Calibration) -> str:
    """The fitted values, how well they do on fresh luck, and every warning."""
    n = len(found.targets)
    values = joined([_fitted(found, k) for k in range(len(found.parameters))])
    worst = max(range(n), key=lambda k: abs(found.misfit(k)))
    runs = f"on {found.reproduced(0).n} fresh runs"
    if n == 1:
        how = f"{'misses' if found.missed else 'meets'} {_against(found, 0)} {runs}."
    else:
        how = (f"meets {n - len(found.missed)} of {n} targets to within their tolerance {runs}; it is furthest off in "
               f"{_against(found, worst)}.")
    first = f"With {values} the model {how}"
    warnings = warnings_of(found)
    interval = "95 % interval, if every target is known to within its tolerance."
    if not warnings:
        return f"{first} The targets pin every parameter down to its bracket: a {interval}"
    told = len(found.identification.loose) < len(found.parameters)
    return " ".join([first, *([f"In brackets: a {interval}"] if told else []), *warnings])


def _fitted(found: Calibration, k: int) -> str:
    """A parameter with its value and its interval; without it where the targets do not tell it."""
    factor = found.parameters[k]
    low, high = found.interval(k)
    said = "not told by the targets" if k in found.identification.loose else f"{low:.3g} to {high:.3g}"
    return f"{factor.path} = {factor.at(float(found.fit.place[k])):.4g} ({said})"


def _against(found: Calibration, k: int) -> str:
    target = found.targets[k]
    currency = found.order.question.currency
    got, wanted = (in_words(value, target.unit, currency) for value in (found.reproduced(k).value, target.wanted))
    return (f"{target.label} ({got} against {wanted}, "
            f"{number_in_words(round(abs(found.misfit(k)), 1))} tolerances)")


def warnings_of(found: Calibration) -> list[str]:
    """What is wrong, in sentences: targets missed, values at an end of their range, parameters not told."""
    return [*_missed(found), *range_notes(found.parameters, [found.changes]), *_loose(found)]


def _missed(found: Calibration) -> list[str]:
    """Targets that are missed, and what may be done about it."""
    lucky = [found.targets[k].label for k in found.missed if abs(found.misfit_in_fit(k)) <= 1.0]
    others = [found.targets[k].label for k in found.missed if found.targets[k].label not in lucky]
    told = []
    if lucky:
        runs = found.order.replications
        told.append(f"{joined(lucky)} {_were(lucky)} met in the {runs} runs of the fit, whose luck was not typical: "
                    "more replications will tell.")
    if others:
        one = len(found.parameters) == 1
        beside = "" if len(found.targets) == 1 else " beside the rest"
        told.append(f"{joined(others)} {_were(others)} missed in the fit too: with "
                    f"{'this parameter inside its range' if one else 'these parameters inside their ranges'} the model "
                    f"does not reach {_it(others)}{beside}.")
    return told


def _were(names: list[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _it(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _loose(found: Calibration) -> list[str]:
    """Parameters that nobody can tell from these targets."""
    loose = [found.parameters[k].path for k in found.identification.loose]
    targets, parameters = len(found.targets), len(found.parameters)
    if not loose and targets >= parameters:
        return []
    why = (f"{counted(targets, 'target')} for {counted(parameters, 'parameter')}" if targets < parameters
           else "other values do nearly as well")
    return [f"Not identified: {joined(loose) or 'the parameters together'} ({why}). Fix {_it(loose)}, or add a "
            f"target that depends on {_it(loose)}."]
