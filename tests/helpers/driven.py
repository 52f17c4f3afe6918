"""A page in headless Chromium that is driven while it lives: go somewhere, ask it something, see whom it asked."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from browser import MISSING, QUIET, chromium

OWN = ("127.0.0.1", "localhost")


class Driven:
    """A page, spoken to in the protocol of the browser's developer tools."""

    def __init__(self, wire: Any) -> None:
        self.wire, self.numbers, self.hosts, self.errors = wire, itertools.count(1), set[str](), list[str]()
        for domain in ("Page", "Runtime", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **what: Any) -> dict[str, Any]:
        """One command, and its answer; what happened meanwhile is noted."""
        number = next(self.numbers)
        self.wire.send(json.dumps({"id": number, "method": method, "params": what}))
        while True:
            heard = json.loads(self.wire.recv())
            if heard.get("method") in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                said = heard["params"]
                url = said.get("url") or said["request"]["url"]
                if urlsplit(url).scheme not in ("data", "blob"):
                    self.hosts.add(urlsplit(url).hostname or "")
            if heard.get("method") == "Runtime.exceptionThrown":
                self.errors.append(json.dumps(heard["params"]["exceptionDetails"])[:500])
            if heard.get("method") == "Runtime.consoleAPICalled" and heard["params"]["type"] == "error":
                self.errors.append(json.dumps(heard["params"]["args"])[:500])
            if heard.get("id") == number:
                assert "error" not in heard, heard
                result: dict[str, Any] = heard["result"]
                return result

    def value(self, script: str) -> Any:
        """What an expression of JavaScript gives; None where it fails, or its promise does."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    def wait(self, script: str, seconds: float) -> Any:
        """Ask again until the value is true."""
        until = time.monotonic() + seconds
        while not (found := self.value(script)):
            assert time.monotonic() < until, f"not so after {seconds:g} s: {script}"
            time.sleep(0.3)
        return found


@contextmanager
def driven(folder: Path, size: tuple[int, int]) -> Iterator[Driven]:
    """A browser with one empty page of that size; it may ask this machine and no other."""
    from websocket import create_connection

    path = chromium()
    assert path is not None, MISSING
    flags = [flag for flag in QUIET if "resolver" not in flag]
    rules = f"--host-resolver-rules=MAP * ~NOTFOUND, {', '.join(f'EXCLUDE {own}' for own in OWN)}"
    profile = folder / "profile"
    browser = subprocess.Popen(
        [path, *flags, rules, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
         "--remote-debugging-port=0", "--remote-allow-origins=*", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        told = profile / "DevToolsActivePort"
        until = time.monotonic() + 30
        while not (told.exists() and "\n" in told.read_text()):
            assert time.monotonic() < until, "the browser does not answer"
            time.sleep(0.1)
        with urlopen(f"http://127.0.0.1:{told.read_text().split()[0]}/json") as answer:
            page = next(one for one in json.load(answer) if one["type"] == "page")
        wire = create_connection(page["webSocketDebuggerUrl"], timeout=60)
        try:
            yield Driven(wire)
        finally:
            wire.close()
    finally:
        browser.terminate()
        browser.wait(20)
