"""What compiled loops are kept in: a private folder, and files that are looked at before they are loaded."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sim.engine import cache, compiled
from sim.numerics.elementary import HAS_NUMBA

needs_numba = pytest.mark.skipif(not HAS_NUMBA, reason="numba cannot be imported here")
needs_owners = pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no owners of files")
ONE, OTHER = (f"from numba import njit\n@njit(cache=True, nogil=True)\ndef run(x):\n return x + {number}\n"
              for number in (1, 1000))


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The cache of this test; no generated module survives it."""
    monkeypatch.setenv("CLIENTELE_CACHE", str(tmp_path / "mine"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield tmp_path / "mine" / "clientele"
    for text in (ONE, OTHER):
        sys.modules.pop(compiled._name_of(text), None)


def used(text: str) -> ModuleType:
    """The module of a text as a new process has it, called once and sealed as `compiled.call` does."""
    sys.modules.pop(compiled._name_of(text), None)
    module = compiled.module_of(text)
    assert module.run(1) == 1 + int(text.split()[-1])
    if module.cached:
        compiled._seal(module)
    return module


def was_loaded(module: ModuleType) -> bool:
    return bool(sum(module.run.stats.cache_hits.values()))


@needs_numba
def test_what_was_compiled_is_loaded_by_the_next_process(folder: Path) -> None:
    name = compiled._name_of(ONE)
    assert not cache.is_whole(name)
    assert not was_loaded(used(ONE))
    assert cache.is_whole(name)
    assert was_loaded(used(ONE))
    assert {path.stat().st_mode & 0o777 for path in (folder, folder / "__pycache__")} == {0o700}


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[random.Random(path.suffix).randrange(len(content))] ^= 1
    path.write_bytes(content)


def foreign(path: Path) -> None:
    path.write_bytes(b"\x80\x04cos\nsystem\n(S'touch planted'\ntR.")


def a_folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


@needs_numba
@pytest.mark.parametrize("harm", [emptied, cut_short, flipped, foreign, a_folder, dangling, Path.unlink])
def test_whatever_happens_to_a_file_of_the_cache_it_is_made_anew(folder: Path, harm: Callable[[Path], None]) -> None:
    used(ONE)
    for number in range(len([path for path in folder.rglob("*") if path.is_file()])):
        path = sorted(path for path in folder.rglob("*") if path.is_file())[number]
        harm(path)
        used(ONE)  # the right number
        assert cache.is_whole(compiled._name_of(ONE)), path.name
        assert was_loaded(used(ONE)), path.name
    assert not Path("planted").exists()


@needs_numba
def test_files_of_two_loops_that_change_places_are_not_run(folder: Path) -> None:
    names = [compiled._name_of(text) for text in (ONE, OTHER)]
    used(ONE), used(OTHER)
    for path in [path for path in folder.rglob(f"{names[0]}*") if path.is_file()]:
        twin = path.with_name(path.name.replace(*names))
        assert twin.is_file()
        content = path.read_bytes(), twin.read_bytes()
        path.write_bytes(content[1])
        twin.write_bytes(content[0])
    assert not was_loaded(used(ONE))
    assert not was_loaded(used(OTHER))
    assert was_loaded(used(ONE))
    assert was_loaded(used(OTHER))


@needs_numba
def test_text_planted_under_the_name_of_a_loop_is_not_run(folder: Path) -> None:
    used(ONE)
    for path in folder.glob("*.py"):
        path.write_text("raise SystemExit('planted')\n", encoding="utf-8")
    shutil.rmtree(folder / "__pycache__")
    used(ONE)
    assert not any("planted" in path.read_text(encoding="utf-8") for path in folder.glob("*.py"))


@needs_numba
def test_without_any_private_folder_nothing_is_kept_and_the_numbers_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cache, "is_private", lambda _: False)
    module = used(ONE)
    assert not module.cached
    assert not cache.is_whole(module.__name__)


@needs_numba
def test_loops_that_cannot_be_written_down_are_run_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """`compiled.call` asks twice: on a full disk the first call fails after compiling, the second runs."""
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    module = compiled.module_of(ONE)
    with pytest.raises(OSError, match="No space left"):
        module.run(1)
    assert module.run(1) == 2


def test_the_cache_folder_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache.cache_folder() == tmp_path / "mine" / "clientele"
    monkeypatch.delenv("CLIENTELE_CACHE")
    assert cache.cache_folder() == tmp_path / "xdg" / "clientele"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.cache_folder() == tmp_path / "home" / ".cache" / "clientele"


def test_a_folder_that_cannot_be_written_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CLIENTELE_CACHE", str(tmp_path / "file"))
    assert cache.cache_folder() == tmp_path / "xdg" / "clientele"


@needs_owners
def test_nobodys_home_and_no_other_place_gives_one_temporary_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:
    for name in ("CLIENTELE_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # a user without an entry: KeyError, as on such a system
    found = [cache.cache_folder() for _ in range(3)]
    assert found == [tmp_path / f"clientele-{os.getuid()}"] * 3
    assert [path.name for path in tmp_path.iterdir()] == [f"clientele-{os.getuid()}"]


@needs_owners
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_into_which_others_can_write_is_refused(monkeypatch, folder: Path, tmp_path: Path, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)
    assert cache.cache_folder() == tmp_path / "xdg" / "clientele"
    inner = tmp_path / "xdg" / "clientele" / "__pycache__"
    inner.chmod(mode)
    assert cache.cache_folder() == tmp_path / "home" / ".cache" / "clientele"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused_also_behind_a_link(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    os.chown(folder, 12345, 12345)
    assert cache.cache_folder() == tmp_path / "xdg" / "clientele"
    shutil.rmtree(tmp_path / "xdg")
    (tmp_path / "xdg").mkdir()
    (tmp_path / "xdg" / "clientele").symlink_to(tmp_path / "theirs")
    (tmp_path / "theirs").mkdir()
    os.lchown(tmp_path / "xdg" / "clientele", 12345, 12345)
    assert cache.cache_folder() == tmp_path / "home" / ".cache" / "clientele"


@needs_owners
def test_a_process_without_home_and_without_an_entry_for_its_user_runs_a_market(tmp_path: Path) -> None:
    script = ("import pwd; pwd.getpwuid = {}.__getitem__\n"
              "import sim; print(len(sim.run({'question': 'Q', 'firms': {'Root': {}}},"
              " overrides={'market.customers': 20}).periods) > 0)")
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "CLIENTELE_CACHE")
            and not name.startswith("XDG")}
    done = subprocess.run([sys.executable, "-c", script], env={**kept, "TMPDIR": str(tmp_path)}, text=True,
                          capture_output=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr
