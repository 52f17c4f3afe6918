"""Every picture draws what it is given, says what it must, and computes nothing.

A picture that is not drawn from runs has its example in `tests/helpers/own_tables/NAME.py`: `table()` gives a table,
`NEEDS` names the columns it cannot do without.
"""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawing import over_time, table_for
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim import figures
from sim.figures._shapes import spread
from sim.figures.style import look, tick

OWN = tuple(name for name in figures.names() if name not in figures.names_from_runs())


def axes() -> Axes:
    return Figure(figsize=(8, 5)).subplots()


def words_of(ax: Axes) -> list[str]:
    """Every text that is drawn in the axes and in the panels inside it."""
    return [text.get_text() for text in ax.figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("name", figures.names_from_runs())
@pytest.mark.parametrize("firms", [("Only",), ("Rush", "Root"), tuple(f"Firm {n}" for n in range(9))])
def test_draws_on_the_axes_it_is_given_and_names_every_firm(name: str, firms: tuple[str, ...]) -> None:
    ax = axes()
    table = table_for(name, firms)
    before = table.copy(deep=True)
    assert figures.find(name)(table, ax) is ax
    drawn = "\n".join(words_of(ax))
    assert [firm for firm in firms if firm not in drawn] == [], f"{name} must name every firm"
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", figures.names_from_runs())
def test_says_how_many_runs_stand_behind_it(name: str) -> None:
    ax = axes()
    figures.find(name)(table_for(name), ax)
    wanted = "40 runs" if "n" in table_for(name) else "One run"
    assert any(wanted in word for word in words_of(ax)), f"{name} does not say {wanted!r}"


@pytest.mark.parametrize("name", figures.names_from_runs())
def test_title_says_the_finding_where_there_is_one(name: str) -> None:
    ax = axes()
    table = table_for(name)
    table.attrs["finding"] = "Root keeps more"
    figures.find(name)(table, ax)
    assert ax.get_title(loc="left") == "Root keeps more"


@pytest.mark.parametrize("name", figures.names_from_runs())
def test_a_missing_column_is_named(name: str) -> None:
    table = table_for(name).drop(columns="firm")
    with pytest.raises(ValueError, match="needs the column 'firm'"):
        figures.find(name)(table, axes())


@pytest.mark.parametrize("name", figures.names_from_runs())
def test_an_empty_table_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="empty table"):
        figures.find(name)(table_for(name).iloc[:0], axes())


@pytest.mark.parametrize("name", OWN)
def test_a_picture_of_its_own_table_draws_it_and_leaves_it_as_it_was(name: str) -> None:
    example, ax = import_module(f"own_tables.{name}"), axes()
    table = example.table()
    table.attrs["finding"] = "What was found"
    before = table.copy(deep=True)
    assert figures.find(name)(table, ax) is ax
    assert ax.get_title(loc="left") == "What was found"
    pd.testing.assert_frame_equal(table, before)
    with pytest.raises(ValueError, match="empty table"):
        figures.find(name)(table.iloc[:0], axes())
    for column in example.NEEDS:
        with pytest.raises(ValueError, match=f"needs the column '{column}'"):
            figures.find(name)(table.drop(columns=column), axes())


def test_identical_lines_are_said_and_drawn_once() -> None:
    ax = axes()
    figures.find("customers_over_time")(over_time(("Rush", "Root"), slope=0.0), ax)
    assert "Rush and Root:\nidentical" in words_of(ax)
    assert len([line for line in ax.get_lines() if len(line.get_xdata()) > 2]) == 1


def test_lines_that_differ_in_one_point_are_both_drawn() -> None:
    table = over_time(("Rush", "Root"), slope=0.0)
    table.loc[40, "mean"] += 1e-6
    ax = axes()
    figures.find("customers_over_time")(table, ax)
    assert not any("identical" in word for word in words_of(ax))


def test_line_is_the_numbers_of_the_table() -> None:
    ax = axes()
    table = over_time(("Rush",))
    figures.find("customers_over_time")(table, ax)
    np.testing.assert_array_equal(ax.get_lines()[0].get_ydata(), table["mean"])


def test_words_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    ax = axes()
    figures.find("customers_over_time")(over_time(tuple(f"Firm {n}" for n in range(8)), slope=0.5), ax)
    ax.figure.canvas.draw()
    ends = [text for text in ax.texts if text.get_text().startswith("Firm")]
    assert len(ends) == 8
    tall = max(Text.get_window_extent(text).height for text in ends)
    middles = sorted(text.xyann[1] * ax.get_window_extent().height for text in ends)
    assert min(high - low for low, high in pairwise(middles)) > tall, "a label covers its neighbour"


def test_crossing_is_drawn_with_its_interval_and_words() -> None:
    ax = axes()
    table = over_time(("Rush", "Root"))
    table.attrs["currency"] = "EUR"
    table.attrs["crossing"] = {"year": 1.0, "low": 0.8, "high": 1.3, "text": "Root overtakes in month 12"}
    figures.find("cumulative_profit")(table, ax)
    assert "Root overtakes in month 12" in words_of(ax)
    assert any("EUR" in word for word in words_of(ax))
    spans = [patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches]
    assert any(abs(span.x0 - 0.8) < 1e-6 and abs(span.x1 - 1.3) < 1e-6 for span in spans)


def test_a_period_without_customers_is_left_white() -> None:
    ax = axes()
    nobody = float("nan")
    table = pd.DataFrame({"year": [1.0, 2.0], "firm": "Root", "delighted_share": [0.75, nobody],
                          "content_share": [0.25, nobody], "disappointed_share": [0, nobody],
                          "angry_share": [0, nobody]})
    figures.find("mood_over_time")(table, ax)
    tops = [area.get_paths()[0].vertices[:, 1].max() for area in ax.child_axes[0].collections]
    assert tops == [0, 0, 0.25, 1.0], "angry, disappointed, content, delighted from the bottom up"


def test_names_of_whale_curves_stand_in_the_order_of_their_peaks() -> None:
    ax = axes()
    shares = np.array([0.0, 0.5, 1.0])
    heights = {"Low": 1.1, "High": 1.9, "Middle": 1.4}
    table = pd.concat([pd.DataFrame({"firm": firm, "customers_share": shares, "mean": [0.0, height, 1.0]})
                       for firm, height in heights.items()], ignore_index=True)
    figures.find("whale_curve")(table, ax)
    ends = {text.get_text(): text.xyann[1] for text in ax.texts if text.get_text() in heights}
    assert sorted(ends, key=ends.__getitem__) == ["Low", "Middle", "High"]


def test_a_firm_whose_customers_bring_no_profit_is_named_and_has_no_line() -> None:
    ax = axes()
    table = table_for("whale_curve")
    table.loc[table["firm"] == "Root", ["mean", "low", "high"]] = np.nan
    figures.find("whale_curve")(table, ax)
    assert any("customers bring no profit together: Root" in word.replace("\n", " ") for word in words_of(ax))
    assert len([line for line in ax.get_lines() if len(line.get_xdata()) > 2]) == 1
    nobody = table_for("whale_curve", ("Only",)).assign(mean=np.nan, low=np.nan, high=np.nan)
    figures.find("whale_curve")(nobody, axes())


def test_unknown_quadrant_and_part_are_refused_by_name() -> None:
    table = table_for("loyalty_quadrants").replace({"quadrant": {"true": "treu"}})
    with pytest.raises(ValueError, match="treu"):
        figures.find("loyalty_quadrants")(table, axes())
    bars = table_for("equity_bars").replace({"part": {"today": "todya"}})
    with pytest.raises(ValueError, match="todya"):
        figures.find("equity_bars")(bars, axes())


def test_unknown_picture_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(LookupError, match="did you mean mood_over_time"):
        figures.find("mood_over_tim")


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_saves_in_one_piece_and_leaves_nothing_else(tmp_path: Path, ending: str) -> None:
    path = figures.save("equity_bars", table_for("equity_bars"), tmp_path / "new folder" / f"équité{ending}")
    assert path.stat().st_size > 5_000
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_picture_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "bars.png"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="part"):
        figures.save("equity_bars", table_for("equity_bars").drop(columns="part"), path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["bars.png"]


def test_saving_opens_no_window_and_keeps_no_figure(tmp_path: Path) -> None:
    import matplotlib.pyplot as plt

    open_before = plt.get_fignums()
    figures.save("mood_over_time", table_for("mood_over_time"), tmp_path / "mood.png")
    assert plt.get_fignums() == open_before


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    first = figures.save("customers_over_time", table_for("customers_over_time"), tmp_path / "a.svg")
    second = figures.save("customers_over_time", table_for("customers_over_time"), tmp_path / "b.svg")
    assert first.read_bytes() == second.read_bytes()


def test_looks_of_31_firms_differ() -> None:
    assert len({(one.colour, str(one.dashes), one.marker) for one in map(look, range(31))}) == 31


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.floats(0.1, 8))
@settings(max_examples=60, deadline=None)
def test_spread_keeps_order_gap_and_limits(heights: list[float], gap: float) -> None:
    placed = spread(heights, gap, (0, 100))
    order = sorted(range(len(heights)), key=lambda place: (heights[place], place))
    in_order = [placed[place] for place in order]
    assert all(high - low >= gap - 1e-9 for low, high in pairwise(in_order))
    assert min(placed) >= -1e-9
    assert max(placed) <= 100 + 1e-9 or gap * (len(heights) - 1) > 100


def test_numbers_of_a_scale() -> None:
    assert [tick(0), tick(-1234.4), tick(0.5), tick(1_250_000.0)] == ["0", "-1,234", "0.5", "1,250,000"]
    assert tick(-1e-15) == tick(-1e-15, signed=True) == "0", "no minus before nothing"
    assert [tick(0.995, "share"), tick(-0.1, "share", signed=True)] == ["99.5 %", "-10"]


@pytest.mark.parametrize("name", figures.names_from_runs())
def test_letters_that_the_font_lacks_are_written_as_numbers_and_names_still_differ(name: str) -> None:
    """Warnings are errors here: matplotlib would warn of every glyph that is missing."""
    table = table_for(name, ("漢字", "日本 $a$"))
    ax = figures.find(name)(table, axes())
    ax.figure.draw_without_rendering()
    said = " ".join(words_of(ax)).replace("\n", "")
    assert r"\u6f22\u5b57" in said
    assert r"\u65e5\u672c" in said
    assert "漢" not in said
