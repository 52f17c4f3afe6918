"""Mappings by dotted name: merged, flattened, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.scenario.errors import PathParts


def merged(base: Mapping[str, Any], updates: Mapping[str, Any], dots: bool = True) -> dict[str, Any]:
    """A deep merge of two mappings; with `dots`, dotted names reach inside.

    >>> merged({"a": {"b": 1, "c": 2}}, {"a.b": 3})
    {'a': {'b': 3, 'c': 2}}
    """
    result = dict(base)
    for name, value in updates.items():
        head, _, rest = name.partition(".") if dots else (name, "", "")
        inner = {rest: value} if rest else value
        before = result.get(head)
        if isinstance(before, Mapping) and isinstance(inner, Mapping):
            inner = merged(before, inner, dots)
        result[head] = inner
    return result


def flattened(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The single values of nested mappings by dotted name.

    >>> dict(flattened({"a": {"b": 1}, "c": 2}))
    {'a.b': 1, 'c': 2}
    """
    for path, value in leaves(values):
        yield f"{prefix}{'.'.join(map(str, path))}", value


def leaves(values: Any, path: PathParts = (), lists: bool = False) -> Iterator[tuple[PathParts, Any]]:
    """The single values of nested mappings by path; with `lists`, also inside lists of mappings.

    >>> list(leaves({"a": [{"b": 1}], "c": [2]}, lists=True))
    [(('a', 0, 'b'), 1), (('c',), [2])]
    """
    if isinstance(values, Mapping):
        entries: Iterable[tuple[Any, Any]] = values.items()
    elif lists and isinstance(values, list) and any(isinstance(value, Mapping) for value in values):
        entries = enumerate(values)
    else:
        yield path, values
        return
    for step, value in entries:
        yield from leaves(value, (*path, step), lists)


def value_at(mapping: Any, path: str) -> Any:
    """The value under a dotted name; None where there is none.

    >>> value_at({"firms": {"Root": {"price": 12.0}}}, "firms.Root.price")
    12.0
    """
    for step in path.split("."):
        mapping = mapping.get(step) if isinstance(mapping, dict) else None
    return mapping
