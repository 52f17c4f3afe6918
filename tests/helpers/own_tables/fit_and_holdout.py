"""An example for the picture `fit_and_holdout`."""

import pandas as pd

NEEDS = ("part", "frequency", "actual", "expected")


def table() -> pd.DataFrame:
    """Customers by repeat purchases, and purchases in a hold-out."""
    fit = pd.DataFrame({"part": "fit", "frequency": range(8), "actual": [1411, 439, 214, 100, 62, 38, 29, 64],
                        "expected": [1408.0, 460.0, 192.0, 101.0, 60.0, 38.0, 26.0, 72.0]})
    later = pd.DataFrame({"part": "holdout", "frequency": range(8), "actual": [0.2, 0.7, 1.4, 1.6, 2.5, 2.9, 3.9, 6.4],
                          "expected": [0.2, 0.5, 1.0, 1.5, 2.2, 2.7, 3.5, 6.2]})
    later = later.assign(low=later["actual"] - 0.1, high=later["actual"] + 0.1)
    return pd.concat([fit, later], ignore_index=True)
