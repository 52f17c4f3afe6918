"""`sim parameters`: every number of the model with unit, range and source."""

from __future__ import annotations

from typing import Annotated

import typer

PANEL = "Look things up"


def parameters(
    filter_text: Annotated[str, typer.Argument(metavar="[FILTER]", help="Only names or labels with these words.")] = "",
    guesses: Annotated[bool, typer.Option("--guesses", help="Only numbers whose source is an assumption.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Print every number of the model: default, unit, range, meaning, source.

    Example: sim parameters trust
    """
    from dataclasses import asdict

    from sim.cli.guard import CannotDoError
    from sim.console import say, say_json
    from sim.parameters import Parameter, declared
    from sim.scenario.schema import Scenario
    from sim.scenario.words import suggestion

    every = list(declared(Scenario))
    words = filter_text.casefold().split()

    def fits(number: Parameter) -> bool:
        text = f"{number.name} {number.label}".casefold()
        return all(word in text for word in words) and (number.is_guess or not guesses)

    chosen = [number for number in every if fits(number)]
    if not chosen:
        steps = {step for number in every for step in number.name.split(".")}
        hint = suggestion(filter_text, sorted(steps))
        raise CannotDoError(f"No number has {filter_text!r} in its name or label; {hint}")
    if as_json:
        say_json([asdict(number) for number in chosen])
        return
    for number in chosen:
        say(f"{number.name} = {_text(number.default)}  ({_unit(number)})", "bold")
        say(f"    {number.label}. Source: {number.source}")
    guessed = sum(number.is_guess for number in chosen)
    say(f"{len(chosen)} numbers, {guessed} of them assumptions. Change one: sim run NAME --set {chosen[0].name}=…")


def _text(value: float | int | str | bool | None) -> str:
    """A default as it would stand in a file."""
    from sim.scenario.words import shown

    return "(left out)" if value is None else shown(value)


def _unit(number: object) -> str:
    """Unit and range."""
    from sim.parameters import Parameter

    assert isinstance(number, Parameter)
    if number.low is None or number.high is None:
        return number.unit
    return f"{number.unit}, {number.low:g} to {number.high:g}"
