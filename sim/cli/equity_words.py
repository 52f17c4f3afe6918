"""The customer equity of a scenario in words and tables: what `sim equity` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.text.console import columns
from sim.text.numbers import amount, signed

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.equity_report import EquityReport

WIDTH = 100
PARTS = ("today", "future", "shared", "total")
HEADS = {"today": "today's customers", "future": "future ones, net", "shared": "shared costs", "total": "all"}


def told(report: EquityReport, seconds: float) -> list[str]:
    """Everything, section by section; what could not be had is said."""
    from sim.cli.wording import title
    from sim.valuation.statement import terms_in_words

    study, tables = report.study, report.tables()
    lines = [title(report.scenario), f"  {report.scenario.question}", f"  {_worlds(report)} ({seconds:.1f} s).",
             f"  {terms_in_words(report.scenario.money)}", ""]
    lines += _equity(report, tables["equity"])
    lines += _statement(report, tables)
    lines += _drivers(tables)
    lines += _mirror(report, tables)
    for world in report.what_ifs:
        lines += _what_if(report, tables, world)
    lines += [f"  {line}" for note in report.notes for line in wrap(note, WIDTH)]
    if study.n < 2:
        lines.append("  One run, so there are no intervals: they need --replications 10 or so.")
    return lines


def _worlds(report: EquityReport) -> str:
    n, others = report.study.n, len(report.what_ifs)
    runs = f"{n} runs" if n > 1 else "One run"
    paired = f" and of {others} what-if{'s' if others > 1 else ''}, paired" if others else ""
    return f"{runs} of the scenario{paired}"


def _equity(report: EquityReport, table: pd.DataFrame) -> list[str]:
    """Both parts per firm with intervals."""
    currency = report.scenario.money.currency
    rows = [[f"Customer equity, year {report.study.end:g}, {currency}", *HEADS.values()]]
    for firm in report.firms:
        cells = _by(table, "part", firm=firm)
        rows.append([firm, *(_rounded(cells[part]["mean"]) for part in PARTS)])
        if report.study.n > 1:
            rows.append(["  95 % interval", *(_between(cells[part]) for part in PARTS)])
    return [*columns(rows), "  First form: what the run has shown, continued. Future: everybody else in the market or "
            "still to come,", "  lapsed ones included, less what winning them will cost.", ""]


def _statement(report: EquityReport, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """The statement: on true expected values where they were asked for, else the mean over runs."""
    true = report.true_statement
    if true is None and "statement" not in tables:
        return []
    first, last = report.dates
    lines = [f"Statement, year {first:g} to year {last:g}, {report.scenario.money.currency}."]
    if true is not None:
        lines.append(f"  One run (seed {true.seed}). True expected values: the market run on many times from "
                     "each date, firms going on as before.")
    else:
        lines.append("  Mean over runs. Estimated from what each run had shown by each date (first form).")
    for firm in report.firms:
        lines += ["", *_movements(tables, firm, true is not None), "", *_reconciled(tables, firm, true is not None)]
    return [*lines, ""]


def _movements(tables: Mapping[str, pd.DataFrame], firm: str, true: bool) -> list[str]:
    from sim.valuation.movements import LINES

    table, value = (tables["true_statement"], "amount_money") if true else (tables["statement"], "mean")
    rows = [[firm, "persons", *HEADS.values(), "+- (95 %)" if true else "95 % interval of all"]]
    for line in LINES:
        cells = _by(table[table["line"] == line], "part", firm=firm)
        total = cells["total"]
        unsure = _rounded(1.96 * total["error_money"]) if true else _between(total)
        heads = "" if line == "costs to come" else f"{total['people']:,.0f}"
        rows.append([line, heads, *(_rounded(cells[part][value]) for part in PARTS), unsure])
    return [f"  {text}" for text in columns(rows)]


def _reconciled(tables: Mapping[str, pd.DataFrame], firm: str, true: bool) -> list[str]:
    """What became of the value of the same persons, in one line each group."""
    table, value = (tables["true_reconciliation"], "amount_money") if true else (tables["reconciliation"], "mean")
    names = {"opening": "opening", "unwinding": "unwinding", "contributions": "received", "horizon": "horizon moved on",
             "not foreseen": "not foreseen", "closing": "closing"}
    rows = [["the same persons", *names.values()]]
    for group in dict.fromkeys(table["group"]):
        cells = _by(table[table["group"] == group], "step", firm=firm)
        rows.append([group, *(_rounded(cells[step][value]) for step in names)])
    return [f"  {text}" for text in columns(rows)]


def _drivers(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """What each driver adds to the total value, per firm."""
    if "drivers" not in tables:
        return []
    from sim.studies.drivers import POCKET, TOTAL

    table = tables["drivers"]
    rows = [["What each driver adds", "with it", "without", "added", "95 % interval", "spent to date", ""]]
    for row in table[table["measure"] == TOTAL].to_dict("records"):
        known = row["mean_with"] == row["mean_with"]
        rows.append([f"{row['firm']}: {row['driver']}", *(
            [_rounded(row["mean_with"]), _rounded(row["mean_without"])] if known else ["", ""]),
            signed(row["added"], "money"), _between(row), _rounded(row["spent_to_date"]) if known else "",
            "" if row["verdict"] in ("higher", "lower") else row["verdict"].partition(" (")[0]])
    return [*columns(rows, left=(0, 6)), *(f"  {line}" for line in wrap(POCKET, WIDTH)), ""]


def _mirror(report: EquityReport, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Contribution by year beside the formula, and since when they part."""
    if "mirror" not in tables:
        return []
    from sim.valuation.cohort_formula import APART

    table = tables["mirror"]
    chosen = table[table["measure"] == "contribution"]
    start = float(chosen["year"].min())
    rows = [[f"Cohort formula, from year {start:g}", "simulated", "mirrored", "apart", "retention", "won",
             "margin"]]
    lines = []
    for firm in report.firms:
        for row in chosen[chosen["firm"] == firm].to_dict("records"):
            numbers = [amount(row["retention_share"], "share"), amount(row["won_people"], "people"),
                       amount(row["margin_money"], "money")]
            apart = "" if row["calibration"] else signed(row["difference_share"], "share").replace(" points", " %")
            rows.append([f"{firm}, year {row['year']:g}", _rounded(row["simulated"]), _rounded(row["mirrored"]), apart,
                         *numbers])
        since = chosen[(chosen["firm"] == firm) & chosen["parted"]]["year"]
        apart = f"more than {100 * APART:.0f} % apart"
        lines.append(f"  {firm}: {apart} for the first time in year {since.min():g}." if len(since) else
                     f"  {firm}: never surely {apart}.")
    words = ("  Contribution a year = margin x mean customers; customers = retention x customers + won; all three "
             f"as in year {start:g}.")
    return [*columns(rows), words, *lines, ""]


def _what_if(report: EquityReport, tables: Mapping[str, pd.DataFrame], world: str) -> list[str]:
    """The three ways in which a what-if changes equity and profit, and when it pays."""
    lines = [f"What if: {world}"]
    ways = tables.get("three_ways")
    if ways is not None:
        chosen = ways[(ways["world_b"] == world) & (ways["factor"] == "")]
        names = list(dict.fromkeys(chosen["way"]))
        rows = [["difference and its parts", *names]]
        for firm in report.firms:
            for measure, words in (("customer_equity", "customer equity"), ("discounted_profit", "profit to date")):
                cells = _by(chosen[chosen["measure"] == measure], "way", firm=firm)
                if cells:
                    rows.append([f"{firm}: {words}", *(_part(cells.get(way)) for way in names)])
        lines += [f"  {text}" for text in columns(rows)]
    table = tables["break_even"]
    for firm in report.firms:
        rows_of_firm = table[(table["world_b"] == world) & (table["firm"] == firm)].to_dict("records")
        for text in _clock(rows_of_firm):
            lines += [f"  {line}" for line in wrap(f"{firm}: {text}", WIDTH)]
    return [*lines, ""]


def _part(row: Mapping[Any, Any] | None) -> str:
    """A part of a difference; in brackets where nobody can say whether it is more or less."""
    if row is None:
        return ""
    text = signed(row["part"], "money")
    return text if row["verdict"] in ("higher", "lower") or row["part"] == 0 else f"({text})"


def _clock(rows: Sequence[Mapping[Any, Any]]) -> list[str]:
    """The break-even clock at the scenario's rate, and how the date moves with the rate."""
    own = [row for row in rows if row["of_scenario"]] or list(rows[:1])
    if not own:
        return []
    text = f"at {100 * own[0]['discount_rate']:g} % a year, {own[0]['sentence']}"
    dated = [row for row in rows if row["year"] == row["year"]]
    if len({round(12 * row["year"]) for row in dated}) > 1:
        text += " By rate: " + ", ".join(
            f"{100 * row['discount_rate']:g} % month {round(12 * row['year'])}" for row in dated) + "."
    return [text]


def _by(table: pd.DataFrame, key: str, firm: str) -> dict[str, Mapping[Any, Any]]:
    return {row[key]: row for row in table[table["firm"] == firm].to_dict("records")}


def _rounded(value: float) -> str:
    """Whole units of money.

    >>> _rounded(-0.2), _rounded(1234.5), _rounded(float("nan"))
    ('0', '1,234', '-')
    """
    return f"{round(value) or 0:,}" if isfinite(value) else "-"


def _between(row: Mapping[Any, Any]) -> str:
    """An interval of money; nothing where there is none."""
    low, high = float(row["low"]), float(row["high"])
    return "" if low != low else f"{_rounded(low)}..{_rounded(high)}"
