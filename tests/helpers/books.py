"""The books of firms without a market: made by hand, and played for some periods."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.state import ACCOUNTS, COUNTS
from sim.firms.book import FirmBook, Opening, Rows
from sim.registry import EVENTS
from sim.scenario.schema import FirmSection, Scenario


def market(
    *events: dict[str, Any], firms: dict[str, Any] | None = None, seed: int = 1, **sections: Any
) -> FirmBook:
    """The books of two firms, or of these, with events and any other section of a scenario."""
    chosen = firms or {"Rush": {"spending": {"advertising": 0.8}}, "Root": {"spending": {"relations": 0.8}}}
    sections = {"firms": {name: FirmSection(**firm) for name, firm in chosen.items()},
                "product": {"information_cost": 0.0}, **sections}
    found = [EVENTS.find(event["kind"]).model_validate(event) for event in events]
    return FirmBook(Scenario(question="?", events=found, **sections), seed)


def play(book: FirmBook, periods: int, cuts: int = 0, known: int = 300) -> list[tuple[Opening, Rows]]:
    """Periods in which every firm sells for 8,000.00, with price cuts as the rows say, and everybody is treated."""
    history = []
    count = len(book.names)
    start = book.states[0].account.periods
    for period in range(start, start + periods):
        opening = book.open(period, 2000)
        rows = book.rows(opening, [known] * count)
        ledger, counts = opening.lumps.copy(), np.zeros((len(COUNTS), count), np.int64)
        ledger[ACCOUNTS.index("revenue")] = 800_000
        ledger[ACCOUNTS.index("relations")] = rows.firm.relation_cost * known
        ledger[ACCOUNTS.index("price_cuts")] = (rows.firm.cut_everyone > 0) * cuts
        counts[COUNTS.index("active_customers")] = 500
        counts[COUNTS.index("known_customers")] = known
        counts[COUNTS.index("trust_total")] = 123_456
        book.close(rows, ledger, counts)
        history.append((opening, rows))
    return history
