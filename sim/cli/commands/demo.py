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
from sim.cli.speech import Lang
from sim.cli.waiting import Yes, working
from sim.text.console import bar, say
from sim.text.language import tr, trn
from sim.text.numbers import written

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
    lang: Lang = None,
) -> None:
    """Run two small markets, print who wins and how surely, and save the pictures."""
    from sim.runs.run import run
    from sim.studies.figure_tables import save_pictures
    from sim.studies.replicate import replicate

    scenarios = [scenario_from(name, {}) for name in MARKETS]
    del lang
    say(tr("A first look: two firms, one run."), "bold")
    (path,) = save_pictures(run(scenarios[0], seed=seed), out, prefix=f"{MARKETS[0]}_one_run_", names=[FIRST_PICTURE])
    seconds = written(f"{seconds_since_start():.1f}")
    say("  " + tr("First picture after {seconds} s: {path}", seconds=seconds, path=path))
    for scenario in scenarios:
        say()
        began = time.perf_counter()
        with working(tr(scenario.title) or scenario.source.name, quiet, yes, times_beside(replications, 2)) as tell:
            study = replicate(scenario, replications, seed=seed, progress=tell)
            beside = beside_it(study, progress=tell)
        if study.n < 2:
            raise StoppedError(tr("The pictures so far are in {folder}.", folder=out))
        for line in lines(study, time.perf_counter() - began, beside=beside):
            say(line)
        with bar(tr("drawing"), quiet):
            pictures = save_pictures(study, out, prefix=f"{scenario.source.name}_")
        say("  " + trn("{count} picture: {files}", "{count} pictures: {files}", len(pictures),
                       files=f"{out / scenario.source.name}_*.png"))
        if study.stopped or (beside is not None and beside.stopped):
            raise StoppedError(trn("{count} run was done; the pictures so far are in {folder}.",
                                   "{count} runs were done; the pictures so far are in {folder}.", study.n, folder=out))
    say()
    say(tr("Next: open the pictures. `sim scenarios` lists more markets, `sim explain leaky_bucket` tells one in "
           "words."))
