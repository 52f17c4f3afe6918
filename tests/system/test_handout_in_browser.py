"""The handout in headless Chromium: it plays by keyboard alone, asks nobody, fits a phone, and prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import MISSING, chromium, opened, pages_of, printed, without_policy
from driven import Driven, driven
from handout_market import FIRM, small_page

from sim.handouts.cells import data_of
from sim.text.numbers import amount

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
pytest.importorskip("websocket", reason="the extra `notebooks` is not installed")

SIZES = [(390, 844), (1366, 768)]
KEYS = {"Tab": 9, "Enter": 13, " ": 32, "ArrowRight": 39, "ArrowDown": 40, "ArrowLeft": 37, "Home": 36, "End": 35}
OVERLAPS = """(() => {
  const found = [], wide = document.documentElement.clientWidth;
  for (const one of document.body.querySelectorAll('*')) {
    if (!one.checkVisibility() || one.closest('svg') && one.tagName !== 'svg') continue;
    const box = one.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1))
      found.push(one.tagName + ': ' + one.textContent.slice(0, 40));
  }
  for (const svg of document.querySelectorAll('svg')) {
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
    for (const [text, box] of boxes)
      if (box.right > wide + 1 || box.left < -1) found.push('cut off: ' + text);
    for (let a = 0; a < boxes.length; a += 1)
      for (let b = 0; b < a; b += 1) {
        const [one, other] = [boxes[a][1], boxes[b][1]];
        if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
            && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 4)
          found.push(`${boxes[a][0]} on ${boxes[b][0]}`);
      }
  }
  if (document.documentElement.scrollWidth > wide) found.push('scrolls sideways');
  return found;
})()"""


class Reader:
    """Somebody with a keyboard and nothing else."""

    def __init__(self, page: Driven) -> None:
        self.page = page

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            named: dict[str, Any] = {"key": key, "code": "Space" if key == " " else key,
                                     "windowsVirtualKeyCode": KEYS[key]}
            text = {" ": " ", "Enter": "\r"}.get(key)
            self.page.ask("Input.dispatchKeyEvent", type="keyDown", **named, **({"text": text} if text else {}))
            self.page.ask("Input.dispatchKeyEvent", type="keyUp", **named)

    def tab_to(self, selector: str, most: int = 40) -> None:
        """Press Tab until the focus stands there."""
        for _ in range(most):
            self.press("Tab")
            if self.page.value(f"document.activeElement.matches({selector!r})"):
                return
        raise AssertionError(f"no way to {selector} by keyboard")

    def bet(self) -> None:
        """Bet on the first firm, and that the number falls; more than sure of the first."""
        self.tab_to("input[name=leader]")
        self.press(" ")
        self.tab_to("input[name=sure-leader]")
        self.press("ArrowRight", 2)
        self.tab_to("input[name=change]")
        self.press(" ")
        self.press("ArrowDown")
        self.tab_to("button[type=submit]")
        self.press("Enter")

    def text(self, identity: str) -> str:
        return str(self.page.value(f"document.getElementById({identity!r}).textContent"))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_page().save(tmp_path_factory.mktemp("handout") / "page.html")


@pytest.fixture(params=SIZES, ids=["phone", "laptop"])
def reader(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Reader]:
    with driven(tmp_path, request.param) as page:
        page.ask("Emulation.setDeviceMetricsOverride", width=request.param[0], height=request.param[1],
                 deviceScaleFactor=1, mobile=False)
        page.ask("Page.navigate", url=path.as_uri())
        page.wait("document.readyState === 'complete'", 30)
        yield Reader(page)
        assert page.errors == []


def test_it_is_played_by_keyboard_alone(reader: Reader) -> None:
    page, grid = reader.page, small_page().grid
    data = data_of(grid)
    assert page.value("document.getElementById('after').hidden") is True
    assert page.value(OVERLAPS) == []
    assert page.value("document.title").startswith("Promises </script>"), "no script of a name has run"
    reader.bet()
    assert page.value("document.getElementById('after').hidden") is False
    assert page.value("document.activeElement.id") == "h-reveal"
    base, far = data["points"][data["base"]], data["points"][data["far"]]
    reveal = reader.text("reveal")
    assert f"You bet: {FIRM}. How sure: 80 %." in reveal
    assert "You bet: It falls. How sure: 70 %." in reveal
    assert base["levels"][0][1][3] in reveal
    assert far["against"][0][1][3] in reveal
    truth = {1: "It rises", -1: "It falls", 0: "Too close to call"}[far["against"][0][1][5]]
    assert f"The runs say: {truth}." in reveal
    assert page.value(OVERLAPS) == []

    reader.tab_to("#slider-0")
    reader.press("ArrowRight")
    reader.tab_to("#slider-1")
    reader.press("End")
    places = [grid.sliders[0].base + 1, len(grid.sliders[1].values) - 1]
    point = data["points"][grid.number(places)]
    summary = reader.text("summary")
    for firm, cell in zip(grid.firms, point["levels"][0], strict=True):
        assert f"{firm}: {cell[3]}" in summary
    assert point["between"][0][0][3] in summary
    assert all(cell[3] in summary and cell[4] in summary for cell in point["against"][0])
    assert reader.text("command") == point["command"]
    assert page.value("document.getElementById('slider-1').getAttribute('aria-valuetext')") == "0.6 per year"
    assert page.value("document.querySelectorAll('#difference circle').length") == 3
    assert page.value("document.querySelectorAll('#bars svg').length") == len(grid.metrics)
    assert page.value("document.querySelectorAll('#customers .written').length") == 2
    assert page.value(OVERLAPS) == []

    reader.tab_to("#back")
    reader.press("Enter")
    assert "This is the market as written." in reader.text("summary")
    assert page.value("document.querySelectorAll('#difference circle').length") == 1


def test_a_value_that_nobody_ran_shows_the_nearest_point_and_says_so(reader: Reader) -> None:
    reader.bet()
    reader.tab_to("details summary")
    reader.press("Enter")
    reader.tab_to(".exact")
    reader.page.ask("Input.insertText", text="0.43")
    reader.press("Tab")
    assert "Nobody ran 0.43. The nearest point that was run is shown: 0.4." in reader.text("summary")
    assert "firms.Root.promise=0.4" in reader.text("command")
    assert reader.page.value("document.getElementById('slider-0').value") == "1"


def test_every_measure_can_be_compared_and_stands_in_the_tables(reader: Reader) -> None:
    grid = small_page().grid
    data = data_of(grid)
    reader.bet()
    reader.tab_to("#metric")
    for number in range(1, len(grid.metrics)):
        reader.press("ArrowDown")
        assert reader.text("summary").count(data["metrics"][number]["label"]) >= 1
        table = reader.page.value("document.querySelector('#difference table').textContent")
        assert data["points"][data["base"]]["between"][number][0][3] in table
        assert reader.page.value(OVERLAPS) == []
    last = grid.points[grid.base].lines["mean"][-1]
    rows = reader.page.value("[...document.querySelectorAll('#customers tbody tr')].map(row => row.textContent)")
    assert rows[-1].startswith("2")
    assert all(amount(float(value), "people") in rows[-1] for value in last)


def test_pictures_say_what_they_show(reader: Reader) -> None:
    reader.bet()
    said = reader.page.ask("Accessibility.getFullAXTree")["nodes"]
    by_role: dict[str, list[str]] = {}
    for node in said:
        by_role.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
    images = by_role["image"] if "image" in by_role else by_role["img"]
    assert len(images) == 2 + len(small_page().grid.metrics)
    assert all("Root" in name for name in images)
    assert all(by_role["slider"])
    assert {"Who leaves the market", "How sure are you?"} <= {name.split(" 70")[0] for name in by_role["slider"]}
    assert all(by_role["combobox"])
    assert all(by_role["radio"])
    assert "status" in by_role


def test_the_watch_on_overlaps_can_fail(reader: Reader) -> None:
    reader.bet()
    assert reader.page.value(OVERLAPS) == []
    reader.page.value("(head => {head.textContent = 'far out'; head.style.width = '3000px'})"
                      "(document.querySelector('h1'))")
    reader.page.value("(text => text.after(text.cloneNode(true)))(document.querySelector('#bars text'))")
    found = reader.page.value(OVERLAPS)
    assert "scrolls sideways" in found
    assert any("far out" in one for one in found)
    assert any(f"{FIRM} on {FIRM}" in one for one in found)


def test_it_asks_nobody_and_no_error_is_told(path: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.html"
    blank.write_text("<!DOCTYPE html><title>blank</title>", encoding="utf-8")
    own = opened(blank, tmp_path).hosts
    found = opened(path, tmp_path)
    assert found.console == ()
    free = tmp_path / "free.html"
    free.write_text(without_policy(path.read_text(encoding="utf-8")), encoding="utf-8")
    unbound = opened(free, tmp_path)
    assert unbound.console == ()
    assert found.hosts | unbound.hosts <= own


def test_the_policy_lets_no_other_script_run(path: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    added = "<script>document.title = 'taken over'</script></body>"
    bad.write_text(path.read_text(encoding="utf-8").replace("</body>", added), encoding="utf-8")
    assert "<title>taken over" not in opened(bad, tmp_path).document


def test_it_prints_a_sheet_for_the_bet_and_then_the_result(path: Path, tmp_path: Path) -> None:
    sheet = pages_of(printed(path, tmp_path))
    assert 1 <= len(sheet) <= 2
    assert all(size == pytest.approx((595.0, 842.0), abs=1.5) for size in sheet)
    with driven(tmp_path, SIZES[0]) as page:
        page.ask("Page.navigate", url=path.as_uri())
        page.wait("document.readyState === 'complete'", 30)
        Reader(page).bet()
        page.ask("Emulation.setEmulatedMedia", media="print")
        page.value("window.dispatchEvent(new Event('beforeprint'))")
        assert page.value("document.querySelector('#customers svg').viewBox.baseVal.width") == 660
        assert page.value("document.querySelector('.controls').checkVisibility()") is False
        assert page.value("document.querySelector('#summary').checkVisibility()") is True
        assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_in_the_dark_text_stands_out_from_the_page(path: Path, tmp_path: Path) -> None:
    with driven(tmp_path, SIZES[1]) as page:
        for scheme in ("light", "dark"):
            page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            page.ask("Page.navigate", url=path.as_uri())
            page.wait("document.readyState === 'complete'", 30)
            ink, paper = (page.value(f"getComputedStyle(document.body).{what}.match(/[0-9]+/g).map(Number)")
                          for what in ("color", "backgroundColor"))
            assert contrast(ink, paper) > 7
            assert (sum(paper) < sum(ink)) is (scheme == "dark")


def contrast(one: list[int], other: list[int]) -> float:
    """The contrast of two colours as WCAG has it."""
    def light(colour: list[int]) -> float:
        parts = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
