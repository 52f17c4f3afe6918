"""How pictures write letters and numbers: those that the font lacks, and those of the language that is spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import font_manager, rc_params_from_file
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter, ScalarFormatter

from sim.text.language import SOURCE, language, speaking
from sim.text.numbers import written

HOUSE = Path(__file__).with_name("house.mplstyle")
"""The house style of all pictures."""


@cache
def _glyphs() -> frozenset[int]:
    """The letters that the house's font has; those that end a line or jump are none of a font."""
    family = rc_params_from_file(HOUSE, use_default_template=False)["font.family"]
    font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=family)))
    return frozenset(font.get_charmap()) | set(map(ord, "\n\t"))


def drawable(table: pd.DataFrame) -> pd.DataFrame:
    """The table with letters that the font lacks (emoji, Chinese) written as their numbers, so that names differ."""
    shown = table.map(_in_glyphs)
    shown.attrs = _in_glyphs(table.attrs)
    return shown


def _in_glyphs(value: Any) -> Any:
    r"""A value of a table: of texts, letters that the font lacks are written as their numbers.

    >>> print(_in_glyphs({"firms": ["Rush", "\u6f22"]})["firms"][1], _in_glyphs(2.5))
    \u6f22 2.5
    """
    if isinstance(value, str):
        return "".join(letter if ord(letter) in _glyphs() else ascii(letter)[1:-1] for letter in value)
    if isinstance(value, list | tuple):
        return (list if isinstance(value, list) else tuple)(map(_in_glyphs, value))
    return {name: _in_glyphs(one) for name, one in value.items()} if isinstance(value, dict) else value


WIDER: Mapping[str, float] = {"ru": 1.2}
"""How much more room a letter takes than one in English."""


def in_letters(width: int) -> int:
    """As many letters of the language that is spoken as have room where so many have in English."""
    return int(width / WIDER.get(language(), 1.0))


def format_axis(axis: Axis, text: Callable[[float], str]) -> None:
    """Write the ticks of an axis with a function of the value, in the language that is spoken now.

    They are written when the picture is drawn, which may be later and elsewhere.
    """
    spoken = language()

    def written_then(value: float, _place: float) -> str:
        with speaking(spoken):
            return text(value)

    axis.set_major_formatter(written_then)


def as_written(ax: Axes, others: set[Axes]) -> None:
    """Show names as they are written: a dollar in them begins no formula. Scales in powers of ten keep theirs.

    In another language the ticks that no picture has formatted are written as it writes numbers.
    """
    for panel in _every([one for one in ax.figure.axes if one not in others]):
        for axis in (panel.xaxis, panel.yaxis) if language() != SOURCE else ():
            if isinstance(axis.get_major_formatter(), ScalarFormatter):
                format_axis(axis, lambda value: written(f"{value:g}"))
        powers = {id(text) for axis in (panel.xaxis, panel.yaxis)
                  if isinstance(axis.get_major_formatter(), LogFormatter) for text in axis.findobj(Text)
                  if text is not axis.label}
        for text in panel.findobj(Text):
            if id(text) not in powers:
                text.set_parse_math(False)


def _every(axes: Iterable[Any]) -> Iterator[Any]:
    """Axes, and the panels inside of them."""
    for one in axes:
        yield one
        yield from _every(one.child_axes)
