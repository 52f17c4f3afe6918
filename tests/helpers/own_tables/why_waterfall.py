"""A difference shared out among four decisions and a position; one part takes away, two are too close to call."""

from __future__ import annotations

import pandas as pd

NEEDS = ("decision", "part")


def table() -> pd.DataFrame:
    """Parts in euros that add up to the last row."""
    rows = [
        ("promise", 12.0, -30.0, 54.0), ("knowing and caring", -1_180.0, -1_600.0, -760.0),
        ("price", 2_330.0, 1_900.0, 2_760.0), ("answers to complaints", 140.0, -20.0, 300.0),
        ("position, not decisions", 900.0, -2_100.0, 3_900.0), ("difference", 2_202.0, 400.0, 4_004.0),
    ]
    made = pd.DataFrame(rows, columns=["decision", "part", "low", "high"]).assign(n=10)
    made.attrs.update(outcome_words="discounted profit to date", unit="money", currency="EUR", option_a="Rush",
                      option_b="Root")
    return made
