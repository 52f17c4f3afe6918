"""Six by five fields, those along the border split into four; beside it nobody is sure to win."""

from itertools import pairwise

import numpy as np
import pandas as pd

NEEDS = ("x", "y", "x_low", "x_high", "y_low", "y_high", "winner")
UNDECIDED = "too close to call"


def lead(x: float, y: float) -> float:
    return float(4_000 * (np.log(x / 8) + 1.5 * (y - 0.35)))


def field(x: tuple[float, float], y: tuple[float, float]) -> dict[str, object]:
    middle = float(np.sqrt(x[0] * x[1])), (y[0] + y[1]) / 2
    value = lead(*middle)
    return {"x": middle[0], "y": middle[1], "x_low": x[0], "x_high": x[1], "y_low": y[0], "y_high": y[1],
            "difference": value, "low": value - 900, "high": value + 900, "n": 20,
            "winner": UNDECIDED if abs(value) < 900 else "Intimate" if value > 0 else "Mass"}


def table() -> pd.DataFrame:
    rows = []
    for x in pairwise(np.geomspace(0.4, 160, 7)):
        for y in pairwise(np.linspace(0.05, 0.65, 6)):
            if abs(lead(float(np.sqrt(x[0] * x[1])), (y[0] + y[1]) / 2)) > 3_000:
                rows.append(field(x, y))
                continue
            middle = float(np.sqrt(x[0] * x[1])), (y[0] + y[1]) / 2
            rows += [field(across, up) for across in ((x[0], middle[0]), (middle[0], x[1]))
                     for up in ((y[0], middle[1]), (middle[1], y[1]))]
    found = pd.DataFrame(rows)
    found.attrs.update(x_label="price", x_unit="money", y_label="margin, share of the price", x_scale="log",
                       here=(0.8, 0.3), option_a="Mass", option_b="Intimate", currency="EUR", outcome_words="profit")
    return found
