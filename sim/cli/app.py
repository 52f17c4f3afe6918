"""The command `sim`: finds the commands in their folder and answers every error in plain words."""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import STOPPED, explained, guarded
from sim.cli.study_commands import HELP_OF_STUDIES, STUDY_PANEL, study_command
from sim.registry import COMMANDS
from sim.text.console import tell, visible
from sim.text.language import tr

PANELS = (
    "Run a market", "What customers are worth", "Defend an answer", "Teach", "Scenario files", "Look things up",
)
HELP = "A market laboratory: customers with needs and emotions, firms that sell deal by deal or invest in relations."
FIRST = ("demo", "run", "compare", "report", "why", "app", "meet", "game", "lessons", "scenarios")
"""The ten commands of the first screen; `sim --all` lists the others too."""


def _version(asked: bool) -> None:
    if asked:
        from sim.cli.commands.doctor import version_of

        typer.echo(f"clientele-lab {version_of('clientele-lab')}")
        raise typer.Exit


def _list_all(context: typer.Context, asked: bool) -> None:
    if asked:
        for command in vars(context.command)["commands"].values():
            command.hidden = False
        context.command.epilog = _epilogue(tr("This is the whole list."))
        typer.echo(context.get_help())
        raise typer.Exit


def _epilogue(more: str) -> str:
    return " ".join((more, tr("Begin with `sim demo`. Each command explains itself: `sim run --help`.")))


def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="List all commands.", callback=_list_all, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose (also: SIM_DEBUG=1).")] = False,
) -> None:
    """Options that stand before the command."""
    del version, every
    if debug:
        os.environ["SIM_DEBUG"] = "1"


def build() -> typer.Typer:
    """The command with all its sub-commands; those that are not of the first screen are hidden there."""
    names = (*COMMANDS.names(), *HELP_OF_STUDIES)
    few = tr("These are {few} of {count} commands; `sim --all` lists them all.",
             few=len(set(FIRST) & set(names)), count=len(names))
    app = typer.Typer(
        name="sim", help=HELP, epilog=_epilogue(few), no_args_is_help=True, add_completion=False,
        pretty_exceptions_enable=False, rich_markup_mode="rich",
    )
    app.callback()(options)
    found = [(PANELS.index(COMMANDS.module(name).PANEL), name, COMMANDS.find(name)) for name in COMMANDS.names()]
    found += [(PANELS.index(STUDY_PANEL), name, study_command(name, text)) for name, text in HELP_OF_STUDIES.items()]
    for panel, name, command in sorted(found, key=lambda entry: entry[:2]):
        verbs = vars(sys.modules[command.__module__]).get("VERBS", {})
        if verbs:
            below = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
            for verb, one in verbs.items():
                below.command(verb, help=paragraphs(one.__doc__ or ""))(guarded(one))
            app.add_typer(below, name=name, rich_help_panel=PANELS[panel], help=paragraphs(command.__doc__ or ""))
            continue
        text = paragraphs(command.__doc__ or "")
        app.command(name.replace("_", "-"), rich_help_panel=PANELS[panel], help=text, hidden=name not in FIRST)(
            guarded(command))
    return app


def paragraphs(text: str) -> str:
    """A docstring in paragraphs that the terminal may break where it likes."""
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))


def main() -> None:
    """Run the command line; never a traceback unless asked for."""
    warnings.formatwarning = _warning
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = build()(standalone_mode=False)
    except Exception as error:  # while options are read, before a command begins
        code = _refused(error)
    sys.exit(code)


def _warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """A warning as it is printed: ours as a sentence, others with the place in the code."""
    if Path(filename).is_relative_to(Path(__file__).parent.parent):
        return f"{visible(str(message), line=True)}\n"
    return f"{filename}:{lineno}: {category.__name__}: {message}\n" + (f"  {line}\n" if line else "")


def _refused(error: Exception) -> int:
    """Tell what is wrong with the words of the command line; gives the exit code."""
    if isinstance(error, typer.Abort):
        tell("Stopped.")
        return STOPPED
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # of the parser: a wrong option or value
        from typer.rich_utils import rich_format_error

        vars(error).update(message=visible(str(vars(error).get("message", "")), line=True))
        rich_format_error(error)  # type: ignore[arg-type]
        return int(error.exit_code)
    if os.environ.get("SIM_DEBUG"):
        raise error
    code, lines = explained(error)
    for line in lines:
        tell(visible(line, line=True))
    return code
