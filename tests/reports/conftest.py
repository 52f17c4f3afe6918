"""A small market with everything that a report must show, and with words that must not become markup."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.studies.compare import Comparison

NASTY = "<script>alert('x')</script> & \"quotes\" <b>bold</b> {{ 7 * 7 }} {% raw %}"

SCENARIO: dict[str, Any] = {
    "title": f"Deals {NASTY}",
    "question": f"Who is worth more? {NASTY}",
    "notes": f"First paragraph {NASTY}.\n\nSecond paragraph.",
    "market": {"customers": 300, "aware_at_start": 0.3},
    "clock": {"years": 2},
    "people": {"purchases_per_year": {"mean": 12}},
    "firms": {
        "Rush & Co": {"information": "sales", "spending": {"advertising": 1}},
        "Root": {"information": "reasons", "spending": {"advertising": 0.2, "relations": 0.8}},
    },
    "what_if": {
        "many_leave": {"market": {"leave_per_year": 0.5}},
        "nothing": {},
    },
    "expect": [
        {"metric": "customer_equity_money", "firm": "Root", "above": "Rush & Co", "why": f"because {NASTY}"},
        {"metric": "active_customers_people", "firm": "Root", "below": "many_leave", "against": "what_if", "why": "no"},
    ],
}


@pytest.fixture(scope="session")
def study() -> Comparison:
    return sim.compare(SCENARIO, 4, seed=3)


@pytest.fixture(scope="session")
def options() -> Comparison:
    """A market in which one firm has two options."""
    deeper = {"firms": {"Root": {"spending": {"relations": 0.4}}}}
    none = {"firms": {"Root": {"spending": {"relations": 0, "advertising": 0}}}}
    return sim.compare({**SCENARIO, "what_if": {"less_care": deeper, "no_spending": none}, "expect": []}, 4, seed=3)
