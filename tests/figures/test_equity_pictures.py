"""Waterfall and break-even: bars that join, intervals, words for what there is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from own_tables import break_even, equity_waterfall

from sim import figures


def axes() -> Axes:
    return Figure(figsize=(12, 6.75)).subplots()


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.figure.findobj(Text) if text.get_text()]


def test_bars_of_a_waterfall_join_and_end_at_the_closing() -> None:
    ax = axes()
    figures.find("equity_waterfall")(equity_waterfall.table(), ax)
    rush = ax.child_axes[0]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in rush.patches]
    assert ends == [(0, 100), (100, 140), (140, 160), (160, 130), (130, 105), (0, 105)]
    assert [bar.get_hatch() for bar in rush.patches] == ["", "", "", "//", "//", ""]


def test_a_waterfall_says_amounts_dates_runs_and_whose_value_it_is() -> None:
    ax = axes()
    figures.find("equity_waterfall")(equity_waterfall.table(), ax)
    said = "\n".join(words(ax))
    for text in ("Rush", "Root", "+40", "-30", "105", "year 1 to year 3", "today's customers", "EUR", "10 runs"):
        assert text in said


def test_without_intervals_there_are_no_whiskers() -> None:
    plain, whole = axes(), axes()
    figures.find("equity_waterfall")(equity_waterfall.table().drop(columns=["low", "high", "n"]), plain)
    figures.find("equity_waterfall")(equity_waterfall.table(), whole)
    assert len(whole.child_axes[0].get_lines()) - len(plain.child_axes[0].get_lines()) == 6
    assert any("One run" in word for word in words(plain))


@pytest.mark.parametrize("name", ["equity_waterfall", "break_even"])
def test_many_firms_are_drawn_too(name: str) -> None:
    example = {"equity_waterfall": equity_waterfall, "break_even": break_even}[name].table()
    one = example[example["firm"] == "Rush"]
    many = pd.concat([one.assign(firm=f"Firm {n}") for n in range(9)], ignore_index=True)
    many.attrs = example.attrs
    ax = axes()
    figures.find(name)(many, ax)
    assert all(f"Firm {n}" in words(ax) for n in range(9))


def test_break_even_marks_dates_and_says_how_many_runs() -> None:
    ax = axes()
    figures.find("break_even")(break_even.table(), ax)
    panel = ax.child_axes[0]
    marks = [line for line in panel.get_lines() if len(line.get_xdata()) == 1 and line.get_xdata()[0] > 0]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in marks] == [(1.5, 0), (2.5, 1)]
    assert marks[1].get_markerfacecolor() == "white", "few runs: hollow"
    spans = [line.get_xdata() for line in panel.get_lines() if len(line.get_xdata()) == 2]
    assert any(np.array_equal(span, [1.2, 2.0]) for span in spans)
    said = "\n".join(words(ax))
    for text in ("after 1.5 years: 8 of 10 runs", "from the start: 1", "not at the end: all 10 runs",
                 "identical: all 10 runs", "When does 'better' pay?", "10 paired runs", "20 %"):
        assert text in said


def test_a_single_run_is_said_to_be_one() -> None:
    table = break_even.table().assign(runs=1, overtook=1, always_ahead=0, never=0, identical=0, low=np.nan, year=1.0)
    table.attrs["years"] = 4.0
    ax = axes()
    figures.find("break_even")(table, ax)
    assert any("1 paired run." in word for word in words(ax))
