"""The compiled way to run phases: the loops of a pass as text, handed to numba.

The text has a file named by the hash of itself and of all rules, so an edited rule can never meet an old cache
(numba's own cache watches only the file of the compiled function). The module is put in `sys.modules` before numba
sees it. What numba keeps is checked before it is loaded (`sim.engine.cache`).
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import numpy as np

from sim.engine import cache
from sim.engine.generating import Names, source_for, split_parameters
from sim.engine.phase import Program
from sim.engine.state import Deal, FirmRow, Friend, Me, Need, Offer, Tie
from sim.engine.world import Totals, World
from sim.numerics.draws import Luck

ROOM = Path(__file__).parent
FOLDERS = tuple(ROOM.parent / name for name in ("numerics", "engine", "rules", "period"))


def rules_text() -> bytes:
    """The source of everything that decides results: rules, phases and engine."""
    files = sorted(path for folder in FOLDERS for path in folder.glob("*.py"))
    return b"".join(path.name.encode() + path.read_bytes() for path in files)


def _hash_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]


def _stamps() -> frozenset[tuple[str, int, int]]:
    """Path, time of the last change and size of every file of rules: looked up much faster than their text is read."""
    files = [entry for folder in FOLDERS for entry in os.scandir(folder) if entry.name.endswith(".py")]
    return frozenset((entry.path, (about := entry.stat()).st_mtime_ns, about.st_size) for entry in files)


_STAMPED = _stamps()  # before the text is read: a change in between is then looked at
_IMPORTED = _hash_of(rules_text())


def rules_hash() -> str:
    """Identity of the rules as imported (not as they may read on the disk by now)."""
    return _IMPORTED


def warn_if_edited() -> None:
    """Say so where a rule was edited after it was imported: this process still runs the old one."""
    if _stamps() != _STAMPED and _hash_of(rules_text()) != _IMPORTED:
        warnings.warn(
            "the rules on the disk have changed since they were imported; this run still uses the old ones. "
            "Call sim.reload(), or start Python anew.",
            RuntimeWarning, stacklevel=2,
        )


_IMPORTING = Lock()


def module_of(text: str) -> ModuleType:
    """The module of a generated text. The text itself is run, never a file; numba keeps what it compiles of it."""
    name = _name_of(text)
    with _IMPORTING:
        if name in sys.modules:
            return sys.modules[name]
        path = cache.file_of(name, text)
        module = None if path is None else _run(name, text, path)
        if module is None or not cache.cleared(name, Path(module.run.stats.cache_path)):
            module = _run(name, text.replace("cache=True, ", "", 1), None)
        assert module is not None
        return module


def _run(name: str, text: str, path: Path | None) -> ModuleType | None:
    """Run the text as a module of that name; None where numba has no place to keep what it compiles."""
    module = sys.modules[name] = ModuleType(name)
    vars(module).update(cached=path is not None, sealed=0)
    try:
        exec(compile(text, str(path or f"<{name}>"), "exec"), vars(module))
    except BaseException as error:
        del sys.modules[name]
        if path is not None and isinstance(error, RuntimeError):
            return None
        raise
    return module


def _name_of(text: str) -> str:
    return f"pass_{hashlib.sha256((text + rules_hash() + np.__version__).encode()).hexdigest()[:20]}"


def warm(program: Program, names: Names) -> bool:
    """Whether every pass has been compiled on this machine before, and what was kept of it is whole."""
    return all(cache.is_whole(_name_of(text)) for text in texts(program, names).values())


def loaded(program: Program, names: Names) -> bool:
    """Whether every pass is compiled in this process already."""
    modules = [_name_of(text) for text in texts(program, names).values()]
    return all(name in sys.modules and sys.modules[name].run.signatures for name in modules)


@lru_cache(maxsize=16)
def texts(program: Program, names: Names) -> dict[str, str]:
    """The text of every pass, by name."""
    return {name: source_for(phases, names) for name, phases in program.passes.items()}


def kernels(program: Program, names: Names) -> dict[str, ModuleType]:
    """The compiled passes, by name (compiled at their first call, or read from the cache)."""
    return {name: module_of(text) for name, text in texts(program, names).items()}


@lru_cache(maxsize=16)
def _numbers(p: Any, m: Any) -> tuple[Any, Any, Any]:
    floats, wholes = split_parameters(p)
    return (np.array([getattr(p, name) for name in floats], np.float64),
            np.array([getattr(p, name) for name in wholes], np.int64), np.array(m, np.float64))


def packed(world: World) -> tuple[Any, ...]:
    """What is the same for all customers, as arrays: keys of luck, clock, floats, whole numbers, strengths."""
    return (np.array(world.fate, np.uint64), np.int64(world.clock.now), np.float64(world.clock.demand),
            *_numbers(world.p, world.m))


STRUCTS: dict[str, Any] = {
    "me": Me, "need": Need, "tie": Tie, "deal": Deal, "friend": Friend, "firm": FirmRow, "offer": Offer, "luck": Luck,
}


@lru_cache(maxsize=16)
def _picked(wanted: tuple[tuple[str, str], ...]) -> Any:
    """Picks the wanted columns, in order, out of all structs laid end to end."""
    places = {(struct, column): place for place, (struct, column) in enumerate(
        (struct, column) for struct, kind in STRUCTS.items() for column in kind._fields)}
    return itemgetter(*(places[name] for name in wanted))


def call(kernel: ModuleType, world: World, totals: Totals, rows: tuple[int, int, int], common: tuple[Any, ...]) -> None:
    """Run one compiled pass on customers low..high in blocks of a size; `common` is `packed(world)`."""
    every = (*world.me, *world.need, *world.tie, *world.deal, *world.friend, *world.firm, *world.offer, *world.luck)
    columns = _picked(kernel.COLUMNS)(every)
    arguments = (*rows, world.friend_of, *common, totals.ledger, totals.count, totals.market, *columns)
    try:
        kernel.run(*arguments)
    except OSError:  # the loops are compiled but cannot be kept (a full disk): nothing was run yet
        kernel.run(*arguments)
    if kernel.cached:
        _seal(kernel)


def _seal(kernel: ModuleType) -> None:
    """Seal what was compiled in this process since the last seal."""
    compiled_here = sum(kernel.run.stats.cache_misses.values())
    if compiled_here > kernel.sealed:
        cache.seal(kernel.__name__, Path(kernel.run.stats.cache_path))
        vars(kernel).update(sealed=compiled_here)
