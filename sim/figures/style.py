"""The house style: large type, few lines, colours that the colour-blind can tell, words instead of legends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from textwrap import fill
from typing import Any, NamedTuple

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.style import context

from sim.figures._letters import HOUSE, as_written, drawable, in_letters
from sim.figures._letters import format_axis as format_axis
from sim.statistics.intervals import by_chance
from sim.text.language import tr
from sim.text.numbers import amount, currency_in_words, signed, written
from sim.text.words import name_or_words

Picture = Callable[..., Axes]
"""`(table, ax=None) -> ax`."""

SIZE_INCHES = (12.0, 6.75)
DOTS_PER_INCH = 120
"""Of a file: 1440 x 810 dots."""
SCREEN_DOTS_PER_INCH = 80
"""In a notebook: 960 x 540 dots, which a screen of 1366 x 768 shows whole beside menus and margins."""
INK, GREY, FAINT = "#1a1a1a", "#595959", "#d9d9d9"
SLATE, MIST = "#46535F", "#B9C2CA"
"""Dark and light for what belongs to no firm: colours belong to firms."""



class Look(NamedTuple):
    """What tells one line from another: colour, dashes and marker, so that any one of them suffices."""

    colour: str
    dashes: Any
    marker: str


# Okabe and Ito (2008), "Color universal design"; yellow is left out: it vanishes on a projector
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.6)), (0, (1.4, 1.2)), (0, (6, 1.5, 1.4, 1.5)), (0, (9, 2)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h", "*")


def look(place: int) -> Look:
    """The look of the line at a place; the first 385 differ."""
    return Look(*(every[place % len(every)] for every in (_COLOURS, _DASHES, _MARKERS)))


def places_of(table: pd.DataFrame, names: Iterable[str]) -> dict[str, int]:
    """The place of each name among the firms of the market (`attrs["firms"]`), so that a firm has one look in every
    picture; names that are no firms come in order of appearance.

    >>> table = pd.DataFrame({"firm": ["Root"]})
    >>> table.attrs["firms"] = ["Rush", "Root"]
    >>> places_of(table, ["Root"]), places_of(pd.DataFrame(), ["Root"])
    ({'Root': 1}, {'Root': 0})
    """
    every, firms = list(dict.fromkeys(names)), [str(firm) for firm in table.attrs.get("firms", ())]
    order = firms if set(every) <= set(firms) else every
    return {name: order.index(name) for name in every}


def tint(colour: str, share: float) -> str:
    """A paler colour: so much of it in white. Parts of a firm are tints of the firm's colour.

    >>> tint("#0072B2", 1.0), tint("#000000", 0.2)
    ('#0072b2', '#cccccc')
    """
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))


def shows(*needs: str, table: tuple[str, ...] = ()) -> Callable[[Callable[[pd.DataFrame, Axes], None]], Picture]:
    """Decorate a drawing function: check the table's columns, make axes where none are given, apply the house style.

    `needs`: columns that the table must have. `table`: the function of `sim.studies.figure_tables` that makes the
    table from runs, and what it is called with; left out for a picture of a table that somebody hands it.
    """

    def wrap(draw: Callable[[pd.DataFrame, Axes], None]) -> Picture:
        def dressed(table: pd.DataFrame, ax: Axes) -> Axes:
            others = {*ax.figure.axes} - {ax}
            with context(HOUSE):
                _dress(ax)
                draw(drawable(table), ax)
            as_written(ax, others)
            return ax

        @wraps(draw)
        def drawn(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
            missing = [column for column in needs if column not in table.columns]
            if missing:
                have = ", ".join(map(str, table.columns))
                raise ValueError(f"{draw.__name__} needs the column {missing[0]!r}; the table has {have}.")
            if table.empty:
                raise ValueError(f"{draw.__name__} was given an empty table: there is nothing to draw.")
            if ax is not None:
                return dressed(table, ax)
            import matplotlib.pyplot as plt  # so that a notebook shows it

            # outside the context, which would undo what shows the next one
            figure = plt.figure(figsize=SIZE_INCHES, dpi=SCREEN_DOTS_PER_INCH)
            with context(HOUSE):
                return dressed(table, new_axes(figure))

        drawn.from_runs = table  # type: ignore[attr-defined]
        return drawn

    return wrap


def new_axes(figure: Figure) -> Axes:
    """The only axes of a figure, with some air around them (in inches)."""
    figure.set_layout_engine("constrained", w_pad=0.2, h_pad=0.2)
    return figure.subplots()


def _dress(ax: Axes) -> None:
    """Give axes that were made elsewhere the same frame, type and grid."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=rcParams["xtick.labelsize"])
    ax.xaxis.label.set_fontsize(rcParams["axes.labelsize"])
    ax.set_axisbelow(True)
    ax.grid(True, axis="y", color=FAINT, linewidth=0.8)


class Words(NamedTuple):
    """What stands around a picture."""

    title: str
    unit: str
    x: str = ""
    width: int = 88  # letters of the unit line that fit beside each other (of the title: three fifths of it)
    y: str = ""


LONGEST_NOTE = 116
"""Letters in a line of the note."""
def write(ax: Axes, words: Words, table: pd.DataFrame, note: str | None = None) -> None:
    """Title (the table's `finding` where it has one), unit below it, axis titles, and the note on runs (or another).

    What is switched off in the market (`attrs["switched_off"]`, a sentence) stands in the note.
    """
    finding = str(table.attrs.get("finding", "") or words.title).replace(" %", "\u00a0%")
    width = in_letters(words.width)
    unit = "\n".join(fill(line, width=width) for line in words.unit.replace(" %", "\u00a0%").split("\n"))
    lines = unit.count("\n") + 1 if unit else 0
    ax.set_title(fill(finding, width=3 * width // 5 - 1), loc="left", fontsize=rcParams["axes.titlesize"],
                 fontweight="bold", pad=14 + 22 * lines)
    around: dict[str, Any] = {"coords": "axes fraction", "color": GREY}
    if unit:
        say(ax, unit, (0, 1), (0, 10), **around, fontsize=16, va="bottom")
    if words.x:
        ax.set_xlabel(words.x)
    if words.y:
        ax.set_ylabel(words.y, fontsize=rcParams["axes.labelsize"])
    below = runs_note(table) if note is None else note
    below = "\n".join(fill(line, in_letters(LONGEST_NOTE)) for line in below.split("\n"))
    changed = fill(str(table.attrs.get("changed") or ""), width)
    if below := "\n".join(filter(None, [below, str(table.attrs.get("switched_off", "")), changed])):
        say(ax, below, (0, 0), (0, -62 if words.x else -40), **around, fontsize=14, va="top")


def say(ax: Axes, text: str, at: Any, offset: tuple[float, float] = (0, 0), *, coords: Any = "data", **style: Any
        ) -> None:
    """Words at a place, moved by so many points; never cut off at the edge of the axes."""
    ax.annotate(text, at, offset, xycoords=coords, textcoords="offset points", annotation_clip=False, **style)


def halo(width: float = 4) -> list[AbstractPathEffect]:
    """White around letters that stand on lines (a `path_effects`)."""
    return [withStroke(linewidth=width, foreground="white")]


def runs_note(table: pd.DataFrame) -> str:
    """How many runs stand behind the picture, and what the band is."""
    one = tr("One run: another seed gives other numbers.")
    if "n" not in table.columns or int(table["n"].max()) <= 1:
        return one if "n" in table.columns else str(table.attrs.get("note", one))
    return of_runs(table, tr("Mean of {} runs; bands and whiskers: 95 % interval of the mean.")
                   if "low" in table.columns else tr("Mean of {} runs."))


def of_runs(table: pd.DataFrame, words: str) -> str:
    """A sentence with the number of runs (the column `n`), or their range; rows without runs do not count.

    >>> of_runs(pd.DataFrame({"n": [0, 40, 1200]}), "{} paired runs."), of_runs(pd.DataFrame(), "{} runs.")
    ('40 to 1,200 paired runs.', '')
    """
    if "n" not in table.columns:
        return ""
    runs = table["n"][table["n"] > 0]
    low, high = (int(runs.min()), int(runs.max())) if len(runs) else (0, 0)
    few, many = written(f"{low:,}"), written(f"{high:,}")
    return words.format(many if low == high else tr("{low} to {high}", low=few, high=many))


def note_of(table: pd.DataFrame, *sentences: str, width: int = 66) -> str:
    """A note in short lines, at its end how many of the intervals (`attrs["comparisons"]`) miss by chance.

    A sentence with `{}` is about the number of runs, see `of_runs`.
    """
    parts = [of_runs(table, words) if "{}" in words else words for words in sentences]
    return fill(" ".join(filter(None, [*parts, by_chance(int(table.attrs.get("comparisons", 0)))])), in_letters(width))


def tick(value: float, unit: str = "", *, signed: bool = False) -> str:
    """A number of a scale: thousands, no more digits than it needs; a signed share in percentage points."""
    number = 100 * value if unit == "share" else value
    if abs(number) < 1e-12:
        number = 0.0
    digits = ",.0f" if abs(number) >= 1000 else ".4g"
    text = written(format(number, f"+{digits}" if signed and number else digits))
    return f"{text} %" if unit == "share" and not signed else text


def currency_of(table: pd.DataFrame) -> str:
    """The currency that the table names in its attributes, or nothing."""
    return str(table.attrs.get("currency", ""))


def in_brackets(unit: str, currency: str) -> str:
    """A unit behind a name: " (EUR)"; nothing for shares, which carry their per cent."""
    words = currency_in_words(currency) if unit == "money" and currency else "" if unit == "share" else tr(unit)
    return f" ({words})" if words else ""


def unit_of(table: pd.DataFrame) -> str:
    """The unit of the outcome."""
    return str(table.attrs.get("unit", ""))


def is_lead(table: pd.DataFrame) -> bool:
    """Whether the outcome is the difference between two options."""
    return bool(table.attrs.get("option_a"))


def outcome_of(table: pd.DataFrame, unit: bool = True, points: bool = False) -> str:
    """The outcome in words, whose lead over whom it is where two options are compared, and its unit.

    `points`: of a lead in shares it says that it is in percentage points.
    """
    words = str(table.attrs.get("outcome_words") or table.attrs.get("outcome") or tr("the outcome"))
    a, b = (name_or_words(str(table.attrs.get(option) or "")) for option in ("option_a", "option_b"))
    if a and b:
        words = tr("{outcome}, {b} minus {a}", outcome=words, a=a, b=b)
    elif a or b:
        words = tr("{outcome} of {firm}", outcome=words, firm=a or b)
    if points and is_lead(table) and unit_of(table) == "share":
        words = tr("{outcome} (percentage points)", outcome=words)
    return words + (in_brackets(unit_of(table), currency_of(table)) if unit else "")


def level(table: pd.DataFrame, value: float, currency: str = "") -> str:
    """A value of the outcome in words; a lead has its sign."""
    return (signed if is_lead(table) else amount)(value, unit_of(table), currency)


def format_outcome(axis: Axis, table: pd.DataFrame) -> None:
    """Write the ticks of an axis in the unit of the outcome."""
    format_axis(axis, lambda value: tick(value, unit_of(table), signed=is_lead(table)))
