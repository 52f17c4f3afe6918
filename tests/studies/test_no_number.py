"""No number is not "too close to call": designs say it, count it, and refuse what is infinite."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import sim
from sim.cli.tables import rows_of, table_of, variant_tables
from sim.metrics import registry
from sim.records.records import Records

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


SMALL = {"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 1}, "market": {"customers": 40},
         "what_if": {"dear": {"firms.A.price": 6.0}}}


def a_metric(monkeypatch: pytest.MonkeyPatch, value: Callable[[int], float]) -> None:
    """A metric of one's own whose number depends on the seed of the run alone."""
    monkeypatch.setattr(registry, "_OWN", {})

    @registry.metric("share", "by seed", "assumption")
    def odd_share(records: Records) -> np.ndarray:
        """Something."""
        return np.full((records.periods, len(records.firms)), value(records.seed))

    registry.define(odd_share)


def test_runs_without_a_number_are_counted_in_words_and_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    a_metric(monkeypatch, lambda seed: NAN if seed < 3 else 0.5)
    runs, pairs = sim.replicate(SMALL, 5, seed=1), sim.compare(SMALL, 5, seed=1)
    for study in (runs, pairs):
        (row,) = study.table("odd_share").head(1).to_dict("records")
        assert (row["n"], row["without_number"]) == (3, 2)
        assert "In 2 of 5 runs there is no number." in study.explain("odd_share")
    shown = table_of("", runs.firms, rows_of(runs, ["odd_share"]), "")
    assert "No number: odd share (2 of 5 runs)." in "\n".join(shown)
    assert "No number: odd share (2 of 5 runs)." in "\n".join(variant_tables(pairs, ["odd_share"]))


def test_no_number_in_any_run_is_not_too_close_to_call(monkeypatch: pytest.MonkeyPatch) -> None:
    a_metric(monkeypatch, lambda seed: NAN)
    runs, pairs = sim.replicate(SMALL, 2, seed=1), sim.compare(SMALL, 2, seed=1)
    for study in (runs, pairs):
        assert set(study.table("odd_share")["verdict"]) == {"no number"}
        assert study.explain("odd_share") == "Nothing can be said of odd share: no run gives a number."
        picture = study.picture_table(metrics=["odd_share", "market_share"])
        assert picture.set_index("metric")["verdict"]["odd_share"] == "no number"
        drawn = [text.get_text() for axes in study.plot(metrics=["odd_share", "market_share"]).child_axes
                 for text in axes.texts]
        assert "no number" in drawn
    shown = "\n".join(variant_tables(pairs, ["odd_share", "market_share"]))
    assert "No number: odd share (2 of 2 runs)." in shown


def test_infinity_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    a_metric(monkeypatch, lambda seed: float("inf") if seed == 2 else 0.5)
    for study in (sim.replicate(SMALL, 2, seed=1), sim.compare(SMALL, 2, seed=1)):
        with pytest.raises(ValueError, match="odd_share of A in 'as written' is infinite with seed 2; no mean"):
            study.table("odd_share")
