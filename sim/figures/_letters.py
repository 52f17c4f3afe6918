"""Letters that the font of the pictures has, and how the others are written."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import font_manager, rc_params_from_file

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
