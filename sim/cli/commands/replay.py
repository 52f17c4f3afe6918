"""`sim replay`: run a saved run again and compare every number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, show
from sim.cli.runs import find

PANEL = "Run a market"


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN|STORE", help="Folder of a saved run, its id, or a store of runs.")],
    row: Annotated[
        int | None, typer.Argument(metavar="ROW", min=1, max=2**63 - 1,
                                   help="Which run of a store (column `number` of its table `runs`).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a saved run again from its stored scenario and seed, and compare every number.

    Exit code 0: every number is equal. 1: something differs, and what.

    Examples: sim replay runs/leaky_bucket-1a2b · sim replay study.sqlite 17
    """
    from sim.runs.replay import Replay, RowReplay
    from sim.runs.replay import replay as again

    if row is None:
        if Path(run).is_file():
            raise CannotDoError(f"{run} is a store of many runs: say which one, e.g. `sim replay {run} 1`.")
        folder = find(run)
        name = str(folder)
        outcome: Replay | RowReplay = again(folder)
    else:
        outcome = again(Path(run), row)
        name = f"{run}, row {row} ({outcome.row.point}, seed {outcome.row.seed})"
    show(as_json, lambda: [f"{name}: {outcome.sentence}"],
         lambda: {"run": name, "equal": outcome.equal, "differences": list(outcome.differences)})
    if not outcome.equal:
        raise typer.Exit(1)
