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
from sim.cli.designs import Manner, Setting, Whose, options_of
from sim.cli.options import spelled_out

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


def _tail(command: Any, groups: tuple[type, ...]) -> list[str]:
    """Names of the last options of a command, as many as the groups have fields."""
    return [parameter.name for parameter in command.params][-sum(len(fields(group)) for group in groups):]


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_ends_with_the_same_options_in_the_same_order(name: str) -> None:
    commands = typer.main.get_command(build()).commands  # type: ignore[attr-defined]
    groups = (Setting, Manner) if name in ("calibrate", "optimise") else (Whose, Setting, Manner)
    assert _tail(commands[name], groups) == [field.name for group in groups for field in fields(group)]
    same = {parameter.name: (parameter.opts, parameter.help) for parameter in commands["flip"].params}
    for parameter in commands[name].params[-len(fields(Setting)) - len(fields(Manner)):]:
        assert (parameter.opts, parameter.help) == same[parameter.name]


@pytest.mark.parametrize(("name", "option"), [("optimise", "--pair"), ("calibrate", "--outcome"), ("study", "--seed")])
def test_options_that_mean_nothing_to_a_command_are_refused(sim: Callable[..., Any], name: str, option: str) -> None:
    assert sim(name, "first_look", option, "1").code == 2
    assert option not in sim(name, "--help").out


def test_only_what_was_given_reaches_a_design() -> None:
    assert options_of(Whose(), Setting(), Manner()) == {}
    given = options_of(Whose("trust_0_1", "a, b", "Root"), Setting("lean", 2.5, 3, 0), Manner(workers=2))
    assert given == {"outcome": "trust_0_1", "pair": ["a", "b"], "firm": "Root", "what_if": "lean", "year": 2.5,
                     "replications": 3, "seed": 0, "workers": 2}
