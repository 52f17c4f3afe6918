"""The reference of the site, made of the code itself: every public name, every command, every parameter."""

from __future__ import annotations

import dataclasses
import inspect
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

import sim
from sim.cli.app import build
from sim.scenario.parameters import Parameter, declared
from sim.scenario.schema import Scenario
from sim.teaching.lessons import self_study


def copy_lessons(source: Path, target: Path) -> None:
    """Put the lessons for self-study where Sphinx looks for them."""
    target.mkdir(exist_ok=True)
    for notebook in sorted(source.glob("*.ipynb")):
        made = self_study(json.loads(notebook.read_text(encoding="utf-8")))
        (target / notebook.name).write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")


def write_reference(target: Path) -> None:
    """Write the three pages; a page that has not changed is left alone."""
    target.mkdir(exist_ok=True)
    for name, page in (("python", python_page()), ("commands", commands_page()), ("parameters", parameters_page())):
        path = target / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")


def python_page() -> str:
    """Every name of `sim`, then the calculators of `sim.equity`."""
    lines = ["# Python: every public name", "", "Everything here is `sim.NAME`; `import sim` loads nothing heavy.", ""]
    for name in sorted(sim.__all__):
        lines += _entry(f"sim.{name}", getattr(sim, name), "##")
    lines += ["## sim.equity", "", *_prose(inspect.getdoc(sim.equity))]
    for module in _modules_of_equity():
        for name, value in vars(module).items():
            if _is_own(module, name, value):
                lines += _entry(f"{module.__name__}.{name}", value, "###")
    return "\n".join(lines)


def _modules_of_equity() -> Iterator[Any]:
    import importlib
    import pkgutil

    for found in pkgutil.walk_packages(sim.equity.__path__, f"{sim.equity.__name__}."):
        if not found.name.rpartition(".")[2].startswith("_"):
            yield importlib.import_module(found.name)


def _is_own(module: Any, name: str, value: Any) -> bool:
    public = not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value))
    return public and value.__module__ == module.__name__ and bool(inspect.getdoc(value))


def _entry(name: str, value: Any, mark: str) -> list[str]:
    lines = [f"{mark} {name}", ""]
    if inspect.isfunction(value):
        lines += ["```python", _signature(name.rpartition(".")[2], value), "```", ""]
    lines += _prose(inspect.getdoc(value))
    if inspect.isclass(value):
        for part, about in _members(value):
            lines += [f"`{part}`", "", *_prose(about)]
    return lines


def _members(kind: type) -> Iterator[tuple[str, str | None]]:
    fields = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    own = [base for base in reversed(kind.__mro__) if base.__module__.split(".")[0] == "sim"]
    for name, value in {name: value for base in own for name, value in vars(base).items()}.items():
        if name.startswith("_") or name in fields:
            continue
        if isinstance(value, classmethod | staticmethod):
            value = value.__func__
        if inspect.isfunction(value):
            call = f"{name}{inspect.signature(value)}".replace("(self, ", "(").replace("(self)", "()")
            yield call, inspect.getdoc(value)
        elif isinstance(value, property) or hasattr(value, "attrname"):
            yield name, inspect.getdoc(value)


def _signature(name: str, function: Any) -> str:
    text = f"{name}{inspect.signature(function)}"
    return "\n".join(textwrap.wrap(text, 110, subsequent_indent="    ", break_long_words=False))


def _prose(text: str | None) -> list[str]:
    """A docstring as Markdown: doctests and indented tables become code, `Raises:` and its kin become lists."""
    lines: list[str] = []
    fence = ""
    for line in (text or "").splitlines():
        if not fence and line.startswith((">>> ", "    ")):
            fence = "python" if line.startswith(">>> ") else "text"
            lines += ["", f"```{fence}"]
        elif fence and (not line.strip() or (fence == "text" and not line.startswith("    "))):
            lines.append("```")
            fence = ""
        lines.append(line.rstrip())
    return [*lines, *(["```"] if fence else []), ""]


def commands_page() -> str:
    """Every command with its options."""
    lines = ["# Commands", "", "`sim COMMAND --help` says the same on a terminal.", ""]
    commands = typer.main.get_command(build()).commands  # type: ignore[attr-defined]
    for name, command in sorted(commands.items()):
        lines += [f"## sim {name}", "", *(command.help or "").splitlines(), "", "| option | what it does | default |",
                  "|---|---|---|"]
        for option in command.params:
            metavar = f" {option.metavar}" if option.metavar and option.opts[0].startswith("-") else ""
            flags = ", ".join(option.opts) if option.opts[0].startswith("-") else str(option.metavar or option.name)
            default = "" if option.default in (None, False) or callable(option.default) else option.default
            about = getattr(option, "help", "") or ""
            lines.append("| " + " | ".join(_cell(one) for one in (f"`{flags}{metavar}`", about, default)) + " |")
        lines.append("")
    return "\n".join(lines)


def parameters_page() -> str:
    """Every number of a scenario with its default, unit, range and source."""
    lines = ["# Parameters", "", "Every number of the model: `sim parameters WORD` finds one on a terminal.", "",
             "| name | default | unit | range | what it is | source |", "|---|---|---|---|---|---|"]
    lines += [_parameter_row(one) for one in declared(Scenario)]
    return "\n".join([*lines, ""])


def _parameter_row(one: Parameter) -> str:
    span = "" if one.low is None and one.high is None else f"{one.low:g} to {one.high:g}"
    cells = (f"`{one.name}`", one.default, one.unit, span, one.label, one.source)
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: Any) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
