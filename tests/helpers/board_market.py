"""A small market with everything that a report must show, and with words that must not become markup."""

from __future__ import annotations

from typing import Any

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
