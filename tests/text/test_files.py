"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sim.text import files
from sim.text.files import write_csv, write_file, write_text, write_whole

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on this system")


def test_a_file_is_there_only_once_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.csv"

    def write(aside: Path) -> None:
        aside.write_text("all of it", encoding="utf-8")
        assert not path.exists()
        assert aside.suffix == ".csv", "who writes may choose the form by the ending"

    assert write_file(path, write) == path
    assert path.read_text(encoding="utf-8") == "all of it"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt()])
def test_where_writing_fails_the_old_file_stays_and_nothing_is_left_beside_it(
    tmp_path: Path, error: BaseException
) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("old", encoding="utf-8")

    def fail(aside: Path) -> None:
        aside.write_text("half", encoding="utf-8")
        raise error

    with pytest.raises(type(error)):
        write_file(path, fail)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    path = tmp_path / "file" / "runs.csv"
    with pytest.raises(OSError, match=r"file.runs\.csv") as found:
        write_csv(path, pd.DataFrame({"a": [1]}))
    assert found.value.filename == str(path)


def test_tables_are_the_same_bytes_everywhere(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", pd.DataFrame({"firm": ["Röst"], "value": [0.5]}, index=[7]))
    assert path.read_bytes() == "firm,value\nRöst,0.5\n".encode()


def whole(folder: Path, text: str = "new") -> Path:
    """A folder with one file, written whole; one with a file `ours` may be replaced."""
    return write_whole(folder, lambda aside: (aside / "ours").write_text(text), lambda one: (one / "ours").is_file(),
                       "ours")


@needs_links
def test_a_link_is_written_through_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for name, there in (("a.txt", "elsewhere/a.txt"), ("b.txt", "elsewhere/new.txt")):
        (tmp_path / name).symlink_to(there)
    (tmp_path / "elsewhere" / "a.txt").write_text("old")
    write_text(tmp_path / "a.txt", "one")
    write_text(tmp_path / "b.txt", "two")
    (tmp_path / "elsewhere" / "run").mkdir()
    (tmp_path / "run").symlink_to("elsewhere/run")
    assert whole(tmp_path / "run") == tmp_path / "run"
    whole(tmp_path / "run", "newer")
    assert all((tmp_path / name).is_symlink() for name in ("a.txt", "b.txt", "run"))
    texts = [(tmp_path / "elsewhere" / name).read_text() for name in ("a.txt", "new.txt", "run/ours")]
    assert texts == ["one", "two", "newer"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(
        ["a.txt", "a.txt", "b.txt", "elsewhere", "new.txt", "ours", "run", "run"]), "nothing is left beside them"


@needs_links
def test_links_that_lead_to_one_another_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError) as found:  # noqa: PT011 - the words are the system's
        write_text(tmp_path / "a", "text")
    assert found.value.filename == str(tmp_path / "a")
    assert (tmp_path / "a").is_symlink()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="this system has no /dev/fd")
def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    write_text(Path(f"/dev/fd/{writes}"), "through the pipe")
    os.close(writes)
    with os.fdopen(reads, encoding="utf-8") as pipe:
        assert pipe.read() == "through the pipe"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="this system has no umask")
@pytest.mark.parametrize("mask", [0o002, 0o022, 0o077])
def test_modes_are_those_of_the_umask_and_what_is_not_whole_is_private(tmp_path: Path, mask: int) -> None:
    def write(aside: Path) -> None:
        assert aside.parent.stat().st_mode & 0o777 == 0o700
        aside.write_text("text")

    before = os.umask(mask)
    try:
        file, folder = write_file(tmp_path / "in" / "a.txt", write), whole(tmp_path / "run")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (file, folder / "ours")} == {0o666 & ~mask}
    assert {path.stat().st_mode & 0o777 for path in (folder, file.parent)} == {0o777 & ~mask}


@needs_links
def test_nothing_that_lies_there_is_followed_or_overwritten_on_the_way(tmp_path: Path) -> None:
    """Names of what is written aside cannot be foretold."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    names = set()
    for _ in range(3):
        write_file(tmp_path / "a.txt", lambda aside: (names.add(aside.parent.name), aside.write_text("text")))
    assert len(names) == 3
    for suffix in (str(os.getpid()), "x"):
        (tmp_path / f".a.{suffix}.txt").symlink_to(victim)
    (tmp_path / f"{files.HIDDEN}link").symlink_to(tmp_path)
    write_text(tmp_path / "a.txt", "text")
    assert victim.read_text() == "mine"
    assert (tmp_path / f"{files.HIDDEN}link").is_symlink()


@pytest.mark.parametrize("write", [lambda path: write_text(path, "text"), whole])
def test_a_full_disk_is_told_of_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write) -> None:
    def full(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left on device") as found:
        write(tmp_path / "asked_for")
    assert found.value.filename == str(tmp_path / "asked_for")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from sim.text import files

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

place, how = Path(sys.argv[1]), sys.argv[2]
if how == "file":
    files.write_file(place, lambda aside: (aside.write_text("half"), die()))
elif how == "folder":
    files.write_whole(place, lambda aside: ((aside / "ours").write_text("half"), die()), Path.is_dir, "ours")
else:  # when the old one is moved aside and the new one not yet in its place
    rename = Path.rename
    Path.rename = lambda self, target: die() if self.name == "new" else rename(self, target)
    files.write_whole(place, lambda aside: (aside / "ours").write_text("new"), Path.is_dir, "ours")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("how", ["file", "folder", "between"])
def test_what_a_kill_leaves_is_taken_away_by_the_next_who_writes_there(tmp_path: Path, how: str) -> None:
    place = tmp_path / ("a.txt" if how == "file" else "run")
    if how != "file":
        whole(place, "old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(place), how], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len([path for path in tmp_path.iterdir() if path.name.startswith(files.HIDDEN)]) == 1
    if how == "between":
        assert not place.exists()
    write_text(tmp_path / "other.txt", "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.txt"] + ["run"] * (how != "file")
    if how != "file":
        assert (place / "ours").read_text() == "old"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no file locks")
def test_what_somebody_is_writing_just_now_is_left_alone(tmp_path: Path) -> None:
    def write(aside: Path) -> None:
        aside.write_text("first")
        write_text(tmp_path / "other.txt", "second")

    write_file(tmp_path / "a.txt", write)
    assert (tmp_path / "a.txt").read_text() == "first"
    young, old = tmp_path / f"{files.HIDDEN}young", tmp_path / f"{files.HIDDEN}old"
    young.mkdir()
    old.mkdir()
    os.utime(old, (time.time() - 2 * files.YOUNG,) * 2)
    write_text(tmp_path / "a.txt", json.dumps({}))
    assert (young.exists(), old.exists()) == (True, False)
