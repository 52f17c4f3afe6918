"""A difference in profit walked in four steps; costs take away, and one step is too close to call."""

from __future__ import annotations

import pandas as pd

NEEDS = ("step", "part")


def table() -> pd.DataFrame:
    """Steps in euros that add up to the last row."""
    rows = [
        ("customers won", -4_300.0, -5_100.0, -3_500.0), ("how long they stayed", 9_800.0, 8_200.0, 11_400.0),
        ("what they paid while they stayed", 310.0, -900.0, 1_520.0), ("costs", -2_108.0, -2_500.0, -1_716.0),
        ("difference", 3_702.0, 1_900.0, 5_504.0),
    ]
    made = pd.DataFrame(rows, columns=["step", "part", "low", "high"]).assign(n=10)
    made.attrs.update(outcome_words="discounted profit to date", unit="money", currency="EUR", option_a="Rush",
                      option_b="Root")
    return made
