"""Thirty ways to split a budget: profit now against what the customers are worth."""

import numpy as np
import pandas as pd

NEEDS = ("goal_1", "goal_2", "on_front")


def table() -> pd.DataFrame:
    share = np.linspace(0, 1, 6)
    best = pd.DataFrame({"goal_1": 40_000 - 22_000 * share**2, "goal_2": 30_000 + 45_000 * share, "on_front": True,
                         "firms.Root.spending.relations": share, "role": "front"})
    turn = np.arange(24) * 2.4
    rest = pd.DataFrame({"goal_1": 18_000 + 6_000 * np.cos(turn), "goal_2": 38_000 + 9_000 * np.sin(turn),
                         "on_front": False, "firms.Root.spending.relations": 0.5, "role": ["start"] + ["tried"] * 23})
    found = pd.concat([best, rest], ignore_index=True).assign(n=20)
    for goal, half in ((1, 900.0), (2, 2_100.0)):
        mean = found[f"goal_{goal}"]
        found[f"goal_{goal}_low"], found[f"goal_{goal}_high"] = mean - half, mean + half
    found.attrs.update(goal_words=("profit of the first year", "customer equity"), goal_units=("money", "money"),
                       currency="EUR", firm="Root")
    return found
