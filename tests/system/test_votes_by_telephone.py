"""`sim app --lan`: the lecturer's page asks, telephones vote on a page of their own, the counts come at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from browser import MISSING, chromium
from driven import driven
from served import Reader, addresses_of

from sim.app.vote import lan_address

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
for package in ("panel", "panel_material_ui", "segno", "websocket"):
    pytest.importorskip(package, reason="the extra `app` is not installed")


def in_a_network() -> bool:
    try:
        return bool(lan_address())
    except OSError:
        return False


@pytest.fixture
def addresses() -> Iterator[list[str]]:
    """The page of the telephones, and the lecturer's."""
    if not in_a_network():
        pytest.skip("this machine is in no network")
    with addresses_of("first_look", "--lan", count=2) as found:
        yield found


def asked(address: str, method: str = "GET", path: str = "/", body: str = "", **headers: str) -> HTTPResponse:
    """What the page of the telephones answers."""
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=20)) as line:
        line.request(method, path, body, headers)
        answer = line.getresponse()
        answer.read()
        return answer


def voted(address: str, answer: int, number: int) -> int:
    """One telephone votes; the status of the answer."""
    cookie = asked(address).headers["Set-Cookie"].partition(";")[0]
    return asked(address, "POST", body=urlencode({"answer": answer, "number": number}), **{
        "Cookie": cookie, "Origin": address.rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"}).status


def test_the_page_asks_and_takes_the_counts(addresses: list[str], tmp_path: Path) -> None:
    vote_address, page_address = addresses
    assert urlsplit(page_address).hostname == "127.0.0.1"
    assert urlsplit(vote_address).hostname == lan_address()
    assert voted(vote_address, 0, 1) == 409  # nothing is asked yet
    with driven(tmp_path, (1366, 768)) as page:
        reader = Reader(page)
        reader.go(page_address)
        reader.use("tab", "Vote")
        reader.use("button", "Ask by telephone")
        reader.reads("0 votes so far")
        assert [voted(vote_address, answer, 2) for answer in (1, 1, 0)] == [303, 303, 303]
        reader.reads("3 votes so far")
        assert reader.find("textbox", "Root")["value"] in ("0", None)
        reader.use("button", "Close the vote")
        reader.reads("3 votes by telephone")
        for name, count in (("Rush", "1"), ("Root", "2")):
            reader.until(lambda name=name, count=count: reader.find("textbox", name)["value"] == count, name)
        assert page.errors == []
    assert asked(vote_address, path="/lab").status == 404  # nothing of the page is on the network
    with pytest.raises(ConnectionError):
        asked(f"http://{lan_address()}:{urlsplit(page_address).port}")
