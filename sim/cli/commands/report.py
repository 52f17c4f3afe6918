"""`sim report`: a scenario as a report for a board, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Customers, Quiet, Replications, Seed, Set, WhatIf, overrides_from

PANEL = "Run a market"


def report(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped scenario, or a .yaml file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")] = Path("report.html"),
    seed: Seed = None,
    changes: Set = None,
    replications: Replications = None,
    customers: Customers = None,
    what_if: WhatIf = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="What is compared, e.g. customer_equity_money.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run a scenario with its what-ifs and write a report for a board: one HTML file that prints on A4.

    Example: sim report leaky_bucket -o report.html
    """
    from sim.cli.guard import CannotDoError, StoppedError
    from sim.cli.options import scenario_from
    from sim.cli.wording import stopped
    from sim.console import bar, say
    from sim.reports.board import report as made
    from sim.reports.board import studied

    if out.suffix.lower() not in (".html", ".htm"):
        raise CannotDoError(f"A report is an HTML file: let the name of {out.name!r} end with .html.")
    scenario = scenario_from(name, overrides_from(changes, market__customers=customers), what_if)
    with bar(scenario.title or name, quiet) as tell:
        study = studied(scenario, replications, seed, tell)
    if not study.n:
        raise KeyboardInterrupt
    finished = made(study, metric=metric)
    path = finished.save(out)
    if not quiet:
        say(finished.explain())
    say(f"Saved: {path}. Open it in a browser; it prints on A4.")
    if stopped(study):
        raise StoppedError(f"{study.n} of {study.design.replications} replicates were done; they are reported.")
