"""The vote page on a telephone: by the keyboard alone, at 390 px, in two languages, asking only its own server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import MISSING, chromium
from driven import Driven, driven

from sim.app.poll import Poll
from sim.app.vote import VoteServer
from sim.scenario.load import load
from sim.text.language import speaking, tr

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
for package in ("tornado", "websocket"):
    pytest.importorskip(package, reason="the extra `app` is not installed")

LONG = "A very long name of a firm that nobody would put over the door of a shop" + "!" * 40
SCRIPT = "<script>document.title='taken over'</script>"
TOO_WIDE = """[...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1 || one.scrollWidth > one.clientWidth + 1);
}).map(one => one.tagName)"""
PRESSED = "(document.querySelector('[aria-pressed=true]')?.textContent ?? '')"
STATUS = "document.querySelector('[role=status]').textContent"
SECONDS = 30.0


@pytest.fixture(params=["en", "ru"])
def server(request: pytest.FixtureRequest) -> Iterator[VoteServer]:
    with speaking(request.param):
        scenario = load("leaky_bucket")
        answers = (*scenario.firms, tr("too close to say"), LONG, SCRIPT)
        found = VoteServer(Poll(tr(scenario.question), answers), "127.0.0.1")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    with driven(tmp_path_factory.mktemp("telephone"), (390, 800)) as found:
        found.ask("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
        yield found


def press(page: Driven, key: str, code: int) -> None:
    text = {"text": "\r"} if key == "Enter" else {}
    page.ask("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
    page.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)


def test_a_vote_by_the_keyboard_and_another_in_its_place(server: VoteServer, page: Driven) -> None:
    page.ask("Page.navigate", url=server.url)
    page.wait("document.querySelectorAll('button').length === 5", SECONDS)
    assert page.value("document.documentElement.lang") == server.language
    for presses, firm in ((1, "Rush"), (2, "Root")):
        for _ in range(presses):
            press(page, "Tab", 9)
        page.wait(f"document.activeElement.textContent === {firm!r}", SECONDS)
        press(page, "Enter", 13)
        page.wait(f"{PRESSED} === {firm!r} && {STATUS}.includes({firm!r})", SECONDS)
        assert (server.poll.counts[firm], server.poll.devices) == (1, 1)
    server.poll.close()
    page.ask("Page.reload")
    page.wait("document.querySelectorAll('button').length === 0", SECONDS)
    server.poll.open = True
    page.wait(f"{PRESSED} === 'Root'", SECONDS)  # it opens by itself
    assert page.value("document.title") != "taken over"
    assert page.hosts - {""} == {"127.0.0.1"}
    assert page.errors == []


def test_nothing_is_wider_than_a_telephone(server: VoteServer, page: Driven) -> None:
    page.ask("Page.navigate", url=server.url)
    page.wait("document.querySelectorAll('button').length === 5", SECONDS)
    assert page.value("innerWidth") == 390
    assert page.value(TOO_WIDE) == []
    assert page.value("[...document.querySelectorAll('button')].every(one => one.offsetHeight >= 44)")
    page.value("document.querySelector('button').style.width = '500px'")
    assert page.value(TOO_WIDE) != []


def test_the_accessibility_tree_names_every_button(server: VoteServer, page: Driven) -> None:
    page.ask("Page.navigate", url=server.url)
    page.wait("document.querySelectorAll('button').length === 5", SECONDS)
    page.ask("Accessibility.enable")
    nodes = page.ask("Accessibility.getFullAXTree")["nodes"]
    names = [one["name"]["value"] for one in nodes if one.get("role", {}).get("value") == "button"]
    assert names == list(server.poll.answers)
    assert any(one.get("role", {}).get("value") == "status" for one in nodes)


def test_two_telephones(server: VoteServer, page: Driven, tmp_path: Path) -> None:
    with driven(tmp_path, (390, 800)) as other:
        for place, one in enumerate((page, other)):
            one.ask("Page.navigate", url=server.url)
            one.wait("document.querySelectorAll('button').length === 5", SECONDS)
            one.value(f"document.querySelectorAll('button')[{place}].click()")
            one.wait(PRESSED, SECONDS)
    assert (server.poll.devices, list(server.poll.counts.values())[:2]) == (2, [1, 1])
