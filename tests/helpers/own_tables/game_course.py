"""Three teams over two rounds of six months: one overtakes, one makes a loss."""

from __future__ import annotations

import pandas as pd

NEEDS = ("round", "firm", "money")


def table() -> pd.DataFrame:
    """Profit to date in euros, month by month."""
    each = {"Red": 210.0, "Blue": 150.0, "Green": -60.0}
    made = pd.DataFrame([{"round": month / 6, "firm": team, "money": slope * month + (20 * month**2 if team == "Blue"
                                                                                    else 0)}
                         for team, slope in each.items() for month in range(1, 13)])
    made.attrs.update(currency="EUR", firms=list(each))
    return made
