"""`sim app`: the live page in a browser, served on this machine alone."""

from __future__ import annotations

from typing import Annotated

import typer

PANEL = "Teach"


Market = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped scenario or a .yaml file.")]
Port = Annotated[int, typer.Option("--port", help="Port of this machine; 0: any that is free.", min=0, max=65535)]
Show = Annotated[bool, typer.Option("--show/--no-show", help="Open the page in a browser.")]


def app(name: Market = "leaky_bucket", port: Port = 0, show: Show = True) -> None:
    """Open the live page: two variants of a market side by side, sliders, votes, customers to meet; Ctrl-C ends it.

    It is served on 127.0.0.1 only, and nothing is loaded from outside.

    Examples: sim app · sim app first_look --port 5007 --no-show
    """
    from sim.app.choice import RefusedError
    from sim.app.serve import serve
    from sim.cli.errors import CannotDoError
    from sim.text.console import say
    from sim.text.language import tr

    try:
        serve(name, port, show, lambda address: say(tr("The page is at {address} (Ctrl-C ends it).", address=address)))
    except RefusedError as error:
        raise CannotDoError(str(error)) from None
