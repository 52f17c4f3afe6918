"""Five assumptions moved one at a time; the first two reverse the sign of the lead."""

import pandas as pd

NEEDS = ("factor", "low", "high", "base", "at_low", "at_high")


def table() -> pd.DataFrame:
    rows = [
        ("product.information_cost", "cost of knowing one customer", 1.0, 12.0, 31_000.0, -9_500.0),
        ("market.leave_per_year", "share leaving the market a year", 0.02, 0.4, 24_000.0, -2_000.0),
        ("psychology.bonds.habit_gain", "habit gained by a purchase", 0.05, 0.3, 6_000.0, 21_000.0),
        ("psychology.choice.price", "weight of the price", 3.0, 9.0, 15_500.0, 9_800.0),
        ("people.taste.strength", "", 0.5, 3.0, 12_000.0, 14_000.0),
    ]
    found = pd.DataFrame(rows, columns=["factor", "label", "low", "high", "at_low", "at_high"])
    found = found.assign(base=13_700.0, n=20)
    for end in ("low", "high"):
        found[f"at_{end}_from"], found[f"at_{end}_to"] = found[f"at_{end}"] - 1_500.0, found[f"at_{end}"] + 1_500.0
    found.attrs.update(outcome_words="customer equity", unit="money", currency="EUR", option_a="Rush", option_b="Root")
    return found
