"""Parts of a report that need runs of their own: which assumptions move the answer, what would flip it, stress."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.registry import STUDIES
from sim.reports.contest import Contest
from sim.reports.pictures import Drawing, difference_rows, drawing
from sim.studies.study import Study
from sim.text.console import Progress
from sim.text.numbers import amount
from sim.text.words import joined, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.factors import Factor

MOST_MOVING = 5
"""So many of the assumptions that move the answer most stand first among the assumptions."""


@dataclass(frozen=True)
class Extra:
    """A part in words, with its picture where there is one; `moving` names the assumptions it found to matter."""

    kind: str
    title: str
    text: str
    drawing: Drawing | None = None
    moving: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Kind:
    """How an extra part is made: the study, its title, and its picture: caption, height of a row in inches, rows."""

    study: str
    title: str
    caption: str
    row_height: float
    most_rows: int
    same_runs: bool = False
    """Whether it takes the very runs of the study for the market as written; else it makes fewer or more of its own."""


KINDS: Mapping[str, _Kind] = {
    "tornado": _Kind("sensitivity", "Which assumptions move the answer",
                     "One assumption at a time at either end of a plausible range, the others as written.", 0.42, 8),
    "flip": _Kind("flip", "The smallest change that reverses the answer",
                  "Each change that was found, tried again with new seeds where it says so.", 0.72, 5),
    "stress": _Kind("stress", "In hard times", "The same two options in a market under stress.", 0.42, 8,
                    same_runs=True),
}


def extras_of(study: Study, contest: Contest, kinds: Iterable[str], progress: Progress | None = None) -> list[Extra]:
    """The extra parts asked for, in the order of `KINDS`, about the two sides of the answer.

    Raises:
        ValueError: there is no such part, there are no two sides, or a part cannot be made of this scenario.
    """
    wanted = set(kinds)
    for name in sorted(wanted - set(KINDS)):
        raise ValueError(f"There is no part {name!r}; {suggestion(name, list(KINDS))}")
    if wanted and contest.pair is None:
        raise ValueError(f"{joined(sorted(wanted))}: this needs two options that are compared, and there is only one.")
    return [_extra(name, study, contest, progress) for name in KINDS if name in wanted]


def _extra(name: str, study: Study, contest: Contest, progress: Progress | None) -> Extra:
    kind = KINDS[name]
    conduct: Any = STUDIES.find(kind.study)
    sides: dict[str, Any] = {"pair": contest.pair, **({"firm": contest.firm} if contest.firm else {})}
    if kind.same_runs:
        sides["replications"] = max(2, study.n)
    found = conduct(study.scenario, outcome=contest.metric, seed=study.seed, progress=progress, **sides)
    table = found.table()
    moving = tuple(str(path) for path in table["factor"].head(MOST_MOVING)) if name == "tornado" else ()
    drawn = found.picture_table() if hasattr(found, "picture_table") else table
    text = without_paths(found.explain(), found.factors) if name == "flip" else found.explain()
    return Extra(name, kind.title, text, _picture(found.picture, drawn, kind), moving)


def without_paths(words: str, factors: Iterable[Factor]) -> str:
    """Words in which factors are called as people call them, not by their dotted names.

    >>> from sim.studies.factors import Factor
    >>> without_paths("people.cost_to_serve.mean from 1 to 1.39", [Factor("people.cost_to_serve.mean", 0, 1)])
    'cost to serve: mean from 1 to 1.39'
    """
    from sim.studies.factors import short_name

    for factor in sorted(factors, key=lambda one: -len(one.path)):
        words = words.replace(factor.path, short_name(factor))
    return words


def in_short(words: str) -> str:
    """Dotted names inside words by their last two steps, and no underscores.

    >>> in_short("people.cost_to_serve.mean from 1 to 1.39")
    'cost to serve mean from 1 to 1.39'
    """
    short = re.sub(r"[a-z_]+(?:\.[A-Za-z_]+)+", lambda found: " ".join(found[0].split(".")[-2:]), words)
    return short.replace("_", " ")


def _picture(picture: str, table: pd.DataFrame, kind: _Kind) -> Drawing | None:
    """The picture of a part; none where there is only the scenario as written to show."""
    if len(table) < 2:
        return None
    shown, tornado = table.head(kind.most_rows).copy(), "factor" in table.columns
    if "label" in shown.columns and not tornado:
        shown["label"] = [in_short(str(label)) for label in shown["label"]]
    shown.attrs.update(table.attrs)
    unit, currency = str(table.attrs.get("unit", "")), str(table.attrs.get("currency", ""))
    rows = _bar_ends(shown, unit, currency) if tornado else difference_rows(shown, unit, currency)
    return drawing(picture, shown, (f"{kind.title}: {rows}.", kind.caption), 2.2 + kind.row_height * len(shown))


def _bar_ends(table: pd.DataFrame, unit: str, currency: str) -> str:
    """The widest bars of a tornado in words."""
    return "; ".join(
        f"{row['label']} ({row['factor']}) at {row['low']:.3g}: {amount(row['at_low'], unit, currency)}, at "
        f"{row['high']:.3g}: {amount(row['at_high'], unit, currency)}"
        for row in table.head(MOST_MOVING).to_dict("records")
    )
