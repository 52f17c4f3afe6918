"""What `sim fit` prints and saves of a fitted log, in words and as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.text.console import columns

if TYPE_CHECKING:
    import pandas as pd

    from sim.equity.btyd import BGNBD, GammaGamma
    from sim.equity.fitting import FittedLog

TOP = 10
VALUES, PICTURE = "customers.csv", "fit_and_holdout.png"


def by_option(message: str, file: str) -> str:
    """A refusal that names an argument, said with the option of the command instead.

    >>> by_option("split: 0.99 is not allowed; a number from 0 to 0.95", "orders.csv")
    '--holdout: 0.99 is not allowed; a number from 0 to 0.95.'
    >>> by_option("date, line 3: the cell is empty", "orders.csv")
    'date, line 3: the cell is empty.'
    """
    name, colon, rest = message.partition(":")
    called = {"split": "--holdout", "source": file, "frequency": file, "log": file}.get(name)
    if name in ("customer", "amount", "only", "unit", "horizon", "discount") or (name == "date" and "column" in rest):
        called = f"--{name}"
    return f"{called or name}{colon}{rest}".rstrip(".") + "."


def told(fitted: FittedLog, name: str) -> list[str]:
    """The whole result in about forty lines."""
    rfm, clock = fitted.rfm, fitted.clock
    lines = [f"{name}: {len(rfm):,} customers, {int(rfm['frequency'].sum()) + len(rfm):,} {clock.bought} from "
             f"{fitted.first} to {fitted.last}"]
    lines += [f"  {note}" for note in fitted.notes]
    lines += ["", *(f"  {line}" for line in _summary(rfm, clock.word)), ""]
    lines += [f"  BG/NBD, fitted to the whole log (log-likelihood {fitted.model.log_likelihood:,.1f})"]
    lines += [f"  {line}" for line in _parameters(fitted.model)]
    spending = fitted.spending
    if spending is not None:
        lines += [f"  Gamma-Gamma, {spending.customers:,.0f} who bought again (log-likelihood "
                  f"{spending.log_likelihood:,.1f}; correlation of frequency and spend {spending.correlation:+.2f})"]
        lines += [f"  {line}" for line in _parameters(spending)]
    lines += ["", *(f"  {line}" for line in _fit_lines(fitted))]
    return [*lines, "", *(f"  {line}" for line in _value_lines(fitted))]


def _summary(rfm: pd.DataFrame, unit: str) -> list[str]:
    """Quartiles of the RFM table."""
    names = {"frequency": "repeat purchases", "recency": f"recency, {unit}s", "T": f"T, {unit}s",
             "monetary_value": "spend per repeat purchase"}
    rows = [["", "mean", "lowest", "25 %", "median", "75 %", "highest"]]
    for name, words in names.items():
        if name in rfm:
            column = rfm[name][rfm["frequency"] > 0] if name == "monetary_value" else rfm[name]
            if len(column):
                numbers = (column.mean(), *column.quantile([0, 0.25, 0.5, 0.75, 1]))
                rows.append([words, *(f"{value:,.2f}" for value in numbers)])
    return columns(rows)


def _parameters(model: BGNBD | GammaGamma) -> list[str]:
    """Estimates with their standard errors."""
    values = model.parameters
    errors = (f"{model.standard_errors[name]:.4g}".replace("nan", "-") for name in values)
    return columns([["", *values], ["  estimate", *(f"{value:.4g}" for value in values.values())],
                    ["  standard error", *errors]])


def _fit_lines(fitted: FittedLog) -> list[str]:
    """Customers by repeat purchases, and the hold-out."""
    table, held = fitted.histogram, fitted.holdout
    *counts, most = table["frequency"]
    rows = [["repeat purchases", *map(str, counts), f"{most}+"],
            ["customers", *(f"{value:,.0f}" for value in table["actual"])],
            ["  model", *(f"{value:,.0f}" for value in table["expected"])]]
    if held is None:
        return columns(rows)
    by = held.table.set_index("frequency").reindex(table["frequency"])
    rows += [["bought in hold-out, mean", *(_mean(value) for value in by["actual"])],
             ["  model", *(_mean(value) for value in by["expected"])]]
    return [
        f"Hold-out: {held.customers:,} customers known by {held.split}, the {fitted.clock.told(held.length)} after it",
        *columns(rows),
        f"Purchases in the hold-out: {held.actual:,.0f}; predicted {held.expected:,.0f}"
        f"{_off(held.expected, held.actual)}; with everybody's rate so far {held.naive:,.0f}"
        f"{_off(held.naive, held.actual)}.",
        f"Off by {held.error:.2f} purchases per customer on average, at the rate so far by {held.naive_error:.2f}; "
        f"correlation of predicted and made {_mean(held.correlation)}.",
    ]


def _off(said: float, made: float) -> str:
    return f" ({100 * (said / made - 1):+.0f} %)" if made else ""


def _mean(value: float) -> str:
    return f"{value:.2f}" if value == value else "-"


def _value_lines(fitted: FittedLog) -> list[str]:
    """The most valuable customers and the sum."""
    values, clock = fitted.values, fitted.clock
    money = "value" in values
    by = values["value" if money else "discounted_purchases"]
    rows = [["customer", "bought again", f"last, {clock.word}s ago", "alive", "purchases to come",
             *(["spend", "value"] if money else ["discounted"])]]
    for row in values.head(TOP).to_dict("records"):
        tail = [row["expected_spend"], row["value"]] if money else [row["discounted_purchases"]]
        rows.append([str(row["customer_id"]), f"{row['frequency']:,}", f"{row['T'] - row['recency']:,.1f}",
                     f"{100 * row['probability_alive']:.0f} %", f"{row['expected_purchases']:,.2f}",
                     *(f"{value:,.2f}" for value in tail)])
    share = by.head(TOP).sum() / by.sum() if by.sum() > 0 else 0.0
    return [f"Value of today's customers, {clock.told(fitted.horizon)} ahead, {_discounted(fitted)}: {by.sum():,.2f}, "
            f"{'in the money of the log' if money else 'in purchases'}.",
            f"The {min(TOP, len(values))} most valuable hold {100 * share:.0f} % of it:", *columns(rows)]


def _discounted(fitted: FittedLog) -> str:
    """The discount in words, per year where a year has a length."""
    per_year, rate = fitted.clock.per_year, fitted.discount
    if rate == 0:
        return "not discounted"
    if per_year is None:
        return f"discounted at {100 * rate:.4g} % per {fitted.clock.word}"
    return f"discounted at {100 * ((1 + rate) ** per_year - 1):.4g} % per year"


def picture_table(fitted: FittedLog) -> pd.DataFrame:
    """The table of the picture `fit_and_holdout`, with its words."""
    import pandas as pd

    held, clock = fitted.holdout, fitted.clock
    parts = [fitted.histogram.assign(part="fit")]
    unit = "customers"
    if held is not None:
        parts.append(held.table.assign(part="holdout"))
        unit = f"left: customers; right: purchases per customer in {clock.told(held.length)} held out"
    table = pd.concat(parts, ignore_index=True)
    note = f"{len(fitted.rfm):,} customers, BG/NBD."
    if held is not None:
        note = f"{held.customers:,} customers, BG/NBD fitted up to {held.split}; whiskers: 95 % interval of the mean."
        table.attrs["finding"] = f"The model predicted {held.expected:,.0f} purchases; {held.actual:,.0f} were made"
    table.attrs.update(unit=unit, note=note)
    return table


def save(fitted: FittedLog, folder: Path) -> tuple[Path, Path]:
    """Write the values of customers and the picture, each in one piece; gives their paths."""
    from sim import figures
    from sim.text.files import write_csv

    values = write_csv(folder / VALUES, fitted.values)
    return values, figures.save("fit_and_holdout", picture_table(fitted), folder / PICTURE)


def as_data(fitted: FittedLog, columns_taken: Any, folder: Path | None) -> dict[str, Any]:
    """Everything that is printed, as plain data."""
    from dataclasses import asdict

    held = fitted.holdout
    return {
        "columns": dict(columns_taken), "notes": list(fitted.notes), "customers": len(fitted.rfm),
        "unit": fitted.clock.word, "horizon": fitted.horizon, "discount_per_unit": fitted.discount,
        "rfm": {name: fitted.rfm[name].describe().to_dict() for name in fitted.rfm.columns if name != "customer_id"},
        "bg_nbd": _model_data(fitted.model), "bg_nbd_before_holdout": _model_data(fitted.before) if held else None,
        "gamma_gamma": None if fitted.spending is None else _model_data(fitted.spending),
        "histogram": fitted.histogram.to_dict("records"),
        "holdout": None if held is None else {**asdict(held), "table": held.table.to_dict("records")},
        "value_total": float(fitted.values["value"].sum()) if "value" in fitted.values else None,
        "top": fitted.values.head(TOP).to_dict("records"), "folder": None if folder is None else str(folder),
    }


def _model_data(model: Any) -> dict[str, Any]:
    return {"parameters": model.parameters, "standard_errors": model.standard_errors, "customers": model.customers,
            "log_likelihood": model.log_likelihood, "converged": model.converged, "advice": model.advice}
