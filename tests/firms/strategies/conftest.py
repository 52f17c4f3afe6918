"""A firm's view of a small market, for the tests of strategies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.engine.state import ACCOUNTS, COUNTS
from sim.firms.plans import MarketFacts, NamedValues, Seen, Sighting, VisibleLevers, changed, recorded
from sim.scenario.calendar import PERIODS_PER_YEAR, Calendar
from sim.scenario.schema.firm import Levers
from sim.scenario.schema.market import Product

MakeSeen = Callable[..., Seen]
USUAL = {"active_customers": 500, "known_customers": 300, "contacts": 800, "units": 900, "complaints": 12}


def make(budget: int = 40_000, **facts: Any) -> Seen:
    """A view; facts: counts, ledger, level, written, period, public, advertising."""
    written = changed(facts.get("written", Levers()), {"information": facts.get("level", "identity")})
    books = {"revenue": 800_000, "goods": 400_000, **facts.get("ledger", {})}
    counts = {**dict.fromkeys(COUNTS, 0), **USUAL, **facts.get("counts", {})}
    period = facts.get("period", 12)
    usual = (Sighting(0, VisibleLevers.of(written, 10.0)),)
    shown = {"Own": usual, "Other": usual, **facts.get("public", {})}
    row = NamedValues(ACCOUNTS, tuple(books.get(name, 0) for name in ACCOUNTS))
    return Seen(
        firm="Own", period=period, year=period / 12, calendar=Calendar(PERIODS_PER_YEAR["month"]),
        levers=written, written=written, budget=budget, allowance=facts.get("allowance", budget), minor_units=100,
        market=MarketFacts(2000, Product()), ledger=row, cumulative=row,
        counts=recorded(written.information, [counts[name] for name in COUNTS]),
        public=NamedValues(tuple(shown), tuple(shown.values())),
        advertising=NamedValues(tuple(shown), tuple(facts.get("advertising", {}).get(name, 0) for name in shown)),
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_seen() -> MakeSeen:
    """The maker of views."""
    return make
