"""`sim fit`: your own transaction log: repeat buying, spend, and the value of every customer."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import PrintGroup, pairs_from, show, spelled_out
from sim.cli.wording import indented
from sim.text.console import columns, tell
from sim.text.numbers import MISSING, percent

if TYPE_CHECKING:
    import pandas as pd

    from sim.equity.btyd import BGNBD, GammaGamma
    from sim.equity.fitting import FittedLog

PANEL = "What customers are worth"
HOME = Path("fits")
TOP = 10
VALUES, PICTURE = "customers.csv", "fit_and_holdout.png"
OPTIONS = ("customer", "amount", "quantity", "price", "only", "decimal", "encoding", "unit", "end", "horizon",
           "discount")


@dataclass(frozen=True)
class LogGroup:
    """How the log is read."""

    customer: Annotated[str | None, typer.Option("--customer", help="Its column of customers.")] = None
    date: Annotated[str | None, typer.Option("--date", help="Its column of dates or period numbers.")] = None
    amount: Annotated[str | None, typer.Option("--amount", help="Its column of amounts.")] = None
    quantity: Annotated[str | None, typer.Option("--quantity", help="Of quantities; below 0: returns.")] = None
    price: Annotated[str | None, typer.Option("--price", help="Its column of unit prices.")] = None
    date_format: Annotated[
        str | None,
        typer.Option("--date-format", help="Form of dates: %d/%m/%Y, 'days since 1899-12-30', periods."),
    ] = None
    decimal: Annotated[str | None, typer.Option("--decimal", help="Sign before decimals, . or ,")] = None
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of its letters, e.g. cp1252.")] = None
    skip_guests: Annotated[bool, typer.Option("--skip-guests", help="Leave rows without a customer out.")] = False
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="COLUMN=TEXT", help="Only rows with it. May be repeated.")
    ] = None


@dataclass(frozen=True)
class PlanGroup:
    """What is done with it."""

    unit: Annotated[str | None, typer.Option("--unit", help="Unit of time of dates: D, W or M. Default W.")] = None
    end: Annotated[
        str | None, typer.Option("--end", help="Last date on which purchases were recorded. Default the last purchase.")
    ] = None
    holdout: Annotated[
        str, typer.Option("--holdout", help="Share of the time held out, or the last date before it; 0: none.")
    ] = "0.25"
    horizon: Annotated[
        float | None, typer.Option("--horizon", help="Units of time ahead that count. Default a year.")
    ] = None
    discount: Annotated[
        float | None, typer.Option("--discount", help="Per year, default 0.10 (period numbers: per period, 0).")
    ] = None


@spelled_out
def fit(
    csv: Annotated[Path, typer.Argument(
        metavar="CSV", help="A file with a line of names: customer, date, amount (or quantity and price).")],
    *,
    log: LogGroup,
    plan: PlanGroup,
    output: PrintGroup,
) -> None:
    """Fit BG/NBD and Gamma-Gamma to a transaction log, hold them against a hold-out, value every customer.

    Examples: sim fit orders.csv · sim fit orders.csv --customer client --date day --end 2024-12-31
    """
    from sim.equity.fitting import FitPlan, fit_log
    from sim.equity.logs import read_log

    try:
        read = read_log(csv, **{**vars(log), "only": pairs_from(log.only)})
        fitted = fit_log(read, FitPlan(plan.unit, plan.holdout, plan.horizon, plan.discount, plan.end))
    except (TypeError, ValueError) as error:
        raise CannotDoError(_by_option(str(error), csv.name)) from None
    fitted = replace(fitted, notes=tuple(_with_options(note) for note in fitted.notes))
    values, picture = _save(fitted, output.out or HOME / csv.stem)
    show(output.as_json, lambda: _lines(fitted, csv.name), lambda: _as_data(fitted, dict(read.columns), values.parent))
    if not (output.quiet or output.as_json):
        tell(f"Saved: {values} (every customer), {picture}.")


def _by_option(message: str, file: str) -> str:
    """A refusal that names an argument, said with the option of the command instead."""
    name, colon, rest = message.partition(":")
    called = {"split": "--holdout", "source": file, "frequency": file, "log": file}.get(name)
    if name in OPTIONS or (name == "date" and "column" in rest):
        called = f"--{name}"
    return f"{called or name}{colon}{_with_options(rest)}".rstrip(".") + "."


def _with_options(text: str) -> str:
    """What to say to `read_log` or `fit_log`, as an option of the command: (date_format='%d') is --date-format '%d'."""
    named = re.sub(r"\b(date_format|decimal|encoding)=", lambda found: f"--{found[1].replace('_', '-')} ", text)
    return re.sub(r"\((date_format|decimal|skip_guests|end)\)", lambda found: f"(--{found[1].replace('_', '-')})",
                  named.replace("say the encoding", "say --encoding").replace(" (for rfm_table: unit=1)", ""))


def _signed(correlation: float) -> str:
    return f"{correlation:+.2f}" if isfinite(correlation) else "unknown"


def _lines(fitted: FittedLog, name: str) -> list[str]:
    """The whole result in about forty lines."""
    rfm, clock, spending = fitted.rfm, fitted.clock, fitted.spending
    lines = [*fitted.notes, "", *_summary(rfm, clock.word), "",
             f"BG/NBD, fitted to the whole log (log-likelihood {fitted.model.log_likelihood:,.1f})",
             *_parameters(fitted.model)]
    if spending is not None:
        related = f"correlation of frequency and spend {_signed(spending.correlation)}"
        lines += [f"Gamma-Gamma, fitted to the {spending.customers:,.0f} customers who bought again (log-likelihood "
                  f"{spending.log_likelihood:,.1f}; {related})",
                  *_parameters(spending)]
    return [f"{name}: {len(rfm):,} customers, {int(rfm['frequency'].sum()) + len(rfm):,} {clock.bought} from "
            f"{fitted.first} to {fitted.last}",
            *indented([*lines, "", *_fit_lines(fitted), "", *_value_lines(fitted)])]


def _numbers(values: Any, decimals: int) -> list[str]:
    return [f"{value:,.{decimals}f}" if isfinite(value) else MISSING for value in values]


def _summary(rfm: pd.DataFrame, unit: str) -> list[str]:
    """Quartiles of the RFM table."""
    names = {"frequency": "repeat purchases", "recency": f"recency, {unit}s", "T": f"T, {unit}s",
             "monetary_value": "spend per repeat purchase"}
    rows = [["", "mean", "lowest", "25 %", "median", "75 %", "highest"]]
    for name, words in names.items():
        if name in rfm:
            column = rfm[name][rfm["frequency"] > 0] if name == "monetary_value" else rfm[name]
            if len(column):
                rows.append([words, *_numbers((column.mean(), *column.quantile([0, 0.25, 0.5, 0.75, 1])), 2)])
    return columns(rows)


def _parameters(model: BGNBD | GammaGamma) -> list[str]:
    """Estimates with their standard errors."""
    values, errors = model.parameters, model.standard_errors
    return columns([
        ["", *values], ["  estimate", *(f"{value:.4g}" for value in values.values())],
        ["  standard error", *(f"{errors[name]:.4g}".replace("nan", MISSING) for name in values)],
    ])


def _fit_lines(fitted: FittedLog) -> list[str]:
    """Customers by repeat purchases, and the hold-out."""
    table, held = fitted.histogram, fitted.holdout
    *counts, most = table["frequency"]
    rows = [["repeat purchases", *map(str, counts), f"{most}+"],
            ["customers", *_numbers(table["actual"], 0)], ["  model", *_numbers(table["expected"], 0)]]
    if held is None:
        return columns(rows)
    by = held.table.set_index("frequency").reindex(table["frequency"])
    rows += [["mean purchases in hold-out", *_numbers(by["actual"], 2)], ["  model", *_numbers(by["expected"], 2)]]
    (correlation,) = _numbers([held.correlation], 2)
    return [
        f"Hold-out: {fitted.clock.told(held.length)} after {held.split}; {held.customers:,} customers known by then",
        *columns(rows),
        f"Purchases in the hold-out: {held.actual:,.0f}; predicted {held.expected:,.0f}"
        f"{_off(held.expected, held.actual)}; with everybody's rate so far {held.naive:,.0f}"
        f"{_off(held.naive, held.actual)}.",
        f"Mean absolute error per customer: {held.error:.2f} purchases, with the rate so far {held.naive_error:.2f}. "
        f"Correlation of predicted and actual purchases: {correlation}.",
    ]


def _off(predicted: float, actual: float) -> str:
    return f" ({100 * (predicted / actual - 1):+.0f} %)" if actual else ""


def _value_lines(fitted: FittedLog) -> list[str]:
    """The most valuable customers and the sum."""
    values, clock = fitted.values, fitted.clock
    money = "value" in values
    by = values["value" if money else "discounted_purchases"]
    tail = {"spend per purchase": "expected_spend", "value": "value"} if money else {
        "discounted": "discounted_purchases"}
    rows = [["customer", "repeat purchases", f"last, {clock.word}s ago", "P(alive)", "expected purchases", *tail]]
    for row in values.head(TOP).to_dict("records"):
        rows.append([str(row["customer_id"]), f"{row['frequency']:,}", f"{row['T'] - row['recency']:,.1f}",
                     percent(row["probability_alive"]),
                     *_numbers((row["expected_purchases"], *(row[name] for name in tail.values())), 2)])
    share = by.head(TOP).sum() / by.sum() if by.sum() > 0 else 0.0
    return [f"Value of today's customers, {clock.told(fitted.horizon)} ahead, {_discounted(fitted)}: {by.sum():,.2f}, "
            f"{'in the money of the log' if money else 'in purchases'}.",
            f"The {min(TOP, len(values))} most valuable hold {percent(share)} of it:", *columns(rows)]


def _discounted(fitted: FittedLog) -> str:
    """The discount in words, per year where a year has a length."""
    per_year, rate = fitted.clock.per_year, fitted.discount
    if rate == 0:
        return "not discounted"
    if per_year is None:
        return f"discounted at {100 * rate:.4g} % per {fitted.clock.word}"
    return f"discounted at {100 * ((1 + rate) ** per_year - 1):.4g} % per year"


def _save(fitted: FittedLog, folder: Path) -> tuple[Path, Path]:
    """Write the values of customers and the picture, each in one piece; gives their paths."""
    from sim import figures
    from sim.text.files import write_csv

    values = write_csv(folder / VALUES, fitted.values)
    return values, figures.save("fit_and_holdout", _picture_table(fitted), folder / PICTURE)


def _picture_table(fitted: FittedLog) -> pd.DataFrame:
    """The table of the picture `fit_and_holdout`, with its words."""
    import pandas as pd

    held, parts = fitted.holdout, [fitted.histogram.assign(part="fit")]
    words = {"unit": "customers", "note": f"{len(fitted.rfm):,} customers, BG/NBD."}
    if held is not None:
        parts.append(held.table.assign(part="holdout"))
        words = {
            "unit": f"left: customers; right: purchases per customer in {fitted.clock.told(held.length)} held out",
            "note": f"{held.customers:,} customers, BG/NBD fitted up to {held.split}; "
                    "whiskers: 95 % interval of the mean.",
            "finding": f"The model predicted {held.expected:,.0f} purchases; {held.actual:,.0f} were made",
        }
    table = pd.concat(parts, ignore_index=True)
    table.attrs.update(words)
    return table


def _as_data(fitted: FittedLog, taken: dict[str, str], folder: Path) -> dict[str, Any]:
    """Everything that is printed, as plain data."""
    held = fitted.holdout
    return {
        "columns": taken, "notes": list(fitted.notes), "customers": len(fitted.rfm),
        "unit": fitted.clock.word, "horizon": fitted.horizon, "discount_per_unit": fitted.discount,
        "rfm": {name: fitted.rfm[name].describe().to_dict() for name in fitted.rfm.columns if name != "customer_id"},
        "bg_nbd": _model_data(fitted.model), "bg_nbd_before_holdout": _model_data(fitted.before) if held else None,
        "gamma_gamma": None if fitted.spending is None else _model_data(fitted.spending),
        "histogram": fitted.histogram.to_dict("records"),
        "holdout": None if held is None else {**asdict(held), "table": held.table.to_dict("records")},
        "value_total": float(fitted.values["value"].sum()) if "value" in fitted.values else None,
        "top": fitted.values.head(TOP).to_dict("records"), "folder": str(folder),
    }


def _model_data(model: Any) -> dict[str, Any]:
    names = ("parameters", "standard_errors", "customers", "log_likelihood", "converged", "advice")
    return {name: getattr(model, name) for name in names}
