"""The house style: large type, few lines, colours that the colour-blind can tell, words instead of legends."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Picture = Callable[..., "Axes"]
"""`(table, ax=None) -> ax`."""

SIZE_INCHES = (12.0, 6.75)
DOTS_PER_INCH = 120
INK, GREY, FAINT = "#1a1a1a", "#595959", "#d9d9d9"

HOUSE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 17,
    "axes.titlesize": 22,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 17,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "lines.linewidth": 3.2,
    "xtick.labelsize": 16,
    "ytick.labelsize": 16,
    "text.color": INK,
}


class Look(NamedTuple):
    """How one line is told from another: by colour, by dashes and by marker, so that any one suffices."""

    colour: str
    dashes: Any
    marker: str


# Okabe and Ito (2008), "Color universal design"; yellow is left out: it vanishes on a projector
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.6)), (0, (1.4, 1.2)), (0, (6, 1.5, 1.4, 1.5)), (0, (9, 2)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h", "*")


def look(place: int) -> Look:
    """The look of the line at a place; the first 385 differ.

    >>> look(0).colour, look(1).marker
    ('#0072B2', 's')
    """
    return Look(
        _COLOURS[place % len(_COLOURS)], _DASHES[place % len(_DASHES)], _MARKERS[place % len(_MARKERS)]
    )


def shows(*needs: str, table: tuple[str, ...] = ()) -> Callable[[Callable[[pd.DataFrame, Axes], None]], Picture]:
    """Decorate a drawing function: check the table's columns, make axes where none are given, apply the house style.

    `needs`: columns that the table must have. `table`: the function of `sim.studies.figure_tables` that makes the table
    from runs, and what it is called with; left out for a picture of a table that somebody hands it.
    """

    def wrap(draw: Callable[[pd.DataFrame, Axes], None]) -> Picture:
        @wraps(draw)
        def drawn(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
            missing = [column for column in needs if column not in table.columns]
            if missing:
                have = ", ".join(map(str, table.columns))
                raise ValueError(f"{draw.__name__} needs the column {missing[0]!r}; the table has {have}.")
            if table.empty:
                raise ValueError(f"{draw.__name__} was given an empty table: there is nothing to draw.")
            import matplotlib

            with matplotlib.rc_context(HOUSE):
                axes = ax if ax is not None else _new_axes()
                _dress(axes)
                draw(table, axes)
            return axes

        drawn.from_runs = table  # type: ignore[attr-defined]
        return drawn

    return wrap


def _new_axes() -> Axes:
    """Axes on a new pyplot figure, so that a notebook shows it."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=SIZE_INCHES, layout="constrained")
    pad(figure)
    return axes


def pad(figure: Figure) -> None:
    """Leave some air around a picture that has its figure for itself."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.2, h_pad=0.2)  # type: ignore[call-arg]  # inches; the base class declares none


def _dress(ax: Axes) -> None:
    """Give axes that were made elsewhere the same frame, type and grid."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=HOUSE["xtick.labelsize"])
    ax.xaxis.label.set_fontsize(HOUSE["axes.labelsize"])
    ax.set_axisbelow(True)
    ax.grid(True, axis="y", color=FAINT, linewidth=0.8)


class Words(NamedTuple):
    """What stands around a picture."""

    title: str
    unit: str
    x: str = ""
    width: int = 88
    """Letters of the unit line that fit beside each other (of the title: two thirds of it)."""


def write(ax: Axes, words: Words, table: pd.DataFrame, note: str | None = None) -> None:
    """Title (the table's `finding` where it has one), unit below it, x label, and the note on runs (or another)."""
    finding = str(table.attrs.get("finding", "") or words.title).replace(" %", "\u00a0%")
    unit = fill(words.unit.replace(" %", "\u00a0%"), width=words.width)
    lines = unit.count("\n") + 1 if unit else 0
    ax.set_title(
        fill(finding, width=2 * words.width // 3 - 2), loc="left", fontsize=HOUSE["axes.titlesize"], fontweight="bold",
        pad=14 + 22 * lines,
    )
    if unit:
        ax.annotate(
            unit, (0, 1), (0, 10), xycoords="axes fraction", textcoords="offset points",
            color=GREY, fontsize=16, va="bottom", annotation_clip=False,
        )
    if words.x:
        ax.set_xlabel(words.x)
    said = runs_note(table) if note is None else note
    if said:
        drop = -62 if words.x else -40
        ax.annotate(
            said, (0, 0), (0, drop), xycoords="axes fraction", textcoords="offset points",
            color=GREY, fontsize=14, va="top", annotation_clip=False,
        )


def runs_note(table: pd.DataFrame) -> str:
    """How many runs stand behind the picture, and what the band is.

    >>> import pandas as pd
    >>> runs_note(pd.DataFrame({"n": [40], "low": [1.0]}))
    'Mean of 40 runs; bands and whiskers: 95 % interval of the mean.'
    >>> runs_note(pd.DataFrame({"year": [1]}))
    'One run: another seed gives other numbers.'
    """
    if "n" not in table.columns:
        return str(table.attrs.get("note", "One run: another seed gives other numbers."))
    if int(table["n"].max()) <= 1:
        return "One run: another seed gives other numbers."
    runs = counted_runs(table)
    band = "; bands and whiskers: 95 % interval of the mean" if "low" in table.columns else ""
    return f"Mean of {runs} runs{band}."


def counted_runs(table: pd.DataFrame) -> str:
    """How many runs (the column `n`), as a number or a range; rows without runs do not count.

    >>> import pandas as pd
    >>> counted_runs(pd.DataFrame({"n": [40, 1200]}))
    '40 to 1,200'
    """
    some = table["n"][table["n"] > 0]
    low, high = (int(some.min()), int(some.max())) if len(some) else (0, 0)
    return f"{high:,}" if low == high else f"{low:,} to {high:,}"


def tick(value: float, unit: str = "", *, signed: bool = False) -> str:
    """A number of a scale: thousands, no more digits than it needs; a signed share in percentage points.

    >>> tick(25000.0), tick(-0.0050, signed=True), tick(0.25, "share"), tick(0.25, "share", signed=True), tick(0.0)
    ('25,000', '-0.005', '25 %', '+25', '0')
    """
    number = 100 * value if unit == "share" else value
    if abs(number) < 1e-12:
        number = 0.0
    digits = ",.0f" if abs(number) >= 1000 else ".4g"
    text = format(number, f"+{digits}" if signed and number else digits)
    return f"{text} %" if unit == "share" and not signed else text


def format_axis(axis: Any, text: Callable[[float], str]) -> None:
    """Write the ticks of an axis with a function of the value."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _place: text(value)))


def currency_of(table: pd.DataFrame) -> str:
    """The currency that the table names in its attributes, or nothing."""
    return str(table.attrs.get("currency", ""))


def in_brackets(unit: str, currency: str) -> str:
    """A unit behind a name; nothing for shares, which carry their per cent.

    >>> in_brackets("money", "EUR"), in_brackets("share", "EUR"), in_brackets("people", "")
    (' (EUR)', '', ' (people)')
    """
    said = currency if unit == "money" and currency else "" if unit == "share" else unit
    return f" ({said})" if said else ""


def unit_of(table: pd.DataFrame) -> str:
    """The unit of the outcome."""
    return str(table.attrs.get("unit", ""))


def outcome_of(table: pd.DataFrame, unit: bool = True) -> str:
    """The outcome in words, whose lead over whom it is where two options are compared, and its unit.

    >>> import pandas as pd
    >>> table = pd.DataFrame()
    >>> table.attrs |= {"outcome_words": "profit", "option_a": "Rush", "option_b": "Root", "unit": "money"}
    >>> outcome_of(table)
    'profit, Root minus Rush (money)'
    """
    attrs = table.attrs
    words = str(attrs.get("outcome_words") or attrs.get("outcome") or "the outcome")
    a, b = str(attrs.get("option_a") or ""), str(attrs.get("option_b") or "")
    who = f", {b} minus {a}" if a and b else f" of {a or b}" if a or b else ""
    return words + who + (in_brackets(unit_of(table), currency_of(table)) if unit else "")
