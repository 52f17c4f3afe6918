"""Every picture in Russian, whose words are longer: no text leaves the picture, none stands on another."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from drawing import example, table_for
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim import figures
from sim.figures.style import DOTS_PER_INCH, SIZE_INCHES, new_axes
from sim.text.language import speaking

TOUCH = 3.0
"""Dots by which boxes may touch: letters do not fill theirs."""
NUMBER = re.compile("[−+]?[0-9.,\u00a0]+( %)?")
"""Ticks of two axes may meet where these do."""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[int, Text]:
    """The texts that are really drawn: many more stand on scales outside of what is shown."""
    seen: dict[int, Text] = {}
    plain = Text.draw

    def draw(self: Text, renderer: Any, *more: Any, **named: Any) -> None:
        seen[id(self)] = self
        plain(self, renderer, *more, **named)

    monkeypatch.setattr(Text, "draw", draw)
    return seen


def picture(name: str, language: str = "ru") -> Figure:
    """A picture as it is saved."""
    figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    with speaking(language):
        table = table_for(name) if name in figures.names_from_runs() else example(name)
        table.attrs["currency"] = "EUR"
        figures.find(name)(table, new_axes(figure))
    return figure


@pytest.mark.parametrize("name", figures.names())
def test_no_russian_text_overflows_or_covers_another(name: str, drawn: dict[int, Text]) -> None:
    figure = picture(name)
    figure.draw_without_rendering()  # the layout settles
    drawn.clear()
    figure.canvas.draw()
    found = {text.get_text(): Text.get_window_extent(text) for text in drawn.values() if text.get_text().strip()}
    assert any(re.search("[а-я]", words) for words in found), "nothing is in Russian"
    for words, box in found.items():
        assert min(box.x0, box.y0) > -1, words
        assert max(box.x1 - figure.bbox.x1, box.y1 - figure.bbox.y1) < 1, words
    for (words, one), (more, other) in combinations(found.items(), 2):
        if NUMBER.fullmatch(words) and NUMBER.fullmatch(more):
            continue
        across, up = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across < TOUCH or up < TOUCH, f"{words!r} stands on {more!r}"


def test_scales_are_written_in_the_language_in_which_the_picture_was_made(drawn: dict[int, Text]) -> None:
    figure = picture("customers_over_time")
    figure.canvas.draw()  # nobody speaks Russian any more
    assert "0,5" in {text.get_text() for text in drawn.values()}
    drawn.clear()
    picture("customers_over_time", "en").canvas.draw()
    assert "0.50" in {text.get_text() for text in drawn.values()}
