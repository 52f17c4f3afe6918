"""`sim winner-map`: who wins where, over two factors."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.designs import Factor, Manner, Setting, Whose, conducted, factors_of
from sim.cli.options import Name, spelled_out

PANEL = "Defend an answer"


@spelled_out
def winner_map(
    name: Name,
    factor: Factor = None,
    cells: Annotated[int, typer.Option("--cells", help="Cells per side of the first grid.", min=2, max=50)] = 5,
    depth: Annotated[
        int, typer.Option("--depth", help="How often cells along the border are split.", min=0, max=4)
    ] = 1,
    *,
    whose: Whose,
    setting: Setting,
    manner: Manner,
) -> None:
    """Map who wins over two factors, finer where the border runs.

    Without --factor: what the scenario's own what-ifs change, else what pulls most against the lead.

    Example: sim winner-map penny_goods --factor product.price=0.8,80 --factor product.margin=0.3,0.7 --out map
    """
    from sim.studies.winner_map import winner_map as conduct

    conducted(name, whose, setting, manner, lambda scenario, options: conduct(
        scenario, factors_of(factor), cells=cells, depth=depth, **options))
