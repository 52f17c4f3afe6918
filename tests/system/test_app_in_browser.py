"""The live page in headless Chromium, by the keyboard alone: it asks nobody, says what is wrong, and gives the numbers
of the command line."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import MISSING, chromium
from driven import driven
from served import EVERYTHING, ROOT, Reader, app

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
for package in ("panel", "panel_material_ui", "websocket"):
    pytest.importorskip(package, reason="the extra `app` is not installed")

from bokeh.client import pull_session  # noqa: E402
from panel.models.markup import HTML  # noqa: E402

SMALL = """
extends: first_look
question: Does a promise pay?
clock: {years: 1, warm_up_years: 0}
market: {customers: 150}
controls:
  - {path: firms.Root.promise, words: "What Root promises", range: [0.3, 0.9], step: 0.05}
"""
ODD = """
extends: first_look
title: <img src=x onerror=alert(1)>
question: <script>document.title = 'taken over'</script>?
clock: {years: 1, warm_up_years: 0}
market: {customers: 60}
firms:
  "<b>Rush</b>": {promise: 0.5}
"""
SLIDER = "What Root promises"
BLOCKS = """.MuiFormControl-root, .MuiButton-root, .MuiFormControlLabel-root, .MuiTabs-root, .MuiSlider-root,
.MuiAppBar-root, .bk-Figure"""
OVERLAPS = f"""(() => {{
  const above = (one, two) => {{ while (two && two !== one) two = two.parentNode ?? two.host; return !!two; }};
  const seen = {EVERYTHING}.filter(one => one.matches(`{BLOCKS}`))
    .map(one => [one, one.getBoundingClientRect()]).filter(([one, box]) => box.width > 5 && box.height > 5 &&
      getComputedStyle(one).visibility === 'visible');
  const found = [], say = one => one.className + ' ' + one.textContent.trim().slice(0, 40);
  seen.forEach(([one, a], place) => {{
    if (a.right > innerWidth + 1) found.push('wider than the page: ' + say(one));
    seen.slice(place + 1).forEach(([two, b]) => {{
      if (above(one, two) || above(two, one)) return;
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
        found.push(say(one) + ' / ' + say(two));
    }});
  }});
  return {{count: seen.length, found}};
}})()"""

SIDE = f"({EVERYTHING}.find(one => one.matches('.MuiDrawer-paper'))?.getBoundingClientRect().left ?? null)"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    own = tmp_path_factory.mktemp("app") / "small.yaml"
    own.write_text(SMALL, encoding="utf-8")
    with app(own) as address:
        yield address


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with driven(tmp_path_factory.mktemp("browser"), (1366, 768)) as page:
        yield Reader(page)


@pytest.fixture
def page(reader: Reader, served: str) -> Reader:
    resized(reader, 1366, 768)
    reader.go(served)
    return reader


def resized(reader: Reader, width: int, height: int) -> None:
    reader.page.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)


def test_it_asks_nobody_and_everything_has_a_name(page: Reader) -> None:
    page.reads("Nothing is changed yet")
    page.use("button", "Mechanisms, one by one")
    page.find("checkbox", "Trust moves")
    nameless = [one for one in page.nodes() if not one["name"] and one["role"] in (
        "slider", "switch", "textbox", "combobox", "button", "tab", "checkbox", "spinbutton")]
    assert nameless == []
    assert page.page.errors == []
    assert page.page.hosts - {""} == {"127.0.0.1"}


def test_a_slider_by_the_keyboard_gives_the_numbers_of_the_command_line(page: Reader, tmp_path: Path) -> None:
    page.page.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.focus("slider", SLIDER)
    page.press("ArrowLeft", "ArrowLeft")
    page.reads("instead of")
    assert "firms.Root.promise=0.6" in page.until(lambda: "promise" in page.address() and page.address(), "the address")
    page.use("tab", "Take along")
    for name, file in (("Scenario (YAML)", "changed.yaml"), ("Numbers (CSV)", "both_variants.csv")):
        page.use("button", name)
        page.until((tmp_path / file).exists, file)
    out = tmp_path / "run"
    subprocess.run([sys.executable, "-m", "sim", "run", str(tmp_path / "changed.yaml"), "-n", "1", "--no-idle", "-q",
                    "--out", str(out)], cwd=ROOT, check=True, capture_output=True)
    assert numbers_of(tmp_path / "both_variants.csv", "changed") == numbers_of(next(out.rglob("periods.csv")))


def numbers_of(path: Path, variant: str | None = None) -> list[tuple[str, ...]]:
    import csv

    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if variant is None or row["variant"] == variant]
    return sorted((row["firm"], row["year"], row["active_customers_people"], row["market_share"],
                   row["cumulative_discounted_profit_money"]) for row in rows)


def test_the_state_comes_back_after_reload_and_back(page: Reader, served: str) -> None:
    page.go(f"{served}?seed=11&firms.Root.promise=0.45&what_if=nonsense")
    assert float(page.find("slider", SLIDER)["value"]) == pytest.approx(0.45)
    page.page.ask("Page.reload")
    page.until(lambda: page.find("textbox", "Seed")["value"] == "11", "the seed after a reload")
    page.page.ask("Page.navigate", url="about:blank")
    page.page.value("history.back()")
    page.until(lambda: page.find("textbox", "Seed")["value"] == "11", "the seed after going back")
    assert float(page.find("slider", SLIDER)["value"]) == pytest.approx(0.45)


def test_what_is_wrong_is_a_line_and_the_picture_stays(page: Reader, tmp_path: Path) -> None:
    before = page.reads("Does a promise pay?")
    page.write("Seed", "1e9")
    page.reads("A seed is a whole number from 0 to 2^53.")
    page.use("button", "Your own YAML")
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    for text, words in (("question: '?'\nfirms: [\n", "pasted.yaml:"), (bomb, "aliases"),
                        ("extends: ../../x.yaml\nquestion: '?'\n", "A file cannot be named here"),
                        ("extends: first_look\nquestion: '?'\nfirms: {Root: {strategy: 'mine.py:Mine'}}\n", "mine.py")):
        page.write("Or paste your own YAML", text, "Tab")
        page.use("button", "Use this text")
        page.reads(words)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"# " + b"x" * 10_000_000)
    node = page.page.ask("Runtime.evaluate", expression=f"{EVERYTHING}.find(one => one.type === 'file')")["result"]
    page.page.ask("DOM.setFileInputFiles", files=[str(large)], objectId=node["objectId"])
    page.reads("larger than 1 MB")
    assert "Does a promise pay?" in page.words()
    assert "Nothing is changed yet" in before
    page.find("slider", SLIDER)


def test_names_with_markup_in_them_are_only_words(page: Reader) -> None:
    page.use("button", "Your own YAML")
    page.write("Or paste your own YAML", ODD, "Tab")
    page.use("button", "Use this text")
    page.reads("<script>document.title = 'taken over'</script>?")
    assert "taken over" not in str(page.page.value("document.title"))
    assert page.page.value(f"{EVERYTHING}.filter(one => one.tagName === 'IMG' && one.src.endsWith('/x')).length") == 0
    assert page.page.errors == []


def test_a_vote_comes_before_the_picture(page: Reader) -> None:
    page.use("tab", "Vote")
    page.use("switch", "Vote first")
    page.reads("The picture is covered until the vote is over.")
    shown = f"{EVERYTHING}.filter(one => one.tagName === 'CANVAS' && one.getBoundingClientRect().width > 100).length"
    page.until(lambda: page.page.value(shown) == 0, "no picture")
    page.write("Rush", "12")
    page.write("Root", "36")
    page.use("button", "Reveal")
    page.reads("Root: 36 hands (75 %)")
    page.until(lambda: page.page.value(shown) >= 2, "the picture again")


def test_a_customer_is_met_in_both_variants(page: Reader) -> None:
    page.focus("slider", SLIDER)
    page.press("Home")
    page.reads("instead of")
    page.use("button", "Whose life changed most")
    words = page.until(lambda: all(one in page.words() for one in ("The lives part", ": As written", ": Changed"))
                       and page.words(), "both lives")
    assert words.count("month 1:") <= 2


def test_other_pictures_follow_the_slider(page: Reader) -> None:
    page.use("tab", "More pictures")
    drawn = f"{EVERYTHING}.filter(one => one.tagName === 'IMG' && one.naturalWidth > 300).map(one => one.src.length)"
    page.until(lambda: len(page.page.value(drawn) or []) == 1, "one picture: nothing is changed")
    page.focus("slider", SLIDER)
    page.press("ArrowLeft")
    page.until(lambda: len(page.page.value(drawn) or []) == 2, "a picture of each variant")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_overlaps_or_is_cut_off(reader: Reader, served: str, language: str) -> None:
    reader.go(f"{served}?lang={language}")
    for width, height in ((390, 844), (1366, 768), (1920, 1080)):
        resized(reader, width, height)
        beside = f"{SIDE} === 0" if width > 600 else f"{SIDE} === null || {SIDE} < -200"
        reader.until(lambda there=beside: reader.page.value(there), "the left side beside the picture, or out of it")
        reader.until(lambda: reader.page.value(OVERLAPS)["found"] == [], lambda: reader.page.value(OVERLAPS))
        assert reader.page.value(OVERLAPS)["count"] >= 4
        if shots := os.environ.get("SCREENSHOTS"):
            shot = reader.page.ask("Page.captureScreenshot")["data"]
            (Path(shots) / f"app_{language}_{width}.png").write_bytes(base64.b64decode(shot))


def test_a_projector_shows_one_picture_with_large_letters(page: Reader) -> None:
    page.use("switch", "Projector")
    charts = f"{EVERYTHING}.filter(one => one.matches('.bk-Figure') && one.getBoundingClientRect().height > 500).length"
    page.until(lambda: page.page.value(charts) == 1, "one large chart")


def test_another_page_of_the_web_cannot_connect(served: str) -> None:
    from websocket import WebSocketBadStatusException, create_connection

    with pytest.raises(WebSocketBadStatusException, match="403"):
        create_connection(f"{served.replace('http', 'ws')}ws", origin="http://outside.invalid", timeout=20)


def test_thirty_sessions_beside_a_browser_and_each_has_its_own_state(page: Reader, served: str) -> None:
    page.focus("slider", SLIDER)
    page.press("ArrowLeft")
    page.reads("instead of")
    sessions = [pull_session(url=served) for _ in range(30)]
    try:
        for session in sessions:
            end = time.monotonic() + 60
            while "Nothing is changed yet" not in texts_of(session.document):
                assert time.monotonic() < end, texts_of(session.document)[:300]
                session.pull()
            assert "instead of" not in texts_of(session.document)
        page.press("ArrowLeft")
        page.until(lambda: "promise=0.6" in page.address(), "the browser goes on")
    finally:
        for session in sessions:
            session.close()


def texts_of(document: Any) -> str:
    return " ".join(one.text for one in document.select({"type": HTML}))
