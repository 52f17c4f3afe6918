"""What a phase is: a function of rows that returns new values, and where they belong."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.numerics.elementary import rule

SCALARS = ("p", "m", "fate", "clock", "occasion")
"""Arguments that are the same for every customer: parameters, strengths, keys of luck, the clock, the occasion."""
ARGUMENTS = {
    "me": ("me", "i"), "need": ("need", "n i"), "tie": ("tie", "f i"), "deal": ("deal", "j i"), "firm": ("firm", "f"),
    "offer": ("offer", "f n"), "luck": ("luck", "f"),
    "mine": ("tie", "k i"), "seller": ("firm", "k"), "chance": ("luck", "k"), "menu": ("offer", "k n"),
    "rumour": ("friend", "x"), "told": ("tie", "h i"), "last": ("tie", "l i"),
}
"""The rows a phase may ask for: the struct behind each, and where in it. One table, read by every executor.

`i` the customer, `f` the firm, `n` the need, `j` the occasion; `k` the firm dealt with on it, `l` the firm bought from
last, `x` the friend who is listened to, `h` the firm that friend speaks of.
"""


@dataclass(frozen=True)
class Phase:
    """One step of a period.

    `over` names the axes it is repeated over (firms, needs, friends, occasions), `among` the customers it concerns,
    `sets` the columns its first return values are written to, `adds` the totals its remaining (whole) values are
    added to; `when` names a column of the firms without which there is nothing to do. `reads` says which fields of
    which row it looks at; it is read off the source.
    """

    name: str
    function: Callable[..., Any]
    over: tuple[str, ...]
    among: str
    sets: tuple[str, ...]
    adds: tuple[str, ...]
    when: str
    reads: dict[str, tuple[str, ...]]

    @cached_property
    def targets(self) -> tuple[tuple[str, str], ...]:
        """Where the first return values go: argument and column."""
        return tuple(_halves(name) for name in self.sets)

    @cached_property
    def totals(self) -> tuple[tuple[str, str], ...]:
        """What the remaining values are added to: kind and label."""
        return tuple(_halves(name) for name in self.adds)

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The structs that are written to."""
        return tuple(dict.fromkeys(name for name, _ in self.targets))

    @property
    def summary(self) -> str:
        """The first line of the docstring: the step in words."""
        return (self.function.__doc__ or "").strip().split("\n")[0]


@dataclass(frozen=True, eq=False)
class Program:
    """All that is run in a period: passes of phases by name, and the module that compiles them aside ("" for none)."""

    passes: Mapping[str, tuple[Phase, ...]]
    compiler: str = ""


def _halves(name: str) -> tuple[str, str]:
    struct, column = name.split(".")
    return struct, column


def each(
    *over: str, sets: str = "", adds: str = "", among: str = "everyone", when: str = ""
) -> Callable[[Callable[..., Any]], Phase]:
    """Declare a phase: `@each("firms", sets="tie.trust", among="buyers")`."""

    def declare(function: Callable[..., Any]) -> Phase:
        return Phase(
            function.__name__, rule(function), over, among, tuple(sets.split()), tuple(adds.split()), when,
            reads_of(function),
        )

    return declare


def reads_of(function: Callable[..., Any]) -> dict[str, tuple[str, ...]]:
    """Which fields of which argument a phase reads, in the order of its arguments.

    Raises TypeError where a row is passed on whole: a phase hands values to rules, never rows.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    arguments = list(inspect.signature(function).parameters)
    fields: dict[str, dict[str, None]] = {name: {} for name in arguments}
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in fields:
            fields[node.value.id].setdefault(node.attr)
            inside.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in fields and id(node) not in inside and node.id != "occasion":
            raise TypeError(f"phase {function.__name__}: `{node.id}` is used whole; name the fields it needs")
    return {name: tuple(found) for name, found in fields.items()}
