"""The option that names the language of a command."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.text.language import LANGUAGES, VARIABLE, known, speaking


def _spoken(context: typer.Context, code: str | None) -> str | None:
    """Speak the language that an option names for as long as its command lasts."""
    if code is None:
        return None
    try:
        context.with_resource(speaking(code))
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None
    return known(code)


Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="|".join(LANGUAGES), envvar=VARIABLE, callback=_spoken, is_eager=True,
                 help="Language of the result."),
]
"""Of a command that speaks other languages, too, from this option on; `ScenarioGroup` has it."""
