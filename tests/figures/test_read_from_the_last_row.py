"""What somebody far from the screen, or in front of a small one, must be able to read in every picture."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from drawing import drawn, example, one_line, table_for
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim import figures
from sim.figures.style import look, tint

EVERY = figures.names()
OWN = tuple(name for name in EVERY if name not in figures.names_from_runs())
ROWS = {"difference_forest": "label", "tornado": "factor", "ladder_waterfall": "mechanism", "morris_effects": "factor",
        "sobol_bars": "factor"}
"""Pictures with a row per name, and where the names stand."""


def table_of(name: str) -> pd.DataFrame:
    return example(name) if name in OWN else table_for(name)


def panels(ax: Axes) -> list[Axes]:
    return [ax, *ax.child_axes]


def words_drawn(ax: Axes) -> Iterator[Text]:
    """All words but those of scales, laid out."""
    ax.figure.draw_without_rendering()
    for panel in panels(ax):
        scales = [panel.xaxis.label, panel.yaxis.label]
        for text in [panel.title, panel._left_title, *panel.texts, *scales]:
            if text.get_text() and text.get_visible() and (panel.axison or text not in scales):
                yield text


def colours_of(ax: Axes) -> set[str]:
    """All colours of lines, areas and marks."""
    found: set[str] = set()

    def add(artist: Artist) -> None:
        for get in ("get_facecolor", "get_color", "get_markerfacecolor"):
            value = getattr(artist, get, lambda: None)()
            for one in value if isinstance(value, np.ndarray) and value.ndim == 2 else [value]:
                if one is not None and not (isinstance(one, str) and one in ("none", "auto")):
                    found.add(to_hex(one))

    for panel in panels(ax):
        for artist in (*panel.lines, *panel.patches, *panel.collections):
            add(artist)
    return found


@pytest.mark.parametrize("name", EVERY)
def test_a_title_is_large_and_a_picture_fits_a_small_screen(name: str) -> None:
    import matplotlib.pyplot as plt

    ax = figures.find(name)(table_of(name))
    figure = ax.figure
    try:
        assert ax._left_title.get_fontsize() >= 24
        figure.draw_without_rendering()
        shown = figure.get_tightbbox(figure.canvas.get_renderer())  # what a notebook cuts out, in inches
        width, height = (figure.dpi * (size + 0.2) for size in (shown.width, shown.height))
        assert width <= 1000, "1366 dots less the side bar and margins of a notebook"
        assert height <= 560, "768 dots less menus and bars"
        title = ax._left_title.get_window_extent()
        assert title.x1 <= figure.bbox.x1 + 1
        assert title.y1 <= figure.bbox.y1 + 1
    finally:
        plt.close(figure)


@pytest.mark.parametrize("name", EVERY)
def test_a_logarithmic_scale_is_said(name: str) -> None:
    ax = drawn(name, table_of(name))
    scales = {axis.get_scale() for panel in panels(ax) for axis in (panel.xaxis, panel.yaxis)}
    if scales != {"linear"}:
        assert "log" in one_line(ax)


@pytest.mark.parametrize("name", ["winner_map", "profit_border", "front", "true_against_estimated"])
def test_both_axes_have_titles(name: str) -> None:
    ax = drawn(name, table_of(name))
    inner = ax.child_axes or [ax]
    assert inner[0].get_ylabel()
    assert all(panel.get_xlabel() for panel in inner)


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"profit_border"}))
def test_no_words_stand_on_others(name: str) -> None:
    ax = drawn(name, table_of(name))
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in words_drawn(ax)]
    for (first, one), (second, other) in combinations(boxes, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across <= 3 or up <= 3, f"{first!r} and {second!r}"


@pytest.mark.parametrize("name", figures.names_from_runs())
def test_colours_belong_to_firms(name: str) -> None:
    table = table_for(name, ("Root",))
    table.attrs["firms"] = ["Rush", "Root"]
    used = colours_of(drawn(name, table))
    mine, other = look(1).colour, look(0).colour
    tints = {tint(mine, share / 1000) for share in range(200, 1001)}
    assert used & tints, "Root has its colour also where it stands alone"
    assert not used & {tint(other, share / 1000) for share in range(200, 1001)}, "nothing has the colour of Rush"


def test_a_difference_has_the_colour_of_who_has_more() -> None:
    table = pd.DataFrame({"metric": "market_share", "unit": "share", "firm_a": "Root", "firm_b": "Rush",
                          "difference": [0.1], "low": 0.05, "high": 0.15, "n": 9, "verdict": "higher"})
    table.attrs["firms"] = ["Rush", "Root"]
    dots = {line.get_markerfacecolor() for line in drawn("difference_forest", table).child_axes[0].get_lines()
            if line.get_marker() == "o"}
    assert dots == {look(0).colour}
    table["difference"], table["low"], table["high"] = -0.1, -0.15, -0.05
    dots = {line.get_markerfacecolor() for line in drawn("difference_forest", table).child_axes[0].get_lines()
            if line.get_marker() == "o"}
    assert dots == {look(1).colour}


@pytest.mark.parametrize("name", ROWS)
def test_at_most_ten_rows_are_drawn_and_what_is_left_out_is_said(name: str) -> None:
    table, attrs = example(name), example(name).attrs
    table = pd.concat([table] * 8, ignore_index=True).head(24)
    if ROWS[name] == "label":
        table = table.drop(columns="metric").assign(label=[f"row {k}" for k in range(24)], unit="money")
    else:
        table[ROWS[name]] = [f"a.number_{k}" for k in range(24)]
    table.attrs = attrs
    ax = drawn(name, table)
    rows = [tick for panel in panels(ax) for tick in panel.get_yticklabels() if tick.get_text() and panel.axison]
    assert 5 < len(rows) <= 10
    told = one_line(ax)
    assert " of 24." in told or "smaller steps" in told


# equity


def equity_table(firms: int = 2, future: float = 300.0) -> pd.DataFrame:
    parts = {"today": 1000.0, "future": future, "costs": -700.0, "total": 300.0 + future}
    table = pd.DataFrame([{"firm": f"Firm {n}", "part": part, "mean": mean, "low": mean - 50, "high": mean + 50, "n": 8}
                          for n in range(firms) for part, mean in parts.items()])
    table.attrs["currency"] = "EUR"
    return table


def places_of_words(ax: Axes) -> dict[str, tuple[float, float]]:
    return {text.get_text(): (float(text.xy[0]), float(text.xy[1])) for text in ax.texts if hasattr(text, "xy")}


def test_every_part_of_equity_has_its_number_and_the_total_stands_at_its_own_bar() -> None:
    ax = drawn("equity_bars", equity_table())
    rows = [label.get_text() for label in ax.get_yticklabels()]
    assert rows == ["Firm 0", "today's customers", "future customers", "costs still to come", "total",
                    "Firm 1", "today's customers", "future customers", "costs still to come", "total"]
    numbers = [(text.get_text(), text.xy) for text in ax.texts if hasattr(text, "xy")]
    assert [words for words, _ in numbers if words[-1].isdigit()] == ["1,000", "300", "-700", "600"] * 2
    (place,) = {at for words, at in numbers if words == "600" and at[1] == 4}
    assert place[0] == 650, "beyond the interval of the total, not of a longer bar"
    bars = {round(bar.get_y() + bar.get_height() / 2): (bar.get_x(), bar.get_width()) for bar in ax.patches}
    assert bars[1] == (0, 1000)
    assert bars[2] == (1000, 300)
    assert bars[3] == (1300, -700)
    assert bars[4] == (0, 600)


def test_customers_worth_less_than_nothing_are_explained() -> None:
    assert "cost" in one_line(drawn("equity_bars", equity_table()))
    assert "bring less than they cost" not in one_line(drawn("equity_bars", equity_table()))
    assert "future customers: bring less than they cost" in one_line(drawn("equity_bars", equity_table(future=-200)))
    many = one_line(drawn("equity_bars", equity_table(9, future=-200)))
    assert "left of 0: customers who bring less than they cost" in many


def test_totals_of_many_firms_stand_in_a_column() -> None:
    ax = drawn("equity_bars", equity_table(9))
    totals = [text.xy for text in ax.texts if hasattr(text, "xy") and text.get_text() == "600"]
    assert [across for across, _ in totals] == [1] * 9
    assert [up for _, up in totals] == list(range(9))
    few = one_line(drawn("equity_bars", equity_table(3)))
    assert few.count("1,000 + 300 - 700") == 3, "no part without its number"


def test_a_lost_customer_that_is_a_gain_is_explained() -> None:
    table = example("equity_waterfall")
    assert "drawn as" not in one_line(drawn("equity_waterfall", table))
    table.loc[(table["firm"] == "Root") & (table["line"] == "lost"), "mean"] = 27.0
    assert "lost, drawn as a gain" in one_line(drawn("equity_waterfall", table))
    table.loc[(table["firm"] == "Rush") & (table["line"] == "acquired"), "mean"] = -5.0
    assert "acquired, drawn as a loss" in one_line(drawn("equity_waterfall", table))


# over time


def test_cohorts_begin_after_the_active_window_and_their_names_stand_on_no_line() -> None:
    ages = np.array([0.0, *np.arange(26, 105, 13) / 52])
    parts = [pd.DataFrame({"firm": firm, "cohort": f"year {year}", "age_years": ages, "n": 8,
                           "mean": np.where(ages == 0, 1.0, 0.8 - 0.03 * year - 0.05 * ages)})
             for firm in ("Rush", "Root") for year in range(1, 6)]
    table = pd.concat(parts, ignore_index=True)
    table.attrs["active_window_weeks"] = 26
    ax = drawn("retention_by_cohort", table)
    assert "until 26 weeks everybody counts" in one_line(ax)
    ax.figure.draw_without_rendering()
    for panel in ax.child_axes:
        courses = [line for line in panel.get_lines() if len(line.get_xdata()) > 2]
        assert [min(line.get_xdata()) for line in courses] == [0.5] * 5
        points = np.concatenate([panel.transData.transform(line.get_xydata()) for line in courses])
        names = [text for text in panel.texts if text.get_text().startswith("year")]
        assert len(names) == 5
        for box in (Text.get_window_extent(name) for name in names):
            inside = (points > [box.x0, box.y0]).all(axis=1) & (points < [box.x1, box.y1]).all(axis=1)
            assert not inside.any()
            assert box.x1 < panel.transData.transform((0.5, 0))[0], "left of where the lines begin"


def profit_table(apart: float, ahead: float = 40.0) -> pd.DataFrame:
    table = table_for("cumulative_profit")
    root = table["firm"] == "Root"
    table.loc[root, ["mean", "low", "high"]] += apart
    years = table.loc[root, "year"].tolist()
    table.attrs |= {"currency": "EUR", "difference": {
        "firm": "Root", "other": "Rush", "year": years, "mean": [ahead] * 24, "low": [ahead - 30] * 24,
        "high": [ahead + 30] * 24, "ahead": 8, "n": 8}}
    return table


def test_where_bands_overlap_the_paired_difference_is_drawn_below() -> None:
    ax = drawn("cumulative_profit", profit_table(0.0))
    upper, lower = ax.child_axes
    assert "Root minus Rush, run by run (EUR): at the end ahead in 8 of 8 runs, clear" in one_line(ax)
    assert upper.get_xlim() == lower.get_xlim()
    assert max(lower.get_lines()[1].get_ydata()) == 40
    assert "too close to call" in one_line(drawn("cumulative_profit", profit_table(0.0, ahead=10.0)))


def test_where_bands_are_apart_or_there_is_no_room_there_is_one_panel() -> None:
    assert drawn("cumulative_profit", profit_table(500.0)).child_axes == []
    low = Figure(figsize=(12, 4.3), layout="constrained").subplots()
    figures.find("cumulative_profit")(profit_table(0.0), low)
    assert low.child_axes == []


def test_a_fan_of_few_runs_speaks_of_all_of_them() -> None:
    table = table_for("fan_chart").assign(n=8)
    told = one_line(drawn("fan_chart", table))
    assert "nine tenths" not in told
    assert "8 runs. Line: the middle run; dark: the middle half of the runs; pale: all of them." in told
    few = drawn("fan_chart", table.assign(n=3))
    assert len(few.collections) == 2, "one band for each firm: three runs have no half"
    assert "nine tenths" in one_line(drawn("fan_chart", table.assign(n=20)))


def test_a_mood_that_is_switched_off_is_no_finding() -> None:
    table = table_for("mood_over_time")
    assert "off" not in one_line(drawn("mood_over_time", table))
    table.attrs["switched_off"] = "Mood is switched off in this market (mechanisms.mood: 0): nobody has one."
    ax = drawn("mood_over_time", table)
    told = one_line(ax)
    assert "No mood to show: it is switched off" in told
    assert table.attrs["switched_off"] in told
    heights = [area.get_paths()[0].vertices[:, 1].max() for panel in ax.child_axes for area in panel.collections]
    assert set(heights) == {0}, "nothing is drawn"


def test_quadrants_have_axes_and_no_interval_from_a_number_to_itself() -> None:
    table = table_for("loyalty_quadrants").assign(mean=0.02, low=0.016, high=0.0244)
    told = one_line(drawn("loyalty_quadrants", table))
    assert "2 to 2" not in told
    assert "1.6 to 2.4 %" in told
    for words in ("attitude", "repeat buying", "low", "high"):
        assert words in told


def test_what_is_the_same_at_every_rate_is_said_once() -> None:
    table = example("break_even").assign(overtook=0, always_ahead=10, never=0, identical=0, year=np.nan, low=np.nan,
                                         high=np.nan)
    ax = drawn("break_even", table)
    assert one_line(ax).count("from the start: all 10 runs") == len(ax.child_axes) == 2
    assert "0 to 20 %" in one_line(ax)
    table.loc[(table["firm"] == "Root") & (table["discount_rate"] == 0.2), "always_ahead"] = 9
    table.loc[(table["firm"] == "Root") & (table["discount_rate"] == 0.2), "never"] = 1
    ax = drawn("break_even", table)
    rows = [label.get_text() for label in ax.child_axes[0].get_yticklabels()]
    assert rows == ["0 to 10 %", "20 %"], "as the firm needs that changes"
    assert one_line(ax).count("from the start: all 10 runs") == 3
