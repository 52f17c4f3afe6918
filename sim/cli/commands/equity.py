"""`sim equity`: what the customers of each firm are worth, why it changed, and what drives it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.cli.errors import StoppedError
from sim.cli.options import Firm, PrintGroup, ScenarioGroup, WhatIfs, show, spelled_out
from sim.cli.waiting import working
from sim.cli.wording import indented, title, wrapped
from sim.text.console import bar, columns, say
from sim.text.findings import HIGHER, LOWER
from sim.text.numbers import amount, between, signed
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.equity_report import EquityReport

PANEL = "Run a market"
HOME = Path("equity")
RUNS = 10
Basis = Literal["truth", "estimate"]
Tables = Mapping[str, "pd.DataFrame"]
TableRow = Mapping[Any, Any]
WHOLE = "units"
"""The unit of money in these tables: without decimals, the currency stands above the table."""
HEADS = {"today": "today's customers", "future": "future ones, net", "shared": "shared costs", "total": "all"}
STEPS = {"opening": "opening", "unwinding": "unwinding", "contributions": "received", "horizon": "horizon moved on",
         "not foreseen": "not foreseen", "closing": "closing"}
PARTS_IN_WORDS = ("Today's customers: what the run has shown of them, continued. Future ones: everybody else in the "
                  "market or still to come, lapsed customers included, net of what winning them will cost.")
TRUE_VALUES = ("One run (seed {seed}). True expected values: the market is continued many times from each date, with "
               "the firms going on as before.")
ESTIMATES = "Mean over runs, each estimated from what the run had shown by each date."


@spelled_out
def equity(
    *,
    market: ScenarioGroup,
    firm: Firm = None,
    start: Annotated[float | None, typer.Option("--from", help="Year in which the statement opens.", min=0)] = None,
    end: Annotated[float | None, typer.Option("--to", help="Year in which the statement closes.", min=0)] = None,
    basis: Annotated[Basis, typer.Option("--basis", help="Statement: true expected values of one run, or the estimate "
                                                         "of every run.")] = "truth",
    replications: Annotated[int, typer.Option("--replications", "-n", help="How many runs.", min=1)] = RUNS,
    what_if: WhatIfs = None,
    output: PrintGroup,
) -> None:
    """Print customer equity per firm: both parts, the statement between two dates, drivers, mirror, break-even.

    Examples: sim equity leaky_bucket · sim equity welcome_discount --firm Door --from 2 --to 5
    """
    from sim.studies.equity_report import equity_report

    scenario = market.scenario()
    began = time.perf_counter()
    with working(f"equity: {scenario.title or market.name}", output.quiet, output.yes) as tell:
        report = equity_report(scenario, firm, replications, dates=(start, end), what_if=what_if or None,
                               seed=market.seed, basis=basis, progress=tell)
    if not report.study.n:
        raise KeyboardInterrupt
    seconds = time.perf_counter() - began
    folder = output.out or HOME / Path(scenario.source.name).stem
    with bar("saving", output.quiet):
        saved = report.save(folder)
    show(output.as_json, lambda: _lines(report, seconds), lambda: _as_data(report, folder))
    if not output.as_json:
        pictures = sum(path.suffix == ".png" for path in saved)
        say(f"Saved: {len(saved) - pictures} tables and {pictures} pictures in {folder}.")
    if report.study.stopped or report.drivers is None or report.drivers.study.stopped:
        raise StoppedError("What was finished is printed and saved.")


def _lines(report: EquityReport, seconds: float) -> list[str]:
    """Everything, section by section; what could not be had is said."""
    from sim.valuation.statement import terms_in_words

    n, others, tables = report.study.n, len(report.what_ifs), report.tables()
    runs = f"{n} {'paired ' if others else ''}runs" if n > 1 else "One run"
    what_ifs = f" and of {counted(others, 'what-if')}" if others else ""
    sections = [
        [*title(report.scenario), f"  {runs} of the scenario{what_ifs} ({seconds:.1f} s).",
         f"  {terms_in_words(report.scenario.money)}"],
        _equity(report, tables["equity"]), _statement(report, tables), _drivers(tables), _formula(report, tables),
        *(_what_if(report, tables, world) for world in report.what_ifs),
        wrapped(*report.notes, *([] if n > 1 else ["One run gives no intervals: try --replications 10."])),
    ]
    return [line for section in sections if section for line in (*section, "")][:-1]


def _wide(table: pd.DataFrame, index: str, column: str, names: Iterable[str], value: str) -> dict[str, list[str]]:
    """Money by row and column of a long table: every row of `index` with a cell for each of the names."""
    wide: dict[Any, dict[Any, Any]] = table.pivot(index=index, columns=column, values=value).to_dict("index")
    return {row: [amount(wide[row][name], WHOLE) for name in names] for row in dict.fromkeys(table[index])}


def _equity(report: EquityReport, table: pd.DataFrame) -> list[str]:
    """Both parts per firm with intervals."""
    rows = [[f"Customer equity, year {report.study.end:g}, {report.scenario.money.currency}", *HEADS.values()]]
    for firm, means in _wide(table, "firm", "part", HEADS, "mean").items():
        rows.append([firm, *means])
        if report.study.n > 1:
            rows.append(["  95 % interval", *map(_interval, table[table["firm"] == firm].to_dict("records"))])
    return [*columns(rows), *wrapped(PARTS_IN_WORDS)]


def _statement(report: EquityReport, tables: Tables) -> list[str]:
    """The statement: on true expected values where they were asked for, else the mean over runs."""
    true = report.true_statement
    if true is None and "statement" not in tables:
        return []
    basis, value = ("true_", "amount_money") if true is not None else ("", "mean")
    movements, groups = tables[f"{basis}statement"], tables[f"{basis}reconciliation"]
    first, last = report.dates
    lines = [f"Statement, year {first:g} to year {last:g}, {report.scenario.money.currency}.",
             *wrapped(TRUE_VALUES.format(seed=true.seed) if true is not None else ESTIMATES)]
    for firm in report.firms:
        same_people = _wide(groups[groups["firm"] == firm], "group", "step", STEPS, value)
        lines += ["", *indented(_movements(movements[movements["firm"] == firm], firm, value)), "",
                  *indented(columns([["the same people", *STEPS.values()],
                                     *([group, *cells] for group, cells in same_people.items())]))]
    return lines


def _movements(table: pd.DataFrame, firm: str, value: str) -> list[str]:
    """How customer equity moved from the opening to the closing, with people and sampling error."""
    true = "error_money" in table
    totals = table[table["part"] == "total"].set_index("line").to_dict("index")
    rows = [[firm, "people", *HEADS.values(), "+- (95 %)" if true else "95 % interval of all"]]
    for line, cells in _wide(table, "line", "part", HEADS, value).items():
        total = totals[line]
        rows.append([line, "" if line == "costs to come" else amount(total["people"], "people"), *cells,
                     amount(1.96 * total["error_money"], WHOLE) if true else _interval(total)])
    return columns(rows)


def _drivers(tables: Tables) -> list[str]:
    """What each driver adds to the total value, per firm."""
    if "drivers" not in tables:
        return []
    from sim.studies.drivers import POCKET, TOTAL

    table = tables["drivers"]
    rows = [["What each driver adds", "with it", "without", "added", "95 % interval", "spent to date", ""]]
    for row in table[table["measure"] == TOTAL].to_dict("records"):
        known = row["mean_with"] == row["mean_with"]
        with_it, without, spent = (amount(row[name], WHOLE) if known else ""
                                   for name in ("mean_with", "mean_without", "spent_to_date"))
        verdict = "" if row["verdict"] in (HIGHER, LOWER) else row["verdict"].partition(" (")[0]
        rows.append([f"{row['firm']}: {row['driver']}", with_it, without, signed(row["added"], "money"),
                     _interval(row), spent, verdict])
    return [*columns(rows, left=(0, 6)), *wrapped(POCKET)]


def _formula(report: EquityReport, tables: Tables) -> list[str]:
    """Contribution by year beside the cohort formula, and since when they part."""
    if "mirror" not in tables:
        return []
    from sim.valuation.cohort_formula import APART

    table = tables["mirror"][tables["mirror"]["measure"] == "contribution"]
    start = float(table["year"].min())
    rows = [[f"Cohort formula, from year {start:g}", "simulated", "formula", "apart", "retention", "won", "margin"]]
    since = []
    for firm in report.firms:
        mine = table[table["firm"] == firm]
        for row in mine.to_dict("records"):
            apart = "" if row["calibration"] else signed(row["difference_share"], "share").replace(" points", " %")
            rows.append([
                f"{firm}, year {row['year']:g}", amount(row["simulated"], WHOLE), amount(row["mirrored"], WHOLE), apart,
                amount(row["retention_share"], "share"), amount(row["won_people"], "people"),
                amount(row["margin_money"], "money"),
            ])
        years = mine["year"][mine["parted"]]
        since.append(f"{firm}: formula and simulation are more than {100 * APART:.0f} % apart for the first time in "
                     f"year {years.min():g}." if len(years) else
                     f"{firm}: formula and simulation are never surely more than {100 * APART:.0f} % apart.")
    words = (f"Contribution per year = margin x mean customers; customers = retention x customers + won; margin, "
             f"retention and won as in year {start:g}.")
    return [*columns(rows), *wrapped(words, *since)]


def _what_if(report: EquityReport, tables: Tables, world: str) -> list[str]:
    """The parts in which a what-if changes equity and profit, and when it pays."""
    lines = [f"What if: {world}"]
    if "three_ways" in tables:
        table = tables["three_ways"]
        chosen = table[(table["world_b"] == world) & (table["factor"] == "")]
        rows = [["difference and its parts", *dict.fromkeys(chosen["way"])]]
        for firm in report.firms:
            for measure, words in (("customer_equity", "customer equity"), ("discounted_profit", "profit to date")):
                parts = chosen[(chosen["measure"] == measure) & (chosen["firm"] == firm)].to_dict("records")
                if parts:
                    rows.append([f"{firm}: {words}", *map(_part, parts)])
        lines += indented([*columns(rows), "In brackets: too close to call."])
    table = tables["break_even"]
    for firm in report.firms:
        of_firm = table[(table["world_b"] == world) & (table["firm"] == firm)].to_dict("records")
        if of_firm:
            lines += wrapped(f"{firm}: {_break_even(of_firm)}")
    return lines


def _part(row: TableRow) -> str:
    """A part of a difference; in brackets where nobody can say whether it is more or less."""
    text = signed(row["part"], "money")
    return text if row["verdict"] in (HIGHER, LOWER) or row["part"] == 0 else f"({text})"


def _break_even(rows: Sequence[TableRow]) -> str:
    """The break-even clock at the scenario's rate, and how the date moves with the rate."""
    own = next((row for row in rows if row["of_scenario"]), rows[0])
    text = f"at {100 * own['discount_rate']:g} % a year, {own['sentence']}"
    months = {row["discount_rate"]: round(12 * row["year"]) for row in rows if row["year"] == row["year"]}
    if len(set(months.values())) > 1:
        dates = ", ".join(f"{100 * rate:g} % month {month}" for rate, month in months.items())
        text += f" By discount rate: {dates}."
    return text


def _interval(row: TableRow) -> str:
    """An interval of money; nothing where there is none."""
    return "" if row["low"] != row["low"] else between(float(row["low"]), float(row["high"]), WHOLE)


def _as_data(report: EquityReport, folder: Path) -> dict[str, Any]:
    """Everything that is printed, as plain data."""
    from sim.valuation.statement import terms_in_words

    return {
        "scenario": report.scenario.source.name, "firms": list(report.firms), "what_if": list(report.what_ifs),
        "runs": report.study.n, "first_seed": report.study.seed, "currency": report.scenario.money.currency,
        "terms": terms_in_words(report.scenario.money),
        "statement_from": report.dates[0], "statement_to": report.dates[1],
        "tables": {name: table.to_dict("records") for name, table in report.tables().items()},
        "notes": report.notes, "folder": str(folder),
    }
