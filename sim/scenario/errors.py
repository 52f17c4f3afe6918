"""What is wrong with a scenario, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

PathParts = tuple[str | int, ...]


def dotted(path: PathParts) -> str:
    """A path as people write it.

    >>> dotted(("expect", 0, "firm"))
    'expect[0].firm'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a text: file, line and column, both counted from 1; relative names in it start in `folder`."""

    file: str
    line: int
    column: int
    folder: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where it stands, what it concerns, and what to do about it."""

    file: str
    line: int
    column: int
    path: str
    message: str

    @classmethod
    def at(cls, place: Place, path: PathParts | str, message: str) -> Problem:
        """A problem at a place."""
        text = path if isinstance(path, str) else dotted(path)
        return cls(place.file, place.line, place.column, text, " ".join(message.split()))

    def __str__(self) -> str:
        what = f"{self.path}: {self.message}" if self.path else self.message
        return f"{self.file}:{self.line}:{self.column}: {what}"


class ScenarioError(ValueError):
    """A scenario cannot be used; `problems` holds everything that is wrong with it."""

    @classmethod
    def at(cls, place: Place, path: PathParts | str, message: str) -> Self:
        """A refusal for one reason."""
        return cls([Problem.at(place, path, message)])

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
