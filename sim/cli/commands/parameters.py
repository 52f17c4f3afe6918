"""`sim parameters`: every number of the model with unit, range and source."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Json

PANEL = "Look things up"


def parameters(
    filter_text: Annotated[str, typer.Argument(metavar="[FILTER]", help="Only names or labels with these words.")] = "",
    guesses: Annotated[bool, typer.Option("--guesses", help="Only numbers whose source is an assumption.")] = False,
    as_json: Json = False,
) -> None:
    """Print every number of the model: default, unit, range, meaning, source.

    Example: sim parameters trust
    """
    from dataclasses import asdict

    from sim.scenario.fields import parameter_table, parameter_text
    from sim.text.console import say, say_json

    chosen = parameter_table(filter_text, guesses)
    if as_json:
        say_json([asdict(number) for number in chosen])
        return
    say(parameter_text(filter_text, guesses).rstrip())
    guessed = sum(number.is_guess for number in chosen)
    say(f"{len(chosen)} numbers, {guessed} of them guesses. Change one: sim run NAME --set {chosen[0].name}=…")
