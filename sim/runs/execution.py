"""Where runs are kept, who does them, and how progress is shown: the same for every study; no number changes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from sim.text.console import Progress


class ExecutionOptions(TypedDict, total=False):
    """Keywords of every study about its runs; all may be left out.

    `store`: an SQLite file that keeps every run, so that the same call goes on where it was stopped (failed runs are
    done again only with `retry_failed`); `workers`: so many processes on this machine, 0 for strictly one run after
    the other in this process; `scheduler`: the address of a Dask scheduler (both need the extra `distributed`);
    `progress`: called after every run. Left out, the cores of this machine are used inside this process.
    """

    store: Path | str | None
    workers: int | None
    scheduler: str | None
    retry_failed: bool
    progress: Progress | None


@dataclass(frozen=True)
class Execution:
    """How the runs of a study are done (see `ExecutionOptions`).

    `planned`: where these are a step of a study, how many runs it plans from here on; 0: it has said so before.

    Raises:
        ValueError: `workers` is below 0, or both `workers` and `scheduler` are given.
    """

    store: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    retry_failed: bool = False
    progress: Progress | None = None
    planned: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "store", None if self.store is None else Path(self.store))
        if self.workers is not None and self.workers < 0:
            raise ValueError(f"workers={self.workers}: 0 (one run after the other) or more.")
        if self.workers is not None and self.scheduler is not None:
            raise ValueError("Give either workers on this machine or the address of a scheduler, not both.")

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Execution:
        """The part of a study's keywords that is about its runs.

        >>> Execution.of({"workers": 2, "seed": 7}).workers
        2
        """
        names = ExecutionOptions.__annotations__
        return cls(**{name: value for name, value in options.items() if name in names})

    def options(self) -> dict[str, Any]:
        """The keywords of a study that say the same."""
        return {name: getattr(self, name) for name in ExecutionOptions.__annotations__}

    @property
    def is_distributed(self) -> bool:
        """Whether other processes do the runs."""
        return bool(self.workers) or self.scheduler is not None

    @property
    def threads(self) -> int:
        """How many runs are done at the same time inside this process."""
        return 1 if self.workers == 0 or self.is_distributed else cores()

    @property
    def at_once(self) -> int:
        """How many runs are done at the same time, here or elsewhere; of a scheduler's workers as many as cores here.
        """
        return self.workers or cores() if self.is_distributed else self.threads


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
