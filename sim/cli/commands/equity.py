"""`sim equity`: what the customers of each firm are worth, why it changed, and what drives it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.cli.options import Customers, Json, Name, Out, Quiet, Seed, Set, overrides_from, scenario_from

if TYPE_CHECKING:
    from sim.studies.equity_report import EquityReport

PANEL = "Run a market"
HOME = Path("equity")
RUNS = 10
Basis = Literal["truth", "estimate"]


def equity(
    name: Name,
    firm: Annotated[str | None, typer.Option("--firm", help="Only this firm; left out: every firm.")] = None,
    start: Annotated[float | None, typer.Option("--from", help="Year in which the statement opens.", min=0)] = None,
    end: Annotated[float | None, typer.Option("--to", help="Year in which the statement closes.", min=0)] = None,
    basis: Annotated[Basis, typer.Option("--basis", help="Statement: true expected values of one run, or the estimate "
                                                         "of every run.")] = "truth",
    replications: Annotated[int, typer.Option("--replications", "-n", help="How many runs.", min=1)] = RUNS,
    what_if: Annotated[
        list[str] | None, typer.Option("--what-if", metavar="NAME", help="Only these what-ifs. May be repeated.")
    ] = None,
    seed: Seed = None,
    changes: Set = None,
    customers: Customers = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Print customer equity per firm: both parts, the statement between two dates, drivers, mirror, break-even.

    Examples: sim equity leaky_bucket · sim equity welcome_discount --firm Door --from 2 --to 5
    """
    import time

    from sim.cli.equity_words import told
    from sim.cli.errors import StoppedError
    from sim.cli.wording import stopped
    from sim.studies.equity_report import equity_report
    from sim.text.console import bar, say, say_json

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    began = time.perf_counter()
    with bar(f"equity: {scenario.title or name}", quiet) as tell:
        report = equity_report(scenario, firm, replications, dates=(start, end), what_if=what_if or None, seed=seed,
                               basis=basis, progress=tell)
    if not report.study.n:
        raise KeyboardInterrupt
    seconds = time.perf_counter() - began
    folder = out or HOME / Path(scenario.source.name).stem
    saved = report.save(folder)
    if as_json:
        say_json(_as_data(report, folder))
    else:
        for line in told(report, seconds):
            say(line.rstrip())
        pictures = sum(path.suffix == ".png" for path in saved)
        say(f"Saved: {len(saved) - pictures} tables and {pictures} pictures in {folder}.")
    if stopped(report.study) or report.drivers is None or stopped(report.drivers.study):
        raise StoppedError("What was done is told and saved.")


def _as_data(report: EquityReport, folder: Path) -> dict[str, Any]:
    """Everything that is printed, as plain data."""
    from sim.valuation.statement import terms_in_words

    return {
        "scenario": report.scenario.source.name, "firms": list(report.firms), "what_if": list(report.what_ifs),
        "runs": report.study.n, "first_seed": report.study.seed, "currency": report.scenario.money.currency,
        "terms": terms_in_words(report.scenario.money),
        "statement_from": report.dates[0], "statement_to": report.dates[1],
        "tables": {name: table.to_dict("records") for name, table in report.tables().items()},
        "notes": report.notes, "folder": str(folder),
    }
