"""The only place that reads YAML: text in, plain values and their places out.

Words stay words: only `true` and `false` are truth values, only `null`, `~` and nothing are nothing, and numbers are
decimal (`1e3` is one, `010` and `12:30` are not). Letters with accents are composed (NFC), so a name is the same name
on every keyboard. What YAML would let pass in silence (a key given twice, a tag, `<<`) is refused in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple, cast
from unicodedata import normalize

import yaml

from sim.scenario.errors import PathParts, Place, Problem, ScenarioError
from sim.scenario.yaml_complaints import in_plain_words
from sim.text.words import shown

MOST_BYTES = 1_000_000
DEEPEST = 50
MOST_VALUES = 20_000

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z")
_NOT_ZERO = re.compile(r"[-+]?[0.]*[1-9]")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+(?:\.[0-9]*)?\Z")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT = re.compile(r"^[ ]*\t[ \t]*(?=\S)", re.MULTILINE)
_LONGEST_INTEGER = 300


class Spot(NamedTuple):
    """Where a key and its value stand; an entry of a list has no key, its own place stands for it."""

    key: Place
    value: Place


@dataclass
class Document:
    """Plain values (mappings, lists, words, numbers, true, false, nothing) and where each one stands."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[PathParts, Spot] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    start: Place = field(default_factory=lambda: Place("scenario", 1, 1))

    def key_place(self, path: PathParts) -> Place:
        """Where a key stands; else where the nearest key around it stands."""
        around = (path[:length] for length in range(len(path), 0, -1))
        return next((self.places[at].key for at in around if at in self.places), self.start)

    def value_place(self, path: PathParts) -> Place:
        """Where a value stands; else where the nearest key around it stands."""
        return self.places[path].value if path and path in self.places else self.key_place(path)


def read_text(text: str, file: str, folder: str = "") -> Document:
    """Read one mapping from YAML text; `file` names it in messages, `folder` is where its relative names start.

    Raises ScenarioError when the text is not YAML or not one mapping; smaller faults are collected in `problems`.

    >>> read_text("clock: {years: 3}", "my.yaml").data
    {'clock': {'years': 3}}
    """
    text = normalize("NFC", text)
    _refuse_characters(text, file)
    return _Builder(text, Place(file, 1, 1, folder)).document()


def read_value(text: str, file: str) -> Any:
    """Read one value, as it would stand after a colon; for `--set name=value`.

    >>> read_value("0.3", "--set"), read_value("no", "--set"), read_value("{depth: 0.1}", "--set")
    (0.3, 'no', {'depth': 0.1})
    """
    document = read_text(f"value: {text}", file)
    if list(document.data) != ["value"]:
        raise ScenarioError([Problem(file, 1, 1, "", f"{shown(text)} is more than one value")])
    if document.problems:
        raise ScenarioError(document.problems)
    return document.data["value"]


def scalar(text: str) -> Any:
    """The value of an unquoted word: a number, true, false, nothing, else the word itself.

    >>> [scalar(word) for word in ("1e3", "12", "yes", "12:30", "0x1F", "~", "true")]
    [1000.0, 12, 'yes', '12:30', '0x1F', None, True]
    """
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.match(text) and len(text) < _LONGEST_INTEGER:
        return int(text)
    if _DECIMAL.match(text):
        number = float(text)
        return number if number or not _NOT_ZERO.match(text) else text  # nearer to 0 than any number: not 0
    return text


def looks_plain(text: str) -> bool:
    """True for a text that an unquoted word would give back unchanged."""
    return text == scalar(text) and text not in ("<<", "=") and not _LEADING_ZERO.match(text)


def _refuse_characters(text: str, file: str) -> None:
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        message = f"the character U+{ord(bad.group()):04X} cannot stand in a text file; delete it"
        raise ScenarioError.at(place_in(text, bad.start(), file), "", message)
    tab = _TAB_INDENT.search(text)
    if tab is not None:
        spot = place_in(text, text.index("\t", tab.start()), file)
        raise ScenarioError.at(spot, "", "this line is indented with a tab; use spaces (two for each level)")


def place_in(text: str, offset: int, file: str) -> Place:
    """The line and column of an offset in a text."""
    before = text[:offset]
    return Place(file, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def _events(text: str, start: Place) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ScenarioError([in_plain_words(error, text, start.file)]) from None
    except (RecursionError, ValueError, IndexError):
        raise ScenarioError.at(start, "", "this is not YAML") from None


class _Builder:
    """Walks the parser's events once; depth, size and repetition are limited on the way."""

    def __init__(self, text: str, start: Place) -> None:
        self._result = Document(start=start)
        self._events = _events(text, start)
        self._order: list[PathParts] = []
        self._anchors: dict[str, tuple[PathParts, int, int, Any] | None] = {}

    def _refuse(self, place: Place, message: str, path: PathParts = ()) -> None:
        raise ScenarioError([*self._result.problems, Problem.at(place, path, message)])

    def _complain(self, place: Place, path: PathParts, message: str) -> None:
        self._result.problems.append(Problem.at(place, path, message))

    def _complain_of_tag(self, event: Any, place: Place, path: PathParts) -> None:
        if event.tag is not None:
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._complain(place, path, f"the tag {tag} is not used here; remove it")

    def _place(self, event: Any) -> Place:
        mark, start = event.start_mark, self._result.start
        return Place(start.file, mark.line + 1, mark.column + 1, start.folder)

    def document(self) -> Document:
        """The first and only document of the text."""
        empty = "the file is empty; the smallest scenario has a question and `extends: first_look`"
        started = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    self._refuse(self._place(event), "a second document begins here (---); keep one scenario in a file")
                started = True
                first = next(self._events)
                value = self._node(first, (), 0)
                if value is None:
                    self._refuse(self._result.start, empty)
                if not isinstance(value, dict):
                    message = f"a scenario is a mapping (key: value on each line); only {shown(value)} stands here"
                    self._refuse(self._place(first), message)
                self._result.data = value
        if not started:
            self._refuse(self._result.start, empty)
        return self._result

    def _node(self, event: Any, path: PathParts, depth: int, key: Place | None = None) -> Any:
        """The value that begins with an event; `key` is the place of its key."""
        place = self._place(event)
        if depth > DEEPEST:
            self._refuse(place, f"nested deeper than {DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(cast(str, event.anchor), path, place, key)
        self._complain_of_tag(event, place, path)
        first = len(self._order)
        self._remember(path, Spot(key or place, place))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.MappingStartEvent):
            value: Any = self._mapping(path, depth, bool(event.flow_style))
        elif isinstance(event, yaml.SequenceStartEvent):
            entries = takewhile(lambda event: not isinstance(event, yaml.SequenceEndEvent), self._events)
            value = [self._node(entry, (*path, number), depth + 1) for number, entry in enumerate(entries)]
        else:
            value, wrong = _scalar_of(event)
            if wrong:
                self._complain(place, path, wrong)
        if event.anchor is not None:
            self._anchors[event.anchor] = (path, first, len(self._order), value)
        return value

    def _remember(self, path: PathParts, spot: Spot) -> None:
        self._result.places[path] = spot
        self._order.append(path)
        self._limit(len(self._order), spot.value)

    def _limit(self, count: int, place: Place, path: PathParts = ()) -> None:
        if count > MOST_VALUES:
            self._refuse(place, f"more than {MOST_VALUES} values, aliases (*name) counted in full", path)

    def _alias(self, name: str, path: PathParts, place: Place, key: Place | None) -> Any:
        if name not in self._anchors:
            self._refuse(place, f"*{name} repeats something that is not there; mark it with &{name} before", path)
        target = self._anchors[name]
        if target is None:
            self._refuse(place, f"*{name} contains itself", path)
        source, first, last, value = cast(tuple[PathParts, int, int, Any], target)
        self._limit(len(self._order) + last - first, place, path)
        for old in self._order[first:last]:
            spot = self._result.places[old]
            self._remember(path + old[len(source) :], spot if old != source else Spot(key or spot.value, spot.value))
        return deepcopy(value)

    def _mapping(self, path: PathParts, depth: int, flow: bool) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        before: tuple[str, str] | None = None
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, path, depth)
            first = next(self._events)
            if flow and before is not None and _is_comma_in_number(before[1], key, first):
                inner, number = (*path, before[0]), f"{before[1]}.{key}"
                message = f"{before[1]},{key} has a comma; use a point: {number}"
                self._complain(self._result.places[inner].value, inner, message)
                entries[before[0]] = float(number)
                continue
            spot = (*path, key if key is not None else "")
            place = self._place(event) if key is not None else None
            repeated = key in entries
            if repeated:
                earlier = self._result.places[spot].key
                self._complain(self._place(event), spot, f"given twice; the first time in line {earlier.line}")
                place = earlier
            value = self._node(first, spot, depth + 1, place)
            if key is not None and not repeated:
                entries[key] = value
                plain = isinstance(first, yaml.ScalarEvent) and not first.style
                before = (key, first.value) if plain else None
        return entries

    def _key(self, event: Any, path: PathParts, depth: int) -> str | None:
        place = self._place(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, (*path, ""), depth + 1)
            message = "a key must be one word, not a list, a mapping or an alias; quote a text that begins with { or ["
            self._complain(place, path, message)
            return None
        text: str = normalize("NFC", event.value)
        self._complain_of_tag(event, place, path)
        if text == "<<" and not event.style:
            message = "merge keys (<<) are not used here; say extends: in a scenario, like: in a firm"
            self._complain(place, path, message)
            return None
        if not text.strip():
            self._complain(place, path, "a key is missing before the colon")
            return None
        if event.anchor is not None:
            self._anchors[event.anchor] = (path, 0, 0, text)
        return text


def _scalar_of(event: Any) -> tuple[Any, str]:
    """The value of one word, and what is wrong with how it is written."""
    text = normalize("NFC", cast(str, event.value))  # escapes in quotes were not composed with the text
    if event.style:
        return text, ""
    if _LEADING_ZERO.match(text) and not text.startswith(("0.", "-0.", "+0.")):
        number = ("-" if text.startswith("-") else "") + (text.lstrip("+-").lstrip("0") or "0")
        return scalar(number), f'{text} begins with 0; write {number}, or "{text}" in quotes if it is a word'
    return scalar(text), ""


def _is_comma_in_number(before: str, key: str | None, value: Any) -> bool:
    """True for `{depth: 0,3}`, which YAML reads as depth 0 and an empty key 3."""
    nothing = isinstance(value, yaml.ScalarEvent) and not value.style and value.value == ""
    return nothing and key is not None and key.isascii() and key.isdigit() and bool(_INTEGER.match(before))
