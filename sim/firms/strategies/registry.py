"""Finding strategies by name, by class or by file, and checking their settings."""

from __future__ import annotations

import hashlib
import importlib.util
import pkgutil
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.firms.plans import faults
from sim.firms.strategies.base import Strategy, defined
from sim.text.words import suggestion


def names() -> list[str]:
    """Names of all strategies: those in this folder and those that somebody defined since.

    >>> [name for name in names() if name in ("as_written", "do_nothing", "follower", "mixed")]
    ['as_written', 'do_nothing', 'follower', 'mixed']
    """
    _scan()
    return sorted({kind.name for kind in defined()})


def get(name: str | type[Strategy], folder: Path | None = None) -> type[Strategy]:
    """The strategy class of that name; a class is returned as it is, `file.py:Class` is read from the file.

    Raises:
        ValueError: there is none; the message names the nearest one.
    """
    if isinstance(name, type):
        return name
    if ".py" in name:
        return from_file(name, folder)
    _scan()
    found = [kind for kind in defined() if kind.name == name]
    if not found:
        raise ValueError(f"there is no strategy '{name}'; {suggestion(name, names())}")
    return found[-1]


def build(
    name: str | type[Strategy], settings: Mapping[str, Any] | None = None, folder: Path | None = None
) -> Strategy:
    """A strategy with its settings.

    Raises:
        ValueError: no such strategy, or settings that it does not have or that are out of range.
    """
    kind = get(name, folder)
    try:
        return kind(**dict(settings or {}))
    except ValidationError as error:
        raise ValueError("; ".join(faults(error, "setting", kind.model_fields))) from None


def problems(name: str, settings: Mapping[str, Any], folder: Path | None = None) -> list[str]:
    """What is wrong with a strategy and its settings, one sentence each; empty when all is well."""
    try:
        kind = get(name, folder)
    except ValueError as error:
        return [str(error)]
    try:
        kind(**dict(settings))
    except ValidationError as error:
        return faults(error, "setting", kind.model_fields)
    return []


def from_file(place: str, folder: Path | None = None) -> type[Strategy]:
    """The strategy in a user's file: `my_strategy.py:MyStrategy`, or `my_strategy.py` when it holds only one.

    Raises:
        ValueError: no such file, the file does not run, or it has no such strategy.
    """
    path_text, _, wanted = place.rpartition(":") if not place.endswith(".py") else (place, "", "")
    path = (folder or Path()) / path_text
    if not path.is_file():
        raise ValueError(f"there is no file '{path_text}' with a strategy in it")
    path = path.resolve()
    module = _run(path)
    kinds = {
        kind.__name__: kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Strategy) and kind.__module__ == module.__name__
    }
    if wanted and wanted not in kinds:
        raise ValueError(f"{path.name} has no strategy '{wanted}'; {suggestion(wanted, kinds)}")
    if not wanted and len(kinds) != 1:
        there = ", ".join(sorted(kinds)) or "none"
        raise ValueError(f"{path.name} has {len(kinds)} strategies ({there}); say which one: {path.name}:MyStrategy")
    kind = kinds[wanted] if wanted else next(iter(kinds.values()))
    kind.source_file = str(path)
    return kind


def _run(path: Path) -> Any:
    """The module of a file, read once for each content of the file."""
    text = path.read_bytes()
    name = f"strategy_{hashlib.blake2b(str(path).encode(), digest_size=6).hexdigest()}"
    before = sys.modules.get(name)
    if before is not None and getattr(before, "content_of_file", None) == text:
        return before
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path.name} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise ValueError(f"{path.name} does not run: {type(error).__name__}: {error}") from error
    module.content_of_file = text  # type: ignore[attr-defined]
    return module


@cache
def _scan() -> None:
    """Import every file of this folder, once."""
    import sim.firms.strategies as package

    for found in pkgutil.iter_modules(package.__path__):
        import_module(f"{package.__name__}.{found.name}")

