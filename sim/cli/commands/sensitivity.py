"""`sim sensitivity`: which numbers matter most for the answer."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.designs import Factor, Manner, Setting, Whose, conducted, factors_of
from sim.cli.options import Name, spelled_out

PANEL = "Defend an answer"


@spelled_out
def sensitivity(
    name: Name,
    factor: Factor = None,
    method: Annotated[str, typer.Option("--method", help="tornado, morris or sobol.")] = "tornado",
    samples: Annotated[
        int | None, typer.Option("--samples", help="Walks (morris, 8) or base samples (sobol, 32).", min=2)
    ] = None,
    *,
    whose: Whose,
    setting: Setting,
    manner: Manner,
) -> None:
    """Say how much the answer depends on each number: one at a time, or over the whole space.

    Without --factor: the numbers of market, product and people, each from half to twice its value.

    Examples: sim sensitivity first_look · sim sensitivity leaky_bucket --factor guesses --method morris
    """
    from sim.studies.sensitivity import sensitivity as conduct

    conducted(name, whose, setting, manner, lambda scenario, options: conduct(
        scenario, factors_of(factor), method, samples=samples, **options))
