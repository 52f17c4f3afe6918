"""`sim neutrality`: deals, relations and spending nothing in markets drawn from ranges; where does each earn most?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Output, spelled_out
from sim.cli.study_commands import STUDY_PANEL, conduct_and_print, renew
from sim.text.console import tell

PANEL = STUDY_PANEL


@spelled_out
def neutrality(
    *,
    markets: Annotated[int, typer.Option("--markets", help="Markets drawn from each set of ranges.", min=8)] = 500,
    replications: Annotated[int, typer.Option("--replications", "-n", help="Paired runs of each.", min=2)] = 2,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the first run.", min=0)] = 1,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FILE", help="Renew the answer between its marks in a file, and "
                                  "the picture in the folder pictures beside it.")
    ] = None,
    output: Output,
) -> None:
    """Put a firm as deals, relations and idle into markets drawn from ranges: where does each earn most?

    The same budget, the same people and random numbers; against a typical rival, and against one that reacts. The
    ranges were written before the first run. With two idle cores 500 markets take about ten minutes.

    Examples: sim neutrality --markets 40 · sim neutrality --store neutrality.sqlite --into docs/neutrality.md
    """
    from sim.studies.neutrality import neutrality as study
    from sim.studies.neutrality import runs_of

    if not output.quiet and not output.as_json:
        tell(f"{runs_of(markets, replications):,} runs are planned.")
    found = conduct_and_print("Who earns most: deals, relations, or spending nothing?", output, lambda progress: study(
        markets, replications, seed=seed, **output.keywords(progress)))
    if into is not None:
        from sim import figures
        from sim.studies.neutrality_tables import PICTURE

        renew(into, found)
        figures.save(found.picture, found.picture_table(), into.parent / PICTURE)
