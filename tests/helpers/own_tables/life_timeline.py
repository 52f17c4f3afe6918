"""A short life in two variants: a past, two firms, every lane with good and bad news, and a moment where they part."""

from __future__ import annotations

import pandas as pd

NEEDS = ("variant", "year", "row", "firm", "value")
EVENTS = (
    (-0.5, "buys", "Rush", 1.0), (0.2, "contacted", "Root", 1.0), (0.3, "contacted", "Rush", -1.0),
    (0.5, "let_down", "Rush", 1.0), (0.5, "complains", "Rush", 1.0), (0.8, "hears", "Root", 1.0),
    (0.9, "hears", "Rush", -1.0), (1.1, "tells", "Rush", -1.0), (1.2, "tells", "Root", 1.0), (1.2, "buys", "Root", 1.0),
)


def table() -> pd.DataFrame:
    """Twelve months before the start and eighteen after it."""
    rows = []
    for place, variant in enumerate(("As written", "quick_answers")):
        rows += [(variant, *event) for event in EVENTS[:len(EVENTS) - place]]
        for month in range(-11, 19):
            year = month / 12
            rows += [(variant, year, "needs", "", 0.5 + 0.01 * month), (variant, year, "mood", "", -0.02 * month)]
            rows += [(variant, year, row, firm, value * (month + 12) / 30)
                     for firm, share in (("Rush", 0.4), ("Root", 0.9))
                     for row, value in (("satisfaction", share), ("paid", 400 * share))]
    made = pd.DataFrame(rows, columns=list(NEEDS))
    made.attrs.update(
        firms=["Rush", "Root"], met=["Rush", "Root"], currency="EUR", finding="Anna (0): the lives part in month 6",
        parting_year=0.5, happened={"As written": "Rush does not answer the complaint.",
                                    "quick_answers": "Rush answers the complaint and makes up for it."})
    return made
