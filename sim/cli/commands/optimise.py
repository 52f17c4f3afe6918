"""`sim optimise`: better levers under the same budget."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.designs import Firm, Manner, Outcome, Setting, Whose, conducted, said
from sim.cli.options import Name, factors_from, spelled_out

PANEL = "Defend an answer"


@spelled_out
def optimise(
    name: Name,
    lever: Annotated[
        list[str], typer.Option("--lever", metavar="PATH=LOW,HIGH", help="A lever and its range. May be repeated.")
    ],
    goals: Annotated[
        str | None, typer.Option("--goals", metavar="A,B", help="Two outcomes: the front between them.")
    ] = None,
    aim: Annotated[str, typer.Option("--aim", help="high or low.")] = "high",
    trials: Annotated[int, typer.Option("--trials", help="Points that are tried.", min=8)] = 40,
    outcome: Outcome = None,
    firm: Firm = None,
    *,
    setting: Setting,
    manner: Manner,
) -> None:
    """Search for better levers of a firm under its budget; what is found is checked on fresh luck beside the start.

    Example: sim optimise first_look --lever firms.Root.price=4,6 --lever firms.Root.spending.relations=0,0.8
    """
    from sim.studies.optimise import optimise as conduct

    conducted(name, Whose(outcome, firm=firm), setting, manner, lambda scenario, options: conduct(
        scenario, factors_from(lever, "--lever", "firms.Root.price=4,6"), said(goals) or (), aim=aim, trials=trials,
        **options))
