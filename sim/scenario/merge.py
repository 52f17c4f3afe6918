"""Laying one document over another: mappings merge, lists and single values replace.

In the mappings by name (`firms`, `what_if`, `people.segments`) nothing (`null`) takes an entry out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sim.scenario.errors import PathParts, Place, Problem
from sim.scenario.yaml_reader import Document
from sim.text.words import nearest, shown

BY_NAME: tuple[PathParts, ...] = (("firms",), ("what_if",), ("people", "segments"))


def overlay(below: Document, above: Document, *, changes: bool = False) -> Document:
    """A new document: what `above` says, and what `below` says where `above` is silent.

    With `changes`, `above` is a set of changes to the document below and not a file of its own.
    """
    replaced: set[PathParts] = set()
    problems = [*below.problems, *above.problems]
    data = _merged(below.data, above.data, (), replaced, problems, above)
    if replaced:
        values = {path: place for path, place in below.values.items() if not _inside(path, replaced)}
        keys = {path: place for path, place in below.keys.items() if not _inside(path, replaced)}
    else:
        values, keys = dict(below.values), dict(below.keys)
    start = below.start if changes else above.start
    return Document(data, keys | above.keys, values | above.values, problems, start)


def _inside(path: PathParts, replaced: set[PathParts]) -> bool:
    return any(path[:length] in replaced for length in range(1, len(path) + 1))


def _merged(
    below: dict[str, Any],
    above: dict[str, Any],
    path: PathParts,
    replaced: set[PathParts],
    problems: list[Problem],
    document: Document,
) -> dict[str, Any]:
    result = deepcopy(below)
    for key, value in above.items():
        spot = (*path, key)
        if value is None and path in BY_NAME:
            replaced.add(spot)
            if result.pop(key, None) is None:
                problems.append(Problem.at(document.key_place(spot), spot, _nothing_to_remove(key, below)))
        elif isinstance(value, dict) and (isinstance(result.get(key), dict) or _leads_to_names(spot, result)):
            result[key] = _merged(result.get(key, {}), value, spot, replaced, problems, document)
        else:
            replaced.add(spot)
            result[key] = deepcopy(value)
    return result


def _leads_to_names(path: PathParts, below: Mapping[str, Any]) -> bool:
    """True where nothing is below, and entries by name stand here or deeper."""
    return path[-1] not in below and any(names[: len(path)] == path for names in BY_NAME)


def _nothing_to_remove(key: str, below: Mapping[str, Any]) -> str:
    near = nearest(key, below)
    if near:
        return f"there is no {shown(key)} to take out; did you mean {near}?"
    return f"nothing stands under {shown(key)}; where all is left at its default write {key}: {{}}"


def part_of(document: Document, path: PathParts) -> Document:
    """The mapping at a path as a document of its own, places kept."""
    data: Any = document.data
    for step in path:
        data = data[step]
    length = len(path)
    return Document(
        deepcopy(data),
        {spot[length:]: place for spot, place in document.keys.items() if spot[:length] == path and len(spot) > length},
        {spot[length:]: place for spot, place in document.values.items() if spot[:length] == path},
        [],
        document.key_place(path),
    )


def under(document: Document, path: PathParts) -> Document:
    """The document moved below a path."""
    data: Any = document.data
    for step in reversed(path):
        data = {step: data}
    return Document(
        data,
        {(*path, *spot): place for spot, place in document.keys.items()},
        {(*path, *spot): place for spot, place in document.values.items()},
        list(document.problems),
        document.start,
    )


def undotted(document: Document) -> Document:
    """The document with keys such as `firms.Root.quality` unfolded into mappings; later keys win."""
    result = Document(start=document.start)
    for key, value in document.data.items():
        steps = tuple(key.split("."))
        inner = Document(
            {key: value},
            {spot: place for spot, place in document.keys.items() if spot[:1] == (key,)},
            {spot: place for spot, place in document.values.items() if spot[:1] == (key,)},
            [],
            document.start,
        )
        result = _laid_flat(result, _unfolded(inner, key, steps))
    result.problems.extend(document.problems)
    return result


def _unfolded(inner: Document, key: str, steps: PathParts) -> Document:
    place = inner.key_place((key,))
    data: Any = inner.data[key]
    for step in reversed(steps):
        data = {step: data}
    around: dict[PathParts, Place] = {steps[:length]: place for length in range(1, len(steps) + 1)}
    return Document(
        data,
        around | {(*steps, *spot[1:]): at for spot, at in inner.keys.items()},
        around | {(*steps, *spot[1:]): at for spot, at in inner.values.items()},
        [],
        inner.start,
    )


def _laid_flat(below: Document, above: Document) -> Document:
    """Like `overlay`, but nothing stays nothing: it is for the document underneath to act on."""
    return Document(
        _flat(below.data, above.data),
        below.keys | above.keys,
        below.values | above.values,
        [*below.problems, *above.problems],
        above.start,
    )


def _flat(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _flat(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return result
