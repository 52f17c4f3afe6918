"""Serving the page on this machine alone, and the same page in a cell of a notebook."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.app.choice import PageChoice, from_query, language_of, opened
from sim.scenario.schema import Scenario
from sim.text.language import language, speaking

if TYPE_CHECKING:
    from sim.app.vote import VoteServer

ADDRESS = "127.0.0.1"
DEFAULT = "leaky_bucket"
LARGEST_MESSAGE = 20 * 1024 * 1024
"""Bytes of one message from the browser; an upload beyond it is refused before it is read whole."""


def lab(scenario: str | Scenario = DEFAULT, *, seed: int | None = None) -> Any:
    """The live page of a scenario in a cell of a notebook: `sim.lab("leaky_bucket")`.

    `scenario` is a shipped name, a file or a loaded scenario; `seed` that of the run (left out: the scenario's).

    Raises:
        ScenarioError: the scenario is wrong.
        RefusedError: it has no firms, or names a strategy in a file.
        ImportError: the extra `app` is not installed.
    """
    chosen = opened(scenario)
    pn = _panel()
    from sim.app.following import Works
    from sim.app.page import Laboratory

    pn.extension(inline=True)
    return Laboratory(Works(), PageChoice(chosen, chosen.runs.seed if seed is None else seed)).page


def application(scenario: str | Scenario, works: Any) -> Callable[[], Any]:
    """What makes a page for every session, in the state that its address asks for."""
    def session() -> Any:
        import panel as pn

        from sim.app.page import Laboratory

        query = {name: values[-1].decode("utf-8", "replace") for name, values in pn.state.session_args.items()}
        with speaking(language_of(query, language())):
            choice, told = from_query(query, opened(scenario))
            found = Laboratory(works, choice, " ".join(told))
        pn.state.on_session_destroyed(lambda _: found.follower.close())
        return found.page

    return session


def serve(
    scenario: str | Scenario, port: int = 0, show: bool = True, ready: Callable[[str], object] | None = None,
    start: bool = True, lan: Callable[[VoteServer], object] | None = None,
) -> Any:
    """Serve the page on 127.0.0.1 until Ctrl-C; `ready` is told the address once somebody can go there.

    `lan` asks for votes by telephone, on a page of their own in the local network, and is told what serves it.
    `port` 0 takes a free one. The first run is done before, so that the first picture is there at once. With
    `start=False` the server is given back and does not begin to work by itself.

    Raises:
        ScenarioError: the scenario is wrong.
        RefusedError: it has no firms, or names a strategy in a file.
        OSError: the port is taken.
        ImportError: the extra `app` is not installed.
    """
    chosen = opened(scenario)
    pn = _panel()
    from sim.app.following import Works

    pn.extension()
    works = Works(None if lan is None else _vote(lan))
    works.courses.pair(PageChoice(chosen, chosen.runs.seed))
    port = port or _free_port()
    server = pn.serve(
        {"/": application(scenario, works)}, port=port, address=ADDRESS, show=False, start=False, verbose=False,
        title="Clientele", websocket_max_message_size=LARGEST_MESSAGE,
        websocket_origin=[f"{ADDRESS}:{port}", f"localhost:{port}"])
    address = f"http://{ADDRESS}:{port}/"
    if ready is not None:
        ready(address)
    if show:
        import webbrowser

        server.io_loop.add_callback(lambda: webbrowser.open(address))
    if start:
        try:
            server.run_until_shutdown()
        finally:
            if works.vote is not None:
                works.vote.stop()
    return server


def _vote(told: Callable[[VoteServer], object]) -> VoteServer:
    """The vote by telephone, closed until the page asks something.

    Raises:
        OSError: this computer is in no network.
    """
    from sim.app.poll import Poll
    from sim.app.vote import VoteServer

    poll = Poll("", ())
    poll.close()
    server = VoteServer(poll)
    told(server)
    return server


def _free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as free:
        free.bind((ADDRESS, 0))
        return int(free.getsockname()[1])


def _panel() -> Any:
    """Panel, where it is installed.

    Raises:
        ImportError: it is not; the sentence says how to get it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import panel as pn
            import panel_material_ui  # noqa: F401 - its widgets must be known before a page is made
    except ImportError:
        raise ImportError('The live page needs the extra `app`: pip install "clientele-lab[app]"') from None
    return pn
