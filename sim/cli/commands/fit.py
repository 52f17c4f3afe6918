"""`sim fit`: your own transaction log: repeat buying, spend, and the value of every customer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Json, Out, Quiet

PANEL = "What customers are worth"
HOME = Path("fits")


def fit(
    csv: Annotated[Path, typer.Argument(metavar="CSV", help="A file with a line of names: customer, date, amount.")],
    customer: Annotated[str | None, typer.Option("--customer", help="Its column of customers.")] = None,
    date: Annotated[str | None, typer.Option("--date", help="Its column of dates or period numbers.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="Its column of amounts.")] = None,
    date_format: Annotated[str | None, typer.Option("--date-format", help="Form of dates, e.g. %d/%m/%Y.")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="COLUMN=TEXT", help="Only rows with it. May be repeated.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Unit of time of dates: D, W or M. Default W.")] = None,
    holdout: Annotated[
        str, typer.Option("--holdout", help="Share of the time held out, or the last date before it; 0: none.")
    ] = "0.25",
    horizon: Annotated[
        float | None, typer.Option("--horizon", help="Units of time ahead that count. Default a year.")
    ] = None,
    discount: Annotated[
        float | None, typer.Option("--discount", help="Per year, default 0.10 (period numbers: per period, 0).")
    ] = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Fit BG/NBD and Gamma-Gamma to a transaction log, hold them against a hold-out, value every customer.

    Examples: sim fit orders.csv · sim fit orders.csv --customer client --date day --holdout 2024-06-30
    """
    from sim.cli.errors import CannotDoError
    from sim.cli.fit_words import as_data, by_option, save, told
    from sim.cli.options import pairs_from
    from sim.equity.fitting import FitPlan, fit_log
    from sim.equity.logs import read_log
    from sim.text.console import say, say_json, tell

    try:
        log = read_log(csv, customer=customer, date=date, amount=amount, date_format=date_format, only=pairs_from(only))
        fitted = fit_log(log, FitPlan(unit, holdout, horizon, discount))
    except (TypeError, ValueError) as error:
        raise CannotDoError(by_option(str(error), csv.name)) from None
    values, picture = save(fitted, out or HOME / csv.stem)
    if as_json:
        say_json(as_data(fitted, log.columns, values.parent))
        return
    for line in told(fitted, csv.name):
        say(line)
    if not quiet:
        tell(f"Saved: {values} (every customer), {picture}.")
