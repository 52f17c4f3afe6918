"""Effects of 3a + bc over the unit cube and of nothing: μ* and σ worked out (b and c: 1/2 on average, σ as wide)."""

import pandas as pd

NEEDS = ("factor", "mean_absolute", "depends")


def table() -> pd.DataFrame:
    found = pd.DataFrame({
        "factor": ["product.information_cost", "market.leave_per_year", "people.taste.strength", "people.basket.mean"],
        "label": ["cost of knowing one customer", "", "", "basket: mean over people"],
        "mean_absolute": [3_000.0, 500.0, 500.0, 0.0], "spread": [0.0, 330.0, 610.0, 0.0], "n": 8,
        "depends": ["much the same everywhere", "depends on the rest", "depends strongly on the rest",
                    "much the same everywhere"],
    })
    found["mean_absolute_low"], found["mean_absolute_high"] = found["mean_absolute"] * 0.6, found["mean_absolute"] * 1.4
    found.attrs.update(outcome_words="customer equity", unit="money", currency="EUR", option_a="Rush", option_b="Root",
                       comparisons=49)
    return found
