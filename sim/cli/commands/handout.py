"""`sim handout`: a scenario as one page that plays by itself, for phones, e-mail and learning platforms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Quiet, ScenarioGroup, WhatIf, a_file, factors_from, spelled_out
from sim.cli.waiting import Yes, working
from sim.text.console import say
from sim.text.language import tr
from sim.text.numbers import written
from sim.text.words import counted

if TYPE_CHECKING:
    from sim.studies.factors import Range

PANEL = "Teach"
EXAMPLE = "firms.Root.promise=0.3,0.9"


@spelled_out
def handout(
    *,
    market: ScenarioGroup,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file to write.", callback=a_file)
    ] = Path("handout.html"),
    slider: Annotated[
        list[str] | None,
        typer.Option("--slider", metavar="PATH[=LOW,HIGH]",
                     help="A number that the page may move; up to three times. Left out: the scenario's own sliders."),
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="What is bet on, e.g. customer_equity_money.")
    ] = None,
    what_if: WhatIf = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", help="How many runs at each point.", min=2)
    ] = 10,
    quiet: Quiet = False,
    yes: Yes = False,
) -> None:
    """Make one page that plays without a server: a bet, sliders over runs made beforehand, the reveal, people to meet.

    One or two sliders have seven points each, three have five; every point is run ten times. The page opens by a double
    click, asks nobody, and prints.

    Examples: sim handout leaky_bucket -o page.html · sim handout first_look --slider firms.Root.price -o price.html
    """
    from sim.handouts.page import handout as made

    if out.suffix.lower() not in (".html", ".htm"):
        raise CannotDoError(f"A handout is an HTML file: let the name of {out.name!r} end with .html.")
    scenario, wanted = market.scenario(what_if), _wanted(slider)
    with working(tr(scenario.title) or market.name, quiet, yes) as tell:
        finished = made(scenario, seed=market.seed, wanted=wanted, metric=metric, runs=replications, progress=tell)
    path = finished.save(out)
    people = finished.grid.scenario.market.customers
    if not quiet and people < finished.grid.asked:
        say(tr("The page has {people} of {all} people, so that it was made in a few minutes.",
               people=written(f"{people:,}"), all=written(f"{finished.grid.asked:,}")))
    size = written(f"{len(finished.html.encode()) / 1e6:.1f}")
    say(tr("Saved: {path} ({size} MB, {points}). Open it in a browser.", path=path, size=size,
           points=counted(len(finished.grid.points), "point")))


def _wanted(texts: list[str] | None) -> dict[str, Range | None]:
    """The sliders that options name, with a range where one is given."""
    found: dict[str, Range | None] = {}
    for text in texts or []:
        path, equals, _ = text.partition("=")
        name = path.strip()
        if name in found:
            raise CannotDoError(f"--slider: {name} is named twice.")
        found[name] = factors_from([text], "--slider", EXAMPLE)[name] if equals else None
    return found
