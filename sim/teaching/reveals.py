"""The reveal: what was forecast beside what the runs show, by interval and in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.metrics.registry import better_of, metric_in_words
from sim.teaching.classes import class_table
from sim.teaching.forecasts import (
    FILE,
    TOO_CLOSE,
    Answer,
    ForecastBook,
    Lesson,
    Revealed,
    Said,
    Told,
    in_words,
    read_book,
)
from sim.text.files import write_text
from sim.text.language import tr, trn
from sim.text.numbers import amount, between, day_in_words, span
from sim.text.words import suggestion

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

EQUITY = "customer_equity_money"
NEAR = 0.05
"""How far from a number an answer may lie and still be right, as a share of it."""


class Reveal(Told):
    """A forecast beside what the runs show: print it, or `draw()` it. False where nothing was forecast."""

    def __init__(self, text: str, lesson: Lesson | None, name: str = "") -> None:
        super().__init__(text, lesson is not None)
        self.lesson, self.name = lesson, name

    def draw(self, ax: Axes | None = None) -> Axes | None:
        """The forecast as a dot above the interval of the runs; nothing where there is none to draw."""
        from sim.figures import find

        table = class_table({"": ForecastBook(lessons={self.name: self.lesson})} if self.lesson else {}, self.name)
        return None if table.empty else find("class_forecasts")(table, ax)


def reveal(
    lesson: str, found: Any = None, /, metric: str = EQUITY, *, firm: str | None = None, variant: str | None = None,
    folder: str | Path = ".", **facts: Any,
) -> Reveal:
    """Compare the forecast of a lesson with the runs; what was forecast before this moment counts from now on.

    `found` is a replication (the forecast's winner is one of its first two firms), a comparison (base or a variant, for
    one `firm`), or a row of such a table; `metric` what they are compared in: who is better off in it wins. `facts` are
    the numbers, intervals `(low, high)` and words of what else was forecast, by the same names. Without a forecast the
    runs are told alone, and nothing is written.

    Raises:
        ValueError: there is no such metric, firm or variant, or the file holds no forecasts.
        OSError: the file cannot be written.

    >>> print(reveal("02", value=(446, 566), folder="/nowhere"))
    There is no forecast of yours to compare with: write one above and run its cell first.
    value: 446 to 566.
    """
    now = _found(found, metric, firm, variant)
    now.facts = {name: _fact(value) for name, value in facts.items()}
    path = Path(folder) / FILE
    book = read_book(path) if path.exists() else ForecastBook()
    said = book.lessons.get(lesson)
    if said is None:
        none = tr("There is no forecast of yours to compare with: write one above and run its cell first.")
        return Reveal("\n".join([none, *_shown(now)]), None)
    first = said.found  # at a second reveal, perhaps of more runs, the date of the first decides what counts
    said.found = now if first is None else now.model_copy(update={"on": first.on})
    if said.found != first:
        write_text(path, book.to_text())
    return Reveal("\n".join([*_shown(now), *_judged(said.counts, now)]), said, lesson)


def _found(study: Any, metric: str, firm: str | None, variant: str | None) -> Revealed:
    """What a study shows of one metric between two firms, or two variants."""
    on = datetime.now(UTC).isoformat(timespec="microseconds")
    if study is None:
        return Revealed(on=on)
    row = dict(study) if isinstance(study, Mapping) or hasattr(study, "to_dict") else _row(study, metric, firm, variant)
    a, b = (str(row.get("world_" + side, row.get("firm_" + side, side))) for side in "ab")
    name, low, high = str(row.get("metric", metric)), float(row["low"]), float(row["high"])
    less_wins = better_of(name) == "lower"
    ahead = "" if low <= 0 <= high or not isfinite(low) else b if (low > 0) != less_wins else a
    outcome, whose = metric_in_words(name), row.get("firm") if "world_b" in row else None
    scenario = getattr(study, "scenario", None)
    return Revealed(
        on=on, outcome=tr("{metric}, firm: {firm}", metric=outcome, firm=whose) if whose else outcome,
        unit=str(row.get("unit", "")), currency=scenario.money.currency if scenario else "", pair=[a, b], winner=ahead,
        less_wins=less_wins, low=low if isfinite(low) else None, high=high if isfinite(high) else None,
        runs=int(row.get("n", 0)),
    )


def _row(study: Any, metric: str, firm: str | None, variant: str | None) -> Mapping[Any, Any]:
    """The row of a study's table that is asked for; of a comparison, the largest change unless named."""
    table: pd.DataFrame = study.table([metric])
    for what, column, wanted in (("firm", "firm", firm), ("variant", "world_b", variant)):
        if wanted is None or column not in table.columns:
            continue
        if wanted not in set(table[column]):
            there = suggestion(wanted, dict.fromkeys(table[column]))
            raise ValueError(tr("There is no {what} {name} here; {there}", what=what, name=repr(wanted), there=there))
        table = table[table[column] == wanted]
    if "difference" not in table.columns:
        raise ValueError(tr("A reveal needs two firms, or two variants, to compare."))
    rows: list[dict[Any, Any]] = table.to_dict("records")
    return max(rows, key=lambda row: abs(row["difference"]) if isfinite(row["difference"]) else -1.0)


def _fact(value: Any) -> Answer | tuple[float, float]:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        low, high = sorted(map(float, value))
        return (low, high)
    return float(value)


def _shown(found: Revealed) -> list[str]:
    """What the runs show, a sentence a line."""
    lines = []
    if found.pair:
        low, high = (nan if end is None else end for end in (found.low, found.high))
        runs = trn("{count} run", "{count} runs", found.runs)
        values = {"outcome": found.outcome, "a": found.pair[0], "b": found.pair[1], "runs": runs,
                  "span": span(low, high, found.unit, found.currency)}
        lines.append(tr("The runs say ({outcome}; {b} minus {a}): {span}, 95 % interval of {runs}.", **values)
                     if isfinite(low) else
                     tr("The runs say nothing sure ({outcome}; {b} minus {a}; {runs}).", **values))
        lines.append(tr("{winner} is ahead.", winner=found.winner) if found.winner else tr("It is too close to call."))
    for name, fact in found.facts.items():
        lines.append(f"{name}: {_fact_in_words(fact)}.")
    return lines


def _fact_in_words(fact: Answer | tuple[float, float]) -> str:
    return fact if isinstance(fact, str) else amount(fact, "") if isinstance(fact, float) else between(*fact, "")


def _judged(said: Said, found: Revealed) -> list[str]:
    """What was said, and how it fits."""
    shown = {name: value for name, value in said.said.items() if name != "because"}
    lines = [tr("You said on {day}: {said}.", day=day_in_words(said.on[:10]),
                said=in_words(shown, found.unit, found.currency))]
    right = found.right_winner(said)
    if "winner" in said.said and found.pair:
        lines.append({True: tr("Your winner is right."), False: tr("Your winner is not the one of the runs."),
                      None: tr("Of the winner the runs say nothing sure.")}[right])
        if found.nearest(str(said.said["winner"])) is None:
            there = suggestion(str(said.said["winner"]), [*found.pair, TOO_CLOSE])
            lines.append(tr("{winner} is none of those that are compared; {there}", winner=repr(said.said["winner"]),
                            there=there))
    difference = found.signed_difference(said)
    if difference is not None and found.low is not None and found.high is not None:
        lines.append(_placed("difference", difference, (found.low, found.high)))
    for name, fact in found.facts.items():
        if name in said.said:
            lines.append(_fits(name, said.said[name], fact))
    if said.said.get("because"):
        lines.append(tr("You wrote: {reason}", reason=repr(said.said["because"])))
        lines.append(tr("Does it explain what you see?"))
    return lines


def _placed(name: str, value: float, ends: tuple[float, float]) -> str:
    """Where a number lies, beside an interval."""
    if ends[0] <= value <= ends[1]:
        return tr("{name}: your answer lies inside the interval.", name=name)
    return tr("{name}: your answer lies below the interval.", name=name) if value < ends[0] else \
        tr("{name}: your answer lies above the interval.", name=name)


def _fits(name: str, said: Answer, fact: Answer | tuple[float, float]) -> str:
    """How an answer fits a number, an interval or a word."""
    if isinstance(fact, tuple) and isinstance(said, float):
        return _placed(name, said, fact)
    if not (isinstance(fact, float) and isinstance(said, float)):
        return tr("{name}: your answer is right.", name=name) if str(said).casefold() == str(fact).casefold() else \
            tr("{name}: your answer is another one.", name=name)
    if abs(said - fact) <= NEAR * abs(fact):
        return tr("{name}: your answer is right.", name=name)
    return tr("{name}: your answer is too low.", name=name) if said < fact else \
        tr("{name}: your answer is too high.", name=name)
