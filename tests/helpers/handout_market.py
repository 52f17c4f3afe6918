"""A small market with sliders and with words that must not become markup, and its page."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from sim.handouts.page import Handout, handout

NASTY = "</script><script>document.title = 'taken over'</script>"
FIRM = "<b>Rush</b> & Co"
PROMISE, LEAVING = "firms.Root.promise", "market.leave_per_year"
MARKET: dict[str, Any] = {
    "title": f"Promises {NASTY}",
    "question": f"Who pays for a promise? {NASTY}",
    "market": {"customers": 150, "aware_at_start": 0.3},
    "clock": {"years": 2},
    "firms": {FIRM: {"spending": {"advertising": 1}}, "Root": {"spending": {"advertising": 0.5, "relations": 0.5}}},
    "controls": [
        {"path": PROMISE, "words": f"What Root promises {NASTY}", "range": [0.3, 0.9], "step": 0.05},
        {"path": LEAVING, "words": "Who leaves the market", "range": [0, 0.6], "step": 0.1},
        {"path": "product.price", "words": "What a unit costs", "range": [5, 15], "step": 1},
    ],
    "expect": [{"metric": "customer_equity_money", "firm": "Root", "above": FIRM, "why": f"because {NASTY}"}],
}
RUNS, SEED = 3, 5


@cache
def small_page() -> Handout:
    """The page of the market with two sliders, made once."""
    return handout(MARKET, seed=SEED, runs=RUNS)


def data_in(html: str) -> dict[str, Any]:
    """The data that stand in a page."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    found: dict[str, Any] = json.loads(text)
    return found
