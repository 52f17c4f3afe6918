"""`sim calibrate`: a few parameters fitted to a few aggregates of a real market."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.designs import Manner, Setting, Whose, conducted, factors_of
from sim.cli.options import Name, factors_from, spelled_out

PANEL = "Defend an answer"


@spelled_out
def calibrate(
    name: Name,
    target: Annotated[
        list[str],
        typer.Option("--target", metavar="FIRM.METRIC=VALUE[,TOLERANCE]", help="An aggregate. May be repeated."),
    ],
    parameter: Annotated[
        list[str],
        typer.Option("--parameter", metavar="PATH[=LOW,HIGH]", help="A parameter, with its range. May be repeated."),
    ],
    *,
    setting: Setting,
    manner: Manner,
) -> None:
    """Fit a few parameters to what is known of a market, and say what the targets cannot tell.

    Example: sim calibrate first_look --target Root.stayed_one_year_share=0.7,0.02 --target Root.market_share=0.6
    --parameter market.leave_per_year=0,0.4 --parameter people.purchases_per_year.mean=4,20
    """
    from sim.studies.calibrate import calibrate as conduct

    conducted(name, Whose(), setting, manner, lambda scenario, options: conduct(
        scenario, factors_from(target, "--target", "Root.market_share=0.6,0.02"), factors_of(parameter), **options))
