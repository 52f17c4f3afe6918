"""The face of studies as answers: their tables, their settings, and how their differences are drawn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.runs.manifest import rules_version
from sim.scenario.effective import scenario_hash
from sim.studies.answer import Answer
from sim.studies.differences import difference_cells
from sim.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd


class StudyAnswer(Study, Answer):
    """A study with `table`, `plot`, `save` and `explain`."""

    picture = "difference_forest"

    def difference(
        self, metric: str, a: tuple[str, str], b: tuple[str, str], year: float | None = None
    ) -> dict[str, Any]:
        """The paired difference b − a of two sides (variant, firm): see `difference_cells`; computed once.

        Raises:
            ValueError: there is no such metric, variant or firm, or its date was not kept.
        """
        key = (metric, a, b, self.end if year is None else float(year))
        if key not in self._differences:
            first, second = (self.values(variant, metric, firm, year) for variant, firm in (a, b))
            self._differences[key] = difference_cells(first, second)
        return dict(self._differences[key])

    @cached_property
    def _differences(self) -> dict[tuple[str, tuple[str, str], tuple[str, str], float], dict[str, Any]]:
        return {}

    @abstractmethod
    def table(self, metrics: Iterable[str] | str | None = None) -> pd.DataFrame:
        """One row per metric and comparison; the headline metrics unless others are named, or "all"."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file: every metric, and every run."""
        return {self.kind: self.table("all"), "runs": self.runs}

    def picture_table(self) -> pd.DataFrame:
        """The table of the picture."""
        return self.forest()

    @abstractmethod
    def forest(self) -> pd.DataFrame:
        """Paired differences with their intervals, as the picture `difference_forest` draws them."""

    def settings(self) -> dict[str, Any]:
        """How it was found: enough to do it again."""
        return {
            "design": self.kind, "scenario": self.scenario.source.name, "replications": self.n,
            "asked_replications": self.replications, "seed": self.seed, "year": self.end,
            "worlds": {
                name: {"scenario": variant.source.name, "what_if": variant.source.what_if,
                       "overrides": dict(variant.source.overrides), "scenario_hash": scenario_hash(variant)}
                for name, variant in self.variants.items()
            },
            "rules": rules_version(), "runs": len(self.rows), "note": self.note,
        }
