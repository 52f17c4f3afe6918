"""`sim replay`: run a saved run again and compare every number."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Json

PANEL = "Run a market"


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a saved run, or its id.")],
    as_json: Json = False,
) -> None:
    """Run a saved run again from its stored scenario and seed, and compare every number.

    Exit code 0: every number is equal. 1: something differs, and what.
    """
    from sim.cli.runs import find
    from sim.console import say, say_json
    from sim.experiments.store import replay as again

    folder = find(run)
    result = again(folder)
    if as_json:
        say_json({"run": str(folder), "equal": result.equal, "differences": list(result.differences)})
    else:
        say(f"{folder}: {result.sentence}")
    if not result.equal:
        raise typer.Exit(1)
