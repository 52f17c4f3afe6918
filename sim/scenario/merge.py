"""Laying one document over another: mappings merge, lists and single values replace.

In the mappings by name (`firms`, `what_if`, `people.segments`) nothing (`null`) takes an entry out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sim.scenario.dotted import merged
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


def part_of(document: Document, path: PathParts, to: PathParts = ()) -> Document:
    """What stands at a path as a document of its own, or moved `to` another path; places kept."""
    data: Any = document.data
    for step in path:
        data = data[step]
    data = deepcopy(data)
    for step in reversed(to):
        data = {step: data}
    place, length = document.key_place(path), len(path)
    around: dict[PathParts, Place] = {to[:steps]: place for steps in range(1, len(to) + 1)}

    def moved(places: Mapping[PathParts, Place], least: int) -> dict[PathParts, Place]:
        inside = {spot: at for spot, at in places.items() if spot[:length] == path and len(spot) >= least}
        return around | {(*to, *spot[length:]): at for spot, at in inside.items()}

    return Document(data, moved(document.keys, length + (not to)), moved(document.values, length), [], place)


def undotted(document: Document) -> Document:
    """The document with keys such as `firms.Root.quality` unfolded into mappings; later keys win.

    Nothing (`null`) stays nothing: it is for the document underneath to act on.
    """
    result = Document(start=document.start, problems=list(document.problems))
    for key in document.data:
        one = part_of(document, (key,), tuple(key.split(".")))
        result.data = merged(result.data, one.data, dots=False)
        result.keys |= one.keys
        result.values |= one.values
    return result
