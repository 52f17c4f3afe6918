"""Groups of options: what several commands share is declared once, and stands in each of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from sim.cli.app import build
from sim.cli.options import ExecutionGroup, Output, spelled_out
from sim.cli.study_commands import LAST
from sim.runs.execution import Execution
from sim.studies.settings import SETTINGS

DESIGNS = ("calibrate", "flip", "ladder", "optimise", "sensitivity", "stress", "winner-map")


@dataclass(frozen=True)
class Size:
    """A group."""

    width: Annotated[int, typer.Option("--width", help="How wide.", min=1)]
    height: Annotated[int, typer.Option("--height", help="How high.")] = 2


@spelled_out
def area(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    depth: Annotated[int, typer.Option("--depth")] = 1,
    *,
    size: Size,
    aloud: Annotated[bool, typer.Option("--aloud")] = False,
) -> None:
    """A command."""
    typer.echo(f"{name} {size} {depth} {aloud}")


def invoked(*arguments: str) -> Any:
    app = typer.Typer()
    app.command()(area)
    return CliRunner().invoke(app, arguments)


def test_the_options_of_a_group_stand_where_the_group_stands() -> None:
    assert list(inspect.signature(area).parameters) == ["name", "depth", "width", "height", "aloud"]


def test_a_command_gets_its_group_put_together() -> None:
    done = invoked("garden", "--aloud", "--width", "3", "--depth", "4")
    assert done.exit_code == 0
    assert done.output == "garden Size(width=3, height=2) 4 True\n"


@pytest.mark.parametrize("arguments", [("garden",), ("garden", "--width", "0"), ("garden", "--size", "3")])
def test_a_groups_options_are_checked_as_any_other(arguments: tuple[str, ...]) -> None:
    assert invoked(*arguments).exit_code == 2


def test_the_group_about_runs_has_an_option_for_every_field_of_an_execution() -> None:
    own = [field.name for field in fields(ExecutionGroup)]
    assert own == [field.name for field in fields(Execution) if field.name not in ("progress", "planned")]
    assert Execution.of(ExecutionGroup(workers=0).keywords(print)) == Execution(workers=0, progress=print)


@pytest.mark.parametrize("name", DESIGNS)
def test_a_study_has_an_option_for_each_of_its_settings_and_ends_as_all_others(name: str) -> None:
    commands = typer.main.get_command(build()).commands  # type: ignore[attr-defined]
    names = [parameter.name for parameter in commands[name].params]
    settings = SETTINGS[name.replace("-", "_")].model_fields
    shared = [one for one in LAST if one in settings]
    end = [*shared, "changes", "customers", "lang", *(field.name for field in fields(Output))]
    assert names[-len(end):] == end
    renewing = {"into"} if SETTINGS[name.replace("-", "_")].renews else set()
    assert set(names) - set(end) == {"name", *settings, *renewing} - set(shared)
    same = {parameter.name: (parameter.opts, parameter.help) for parameter in commands["flip"].params}
    for parameter in commands[name].params:
        if parameter.name in end:
            assert (parameter.opts, parameter.help) == same[parameter.name]


@pytest.mark.parametrize(("name", "option"), [("optimise", "--pair"), ("calibrate", "--outcome"), ("study", "--seed")])
def test_options_that_mean_nothing_to_a_command_are_refused(sim: Callable[..., Any], name: str, option: str) -> None:
    assert sim(name, "first_look", option, "1").code == 2
    assert option not in sim(name, "--help").out
