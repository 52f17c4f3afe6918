"""How a scenario is called on the command line: what is printed as a next command works as printed."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from subprocess import list2cmdline
from typing import Any

from sim.scenario.schema import Scenario, Source
from sim.scenario.shipped import display_name, shipped_folder, shipped_names
from sim.scenario.yaml_reader import looks_plain


def quoted(words: Iterable[str]) -> str:
    """Words as one types them on this machine's command line.

    >>> quoted(["sim", "run", "my.yaml"])
    'sim run my.yaml'
    """
    return list2cmdline(list(words)) if os.name == "nt" else shlex.join(words)


def called(scenario: Scenario) -> str:
    """What a scenario is called on the command line: a shipped name, else its file, found from where we are.

    `scenario.yaml` where it came from no file.
    """
    source = scenario.source
    return _called(source.file, source) if source.file and source.folder else source.file or "scenario.yaml"


def base_called(scenario: Scenario) -> str:
    """What the file that a scenario extends is called on the command line; empty where it extends nothing."""
    source = scenario.source
    return _called(source.files[1], source) if len(source.files) > 1 else ""


def _called(file: str, source: Source) -> str:
    """A shipped name, or the file as seen from here: one may stand elsewhere than where it was read."""
    path = Path(source.folder) / Path(file).name if file == source.file else Path(file)
    shipped = path.resolve().parent == shipped_folder().resolve() and path.stem in shipped_names()
    return path.stem if shipped else display_name(path)


def options_of(scenario: Scenario) -> list[str]:
    """The options that change the scenario again: every `--set`, and `--what-if`.

    >>> from sim.scenario.load import load
    >>> options_of(load({"question": "Who stays?", "firms": {"Root": {}}}, {"market.leave_per_year": 0.3}))
    ['--set', 'market.leave_per_year=0.3']
    """
    source = scenario.source
    words = [word for path, value in source.overrides.items() for word in ("--set", f"{path}={_as_typed(value)}")]
    return [*words, *(["--what-if", source.what_if] if source.what_if else [])]


def _as_typed(value: Any) -> str:
    """A value as `--set` reads it."""
    plain = isinstance(value, str) and re.fullmatch(r"\w[\w./-]*", value) and looks_plain(value)
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def command(words: Iterable[str], scenario: Scenario, *more: str) -> str:
    """A command about a scenario as one types it here, with the options that changed it: `sim WORDS NAME MORE …`."""
    return quoted(["sim", *words, called(scenario), *more, *options_of(scenario)])
