"""The YAML parser's complaints in plain words."""

from __future__ import annotations

import re
from typing import Any

import yaml

from sim.scenario.errors import Place, Problem
from sim.text.words import OPENING_QUOTES

_SQUEEZED = re.compile(r"\s*([A-Za-z_]+):([^\s:/\\][^:]*)$")
_IN_WORDS = (
    ("quoted scalar", "a quote mark is opened here and not closed"),
    ("mapping values are not allowed", "there is a colon where none can be; put a text that holds a colon in quotes"),
    ("could not find expected ':'", "here a colon and a value are missing (key: value)"),
    ("flow mapping", "a { is not closed by }, or a comma is missing"),
    ("flow sequence", "a [ is not closed by ], or a comma is missing"),
    ("tab character", "this line is indented with a tab; use spaces (two for each level)"),
    ("expected node content", "something is missing here, or too much; check commas, colons and brackets"),
    ("'-' indicator", "the indentation does not fit the list (- ...) above"),
    ("block sequence", "the indentation does not fit the list (- ...) above"),
    ("block mapping", "the indentation does not fit the lines above"),
    ("block entries are not allowed", "a list entry (- ...) cannot stand here; begin it on a line of its own"),
    ("cannot start any token", "a text cannot begin with this character; put it in quotes"),
    ("anchor", "the & or * here marks or repeats nothing; put a text that holds it in quotes"),
    ("alias", "the & or * here marks or repeats nothing; put a text that holds it in quotes"),
    ("tag", "the ! here begins a tag, and tags are not used; put a text that holds it in quotes"),
    ("block scalar", "the text after | or > is not indented as it should be"),
    ("expected <document start>", "the lines above end here, yet something follows; check brackets and indentation"),
    ("document start", "the lines above end here, yet something follows; check brackets and indentation"),
)


def missing_space(line: str) -> str | None:
    """What to say of a line such as `years:3`, in which the space after the colon is missing; None of any other."""
    squeezed = _SQUEEZED.match(line)
    return f"a space is missing after the colon: {squeezed.group(1)}: {squeezed.group(2)}" if squeezed else None


def in_plain_words(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """One sentence about the first place that is not YAML."""
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", "") or "")
    context = str(getattr(error, "context", "") or "")
    if mark is None:
        return Problem.at(Place(file, 1, 1), "", "this is not a YAML text")
    if "quoted scalar" in context:
        mark = getattr(error, "context_mark", None) or mark
    lines = text.splitlines() or [""]
    line = min(mark.line, len(lines) - 1)
    place = Place(file, line + 1, mark.column + 1 if line == mark.line else len(lines[line]) + 1)
    seen = _look(lines, line)
    if seen is not None:
        at = place if seen[0] == line else Place(file, seen[0] + 1, 1)
        return Problem.at(at, "", seen[1])
    sentences = (sentence for part, sentence in _IN_WORDS if part in problem or part in context)
    return Problem.at(place, "", next(sentences, f"this is not YAML ({problem or context})"))


def _look(lines: list[str], line: int) -> tuple[int, str] | None:
    """What is plain to see on the line or on the one before it."""
    both = [near for near in (line, line - 1) if near >= 0]
    quotes = [character for near in both for character in lines[near] if character in OPENING_QUOTES]
    if quotes:
        return line, f'the quote mark {quotes[0]} means nothing in YAML; use straight quotes (")'
    for near in both:
        space = missing_space(lines[near])
        if space is not None:
            return near, space
    if lines[line].lstrip().startswith(":"):
        return line, "a key is missing before the colon"
    if lines[line].lstrip().startswith("- "):
        return line, "a list entry (- ...) cannot stand here"
    return None
