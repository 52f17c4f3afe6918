"""Many runs: worlds × replicates, what was kept of each, and the records of the last complete replicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics.same_people import customers_changed
from sim.records.records import Records
from sim.runs.execute import checked_seed
from sim.runs.readings import Kept, Observe
from sim.runs.results import Results, Row
from sim.runs.summary import Summary, metric_units
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.last_runs import LastRuns

if TYPE_CHECKING:
    import pandas as pd


Progress = Callable[[int, int, str], None]
AS_WRITTEN = "as written"


@dataclass(frozen=True)
class Design:
    """How often and how: replicate k has the seed `seed + k` in every world.

    `observe` is given the records of every run; what it returns is kept in `Study.observed` (see `Observe`).
    """

    replications: int
    seed: int
    until: float | None = None
    progress: Progress | None = None
    observe: Observe | None = None
    enough: Callable[[Study], bool] | None = None
    """Asked after every replicate; ends the study when it says so."""

    def __post_init__(self) -> None:
        checked_seed(self.seed)
        if self.replications < 1:
            raise ValueError(f"At least one replication is needed, not {self.replications}.")


@dataclass(frozen=True)
class Changed:
    """How many people ended differently in a world than in the first one, and who (their numbers)."""

    world: str
    count: int
    people: int
    numbers: np.ndarray = field(repr=False)

    def __str__(self) -> str:
        """The sentence: N of M customers ended differently."""
        return f"{self.count:,} of {self.people:,} customers ended differently"


class Study:
    """What many runs gave: a summary of each; and `last`, what the runs of the last complete replicate remember."""

    def __init__(self, worlds: Mapping[str, Scenario], design: Design) -> None:
        self.worlds = dict(worlds)
        self.design = design
        longest = min(world.clock.years for world in self.worlds.values())
        if design.until is not None and not 0 < design.until <= longest:
            raise ValueError(f"`until` must be above 0 and at most {longest:g} years, not {design.until:g}.")
        self.rows: list[Row] = []
        self.summaries: dict[tuple[str, int], Summary] = {}
        self.observed: dict[tuple[str, int], Any] = {}
        self.last = LastRuns(self)
        self.results: Results | None = None
        self.note = ""
        self.stopped = False
        """Whether Ctrl-C ended it."""

    def take(self, kept: Mapping[tuple[str, int], Kept]) -> None:
        """Take in what was kept of runs, by world and replicate."""
        for key, one in kept.items():
            self.summaries[key], self.observed[key] = one.summary, one.noted

    @property
    def base(self) -> str:
        """The first world: what the others are compared with."""
        return next(iter(self.worlds))

    @property
    def scenario(self) -> Scenario:
        """The scenario of the first world."""
        return self.worlds[self.base]

    @property
    def firms(self) -> tuple[str, ...]:
        """Names of all firms of all worlds, in order of appearance."""
        return tuple(dict.fromkeys(firm for world in self.worlds.values() for firm in world.firms))

    @property
    def end(self) -> float:
        """The date at which the runs are compared: `until`, or the end of the shortest world."""
        ends = [world.clock.years for world in self.worlds.values()]
        return float(min(ends)) if self.design.until is None else float(self.design.until)

    @property
    def complete(self) -> list[int]:
        """Replicates that went well in every world."""
        found = sorted({replicate for _, replicate in self.summaries})
        return [k for k in found if all((world, k) in self.summaries for world in self.worlds)]

    @property
    def n(self) -> int:
        """How many replicates went well in every world."""
        return len(self.complete)

    def values(self, world: str, metric: str, firm: str, year: float | None = None) -> Floats:
        """A metric of a firm in a world at a date, one number per complete replicate.

        Raises:
            ValueError: there is no such metric, or its date was not asked for.
        """
        when = self.end if year is None else float(year)
        if metric not in metric_units():
            from sim.text.words import suggestion

            raise ValueError(f"There is no metric {metric!r}; {suggestion(metric, list(metric_units()))}")
        if when not in self.dates:
            raise ValueError(f"Year {when:g} was not kept; kept are {', '.join(f'{date:g}' for date in self.dates)}.")
        return np.array([self.summaries[(world, k)].value(metric, firm, when) for k in self.complete])

    @cached_property
    def dates(self) -> tuple[float, ...]:
        """Dates at which summaries are taken: the end, and those named by expectations."""
        named = [claim.year for world in self.worlds.values() for claim in world.expect if claim.year is not None]
        return tuple(sorted({self.end, *(float(year) for year in named if year <= self.end)}))

    @property
    def customers_changed(self) -> dict[str, Changed]:
        """By world: who ended differently than in the first world, in the last complete replicate.

        Worlds with other people are left out.
        """
        found = {}
        for world, records in self.last.items():
            if world != self.base and self.base in self.last:
                numbers = _changed(self.last[self.base], records)
                if numbers is not None:
                    found[world] = Changed(world, int(numbers.size), records.people_count, numbers)
        return found

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run and firm: world, replicate, seed, status, reason, firm, and every metric at the end."""
        import pandas as pd

        rows = []
        for row in self.rows:
            facts = {name: getattr(row, name) for name in ("world", "replicate", "seed", "status", "reason", "seconds")}
            summary = self.summaries.get((row.world, row.replicate))
            for firm in summary.firms if summary is not None else (None,):
                numbers = {} if summary is None or firm is None else {
                    metric: summary.value(metric, firm, self.end) for metric in metric_units()
                }
                rows.append({**facts, "firm": firm, **numbers})
        return pd.DataFrame(rows)

    def over_time(self, metric: str, confidence: float = 0.95) -> pd.DataFrame:
        """A metric over time: world, firm, year, mean, low, high (t interval over runs), n. For pictures.

        Raises:
            ValueError: the metric is not kept over time.
        """
        import pandas as pd

        from sim.runs.summary import SERIES

        if metric not in SERIES:
            raise ValueError(f"{metric!r} is not kept over time; kept are {', '.join(SERIES)}.")
        parts = []
        for world in self.worlds:
            found = [self.summaries[(world, k)] for k in self.complete]
            for firm in found[0].firms if found else ():
                lines = np.stack([one.series[metric][:, one.firms.index(firm)] for one in found])
                kept = found[0].dates <= self.end + 1e-9
                cells = [mean_interval(column, confidence) for column in lines[:, kept].T]
                parts.append(pd.DataFrame({
                    "world": world, "firm": firm, "year": found[0].dates[kept],
                    "mean": [cell.value for cell in cells], "low": [cell.low for cell in cells],
                    "high": [cell.high for cell in cells], "n": len(found),
                }))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _changed(a: Records, b: Records) -> np.ndarray | None:
    try:
        return customers_changed(a, b)
    except ValueError:
        return None
