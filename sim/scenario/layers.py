"""The files behind a scenario, laid over one another: `extends`, presets of firms, overrides."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

from pydantic import BaseModel

from sim.scenario.dotted import overlay, part_of, undotted
from sim.scenario.errors import PathParts, Place, Problem, ScenarioError, dotted
from sim.scenario.fields import full_name
from sim.scenario.schema import Source
from sim.scenario.schema.firm import FirmSection, Levers
from sim.scenario.shipped import find, read_file
from sim.scenario.yaml_reader import DEEPEST, Document, Spot, read_value
from sim.text.words import nearest, shown, suggestion

MOST_FILES = 20
_PRESET_KEYS = (*Levers.model_fields, "strategy", "settings")
_PRESET_WORDS = ("title", "notes")
_OWN_WORDS = ("notes", "claims")
"""What a file says about itself; a file that extends it does not inherit it."""
FIXED = ("extends", "schema", "what_if")


def layers_of(document: Document, folder: Path, chain: tuple[Path, ...] = ()) -> tuple[Document, Source]:
    """A document laid over what it extends, and where it all came from; `chain` are the files that led to it."""
    files = (document.start.file,)
    base_name = document.data.get("extends")
    if not isinstance(base_name, str):
        return overlay(Document(start=document.start), document), Source(files=files)
    place = document.value_place(("extends",))
    try:
        path = find(base_name, folder, place, "extends")
        real = path.resolve()
        if real in chain:
            round_trip = " extends ".join(entry.name for entry in (*chain[chain.index(real) :], real))
            raise ScenarioError.at(place, "extends", f"goes round in a circle: {round_trip}")
        if len(chain) >= MOST_FILES:
            raise ScenarioError.at(place, "extends", f"more than {MOST_FILES} files extend one another")
        below, source = layers_of(read_file(path), real.parent, (*chain, real))
    except ScenarioError as error:
        raise ScenarioError([*document.problems, *error.problems]) from None
    inherited = {key: value for key, value in below.data.items() if key not in _OWN_WORDS}
    whole = overlay(replace(below, data=inherited), document)
    return whole, Source(inherited=inherited, files=(*files, *source.files))


def with_presets(document: Document) -> Document:
    """The document with every firm's `like:` preset laid under the firm's own keys."""
    firms = document.data.get("firms")
    if not isinstance(firms, dict):
        return document
    data = {**document.data, "firms": dict(firms)}
    result = replace(document, data=data, places=dict(document.places), problems=list(document.problems))
    for name, firm in firms.items():
        if isinstance(firm, dict) and isinstance(firm.get("like"), str):
            _lay_preset_under(result, name, firm["like"])
    return result


def _lay_preset_under(document: Document, name: str, preset_name: str) -> None:
    path: PathParts = ("firms", name)
    place = document.value_place((*path, "like"))
    try:
        preset = read_file(find(preset_name, Path(place.folder), place, dotted((*path, "like")), kind="preset"))
    except ScenarioError as error:
        document.problems.extend(error.problems)
        return
    document.problems.extend(preset.problems)
    for key in [key for key in preset.data if key not in _PRESET_KEYS]:
        if key in FirmSection.model_fields:
            message = "a preset holds levers, strategy and settings; this belongs to the firm in the scenario"
        else:
            message = f"unknown key in a preset; {suggestion(key, _PRESET_KEYS)}"
        if key not in _PRESET_WORDS:
            document.problems.append(Problem.at(preset.key_place((key,)), (*path, key), message))
        del preset.data[key]
    both = overlay(preset, part_of(document, path))
    document.data["firms"][name] = both.data
    document.places.update({(*path, *at): spot for at, spot in both.places.items() if at})


def document_of(mapping: Mapping[Any, Any], file: str) -> Document:
    """A document made of plain Python values; every place is the first line of `file`."""
    document = Document(start=Place(file, 1, 1))
    document.data = _plain(mapping, (), document)
    return document


def _plain(value: Any, path: PathParts, document: Document) -> Any:
    start = document.start
    document.places[path] = Spot(start, start)
    if len(path) > DEEPEST:
        raise ScenarioError.at(start, "", f"nested deeper than {DEEPEST} levels")
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, Mapping):
        document.problems.extend(Problem.at(start, path, f"the key {shown(key)} is not a text")
                                 for key in value if not isinstance(key, str))
        names = {key: normalize("NFC", key) for key in value if isinstance(key, str)}
        return {name: _plain(value[key], (*path, name), document) for key, name in names.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, (*path, number), document) for number, inner in enumerate(value)]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | Path):
        return normalize("NFC", value) if isinstance(value, str) else str(value)
    if isinstance(value, numbers.Real):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    message = f"a Python {type(value).__name__} stands here; allowed: numbers, texts, true, false, lists, mappings"
    document.problems.append(Problem.at(start, path, message))
    return None


def parse_override(text: str, option: str = "--set") -> tuple[str, Any]:
    """Split `name=value` of an option of the command line; the value is read as in a file.

    >>> parse_override("firms.Root.service=0.8")
    ('firms.Root.service', 0.8)
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        what = shown(text) or "an empty text"
        message = f"{what} is not an override; write a dotted name, =, and a value: market.customers=5000"
        raise ScenarioError([Problem(option, 1, 1, "", message)])
    try:
        return name.strip(), read_value(value.strip(), option)
    except ScenarioError as error:
        raise ScenarioError(
            [replace(problem, line=1, column=len(name) + 2, path=name.strip()) for problem in error.problems]
        ) from None


def overridden(document: Document, overrides: Mapping[str, Any], file: str) -> Document:
    """The document with overrides by dotted name laid over it, checked like any file.

    A name may leave out a section in between where only one fits (see `sim.scenario.fields`).
    """
    flat = document_of({full_name(key) if isinstance(key, str) else key: value for key, value in overrides.items()},
                       file)
    for number, key in enumerate(flat.data, start=1):
        place = Place(file, number, 1)
        flat.places.update({at: Spot(place, place) for at in flat.places if at[:1] == (key,)})
        if key.split(".")[0] in FIXED or "[" in key or not all(key.split(".")):
            raise ScenarioError.at(place, key, _bad_override(key))
        inside = next((other for other in flat.data if other.startswith(f"{key}.")), None)
        if inside is not None and not isinstance(flat.data[key], dict):
            raise ScenarioError.at(place, key, f"{shown(flat.data[key])} shall stand here as a whole, and "
                                               f"{inside} is given too; give one of them")
    return changed_by(document, flat)


def _bad_override(key: str) -> str:
    if "[" in key:
        return f"one entry of a list cannot be overridden; give the whole list {key.partition('[')[0]}"
    if key.split(".")[0] in FIXED:
        return "cannot be overridden; write it in a file"
    return f"{shown(key) or 'an empty text'} is not a dotted name such as market.customers"


def changed_by(document: Document, changes: Document) -> Document:
    """The document with changes (nested, or by dotted name) laid over it; a misspelt firm is not a new firm."""
    result = overlay(document, undotted(changes), changes=True)
    there = document.data.get("firms")
    firms = list(there) if isinstance(there, dict) else []
    for key, value in changes.data.items():
        steps = key.split(".")
        if steps[0] == "firms":
            nested = list(value) if len(steps) == 1 and isinstance(value, dict) else []
            for name in nested or steps[1:2]:
                if name not in firms and (len(steps) > 2 or nearest(name, firms)):
                    spot: PathParts = (key, name) if nested else (key,)
                    hint = f"{suggestion(name, firms)} (a new firm: firms.{name}={{}})"
                    message = f"there is no firm {shown(name)}; {hint}"
                    result.problems.append(Problem.at(changes.key_place(spot), dotted(spot), message))
    return result
