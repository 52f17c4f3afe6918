"""Options that several commands share, how they become a scenario, and where results shall go."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.speech import Lang
from sim.cli.waiting import Yes
from sim.text.console import say, say_json
from sim.text.files import HIDDEN

if TYPE_CHECKING:
    from sim.runs.execution import ExecutionOptions
    from sim.scenario.schema import Scenario
    from sim.text.console import Progress


def a_folder(path: Path | None) -> Path | None:
    """The folder itself, where one can write into it or make it; refused before the first run otherwise."""
    if path is None:
        return None
    with _refused(path):
        if path.exists() and not path.is_dir():
            raise typer.BadParameter(f"{path} is a file; name a folder.")
        return _writable(path, path)


def a_file(path: Path | None) -> Path | None:
    """The file itself, where it can be written; refused before the first run otherwise."""
    if path is None:
        return None
    with _refused(path):
        if path.is_dir():
            raise typer.BadParameter(f"{path} is a folder; name a file in it, e.g. {path / 'result'}.")
        if path.exists() and not path.is_file():
            return path  # a device or a pipe
        return _writable(path.resolve().parent, path)


@contextmanager
def _refused(wanted: Path) -> Iterator[None]:
    """Where the system says no, or the path is none, the option is refused: choosing happens outside of `guarded`."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise typer.BadParameter(f"{wanted} cannot be written ({why}): choose another place.") from None


def _writable(folder: Path, wanted: Path) -> Path:
    """What is wanted, once something could be made in the nearest folder that exists, and taken away again."""
    whole = folder.resolve()
    if any(one.is_symlink() for one in (whole, *whole.parents)):
        raise typer.BadParameter(f"{wanted} cannot be written: its links lead to one another.")
    there = next((one for one in (whole, *whole.parents) if one.exists()), Path())
    if not there.is_dir():
        raise typer.BadParameter(f"{wanted} cannot be written: {there} is a file.")
    with tempfile.TemporaryDirectory(prefix=HIDDEN, dir=there) as probe:
        for name in {*whole.relative_to(there).parts, wanted.name}:
            (Path(probe) / name).touch()  # a name too long is one at any place
    return wanted


Name = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped scenario (`sim scenarios`) or a .yaml file.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a number, e.g. market.customers=500. May be repeated."),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the first run.", min=0)]
Customers = Annotated[int | None, typer.Option("--customers", help="How many people (market.customers).", min=1)]
Replications = Annotated[int | None, typer.Option("--replications", "-n", help="How many runs.", min=1)]
WhatIf = Annotated[str | None, typer.Option("--what-if", metavar="NAME", help="Apply one of the scenario's what-ifs.")]
WhatIfs = Annotated[
    list[str] | None, typer.Option("--what-if", metavar="NAME", help="Only these what-ifs. May be repeated.")
]
Firm = Annotated[str | None, typer.Option("--firm", help="Only this firm; left out: every firm.")]
Idle = Annotated[
    bool, typer.Option("--idle/--no-idle", help="Beside the result, in at most 8 runs each: what is by chance alone "
                                            "(all mechanisms off), and every firm against itself spending nothing.")
]
Pictures = Annotated[bool, typer.Option("--pictures", help="Also save every picture, in the folder `pictures`.")]
Outcomes = Annotated[
    str | None,
    typer.Option("--outcomes", metavar="METRIC,…", help='Metrics, or "all"; left out: headline and usual ones.'),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to save into.", callback=a_folder)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no words beside the result.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable JSON on stdout.")]


@dataclass(frozen=True)
class ScenarioGroup:
    """Options: which scenario, what is changed in it, the seed of the first run, and the language of the result."""

    name: Name
    changes: Set = None
    customers: Customers = None
    seed: Seed = None
    lang: Lang = None

    def scenario(self, what_if: str | None = None, **named: float | int | None) -> Scenario:
        """The scenario, changed; `named` are more overrides: see `overrides_from` and `scenario_from`."""
        overrides = overrides_from(self.changes, market__customers=self.customers, **named)
        return scenario_from(self.name, overrides, what_if)


@dataclass(frozen=True)
class ExecutionGroup:
    """Options: where runs are kept, and who does them (`sim.runs.execution`)."""

    store: Annotated[
        Path | None, typer.Option("--store", metavar="FILE", callback=a_file,
                                  help="SQLite file of all runs: goes on where it stopped.")
    ] = None
    workers: Annotated[
        int | None,
        typer.Option("--workers", help="So many processes on this machine; 0: one run after the other.", min=0),
    ] = None
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="tcp://…", help="Address of a Dask scheduler (docs/clusters.md)."),
    ] = None
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Do runs again that failed before (with --store).")
    ] = False

    def keywords(self, progress: Progress) -> ExecutionOptions:
        """The keywords of every study about its runs."""
        return {"store": self.store, "workers": self.workers, "scheduler": self.scheduler,
                "retry_failed": self.retry_failed, "progress": progress}


@dataclass(frozen=True)
class PrintGroup:
    """Options: where a result is saved, and how it is printed."""

    out: Out = None
    quiet: Quiet = False
    as_json: Json = False
    yes: Yes = False


@dataclass(frozen=True)
class Output(PrintGroup, ExecutionGroup):
    """Options of a study: where its runs are done and kept, how its answer is printed."""


def show(as_json: bool, lines: Callable[[], Iterable[str]], data: Callable[[], Any]) -> None:
    """Print a result: line by line, or as JSON."""
    if as_json:
        say_json(data())
        return
    for line in lines():
        say(line.rstrip())


def spelled_out(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take groups of options: a parameter that is a dataclass stands for one option per field.

    Typer makes a command's options out of the signature of its function. The function given back has the fields of a
    group in its signature, where the group stood; called with them, it puts the group together and calls the command.
    """
    own = _parameters(command)
    kinds = {parameter.name: parameter.annotation for parameter in own}
    groups = {name: kind for name, kind in kinds.items() if isinstance(kind, type) and is_dataclass(kind)}
    fields = {name: _parameters(group) for name, group in groups.items()}

    @wraps(command)
    def run(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{field.name: given.pop(field.name) for field in fields[name]})
        command(**given)

    spelled = [option for parameter in own for option in fields.get(parameter.name, [parameter])]
    run.__signature__ = inspect.Signature(spelled)  # type: ignore[attr-defined]
    return run


def _parameters(what: Callable[..., Any]) -> list[inspect.Parameter]:
    """What a function or a dataclass takes, all of it by name, with its annotations as objects."""
    return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in inspect.signature(what, eval_str=True).parameters.values()]


def overrides_from(changes: list[str] | None, **named: float | int | None) -> dict[str, Any]:
    """Overrides by dotted name: what `--set` says, and options of their own (given with `__` for a dot).

    Raises:
        ScenarioError: a text is not `path=value`, or both say different things about the same number.

    >>> overrides_from(["clock.years=3", "firms.Root.price=1e1"], market__customers=500)
    {'clock.years': 3, 'firms.Root.price': 10.0, 'market.customers': 500}
    """
    from sim.scenario.errors import Problem, ScenarioError
    from sim.scenario.layers import parse_override
    from sim.text.words import shown

    overrides = dict(parse_override(change) for change in changes or [])
    for name, value in named.items():
        path = name.replace("__", ".")
        if value is not None and overrides.setdefault(path, value) != value:
            message = f"is given twice: {shown(overrides[path])} with --set, {value} with --{path.split('.')[-1]}"
            raise ScenarioError([Problem("--set", 1, 1, path, message)])
    return overrides


def pairs_from(pairs: list[str] | None) -> dict[str, str]:
    """Texts like `COLUMN=TEXT` as a dictionary."""
    found = {}
    for pair in pairs or []:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ValueError(f"{pair!r} is not understood: COLUMN=TEXT is expected.")
        found[name.strip()] = text.strip()
    return found


def factors_from(
    texts: list[str], option: str = "--factor", example: str = "firms.Root.price=4,4.5,5"
) -> dict[str, list[Any]]:
    """Values by dotted name out of what `--factor` (or another option) says; every value is read as in a file.

    Raises:
        ScenarioError: a text is not `path=value,value,…`.

    >>> factors_from(["firms.Root.price=9, 10.5", "product.price=[12]"])
    {'firms.Root.price': [9, 10.5], 'product.price': [12]}
    """
    from sim.scenario.errors import Problem, ScenarioError
    from sim.scenario.layers import parse_override
    from sim.text.words import shown

    factors: dict[str, list[Any]] = {}
    for text in texts:
        path, equals, values = text.partition("=")
        name = path.strip()
        if not equals or not name or not values.strip():
            what = option.removeprefix("--")
            message = f"{shown(text) or 'an empty text'} is not a {what}; write a dotted name, =, and values: {example}"
            raise ScenarioError([Problem(option, 1, 1, "", message)])
        if name in factors:
            raise ScenarioError([Problem(option, 1, 1, name, "is given twice; write all its values in one")])
        inner = values.strip().removeprefix("[").removesuffix("]")
        factors[name] = parse_override(f"{name}=[{inner}]", option)[1]
    return factors


def outcomes_from(text: str | None) -> tuple[str, ...] | None:
    """Names of metrics out of what `--outcomes` says; None for the headline and the usual ones.

    Raises:
        ValueError: there is no such metric.
    """
    from sim.runs.outcomes import known_outcomes
    from sim.runs.summary import metric_units

    if text is None:
        return None
    return tuple(metric_units()) if text == "all" else known_outcomes(
        [name.strip() for name in text.split(",") if name.strip()])


def scenario_from(name: str, overrides: dict[str, Any], what_if: str | None = None) -> Scenario:
    """Load, override, apply a what-if, and make sure that there is somebody to buy from.

    Raises:
        ScenarioError: everything that is wrong, at once.
    """
    from sim.scenario.load import load, ready_to_run, with_what_if

    scenario = load(name, overrides, overrides_from="--set")
    if what_if is not None:
        check_what_ifs(scenario, [what_if])
        scenario = with_what_if(scenario, what_if)
    return ready_to_run(scenario)


def check_what_ifs(scenario: Scenario, names: Iterable[str]) -> None:
    """Refuse what-ifs that the scenario does not have.

    Raises:
        CannotDoError: there is none of that name.
    """
    from sim.text.words import shown, suggestion

    for name in names:
        if name not in scenario.what_if:
            hint = suggestion(name, scenario.what_if) if scenario.what_if else "it has none"
            raise CannotDoError(f"--what-if {shown(name)}: {scenario.source.name} has no such what-if; {hint}")
