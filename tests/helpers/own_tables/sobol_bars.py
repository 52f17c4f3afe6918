"""Indices of the Ishigami function with a = 7, b = 0.1 (Ishigami and Homma 1990; closed form), as if with intervals."""

import pandas as pd

NEEDS = ("factor", "first", "total")


def table() -> pd.DataFrame:
    found = pd.DataFrame({
        "factor": ["psychology.choice.price", "market.leave_per_year", "people.taste.strength"],
        "first": [0.3139, 0.4424, 0.0], "total": [0.5576, 0.4424, 0.2437], "n": 4096,
    })
    for kind in ("first", "total"):
        found[f"{kind}_low"], found[f"{kind}_high"] = found[kind] - 0.03, found[kind] + 0.03
    found.attrs.update(outcome_words="customer equity", option_b="Root")
    return found
