"""Pictures of example tables, and all the words that stand in them."""

from __future__ import annotations

from importlib import import_module

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim import figures


def example(name: str) -> pd.DataFrame:
    """The example table of a picture."""
    table: pd.DataFrame = import_module(f"own_tables.{name}").table()
    return table


def drawn(name: str, table: pd.DataFrame) -> Axes:
    """A picture on a figure of its own."""
    ax = Figure(figsize=(12, 6.75), layout="constrained").subplots()
    figures.find(name)(table, ax)
    return ax


def words(ax: Axes) -> str:
    """All words of a picture, line by line."""
    return "\n".join(text.get_text() for text in ax.figure.findobj(Text) if text.get_text())


def one_line(ax: Axes) -> str:
    """All words of a picture, blanks and breaks alike."""
    return " ".join(words(ax).split())
