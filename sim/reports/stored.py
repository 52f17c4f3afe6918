"""Runs out of a store, as a study that a report can be made of: outcomes at one date, no lines over time."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.experiments import store_file
from sim.experiments.results import Results, read_results
from sim.experiments.run_store import content_hash
from sim.experiments.statistics import Floats
from sim.experiments.study import Design, RunRow, Study
from sim.experiments.work import DONE, PENDING

MOST_POINTS = 2_000
"""Every point becomes a scenario at hand; a report on more of them would be nothing to read anyway."""


class StoredStudy(Study):
    """The runs of a store. Points are its worlds; `kept` names the outcomes that were kept."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.results: Results = read_results(self.path)
        if len(self.results.layout.points) > MOST_POINTS:
            raise ValueError(f"{self.path.name} holds {len(self.results.layout.points):,} points; a report takes "
                             f"{MOST_POINTS:,} at most. `sim results` gives all of them as a table.")
        experiment = self.results.experiment
        super().__init__(experiment.worlds, Design(experiment.replications, experiment.seed, experiment.year))
        self.kept: tuple[str, ...] = experiment.outcomes
        found = self.results.rows
        self.rows = [RunRow(row.point, row.replicate, row.seed, "ok" if row.status == DONE else row.status, row.reason,
                            row.seconds) for row in found if row.status != PENDING]
        waiting = len(found) - len(self.rows)
        self.note = f"{waiting:,} of {len(found):,} runs are still to be done." if waiting else ""

    @property
    def complete(self) -> list[int]:
        """Replicates that are done in every point."""
        return self.results.complete

    @cached_property
    def dates(self) -> tuple[float, ...]:
        """The one date at which outcomes were read."""
        return (self.end,)

    def values(self, world: str, metric: str, firm: str, year: float | None = None) -> Floats:
        """A metric of a firm in a point, one number per complete replicate.

        Raises:
            ValueError: the metric was not kept, or not at this date.
        """
        if year is not None and year != self.end:
            raise ValueError(f"Year {year:g} was not kept; kept is {self.end:g}.")
        return self.results.values(world, metric, firm)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What made the last runs: versions, rules, date; and the hash of what the store says."""
        with store_file.reading(self.path) as connection:
            rows = connection.execute("SELECT name, value FROM manifest ORDER BY session").fetchall()
        return {**{name: json.loads(value) for name, value in rows}, "content": content_hash(self.path)}


def is_stored(source: object) -> bool:
    """Whether a report is asked of a file of runs."""
    return isinstance(source, str | Path) and Path(source).is_file() and store_file.is_store(Path(source))


def kept_by(study: Study, metric: str) -> bool:
    """Whether a study kept this metric."""
    return not isinstance(study, StoredStudy) or metric in study.kept
