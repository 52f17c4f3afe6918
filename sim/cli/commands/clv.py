"""`sim clv`: what a customer is worth, in closed form."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Json

PANEL = "What customers are worth"
_A_COST = "money, at least 0."


def clv(
    margin: Annotated[float, typer.Option("--margin", help="Margin of a customer per period, money.")],
    retention: Annotated[float, typer.Option("--retention", help="Share that stays from period to period, 0..1.")],
    discount: Annotated[float, typer.Option("--discount", help="Discount rate per period: 0.12 is 12 %.")],
    growth: Annotated[float, typer.Option("--growth", help="Growth of the margin per period.")] = 0.0,
    periods: Annotated[int | None, typer.Option("--periods", help="At most so many margins; left out: no end.")] = None,
    acquisition_cost: Annotated[float, typer.Option("--acquisition-cost", help=f"Paid once, now: {_A_COST}")] = 0.0,
    retention_cost: Annotated[
        float, typer.Option("--retention-cost", help=f"Before each renewal, per customer: {_A_COST}")
    ] = 0.0,
    as_json: Json = False,
) -> None:
    """Reckon what a customer is worth, with the three timings side by side, and what would raise it.

    Example: sim clv --margin 100 --retention 0.8 --discount 0.12
    """
    from sim.cli.customer_value import as_data, told
    from sim.cli.errors import CannotDoError
    from sim.text.console import say, say_json

    terms = {"margin": margin, "retention": retention, "discount": discount, "growth": growth, "periods": periods,
             "acquisition_cost": acquisition_cost, "retention_cost": retention_cost}
    try:
        if as_json:
            say_json(as_data(terms))
            return
        lines = told(terms)
    except (TypeError, ValueError) as error:
        name, colon, rest = str(error).partition(":")
        hint = f" ({retention:g} % is {retention / 100:g})" if name == "retention" and 1.0 < retention <= 100.0 else ""
        raise CannotDoError(f"--{name.replace('_', '-')}{colon}{rest}{hint}.") from None
    for line in lines:
        say(line)
