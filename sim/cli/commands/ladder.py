"""`sim ladder`: mechanisms added one by one, and each left out."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.designs import Manner, Setting, Whose, conducted
from sim.cli.options import Name, spelled_out

PANEL = "Defend an answer"


@spelled_out
def ladder(
    name: Name,
    start: Annotated[str, typer.Option("--start", help="none, basic or heart: where the ladder begins.")] = "none",
    *,
    whose: Whose,
    setting: Setting,
    manner: Manner,
) -> None:
    """Add the mechanisms of the market one by one, and leave each out: what makes the difference?

    Example: sim ladder first_look --start basic
    """
    from sim.studies.ladder import ladder as conduct

    conducted(name, whose, setting, manner, lambda scenario, options: conduct(
        scenario, start, **options))
