"""Runs out of a store, as a study that a report can be made of: as much of each run as was kept of it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.runs import store_file
from sim.runs.store import content_hash
from sim.runs.stored_plan import read_results
from sim.statistics.intervals import Floats
from sim.studies.study import Study

SUFFIXES = (".sqlite", ".sqlite3", ".db")
MOST_POINTS = 2_000
"""Every point becomes a scenario at hand; a report on more of them would be nothing to read anyway."""


class StoredStudy(Study):
    """The runs of a store. Points are its worlds; `kept` names the outcomes that were kept.

    A comparison or a replication kept a summary of every run: the study is `whole`, as if it had just been run. Of a
    sweep there are the outcomes at one date, and no lines over time. Points with less than half the runs of the first
    one (those that a search only glanced at) are left out.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        results = read_results(self.path)
        if len(results.layout.points) > MOST_POINTS:
            raise ValueError(f"{self.path.name} holds {len(results.layout.points):,} points; a report takes "
                             f"{MOST_POINTS:,} at most. `sim results` gives all of them as a table.")
        done = results.done_by_point
        enough = [point for point in done if 2 * done[point] >= done[results.base]]
        few = len(done) - len(enough)
        plan = replace(results.plan, points=tuple(one for one in results.plan.points if one.name in enough))
        super().__init__(plan, results.only(enough))
        self.whole = bool(self._kept)
        self.kept: tuple[str, ...] = plan.outcomes
        runs = len(self.results.rows)
        waiting = runs - len(self.rows)
        self.note = f"{waiting:,} of {runs:,} runs are still to be done." if waiting else ""
        if few:
            self.note = (f"{few:,} of {len(done):,} points are left out: they have less than half as many runs as the "
                         "first.")
        self.note = " ".join(filter(None, (results.damage.sentence, self.note)))

    def values(self, world: str, metric: str, firm: str, year: float | None = None) -> Floats:
        """A metric of a firm in a point, one number per complete replicate.

        Raises:
            ValueError: the metric was not kept, or not at this date.
        """
        if self.whole:
            return super().values(world, metric, firm, year)
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
    if not isinstance(source, str | Path):
        return False
    path = Path(source)
    return path.suffix.lower() in SUFFIXES or (path.is_file() and store_file.is_store(path))


def is_whole(study: Study) -> bool:
    """Whether a study has a summary of every run, with lines over time: all have, but for a sweep out of a store."""
    return not isinstance(study, StoredStudy) or study.whole


def kept_by(study: Study, metric: str) -> bool:
    """Whether a study kept this metric."""
    return not isinstance(study, StoredStudy) or metric in study.kept
