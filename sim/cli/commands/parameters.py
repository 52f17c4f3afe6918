"""`sim parameters`: every number of the model with unit, range and source."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Json, show

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

    chosen = parameter_table(filter_text, guesses)
    guessed = sum(number.is_guess for number in chosen)
    show(as_json, lambda: [
        parameter_text(filter_text, guesses),
        f"{len(chosen)} numbers, {guessed} of them guesses. Change one: sim run NAME --set {chosen[0].name}=…",
    ], lambda: [asdict(number) for number in chosen])
