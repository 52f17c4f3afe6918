"""`sim results`: what a store of runs holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import Json, Outcomes, outcomes_from
from sim.cli.paths import a_file

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
    as_json: Json = False,
) -> None:
    """Show the runs of a store: the points side by side, what failed, what is still to be done.

    Also while a study is being written into it. The table `runs` and the view `results` are plain SQL.
    """
    from sim.runs.stored_plan import read_results
    from sim.text.console import say, say_json

    found = read_results(file)
    chosen = outcomes_from(outcomes)
    saved = _saved(read_results(file, proofs=True), csv, parquet)
    if as_json:
        say_json(_as_data(found, file))
        return
    for line in _lines(found, file, chosen):
        say(line)
    for path in saved:
        say(f"Saved: {path}.")


def _saved(found: Results, csv: Path | None, parquet: Path | None) -> list[Path]:
    """The table of runs in the files that were asked for, each whole or not at all."""
    from sim.cli.errors import CannotDoError
    from sim.text.files import write_csv, write_parquet

    saved = []
    for path, write in ((csv, write_csv), (parquet, write_parquet)):
        if path is None:
            continue
        try:
            saved.append(write(path, found.table()))
        except ImportError:
            text = 'Parquet files need the package pyarrow: pip install "clientele-lab[parquet]".'
            raise CannotDoError(text) from None
    return saved


def _lines(found: Results, file: Path, outcomes: tuple[str, ...] | None) -> list[str]:
    from sim.cli.point_words import failures, in_words, point_lines, shown_outcomes
    from sim.cli.wording import after, title
    from sim.studies.differences import point_table

    asked, layout = found.plan, found.layout
    lines = [title(asked.scenario), f"  {asked.scenario.question}"]
    points, seeds = len(layout.points), layout.replications
    proofs = f", and {found.proofs} on new seeds that confirm what was found" if found.proofs else ""
    lines.append(f"  {file}: {points} point{'s' if points != 1 else ''}, {seeds} seed{'s' if seeds != 1 else ''}; "
                 f"{in_words(found.counts)}{proofs}.")
    shown = outcomes or shown_outcomes(layout.outcomes, False)
    table = point_table(found, shown)
    told = point_lines(table, asked.scenario.money.currency, after(asked.end))
    lines += ["", *(f"  {line}".rstrip() for line in told)]
    return lines + [f"  {line}" for line in failures(found, file)]


def _as_data(found: Results, file: Path) -> dict[str, object]:
    from sim.runs.store import content_hash
    from sim.studies.differences import point_table

    return {
        "store": str(file), "points": found.layout.points, "factors": found.layout.factors,
        "outcomes": found.layout.outcomes, "firms": found.layout.firms, "runs": found.counts,
        "content_hash": content_hash(file), "rows": point_table(found).to_dict("records"),
    }
