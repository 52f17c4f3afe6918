"""No number is not "too close to call": designs say it, count it, and refuse what is infinite."""

from __future__ import annotations

import pytest

import sim

PLANE = {"x": (0.0, 2.0), "y": (0.0, 1.0)}
NAN = float("nan")


def test_a_map_tells_no_number_from_too_close() -> None:
    found = sim.winner_map(lambda x, seed: NAN if x["x"] > 1 else x["x"] - 0.5, PLANE)
    table = found.table()
    assert set(table.loc[table["x"] > 1, "winner"]) == {"no number"}
    assert "no number" not in set(table.loc[table["x"] < 0.9, "winner"])
    assert "of the map no run gives a number" in found.explain()
    assert "runs gave no number and are left out" in found.explain()
    assert table.attrs["without_number"] > 0
    assert any("?" in line for line in found.lines())


def test_nothing_but_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="none of 150 runs gave a number"):
        sim.winner_map(lambda x, seed: NAN, PLANE)


def test_an_end_without_a_number_is_neither_first_nor_clear() -> None:
    found = sim.sensitivity(lambda x, seed: NAN if x["x"] > 1.5 else x["x"] + 0.1 * x["y"], PLANE)
    rows = found.table().set_index("factor")
    assert list(rows.index) == ["y", "x"]
    assert not rows.loc["x", "clear"]
    assert "4 runs gave no number and are left out." in found.explain()


def test_infinity_and_too_many_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the number is infinite at x=2, seed 1"):
        sim.sensitivity(lambda x, seed: float("inf") if x["x"] > 1.5 else x["x"], PLANE)
    with pytest.raises(ValueError, match="The function gave 2 numbers; 1 expected"):
        sim.sensitivity(lambda x, seed: (x["x"], x["y"]), PLANE)


def test_seeds_that_sobol_leaves_out_are_told() -> None:
    pytest.importorskip("SALib")
    found = sim.sensitivity(lambda x, seed: NAN if seed == 2 else x["x"], PLANE, method="sobol", samples=8)
    assert "32 runs gave no number and are left out." in found.explain()


@pytest.mark.parametrize("values", [{9.0: 1, 10.0: 2}, {9.0, 10.0}, "9, 10", 9.0, [[9.0], [10.0]]])
def test_values_of_a_factor_are_a_list(values: object) -> None:
    with pytest.raises(ValueError, match=r"firms.Root.price: a factor needs a list of values, e.g. \[9, 10, 11\], not"):
        sim.sweep("first_look", {"firms.Root.price": values}, 1)  # type: ignore[dict-item]
