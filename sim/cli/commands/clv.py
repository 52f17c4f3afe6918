"""`sim clv`: what a customer is worth, in closed form: three timings side by side, and what would raise the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, show
from sim.text.console import columns
from sim.text.numbers import MISSING

PANEL = "What customers are worth"
FIRST_MARGINS = {"immediate": "now", "next_period": "after 1 period", "renewal": "after 1 period, if renewed"}
NOT_DEFINED = "-: not defined, because the value is not above 0 or has no end, or retention would be above 100 %."
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
    """Compute what a customer is worth, with the three timings side by side, and what would raise it.

    Example: sim clv --margin 100 --retention 0.8 --discount 0.12
    """
    terms = {"margin": margin, "retention": retention, "discount": discount, "growth": growth, "periods": periods,
             "acquisition_cost": acquisition_cost, "retention_cost": retention_cost}
    try:
        data = _as_data(terms)
    except (TypeError, ValueError) as error:
        name, colon, rest = str(error).partition(":")
        hint = f" ({retention:g} % is {retention / 100:g})" if name == "retention" and 1.0 < retention <= 100.0 else ""
        raise CannotDoError(f"--{name.replace('_', '-')}{colon}{rest}{hint}.") from None
    show(as_json, lambda: _lines(terms, data["timings"]), lambda: data)


def _as_data(terms: dict[str, Any]) -> dict[str, Any]:
    """Per timing the value, what 1 % of each driver does, and five points of retention; what does not exist is NaN."""
    from sim.equity.clv import lifetime_value, mean_lifetime
    from sim.equity.elasticity import elasticity, five_points

    timings = {}
    for timing, first_margin in FIRST_MARGINS.items():
        value = float(lifetime_value(**terms, timing=timing))
        before_costs = {**terms, "margin": 1.0, "acquisition_cost": 0.0, "retention_cost": 0.0}
        effects = elasticity(**terms, timing=timing) if value > 0.0 else {}
        more = five_points(**terms, timing=timing)
        timings[timing] = {
            "first_margin": first_margin, "lifetime_value": value,
            "margin_multiple": float(lifetime_value(**before_costs, timing=timing)),
            "percent_with_1_percent_better": {name: effect.value_percent for name, effect in effects.items()},
            "equity_percent_with_1_percent_better": {name: effect.equity_percent for name, effect in effects.items()},
            "elasticity": {name: effect.value_point for name, effect in effects.items()},
            "five_points_more": {"retention": float(more.raised), "lifetime_value": float(more.raised_value),
                                 "percent": float(more.percent)},
        }
    staying = float(terms["retention"]) < 1.0
    return {**terms, "mean_lifetime_periods": float(mean_lifetime(terms["retention"])) if staying else nan,
            "timings": timings}


def _lines(terms: Mapping[str, Any], timings: Mapping[str, Any]) -> list[str]:
    """The customer in a sentence, and the table."""
    every = list(timings.values())
    drivers = [name for name in ("retention", "margin", "discount", "acquisition_cost", "retention_cost")
               if terms[name] or not name.endswith("cost")]
    raised = timings["renewal"]["five_points_more"]["retention"]
    rows = [
        ["", *timings], ["first margin", *FIRST_MARGINS.values()],
        ["lifetime value", *(_amount(one["lifetime_value"]) for one in every)],
        ["times the margin, before costs", *(f"{one['margin_multiple']:,.3f}" for one in every)],
        [], ["change of the value, with a driver 1 % better:"],
        *(_effect(name, terms, [one["percent_with_1_percent_better"] for one in every]) for name in drivers),
        [], ["the same for the equity of a steady inflow, except:"],
        _effect("discount", terms, [one["equity_percent_with_1_percent_better"] for one in every]),
        [], ["the value, with 5 points more of retention:"],
        [f"  {_amount(terms['retention'], 'retention')} to {_amount(raised, 'retention')}",
         *(_amount(one["five_points_more"]["lifetime_value"]) for one in every)],
        ["  change", *(_percent(one["five_points_more"]["percent"]) for one in every)],
    ]
    note = ["", NOT_DEFINED] if any(MISSING in row for row in rows) else []
    return [_customer(terms), _stay(float(terms["retention"])), "", *columns(rows), *note]


def _effect(driver: str, terms: Mapping[str, Any], percents: Sequence[Mapping[str, float]]) -> list[str]:
    """A driver, from what to what, and the change for each timing."""
    better = terms[driver] * (1.01 if driver in ("retention", "margin") else 0.99)
    return [f"  {driver.replace('_', ' ')} {_amount(terms[driver], driver)} to {_amount(better, driver)}",
            *(_percent(one.get(driver, nan)) for one in percents)]


def _customer(terms: Mapping[str, Any]) -> str:
    """The customer in a sentence."""
    grows = f", growing by {_amount(terms['growth'], 'discount')} per period" if terms["growth"] else ""
    costs = [f"{_amount(terms[name])} {what}" for name, what in
             (("acquisition_cost", "to win"), ("retention_cost", "to keep, before each renewal")) if terms[name]]
    end = "for ever" if terms["periods"] is None else f"at most {terms['periods']} margins"
    return (f"A customer with a margin of {_amount(terms['margin'])} a period{grows}, retention "
            f"{_amount(terms['retention'], 'retention')}, discount {_amount(terms['discount'], 'discount')}, {end}"
            f"{'; ' + ', '.join(costs) if costs else ''}.")


def _stay(retention: float) -> str:
    """How long customers stay, in a sentence."""
    from sim.equity.clv import mean_lifetime, median_lifetime

    if retention >= 1.0:
        return "Customers stay for ever."
    return (f"Customers stay {mean_lifetime(retention):,.3g} periods on average; half are gone after "
            f"{median_lifetime(retention):,.3g} renewals.")


def _amount(value: float, driver: str = "") -> str:
    """Money with two decimals; retention and discount as shares."""
    if driver in ("retention", "discount"):
        return f"{100.0 * value:.4g} %"
    return f"{value:,.2f}" if isfinite(value) else MISSING


def _percent(value: float) -> str:
    return f"{value:+.2f} %" if isfinite(value) else MISSING
