"""Five forecasts of a class: three name the right winner, one has no number."""

from __future__ import annotations

import pandas as pd

NEEDS = ("difference", "sure")


def table() -> pd.DataFrame:
    """Differences in euros, and how sure."""
    rows = [(5_000.0, 0.8, True), (-3_000.0, 0.6, False), (12_000.0, 0.95, True), (-800.0, 0.9, False),
            (None, 0.7, True)]
    made = pd.DataFrame(rows, columns=["difference", "sure", "right"]).assign(low=2_100.0, high=8_400.0)
    made.attrs.update(outcome_words="customer equity", unit="money", currency="EUR", option_a="Rush", option_b="Root",
                      runs=10)
    return made
