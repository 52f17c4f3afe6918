"""`sim results`: what a store of runs holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, Outcomes, a_file, outcomes_from, show
from sim.cli.runs import counts_in_words, failures
from sim.cli.tables import MOST_OUTCOMES, after, point_tables
from sim.cli.wording import indented, title
from sim.text.console import say
from sim.text.words import counted

if TYPE_CHECKING:
    from sim.runs.results import Results

PANEL = "Run a market"


def results(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The store of a study, e.g. study.sqlite.")],
    outcomes: Outcomes = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write one row per run and firm.", callback=a_file)
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FILE", help="The same as a Parquet file.", callback=a_file)
    ] = None,
    rescue: Annotated[
        bool, typer.Option("--rescue", help="Write what can be read of a damaged store into NAME.rescued.sqlite.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the runs of a store: the points side by side, what failed, what is still to be done.

    Also while a study is being written into it. The table `runs` and the view `results` are plain SQL. Rows that are
    not as they were written are named and not used. Exit code 1: there are such rows.
    """
    from sim.runs.stored_plan import read_results

    if rescue:
        from sim.runs import rescue as work

        done = work.rescue(file)
        show(as_json, lambda: [done.sentence], lambda: {"store": str(done.path), "saved": done.saved,
                                                        "lost": done.lost})
        return
    found = read_results(file)
    chosen = outcomes_from(outcomes)
    saved = _saved(read_results(file, proofs=True), csv, parquet)
    show(as_json, lambda: _lines(found, file, chosen), lambda: _as_data(found, file))
    for path in saved if not as_json else ():
        say(f"Saved: {path}.")
    if found.damage.runs:
        raise typer.Exit(1)


def _saved(found: Results, csv: Path | None, parquet: Path | None) -> list[Path]:
    """The table of runs in the files that were asked for, each whole or not at all."""
    from sim.text.files import write_csv, write_parquet

    try:
        return [write(path, found.table()) for path, write in ((csv, write_csv), (parquet, write_parquet))
                if path is not None]
    except ImportError:
        text = 'Parquet files need the package pyarrow: pip install "clientele-lab[parquet]".'
        raise CannotDoError(text) from None


def _lines(found: Results, file: Path, outcomes: tuple[str, ...] | None) -> list[str]:
    from sim.studies.differences import point_table

    scenario, layout = found.plan.scenario, found.layout
    proofs = f", and {found.proofs} on new seeds that confirm what was found" if found.proofs else ""
    table = point_table(found, outcomes or layout.outcomes[:MOST_OUTCOMES])
    return [*title(scenario), *indented([
        f"{file}: {counted(len(layout.points), 'point')}, {counted(layout.replications, 'seed')}; "
        f"{counts_in_words(found.counts)}{proofs}.",
        "", *point_tables(table, scenario.money.currency, after(found.plan.end)), *failures(found, file),
        *_damaged(found, file),
    ])]


def _damaged(found: Results, file: Path) -> list[str]:
    """Which rows are damaged, and what to do."""
    again = "The command that made the store runs them again."
    return [f"{file}: {found.damage.sentence}", again] if found.damage.runs else []


def _as_data(found: Results, file: Path) -> dict[str, object]:
    from sim.runs.store import content_hash
    from sim.studies.differences import point_table

    return {
        "store": str(file), "points": found.layout.points, "factors": found.layout.factors,
        "outcomes": found.layout.outcomes, "firms": found.layout.firms, "runs": found.counts,
        "damaged": list(found.damage.runs),
        "content_hash": content_hash(file), "rows": point_table(found).to_dict("records"),
    }
