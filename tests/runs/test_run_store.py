"""A store of runs: what is in it is never done again, whatever interrupts; another study is refused."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from conducting import conduct
from watched import FAILS, OUTCOMES, lines_of, priced, watched_market

from sim.runs import manifest, store_file
from sim.runs.outcomes import as_text, from_text
from sim.runs.plan import Point, RunPlan
from sim.runs.store import content_hash
from sim.runs.stored_plan import opened, read_results, stored_plan
from sim.runs.task import TaskResult
from sim.scenario.load import load

TWO = {"question": "Who stays?", "firms": {"A": {}, "B": {"like": "partner"}}, "clock": {"years": 1},
       "market": {"customers": 60}, "what_if": {"deals": {"firms": {"B": {"like": "dealer"}}}}}


@pytest.fixture(scope="module")
def scenario():
    return load(TWO)


@pytest.fixture
def log(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("WATCHED_LOG", str(tmp_path / "log"))
    return tmp_path / "log"


def stop_after(count: int):
    """Progress that presses Ctrl-C."""

    def stop(done: int, total: int, what: str) -> None:
        if done >= count:
            raise KeyboardInterrupt

    return stop


def rows(path: Path, query: str = "SELECT * FROM runs") -> list[tuple[object, ...]]:
    with store_file.reading(path) as connection:
        return connection.execute(query).fetchall()


def test_a_stopped_study_goes_on_and_no_run_is_done_twice(tmp_path: Path, log: Path):
    asked = priced(watched_market(tmp_path / "market"), 6)
    path = tmp_path / "study.sqlite"
    first = conduct(asked, store=path, progress=stop_after(5))
    assert first.note.startswith("Stopped after 5 of 12 runs")
    assert len(first.pending) == 7
    second = conduct(asked, store=path)
    assert (second.n, second.note, len(second.pending)) == (6, "", 0)
    done = [(line.seed, line.price) for line in lines_of(log)]
    assert len(done) == len(set(done)) == 12
    whole = conduct(asked, store=tmp_path / "whole.sqlite")
    assert content_hash(path) == content_hash(tmp_path / "whole.sqlite")
    np.testing.assert_array_equal(second.values("price 9", "market_share", "Root"),
                                  whole.values("price 9", "market_share", "Root"))
    third = conduct(asked, store=path)
    assert third.n == 6
    assert len(lines_of(log)) == 24, "nothing was left to be done the third time"


def test_with_and_without_a_store_the_numbers_are_the_same(tmp_path: Path, scenario):
    asked = RunPlan(scenario, (Point("as written"), Point("deals", what_if="deals")), 3, 2, OUTCOMES)
    kept = conduct(asked, store=tmp_path / "a.sqlite").table()
    assert kept.equals(conduct(asked).table())
    assert kept.equals(read_results(tmp_path / "a.sqlite").table())


def test_more_replicates_and_more_points_join_the_runs_that_are_there(tmp_path: Path, log: Path):
    scenario, path = watched_market(tmp_path / "market"), tmp_path / "study.sqlite"
    conduct(priced(scenario, 2), store=path)
    conduct(priced(scenario, 4), store=path)
    found = conduct(priced(scenario, 3, prices=(9.0, 10.0, 11.0)), store=path)
    assert found.n == 3
    assert len(lines_of(log)) == 2 * 4 + 3
    assert len(read_results(path).rows) == 2 * 4 + 3


def test_later_seeds_of_the_same_study_join_it_too(tmp_path: Path, log: Path):
    scenario, path = watched_market(tmp_path / "market"), tmp_path / "study.sqlite"
    conduct(priced(scenario, 2, seed=5), store=path)
    found = conduct(priced(scenario, 3, seed=6), store=path)
    assert [(row.replicate, row.seed) for row in found.rows] == [(0, 6), (0, 6), (1, 7), (1, 7), (2, 8), (2, 8)]
    assert {line.seed for line in lines_of(log)} == {5, 6, 7, 8}
    assert len(lines_of(log)) == 8
    assert [row[0] for row in rows(path, "SELECT DISTINCT replicate FROM runs ORDER BY 1")] == [0, 1, 2, 3]


def test_failed_runs_are_kept_and_tried_again_only_on_request(tmp_path: Path, log: Path):
    path = tmp_path / "study.sqlite"
    asked = priced(watched_market(tmp_path / "market", fails=6), 3)
    for _ in range(2):
        assert [row.seed for row in conduct(asked, store=path).failed] == [6, 6]
    assert len(lines_of(log, "begin")) == 6
    again = conduct(asked, store=path, retry_failed=True)
    assert [row.reason for row in again.failed] == [FAILS.format(6)] * 2
    assert len(lines_of(log, "begin")) == 8


def test_until_stops_at_the_same_replicate_again_and_keeps_older_runs(tmp_path: Path, log: Path):
    scenario, path = watched_market(tmp_path / "market"), tmp_path / "study.sqlite"
    asked = priced(scenario, 9)
    for _ in range(2):
        assert conduct(asked, store=path, until=lambda results: results.n == 3).layout.replications == 3
    assert (len(rows(path)), len(lines_of(log))) == (6, 6)
    conduct(priced(scenario, 5), store=path)
    assert conduct(asked, store=path, until=lambda results: results.n == 2).n == 2
    assert len(rows(path)) == 10, "what others did stays"


def test_runs_are_plain_sql(tmp_path: Path):
    path = tmp_path / "study.sqlite"
    found = conduct(priced(watched_market(tmp_path / "market", fails=6), 3), store=path)
    names = [row[1] for row in rows(path, "SELECT * FROM pragma_table_info('runs')")]
    assert names == ["number", "key", "point", "replicate", "seed", "factors", "status", "reason", "outcomes",
                     "seconds", "checksum"]
    assert rows(path, "SELECT count(*), sum(status = 'done'), sum(status = 'failed') FROM runs") == [(6, 4, 2)]
    shares = rows(path, "SELECT market_share FROM results WHERE point = 'price 11' AND firm = 'Root' ORDER BY seed")
    np.testing.assert_allclose([row[0] for row in shares], found.own_values("price 11", "market_share", "Root"), 1e-15)
    prices = rows(path, 'SELECT DISTINCT "firms.Root.price" FROM results ORDER BY 1')
    assert prices == [(9.0,), (11.0,)]
    texts = rows(path, "SELECT outcomes FROM runs WHERE status = 'done' ORDER BY seed, number")
    assert from_text(texts[0][0])["Root"]["market_share"] == found.own_values("price 9", "market_share", "Root")[0]


def test_outcomes_survive_writing_bit_for_bit():
    values = {"A": {"a": 0.1 + 0.2, "b": -0.0, "c": float("inf"), "d": 5e-324, "e": 1.7976931348623157e308}}
    again = from_text(as_text(values))
    for name, value in values["A"].items():
        assert np.float64(again["A"][name]).tobytes() == np.float64(value).tobytes()
    assert np.isnan(from_text(as_text({"A": {"a": float("nan")}}))["A"]["a"])
    json.loads(as_text(values), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_the_content_does_not_depend_on_the_order_of_arrival_or_on_time(tmp_path: Path, scenario):
    asked = RunPlan(scenario, (Point("a"), Point("b", {"firms.A.price": 9.0})), 4, 1, ("market_share",))
    conduct(asked, store=tmp_path / "a.sqlite")
    numbers = {row.number: row for row in read_results(tmp_path / "a.sqlite").rows}
    texts = dict(rows(tmp_path / "a.sqlite", "SELECT key, outcomes FROM runs"))
    with opened(tmp_path / "b.sqlite", asked) as store:
        store.prepare(range(4))
        for job in reversed(store.pending()):
            store.record([TaskResult(job, "done", "", from_text(texts[job.key]), 100.0 + numbers[job.number].seconds)])
    assert content_hash(tmp_path / "a.sqlite") == content_hash(tmp_path / "b.sqlite")
    with sqlite3.connect(tmp_path / "b.sqlite") as connection:
        (text,) = connection.execute("SELECT outcomes FROM runs WHERE number = 3").fetchone()
        digit = next(letter for letter in text[text.rindex("."):] if letter.isdigit())
        other = text[: text.rindex(digit)] + str((int(digit) + 1) % 10) + text[text.rindex(digit) + 1 :]
        connection.execute("UPDATE runs SET outcomes = ? WHERE number = 3", (other,))
    connection.close()
    assert content_hash(tmp_path / "a.sqlite") != content_hash(tmp_path / "b.sqlite"), "one digit is seen"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"outcomes": ("trust_0_1",)}, "its outcomes are market_share, cumulative_profit_money, not trust_0_1"),
        ({"year": 0.5}, "its outcomes are read after 1 years, not 0.5"),
        ({"scenario": {"market.customers": 70}}, r"its scenario of mapping differs \(market.customers is 60 there, 70"),
        ({"points": (Point("a", {"firms.A.price": 8.0}),)}, "its point 'a' changes other things"),
    ],
)
def test_another_study_is_refused_in_a_sentence_that_says_what_differs(tmp_path: Path, scenario, changes, sentence):
    asked = RunPlan(scenario, (Point("a"),), 1, 1, OUTCOMES)
    conduct(asked, store=tmp_path / "a.sqlite")
    before = content_hash(tmp_path / "a.sqlite")
    if "scenario" in changes:
        changes = {"scenario": load(scenario, changes["scenario"])}
    with pytest.raises(ValueError, match=rf"holds another study: {sentence}.*Choose another file for this study\."):
        conduct(dataclasses.replace(asked, **changes), store=tmp_path / "a.sqlite")
    assert content_hash(tmp_path / "a.sqlite") == before


def test_runs_of_other_rules_are_refused(tmp_path: Path, scenario, monkeypatch):
    asked = RunPlan(scenario, (Point("a"),), 1, 1, OUTCOMES)
    conduct(asked, store=tmp_path / "a.sqlite")
    monkeypatch.setattr("sim.runs.stored_plan.rules_version", lambda: "0123456789abcdef")
    with pytest.raises(ValueError, match="another version of the rules"):
        conduct(asked, store=tmp_path / "a.sqlite")


@pytest.mark.system
def test_the_version_of_the_rules_changes_with_a_rule_a_book_or_a_metric_and_not_with_a_picture(tmp_path: Path):
    house = Path(store_file.__file__).parents[1]
    copy = tmp_path / "sim"
    shutil.copytree(house, copy, ignore=shutil.ignore_patterns("__pycache__"))
    program = "from sim.runs.manifest import rules_version; print(rules_version())"

    def version() -> str:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                              env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path)
        return done.stdout.strip()

    assert version() == manifest.rules_version()
    for name, counts in (("figures/style.py", False), ("studies/compare.py", False), ("rules/choice.py", True),
                         ("market/birth.py", True), ("metrics/money.py", True), ("runs/outcomes.py", True)):
        path, text = copy / name, (copy / name).read_text(encoding="utf-8")
        path.write_text(text + "\n# changed\n", encoding="utf-8")
        assert (version() != manifest.rules_version()) == counts, name
        path.write_text(text, encoding="utf-8")


def test_a_strategy_file_that_was_edited_makes_another_study(tmp_path: Path):
    strategy = "from sim import Plan, Strategy\n\n\nclass EditedTwice(Strategy):\n" \
               "    '''As written.'''\n\n    def plan(self, seen):\n        return Plan.from_shares(seen.written, " \
               "seen.allowance{})\n"
    file = tmp_path / "edited.py"
    market = {**TWO, "firms": {"A": {}, "B": {"strategy": "edited.py:EditedTwice"}}, "what_if": {}}
    file.write_text(strategy.format(""), encoding="utf-8")
    conduct(RunPlan(load(market, folder=tmp_path), (Point("a"),), 1, 1, OUTCOMES), store=tmp_path / "a.sqlite")
    conduct(stored_plan(tmp_path / "a.sqlite"), store=tmp_path / "a.sqlite")
    file.write_text(strategy.format(" // 2"), encoding="utf-8")
    with pytest.raises(ValueError, match="its point 'a' changes other things"):
        conduct(RunPlan(load(market, folder=tmp_path), (Point("a"),), 1, 1, OUTCOMES), store=tmp_path / "a.sqlite")


@pytest.mark.parametrize("content", [b"point,seed\na,1\n", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path, scenario, content: bytes):
    path = tmp_path / "mine.sqlite"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"mine\.sqlite is not a store of runs"):
        conduct(RunPlan(scenario, (Point("a"),), 1, 1, OUTCOMES), store=path)
    with pytest.raises(ValueError, match="is not a store of runs"):
        read_results(path)
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused(tmp_path: Path, scenario):
    connection = sqlite3.connect(tmp_path / "mine.sqlite")
    connection.execute("CREATE TABLE runs (name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(ValueError, match="it is a database of something else"):
        conduct(RunPlan(scenario, (Point("a"),), 1, 1, OUTCOMES), store=tmp_path / "mine.sqlite")


@pytest.mark.parametrize(("change", "words"), [
    (1, "written by a newer version of Clientele: update this one"),
    (-1, r"written by an earlier version of Clientele, whose rows have no checksums: `sim results .* --rescue` writes"),
])
def test_a_store_of_another_format_is_refused_with_one_sentence(tmp_path: Path, scenario, change: int, words: str):
    asked, path = RunPlan(scenario, (Point("a"),), 1, 1, OUTCOMES), tmp_path / "a.sqlite"
    conduct(asked, store=path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {store_file.FORMAT + change}")
    connection.close()
    with pytest.raises(ValueError, match=words):
        conduct(asked, store=path)


@pytest.mark.parametrize("begun", ["empty file", "only a header"])
def test_a_store_that_was_interrupted_at_its_birth_is_begun_anew(tmp_path: Path, scenario, begun: str):
    path = tmp_path / "a.sqlite"
    path.touch()
    if begun == "only a header":
        store_file.connect(path).close()
        assert path.stat().st_size > 0
    with pytest.raises(ValueError, match=r"is empty: no study"):
        read_results(path)
    assert conduct(RunPlan(scenario, (Point("a"),), 1, 1, OUTCOMES), store=path).n == 1


def test_two_who_write_at_the_same_time_are_refused_and_readers_are_not(tmp_path: Path, scenario):
    path, asked = tmp_path / "a.sqlite", RunPlan(scenario, (Point("a"),), 2, 1, OUTCOMES)
    seen: list[str] = []

    def meanwhile(done: int, total: int, what: str) -> None:
        if done == 1:
            with pytest.raises(ValueError, match="Another study is being written"):
                conduct(asked, store=path)
            seen.append(f"{len(read_results(path).failed)} {read_results(path).n}")

    conduct(asked, store=path, progress=meanwhile)
    assert seen == ["0 1"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.sqlite"], "no lock and no log is left"


def test_a_store_in_a_folder_that_is_not_there_yet(tmp_path: Path, scenario):
    path = tmp_path / "new folder" / "a study.sqlite"
    assert conduct(RunPlan(scenario, (Point("a"),), 1, 1, OUTCOMES), store=path).n == 1
    assert read_results(path).n == 1
    with pytest.raises(FileNotFoundError, match=r"no store of runs .*other\.sqlite"):
        read_results(tmp_path / "other.sqlite")


def test_a_full_disk_is_told_and_what_is_written_stays(tmp_path: Path, scenario):
    path, asked = tmp_path / "a.sqlite", RunPlan(scenario, (Point("a"),), 40, 1, OUTCOMES)
    with pytest.raises(OSError, match=r"a\.sqlite cannot be written"):
        plan_with_little_room(path, asked)
    assert len(rows(path)) == 1


def plan_with_little_room(path: Path, asked: RunPlan) -> None:
    with opened(path, asked) as store:
        store.prepare(range(1))
        (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
        store.connection.execute(f"PRAGMA max_page_count = {1 + pages}")
        store.prepare(range(1, 4000))


def test_the_experiment_in_a_store_is_the_one_that_made_it(tmp_path: Path, scenario):
    points = (Point("as written"), Point("deals", what_if="deals"), Point("dear", {"firms.A.price": 12.0}, "deals"))
    asked = RunPlan(scenario, points, 2, 3, OUTCOMES, 0.5)
    conduct(asked, store=tmp_path / "a.sqlite")
    again = stored_plan(tmp_path / "a.sqlite")
    assert (again.seed, again.replications, again.outcomes, again.end) == (3, 2, OUTCOMES, 0.5)
    assert {name: fact.variant_hash for name, fact in again.facts.items()} == {
        name: fact.variant_hash for name, fact in asked.facts.items()}
    assert [(point.name, dict(point.changes), point.what_if) for point in again.points] == [
        (point.name, dict(point.changes), point.what_if) for point in points]
    assert conduct(again, store=tmp_path / "a.sqlite").n == 2


def test_memory_does_not_grow_with_the_number_of_runs(tmp_path: Path, scenario, monkeypatch):
    monkeypatch.setattr("sim.runs.store.PAGE", 50)

    def peak(replications: int, name: str) -> int:
        asked = RunPlan(scenario, (Point("a"), Point("b", {"firms.A.price": 9.0})), replications, 1, OUTCOMES)
        tracemalloc.start()
        with opened(tmp_path / name, asked) as store:
            store.prepare(range(replications))
            last = None
            while page := store.pending(last):
                last = page[-1]
                store.record([TaskResult(job, "done", "", {"A": {"market_share": 0.5}}, 1.0) for job in page])
            assert store.settled() == 2 * replications
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(50, "warm.sqlite")
    few, many = peak(100, "few.sqlite"), peak(1000, "many.sqlite")
    assert many - few < 1800 * 30, f"{few:,} bytes for 200 runs, {many:,} for ten times as many"


def test_results_can_be_read_in_another_thread_and_leave_nothing_open(scenario):
    found = conduct(RunPlan(scenario, (Point("a"),), 2, 1, OUTCOMES))
    counted: list[int] = []
    reader = threading.Thread(target=lambda: counted.append(found.n))
    reader.start()
    reader.join()
    assert counted == [2]
