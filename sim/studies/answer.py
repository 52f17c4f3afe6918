"""What every study gives back: a table, a picture, two sentences, a folder."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ClassVar

from sim.scenario.changes import changes_in_words
from sim.scenario.schema import Scenario
from sim.statistics.intervals import by_chance
from sim.studies.answer_table import STANDARD, Field, table_lines
from sim.studies.asking import Order
from sim.studies.question import Question
from sim.text.console import WIDTH
from sim.text.files import write_csv, write_text
from sim.text.findings import Finding, sentences
from sim.text.language import tr, trn

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

    def __str__(self) -> str:
        """The columns of the table that fit 80 letters; all of them are in `table()`."""
        about = [self.changed, self.asked, getattr(self, "note", "")]
        lines = [line for words in about if words for line in wrap(words, WIDTH, break_on_hyphens=False)]
        body = table_lines(self.table(), self.columns, tr("… and {more} more: .table() has them all."))
        return "\n".join([repr(self), *lines, *body])

    def _repr_html_(self) -> str:
        """The same for a notebook."""
        return f"<pre>{escape(str(self))}</pre>"

    @property
    def studied(self) -> Scenario | None:
        """The scenario that was studied; None where there is no single one."""
        return getattr(self, "scenario", None)

    @property
    def asked(self) -> str:
        """What is asked, and how that was chosen; empty where a study asks no single question."""
        return ""

    @property
    def changed(self) -> str:
        """What options changed in the scenario, in words; empty where nothing was."""
        return "" if self.studied is None else changes_in_words(self.studied)

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

    def times(self) -> dict[str, Any]:
        """How long its runs took; saved beside the settings, never in a table."""
        return {}

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

        if not self.picture:
            raise ValueError(f"There is no picture of this {self.kind}; its numbers are in .table().")
        table = self.picture_table()
        if table.empty:
            raise ValueError("There is nothing to draw.")
        table.attrs["changed"] = self.changed
        return figures.find(self.picture)(table, ax)

    def save(self, folder: str | Path) -> Path:
        """Write the tables (CSV), the words, the settings (JSON) and the picture (PNG) into a folder, each file whole.

        Raises:
            OSError: a file cannot be written.
        """
        from sim import figures

        home = Path(folder)
        for name, table in self.tables().items():
            write_csv(home / f"{name}.csv", table)
        write_text(home / f"{self.kind}.txt", self.explain() + "\n")
        about = {**self.settings(), "changed": self.changed, **self.times()}
        settings = json.dumps(about, indent=2, ensure_ascii=False, default=str)
        write_text(home / f"{self.kind}.json", settings + "\n")
        shown = self.picture_table()
        shown.attrs["changed"] = self.changed
        if self.picture in figures.names() and not shown.empty:
            figures.save(self.picture, shown, home / f"{self.kind}.png")
        return home


class DesignAnswer(Answer):
    """The answer of a design: one question, asked of paired runs at many points.

    A subclass makes the rows of its table and the title, and adds its own words and settings.
    """

    def __init__(self, asked: Order) -> None:
        self.order = asked

    @property
    def studied(self) -> Scenario | None:
        """The scenario that was studied; None for a function."""
        return self.order.scenario

    @property
    def asked(self) -> str:
        """What is asked, and how that was chosen."""
        question = self.question
        return tr("Asked: {question}: {why}.", question=question.words, why=question.why) if question.why else ""

    @property
    def question(self) -> Question:
        """What was measured in every run (the first question, where there are several)."""
        return self.order.question

    @property
    def finding(self) -> str:
        """The result as a title."""
        return self._title()

    @abstractmethod
    def _title(self) -> str: ...

    @abstractmethod
    def _rows(self) -> Sequence[dict[str, Any]]: ...

    def _words(self) -> dict[str, Any]:
        return {}

    def _settings(self) -> dict[str, Any]:
        return {}

    def explain(self) -> str:
        """Two plain sentences with numbers, and how many runs gave none."""
        return " ".join(filter(None, [super().explain(), self._without_number()]))

    def _without_number(self) -> str:
        missing = self.order.model.without_number
        if not missing:
            return ""
        if self.question.a is None or self.order.scenario is None:
            return trn("{count} run gave no number and is left out.", "{count} runs gave no number and are left out.",
                       missing)
        return trn("{count} pair of runs gave no number and is left out.",
                   "{count} pairs of runs gave no number and are left out.", missing)

    def table(self) -> pd.DataFrame:
        """The numbers, see the class; in `attrs` the words of the question, n, seed and the finding."""
        import pandas as pd

        table = pd.DataFrame(self._rows())
        firms = [] if self.order.scenario is None else list(self.order.scenario.firms)
        table.attrs.update(self.question.attrs(), n=self.order.replications, seed=self.order.model.seed,
                           finding=self.finding, firms=firms)
        table.attrs.update(self._words())
        if self.order.model.without_number:
            table.attrs["without_number"] = self.order.model.without_number
        return table

    def settings(self) -> dict[str, Any]:
        """How it was found: enough to do it again."""
        return {**self.order.settings(self.kind), **self._settings()}


def chance_caveat(comparisons: int) -> str:
    """What a reader of many intervals side by side must know, as a caveat.

    >>> chance_caveat(8), chance_caveat(1)
    ('each interval stands for itself: one in twenty misses by chance', '')
    """
    words = by_chance(comparisons).rstrip(".")
    return words[:1].lower() + words[1:]
