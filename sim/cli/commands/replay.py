"""`sim replay`: run a saved run again and compare every number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import Json

if TYPE_CHECKING:
    from pathlib import Path

PANEL = "Run a market"


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN|STORE", help="Folder of a saved run, its id, or a store of runs.")],
    row: Annotated[
        int | None, typer.Argument(metavar="ROW", help="Which run of a store (column `number` of its table `runs`).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a saved run again from its stored scenario and seed, and compare every number.

    Exit code 0: every number is equal. 1: something differs, and what.

    Examples: sim replay runs/leaky_bucket-1a2b · sim replay study.sqlite 17
    """
    from pathlib import Path

    from sim.runs.replay import replay as again
    from sim.text.console import say, say_json

    if row is None:
        place = _folder(run)
        saved = again(place)
        name, equal, differences, sentence = str(place), saved.equal, saved.differences, saved.sentence
    else:
        one = again(Path(run), row)
        name = f"{run}, row {row} ({one.row.point}, seed {one.row.seed})"
        equal, differences, sentence = one.equal, one.differences, one.sentence
    if as_json:
        say_json({"run": name, "equal": equal, "differences": list(differences)})
    else:
        say(f"{name}: {sentence}")
    if not equal:
        raise typer.Exit(1)


def _folder(run: str) -> Path:
    """The folder of a saved run.

    Raises:
        CannotDoError: there is none, or it is a store of runs and no row is named.
    """
    from pathlib import Path

    from sim.cli.errors import CannotDoError
    from sim.cli.runs import find
    from sim.runs.store_file import is_store

    if is_store(Path(run)):
        raise CannotDoError(f"{run} is a store of many runs: say which one, e.g. `sim replay {run} 1`.")
    return find(run)
