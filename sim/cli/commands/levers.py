"""`sim levers`: what one more euro on each lever brings."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Customers, Json, Name, Quiet, Seed, Set, overrides_from, scenario_from

PANEL = "Look things up"
RUNS = 5


def levers(
    name: Name,
    firm: Annotated[str | None, typer.Option("--firm", help="Only this firm; left out: every firm.")] = None,
    step: Annotated[float, typer.Option("--step", help="Size of a step, share of budget.", min=0.01, max=1)] = 0.1,
    replications: Annotated[int, typer.Option("--replications", "-n", help="Paired runs of each step.", min=2)] = RUNS,
    seed: Seed = None,
    changes: Set = None,
    customers: Customers = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Print the marginal profit of one more euro on each lever.

    A firm gets a little more money, all of it goes to one lever, and everything else stays as it is (common
    random numbers). Five-fold gaps between levers mean a contest of curves, not of strategies.
    """
    from dataclasses import asdict

    from sim.cli.errors import CannotDoError
    from sim.cli.marginal import marginal_profits, told
    from sim.text.console import bar, say, say_json
    from sim.text.words import suggestion

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers, runs__seed=seed))
    if firm is not None and firm not in scenario.firms:
        raise CannotDoError(f"There is no firm {firm!r} in {name}; {suggestion(firm, scenario.firms)}")
    firms = [firm] if firm is not None else list(scenario.firms)
    with bar(f"levers of {', '.join(firms)}", quiet) as tell:
        found = [one for each in firms for one in marginal_profits(scenario, each, step, replications, tell)]
    if not found:
        raise CannotDoError(f"No lever of {name} can be priced: the budget is 0, or a strategy splits it by itself.")
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for line in told(scenario, found):
        say(line)
