"""The language of what people read: English as written in the code, or a translation from the gettext catalogue.

A whole sentence is translated at once, with named gaps: `tr("{firm} is ahead in year {year}", firm="Root", year=3)`.
A sentence without a translation stays English, so a missing one is a blemish, not a fault (a test lists them).
The environment variable SIM_LANG says what is spoken where nothing else does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any

CATALOGUE = "clientele"
FOLDER = Path(__file__).parent.parent / "locale"
SOURCE = "en"
LANGUAGES = (SOURCE, "ru")

VARIABLE = "SIM_LANG"

_chosen: dict[str, str] = {}
_speaking: ContextVar[str | None] = ContextVar("speaking", default=None)


def language(code: str | None = None) -> str:
    """The language that is spoken; with a code it is chosen for all that follows, in every thread.

    >>> language()
    'en'
    """
    if code is not None:
        _chosen["language"] = known(code)
    return _speaking.get() or _chosen.get("language") or _of_environment()


def _of_environment() -> str:
    code = os.environ.get(VARIABLE, "").strip().casefold()
    return code if code in LANGUAGES else SOURCE


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language inside a `with` block and nowhere else: a session of a page, one command, a test.

    >>> with speaking("ru"):
    ...     language()
    'ru'
    """
    token = _speaking.set(known(code))
    try:
        yield
    finally:
        _speaking.reset(token)


def in_english(words: Callable[..., str], *about: Any) -> str:
    """What a function says in English: for what is stored and read by programs."""
    with speaking(SOURCE):
        return words(*about)


def known(code: str) -> str:
    """The code of a language, or a ValueError that names those there are.

    >>> known("RU")
    'ru'
    """
    folded = str(code).strip().casefold()
    if folded not in LANGUAGES:
        raise ValueError(f"there is no language {code!r}; there are {', '.join(LANGUAGES)}")
    return folded


def tr(text: str, /, **gaps: Any) -> str:
    """A sentence in the language that is spoken, its named gaps filled.

    >>> tr("{firm} has {share} of the market", firm="Root", share="30 %")
    'Root has 30 % of the market'
    """
    found = _catalogue(language()).gettext(text) if text else ""
    return found.format(**gaps) if gaps else found


def marked(text: str) -> str:
    """The text itself, marked for the catalogue: of a table whose entries are given to `tr` when they are shown.

    >>> marked("customers kept for one year")
    'customers kept for one year'
    """
    return text


def trn(one: str, many: str, count: float, /, **gaps: Any) -> str:
    """A sentence whose form follows a count (Russian has three forms); the gap `count` may be used in it.

    A part of a thing has the form of two: "0.5 years", "0,5 года".

    >>> trn("{count} run", "{count} runs", 1), trn("{count} run", "{count} runs", 20)
    ('1 run', '20 runs')
    """
    whole = int(count) if float(count).is_integer() else 2
    return _catalogue(language()).ngettext(one, many, whole).format(**{"count": count, **gaps})


@cache
def _catalogue(code: str) -> NullTranslations:
    return NullTranslations() if code == SOURCE else translation(CATALOGUE, FOLDER, [code], fallback=True)
