"""`sim report`: a scenario as a report for a board, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import Customers, Quiet, Replications, Seed, Set, WhatIf, overrides_from
from sim.cli.paths import a_file

if TYPE_CHECKING:
    from sim.studies.study import Study
    from sim.text.console import Progress

PANEL = "Run a market"


def report(
    name: Annotated[str, typer.Argument(metavar="NAME|STUDY", help="A scenario, or a file of runs (.sqlite).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.", callback=a_file)] = Path("report.html"),
    seed: Seed = None,
    changes: Set = None,
    replications: Replications = None,
    customers: Customers = None,
    what_if: WhatIf = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="What is compared, e.g. customer_equity_money.")
    ] = None,
    tornado: Annotated[bool, typer.Option("--tornado", help="Also: which assumptions move the answer.")] = False,
    flip: Annotated[bool, typer.Option("--flip", help="Also: the smallest change that reverses the answer.")] = False,
    stress: Annotated[bool, typer.Option("--stress", help="Also: a recession, a price war, a crisis.")] = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario with its what-ifs and write a report for a board: one HTML file that prints on A4.

    Examples: sim report leaky_bucket -o report.html · sim report study.sqlite
    """
    from sim.cli.errors import CannotDoError, StoppedError
    from sim.cli.wording import stopped
    from sim.reports.board import report as made
    from sim.reports.stored import StoredStudy
    from sim.text.console import bar, say

    if out.suffix.lower() not in (".html", ".htm"):
        raise CannotDoError(f"A report is an HTML file: let the name of {out.name!r} end with .html.")
    asked = {"tornado": tornado, "flip": flip, "stress": stress}
    with bar(name, quiet) as tell:
        study = _study(name, overrides_from(changes, market__customers=customers), what_if, (replications, seed, tell))
        if not study.n:
            raise KeyboardInterrupt
        finished = made(study, metric=metric, parts=[part for part, on in asked.items() if on], progress=tell)
    path = finished.save(out)
    if not quiet:
        say(finished.explain())
    say(f"Saved: {path}. Open it in a browser; it prints on A4.")
    if stopped(study) and not isinstance(study, StoredStudy):  # a file that is not complete yet says so in the report
        raise StoppedError(f"{study.n} of {study.replications} replicates were done; they are reported.")


def _study(
    name: str, overrides: dict[str, Any], what_if: str | None, how: tuple[int | None, int | None, Progress]
) -> Study:
    """The runs to report: those of a file, or new ones of a scenario."""
    from sim.cli.errors import CannotDoError
    from sim.cli.options import scenario_from
    from sim.reports.board import runs_of
    from sim.reports.stored import StoredStudy, is_stored

    replications, seed, tell = how
    if not is_stored(name):
        return runs_of(scenario_from(name, overrides, what_if), replications, seed, tell)
    if overrides or what_if or replications is not None or seed is not None:
        raise CannotDoError(f"The runs of {name} are made: --set, --customers, --what-if, -n and --seed do not count.")
    return StoredStudy(name)
