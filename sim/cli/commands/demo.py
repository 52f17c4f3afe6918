"""`sim demo`: two small markets, a table, pictures."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import seconds_since_start
from sim.cli.commands.run import beside_it, lines, times_beside
from sim.cli.errors import StoppedError
from sim.cli.options import Quiet, Seed, a_folder, scenario_from
from sim.cli.waiting import Yes, working
from sim.text.console import bar, say

PANEL = "Run a market"
MARKETS = ("first_look", "leaky_bucket")
RUNS = 8
FIRST_PICTURE = "customers_over_time"


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the pictures.", callback=a_folder)] = Path("pictures"),
    replications: Annotated[int, typer.Option("--replications", "-n", help="Runs of each market.", min=2)] = RUNS,
    seed: Seed = None,
    quiet: Quiet = False,
    yes: Yes = False,
) -> None:
    """Run two small markets, print who wins and how surely, and save the pictures."""
    from sim.runs.run import run
    from sim.studies.figure_tables import save_pictures
    from sim.studies.replicate import replicate

    scenarios = [scenario_from(name, {}) for name in MARKETS]
    say("A first look: two firms, one run.", "bold")
    (path,) = save_pictures(run(scenarios[0], seed=seed), out, prefix=f"{MARKETS[0]}_one_run_", names=[FIRST_PICTURE])
    say(f"  First picture after {seconds_since_start():.1f} s: {path}")
    for scenario in scenarios:
        say()
        began = time.perf_counter()
        with working(scenario.title or scenario.source.name, quiet, yes, times_beside(replications, 2)) as tell:
            study = replicate(scenario, replications, seed=seed, progress=tell)
            beside = beside_it(study, progress=tell)
        if study.n < 2:
            raise StoppedError(f"The pictures so far are in {out}.")
        for line in lines(study, time.perf_counter() - began, beside=beside):
            say(line)
        with bar("drawing", quiet):
            pictures = save_pictures(study, out, prefix=f"{scenario.source.name}_")
        say(f"  {len(pictures)} pictures: {out / scenario.source.name}_*.png")
        if study.stopped or (beside is not None and beside.stopped):
            raise StoppedError(f"{study.n} runs were done; the pictures so far are in {out}.")
    say()
    say("Next: open the pictures. `sim scenarios` lists more markets, `sim explain leaky_bucket` tells one in words.")
