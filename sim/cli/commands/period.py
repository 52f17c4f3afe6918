"""`sim period`: what happens in a period, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Json

PANEL = "Look things up"


def period(
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FILE", help="Renew the table between its marks in a file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what happens in a period, step by step, as the engine does it."""
    from sim.cli.period_table import inserted, steps
    from sim.text.console import columns, say, say_json, tell

    if into is not None:
        into.write_text(inserted(into.read_text(encoding="utf-8")), encoding="utf-8")
        tell(f"Renewed the table in {into}.")
    elif as_json:
        say_json([step._asdict() for step in steps()])
    else:
        rows = [[str(place), step.where, step.phase, step.what] for place, step in enumerate(steps(), start=1)]
        for line in columns(rows, left=(1, 2, 3)):
            say(line)
