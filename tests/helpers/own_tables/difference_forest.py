"""Differences in four units: clear ones, one too close to call, one that is exactly nothing, one without a number."""

import pandas as pd

NEEDS = ("difference", "low", "high", "verdict")


def table() -> pd.DataFrame:
    nothing = "no difference at all (identical in every run)"
    unknown = float("nan")
    rows = [
        ("customer_equity_money", "money", 13_700.0, 9_800.0, 17_500.0, "higher"),
        ("cumulative_discounted_profit_money", "money", -4_700.0, -6_900.0, -2_400.0, "lower"),
        ("kept_one_year_share", "share", 0.11, 0.09, 0.13, "higher"),
        ("truly_loyal_survey_share", "share", 0.02, -0.01, 0.05, "too close to call"),
        ("new_customers_last_year_people", "people", -145.0, -171.0, -120.0, "lower"),
        ("active_customers_people", "people", unknown, unknown, unknown, "no number"),
        ("satisfaction_0_1", "0..1", 0.0, 0.0, 0.0, nothing),
    ]
    found = pd.DataFrame(rows, columns=["metric", "unit", "difference", "low", "high", "verdict"])
    found = found.assign(n=40, firm_a="Rush", firm_b="Root")
    found.attrs["currency"] = "EUR"
    return found
