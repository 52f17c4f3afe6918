"""`sim schema`: the JSON Schema by which an editor completes scenario files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import a_file
from sim.text.console import tell
from sim.text.files import write_text

PANEL = "Scenario files"


def schema(
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it to this file instead of the screen.", callback=a_file)
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files; an editor that reads it completes and checks as you type."""
    from sim.scenario.json_schema import schema_text

    text = schema_text()
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)
        tell(f"Wrote {out}.")
