"""Workers through Dask: the same bits as here whoever does the runs, also when workers or the leader are killed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conducting import conduct
from watched import OUTCOMES, lines_of, priced, watched_market

import sim
from sim.runs.own_code import packed
from sim.runs.pools import keep_pool
from sim.runs.store import content_hash
from sim.runs.stored_plan import read_results
from sim.runs.task import OtherRulesError, Task, TaskBatch, TaskSettings, run_batch

pytest.importorskip("distributed", reason="workers need the extra distributed")
ROOT = Path(__file__).resolve().parents[2]
DASK_WARNINGS = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
pytestmark = DASK_WARNINGS


@pytest.fixture(scope="module")
def two_workers() -> Iterator[None]:
    """Two workers on this machine, begun once."""
    with keep_pool(2, None):
        yield


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATCHED_LOG", str(tmp_path / "log"))
    return tmp_path / "log"


@pytest.mark.usefixtures("two_workers")
def test_two_workers_give_the_same_store_as_this_process_and_stopping_in_between_does_not_matter(tmp_path: Path):
    asked = priced(watched_market(tmp_path / "market", fails=9), 12)
    conduct(asked, store=tmp_path / "here.sqlite")
    apart = conduct(asked, store=tmp_path / "apart.sqlite", workers=2)
    assert apart.n == 11
    assert apart.note.startswith("2 of 24 runs failed; the first: ")
    assert content_hash(tmp_path / "apart.sqlite") == content_hash(tmp_path / "here.sqlite")
    assert apart.table().equals(read_results(tmp_path / "here.sqlite").table())

    def stop(done: int, total: int, what: str) -> None:
        if done >= 7:
            raise KeyboardInterrupt

    first = conduct(asked, store=tmp_path / "stopped.sqlite", workers=2, progress=stop)
    assert 7 <= 24 - len(first.pending) < 24
    conduct(asked, store=tmp_path / "stopped.sqlite", workers=2)
    assert content_hash(tmp_path / "stopped.sqlite") == content_hash(tmp_path / "here.sqlite")


@pytest.mark.usefixtures("two_workers")
def test_until_does_not_depend_on_who_was_how_fast(tmp_path: Path):
    asked = priced(watched_market(tmp_path / "market"), 60)
    stores = {}
    for name, workers in (("here", None), ("apart", 2)):
        path = tmp_path / f"{name}.sqlite"
        found = conduct(asked, store=path, workers=workers, until=lambda results: results.n >= 5)
        assert (found.n, len(read_results(path).rows)) == (5, 10)
        stores[name] = content_hash(path)
    assert stores["here"] == stores["apart"]


@pytest.mark.usefixtures("two_workers")
def test_short_runs_travel_together(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch):
    sent: list[int] = []
    from sim.runs import pools

    send = pools._Sending._send

    def counted(self: Any, batch: TaskBatch) -> None:
        sent.append(len(batch.tasks))
        send(self, batch)

    monkeypatch.setattr(pools._Sending, "_send", counted)
    asked = priced(watched_market(tmp_path / "market"), 100, prices=(9.0,))
    assert conduct(asked, workers=2).n == 100
    assert sum(sent) == 100
    assert max(sent) > 1, f"runs of a few milliseconds were sent in batches of {sent}"


@pytest.mark.parametrize(
    ("seconds", "left", "size"),
    [(0.0, 1000, 1), (0.01, 1000, 50), (0.1, 1000, 5), (0.25, 1000, 2), (3.0, 1000, 1), (1e-9, 1000, 500),
     (0.01, 240, 30), (0.01, 8, 20), (0.1, 8, 2)],
)
def test_a_task_takes_at_least_a_fifth_of_a_second_and_the_last_ones_are_short(seconds: float, left: int, size: int):
    from sim.runs.pools import _Sending

    sending = _Sending(None, None, left)  # type: ignore[arg-type]
    sending.seconds, sending.workers = seconds, 2
    assert sending._size() == size
    assert seconds == 0 or size == 500 or size * seconds >= 0.2


def test_one_worker_gives_the_same_store(tmp_path: Path):
    asked = priced(watched_market(tmp_path / "market"), 6)
    conduct(asked, store=tmp_path / "here.sqlite")
    conduct(asked, store=tmp_path / "one.sqlite", workers=1)
    assert content_hash(tmp_path / "one.sqlite") == content_hash(tmp_path / "here.sqlite")


def test_two_workers_reached_by_address_give_the_same_store(tmp_path: Path, log: Path, monkeypatch):
    asked = priced(watched_market(tmp_path / "market"), 20)
    conduct(asked, store=tmp_path / "here.sqlite")
    monkeypatch.setenv("WATCHED_SECONDS", "0.02")
    before = len(lines_of(log))
    with addressed_cluster(tmp_path) as address:
        conduct(asked, store=tmp_path / "far.sqlite", scheduler=address)
    assert content_hash(tmp_path / "far.sqlite") == content_hash(tmp_path / "here.sqlite")
    workers = {line.process for line in lines_of(log)[before:]}
    assert len(workers) == 2
    assert os.getpid() not in workers


class addressed_cluster:  # noqa: N801 - reads as a verb's object
    """A scheduler and two workers, each a process of its own; gives the address."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()

    def __enter__(self) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"tcp://127.0.0.1:{port}"
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")
        for name in ("one", "two"):
            self._start("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name,
                        "--local-directory", str(self.folder))
        return address

    def _start(self, program: str, *arguments: str) -> None:
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.processes.append(subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *arguments], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": paths},
        ))

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def test_a_run_that_kills_its_worker_each_time_is_a_failed_row_and_the_rest_is_done(tmp_path: Path):
    asked = priced(watched_market(tmp_path / "market", kills=8), 6, prices=(9.0,))
    found = conduct(asked, store=tmp_path / "a.sqlite", workers=2)
    assert [row.seed for row in found.failed] == [8]
    assert found.failed[0].reason.startswith("its worker died")
    assert found.n == 5


class Fate:
    """A task as Dask shows it: lost with its worker, or given up because workers died on it."""

    def __init__(self, status: str) -> None:
        self.status, self.asked_again = status, 0

    def add_done_callback(self, _tell: Any) -> None:
        self.asked_again += 1

    def exception(self) -> Exception:
        from distributed import KilledWorker

        return KilledWorker("task", None, 3)


def test_a_task_that_is_lost_with_its_worker_is_waited_for_again(tmp_path: Path):
    from sim.runs.pools import _Sending

    asked = priced(watched_market(tmp_path / "market"), 1)
    batch = TaskBatch((Task(1, "k", asked.points[0].name, 0, 5),), {}, TaskSettings("numpy", 1, OUTCOMES, 1.0), "rules")
    sending, lost = _Sending(None, lambda some: batch, 1), Fate("lost")
    sending.on_the_way[lost] = batch
    assert sending._collected(lost) == []
    assert (list(sending.on_the_way), lost.asked_again) == ([lost], 1)


def test_a_run_is_condemned_only_for_what_it_did_alone(tmp_path: Path):
    from sim.runs.pools import _Sending

    job = Task(1, "k", "a", 0, 5)
    batch = TaskBatch((job,), {}, TaskSettings("numpy", 1, OUTCOMES, 1.0), "rules")
    sending = _Sending(None, lambda some: batch, 1)
    first, second = Fate("error"), Fate("error")
    sending.on_the_way[first] = batch
    assert (sending._collected(first), sending.suspects) == ([], [job]), "others were there too"
    sending.alone, sending.on_the_way[second] = True, batch
    (failed,) = sending._collected(second)
    assert (failed.task, failed.status) == (job, "failed")
    assert "its worker died" in failed.reason


def test_nobody_at_the_address_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("sim.runs.pools.WAIT", 2.0)
    asked = priced(watched_market(tmp_path / "market"), 1)
    with pytest.raises(OSError, match=r"There is no Dask scheduler at tcp://127\.0\.0\.1:9"):
        conduct(asked, store=tmp_path / "a.sqlite", scheduler="tcp://127.0.0.1:9")
    assert conduct(asked, store=tmp_path / "a.sqlite").n == 1


def test_without_the_extra_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match=r'pip install "clientele-lab\[distributed\]"'):
        conduct(priced(watched_market(tmp_path / "market"), 1), workers=3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [({"workers": -1}, r"0 \(one run after the other\)"), ({"workers": 1, "scheduler": "tcp://a:1"}, "not both")],
)
def test_workers_that_cannot_be_are_refused(tmp_path: Path, words: dict[str, Any], sentence: str):
    with pytest.raises(ValueError, match=sentence):
        conduct(priced(watched_market(tmp_path / "market"), 1), **words)


def test_a_worker_with_other_rules_refuses_to_work(tmp_path: Path):
    world = watched_market(tmp_path / "market")
    job = Task(1, "key", "a", 0, 5)
    order = TaskSettings("auto", 1, OUTCOMES, 1.0)
    with pytest.raises(OtherRulesError, match="those of this process are 00"):
        run_batch(TaskBatch((job,), {"a": world}, order, "00"))


# ---- kills: the command in a process of its own, so that it can be shot ----


NOTEBOOK = """
import sim
from sim.metrics.registry import metric
from sim.runs.pools import keep_pool

SMALL = {"firms.Root.strategy": "of_notebook", "market.customers": 60, "clock.years": 1}


@metric("people", "buyers of the period")
def my_buyers_people(records):
    return records.count("buyers").astype(float)


def cell(share):
    class OfNotebook(sim.Strategy):
        def plan(self, seen):
            return self.spend(seen, seen.written, {"advertising": share, "relations": 1 - share})
    kept.append(OfNotebook)


def figures(workers):
    study = sim.replicate("first_look", 6, overrides=SMALL, workers=workers)
    assert study.n == 6, study.rows
    return study.table(["market_share", "my_buyers_people"])


if __name__ == "__main__":
    kept = []
    with keep_pool(2):
        found = []
        for share in (1.0, 0.0):
            cell(share)
            found.append(figures(2))
            assert found[-1].equals(figures(0)), share
        assert not found[0].equals(found[1])
    print("equal")
"""


def test_classes_and_metrics_of_a_notebook_travel_to_workers_also_when_a_cell_is_edited(tmp_path: Path):
    (tmp_path / "notebook.py").write_text(NOTEBOOK, encoding="utf-8")
    done = subprocess.run([sys.executable, "notebook.py"], capture_output=True, text=True, check=False, cwd=tmp_path,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.stdout == "equal\n", done.stderr


def test_what_cannot_travel_is_named_before_the_first_run():
    lock = threading.Lock()

    class WithLock(sim.Strategy):
        def plan(self, seen):
            with lock:
                return self.spend(seen, seen.written, {"advertising": 1.0})

    with pytest.raises(ValueError, match=r"the strategy 'with_lock' cannot be sent to other processes \(.*lock.*\): "
                                         "leave `workers` out, or put it into a file of its own"):
        packed(lambda: {WithLock.name})
    assert packed(lambda: {"another"}) == b""
