"""The live page in a browser, read and driven as somebody does who cannot see it: by roles, names and the keyboard."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from driven import Driven

ROOT = str(Path(__file__).resolve().parents[2])
KEYS = {"Tab": 9, "Enter": 13, " ": 32, "ArrowLeft": 37, "ArrowRight": 39, "ArrowDown": 40, "ArrowUp": 38, "Home": 36,
        "End": 35, "Escape": 27}
SECONDS = 60.0


@contextmanager
def app(scenario: str | Path) -> Iterator[str]:
    """The address of `sim app`."""
    with addresses_of(scenario) as (address,):
        yield address


@contextmanager
def addresses_of(scenario: str | Path, *options: str, count: int = 1) -> Iterator[list[str]]:
    """The addresses that `sim app` prints, served by a process of its own that cannot reach the internet."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    server = subprocess.Popen([sys.executable, "-m", "sim", "app", str(scenario), "--no-show", *options], cwd=ROOT,
                              env={**os.environ, **nowhere, "PYTHONPATH": ROOT}, stdout=subprocess.PIPE,
                              encoding="utf-8")
    try:
        assert server.stdout is not None
        found: list[str] = []
        while len(found) < count:
            line = server.stdout.readline()
            assert line, "it ended"
            found += re.findall(r"http://\S+/", line)
        yield found
    finally:
        server.kill()
        server.communicate(timeout=20)


class Reader:
    """A page by its accessibility tree; whatever it waits for has `SECONDS` to come."""

    def __init__(self, page: Driven) -> None:
        self.page = page
        page.ask("Accessibility.enable")
        page.ask("DOM.enable")
        page.ask("Emulation.setFocusEmulationEnabled", enabled=True)

    def go(self, address: str) -> None:
        """Open an address, and wait until the picture is there."""
        self.page.ask("Page.navigate", url=address)
        self.until(lambda: self.page.value(DRAWN), "two charts with numbers in them")

    def nodes(self) -> list[dict[str, Any]]:
        """Everything that assistive technology is told."""
        tree = self.page.ask("Accessibility.getFullAXTree")["nodes"]
        return [{"role": one.get("role", {}).get("value", ""),
                 "name": one.get("name", {}).get("value", "").strip("\u200b "),
                 "value": one.get("value", {}).get("value"), "node": one.get("backendDOMNodeId")}
                for one in tree if not one.get("ignored")]

    def find(self, role: str, name: str) -> dict[str, Any]:
        """The first thing with that role whose name begins so, in capitals or not."""
        def found() -> dict[str, Any] | None:
            return next((one for one in self.nodes() if one["role"] == role
                         and one["name"].casefold().startswith(name.casefold())), None)

        there: dict[str, Any] = self.until(found, f"{role} {name!r}")
        return there

    def until(self, true: Any, what: Any) -> Any:
        """Ask again until it is so; `what` was waited for, or gives it."""
        end = time.monotonic() + SECONDS
        while not (found := true()):
            assert time.monotonic() < end, f"not there after {SECONDS:g} s: {what() if callable(what) else what}"
            time.sleep(0.1)
        return found

    def focus(self, role: str, name: str) -> None:
        """Put the keyboard's focus on something."""
        self.page.ask("DOM.focus", backendNodeId=self.find(role, name)["node"])

    def press(self, *keys: str) -> None:
        """Keys, one after the other, where the focus is."""
        for key in keys:
            about = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key]}
            text = {"text": "\r" if key == "Enter" else " "} if key in ("Enter", " ") else {}
            self.page.ask("Input.dispatchKeyEvent", type="keyDown", **about, **text)
            self.page.ask("Input.dispatchKeyEvent", type="keyUp", **about)

    def use(self, role: str, name: str, key: str = " ") -> None:
        """Press a button, a switch or a tab by the keyboard."""
        self.focus(role, name)
        self.press(key)

    def write(self, name: str, text: str, then: str = "Enter") -> None:
        """Put a text into a field, in place of what stands there, and press a key."""
        self.focus("textbox", name)
        self.page.ask("Input.dispatchKeyEvent", type="keyDown", key="a", code="KeyA", windowsVirtualKeyCode=65,
                      modifiers=2, commands=["selectAll"])
        for letter in text if then == "Enter" else ():
            self.page.ask("Input.dispatchKeyEvent", type="keyDown", text=letter, key=letter)
            self.page.ask("Input.dispatchKeyEvent", type="keyUp", key=letter)
        if then != "Enter":
            self.page.ask("Input.insertText", text=text)
        self.until(lambda: self.find("textbox", name)["value"] in (text, text.rstrip("\n")), f"{name}: {text}")
        self.press(then)

    def words(self) -> str:
        """All text that is read aloud."""
        return "\n".join(one["name"] for one in self.nodes() if one["role"] == "StaticText")

    def reads(self, words: str) -> str:
        """Wait until these words stand somewhere; gives all text."""
        return str(self.until(lambda: self.words() if words in self.words() else "", repr(words)))

    def address(self) -> str:
        """What stands in the address bar."""
        return str(self.page.value("location.href"))


EVERYTHING = """(() => {
  const found = [];
  const walk = root => { for (const one of root.querySelectorAll('*')) {
    found.push(one); if (one.shadowRoot) walk(one.shadowRoot); } };
  walk(document);
  return found;
})()"""
"""All elements, those in shadow trees included."""
CANVASES = f"{EVERYTHING}.filter(one => one.tagName === 'CANVAS' && one.getBoundingClientRect().width > 100).length"
DRAWN = f"""{CANVASES} >= 2 && Bokeh.documents[0].is_idle && [...Bokeh.documents[0]._all_models.values()].some(
  one => one.data !== undefined && (one.data.year ?? one.data.get?.('year'))?.length > 1)"""
