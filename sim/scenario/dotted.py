"""Mappings by dotted name: merged, flattened, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def merged(base: Mapping[str, Any], updates: Mapping[str, Any]) -> dict[str, Any]:
    """A deep merge of two mappings; dotted names reach inside.

    >>> merged({"a": {"b": 1, "c": 2}}, {"a.b": 3})
    {'a': {'b': 3, 'c': 2}}
    """
    result = dict(base)
    for name, value in updates.items():
        head, _, rest = name.partition(".")
        inner = {rest: value} if rest else value
        before = result.get(head)
        result[head] = merged(before, inner) if isinstance(before, Mapping) and isinstance(inner, Mapping) else inner
    return result


def flattened(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The single values of nested mappings by dotted name.

    >>> dict(flattened({"a": {"b": 1}, "c": 2}))
    {'a.b': 1, 'c': 2}
    """
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def value_at(mapping: Any, path: str) -> Any:
    """The value under a dotted name; None where there is none.

    >>> value_at({"firms": {"Root": {"price": 12.0}}}, "firms.Root.price")
    12.0
    """
    for step in path.split("."):
        mapping = mapping.get(step) if isinstance(mapping, dict) else None
    return mapping
