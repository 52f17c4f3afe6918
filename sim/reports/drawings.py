"""The pictures of a report: drawn into the page, each with its words for those who cannot see it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import figures
from sim.reports.words import amount
from sim.text.words import joined

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 12.0
"""Inches at which pictures are drawn; the page shows them smaller."""


@dataclass(frozen=True)
class Drawing:
    """A picture as part of a page: its name, what it shows in words, what stands below it, and the SVG document."""

    name: str
    alternative: str
    caption: str
    svg: bytes

    @property
    def address(self) -> str:
        """The picture itself as the address of an image."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg).decode('ascii')}"


def drawing(name: str, table: pd.DataFrame, words: tuple[str, str], height: float) -> Drawing:
    """Draw a picture; `words` are what it shows and what stands below it; `height` in inches for twelve of width."""
    return Drawing(name, *words, figures.as_svg(name, table, (WIDTH, height)))


def ends_of(table: pd.DataFrame, value: str, unit: str, currency: str) -> str:
    """The last value of every line in words: "at the end Rush 410, Root 620"."""
    by = "world" if "world" in table.columns and table["world"].nunique() > 1 else "firm"
    last = table.sort_values("year").groupby(by, sort=False).last()
    names = list(dict.fromkeys(table[by]))
    return joined(f"{name} {amount(float(last.loc[name, value]), unit, currency)}" for name in names)


def rows_of(table: pd.DataFrame, name: str, value: str, unit: str) -> str:
    """Every row of a table in words: "recession +10 EUR (too close to call)"."""
    told = []
    for row in table.to_dict("records"):
        said = amount(float(row[value]), str(row.get("unit", unit)), signed=True)
        told.append(f"{row[name]} {said} ({row['verdict']})")
    return "; ".join(told)
