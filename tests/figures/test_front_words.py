"""Names of options on the front: the ends and the knee, at the right of the axes; never one on another."""

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
from matplotlib.text import Annotation

from sim.figures.front import START, ends_and_knee, front, levers_named

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


def names(ax: Axes) -> dict[str, str]:
    """The names at the right, by the letter that stands on the dot."""
    found = [text.get_text() for text in ax.texts]
    return {text[0]: text[3:] for text in found if text[1:3] == ": " and text[0] in "ABC"}


def letters(ax: Axes) -> dict[str, tuple[float, float]]:
    """Where each letter stands, in data units."""
    return {text.get_text(): text.xy for text in ax.texts if isinstance(text, Annotation) and text.get_text() in "ABC"}


def assert_apart(ax: Axes) -> None:
    """No name on another or on the axes, none outside of the figure."""
    frame, whole = ax.get_window_extent(), ax.figure.bbox
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()[1:3] == ": "]
    for box in boxes:
        assert frame.x1 < box.x0 < box.x1 <= whole.x1
        assert whole.y0 <= box.y0 < box.y1 <= whole.y1
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)


@given(st.integers(3, 60), st.sampled_from(sorted(SHAPES)), st.integers(1, 6), st.integers(0, 10**6),
       st.sampled_from([(12.0, 6.75), (10.0, 6.0), (16.0, 7.0)]))
@settings(max_examples=15, deadline=None)
def test_no_name_stands_on_another_in_any_picture(
    n: int, shape: str, levers: int, seed: int, size: tuple[float, float]
) -> None:
    ax = drawn(table(n, shape, levers, seed), size)
    assert_apart(ax)
    assert 2 <= len(names(ax)) <= 3
    assert set(letters(ax)) == set(names(ax))


@pytest.mark.parametrize("n", [3, 8, 25, 60])
def test_the_ends_and_the_knee_have_names(n: int) -> None:
    found = table(n)
    ax = drawn(found)
    best = found[found["on_front"]]
    knee = int((best["goal_1"] / 22_000 + best["goal_2"] / 90_000).argmax())  # of a round front between equal ranges
    for letter, place in zip("ABC", (0, knee, n - 1), strict=True):
        row = best.iloc[place]
        said = f"price {row['firms.Root.price']:.3g}\nrelations {row['firms.Root.relations']:.3g}"
        assert names(ax)[letter] == said
        assert letters(ax)[letter] == (row["goal_1"], row["goal_2"])
    assert START in {text.get_text() for text in ax.texts}


def test_of_many_levers_those_that_differ_are_told() -> None:
    found = table(6, levers=6)
    found["firms.Root.relations"] = 0.5
    found["firms.Root.people"] = 0.25
    assert levers_named(found[found["on_front"]]) == [
        f"firms.Root.{lever}" for lever in ("price", "service", "advertising", "information")]
    ax = drawn(found)
    assert not any("people" in name for name in names(ax).values())
    assert any("the 4 levers that differ most" in text.get_text() for text in ax.texts)
    assert not any("differ most" in text.get_text() for text in drawn(table(6, levers=4)).texts)


def test_labels_are_told_as_they_are() -> None:
    found = table(3).assign(label=[f"plan {place}" for place in range(43)])
    assert names(drawn(found)) == {"A": "plan 0", "B": "plan 1", "C": "plan 2"}


def test_a_front_of_one_or_of_none_is_drawn() -> None:
    found = table(3)
    found.loc[1:2, "on_front"] = False
    assert list(names(drawn(found))) == ["A"]
    found["on_front"] = False
    assert names(drawn(found)) == {}


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
    assert ends_and_knee(bent) == [0, 2, 4]
    assert ends_and_knee(bent * (1000.0, 0.001)) == [0, 2, 4], "units do not matter"
    assert ends_and_knee(np.column_stack([np.arange(9.0), -np.arange(9.0)])) == [0, 8], "a straight front has no knee"


def test_options_at_the_same_place_are_named_once() -> None:
    same = np.array([[1.0, 1.0]] * 4)
    assert ends_and_knee(same) == ends_and_knee(same[:1]) == [0]
