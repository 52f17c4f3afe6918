"""Pictures of a life and of a choice: what stands in them is what the table says."""

from __future__ import annotations

import pandas as pd
import pytest
from drawing import drawn, example, one_line, words
from matplotlib.axes import Axes

from sim.figures.choice_waterfall import MOST_LINES, shown_lines


def panels_of(table: pd.DataFrame, name: str) -> list[Axes]:
    return list(drawn(name, table).child_axes)


def test_every_event_is_a_mark_in_its_lane_and_bad_news_is_hollow() -> None:
    table = example("life_timeline")
    lanes = panels_of(table, "life_timeline")[0]
    mine = table[(table["variant"] == "As written") & ~table["row"].isin(("needs", "satisfaction", "mood", "paid"))]
    names = [label.get_text() for label in lanes.get_yticklabels()]
    marks = {(round(float(x), 6), names[round(float(y))], line.get_markerfacecolor() == "white")
             for line in lanes.get_lines() if line.get_marker() not in ("None", None, "")
             for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)}
    lane_of = {"buys": "buys", "contacted": "is contacted", "let_down": "is let down", "complains": "complains",
               "hears": "friends say", "tells": "tells friends"}
    assert marks == {(round(row.year, 6), lane_of[row.row], row.value < 0) for row in mine.itertuples()}


def test_both_lives_have_the_line_where_they_part_and_say_what_happens() -> None:
    table = example("life_timeline")
    panels = panels_of(table, "life_timeline")
    assert len(panels) == 10
    for panel in panels:
        assert any(list(line.get_xdata()) == [0.5, 0.5] for line in panel.get_lines())
    text = one_line(drawn("life_timeline", table))
    assert all(sentence in text for sentence in table.attrs["happened"].values())
    assert "paid so far up to EUR 360" in text


def test_a_life_without_another_has_one_column_and_no_parting() -> None:
    table = example("life_timeline")
    alone = table[table["variant"] == "As written"].assign(variant="")
    alone.attrs = {"firms": ["Rush", "Root"], "met": ["Root"]}
    ax = drawn("life_timeline", alone)
    assert len(ax.child_axes) == 5
    assert "Rush" not in words(ax)


def test_bars_of_an_offer_begin_where_the_one_above_ended_and_add_up() -> None:
    table = example("choice_waterfall")
    for (_, rows), panel in zip(table.groupby(["variant", "firm"], sort=False),
                                panels_of(table, "choice_waterfall"), strict=True):
        *bars, whole = [(bar.get_x(), bar.get_width()) for bar in panel.patches]
        start = 0.0
        for x, width in bars:
            assert x == pytest.approx(start)
            start += width
        assert whole[1] == pytest.approx(rows["utility"].sum())


def test_small_lines_are_added_up_and_who_was_chosen_is_said() -> None:
    table = example("choice_waterfall")
    assert len(shown_lines(table)) == MOST_LINES
    ax = drawn("choice_waterfall", table)
    titles = [panel.get_title(loc="left") for panel in ax.child_axes]
    assert titles == ["As written\nRush", "\nRoot: chosen", "modest\nRush: chosen", "\nRoot"]
    assert "also: all else" in words(ax)
