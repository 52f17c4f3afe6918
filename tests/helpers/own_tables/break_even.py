"""An example for the picture `break_even`: most, few, and no runs with a crossing, and a what-if of nothing."""

from __future__ import annotations

import pandas as pd

NEEDS = ("firm", "discount_rate", "year", "runs", "overtook", "always_ahead", "never")
NONE = float("nan")
# rate, overtook, always ahead, never, identical, year, low, high
ROWS = ((0.0, 8, 1, 1, 0, 1.5, 1.2, 2.0), (0.05, 1, 7, 2, 0, 2.5, NONE, NONE), (0.1, 0, 0, 10, 0, NONE, NONE, NONE),
        (0.2, 0, 0, 0, 10, NONE, NONE, NONE))


def table() -> pd.DataFrame:
    """Two firms with the same rows."""
    names = ("discount_rate", "overtook", "always_ahead", "never", "identical", "year", "low", "high")
    found = pd.DataFrame([
        {"firm": firm, "world_a": "as written", "world_b": "better", "of_scenario": row[0] == 0.1, "runs": 10,
         **dict(zip(names, row, strict=True))}
        for firm in ("Rush", "Root") for row in ROWS
    ])
    found.attrs["years"] = 4.0
    return found
