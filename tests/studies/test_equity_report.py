"""Everything about customer equity in one object: what is in it, and what is kept when somebody presses Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.studies.equity_report import statement_dates

MARKET = {
    "question": "What is it worth?", "clock": {"period": "quarter", "years": 3},
    "market": {"customers": 80, "friends": {"graph": "none"}}, "money": {"equity_horizon_years": 1.0},
    "firms": {"Rush": {"spending": {"advertising": 0.6}}, "Root": {"spending": {"relations": 0.5}}},
    "what_if": {"dear": {"product": {"information_cost": 9.0}}},
}


def test_tables_hold_only_the_firm_that_was_asked_for() -> None:
    report = sim.equity_report(MARKET, "Root", 2, basis="estimate")
    tables = report.tables()
    assert set(tables) == {"equity", "statement", "reconciliation", "mirror", "drivers", "break_even", "three_ways"}
    for name, table in tables.items():
        assert set(table["firm"]) == {"Root"}, name
        assert table.attrs["currency"] == "EUR"
    parts = tables["equity"].set_index("part")["mean"]
    assert parts["today"] + parts["future"] + parts["shared"] == pytest.approx(parts["total"])
    statement = tables["statement"].set_index(["part", "line"])["mean"]
    for part in ("today", "future", "shared", "total"):
        assert statement[part, "closing"] == pytest.approx(parts[part], abs=0.02), "the statement closes with today"


def test_without_what_ifs_there_is_nothing_to_compare(tmp_path: Path) -> None:
    report = sim.equity_report({**MARKET, "what_if": {}}, "Rush", 1, dates=(2.0, 3.0), basis="estimate")
    assert not {"break_even", "three_ways"} & set(report.tables())
    saved = report.save(tmp_path / "kept")
    assert all(path.exists() for path in saved)
    assert pd.read_csv(tmp_path / "kept" / "drivers.csv")["firm"].unique().tolist() == ["Rush"]


@pytest.mark.parametrize(("at", "left_out"), [("future 2 of", {"true_statement", "drivers"}),
                                              ("dear, run 2", {"true_statement", "drivers"})])
def test_ctrl_c_keeps_what_is_done(at: str, left_out: set[str]) -> None:
    def stop(_done: int, _total: int, what: str) -> None:
        if at in what:
            raise KeyboardInterrupt

    report = sim.equity_report(MARKET, "Root", 2, progress=stop)
    assert report.notes
    assert any("topped" in note for note in report.notes)
    tables = report.tables()
    assert not left_out & set(tables)
    assert {"equity", "statement", "mirror"} <= set(tables)


def test_dates_are_the_second_half_of_the_run_within_the_horizon() -> None:
    def dates(years: float, horizon: float, *wanted: float | None) -> tuple[float, float]:
        return statement_dates(sim.load(MARKET, {"clock.years": years, "money.equity_horizon_years": horizon}),
                               (wanted[0], wanted[1]) if wanted else (None, None))

    assert dates(3, 5.0) == (1.0, 3.0)
    assert dates(3, 1.0) == (2.0, 3.0)
    assert dates(1, 5.0) == (0.5, 1.0)
    assert dates(3, 5.0, None, 2.5) == (1.0, 2.5)
    for start, end in ((2.0, 1.0), (-1.0, 2.0), (1.0, 3.5), (float("nan"), 2.0)):
        with pytest.raises(ValueError, match="The statement goes from year"):
            dates(3, 5.0, start, end)
