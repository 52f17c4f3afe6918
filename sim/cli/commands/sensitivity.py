"""`sim sensitivity`: which numbers matter most for the answer."""

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


def sensitivity(
    name: Name,
    factor: Factor = None,
    method: Annotated[str, typer.Option("--method", help="tornado, morris or sobol.")] = "tornado",
    samples: Annotated[
        int | None, typer.Option("--samples", help="Walks (morris, 8) or base samples (sobol, 32).", min=2)
    ] = None,
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
    """Say how much the answer depends on each number: one at a time, or over the whole space.

    Without --factor: the numbers of market, product and people, each from half to twice its value.

    Examples: sim sensitivity first_look · sim sensitivity leaky_bucket --factor guesses --method morris
    """
    from sim.cli.options import overrides_from, scenario_from
    from sim.experiments.sensitivity import sensitivity as conduct

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    options = options_of(
        outcome=outcome, pair=pair, firm=firm, what_if=what_if, year=year, replications=replications, seed=seed,
        store=store, workers=workers, scheduler=scheduler,
    )
    told(scenario.title or name, Manner(out, quiet, as_json),
         lambda tell: conduct(scenario, factors_of(factor), method, samples=samples, **telling(options, tell)))
