"""`sim winner-map`: who wins where, over two factors."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import Factor, Firm, InWhatIf, Manner, Outcome, Pair, factors_of, options_of, telling, told
from sim.cli.options import (
    Customers,
    Json,
    Name,
    Out,
    Quiet,
    Replications,
    Scheduler,
    Seed,
    Set,
    Store,
    Workers,
    Year,
)

PANEL = "Defend an answer"


def winner_map(
    name: Name,
    factor: Factor = None,
    cells: Annotated[int, typer.Option("--cells", help="Cells per side of the first grid.", min=2, max=50)] = 5,
    depth: Annotated[
        int, typer.Option("--depth", help="How often cells along the border are split.", min=0, max=4)
    ] = 1,
    outcome: Outcome = None,
    pair: Pair = None,
    firm: Firm = None,
    what_if: InWhatIf = None,
    year: Year = None,
    replications: Replications = None,
    seed: Seed = None,
    changes: Set = None,
    customers: Customers = None,
    store: Store = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Map who wins over two factors, finer where the border runs.

    Without --factor: what the scenario's own what-ifs change, else what pulls most against the lead.

    Example: sim winner-map penny_goods --factor product.price=0.8,80 --factor product.margin=0.3,0.7 --out map
    """
    from sim.cli.options import overrides_from, scenario_from
    from sim.experiments.winner_map import winner_map as conduct

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    options = options_of(
        outcome=outcome, pair=pair, firm=firm, what_if=what_if, year=year, replications=replications, seed=seed,
        store=store, workers=workers, scheduler=scheduler,
    )
    told(scenario.title or name, Manner(out, quiet, as_json),
         lambda tell: conduct(scenario, factors_of(factor), cells=cells, depth=depth, **telling(options, tell)))
