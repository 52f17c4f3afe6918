"""The page without a browser: what a session shows, keeps and gives away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import numpy as np
import pytest

import sim
from sim.app.choice import PageChoice
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.load import load_text

pytest.importorskip("panel_material_ui", reason="the extra `app` is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning",
                                        "ignore::pytest.PytestUnraisableExceptionWarning")

from sim.app.controls import Note  # noqa: E402
from sim.app.following import PageFollower, Works, in_words  # noqa: E402
from sim.app.hands import Hands, hands  # noqa: E402
from sim.app.page import Laboratory  # noqa: E402
from sim.app.pictures import as_csv, as_yaml, figure_of  # noqa: E402

MARKET = """
extends: first_look
question: Does a promise pay?
clock: {years: 1, warm_up_years: 0}
market: {customers: 80}
what_if: {modest: {firms: {Root: {promise: 0.5}}}}
controls:
  - {path: firms.Root.promise, words: "What Root promises", range: [0.3, 0.9], step: 0.05}
"""


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load_text(MARKET)


@pytest.fixture(scope="module")
def works() -> Works:
    return Works()


@pytest.fixture
def laboratory(small: Scenario, works: Works) -> Iterator[Laboratory]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    found = Laboratory(works, PageChoice(small, 5))
    until(found, lambda: found.pair is not None)
    yield found
    found.follower.close()
    works.slow.submit(lambda: None).result(60)
    loop.close()
    asyncio.set_event_loop(None)


def until(page: Laboratory, true: Callable[[], bool]) -> None:
    """Let the page's own thread go on until it is so."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        assert page.loop is not None
        page.loop.run_until_complete(asyncio.sleep(0.01))


def test_a_slider_changes_the_charts_in_place(laboratory: Laboratory) -> None:
    sources = laboratory.charts.lines, laboratory.charts.differences
    (slider,) = laboratory.controls.sliders.objects
    assert slider.label == "What Root promises (quality)"
    assert not laboratory.pair.choice.differs
    slider.value = 0.4
    until(laboratory, lambda: laboratory.pair.choice.moved == {"firms.Root.promise": 0.4})
    assert (laboratory.charts.lines, laboratory.charts.differences) == sources
    place = laboratory.firms.index("Root")
    changed, written = (np.asarray(sources[0].data[f"{name}{place}"]) for name in ("changed", "written"))
    assert not np.array_equal(changed, written)
    assert np.array_equal(np.asarray(sources[1].data[f"apart{place}"]), changed - written)
    assert "instead of" in laboratory.now.words


def test_intervals_fill_in_behind_and_not_below_eight_runs(laboratory: Laboratory) -> None:
    laboratory.controls.sliders.objects[0].value = 0.35
    seen: list[tuple[str, bool]] = []

    def enough() -> bool:
        low = np.asarray(laboratory.charts.differences.data["low0"], dtype=float)
        seen.append((laboratory.behind.words, bool(np.isfinite(low).any())))
        return "Against spending nothing" in laboratory.behind.words

    until(laboratory, enough)
    assert any("an interval is shown from 8 on" in words and not drawn for words, drawn in seen)
    assert "95 % intervals" in seen[-1][0]
    assert seen[-1][1]


def test_what_fails_is_a_line_and_the_picture_stays(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    before = laboratory.charts.lines.data

    def broken(*_: Any) -> None:
        raise RuntimeError("the machine says no")

    monkeypatch.setattr(laboratory.works.courses, "pair", broken)
    laboratory.controls.sliders.objects[0].value = 0.8
    until(laboratory, lambda: laboratory.message.visible)
    assert laboratory.message.title == "This could not be run: RuntimeError: the machine says no"
    assert laboratory.charts.lines.data == before
    monkeypatch.undo()
    laboratory.controls.sliders.objects[0].value = 0.85
    until(laboratory, lambda: not laboratory.message.visible)


def test_only_the_newest_choice_is_run_after_the_one_that_is_running(small: Scenario, works: Works) -> None:
    shown: list[float] = []

    class Deaf:
        def later(self, call: Callable[[], None]) -> None:
            call()

        def show(self, pair: Any) -> None:
            shown.append(pair.choice.moved.get("firms.Root.promise", 0.0))

        def fill(self, found: Any) -> None:
            follower.close()

        def tell(self, words: str) -> None:
            raise AssertionError(words)

    follower = PageFollower(works, Deaf())
    one = PageChoice(small, 77)
    for step in range(40):
        follower.follow(one.with_slider("firms.Root.promise", 0.3 + step / 100))
    end = time.monotonic() + 60
    while 0.69 not in shown:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert shown[-1] == 0.69
    assert len(shown) < 40


def test_mechanisms_what_ifs_and_seeds_are_chosen(laboratory: Laboratory, small: Scenario) -> None:
    controls = laboratory.controls
    controls.ladder.value = [name for name in controls.ladder.value if name != "trust"]
    until(laboratory, lambda: laboratory.pair.choice.off == ("trust",))
    controls.seed.value = "0,5"
    assert laboratory.message.title.startswith("A seed is a whole number")
    controls.seed.value = "6"
    until(laboratory, lambda: laboratory.pair.choice.seed == 6)
    controls.what_if.value = "modest"
    until(laboratory, lambda: laboratory.pair.choice.what_if == "modest")
    assert controls.sliders.objects[0].value == 0.5, "sliders start where the what-if puts them"
    controls.scenario.value = "busy_line"
    until(laboratory, lambda: laboratory.pair.choice.scenario.source.name == "busy_line")


def test_files_hold_what_is_shown(laboratory: Laboratory) -> None:
    import pandas as pd

    laboratory.controls.sliders.objects[0].value = 0.4
    until(laboratory, lambda: laboratory.pair.choice.differs)
    pair = laboratory.pair
    again = sim.run(load_text(as_yaml(pair)))
    table = pd.read_csv(StringIO(as_csv(pair)), float_precision="round_trip")
    changed = table[table["variant"] == "changed"]
    for metric in ("cumulative_discounted_profit_money", "market_share"):
        mine = changed.pivot(index="year", columns="firm", values=metric)
        other = again.periods.pivot(index="year", columns="firm", values=metric)
        assert np.array_equal(mine.to_numpy(), other[mine.columns].to_numpy())
    assert figure_of(pair.there, "customers_over_time", "png").startswith(b"\x89PNG")
    assert b"<svg" in figure_of(pair.there, "customers_over_time", "svg")




def test_the_picture_is_covered_until_the_reveal(laboratory: Laboratory) -> None:
    vote = laboratory.hands
    vote.vote_first.value = True
    assert not laboratory.both.visible
    assert not laboratory.now.visible
    assert laboratory.covering.visible
    vote.take({"Rush": 3, "Root": 9})
    vote.show_all()
    assert laboratory.both.visible
    assert "Root: 9 hands (75 %)" in vote.result.words
    assert vote.result.words.splitlines()[-1].startswith("Ahead in this run: ")


def test_counts_of_hands_are_whole_numbers() -> None:
    assert [hands(text) for text in ("7", "-7", "1e3", "٣", "999999", " 12 ")] == [7, 0, 0, 0, 0, 12]
    assert Hands(("A",), lambda: None).options == ("A", "too close to say")


def test_words_are_never_markup() -> None:
    assert Note("<b>&").object == "&lt;b&gt;&amp;"


def test_errors_become_sentences(small: Scenario) -> None:
    with pytest.raises(ScenarioError) as told:
        load(small, {"firms.Root.promise": 7})
    assert "promise" in in_words(told.value)
