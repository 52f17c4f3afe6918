"""`sim app --lan`: the lecturer's page asks, telephones vote on a page of their own, the counts come at the end."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from browser import MISSING, chromium
from driven import driven
from served import ROOT, Reader

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
def addresses() -> Iterator[tuple[str, str]]:
    """The lecturer's page, and that of the telephones."""
    if not in_a_network():
        pytest.skip("this machine is in no network")
    server = subprocess.Popen([sys.executable, "-m", "sim", "app", "first_look", "--no-show", "--lan"], cwd=ROOT,
                              stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert server.stdout is not None
        found: list[str] = []
        while len(found) < 2:
            line = server.stdout.readline()
            assert line, "it ended"
            found += re.findall(r"http://\S+/", line)
        yield found[1], found[0]
    finally:
        server.kill()
        server.wait(20)


def voted(address: str, answer: int, number: int) -> int:
    """One telephone votes; the status of the answer."""
    where = urlsplit(address)
    line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    line.request("GET", "/")
    first = line.getresponse()
    first.read()
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    line.request("POST", "/", urlencode({"answer": answer, "number": number}), {
        "Cookie": cookie, "Origin": address.rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"})
    return line.getresponse().status


def test_the_page_asks_and_takes_the_counts(addresses: tuple[str, str], tmp_path: Path) -> None:
    page_address, vote_address = addresses
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
    line = http.client.HTTPConnection(urlsplit(vote_address).netloc, timeout=20)
    line.request("GET", "/lab")
    assert line.getresponse().status == 404  # nothing of the page is on the network
    with pytest.raises(ConnectionError):
        http.client.HTTPConnection(lan_address(), urlsplit(page_address).port, timeout=20).connect()
