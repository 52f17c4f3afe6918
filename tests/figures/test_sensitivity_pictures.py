"""Pictures of sensitivity: whiskers apart, units that fit, nothing told apart that is not known apart."""

from __future__ import annotations

from drawing import drawn, example, one_line, words
from hypothesis import example as example_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.figures.winner_map import round_numbers


def test_no_whisker_of_a_tornado_lies_on_another() -> None:
    table = example("tornado")
    ax = drawn("tornado", table)
    whiskers = [tuple(line.get_ydata()) for line in ax.get_lines() if line.get_marker() == "|"]
    assert len(whiskers) == 2 * len(table)
    assert len(set(whiskers)) == len(whiskers)
    told = one_line(ax)
    assert "Whisker: 95 % interval of the change." in told
    table.attrs["comparisons"] = 98
    assert "of 98, about 5 miss by chance" in one_line(drawn("tornado", table))


def test_values_of_a_tornado_stand_where_their_bars_go() -> None:
    table = example("tornado").iloc[:1].assign(base=10_000.0, at_low=9_000.0, at_high=7_000.0)  # both to the left
    table["at_low_from"], table["at_low_to"] = 4_000.0, 14_000.0
    table["at_high_from"], table["at_high_to"] = 2_000.0, 12_000.0
    ax = drawn("tornado", table)
    places = {text.get_text(): text.xy for text in ax.texts if text.get_text() in ("1", "12")}
    assert places["1"][0] == 4_000.0, "beyond the whisker of the low end"
    assert places["12"][0] == 2_000.0
    assert places["1"][1] < places["12"][1], "each in its half of the row"


def test_a_lead_in_shares_is_drawn_in_points() -> None:
    table = example("tornado")
    for name in ("base", "at_low", "at_high", "at_low_from", "at_low_to", "at_high_from", "at_high_to"):
        table[name] /= 100_000
    table.attrs["unit"] = "share"
    ax = drawn("tornado", table)
    ax.figure.draw_without_rendering()
    told = one_line(ax)
    assert "as written +14 points" in told
    assert "(percentage points)" in told
    assert not any("%" in label.get_text() for label in ax.get_xticklabels())
    table.attrs["option_a"] = ""  # a level: in per cent
    assert "as written 14 %" in one_line(drawn("tornado", table))


def test_what_is_open_as_written_is_settled() -> None:
    table = example("tornado").assign(reverses=["low", "", "", "", ""])
    table.attrs["is_open"] = True
    told = words(drawn("tornado", table))
    assert "settles\nthe answer" in told
    assert "reverses" not in told


def test_sizes_of_effects_are_never_negative_and_say_what_they_are() -> None:
    table = example("morris_effects")
    ax = drawn("morris_effects", table)
    assert ax.get_xlim()[0] == 0
    told = one_line(ax)
    for expected in ("(EUR)", "3,000", "much the same everywhere", "depends strongly on the rest",
                     "8 walks through the space", "of 49, about 2 miss by chance", "basket: mean", "leave per year"):
        assert expected in told, expected
    assert "paired runs" not in told
    assert "+3,000" not in told


def test_shares_that_cannot_be_told_apart_are_not_told_apart() -> None:
    table = example("sobol_bars")
    table.attrs["tells_alone"] = False
    ax = drawn("sobol_bars", table)
    told = one_line(ax)
    assert "alone," not in told
    assert "56 % in all (53 to 59 %)" in told
    assert "Too few to tell alone from together" in told


def test_a_waterfall_names_how_many_intervals_stand_side_by_side() -> None:
    table = example("ladder_waterfall")
    table.attrs["comparisons"] = 64
    assert "of 64, about 3 miss by chance" in one_line(drawn("ladder_waterfall", table))


def test_a_waterfall_of_shares_is_in_points_where_it_is_a_lead_and_in_per_cent_where_it_is_a_level() -> None:
    table = example("ladder_waterfall")
    numbers = ["added", "total", "left_out", "added_low", "added_high", "total_low", "total_high"]
    table[numbers] /= 100_000
    table.attrs["unit"] = "share"
    told = one_line(drawn("ladder_waterfall", table))
    assert "Root minus Rush (percentage points)" in told
    assert "-2.4 points" in told
    table.attrs["option_a"] = ""
    told = one_line(drawn("ladder_waterfall", table))
    assert "-2.4 %" in told
    assert "+6.2 points" in told, "a step is a difference all the same"


def test_a_map_has_ticks_enough_and_says_no_unit_twice() -> None:
    table = example("winner_map")
    table.attrs.update(y_scale="log", y_label="mean purchases wanted per person and year", y_unit="per year",
                       x_label="quality that the cost of goods includes", x_unit="quality", comparisons=len(table))
    ax = drawn("winner_map", table)
    ax.figure.draw_without_rendering()
    low, high = ax.get_ylim()
    inside = [tick for tick in ax.get_yticks() if low <= tick <= high]
    assert len(inside) >= 3
    told = one_line(ax)
    assert "(per year)" not in told
    assert "(quality)" not in told
    assert "one in twenty has a winner by chance" in told


def test_a_unit_that_the_name_does_not_say_stands_behind_it() -> None:
    assert "price (EUR)" in one_line(drawn("winner_map", example("winner_map")))


@given(st.floats(1e-6, 1e6), st.floats(1.05, 1e6))
@example_of(3.0, 1.5)
@settings(max_examples=300, deadline=None)
def test_ticks_of_a_logarithmic_scale_are_at_least_three_inside_it(low: float, ratio: float) -> None:
    found = round_numbers(low, low * ratio)
    assert len(found) >= 3
    assert found == sorted(set(found))
    assert low <= found[0] < found[-1] <= low * ratio
