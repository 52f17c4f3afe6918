"""Where a scenario came from: kept beside its numbers, never part of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.scenario.errors import PathParts, Place


@dataclass(frozen=True)
class Source:
    """The files behind a scenario. Two scenarios with the same numbers are equal whatever their sources."""

    name: str = field(default="scenario", compare=False)
    """Short name, e.g. leaky_bucket."""
    file: str = field(default="", compare=False)
    """The file as shown in messages; empty when there is none."""
    mapping: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the file, the files it extends and the overrides say together, before defaults and presets."""
    inherited: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the extended files say without this one."""
    places: dict[PathParts, Place] = field(default_factory=dict, compare=False, repr=False)
    """Where each value of `mapping` stands."""
    files: tuple[str, ...] = field(default=(), compare=False)
    """This file and the files it extends, nearest first."""
    overrides: dict[str, Any] = field(default_factory=dict, compare=False)
    """Overrides given by dotted name."""
    what_if: str | None = field(default=None, compare=False)
    """Name of the what-if that was applied."""
    folder: str = field(default="", compare=False, repr=False)
    """Folder of the file; relative names in it start here."""
    hash: str = field(default="", compare=False, repr=False)
    """Hash of the scenario when it was loaded."""
    words: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    """Title, question, expectations and whatever else the hash leaves out, as they were loaded."""
