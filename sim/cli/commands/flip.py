"""`sim flip`: the smallest change of assumptions that reverses the advice."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.designs import Factor, Manner, Setting, Whose, conducted, factors_of
from sim.cli.options import Name, spelled_out

PANEL = "Defend an answer"


@spelled_out
def flip(
    name: Name,
    factor: Factor = None,
    proofs: Annotated[int, typer.Option("--proofs", help="Fresh runs that prove it.", min=20)] = 40,
    *,
    whose: Whose,
    setting: Setting,
    manner: Manner,
) -> None:
    """Find the smallest change of assumptions that reverses the advice, and prove it on fresh luck.

    Without --factor: the numbers of market, product and people. Says so when there is none within the ranges.

    Example: sim flip leaky_bucket
    """
    from sim.studies.flip import flip as conduct

    conducted(name, whose, setting, manner, lambda scenario, options: conduct(
        scenario, factors_of(factor), proofs=proofs, **options))
