"""The work of a study in portions: what is sent to a worker, and what comes back. Nothing here knows who does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.market.simulation import Options
from sim.numerics.elementary import HAS_NUMBA
from sim.records.records import Records
from sim.runs.identity import rules_version
from sim.runs.outcomes import Outcomes, outcomes_of, whole_run
from sim.runs.readings import Reading
from sim.runs.serialization import packed
from sim.scenario.schema import Scenario
from sim.valuation.outcomes import purchases_needed_from

DONE, FAILED, PENDING = "done", "failed", "pending"


@dataclass(frozen=True)
class Job:
    """One run to be done."""

    number: int
    key: str
    point: str
    replicate: int
    seed: int


@dataclass(frozen=True)
class Order:
    """How the runs of a study are done and what is read off; none of the first two changes a number."""

    executor: str
    threads: int | None
    outcomes: tuple[str, ...]
    year: float
    reading: Reading | None = None


Witness = Callable[[Job, Records | Exception], None]
"""Looks at what became of every run that is done in this process: all it remembers, or why it failed."""


@dataclass(frozen=True)
class Batch:
    """Some runs that travel together, with the scenarios they need; who looks at them does not travel."""

    jobs: tuple[Job, ...]
    worlds: Mapping[str, Scenario]
    order: Order
    rules: str
    witness: Witness | None = None


@dataclass(frozen=True)
class Done:
    """What became of a run: its numbers, or why it failed; `kept` is what else was kept of it (see `packed`)."""

    job: Job
    status: str
    reason: str
    outcomes: Outcomes | None
    seconds: float
    kept: bytes | None = None


class OtherRulesError(Exception):
    """A worker has other rules than the one who sends the work."""


def run_batch(batch: Batch) -> list[Done]:
    """Do the runs of a batch one after the other; one that fails does not stop the others.

    Raises:
        OtherRulesError: this process has other rules than the sender.
    """
    if batch.rules != rules_version():
        raise OtherRulesError(f"its rules are {rules_version()}, those of this process are {batch.rules}")
    return [run_job(job, batch.worlds[job.point], batch.order, batch.witness) for job in batch.jobs]


def run_job(job: Job, world: Scenario, order: Order, witness: Witness | None = None) -> Done:
    """Do one run."""
    began = time.perf_counter()
    try:
        records, found, kept = read_run(world, job.seed, order)
    except (Exception, SystemExit) as error:  # one failing run must not lose the rest
        if witness is not None and isinstance(error, Exception):
            witness(job, error)
        return Done(job, FAILED, f"{type(error).__name__}: {error}", None, time.perf_counter() - began)
    if witness is not None:
        witness(job, records)
    return Done(job, DONE, "", found, time.perf_counter() - began, kept)


def read_run(world: Scenario, seed: int, order: Order) -> tuple[Records, Outcomes, bytes | None]:
    """Do a run and read off what is asked for: its records, its outcomes, and what else is kept of it.

    Raises:
        ValueError: the seed is out of range, or the date is not inside the run.
    """
    records = whole_run(world, seed, _options(world, order))
    if order.reading is None:
        return records, outcomes_of(records, order.outcomes, order.year), None
    found, kept = order.reading(records, order.outcomes, order.year)
    return records, found, packed(kept)


def _options(world: Scenario, order: Order) -> Options:
    """How the run is done: people that several runs have in common are drawn once, purchases nobody reads are not kept.

    Neither changes a number.
    """
    executor = order.executor if HAS_NUMBA or order.executor != "numba" else "auto"
    needed = 0 if order.reading is not None else purchases_needed_from(world, order.outcomes, order.year)
    return Options(executor=executor, threads=order.threads, shares_people=True,  # type: ignore[arg-type]
                   keeps_from=needed)
