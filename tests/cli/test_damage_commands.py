"""What the command line says of a store that is damaged, and how it ends."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SWEEP = ("sweep", "first_look", "--factor", "firms.Root.price=9,10", "-n", "2", "--customers", "40", "--set",
         "clock.years=1", "--quiet", "--store", "a.sqlite")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sim: Callable[..., Any]) -> Path:
    """A store of four runs, of which the second was edited."""
    monkeypatch.chdir(tmp_path)
    assert sim(*SWEEP).code == 0
    with sqlite3.connect("a.sqlite") as connection:
        connection.execute("UPDATE runs SET outcomes = replace(outcomes, '1', '2') WHERE number = 2")
    connection.close()
    return Path("a.sqlite")


def test_damaged_rows_are_named_and_the_study_runs_them_again(store: Path, sim: Callable[..., Any]) -> None:
    done = sim("results", store)
    assert done.code == 1
    assert "3 runs done" in done.out
    assert "a.sqlite: 1 row is damaged and not used: row 2 (firms.Root.price=10, seed 1)." in done.out
    with pytest.warns(UserWarning, match=r"^a\.sqlite: 1 row is damaged and not used: row 2 ") as told:
        assert sim(*SWEEP).code == 0
    message, place = told[0].message, told[0].filename
    assert warnings.formatwarning(message, UserWarning, place, 1) == f"{message}\n", "printed as a sentence"
    assert "mine.py:7: UserWarning: x" in warnings.formatwarning(UserWarning("x"), UserWarning, "mine.py", 7)
    assert sim("results", store).code == 0


def test_a_damaged_store_is_refused_in_a_line_and_rescued(store: Path, sim: Callable[..., Any]) -> None:
    saved = sim("results", store, "--rescue")
    assert (saved.code, saved.out[:29]) == (0, "Saved: a.rescued.sqlite, 3 ro")
    assert sim(*SWEEP[:-1], "a.rescued.sqlite").code == 0
    again = sim("results", store, "--rescue")
    assert (again.code, again.err) == (2, "a.rescued.sqlite is there already: move it away first.\n")
    store.write_bytes(store.read_bytes()[:-5000])
    for command in (("results", store), ("replay", store, 1), ("report", store), SWEEP):
        done = sim(*command)
        assert done.code == 2
        assert done.err == ("a.sqlite is damaged (database disk image is malformed): `sim results a.sqlite --rescue` "
                            "writes what can still be read into a new file, and leaves this one as it is.\n")


def test_a_file_that_is_no_run_is_taken_for_a_store(store: Path, sim: Callable[..., Any]) -> None:
    store.write_bytes(b"")
    done = sim("replay", store)
    assert done.code == 2
    assert done.err == "a.sqlite is a store of many runs: say which one, e.g. `sim replay a.sqlite 1`.\n"
