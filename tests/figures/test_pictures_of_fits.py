"""Pictures of fits: what is drawn is what the table says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from own_tables import fit_and_holdout as fit_example
from own_tables import survival_with_fits as survival_example

from sim import figures


def drawn(name: str, table: pd.DataFrame) -> Axes:
    ax: Axes = Figure(figsize=(12, 6.75)).subplots()
    return figures.find(name)(table, ax)


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.figure.findobj(Text) if text.get_text()]


def test_bars_are_customers_and_diamonds_the_model() -> None:
    table = fit_example.table()
    left, right = drawn("fit_and_holdout", table).child_axes
    fit, later = table[table["part"] == "fit"], table[table["part"] == "holdout"]
    assert [bar.get_height() for bar in left.patches] == fit["actual"].tolist()
    np.testing.assert_array_equal(left.get_lines()[0].get_ydata(), fit["expected"])
    data = [line.get_ydata() for line in right.get_lines() if len(line.get_ydata()) == 8]
    assert any(np.array_equal(line, later["actual"]) for line in data)
    assert any(np.array_equal(line, later["expected"]) for line in data)
    assert [tick.get_text() for tick in left.get_xticklabels()][-1] == "7+"


def test_without_a_holdout_there_is_one_panel() -> None:
    table = fit_example.table()
    ax = drawn("fit_and_holdout", table[table["part"] == "fit"])
    assert len(ax.child_axes) == 1
    assert "Purchases in the hold-out" not in words(ax)


def test_a_hold_out_in_which_nobody_bought_is_drawn() -> None:
    table = fit_example.table()
    table.loc[table["part"] == "holdout", ["actual", "expected", "low", "high"]] = 0.0
    assert drawn("fit_and_holdout", table).child_axes[1].get_ylim() == (0.0, 1.0)


def test_a_group_of_one_has_no_whisker_and_another_part_is_refused() -> None:
    table = fit_example.table()
    table.loc[table["frequency"] == 6, ["low", "high"]] = np.nan
    drawn("fit_and_holdout", table)
    with pytest.raises(ValueError, match="nothing"):
        drawn("fit_and_holdout", table.assign(part="nothing"))


def test_survival_shows_both_models_by_name_and_where_the_fit_ended() -> None:
    table = survival_example.table()
    ax = drawn("survival_with_fits", table)
    said = words(ax)
    assert {"sBG", "constant\nretention", "observed", "fitted up to here"} <= set(said)
    assert ax.get_title(loc="left").startswith("After age 7, sBG is 0.3 points off")
    for line, kind in zip(ax.get_lines(), ("sBG", "constant retention", "observed"), strict=False):
        np.testing.assert_array_equal(line.get_ydata(), table.loc[table["kind"] == kind, "survival_share"])


def test_survival_fitted_to_its_end_marks_no_end() -> None:
    table = survival_example.table()
    table.attrs["fitted_to"] = 12
    assert "fitted up to here" not in words(drawn("survival_with_fits", table))
