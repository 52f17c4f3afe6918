"""`sim diff`: the assumptions in which two scenarios differ."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, Set, WhatIf, overrides_from, show

PANEL = "Scenario files"


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A shipped scenario or a file.")],
    second: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The other one; left out: what A would be without its own file.")
    ] = None,
    changes: Set = None,
    what_if: WhatIf = None,
    as_json: Json = False,
) -> None:
    """Show the assumptions that differ, before you argue about results.

    `--set` and `--what-if` change the second one.
    """
    from dataclasses import asdict

    from sim.scenario.diff import base_of, diff_text
    from sim.scenario.diff import diff as differences
    from sim.scenario.load import load, with_what_if

    overrides = overrides_from(changes)
    if second is None and not overrides and what_if is None:
        right = load(first)
        base = base_of(right)
        if base is None:
            raise CannotDoError(f"{first} builds on nothing that stands by itself: name a second scenario.")
        left, names = base, (right.extends or "the defaults", first)
    else:
        left, right = load(first), load(second or first, overrides, overrides_from="--set")
        right = right if what_if is None else with_what_if(right, what_if)
        names = (first, second or f"{first} changed")
    show(as_json, lambda: [diff_text(left, right, *names)],
         lambda: [asdict(found) for found in differences(left, right)])
