"""A difference taken apart: the parts add up, orders count equally, groups share what they share."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.equity.decomposition import owen_values

MANY = tuple("abcdefghijklmnopq")
amounts = st.floats(-1e3, 1e3).map(lambda value: round(value, 3))


def alone(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


def test_a_product_of_two_shares_what_both_did_together_in_halves() -> None:
    parts = owen_values(lambda f: f["a"] * f["b"], {"a": 10.0, "b": 3.0}, {"a": 12.0, "b": 5.0}, alone("a", "b"))
    assert parts == {"a": 2 * 3 + 2 * 2 / 2, "b": 10 * 2 + 2 * 2 / 2}


def test_glove_game_of_the_textbook() -> None:
    """One left glove, two right ones; a pair is worth 1: Shapley gives 2/3 and 1/6 each."""
    names = ("left", "right", "other")
    parts = owen_values(lambda f: float(min(f["left"], f["right"] + f["other"])), dict.fromkeys(names, 0),
                        dict.fromkeys(names, 1), alone(*names))
    assert parts == pytest.approx({"left": 2 / 3, "right": 1 / 6, "other": 1 / 6})


def test_gloves_in_unions() -> None:
    """With the right gloves in one union each side brings half: 1/2, and 1/4 for each right glove."""
    names = ("left", "right", "other")
    parts = owen_values(lambda f: float(min(f["left"], f["right"] + f["other"])), dict.fromkeys(names, 0),
                        dict.fromkeys(names, 1), {"left": ("left",), "rights": ("right", "other")})
    assert parts == pytest.approx({"left": 0.5, "right": 0.25, "other": 0.25})


def by_every_order(value: Any, before: dict[str, float], after: dict[str, float], groups: dict[str, Any]) -> Any:
    """The definition: mean of marginal contributions over all orders that keep groups together."""
    def together(order: tuple[str, ...], members: tuple[str, ...]) -> bool:
        places = sorted(map(order.index, members))
        return places[-1] - places[0] == len(places) - 1

    orders = [order for order in permutations(before) if all(together(order, one) for one in groups.values())]
    parts = dict.fromkeys(before, 0.0)
    for order in orders:
        now = dict(before)
        for name in order:
            was = value(now)
            now[name] = after[name]
            parts[name] += (value(now) - was) / len(orders)
    return parts


@given(st.lists(amounts, min_size=5, max_size=5), st.lists(amounts, min_size=5, max_size=5))
@settings(max_examples=30, deadline=None)
def test_weights_are_those_of_going_through_every_order(first: list[float], second: list[float]) -> None:
    def value(f: dict[str, float]) -> float:
        return f["a"] * (f["b"] - f["c"]) + f["d"] * f["e"] * f["a"]

    groups = {"one": ("a", "b", "c"), "two": ("d",), "three": ("e",)}
    before, after = dict(zip("abcde", first, strict=True)), dict(zip("abcde", second, strict=True))
    parts = owen_values(value, before, after, groups)
    assert parts == pytest.approx(by_every_order(value, before, after, groups), rel=1e-9, abs=1e-3)
    assert sum(parts.values()) == pytest.approx(value(after) - value(before), rel=1e-9, abs=1e-3)


def test_a_group_gets_the_same_however_finely_it_is_split() -> None:
    before, after = {"a": 2.0, "b": 3.0, "c": 5.0}, {"a": 4.0, "b": 1.0, "c": 7.0}
    fine = owen_values(lambda f: f["a"] * f["b"] * f["c"], before, after, {"ab": ("a", "b"), "c": ("c",)})
    whole = owen_values(lambda f: f["ab"] * f["c"], {"ab": 6.0, "c": 5.0}, {"ab": 4.0, "c": 7.0}, alone("ab", "c"))
    assert fine["a"] + fine["b"] == pytest.approx(whole["ab"])
    assert fine["c"] == pytest.approx(whole["c"])


def test_what_does_not_change_or_does_not_matter_has_no_part_at_all() -> None:
    parts = owen_values(lambda f: f["a"] * 2.0, {"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 9.0}, alone("a", "b"))
    assert parts == {"a": 0.0, "b": 0.0}


def test_values_may_be_arrays() -> None:
    parts = owen_values(lambda f: f["a"] * f["b"], {"a": np.array([1.0, 2.0]), "b": 1.0},
                        {"a": np.array([2.0, 2.0]), "b": 3.0}, alone("a", "b"))
    assert parts["a"].tolist() == [2.0, 0.0]


@pytest.mark.parametrize(("before", "after", "groups", "says"), [
    ({"a": 1}, {"a": 2}, {"one": ("a",), "two": ("a",)}, "'a' stands in two groups"),
    ({"a": 1}, {"a": 2, "b": 1}, {"one": ("a",)}, "after: 'b'"),
    ({"a": 1, "b": 2}, {"a": 2, "b": 2}, {"one": ("a",)}, "before: 'b'"),
    (dict.fromkeys(MANY, 1), dict.fromkeys(MANY, 1), {name: (name,) for name in MANY}, "too many"),
])
def test_wrong_groups_are_refused_by_name(before: Any, after: Any, groups: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        owen_values(lambda _: 0.0, before, after, groups)


def test_a_group_that_is_a_word_is_refused() -> None:
    with pytest.raises(TypeError, match="groups"):
        owen_values(lambda _: 0.0, {"a": 1}, {"a": 1}, {"one": "a"})  # type: ignore[dict-item]
