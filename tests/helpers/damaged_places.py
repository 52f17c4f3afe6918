"""Stores of runs, saved runs and compiled loops that somebody has damaged."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType

from sim.engine import cache, compiled

STRANGE = (None, "", "x", -1, 0, 2**62, -(2**62), 1e308, "nan", "1e999", "NaN", "[]", "{}", "null", "[" * 10_000, b"",
           b"\xff\x00" * 40, "\x1b[31mred\n\u202e", "../../etc", '{"a": 1e999}', "😀", "9" * 400)


def spoiled(luck: random.Random, raw: bytes) -> bytes:
    """The content of a file, damaged."""
    begin = luck.randrange(len(raw) + 1)
    end = min(len(raw), begin + luck.choice([1, 2, 16, 500, 5000]))
    return luck.choice([
        lambda: b"", lambda: raw[:begin], lambda: raw[end:], lambda: raw[:begin] + raw[end:],
        lambda: raw[:begin] + bytes(end - begin) + raw[end:],
        lambda: raw[:begin] + luck.randbytes(end - begin) + raw[end:],
        lambda: raw[:begin] + bytes(byte ^ 1 << luck.randrange(8) for byte in raw[begin:][:1]) + raw[begin + 1 :],
        lambda: raw[:end] + raw[begin:], lambda: luck.randbytes(luck.choice([1, 100, 20_000])), lambda: raw + raw,
    ])()


def spoil_file(luck: random.Random, path: Path) -> None:
    """Damage one file, or put something else in its place."""
    way = luck.randrange(12)
    content = path.read_bytes()
    if way in (0, 1, 2):
        path.unlink()
    if way == 1:
        path.mkdir()
    if way == 2:
        path.symlink_to(luck.choice([path.name, "nowhere", "/dev/null", "."]))
    if way > 2:
        path.write_bytes(spoiled(luck, content))


def spoil_store(luck: random.Random, path: Path) -> None:
    """Damage a store: its bytes, or what stands in its tables."""
    if luck.random() < 0.3:
        path.write_bytes(spoiled(luck, path.read_bytes()))
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        tables = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
                  for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
        for _ in range(luck.randint(1, 3)):
            table = luck.choice(sorted(tables))
            with suppress(sqlite3.Error, OverflowError):
                _spoil_a_table(luck, connection, table, luck.choice(tables[table]))


def _spoil_a_table(luck: random.Random, connection: sqlite3.Connection, table: str, column: str) -> None:
    some = luck.choice(["", "", f" WHERE rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1)"])
    way = luck.randrange(8)
    if way < 2:
        connection.execute(f"UPDATE {table} SET {column} = ?{some}", (luck.choice(STRANGE),))
    elif way < 4:
        _spoil_a_cell(luck, connection, table, column)
    else:
        connection.execute([f"DELETE FROM {table}{some}", f"DROP TABLE {table}",
                            f"ALTER TABLE {table} RENAME COLUMN {column} TO other",
                            f"PRAGMA user_version = {luck.choice([0, 1, 2, 3, 99])}"][way - 4])


def _spoil_a_cell(luck: random.Random, connection: sqlite3.Connection, table: str, column: str) -> None:
    rows = connection.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
    if rows:
        number, value = luck.choice(rows)
        raw = spoiled(luck, value if isinstance(value, bytes) else str(value).encode())
        new = raw if isinstance(value, bytes) else raw.decode("utf-8", "replace")
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, number))


def spoil_run(luck: random.Random, folder: Path) -> None:
    """Damage a saved run: a file of it, or an entry of its manifest."""
    if luck.random() < 0.5:
        spoil_file(luck, luck.choice(sorted(folder.iterdir())))
        return
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for _ in range(luck.randint(1, 2)):
        inside = manifest
        name = luck.choice(sorted(inside))
        while isinstance(inside.get(name), dict) and inside[name] and luck.random() < 0.5:
            inside = inside[name]
            name = luck.choice(sorted(inside))
        value = luck.choice([*(one for one in STRANGE if not isinstance(one, bytes)), float("inf"), [], {}, {"a": 1}])
        if luck.random() < 0.2:
            del inside[name]
        else:
            inside[name] = value
        if not manifest:
            break
    path.write_text(json.dumps(manifest), encoding="utf-8")


ONE, OTHER = (f"from numba import njit\n@njit(cache=True, nogil=True)\ndef run(x):\n return x + {number}\n"
              for number in (1, 1000))


class SmallCache:
    """Two compiled modules in a cache of their own, which is put back whole before each damage."""

    def __init__(self, folder: Path) -> None:
        self.place, self.whole = folder / "mine", folder / "whole"
        os.environ["CLIENTELE_CACHE"] = str(self.place)
        for text in (ONE, OTHER):
            self._used(text)
        shutil.copytree(self.place, self.whole)

    def _used(self, text: str) -> int:
        """What a new process gets out of a module."""
        sys.modules.pop(compiled._name_of(text), None)
        module: ModuleType = compiled.module_of(text)
        found = int(module.run(1))
        if module.cached:
            compiled._seal(module)
        return found

    def faults(self, luck: random.Random) -> list[str]:
        """Damage it, use it twice; what goes wrong."""
        os.environ["CLIENTELE_CACHE"] = str(self.place)
        shutil.rmtree(self.place)
        shutil.copytree(self.whole, self.place)
        for _ in range(luck.randint(1, 3)):
            self._spoil(luck)
        found = []
        for round_ in ("first", "second"):
            for text, right in ((ONE, 2), (OTHER, 1001)):
                got = self._used(text)
                if got != right:
                    found.append(f"{round_} use gives {got} instead of {right}")
        if not all(cache.is_whole(compiled._name_of(text)) for text in (ONE, OTHER)):
            found.append("it is not mended")
        return found

    def _spoil(self, luck: random.Random) -> None:
        files = sorted(path for path in self.place.rglob("*") if path.is_file() and not path.is_symlink())
        if len(files) < 2:
            return
        one, other = luck.sample(files, 2)
        swap: Callable[[], object] = lambda: (one.rename(one.with_suffix(".aside")), other.rename(one),  # noqa: E731
                                              one.with_suffix(".aside").rename(other))
        luck.choice([swap, lambda: shutil.copyfile(one, other), lambda: spoil_file(luck, one),
                     lambda: spoil_file(luck, one)])()
