"""`sim report`: a scenario as a report for a board, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CannotDoError, StoppedError
from sim.cli.options import (
    Customers,
    Idle,
    Quiet,
    Replications,
    Seed,
    Set,
    WhatIf,
    a_file,
    overrides_from,
    scenario_from,
)
from sim.cli.waiting import Yes, working
from sim.text.console import say

PANEL = "Run a market"


def report(
    name: Annotated[str, typer.Argument(metavar="NAME|STUDY", help="A scenario, or a file of runs (.sqlite).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.", callback=a_file)] = Path("report.html"),
    changes: Set = None,
    customers: Customers = None,
    seed: Seed = None,
    what_if: WhatIf = None,
    replications: Replications = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="What is compared, e.g. customer_equity_money.")
    ] = None,
    tornado: Annotated[bool, typer.Option("--tornado", help="Also: which assumptions move the answer.")] = False,
    flip: Annotated[bool, typer.Option("--flip", help="Also: the smallest change that reverses the answer.")] = False,
    stress: Annotated[bool, typer.Option("--stress", help="Also: a recession, a price war, a crisis.")] = False,
    idle: Idle = True,
    quiet: Quiet = False,
    yes: Yes = False,
) -> None:
    """Run a scenario with its what-ifs and write a report for a board: one HTML file that prints on A4.

    Examples: sim report leaky_bucket -o report.html · sim report study.sqlite
    """
    from sim.reports import board
    from sim.reports.stored import StoredStudy, is_stored

    _check_name(out)
    overrides = overrides_from(changes, market__customers=customers)
    parts = [part for part, wanted in (("tornado", tornado), ("flip", flip), ("stress", stress)) if wanted]
    with working(name, quiet, yes) as tell:
        if not is_stored(name):
            study = board.runs_of(scenario_from(name, overrides, what_if), replications, seed, tell)
        elif overrides or what_if or replications is not None or seed is not None:
            raise CannotDoError(
                f"The runs of {name} are made: --set, --customers, --what-if, -n and --seed do not count.")
        else:
            study = StoredStudy(name)
        if not study.n:
            raise KeyboardInterrupt
        finished = board.report(study, metric=metric, parts=parts, idle=idle, progress=tell)
    path = finished.save(out)
    if not quiet:
        say(finished.explain())
    say(f"Saved: {path}. Open it in a browser; it prints on A4.")
    if study.stopped or finished.content.spending.stopped:
        raise StoppedError(f"{study.n} of {study.replications} replicates were done; what was run is reported.")


def _check_name(out: Path) -> None:
    if out.suffix.lower() not in (".html", ".htm"):
        raise CannotDoError(f"A report is an HTML file: let the name of {out.name!r} end with .html.")
