"""A calibration with a target met and a target missed by three tolerances."""

import pandas as pd

NEEDS = ("label", "difference", "fits")


def table() -> pd.DataFrame:
    found = pd.DataFrame({
        "label": ["Root.kept_one_year_share", "Root.price_paid_money"], "unit": ["share", "money"],
        "wanted": [0.60, 4.0], "tolerance": [0.03, 0.2], "fitted": [0.615, 4.6], "difference": [0.5, 3.0],
        "low": [0.2, 2.6], "high": [0.8, 3.4], "fits": [True, False], "verdict": ["within its tolerance", "missed"],
        "n": 20,
    })
    found.attrs.update(currency="EUR", finding="1 of 2 targets met")
    return found
