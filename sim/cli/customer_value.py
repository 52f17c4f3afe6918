"""The closed lifetime value as a table: three timings side by side, one per cent of each driver, five points more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from sim.equity.clv import TIMINGS, lifetime_value, mean_lifetime, median_lifetime
from sim.equity.elasticity import DriverEffect, elasticity, five_points
from sim.text.console import columns

FIRST_MARGINS = {"immediate": "now", "next_period": "after 1 period", "renewal": "after 1 period, if renewed"}
_DRIVERS = ("retention", "margin", "discount", "acquisition_cost", "retention_cost")
NO_NUMBER = "-: no such number, because the value is not above 0 or without end, or retention would be above 100 %."
_SHARES = ("retention", "discount")


@dataclass(frozen=True)
class Valued:
    """One timing: the value, the multiple of the margin without costs, what 1 % does, and five points of retention."""

    value: float
    multiple: float
    effects: Mapping[str, DriverEffect]
    raised: float
    raised_value: float
    raised_percent: float


def valued(terms: Mapping[str, Any], timing: str) -> Valued:
    """Everything that is told about one timing; effects are empty where the value is not above 0.

    Raises:
        ValueError: a number is outside its range, or the value has no end.
    """
    value = float(lifetime_value(**terms, timing=timing))
    without = {**terms, "margin": 1.0, "acquisition_cost": 0.0, "retention_cost": 0.0}
    more = five_points(**terms, timing=timing)
    effects = elasticity(**terms, timing=timing) if value > 0.0 else {}
    return Valued(value, float(lifetime_value(**without, timing=timing)), effects, float(more.raised),
                  float(more.raised_value), float(more.percent))


def told(terms: Mapping[str, Any]) -> list[str]:
    """The lines of the table."""
    every = {timing: valued(terms, timing) for timing in TIMINGS}
    rows = [
        ["", *TIMINGS], ["first margin", *(FIRST_MARGINS[timing] for timing in TIMINGS)],
        ["lifetime value", *(_amount(one.value) for one in every.values())],
        ["times the margin, before costs", *(f"{one.multiple:,.3f}" for one in every.values())],
        [], ["the value, with 1 % better:"],
        *(_effect_row(driver, terms, every) for driver in _DRIVERS if terms[driver] or not driver.endswith("cost")),
        [], ["equity of a steady inflow of customers: the same, but"], _equity_row(terms, every),
        [], ["the value, with 5 points more of retention:"],
        [f"  {_as('retention', terms['retention'])} to {_as('retention', every['renewal'].raised)}",
         *(_amount(one.raised_value) for one in every.values())],
        ["  change", *(_percent(one.raised_percent) for one in every.values())],
    ]
    note = ["", NO_NUMBER] if any("-" in row for row in rows) else []
    return [_about(terms), _stay(float(terms["retention"])), "", *columns(rows), *note]


def as_data(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain data; what does not exist is NaN."""
    every = {timing: valued(terms, timing) for timing in TIMINGS}
    staying = float(terms["retention"]) < 1.0
    return {
        **terms, "mean_lifetime_periods": float(mean_lifetime(terms["retention"])) if staying else nan,
        "timings": {
            timing: {
                "first_margin": FIRST_MARGINS[timing], "lifetime_value": one.value, "margin_multiple": one.multiple,
                "percent_with_1_percent_better": _figures(one, "value_percent"),
                "equity_percent_with_1_percent_better": _figures(one, "equity_percent"),
                "elasticity": _figures(one, "value_point"),
                "five_points_more": {"retention": one.raised, "lifetime_value": one.raised_value,
                                     "percent": one.raised_percent},
            }
            for timing, one in every.items()
        },
    }


def _figures(one: Valued, which: str) -> dict[str, float]:
    return {driver: getattr(effect, which) for driver, effect in one.effects.items()}


def _about(terms: Mapping[str, Any]) -> str:
    """The customer in a sentence."""
    grows = f", growing by {_as('discount', terms['growth'])} each" if terms["growth"] else ""
    costs = [f"{_amount(terms[name])} to {verb}" for name, verb in
             (("acquisition_cost", "win"), ("retention_cost", "keep, each time")) if terms[name]]
    end = "for ever" if terms["periods"] is None else f"at most {terms['periods']} margins"
    return (f"A customer with a margin of {_amount(terms['margin'])} a period{grows}, retention "
            f"{_as('retention', terms['retention'])}, discount {_as('discount', terms['discount'])}, {end}"
            f"{'; ' + ', '.join(costs) if costs else ''}.")


def _stay(retention: float) -> str:
    """How long customers stay, in a sentence."""
    if retention >= 1.0:
        return "Customers stay for ever."
    return (f"Customers stay {mean_lifetime(retention):,.3g} periods on average; half are gone after "
            f"{median_lifetime(retention):,.3g} renewals.")


def _effect_row(driver: str, terms: Mapping[str, Any], every: Mapping[str, Valued]) -> list[str]:
    """A driver, from what to what, and the change of the value for each timing."""
    up = driver in ("retention", "margin")
    before, after = terms[driver], terms[driver] * (1.01 if up else 0.99)
    label = f"  {driver.replace('_', ' ')} {_as(driver, before)} to {_as(driver, after)}"
    return [label, *(_percent(one.effects[driver].value_percent if one.effects else nan) for one in every.values())]


def _equity_row(terms: Mapping[str, Any], every: Mapping[str, Valued]) -> list[str]:
    """Of equity only discount does something else than to the value: it counts for later customers too."""
    before = terms["discount"]
    label = f"  discount {_as('discount', before)} to {_as('discount', 0.99 * before)}"
    return [label, *(_percent(one.effects["discount"].equity_percent if one.effects else nan)
                     for one in every.values())]


def _as(driver: str, value: float) -> str:
    return f"{100.0 * value:.4g} %" if driver in _SHARES else _amount(value)


def _amount(value: float) -> str:
    """Money with two decimals.

    >>> _amount(1234.5), _amount(float("nan"))
    ('1,234.50', '-')
    """
    return f"{value:,.2f}" if isfinite(value) else "-"


def _percent(value: float) -> str:
    """A change in per cent with its sign.

    >>> _percent(3.5897), _percent(float("nan"))
    ('+3.59 %', '-')
    """
    return f"{value:+.2f} %" if isfinite(value) else "-"
