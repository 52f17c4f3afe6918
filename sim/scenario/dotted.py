"""Mappings by dotted name (merged, flattened, read), and one document laid over another.

Of two documents, mappings merge, lists and single values replace. In the mappings by name (`firms`, `what_if`,
`people.segments`) nothing (`null`) takes an entry out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from sim.scenario.errors import PathParts, Problem
from sim.scenario.yaml_reader import Document, Spot
from sim.text.words import nearest, shown

BY_NAME: tuple[PathParts, ...] = (("firms",), ("what_if",), ("people", "segments"))


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


def flattened(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The single values of nested mappings by dotted name.

    >>> dict(flattened({"a": {"b": 1}, "c": 2}))
    {'a.b': 1, 'c': 2}
    """
    for path, value in leaves(values):
        yield ".".join(map(str, path)), value


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


def overlay(below: Document, above: Document, *, changes: bool = False) -> Document:
    """A new document: what `above` says, and what `below` says where `above` is silent.

    With `changes`, `above` is a set of changes to the document below and not a file of its own.
    """
    replaced: set[PathParts] = set()
    problems = [*below.problems, *above.problems]

    def laid(lower: dict[str, Any], upper: dict[str, Any], path: PathParts) -> dict[str, Any]:
        result = dict(lower)  # what lies deeper is shared: nobody changes a document in place
        for key, value in upper.items():
            spot = (*path, key)
            if value is None and path in BY_NAME:
                replaced.add(spot)
                if result.pop(key, None) is None:
                    problems.append(Problem.at(above.key_place(spot), spot, _nothing_to_remove(key, lower)))
            elif isinstance(value, dict) and (isinstance(result.get(key), dict) or _leads_to_names(spot, result)):
                result[key] = laid(result.get(key, {}), value, spot)
            else:
                replaced.add(spot)
                result[key] = value
        return result

    data = laid(below.data, above.data, ())
    lengths = {len(path) for path in replaced}
    kept = {path: spot for path, spot in below.places.items()
            if not any(path[:length] in replaced for length in lengths)}
    return Document(data, kept | above.places, problems, below.start if changes else above.start)


def _leads_to_names(path: PathParts, below: Mapping[str, Any]) -> bool:
    """True where nothing is below, and entries by name stand here or deeper."""
    return path[-1] not in below and any(names[: len(path)] == path for names in BY_NAME)


def _nothing_to_remove(key: str, below: Mapping[str, Any]) -> str:
    near = nearest(key, below)
    if near:
        return f"there is no {shown(key)} to take out; did you mean {near}?"
    return f"nothing stands under {shown(key)}; where all is left at its default write {key}: {{}}"


def entries_of(document: Document, section: str) -> tuple[Document, dict[str, Document]]:
    """The document without a section, and every entry of the section as a document of its own; places kept."""
    entries = {name: Document(value, {}, [], document.key_place((section, name)))
               for name, value in document.data[section].items()}
    places: dict[PathParts, Spot] = {}
    for path, spot in document.places.items():
        if path[:1] != (section,):
            places[path] = spot
        elif len(path) > 1 and path[1] in entries:  # one that an upper file takes out has a place, too
            entries[str(path[1])].places[path[2:]] = spot
    rest = {key: value for key, value in document.data.items() if key != section}
    return Document(rest, places, document.problems, document.start), entries


def part_of(document: Document, path: PathParts, to: PathParts = ()) -> Document:
    """What stands at a path as a document of its own, or moved `to` another path; places kept."""
    data: Any = document.data
    for step in path:
        data = data[step]
    data = deepcopy(data)
    for step in reversed(to):
        data = {step: data}
    place, length = document.key_place(path), len(path)
    around = {to[:steps]: Spot(place, place) for steps in range(1, len(to) + 1)}
    inside = {(*to, *at[length:]): spot for at, spot in document.places.items() if at[:length] == path}
    return Document(data, around | inside, [], place)


def undotted(document: Document) -> Document:
    """The document with keys such as `firms.Root.quality` unfolded into mappings; later keys win.

    Nothing (`null`) stays nothing: it is for the document underneath to act on.
    """
    result = Document(start=document.start, problems=list(document.problems))
    for key in document.data:
        one = part_of(document, (key,), tuple(key.split(".")))
        result.data = merged(result.data, one.data, dots=False)
        result.places |= one.places
    return result
