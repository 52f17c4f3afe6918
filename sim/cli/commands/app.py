"""`sim app`: the live page in a browser, served on this machine alone."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.speech import Lang

PANEL = "Teach"


Market = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped scenario or a .yaml file.")]
Port = Annotated[int, typer.Option("--port", help="Port of this machine; 0: any that is free.", min=0, max=65535)]
Lan = Annotated[bool, typer.Option("--lan", help="Votes by telephone: a page of their own in the local network.")]
Rehearse = Annotated[bool, typer.Option("--rehearse", help="Open nothing: does the reveal hold in nine of ten seeds?")]
Show = Annotated[bool, typer.Option("--show/--no-show", help="Open the page in a browser.")]


def app(
    name: Market = "leaky_bucket", port: Port = 0, show: Show = True, lan: Lan = False, rehearse: Rehearse = False,
    lang: Lang = None,
) -> None:
    """Open the live page: two variants of a market side by side, sliders, votes, customers to meet; Ctrl-C ends it.

    It is served on 127.0.0.1 only, and nothing is loaded from outside. --lan also serves a page for votes, and nothing
    else, in the local network; no names, nothing is kept. --rehearse, before class, runs the seed and the nine after it
    and refuses a reveal that holds in fewer than nine (exit code 2).

    Examples: sim app · sim app first_look --port 5007 --no-show · sim app leaky_bucket --rehearse
    """
    del lang  # it speaks by being given
    if rehearse:
        _rehearse(name)
        return
    from sim.app.choice import RefusedError
    from sim.app.serve import serve
    from sim.cli.errors import CannotDoError
    from sim.text.console import say
    from sim.text.language import tr

    try:
        serve(name, port, show, lambda address: say(tr("The page is at {address} (Ctrl-C ends it).", address=address)),
              lan=(lambda server: say("\n".join(server.lines()))) if lan else None)
    except RefusedError as error:
        raise CannotDoError(str(error)) from None


def _rehearse(name: str) -> None:
    """Print what holds, and refuse what does not."""
    from sim.app.rehearse import rehearse
    from sim.cli.errors import CannotDoError
    from sim.cli.options import scenario_from
    from sim.text.console import bar, say

    with bar("rehearsing") as progress:
        found = rehearse(scenario_from(name, {}), progress=progress)
    for line in found.lines():
        say(line)
    if refusal := found.refusal():
        raise CannotDoError(refusal)
