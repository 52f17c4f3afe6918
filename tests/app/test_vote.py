"""The vote by telephone: one vote a device, its own page only, closed is closed, and nothing is kept."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from sim.app import poll as polling
from sim.app import vote as voting
from sim.app.poll import NoVoteError, Poll
from sim.app.vote import LARGEST_BODY, VoteServer, lan_address
from sim.text.language import speaking

FIRMS = ("Rush", "Root <i>")


class Phone:
    """A client that keeps its cookie, as a browser does."""

    def __init__(self, server: VoteServer) -> None:
        self.server, self.cookie = server, ""

    def ask(self, method: str = "GET", path: str = "/", body: str | None = None, **headers: str) -> tuple[int, str]:
        line = http.client.HTTPConnection(*self.server.netloc.split(":"), timeout=20)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        line.request(method, path, body, {**form, **cookie, **{name.replace("_", "-"): value
                                                              for name, value in headers.items()}})
        answer = line.getresponse()
        self.headers = dict(answer.getheaders())
        if "Set-Cookie" in self.headers:
            self.cookie = self.headers["Set-Cookie"].partition(";")[0]
        text = answer.read().decode()
        line.close()
        return answer.status, text

    def vote(self, answer: object, number: object = 1, **headers: str) -> tuple[int, str]:
        if not self.cookie:
            self.ask()
        origin = {"Origin": self.server.url.rstrip("/"), **headers}
        return self.ask("POST", "/", urlencode({"answer": answer, "number": number}), **origin)


@pytest.fixture
def server() -> Iterator[VoteServer]:
    found = VoteServer(Poll("Who is ahead, <script>?", FIRMS), "127.0.0.1")
    yield found
    found.stop()


def test_every_device_has_one_vote_and_may_change_it(server: VoteServer) -> None:
    one, two = Phone(server), Phone(server)
    assert one.vote(0)[0] == two.vote(1)[0] == 303
    assert one.cookie != two.cookie
    assert server.poll.counts == {"Rush": 1, "Root <i>": 1}
    assert one.vote(1)[0] == 303
    assert (server.poll.counts, server.poll.devices) == ({"Rush": 0, "Root <i>": 2}, 2)
    assert "Your vote: Root &lt;i&gt;." in one.ask()[1]
    assert "Choose one." in Phone(server).ask()[1]


def test_a_foreign_name_or_origin_is_refused(server: VoteServer) -> None:
    phone = Phone(server)
    phone.ask()
    port = server.netloc.partition(":")[2]
    for host in ("evil.example", f"localhost:{port}", "127.0.0.1", f"127.0.0.1:{port}.evil.example"):
        status, text = Phone(server).ask(Host=host)
        assert (status, FIRMS[0] in text) == (403, False)
        assert phone.vote(0, Host=host)[0] == 403
    for origin in ("http://evil.example", "null", "", f"https://{server.netloc}", f"http://localhost:{port}"):
        assert phone.vote(0, Origin=origin)[0] == 403
    assert phone.ask("POST", "/", "answer=0&number=1")[0] == 403  # no origin at all
    assert sum(server.poll.counts.values()) == 0


def test_a_closed_poll_takes_no_vote(server: VoteServer) -> None:
    phone = Phone(server)
    phone.vote(0)
    server.poll.close()
    status, text = phone.vote(1)
    assert (status, "The vote is closed." in text, "<button" in text) == (409, True, False)
    assert 'http-equiv="refresh"' in phone.ask()[1]
    assert server.poll.counts == {"Rush": 1, "Root <i>": 0}


def test_a_new_question_forgets_the_old_votes_and_takes_none_from_an_old_page(server: VoteServer) -> None:
    phone = Phone(server)
    phone.vote(0)
    server.poll.ask("And now?", ("better", "worse"))
    assert server.poll.counts == {"better": 0, "worse": 0}
    status, text = phone.vote(0, number=1)
    assert (status, "The question has changed" in text, "And now?" in text) == (409, True, True)
    assert phone.vote(0, number=2)[0] == 303
    assert server.poll.counts == {"better": 1, "worse": 0}


@pytest.mark.parametrize("answer", ["2", "-1", "", "0x1", "1.0", "²", "9" * 400])
def test_what_is_no_answer_is_refused(server: VoteServer, answer: str) -> None:
    status, text = Phone(server).vote(answer)
    assert (status, "no such answer" in text) == (409, True)
    assert sum(server.poll.counts.values()) == 0


def test_without_its_cookie_or_with_a_forged_one_nobody_votes(server: VoteServer) -> None:
    phone = Phone(server)
    for cookie in ("device=anything", 'device="2|1:0|10:1795993160|6:device|4:YWJj|00ff"'):
        phone.cookie = cookie
        status, text = phone.vote(0)
        assert (status, "cookie" in text) == (409, True)
    assert server.poll.devices == 0


def test_large_bodies_other_paths_and_methods_are_refused(server: VoteServer) -> None:
    phone = Phone(server)
    phone.ask()
    headers = {"Origin": server.url.rstrip("/")}
    for size in (LARGEST_BODY, 1_000_000):
        line = socket.create_connection(("127.0.0.1", int(server.netloc.partition(":")[2])), timeout=20)
        line.sendall(f"POST / HTTP/1.1\r\nHost: {server.netloc}\r\nOrigin: {server.url[:-1]}\r\nCookie: {phone.cookie}"
                     f"\r\nContent-Length: {size + 1}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 400")  # refused before the body is sent
        line.close()
    for path in ("/counts", "/..%2f..%2fetc/passwd", "/favicon.ico"):
        assert phone.ask("GET", path)[0] == 404
    for method in ("PUT", "DELETE", "PATCH"):
        assert phone.ask(method, "/", "answer=0&number=1", **headers)[0] == 405
    assert phone.ask("OPTIONS", "/")[0] == 403
    assert phone.vote(0)[0] == 303
    assert server.poll.devices == 1


def test_so_many_devices_and_no_more(server: VoteServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "MOST_DEVICES", 2)
    phones = [Phone(server) for _ in range(3)]
    assert [phone.vote(0)[0] for phone in phones] == [303, 303, 409]
    assert phones[0].vote(1)[0] == 303
    assert server.poll.counts == {"Rush": 1, "Root <i>": 1}


def test_the_page_asks_nobody_and_runs_nothing(server: VoteServer) -> None:
    phone = Phone(server)
    _, text = phone.ask()
    assert "<script" not in text
    assert "Who is ahead, &lt;script&gt;?" in text
    assert not re.search(r"(src|href)=", text)
    policy = phone.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert re.search(r"nonce-([^']*)'", policy)[1] in text  # type: ignore[index]
    assert phone.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in phone.headers["Set-Cookie"]
    assert "expires" not in phone.headers["Set-Cookie"].lower()
    assert "Tornado" not in phone.headers["Server"]


def test_after_the_end_nothing_answers_and_nothing_is_kept() -> None:
    server = VoteServer(Poll("?", FIRMS), "127.0.0.1")
    Phone(server).vote(0)
    server.stop()
    server.stop()
    assert (server.poll.counts, server.poll.devices) == ({}, 0)
    with pytest.raises(ConnectionError):
        Phone(server).ask()


def test_it_listens_on_one_address_only(server: VoteServer) -> None:
    port = int(server.netloc.partition(":")[2])
    with pytest.raises(ConnectionError), socket.create_connection(("127.0.0.2", port), timeout=5):
        pass


def test_the_address_is_printed_with_its_code(server: VoteServer) -> None:
    segno = pytest.importorskip("segno")
    first, *code = server.lines()
    assert first.endswith(f"in this network only: http://{server.netloc}/")
    modules = segno.make(server.url, error="m", micro=False).symbol_size(border=4)[0]
    assert {len(line) for line in code} == {modules}
    assert len(code) == (modules + 1) // 2
    assert "<svg" in server.qr_svg()


def test_a_machine_in_no_network_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nowhere(socket.socket):
        def connect(self, _: object) -> None:
            raise OSError("unreachable")

    monkeypatch.setattr(voting.socket, "socket", Nowhere)
    with pytest.raises(OSError, match="in no network"):
        lan_address()


def test_it_speaks_the_language_in_which_it_began() -> None:
    with speaking("ru"):
        server = VoteServer(Poll("?", FIRMS), "127.0.0.1")
    try:
        assert '<html lang="ru">' in Phone(server).ask()[1]
    finally:
        server.stop()


def test_a_vote_that_is_no_vote_says_why() -> None:
    with pytest.raises(NoVoteError, match="no such answer"):
        Poll("?", FIRMS).vote("one", 5, 1)
