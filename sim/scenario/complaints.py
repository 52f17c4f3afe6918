"""The schema's complaints as sentences: what is wrong, what is allowed, what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.scenario.errors import PathParts, Problem
from sim.scenario.fields import Sections, allowed_numbers, field_at, hint_for_key, section_at
from sim.scenario.parameters import FROM_FILE, choices_of, keys_of, limits_of
from sim.scenario.yaml_complaints import missing_space
from sim.scenario.yaml_reader import Document, scalar
from sim.text.words import nearest, odd_letters, shown, unquoted

_NUMBERS = ("int_type", "float_type", "int_from_float", "int_parsing_size", "int_parsing", "float_parsing")
_MAPPINGS = ("model_type", "model_attributes_type", "dict_type", "mapping_type")
CONTAINERS = (*_MAPPINGS, "list_type")
UNKNOWN, MISSING = "extra_forbidden", "is missing"
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+\Z")
_PERCENT = re.compile(r"([-+]?[0-9]+(?:[.,][0-9]+)?) ?%\Z")
_GROUPED = re.compile(r"[-+]?[0-9]+(?:[ _\u00a0'’][0-9]+)+(?:\.[0-9]+)?\Z")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+\Z")
_SHORT = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?) ?([kKM])\Z")
_TIMES = {"k": 1_000, "K": 1_000, "M": 1_000_000}
_WITH_UNIT = re.compile(r"(?:EUR|USD|GBP|CHF|RUB|JPY|[€$£₽¥])? ?([-+]?[0-9]+(?:\.[0-9]+)?) ?[^\W\d_%€$£₽¥]*[€$£₽¥]?\Z")
_TRUE_FALSE = ("yes", "no", "on", "off", "y", "n", "true", "false")


def problems_of(model: type[BaseModel], document: Document, data: Any = None) -> list[Problem]:
    """Everything that a model complains of in a document, or in a part of its data."""
    try:
        model.model_validate(document.data if data is None else data, context=FROM_FILE)
    except ValidationError as error:
        return [problem_of(dict(entry), document, {(): model})
                for entry in error.errors(include_url=False, include_context=False)]
    return []


def problem_of(error: Mapping[str, Any], document: Document, sections: Sections) -> Problem:
    """One complaint of pydantic as a Problem with its place in the file."""
    path: PathParts = tuple(step for step in error["loc"] if step != "[key]")
    kind, field = str(error["type"]), field_at(path, sections)
    if kind == UNKNOWN:
        return Problem.at(document.key_place(path), path, _unknown_key(path, sections))
    if kind == "missing":
        meaning = f": {field.description}" if field is not None and field.description else ""
        return Problem.at(document.key_place(path[:-1]), path, f"{MISSING}{meaning}")
    return Problem.at(document.value_place(path), path, _wrong_value(kind, error, field))


def _unknown_key(path: PathParts, sections: Sections) -> str:
    key = str(path[-1])
    section = section_at(path[:-1], sections)
    if "." in key and len(path) == 1:
        first, _, rest = key.partition(".")
        return f"a key cannot hold a point here; write {first}: {{{rest}: ...}} (points are for --set and what_if)"
    return f"unknown key; {hint_for_key(key, list(keys_of(section)) if section is not None else [])}"


def _wrong_value(kind: str, error: Mapping[str, Any], field: FieldInfo | None) -> str:
    value: Any = error.get("input")
    allowed = f"; allowed: {allowed_numbers(field)}" if field is not None else ""
    if field is not None and (kind == "literal_error" or choices_of(field) == ("1",)):
        return _wrong_word(value, choices_of(field))
    if kind == "bool_type":
        return f"{shown(value)} is not a truth value; write true or false"
    if kind in ("greater_than_equal", "less_than_equal") and field is not None:
        low, high = limits_of(field)
        side = f"below {shown(low)}" if low is not None and value < low else f"above {shown(high)}"
        return f"{shown(value)} is {side}{allowed}"
    if kind == "finite_number":
        return f"{shown(value)} is not a finite number{allowed}"
    if kind in _NUMBERS:
        return _wrong_number(value, allowed)
    if kind == "string_type":
        return _not_a_word(value)
    if kind in _MAPPINGS:
        space = missing_space(value) if isinstance(value, str) else None
        mapping = "a mapping (key: value on each line below, indented by two spaces)"
        return space or f"{shown(value)} stands here; allowed: {mapping}"
    if kind == "list_type":
        return f"{shown(value)} stands here; allowed: a list, in brackets [a, b] or one entry on each line (- a)"
    return str(error.get("msg", "is wrong")).removeprefix("Value error, ")


def _wrong_word(value: Any, words: Sequence[str]) -> str:
    text = shown(value)
    if words == ("1",):
        return f"{text} is not a version of this format; allowed: 1"
    near = nearest(value, words) if isinstance(value, str) else None
    return f"{text} is not among the words; allowed: {', '.join(words)}{f'; did you mean {near}?' if near else ''}" + \
        (odd_letters(str(value), near) if near else "")


def _not_a_word(value: Any) -> str:
    if value is None:
        return "nothing stands here; allowed: a text"
    if isinstance(value, bool | int | float):
        return f'{shown(value)} is not a text; put it in quotes: "{shown(value)}"'
    return f"{shown(value)} stands here; allowed: a text"


def _wrong_number(value: Any, allowed: str) -> str:
    if value is None:
        return f"nothing stands here{allowed}"
    if isinstance(value, float):
        return f"{shown(value)} is not a whole number{allowed}"
    hint = number_hint(value) if isinstance(value, str) else None
    odd = odd_letters(re.sub(r"\w", "0", value), "") if isinstance(value, str) else ""
    return f"{shown(value)} is not a number{allowed if hint is None else f'; {hint}'}{odd and '.' + odd}"


def number_hint(text: str) -> str | None:
    """What to write instead of a text that was meant as a number.

    >>> number_hint("0,3"), number_hint("10 %"), number_hint("100_000")
    ('use a point: 0.3', 'write a share: 0.1', 'write 100000')
    >>> number_hint("1,000"), number_hint("2k")
    ('write 1000, or with a point where it is a decimal: 1.000', 'write 2000')
    """
    bare = unquoted(text)
    if _THOUSANDS.match(bare):
        decimal = f", or with a point where it is a decimal: {bare.replace(',', '.')}" if bare.count(",") == 1 else ""
        return f"write {bare.replace(',', '')}{decimal}"
    short = _SHORT.match(bare)
    if short:
        return f"write {float(short[1]) * _TIMES[short[2]]:.15g}"
    if _COMMA.match(bare):
        return f"use a point: {bare.replace(',', '.')}"
    percent = _PERCENT.match(bare)
    if percent:
        return f"write a share: {float(percent.group(1).replace(',', '.')) / 100:.10g}"
    if _GROUPED.match(bare):
        return f"write {re.sub('[^-+.0-9]', '', bare)}"
    if bare.casefold() in _TRUE_FALSE:
        return "a number is wanted here, not a word"
    if isinstance(scalar(bare), int | float) and not isinstance(scalar(bare), bool):
        return f"write it without quotes: {bare}"
    unit = _WITH_UNIT.match(bare)
    if unit and unit.group(1) != bare and len(bare) < 40:
        return f"write the number alone: {unit.group(1)}"
    return None
