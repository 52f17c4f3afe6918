"""`sim stress`: does the advice survive hard times?"""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.designs import Manner, Setting, Whose, conducted, said
from sim.cli.options import Name, spelled_out

PANEL = "Defend an answer"


@spelled_out
def stress(
    name: Name,
    stresses: Annotated[
        str | None, typer.Option("--stresses", metavar="NAME,…", help="Only these, e.g. recession,crisis.")
    ] = None,
    *,
    whose: Whose,
    setting: Setting,
    manner: Manner,
) -> None:
    """Put every option through a recession, a price war, a crisis: does the advice survive?

    Example: sim stress first_look
    """
    from sim.studies.stress import stress as conduct

    conducted(name, whose, setting, manner, lambda scenario, options: conduct(
        scenario, said(stresses), **options))
