"""An example for the picture `equity_waterfall`: a small statement of two firms over ten runs."""

from __future__ import annotations

import pandas as pd

NEEDS = ("firm", "line")
AMOUNTS = {"opening": 100.0, "acquired": 40.0, "developed": 20.0, "lost": -30.0, "eroded": -25.0, "closing": 105.0}


def table() -> pd.DataFrame:
    """Two firms, the second with twice the amounts."""
    found = pd.DataFrame([
        {"firm": firm, "line": line, "mean": size * amount, "low": size * amount - 5, "high": size * amount + 5,
         "n": 10}
        for size, firm in enumerate(("Rush", "Root"), start=1) for line, amount in AMOUNTS.items()
    ])
    found.attrs.update(currency="EUR", part="today's customers", start_year=1.0, end_year=3.0)
    return found
