"""What every study gives back: a table, a picture, two sentences, a folder."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sim.statistics.intervals import by_chance
from sim.studies.answer_table import STANDARD, Field, table_lines
from sim.text.files import write_csv, write_text
from sim.text.findings import Finding, sentences

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Answer(ABC):
    """What all studies have in common. A subclass makes `table`, `explain` and, where there is a picture, names it."""

    picture = ""
    """Name of the picture that `plot` draws (`sim.figures`)."""
    kind = "answer"
    """What the study is called; its files begin with it."""
    columns: ClassVar[Sequence[Field]] = STANDARD
    """The columns that fit a terminal; those that the table does not have are left out."""

    @abstractmethod
    def table(self) -> pd.DataFrame:
        """The numbers; words about them in `attrs`."""

    def findings(self) -> list[Finding]:
        """What was found, as values; `explain` says it in sentences."""
        return []

    def explain(self) -> str:
        """Two plain sentences with numbers."""
        return sentences(self.findings())

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """How it was found: enough to do it again."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file; the first is `table()`."""
        return {self.kind: self.table()}

    def lines(self) -> list[str]:
        """The table as it stands on a terminal: the columns that fit, the first rows."""
        return table_lines(self.tables().get(self.kind, self.table()), self.columns)

    def picture_table(self) -> pd.DataFrame:
        """What the picture shows: the table, or the part of it that fits."""
        return self.table()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the picture.

        Raises:
            ValueError: there is nothing to draw.
        """
        from sim import figures

        table = self.picture_table()
        if table.empty:
            raise ValueError("There is nothing to draw.")
        return figures.find(self.picture)(table, ax)

    def save(self, folder: str | Path) -> Path:
        """Write the tables (CSV), the words, the settings (JSON) and the picture (PNG) into a folder, each file whole.

        Raises:
            OSError: a file cannot be written.
        """
        home = Path(folder)
        for name, table in self.tables().items():
            write_csv(home / f"{name}.csv", table)
        write_text(home / f"{self.kind}.txt", self.explain() + "\n")
        settings = json.dumps(self.settings(), indent=2, ensure_ascii=False, default=str)
        write_text(home / f"{self.kind}.json", settings + "\n")
        self._save_picture(home)
        return home

    def _save_picture(self, home: Path) -> None:
        from sim import figures

        table = self.picture_table()
        if self.picture in figures.names() and not table.empty:
            figures.save(self.picture, table, home / f"{self.kind}.png")


def chance_caveat(comparisons: int) -> str:
    """What a reader of many intervals side by side must know, as a caveat.

    >>> chance_caveat(8), chance_caveat(1)
    ('each interval stands for itself: one in twenty misses by chance', '')
    """
    words = by_chance(comparisons).rstrip(".")
    return words[:1].lower() + words[1:]
