"""Names of options on the front: the ends, the knee, a few between; never one on another, however crowded it is."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from sim.figures._spots import Clear, Spot, along, name_spots
from sim.figures.front import MOST_NAMED, START, front, levers_told, named_first

SHAPES: dict[str, Any] = {
    "round": lambda t: (np.sin(t * np.pi / 2), np.cos(t * np.pi / 2)),
    "straight": lambda t: (t, 1 - t),
    "hollow": lambda t: (t, (1 - t) ** 4),
    "steep": lambda t: (0.97 + 0.03 * t, 1 - t**3),
    "heaps": lambda t: (np.where(t < 0.5, 0, 0.99) + 0.01 * t, np.where(t < 0.5, 0.99, 0) + 0.01 * (1 - t)),
}


def table(n: int, shape: str = "round", levers: int = 2, seed: int = 1) -> pd.DataFrame:
    """A front of n options and 40 others below it; each option has levers of its own."""
    draw = np.random.default_rng(seed)
    x, y = SHAPES[shape](np.sort(np.concatenate([[0.0, 1.0], draw.uniform(size=n - 2)])))
    below = draw.integers(n, size=40)
    found = pd.DataFrame({
        "goal_1": 40_000 + 22_000 * np.concatenate([x, x[below] * draw.uniform(0.3, 0.95, 40)]),
        "goal_2": 180_000 + 90_000 * np.concatenate([y, y[below] * draw.uniform(0.3, 0.95, 40)]),
        "on_front": [True] * n + [False] * 40, "role": ["front"] * n + ["start"] + ["tried"] * 39, "n": 20,
    })
    for lever in ("price", "relations", "service", "advertising", "information", "people")[:levers]:
        found[f"firms.Root.{lever}"] = draw.uniform(size=n + 40)
    for goal, half in ((1, 700.0), (2, 2_500.0)):
        mean = found[f"goal_{goal}"]
        found[f"goal_{goal}_low"], found[f"goal_{goal}_high"] = mean - half, mean + half
    return found


def drawn(found: pd.DataFrame, size: tuple[float, float] = (12, 6.75)) -> Axes:
    ax = Figure(figsize=size, layout="constrained").subplots()
    front(found, ax)
    ax.figure.draw_without_rendering()
    return ax


def names(ax: Axes) -> list[Annotation]:
    """The words beside dots, as they stand once all is drawn (not the unit and the note, which hang on the axes)."""
    return [text for text in ax.texts if isinstance(text, Annotation) and text.xycoords == "data"]


def box(text: Text) -> Bbox:
    """Where the letters stand, without the line that leads to them."""
    return Text.get_window_extent(text)


def assert_apart(ax: Axes) -> None:
    """No word on another, none outside of the axes, no line across a word that is not its own."""
    frame = ax.get_window_extent()
    for text in names(ax):
        ours = box(text)
        assert frame.x0 <= ours.x0 < ours.x1 <= frame.x1, text.get_text()
        assert frame.y0 <= ours.y0 < ours.y1 <= frame.y1, text.get_text()
    for one, other in combinations(names(ax), 2):
        assert not box(one).overlaps(box(other)), (one.get_text(), other.get_text())
    for text in names(ax):
        if text.arrow_patch is not None:
            line = text.arrow_patch.get_transform().transform(text.arrow_patch.get_path().vertices)
            for other in names(ax):
                assert other is text or not box(other).count_contains(along(line)), (text.get_text(), other.get_text())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [3, 7, 13, 60])
def test_no_name_stands_on_another(n: int, shape: str) -> None:
    ax = drawn(table(n, shape, levers=3))
    assert_apart(ax)
    assert len(names(ax)) >= 3, "the ends and the option as written at least"
    assert len(names(ax)) <= MOST_NAMED + 1


@given(st.integers(3, 60), st.sampled_from(sorted(SHAPES)), st.integers(1, 6), st.integers(0, 10**6),
       st.sampled_from([(12.0, 6.75), (10.0, 6.0), (16.0, 7.0)]))
@settings(max_examples=15, deadline=None)
def test_no_name_stands_on_another_in_any_picture(
    n: int, shape: str, levers: int, seed: int, size: tuple[float, float]
) -> None:
    assert_apart(drawn(table(n, shape, levers, seed), size))


@pytest.mark.parametrize("n", [3, 8, 25, 60])
def test_the_ends_and_the_knee_have_names(n: int) -> None:
    found = table(n)
    told = {text.get_text() for text in names(drawn(found))}
    best = found[found["on_front"]]
    knee = (best["goal_1"] / 22_000 + best["goal_2"] / 90_000).argmax()  # of a round front between equal ranges
    for place in (0, n - 1, knee):
        row = best.iloc[place]
        assert f"price {row['firms.Root.price']:.3g}\nrelations {row['firms.Root.relations']:.3g}" in told
    assert START in told


def test_every_option_of_a_small_front_has_its_name() -> None:
    assert len(names(drawn(table(5, "straight", levers=1)))) == 5 + 1


def test_names_cover_no_dot_of_the_front() -> None:
    for n in (5, 20, 60):
        ax = drawn(table(n))
        best = table(n).query("on_front")
        dots = ax.transData.transform(best[["goal_1", "goal_2"]].to_numpy())
        assert sum(box(text).count_contains(dots) for text in names(ax)) == 0


def test_a_named_option_of_a_crowd_has_a_large_dot_and_a_line_to_it() -> None:
    ax = drawn(table(40))
    said = [text for text in names(ax) if text.get_text() != START]
    large = {(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in ax.get_lines()
             if len(line.get_xdata()) == 1 and line.get_markersize() == 11}
    assert large == {tuple(map(float, text.xy)) for text in said}
    assert all(text.arrow_patch is not None for text in said)


def test_of_many_levers_those_that_differ_are_told() -> None:
    found = table(6, levers=6)
    found["firms.Root.relations"] = 0.5
    found["firms.Root.people"] = 0.25
    assert levers_told(found[found["on_front"]]) == [
        f"firms.Root.{lever}" for lever in ("price", "service", "advertising", "information")]
    ax = drawn(found)
    assert not any("people" in text.get_text() for text in names(ax))
    assert any("the 4 levers that differ most" in text.get_text() for text in ax.texts)
    assert not any("differ most" in text.get_text() for text in drawn(table(6, levers=4)).texts)


def test_labels_are_told_as_they_are() -> None:
    found = table(3).assign(label=[f"plan {place}" for place in range(43)])
    assert {text.get_text() for text in names(drawn(found))} == {"plan 0", "plan 1", "plan 2", START}


def test_a_front_of_one_or_of_none_is_drawn() -> None:
    found = table(3)
    found.loc[1:2, "on_front"] = False
    assert {text.get_text().partition(" ")[0] for text in names(drawn(found))} == {"price", "as"}
    found["on_front"] = False
    assert [text.get_text() for text in names(drawn(found))] == [START]


def test_a_front_in_a_part_of_a_figure_keeps_its_names_apart() -> None:
    figure = Figure(figsize=(24, 7), layout="constrained")
    left, right = figure.subfigures(1, 2)
    axes = [left.subplots(), right.subplots()]
    for ax in axes:
        front(table(30), ax)
    figure.draw_without_rendering()
    for ax in axes:
        assert_apart(ax)


def test_the_knee_is_furthest_from_the_line_between_the_ends() -> None:
    bent = np.array([[0.0, 10.0], [2.0, 9.9], [9.0, 9.0], [9.5, 4.0], [10.0, 0.0]])
    assert named_first(bent)[0] == [0, 4, 2]
    assert named_first(bent * (1000.0, 0.001))[0] == [0, 4, 2], "units do not matter"
    straight = np.column_stack([np.arange(9.0), -np.arange(9.0)])
    assert named_first(straight) == ([0, 8], [4, 2, 6, 1, 3, 5, 7])


def test_options_at_the_same_place_are_named_once() -> None:
    same = np.array([[1.0, 1.0]] * 4)
    assert named_first(same) == ([0, 3], [])
    assert named_first(same[:1]) == ([0], [])


def test_a_word_that_can_be_left_out_is_left_out_where_all_is_covered() -> None:
    ax = Figure(figsize=(4, 3)).subplots()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    clear = Clear(ax)
    grid = np.linspace(0, 1, 40)
    clear.dots((np.repeat(grid, 40), np.tile(grid, 40)), weight=5.0, radius=3.0)
    assert name_spots(clear, [Spot("may be told", (0.5, 0.5), "black", must=False)], 1) == []
    must = Spot("must be told", (0.5, 0.5), "black")
    assert name_spots(clear, [must], 1) == [must]


def test_a_word_that_is_larger_than_the_axes_is_not_written() -> None:
    ax = Figure(figsize=(2, 2)).subplots()
    assert name_spots(Clear(ax), [Spot("a word that is far too long", (0.5, 0.5), "black")], 1) == []
    assert not ax.texts
