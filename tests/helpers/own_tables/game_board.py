"""Four teams: one far ahead in the game and elsewhere, one whose luck here is not repeated, one with a loss."""

from __future__ import annotations

import pandas as pd

NEEDS = ("team", "own", "mean")


def table() -> pd.DataFrame:
    """Profit to date in the game and the mean over eight other markets, in euros."""
    rows = [("Red", 9_200.0, 8_100.0, 7_000.0, 9_200.0), ("Blue", 6_400.0, 2_900.0, 1_200.0, 4_600.0),
            ("Green", 3_100.0, 7_300.0, 6_000.0, 8_600.0), ("Gold", -1_250.0, -900.0, -2_400.0, 600.0)]
    made = pd.DataFrame(rows, columns=["team", "own", "mean", "low", "high"]).assign(n=8)
    made.attrs.update(currency="EUR", firms=["Red", "Green", "Blue", "Gold"], rivals=["Green"])
    return made
