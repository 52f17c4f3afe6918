"""Between a command and the user: every error becomes a sentence and an exit code.

0 all is well · 1 a claim does not hold, or a fault of the program · 2 what was asked for cannot be done · 130 Ctrl-C.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NoReturn

import typer
from typer.models import OptionInfo

from sim.scenario.errors import ScenarioError
from sim.text.console import tell, visible
from sim.text.foreign_code import fault_of_user

FAULT, REFUSED, STOPPED = 1, 2, 130
EXTRA = "pip install"
"""An import error with these words says what to install for what was asked."""


class CannotDoError(Exception):
    """What the user asked for cannot be done; the message is one sentence that says what can."""


class StoppedError(Exception):
    """The user pressed Ctrl-C; the message says what is kept."""


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Wrap a command: what it raises is told on stderr and becomes an exit code."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            _refuse_blank(command, options)
            command(*arguments, **options)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except BrokenPipeError:  # the reader has seen enough: `sim parameters | head`
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
            raise typer.Exit(0) from None
        except BaseException as error:
            _answer(error)

    return run


def _refuse_blank(command: Callable[..., None], given: Mapping[str, Any]) -> None:
    """An option with nothing in it is a slip, e.g. of a shell variable: it does not mean that it was left out."""
    for name, parameter in inspect.signature(command, eval_str=True).parameters.items():
        said = getattr(parameter.annotation, "__metadata__", ())
        if given.get(name) == "" and any(isinstance(one, OptionInfo) for one in said):
            raise CannotDoError(f"--{name.replace('_', '-')}: nothing stands here; give a value, or leave it out.")


def _answer(error: BaseException) -> NoReturn:
    if os.environ.get("SIM_DEBUG") and not isinstance(error, KeyboardInterrupt | StoppedError):
        raise error
    code, lines = explained(error)
    for line in lines:
        tell(visible(line, line=True))
    raise typer.Exit(code) from None


def explained(error: BaseException) -> tuple[int, list[str]]:
    """The exit code and the lines that an error deserves."""
    if isinstance(error, KeyboardInterrupt | StoppedError):
        return STOPPED, [" ".join(filter(None, ("Stopped.", *map(str, error.args))))]
    theirs = fault_of_user(error)
    if theirs is not None:
        return REFUSED, [f"{theirs[:1].upper()}{theirs[1:]}.", "`sim --debug …` shows how it came there."]
    if isinstance(error, ScenarioError):
        problems = [str(problem) for problem in error.problems]
        count = len(problems)
        return REFUSED, problems + ([f"{count} problems: nothing was run."] if count > 1 else [])
    if isinstance(error, OSError):
        what = error.strerror or str(error) or type(error).__name__
        return REFUSED, [f"{error.filename}: {what.rstrip('.')}." if error.filename else f"{what.rstrip('.')}."]
    extra_missing = isinstance(error, ImportError) and EXTRA in str(error)
    if isinstance(error, CannotDoError) or type(error) in (LookupError, ValueError) or extra_missing:
        return REFUSED, [str(error)]
    if isinstance(error, MemoryError):
        return REFUSED, ["Not enough memory for that many people: try fewer with --customers."]
    return FAULT, [
        f"Something went wrong inside sim ({type(error).__name__}: {error}).",
        "This is a fault of the program, not yours. `sim --debug …` shows where it arose.",
    ]
