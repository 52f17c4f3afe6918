"""Pictures of designed experiments: what must stand in them, and what must not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from drawing import drawn, example, one_line, words
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import Rectangle

from sim.figures._shapes import step_within


def test_metrics_of_different_units_never_share_an_axis() -> None:
    table = example("difference_forest")
    ax = drawn("difference_forest", table)
    rows = [[label.get_text() for label in panel.get_yticklabels()] for panel in ax.child_axes]
    assert [len(names) for names in rows] == [2, 2, 2, 1], "money, shares, people, a scale of 0 to 1"
    for panel in ax.child_axes:
        low, high = panel.get_xlim()
        assert low == pytest.approx(-high), "zero stands at the same place in every panel"


def test_every_difference_has_its_number_and_its_verdict() -> None:
    told = one_line(drawn("difference_forest", example("difference_forest")))
    for expected in ("+13,700 higher", "-4,700 lower", "+2.0 points too close to call", "-145 lower", "EUR",
                     "0 no difference at all (identical in every run)", "percentage points", "40 paired runs"):
        assert expected in told, expected
    assert "nan" not in told.lower()
    assert "Root minus Rush" in told


def test_only_what_is_clear_has_a_filled_dot() -> None:
    ax = drawn("difference_forest", example("difference_forest"))
    shares = ax.child_axes[1]
    dots = [line for line in shares.get_lines() if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True]


def test_a_forest_of_conditions_takes_its_unit_from_the_attributes() -> None:
    table = pd.DataFrame({"label": ["recession", "price war"], "difference": [10.0, -4.0], "low": [4.0, -9.0],
                          "high": [16.0, 1.0], "n": 20, "verdict": ["higher", "too close to call"]})
    table.attrs.update(outcome_words="customer equity", unit="money", currency="USD", option_a="A", option_b="B")
    told = one_line(drawn("difference_forest", table))
    for expected in ("recession", "price war", "+10 higher", "USD", "customer equity, B minus A"):
        assert expected in told
    with pytest.raises(ValueError, match="'label' or 'metric'"):
        drawn("difference_forest", table.drop(columns="label"))


def test_rows_of_several_worlds_are_told_apart() -> None:
    table = pd.DataFrame({"metric": "market_share", "unit": "share", "firm": "Root", "world_a": "as written",
                          "world_b": ["fast", "slow"], "difference": 0.1, "low": 0.05, "high": 0.15, "n": 9,
                          "verdict": "higher"})
    told = one_line(drawn("difference_forest", table))
    assert "market share, fast" in told
    assert "market share, slow" in told
    assert "What changes for Root" in told


def test_tornado_says_which_assumptions_reverse_the_answer() -> None:
    ax = drawn("tornado", example("tornado"))
    told = words(ax)
    assert told.count("reverses\nthe answer") == 2
    assert "as written +EUR 13,700" in told
    table = example("tornado")
    table.attrs["option_b"] = ""  # the outcome of one option: to be below zero is no reversal
    assert "reverses" not in words(drawn("tornado", table))


def test_tornado_bars_reach_from_the_base_to_the_outcomes() -> None:
    table = example("tornado")
    ax = drawn("tornado", table)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
    wanted = [(13_700.0, value) for row in table.to_dict("records") for value in (row["at_low"], row["at_high"])]
    np.testing.assert_allclose([sorted(end) for end in ends], [sorted(end) for end in wanted])


def test_waterfall_begins_each_bar_where_the_one_above_ended() -> None:
    table = example("ladder_waterfall")
    ax = drawn("ladder_waterfall", table)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
    totals = table["total"].tolist()
    steps = [sorted(pair) for pair in pairwise(totals)]
    np.testing.assert_allclose([sorted(end) for end in ends[1:-1]], steps)
    np.testing.assert_allclose(sorted(ends[0]), sorted([0, totals[0]]))
    np.testing.assert_allclose(sorted(ends[-1]), sorted([0, totals[-1]]))
    told = one_line(ax)
    assert told.count("too close to call") == 1
    assert "word of mouth" in told
    assert "+6,200 (+4,100)" in told


def test_sobol_bars_say_both_shares() -> None:
    told = words(drawn("sobol_bars", example("sobol_bars")))
    for expected in ("31 % alone, 56 % in all", "44 % alone, 44 % in all", "0 % alone, 24 % in all",
                     "4,096 base samples"):
        assert expected in told


def test_front_joins_only_the_best_and_names_its_ends() -> None:
    table = example("front")
    ax = drawn("front", table)
    (joined,) = [line for line in ax.get_lines() if line.get_marker() == "o" and line.get_linestyle() == "-"
                 and len(line.get_xdata()) > 1]
    assert len(joined.get_xdata()) == table["on_front"].sum()
    assert (np.diff(joined.get_xdata()) > 0).all()
    told = words(ax)
    for expected in ("relations 1", "relations 0", "as written", "profit of the first year (EUR)", "20 paired runs"):
        assert expected in told


def test_map_colours_each_field_by_its_winner_and_hatches_what_is_open() -> None:
    table = example("winner_map")
    ax = drawn("winner_map", table)
    fields = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert len(fields) == len(table)
    open_fields = table["winner"] == "too close to call"
    assert [bool(field.get_hatch()) for field in fields] == open_fields.tolist()
    colours = {name: {field.get_facecolor() for field, winner in zip(fields, table["winner"], strict=True)
                      if winner == name} for name in ("Mass", "Intimate")}
    assert all(len(found) == 1 for found in colours.values())
    assert colours["Mass"] != colours["Intimate"]


def test_border_of_the_map_runs_where_the_difference_is_zero() -> None:
    ax = drawn("winner_map", example("winner_map"))
    (border,) = ax.collections
    points = np.concatenate([path.vertices for path in border.get_paths()])
    inside = points[(points[:, 1] > 0.11) & (points[:, 1] < 0.6)]
    lead = np.log(inside[:, 0] / 8) + 1.5 * (inside[:, 1] - 0.35)
    assert np.abs(lead).max() < 0.02, "the example's lead is linear in ln(price) and margin"


def test_a_map_with_one_winner_everywhere_has_no_border() -> None:
    table = example("winner_map")
    table["winner"], table["difference"] = "Mass", -1.0
    ax = drawn("winner_map", table)
    assert len(ax.collections) == 0
    assert "Mass" in words(ax)


def test_a_map_along_one_line_is_drawn() -> None:
    table = example("winner_map").iloc[:1]
    assert "as written" in words(drawn("winner_map", table))


def test_fan_is_ordered_and_belongs_to_runs_not_to_means() -> None:
    year = np.arange(1, 7) / 12
    table = pd.DataFrame({"year": year, "firm": "Root", "lowest": 1.0, "lower": 2.0, "middle": 3.0, "upper": 4.0,
                          "highest": 5.0, "n": 30})
    table.attrs.update(outcome_words="profit", unit="money", currency="EUR")
    ax = drawn("fan_chart", table)
    bands = [band.get_paths()[0].vertices[:, 1] for band in ax.collections]
    assert [(low.min(), low.max()) for low in bands] == [(1.0, 5.0), (2.0, 4.0)]
    told = words(ax)
    assert "30 runs" in told
    assert "interval of the mean" not in told


def test_a_fan_of_one_run_is_a_line_and_says_so() -> None:
    table = pd.DataFrame({"year": [1.0, 2.0], "firm": "Root", "middle": [1.0, 2.0], "n": 1})
    ax = drawn("fan_chart", table)
    assert not ax.collections
    assert "One run: another seed gives other numbers." in words(ax)


@pytest.mark.parametrize("name", ["difference_forest", "tornado", "sobol_bars", "morris_effects",
                                  "ladder_waterfall"])
def test_words_beside_rows_do_not_cover_each_other(name: str) -> None:
    table = example(name)
    table = pd.concat([table] * 3, ignore_index=True)  # many rows
    ax = drawn(name, table)
    ax.figure.draw_without_rendering()
    for panel in [ax, *ax.child_axes]:
        boxes = sorted((label.get_window_extent() for label in panel.get_yticklabels() if label.get_text()),
                       key=lambda box: float(box.y0))
        assert all(below.y1 <= above.y0 + 2.5 for below, above in pairwise(boxes)), "names of rows overlap"


@pytest.mark.parametrize("name", ["difference_forest", "tornado", "sobol_bars", "morris_effects", "front",
                                  "ladder_waterfall", "winner_map"])
def test_nothing_stands_outside_of_the_picture(name: str) -> None:
    ax = drawn(name, example(name))
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    titles = [ax.title, ax._left_title, ax.xaxis.label]
    names_of_rows = [label for panel in (ax, *ax.child_axes) for label in panel.get_yticklabels()
                     if min(panel.get_ylim()) <= label.get_position()[1] <= max(panel.get_ylim())]
    for text in [*titles, *ax.texts, *(text for panel in ax.child_axes for text in panel.texts), *names_of_rows]:
        box = text.get_window_extent()
        across, up = (box.x0, box.x1), (box.y0, box.y1)
        if text.get_text():
            assert page.x0 - 1 <= across[0] <= across[1] <= page.x1 + 1, text.get_text()
            assert page.y0 - 1 <= up[0] <= up[1] <= page.y1 + 1, text.get_text()


@given(st.floats(1e-6, 1e9))
@settings(max_examples=200, deadline=None)
def test_step_of_a_scale_is_round_and_inside(limit: float) -> None:
    step = step_within(limit)
    assert 0.3 * limit < step <= 0.9 * limit * (1 + 1e-9)
    assert float(f"{step:.0e}") == pytest.approx(step)
