"""An example of the table of `true_against_estimated`."""

from __future__ import annotations

import numpy as np
import pandas as pd

NEEDS = ("title", "estimate_money", "residual_money")


def table(estimators: int = 6, customers: int = 80) -> pd.DataFrame:
    """Values of all sizes, below 0 too, and estimates that are worse from panel to panel."""
    luck = np.random.default_rng(1)
    true = np.round(luck.normal(0.0, 1.0, customers) * np.exp(luck.normal(3.0, 1.5, customers)), 2)
    titles = [f"Estimator {number}" for number in range(estimators)]
    parts = [
        pd.DataFrame({"title": title, "estimate_money": true * 0.8 + luck.normal(0.0, 5.0 * place + 1.0, customers),
                      "residual_money": true})
        for place, title in enumerate(titles)
    ]
    made = pd.concat(parts, ignore_index=True)
    made.attrs |= {"rank_correlation": {title: 0.9 - 0.1 * place for place, title in enumerate(titles)}, "firm": "Root",
                   "futures": 20, "at": 2.0, "horizon": 5.0, "currency": "EUR"}
    return made
