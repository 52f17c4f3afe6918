"""What each mechanism does: an outcome with it off or doubled minus the same as written, judged side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics.registry import metric_in_words
from sim.runs.summary import metric_units
from sim.statistics.intervals import Floats, Interval, mean_interval
from sim.studies.answer import DesignAnswer
from sim.studies.asking import Order
from sim.studies.differences import interval_cells
from sim.studies.expected_mechanisms import Expected
from sim.studies.rungs import OFF, Switch
from sim.text.console import columns
from sim.text.findings import IDENTICAL, TOO_CLOSE, UNKNOWN, Finding
from sim.text.numbers import amount, signed, span

if TYPE_CHECKING:
    import pandas as pd

POINT, PERCENT = 0.01, 0.01
"""From which effect on a mechanism matters: one percentage point of a share (or of a scale from 0 to 1), one percent of
everything else (assumption: smaller effects change no decision)."""
MATTERS, SMALL = "matters", "small"
MARK, NONE = "*", "none"
IN_PICTURE = 14
SUMMARY = ("{count} of {of:count mechanism} move {outcomes:or} of {whose} by at least one point or one percent when "
           "switched off: {names:and}.")
NO_MOVE = "Not one of {of:count mechanism} moves {outcomes:or} of {whose} by one point or one percent."
LARGEST = ("Largest effect on the headline: {subject}, {outcome} {value:signed} (95 % interval {interval:span}, "
           "{n:count paired run}).")
NOTHING_AT_ALL = "Without any effect here, identical in every run: {names:and}."
ALONE = "each mechanism is changed alone: what works only together with another one counts for both"


@dataclass(frozen=True)
class Measured:
    """One outcome as written [replications] and at every switch [switches, replications]; `level`: its mean over the
    firms meant, of which one percent is taken."""

    outcome: str
    written: Floats
    switched: Floats
    level: float

    @property
    def unit(self) -> str:
        """Unit of the outcome."""
        return metric_units()[self.outcome]

    @property
    def least(self) -> float:
        """The smallest effect that matters.

        >>> Measured("repeat_rate_share", np.array([0.5]), np.array([[0.6]]), 0.5).least
        0.01
        """
        return POINT if self.unit in ("share", "0..1") else PERCENT * abs(self.level)


@dataclass(frozen=True)
class SwitchEffect:
    """What a switch does to an outcome: the change against as written with its 95 % interval, the interval that is so
    wide that all which are read together hold at 95 %, and a verdict."""

    change: Interval
    corrected: Interval
    verdict: str


def effect_of(differences: Floats, least: float, comparisons: int) -> SwitchEffect:
    """Judge paired differences, switched minus as written, of `comparisons` that are read side by side.

    The corrected interval is Student's t interval at 1 − 0.05/m for m comparisons (Bonferroni 1936; Dunn 1961).
    Verdict: "matters" where the corrected interval leaves out 0 and the mean is at least as large as `least`; "small"
    where it is smaller; identical in every run; else too close to call.

    >>> one = effect_of(np.array([0.02, 0.03, 0.04]), 0.01, 1)
    >>> one.verdict, round(one.corrected.low, 4)
    ('matters', 0.0052)
    >>> effect_of(np.array([0.02, 0.03, 0.04]), 0.01, 4).verdict
    'too close to call'
    """
    change, corrected = mean_interval(differences), mean_interval(differences, 1.0 - 0.05 / comparisons)
    if change.n == 0:
        verdict = UNKNOWN
    elif not np.any(differences):
        verdict = IDENTICAL
    elif not corrected.excludes_zero:
        verdict = TOO_CLOSE
    else:
        verdict = MATTERS if abs(change.value) >= least else SMALL
    return SwitchEffect(change, corrected, verdict)


class MechanismEffects(DesignAnswer):
    """Each mechanism alone switched off (and doubled), against the scenario as written.

    `table()`: one row per mechanism, change and outcome: mechanism, label, level (that brings it), change ("off",
    "doubled"), strength (as written), strength_to, metric, unit, whose, written (mean as written), difference (changed
    minus as written, paired), difference_low, difference_high (95 % t interval), corrected_low, corrected_high (all
    comparisons hold together at 95 %, Bonferroni), n, least (the smallest effect that matters), verdict.
    `expected`: only these mechanisms, each for its own metric; comparisons are then all that are expected anywhere.
    """

    kind = "each_off"
    picture = "difference_forest"

    def __init__(
        self, asked: Order, switches: Sequence[Switch], measured: Sequence[Measured], whose: str,
        expected: tuple[Mapping[str, Expected], int] | None = None,
    ) -> None:
        super().__init__(asked)
        self.switches, self.measured, self.whose = tuple(switches), tuple(measured), whose
        self.expected, of_them = ({}, len(switches) * len(measured)) if expected is None else expected
        self.comparisons = of_them

    def __repr__(self) -> str:
        return f"<Effects of mechanisms in {self.order.name}: {len(self.switches)} switches>"

    @cached_property
    def effects(self) -> dict[tuple[Switch, str], SwitchEffect]:
        """By switch and outcome."""
        return {(switch, one.outcome): effect_of(one.switched[place] - one.written, one.least, self.comparisons)
                for place, switch in enumerate(self.switches) for one in self.measured
                if not self.expected or self.expected[switch.rung.mechanism].metric == one.outcome}

    def _rows(self) -> list[dict[str, Any]]:
        rows, outcomes = [], {one.outcome: one for one in self.measured}
        for (switch, outcome), found in self.effects.items():
            rung, one = switch.rung, outcomes[outcome]
            rows.append({
                "mechanism": rung.mechanism, "label": rung.label, "level": rung.level, "change": switch.change,
                "strength": rung.strength, "strength_to": switch.strength, "metric": outcome, "unit": one.unit,
                "whose": self.whose, "written": mean_interval(one.written).value,
                **interval_cells("difference", found.change), "corrected_low": found.corrected.low,
                "corrected_high": found.corrected.high, "n": found.change.n, "least": one.least,
                "verdict": found.verdict})
        return rows

    def _words(self) -> dict[str, Any]:
        return {"comparisons": self.comparisons, "whose": self.whose}

    def _settings(self) -> dict[str, Any]:
        return {"mechanisms": list(self.verdicts()), "whose": self.whose, "comparisons": self.comparisons,
                "outcomes": [one.outcome for one in self.measured]}

    def verdicts(self, change: str = OFF) -> dict[str, set[str]]:
        """The verdicts of each mechanism over all outcomes, when it is changed so."""
        found: dict[str, set[str]] = {}
        for (switch, _), effect in self.effects.items():
            if switch.change == change:
                found.setdefault(switch.rung.mechanism, set()).add(effect.verdict)
        return found

    @property
    def mattering(self) -> list[str]:
        """The mechanisms that move an outcome when they are switched off, in words."""
        return [_plain(name) for name, verdicts in self.verdicts().items() if MATTERS in verdicts]

    @property
    def idle(self) -> list[str]:
        """The mechanisms that change no outcome in any run when they are switched off, in words."""
        return [_plain(name) for name, verdicts in self.verdicts().items() if verdicts == {IDENTICAL}]

    def _title(self) -> str:
        return f"{len(self.mattering)} of {len(self.verdicts())} mechanisms matter"

    def lines(self) -> list[str]:
        """One line for every switch, the effect on each outcome beside it; where expected, one for every effect."""
        return [*columns(_cells(self)), "", self.method]

    @property
    def method(self) -> str:
        """What the words or marks of the table mean."""
        what = "matters" if self.expected else f"marked {MARK}"
        others = "" if self.expected else f"; in brackets: too close to call; {NONE}: identical in every run"
        return (f"{what.capitalize()}: at least one point or one percent, and beyond an interval corrected for "
                f"{self.comparisons} comparisons (Bonferroni){others}.")

    @property
    def marks(self) -> tuple[str, str]:
        """The lines between which the table stands in a document."""
        name = f"{'expected' if self.expected else 'each_off'}:{self.order.name}"
        return f"<!-- {name}:begin -->", f"<!-- {name}:end -->"

    def markdown(self) -> str:
        """What was found, the table, and why each was expected, where it was."""
        head, *body = _cells(self)
        if self.expected:
            head = [*head, "expected because"]
            body = [[*row, self.expected[switch.rung.mechanism].why]
                    for row, (switch, _) in zip(body, self.effects, strict=True)]
        rows = (head, ["---"] * len(head), *body)
        table = "\n".join(f"| {' | '.join(cell.strip() for cell in row)} |" for row in rows)
        said = self.explain().replace("\n", "\n\n")
        return f"\n{said}\n\n{table}\n\n{self.method} {self.order.replications} paired runs.\n"

    def picture_table(self) -> pd.DataFrame:
        """The largest effects of switching off on the headline, with corrected intervals."""
        table, first = self.table(), self.measured[0].outcome
        shown = table[(table["change"] == OFF) & (table["metric"] == first) & (table["verdict"] != IDENTICAL)]
        largest = shown.loc[shown["difference"].abs().sort_values(ascending=False).index[:IN_PICTURE]]
        picture = largest.drop(columns="metric").rename(columns={"corrected_low": "low", "corrected_high": "high"})
        picture["label"] = [f"{_plain(name)} off" for name in picture["mechanism"]]
        picture.attrs = {**table.attrs, "option_a": "as written", "option_b": "one mechanism off",
                         "outcome_words": f"{metric_in_words(first)}, {self.whose}", "unit": self.measured[0].unit,
                         "method": f"95 % interval, all {self.comparisons} together"}
        return picture.reset_index(drop=True)

    def findings(self) -> list[Finding]:
        """How many matter and which, the largest effect on the headline, and which do nothing."""
        names, first, runs = self.mattering, self.measured[0], self.order.replications
        details = {"count": len(names), "names": names, "of": len(self.verdicts()), "whose": self.whose,
                   "outcomes": [metric_in_words(one.outcome) for one in self.measured]}
        found = [Finding("", n=runs, message=SUMMARY if names else NO_MOVE, details=details)]
        off = {switch: effect for (switch, outcome), effect in self.effects.items()
               if switch.change == OFF and outcome == first.outcome and effect.verdict == MATTERS}
        if off:
            largest = max(off, key=lambda switch: abs(off[switch].change.value))
            change = off[largest].change
            found.append(Finding(
                largest.words, metric_in_words(first.outcome), change.value, (change.low, change.high), change.n,
                MATTERS, first.unit, self.question.currency, LARGEST))
        if self.idle:
            found.append(Finding("", message=NOTHING_AT_ALL, details={"names": self.idle}))
        found[-1] = found[-1].with_caveats(ALONE)
        return found


def _cells(answer: MechanismEffects) -> list[list[str]]:
    """The table in words, its head first: a line for every switch, or for every effect that was expected."""
    outcomes, currency = {one.outcome: one for one in answer.measured}, answer.question.currency
    if not answer.expected:
        return [["mechanism", *map(metric_in_words, outcomes)],
                *([switch.words, *(_in_short(answer.effects[switch, one.outcome], one.unit, currency)
                                   for one in answer.measured)] for switch in answer.switches)]
    cells = [["mechanism", "metric", "as written", "when off", "corrected interval", "verdict"]]
    for (switch, outcome), found in answer.effects.items():
        unit, written = outcomes[outcome].unit, mean_interval(outcomes[outcome].written).value
        cells.append([_plain(switch.rung.mechanism), metric_in_words(outcome), amount(written, unit, currency),
                      signed(found.change.value, unit, currency),
                      span(found.corrected.low, found.corrected.high, unit), found.verdict])
    return cells


def _in_short(found: SwitchEffect, unit: str, currency: str) -> str:
    """An effect, marked where it matters, in brackets where it is too close to call."""
    if found.verdict == IDENTICAL:
        return f"{NONE}  "
    shown = signed(found.change.value, unit, currency)
    return f"({shown}) " if found.verdict == TOO_CLOSE else f"{shown} {MARK if found.verdict == MATTERS else ' '}"


def _plain(name: str) -> str:
    return name.replace("_", " ")
