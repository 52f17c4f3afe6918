"""`sim clv`: what a customer is worth, in closed form: three timings side by side, and what would raise the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, show
from sim.text.console import columns
from sim.text.numbers import MISSING

if TYPE_CHECKING:
    from sim.equity.elasticity import DriverEffect

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
        values = {timing: ValueOfTiming.of(terms, timing) for timing in FIRST_MARGINS}
    except (TypeError, ValueError) as error:
        name, colon, rest = str(error).partition(":")
        hint = f" ({retention:g} % is {retention / 100:g})" if name == "retention" and 1.0 < retention <= 100.0 else ""
        raise CannotDoError(f"--{name.replace('_', '-')}{colon}{rest}{hint}.") from None
    show(as_json, lambda: _lines(terms, values), lambda: _as_data(terms, values))


@dataclass(frozen=True)
class ValueOfTiming:
    """One timing: the value, the multiple of the margin without costs, what 1 % does, and five points of retention.

    `effects` is empty where the value is not above 0.
    """

    value: float
    multiple: float
    effects: Mapping[str, DriverEffect]
    raised: float
    raised_value: float
    raised_percent: float

    @classmethod
    def of(cls, terms: Mapping[str, Any], timing: str) -> ValueOfTiming:
        """The value of one timing.

        Raises:
            ValueError: a number is outside its range, or the value has no end.
        """
        from sim.equity.clv import lifetime_value
        from sim.equity.elasticity import elasticity, five_points

        value = float(lifetime_value(**terms, timing=timing))
        without = {**terms, "margin": 1.0, "acquisition_cost": 0.0, "retention_cost": 0.0}
        more = five_points(**terms, timing=timing)
        effects = elasticity(**terms, timing=timing) if value > 0.0 else {}
        return cls(value, float(lifetime_value(**without, timing=timing)), effects, float(more.raised),
                   float(more.raised_value), float(more.percent))

    def effect(self, driver: str, figure: str) -> float:
        """What 1 % of a driver does; NaN where nobody can say."""
        return float(getattr(self.effects[driver], figure)) if self.effects else nan


def _lines(terms: Mapping[str, Any], values: Mapping[str, ValueOfTiming]) -> list[str]:
    """The customer in a sentence, and the table."""
    every = list(values.values())
    drivers = [name for name in ("retention", "margin", "discount", "acquisition_cost", "retention_cost")
               if terms[name] or not name.endswith("cost")]
    steps = {name: f"{name.replace('_', ' ')} {_amount(terms[name], name)} to {_amount(_better(terms, name), name)}"
             for name in drivers}
    raised = f"{_amount(terms['retention'], 'retention')} to {_amount(values['renewal'].raised, 'retention')}"
    rows = [
        ["", *values], ["first margin", *(FIRST_MARGINS[timing] for timing in values)],
        ["lifetime value", *(_amount(one.value) for one in every)],
        ["times the margin, before costs", *(f"{one.multiple:,.3f}" for one in every)],
        [], ["change of the value, with a driver 1 % better:"],
        *([f"  {steps[name]}", *(_percent(one.effect(name, "value_percent")) for one in every)] for name in drivers),
        [], ["change of the equity of a steady inflow of customers: the same, except for"],
        [f"  {steps['discount']}", *(_percent(one.effect("discount", "equity_percent")) for one in every)],
        [], ["the value, with 5 points more of retention:"],
        [f"  {raised}", *(_amount(one.raised_value) for one in every)],
        ["  change", *(_percent(one.raised_percent) for one in every)],
    ]
    note = ["", NOT_DEFINED] if any(MISSING in row for row in rows) else []
    return [_customer(terms), _stay(float(terms["retention"])), "", *columns(rows), *note]


def _as_data(terms: Mapping[str, Any], values: Mapping[str, ValueOfTiming]) -> dict[str, Any]:
    """The same as plain data; what does not exist is NaN."""
    from sim.equity.clv import mean_lifetime

    staying = float(terms["retention"]) < 1.0
    return {
        **terms, "mean_lifetime_periods": float(mean_lifetime(terms["retention"])) if staying else nan,
        "timings": {
            timing: {
                "first_margin": FIRST_MARGINS[timing], "lifetime_value": one.value, "margin_multiple": one.multiple,
                "percent_with_1_percent_better": {name: one.effect(name, "value_percent") for name in one.effects},
                "equity_percent_with_1_percent_better": {
                    name: one.effect(name, "equity_percent") for name in one.effects},
                "elasticity": {name: one.effect(name, "value_point") for name in one.effects},
                "five_points_more": {"retention": one.raised, "lifetime_value": one.raised_value,
                                     "percent": one.raised_percent},
            }
            for timing, one in values.items()
        },
    }


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


def _better(terms: Mapping[str, Any], driver: str) -> float:
    return float(terms[driver]) * (1.01 if driver in ("retention", "margin") else 0.99)


def _amount(value: float, driver: str = "") -> str:
    """Money with two decimals; retention and discount as shares.

    >>> _amount(1234.5), _amount(float("nan")), _amount(0.808, "retention")
    ('1,234.50', '-', '80.8 %')
    """
    if driver in ("retention", "discount"):
        return f"{100.0 * value:.4g} %"
    return f"{value:,.2f}" if isfinite(value) else MISSING


def _percent(value: float) -> str:
    """A change in per cent with its sign.

    >>> _percent(3.5897), _percent(float("nan"))
    ('+3.59 %', '-')
    """
    return f"{value:+.2f} %" if isfinite(value) else MISSING
