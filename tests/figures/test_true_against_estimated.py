"""The picture of estimates against the truth: every panel on the same scale, nobody left out."""

from __future__ import annotations

from itertools import pairwise
from math import isclose

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from own_tables.true_against_estimated import table

from sim import figures


def drawn(estimators: int = 6, times: float = 1.0) -> tuple[Axes, list[str]]:
    ax, shown = Figure(figsize=(12, 6.75)).subplots(), table(estimators)
    far = shown["residual_money"].abs() > 50
    shown.loc[far, ["residual_money", "estimate_money"]] *= times
    figures.find("true_against_estimated")(shown, ax)
    return ax, [text.get_text() for text in ax.figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("estimators", [1, 2, 4, 6, 9])
def test_every_estimator_has_a_panel_on_the_same_scale_with_everybody_in_it(estimators: int) -> None:
    ax, words = drawn(estimators)
    shown = {1: [0], 2: [0, 1], 4: [0, 2, 3], 6: [0, 2, 5], 9: [0, 4, 8]}[estimators]
    assert len(ax.child_axes) == len(shown), "the first, the middle one and the last"
    limits = {(panel.get_xlim(), panel.get_ylim()) for panel in ax.child_axes}
    assert len(limits) == 1
    (across, up), = limits
    assert across == up, "the line of truth is the diagonal"
    points = np.concatenate([panel.collections[0].get_offsets() for panel in ax.child_axes])
    assert len(points) == len(shown) * 80
    assert points.min() > across[0]
    assert points.max() < across[1]
    assert any(f"Of {estimators} estimators" in word for word in words) == (estimators > 3)
    for place in shown:
        assert f"Estimator {place}" in words
        assert f"rank {0.9 - 0.1 * place:.2f}" in words


def test_the_line_is_where_estimate_and_truth_are_equal() -> None:
    panel = drawn()[0].child_axes[0]
    line = panel.get_lines()[-1]
    assert list(line.get_xdata()) == list(line.get_ydata()) == list(panel.get_xlim())


def test_units_numbers_and_dates_are_said() -> None:
    said = "\n".join(drawn()[1])
    for words in ("80 customers of Root", "true value (EUR)", "estimate (EUR)", "logarithmic beyond ±10", "20 futures",
                  "year 2, 5 years ahead"):
        assert words in said


@pytest.mark.parametrize("times", [1.0, 10.0, 100.0])
def test_words_do_not_cover_each_other(times: float) -> None:
    ax, _ = drawn(times=times)
    ax.figure.canvas.draw()
    for panel in ax.child_axes:
        boxes = [tick.get_window_extent() for tick in panel.get_xticklabels() if tick.get_text()]
        assert all(right.x0 > left.x1 + 3 for left, right in pairwise(boxes))
        (title,) = [text for text in panel.findobj(Text) if text.get_text().startswith("Estimator")]
        assert title.get_window_extent().x1 < ax.get_window_extent().x1 + 1


def test_values_that_are_all_alike_or_nothing_are_drawn_too() -> None:
    for amount in (0.0, 7.0, -7.0):
        alike = table(2).assign(estimate_money=amount, residual_money=amount)
        ax = Figure().subplots()
        figures.find("true_against_estimated")(alike, ax)
        ax.figure.canvas.draw()
        low, high = ax.child_axes[0].get_xlim()
        assert low < amount < high or isclose(amount, 0.0)
