"""The report in headless Chromium: no outside request, no error, nothing cut off, two to four pages of A4."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from board_market import SCENARIO
from browser import MISSING, chromium, measured, opened, pages_of, photographed, printed, without_policy

import sim
from sim.reports.board import report
from sim.scenario import shipped_names

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)

A4_POINTS = (595.0, 842.0)
A4_WIDTH = 794
"""A4 at 96 dots per inch."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(sim.compare(SCENARIO, 4, seed=3)).save(tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def blank_hosts(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """What the browser itself asks for, whatever it shows."""
    folder = tmp_path_factory.mktemp("blank")
    blank = folder / "blank.html"
    blank.write_text("<!DOCTYPE html><title>blank</title>", encoding="utf-8")
    return opened(blank, folder).hosts


def test_it_opens_without_an_error_and_asks_nobody(page: Path, tmp_path: Path, blank_hosts: frozenset[str]) -> None:
    found = opened(page, tmp_path)
    assert found.console == ()
    assert found.document.count("<h1>") == 1
    free = tmp_path / "free.html"  # the same with the policy taken out: nothing must be there to be forbidden
    free.write_text(without_policy(page.read_text(encoding="utf-8")), encoding="utf-8")
    unbound = opened(free, tmp_path)
    assert unbound.console == ()
    assert unbound.hosts <= blank_hosts


def test_the_watch_on_requests_and_errors_can_fail(page: Path, tmp_path: Path, blank_hosts: frozenset[str]) -> None:
    bad = tmp_path / "bad.html"
    added = '<img src="http://outside.invalid/x.png" alt="x"><script>nobodyKnowsThis();</script></body>'
    bad.write_text(without_policy(page.read_text(encoding="utf-8")).replace("</body>", added), encoding="utf-8")
    found = opened(bad, tmp_path)
    assert "outside.invalid" in found.hosts - blank_hosts
    assert any("nobodyKnowsThis" in line for line in found.console)


def test_the_policy_forbids_scripts_and_requests(page: Path, tmp_path: Path, blank_hosts: frozenset[str]) -> None:
    bad = tmp_path / "bad.html"
    added = '<img src="http://outside.invalid/x.png" alt="x"><script>document.title = "taken over"</script></body>'
    bad.write_text(page.read_text(encoding="utf-8").replace("</body>", added), encoding="utf-8")
    found = opened(bad, tmp_path)
    assert "outside.invalid" not in found.hosts - blank_hosts
    assert "<title>taken over" not in found.document


@pytest.mark.parametrize("width", [1280, A4_WIDTH, 420])
def test_nothing_is_wider_than_the_page_and_every_picture_shows(page: Path, tmp_path: Path, width: int) -> None:
    told = measured(page, tmp_path, width)
    assert told["blank"] == [], "pictures that did not load"
    assert told["found"] == [], f"wider than a page of {width} pixels"
    assert told["scroll"] == told["wide"]


def test_the_measure_of_width_can_fail(page: Path, tmp_path: Path) -> None:
    wide = tmp_path / "wide.html"
    added = '<p style="width: 3000px">far out</p></body>'
    wide.write_text(page.read_text(encoding="utf-8").replace("</body>", added), encoding="utf-8")
    found = measured(wide, tmp_path, 1280)["found"]
    assert isinstance(found, list)
    assert any("far out" in one for one in found)


def test_it_prints_on_two_to_four_pages_of_a4(page: Path, tmp_path: Path) -> None:
    sizes = pages_of(printed(page, tmp_path))
    assert 2 <= len(sizes) <= 4
    assert all(size == pytest.approx(A4_POINTS, abs=1.5) for size in sizes)


def test_a_screenshot_is_taken_and_is_not_blank(page: Path, tmp_path: Path) -> None:
    from io import BytesIO

    import matplotlib.image

    pixels = matplotlib.image.imread(BytesIO(photographed(page, tmp_path, 1280, 1600)))
    assert pixels.shape[:2] == (1600, 1280)
    grey = pixels[:, :, :3].mean(axis=2)
    assert 0.02 < (grey < 0.9).mean() < 0.5, "ink on paper"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in shipped_names() if sim.load(name).firms])
def test_every_shipped_scenario_prints_on_at_most_four_pages(name: str, tmp_path: Path) -> None:
    finished = sim.report(name, 3, overrides={"market.customers": 300})
    path = finished.save(tmp_path / f"{name}.html")
    assert 2 <= len(pages_of(printed(path, tmp_path))) <= 4
    for width in (1280, A4_WIDTH):
        told = measured(path, tmp_path, width)
        assert (told["found"], told["blank"]) == ([], [])
    assert not re.search(r"\bnan\b", finished.html.split("<summary>The scenario in full")[0].split("base64,")[0])
