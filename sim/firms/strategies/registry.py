"""Strategies by name, by class or by file, and their settings checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.firms.plans import faults
from sim.firms.strategies.base import Strategy
from sim.registry import STRATEGIES


def names() -> list[str]:
    """Names of all strategies: shipped, of other packages, and those that somebody defined since.

    >>> [name for name in names() if name in ("as_written", "do_nothing", "follower", "mixed")]
    ['as_written', 'do_nothing', 'follower', 'mixed']
    """
    return list(STRATEGIES.names())


def get(name: str | type[Strategy], folder: Path | None = None) -> type[Strategy]:
    """The strategy class of that name; a class is returned as it is, `file.py:Class` is read from the file.

    Raises:
        ValueError: there is none; the message names the nearest one.
    """
    kind: type[Strategy] = name if isinstance(name, type) else STRATEGIES.find(name, folder)
    return kind


def from_file(place: str, folder: Path | None = None) -> type[Strategy]:
    """The strategy in a user's file: `my_strategy.py:MyStrategy`, or `my_strategy.py` when it holds only one.

    Raises:
        ValueError: no such file, the file does not run, or it has no such strategy.
    """
    kind: type[Strategy] = STRATEGIES.in_file(place, folder)
    return kind


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
