"""The vote by telephone: one plain page for the local network, with its own small server and nothing else on it.

It listens on one address of the local network, answers only to the name that is printed, takes a vote only from its
own page, and keeps everything in memory. A device is told from another by a random cookie, signed with a key that is
forgotten at the end; whoever deletes it can vote again, so this counts a class and elects nobody.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from sim.app.poll import Ballot, NoVoteError, Poll
from sim.text.language import language, speaking, tr

LARGEST_BODY, LARGEST_HEADER = 1_024, 8_192
SECONDS = 5
"""After so many seconds a page that found the vote closed looks again."""
PATIENCE = 10.0
"""Seconds after which a request that is not whole is given up."""
DEVICE = "device"
HEADERS = {
    "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin", "Server": "vote",
}
_FAR_AWAY = ("10.255.255.255", "192.168.255.255", "172.31.255.255")
"""Addresses towards which the system would use the local network; nothing is sent to them."""


class VoteServer:
    """The vote page of a poll on one address, served by a thread of its own until `stop`.

    `url` is what is printed, and what the QR codes say. It speaks the language that is spoken where it is begun.

    Raises:
        OSError: there is no network, or the address or port cannot be had.
    """

    def __init__(self, poll: Poll, address: str | None = None, port: int = 0) -> None:
        self.poll, self.language = poll, language()
        self._sockets = bind_sockets(port, address or lan_address(), socket.AF_INET)
        host, port = self._sockets[0].getsockname()
        self.netloc = host if port == 80 else f"{host}:{port}"
        self.url = f"http://{self.netloc}/"
        self._ready, self._loop = Event(), asyncio.new_event_loop()
        self._thread = Thread(target=lambda: self._loop.run_until_complete(self._serve()), name="vote", daemon=True)
        self._thread.start()
        self._ready.wait()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        routes: list[Any] = [("/", VotePage, {"server": self})]
        application = Application(
            routes, default_handler_class=VotePage, default_handler_args={"server": self},
            cookie_secret=secrets.token_hex(32), log_function=lambda _: None)
        server = HTTPServer(application, max_body_size=LARGEST_BODY, max_header_size=LARGEST_HEADER,
                            body_timeout=PATIENCE, idle_connection_timeout=PATIENCE)
        server.add_sockets(self._sockets)
        self._ready.set()
        await self._over.wait()
        server.stop()
        await server.close_all_connections()

    def stop(self) -> None:
        """End it; every vote is forgotten."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()
            self._loop.close()
        self.poll.ask("", ())

    def lines(self) -> Iterator[str]:
        """What is printed: the address, and its QR code for a terminal."""
        yield tr("Vote by telephone, in this network only: {address}", address=self.url)
        if not ipaddress.ip_address(self.netloc.partition(":")[0]).is_private:
            yield tr("This address may be reached from outside unless a firewall forbids it.")
        yield from self.qr_text().splitlines()

    def qr_text(self) -> str:
        """The QR code of the address in letters for a terminal."""
        from io import StringIO

        into = StringIO()
        _code(self.url).terminal(into, compact=True)
        return into.getvalue()

    def qr_svg(self) -> str:
        """The QR code of the address as SVG, to stand in a page; large enough for the last row."""
        return str(_code(self.url).svg_inline(scale=8, border=4, light="white", title=self.url))


class VotePage(RequestHandler):
    """The one page: a button for every answer. Nothing is loaded from anywhere, and there is no script."""

    def initialize(self, server: VoteServer) -> None:
        """Of which server it is."""
        self.server, self.poll, self.nonce = server, server.poll, secrets.token_urlsafe(16)

    def set_default_headers(self) -> None:
        """What a browser may do with the page: show it."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse whoever does not ask by the name that was printed, votes from elsewhere, and all other pages."""
        with speaking(self.server.language):
            if self.request.host != self.server.netloc or not self._from_here(self.request):
                self._answer(403, tr("This page is for {address} only.", address=self.server.url))
            elif self.request.path != "/":
                self._answer(404, tr("There is one page only: {address}", address=self.server.url))

    def _from_here(self, request: HTTPServerRequest) -> bool:
        """Whether a request that changes something comes from the page itself."""
        safe = request.method in ("GET", "HEAD")
        return safe or request.headers.get("Origin") == self.server.url.rstrip("/")

    def get(self) -> None:
        """The question, with a button for every answer."""
        if self._device() is None:
            self.set_signed_cookie(DEVICE, secrets.token_urlsafe(16), expires_days=None, httponly=True, samesite="Lax")
        with speaking(self.server.language):
            self._page(200, "")

    def post(self) -> None:
        """A vote; whoever voted before changes their mind."""
        device = self._device()
        with speaking(self.server.language):
            try:
                if device is None:
                    raise NoVoteError(tr("Allow this page a cookie: by it one vote a device is counted."))
                self.poll.vote(device, *(_number(self.get_body_argument(name, "")) for name in ("answer", "number")))
            except NoVoteError as error:
                self._page(409, str(error))
                return
        self.redirect("/", status=303)

    def write_error(self, status_code: int, **_: Any) -> None:
        """A sentence instead of a page."""
        with speaking(self.server.language):
            self._answer(status_code, tr("This cannot be done here; go to {address}", address=self.server.url))

    def _device(self) -> str | None:
        found = self.get_signed_cookie(DEVICE, max_age_days=1)
        return None if found is None else found.decode()

    def _answer(self, code: int, text: str) -> None:
        self.set_status(code)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(text)

    def _page(self, code: int, told: str) -> None:
        asked = self.poll.seen_by(self._device())
        self.set_status(code)
        self.set_header("Content-Security-Policy",
                        f"default-src 'none'; style-src 'nonce-{self.nonce}'; form-action 'self'; "
                        "base-uri 'none'; frame-ancestors 'none'")
        self.finish(_template().render(
            asked=asked, told=told or _state(asked), nonce=self.nonce, language=self.server.language, seconds=SECONDS,
            heading=tr("Vote"), promise=tr("One vote a device, no names. Nothing is kept once the lecture is over.")))


def _state(asked: Ballot) -> str:
    """Where the vote stands for a device."""
    if not asked.open:
        return tr("The vote is closed; this page opens by itself when it is open again.")
    if asked.voted is None:
        return tr("Choose one.")
    return tr("Your vote: {answer}. You may change it while the vote is open.", answer=asked.answers[asked.voted])


def _number(text: str) -> int:
    """A number as the page sends it; anything else stands for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


def lan_address() -> str:
    """The address of this machine in its local network. Nothing is sent.

    Raises:
        OSError: it is in no network.
    """
    for far in _FAR_AWAY:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            found = str(probe.getsockname()[0])
            if not ipaddress.ip_address(found).is_loopback:
                return found
    raise OSError(tr("This computer is in no network: connect it to one, or count hands."))


def _code(text: str) -> Any:
    import segno

    return segno.make(text, error="m", micro=False)


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined).get_template("vote.html.j2")
