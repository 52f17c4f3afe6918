"""A store that was damaged or edited is told in one sentence; what is not as it was written is never used."""

from __future__ import annotations

import shutil
import sqlite3
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conducting import conduct
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from watched import OUTCOMES

import sim
from sim.reports.stored import StoredStudy
from sim.runs import store_file
from sim.runs.checksums import COLUMNS, damage
from sim.runs.plan import Point, RunPlan
from sim.runs.rescue import rescue
from sim.runs.serialization import packed
from sim.runs.store import content_hash
from sim.runs.stored_plan import opened, read_results
from sim.runs.task import TaskResult
from sim.scenario.load import load

MARKET = {"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 1, "period": "quarter"},
          "market": {"customers": 40}}
POINTS = (Point("as written"), Point("dear", {"firms.A.price": 12.0}))
ONE_DIGIT = "UPDATE runs SET outcomes = replace(outcomes, '0.', '1.') WHERE number = 3"
NO_CHECKSUMS = [f"ALTER TABLE {table} DROP COLUMN checksum" for table in COLUMNS]
Rows = dict[tuple[Any, ...], str]
SMALL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def asked() -> RunPlan:
    """Two prices and four seeds."""
    return RunPlan(load(MARKET), POINTS, 4, 5, OUTCOMES)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of eight runs."""
    path = tmp_path_factory.mktemp("whole") / "a.sqlite"
    conduct(asked(), store=path)
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that kept a summary of every run: of three."""
    path = tmp_path_factory.mktemp("compared") / "c.sqlite"
    sim.replicate(MARKET, 3, store=path)
    return path


def copied(path: Path, folder: Path, *changes: str) -> Path:
    """A copy of a store, changed by somebody who does not know of checksums."""
    copy = folder / path.name
    shutil.copyfile(path, copy)
    connection = sqlite3.connect(copy)
    for change in ("DROP VIEW results", *changes):
        connection.execute(change)
    connection.commit()
    connection.close()
    return copy


def rows_of(path: Path) -> Rows:
    """Every run of a store that is done: what it says, and keeps, by point, seed and firm."""
    results = read_results(path)
    table = results.table().drop(columns="replicate")
    done = table[table["status"] == "done"].itertuples(index=False, name=None)
    rows = {(row[0], row[1], row[4]): repr(row) for row in done}
    kept = {(point, number): packed(one).hex() for (point, number), one in results.kept().items()}
    first = results.layout.seeds[0]
    return {key: row + kept.get((key[0], key[1] - first), "") for key, row in rows.items()}


def or_a_sentence(path: Path, use: Callable[[Path], Any]) -> Any:
    """What a use of a store gives, or None where it is refused in one sentence about this file."""
    try:
        return use(path)
    except (OSError, ValueError) as error:
        text = str(error)
    assert path.stem in text
    assert "\n" not in text
    return None


@pytest.mark.parametrize(("table", "column"), [
    (table, column) for table, columns in COLUMNS.items() for column in columns])
def test_whatever_is_changed_in_a_row_its_checksum_tells(
    compared: Path, tmp_path: Path, table: str, column: str
) -> None:
    done = 0
    for value in (None, "", "x", 7, -1.5, b"\xff\x00"):
        path = copied(compared, tmp_path)
        connection = sqlite3.connect(path)
        try:
            changed = connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} IS NOT ? AND rowid = (SELECT "
                                         f"max(rowid) FROM {table})", (value, value)).rowcount
        except sqlite3.IntegrityError:
            continue
        finally:
            connection.commit()
            connection.close()
        with store_file.reading(path) as reading:
            found = damage(reading)
        assert not changed or found.runs or found.others, f"{table}.{column} = {value!r} is not noticed"
        done += changed
    assert done


def test_one_changed_digit_is_named_not_used_and_run_again(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path, ONE_DIGIT)
    results, done = read_results(path), rows_of(path)
    assert results.damage.sentence == "1 row is damaged and not used: row 3 (as written, seed 6)."
    expected = {key: row for key, row in rows_of(whole).items() if key[:2] != ("as written", 6)}
    assert done == expected
    assert results.complete == [0, 2, 3]
    with pytest.raises(ValueError, match=r"^Row 3 of .*a\.sqlite is damaged"):
        sim.replay(path, 3)
    assert sim.replay(path, 4).equal
    assert StoredStudy(path).note.startswith("1 row is damaged and not used: row 3 (as written, seed 6).")
    with pytest.warns(UserWarning, match=r"row 3 \(as written, seed 6\)\. What this study needs of them is run again"):
        again = conduct(asked(), store=path)
    assert (again.n, again.found_done) == (4, 7)
    assert content_hash(path) == content_hash(whole)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert conduct(asked(), store=path).found_done == 8


@pytest.mark.parametrize("change", [
    "UPDATE kept SET content = substr(content, 2) WHERE rowid = 2", "DELETE FROM kept WHERE rowid = 2",
    "UPDATE kept SET content = (SELECT content FROM kept WHERE rowid = 1) WHERE rowid = 2",
])
def test_a_run_is_damaged_where_what_was_kept_of_it_is(compared: Path, tmp_path: Path, change: str) -> None:
    path = copied(compared, tmp_path, change)
    assert read_results(path).damage.words == ("row 2 (as written, seed 2)",)
    with pytest.warns(UserWarning, match="row 2"):
        again = sim.replicate(MARKET, 3, store=path)
    whole = sim.replicate(MARKET, 3, store=compared)
    assert again.runs.equals(whole.runs)
    assert content_hash(path) == content_hash(compared)


def test_a_run_whose_point_is_not_there_is_not_used(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path, "DELETE FROM points WHERE name = 'dear'")
    assert read_results(path).damage.runs == (2, 4, 6, 8)
    assert {key[0] for key in rows_of(path)} == {"as written"}
    with pytest.warns(UserWarning, match="4 rows are damaged and not used: row 2 .*, 1 more"):
        conduct(asked(), store=path)
    assert content_hash(path) == content_hash(whole)


@pytest.mark.parametrize(("change", "why"), [
    ("UPDATE study SET value = '2.0' WHERE name = 'year'", "row year of its table study is not as it was written"),
    ("UPDATE points SET patch = '{}' WHERE name = 'dear'", "row dear of its table points is not as it was written"),
    *((f"DROP TABLE {table}", f"no such table: {table}") for table in COLUMNS),
    *((f"ALTER TABLE {table} RENAME COLUMN {columns[-1]} TO other", f"no such column: {columns[-1]}")
      for table, columns in COLUMNS.items()),
    ("ALTER TABLE runs DROP COLUMN checksum", "no such column: checksum"),
])
def test_what_cannot_be_read_is_told_in_a_sentence_with_what_to_do(
    whole: Path, tmp_path: Path, change: str, why: str
) -> None:
    path = copied(whole, tmp_path, change)
    before = path.read_bytes()
    pattern = rf"^\S*a\.sqlite is damaged \({why}.*\): `sim results \S+ --rescue` writes what can still be read into a "
    for use in (read_results, content_hash, lambda path: sim.replay(path, 2), lambda path: sim.report(path)):
        with pytest.raises(ValueError, match=pattern):
            use(path)
    with pytest.raises(ValueError, match=pattern):
        conduct(asked(), store=path)
    assert path.read_bytes() == before


def test_a_store_that_does_not_say_what_was_studied_is_told(whole: Path, tmp_path: Path) -> None:
    for change, why in (("DELETE FROM study WHERE name = 'scenario'", "its table study has no row scenario"),
                        ("DELETE FROM points", "its table points has no row")):
        with pytest.raises(ValueError, match=rf"a\.sqlite is damaged \({why}\): `sim results"):
            read_results(copied(whole, tmp_path, change))
    with pytest.warns(UserWarning, match="8 rows are damaged and not used"):
        conduct(asked(), store=tmp_path / "a.sqlite")
    assert content_hash(tmp_path / "a.sqlite") == content_hash(whole)


@pytest.mark.parametrize(("change", "why"), [
    (f"PRAGMA user_version = {store_file.FORMAT + 1}", "newer version of Clientele: update this one"),
    ("PRAGMA application_id = 7", "is not a store of runs: it is a database of something else"),
])
def test_stores_of_others_are_refused(whole: Path, tmp_path: Path, change: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_results(copied(whole, tmp_path, change))


def told_or_as_it_was(path: Path, whole: Rows) -> None:
    """Reading and rescuing a store gives the rows that were written, or one sentence."""
    before = path.read_bytes()
    found = or_a_sentence(path, rows_of) or {}
    assert found.items() <= whole.items()
    new = path.with_name(f"{path.stem}.rescued.sqlite")
    new.unlink(missing_ok=True)
    saved = or_a_sentence(path, rescue)
    assert new.exists() == (saved is not None)
    if saved is not None:
        assert found.items() <= rows_of(new).items() <= whole.items()
    assert path.read_bytes() == before


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=12))
@SMALL
def test_flipped_bytes_give_the_rows_that_were_written_or_a_sentence(
    compared: Path, tmp_path: Path, flips: list[tuple[int, int]]
) -> None:
    content = bytearray(compared.read_bytes())
    expected = rows_of(compared)
    for place, mask in flips:
        content[place % len(content)] ^= mask
    path = tmp_path / "a.sqlite"
    path.write_bytes(content)
    told_or_as_it_was(path, expected)


@given(st.integers(0, 10**6), st.sampled_from(["cut", "zeros", "twice"]))
@SMALL
def test_a_store_that_ends_too_early_or_too_late_is_told(
    compared: Path, tmp_path: Path, place: int, kind: str
) -> None:
    content, expected = compared.read_bytes(), rows_of(compared)
    place %= len(content)
    path = tmp_path / "a.sqlite"
    rest = {"cut": b"", "zeros": bytes(512) + content[place + 512 :], "twice": content}
    path.write_bytes(content[:place] + rest[kind])
    told_or_as_it_was(path, expected)


def test_what_can_be_read_is_saved_and_its_study_goes_on_from_there(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path, ONE_DIGIT, "UPDATE study SET value = 'x' WHERE name = 'changed'",
                  "UPDATE runs SET seed = 99 WHERE number = 6")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="row changed of its table study"):
        read_results(path)
    saved = rescue(path)
    assert (saved.path, saved.saved, saved.lost) == (tmp_path / "a.rescued.sqlite", 6, 2)
    assert saved.sentence == (
        f"Saved: {saved.path}, 6 rows of runs. Lost: 2 rows of those that {path} still names, and 1 row of what was "
        f"studied. The command that made the store goes on with --store {saved.path}.")
    assert path.read_bytes() == before
    assert rows_of(saved.path).items() < rows_of(whole).items()
    with pytest.raises(FileExistsError, match=r"rescued\.sqlite is there already: move it away first"):
        rescue(path)
    assert conduct(asked(), store=saved.path).found_done == 6
    assert rows_of(saved.path) == rows_of(whole)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.rescued.sqlite", "a.sqlite"]


def test_a_store_without_its_end_gives_the_rows_before_it(tmp_path: Path) -> None:
    path = tmp_path / "long.sqlite"
    plan = replace(asked(), replications=150)
    with opened(path, plan) as store:
        store.prepare(range(150))
        for task in store.pending():
            store.record([TaskResult(task, "done", "", {"A": dict.fromkeys(OUTCOMES, task.number / 7)}, 1.0)])
    done = rows_of(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ValueError, match=r"long\.sqlite is damaged \(database disk image is malformed\)"):
        read_results(path)
    saved = rescue(path)
    assert 30 < saved.saved < 300
    assert saved.lost > 0
    assert len(rows_of(saved.path)) == saved.saved
    assert rows_of(saved.path).items() <= done.items()


def test_rows_of_an_earlier_version_are_taken_over_and_gone_on_with(compared: Path, tmp_path: Path) -> None:
    path = copied(compared, tmp_path, *NO_CHECKSUMS, "PRAGMA user_version = 2")
    with pytest.raises(ValueError, match=r"earlier version of Clientele, whose rows have no checksums: `sim results"):
        sim.replicate(MARKET, 3, store=path)
    saved = rescue(path)
    assert (saved.saved, saved.lost) == (3, 0)
    assert content_hash(saved.path) == content_hash(compared)
    assert sim.replicate(MARKET, 4, store=saved.path).results.found_done == 3


@pytest.mark.parametrize("change", [
    "UPDATE kept SET content = x'00' WHERE rowid = 2", "UPDATE runs SET outcomes = '[]' WHERE number = 2",
    "UPDATE runs SET status = 'well' WHERE number = 2", "UPDATE runs SET factors = 'x' WHERE number = 2",
    "UPDATE runs SET outcomes = '{\"A\": 3}' WHERE number = 2", "UPDATE runs SET seed = 1e999 WHERE number = 2",
])
def test_rows_of_an_earlier_version_that_cannot_be_read_are_left(compared: Path, tmp_path: Path, change: str) -> None:
    path = copied(compared, tmp_path, *NO_CHECKSUMS, change, "PRAGMA user_version = 2")
    saved = rescue(path)
    assert (saved.saved, saved.lost) == (2, 1)
    assert rows_of(saved.path).items() < rows_of(compared).items()


def test_a_log_that_was_left_behind_is_rescued_too(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("DELETE FROM runs WHERE number = 8")
    writer.commit()
    assert Path(f"{path}-wal").stat().st_size
    assert rescue(path).saved == 7
    writer.close()


def test_nothing_to_rescue_is_said(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no store of runs"):
        rescue(tmp_path / "none.sqlite")
    empty, text = tmp_path / "empty.sqlite", tmp_path / "text.sqlite"
    empty.touch()
    text.write_text("point,seed\n" * 500, encoding="utf-8")
    gone = copied(whole, tmp_path, "UPDATE study SET value = '{}' WHERE name = 'scenario'")
    for path in (empty, text, gone):
        with pytest.raises(ValueError, match=rf"^Nothing of \S*{path.name} can be saved"):
            rescue(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.sqlite", "empty.sqlite", "text.sqlite"]


def test_no_place_of_this_machine_stands_in_a_store(whole: Path, compared: Path) -> None:
    for path in (whole, compared):
        connection = sqlite3.connect(path)
        text = "\n".join(connection.iterdump())
        connection.close()
        assert str(path.parent) not in text
        assert str(Path.home()) not in text
        assert str(Path.cwd()) not in text


@pytest.mark.parametrize(("before", "now"), [
    (b"CREATE TABLE points", b"CREATE TABLE p\xf4ints"), (b"CREATE TABLE kept", b"CR\xf4\xff\xfeTABLE kept"),
    (b"sqlite_autoindex_kept_1", b"sqlite_aut\xf4\xffndex_kept_1"),
])
def test_tables_whose_names_are_no_text_any_more_are_told(
    whole: Path, tmp_path: Path, before: bytes, now: bytes
) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(whole.read_bytes().replace(before, now))
    told_or_as_it_was(path, rows_of(whole))
    with pytest.raises(ValueError, match=r"a\.sqlite is damaged \("):
        read_results(path)
