"""The offers of two firms in two variants, eleven lines each: two are too small to be shown by name."""

from __future__ import annotations

import pandas as pd

NEEDS = ("variant", "firm", "chosen", "part", "line", "utility")
LINES = (
    ("gets", "benefit expected", 3.2), ("gives", "price", -6.1), ("gives", "effort", -0.4),
    ("gives", "risk felt", -0.9), ("is tied by", "habit", 0.6), ("is tied by", "commitment", 0.5),
    ("is tied by", "grievance", -0.3),
    ("also counts", "surprise expected", 0.2), ("also counts", "mood", 0.02), ("also counts", "rewards", 0.15),
    ("also counts", "shared values", 0.0),
)


def table() -> pd.DataFrame:
    """Root is chosen as written; where its promise is lower, Rush is."""
    rows = [
        (variant, firm, (variant == "modest") == (firm == "Rush"), part, line, utility * scale)
        for variant in ("As written", "modest") for firm, scale in (("Rush", 1.0), ("Root", 0.9))
        for part, line, utility in LINES
    ]
    made = pd.DataFrame(rows, columns=list(NEEDS))
    made.attrs.update(firms=["Rush", "Root"], finding="Anna (0), month 7: what each offer is worth")
    return made
