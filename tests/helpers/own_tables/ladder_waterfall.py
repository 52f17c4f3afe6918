"""Mechanisms added one by one: one takes away, one is too close to call."""

import pandas as pd

NEEDS = ("mechanism", "added", "total")


def table() -> pd.DataFrame:
    rows = [
        ("start", "no mechanism", -2_400.0, 700.0, float("nan")),
        ("taste", "", 900.0, 1_200.0, 300.0),
        ("satisfaction", "", 6_200.0, 1_200.0, 4_100.0),
        ("trust", "", 5_100.0, 1_100.0, 2_600.0),
        ("word_of_mouth", "", -1_900.0, 900.0, -2_200.0),
        ("commitment", "", 5_800.0, 1_100.0, 5_800.0),
    ]
    found = pd.DataFrame(rows, columns=["mechanism", "label", "added", "half", "left_out"]).assign(n=20)
    found["total"] = found["added"].cumsum()
    for name in ("added", "total"):
        found[f"{name}_low"], found[f"{name}_high"] = found[name] - found["half"], found[name] + found["half"]
    found.attrs.update(outcome_words="customer equity", unit="money", currency="EUR", option_a="Rush", option_b="Root")
    return found
