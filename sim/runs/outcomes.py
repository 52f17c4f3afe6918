"""What is read off a run at one date (see `sim.valuation.outcomes`), and how it is written down."""

from __future__ import annotations

import json
import math

from sim.valuation.outcomes import Outcomes, known_outcomes, outcomes_of

__all__ = ["Outcomes", "as_text", "from_text", "known_outcomes", "outcomes_of"]


def as_text(outcomes: Outcomes | None) -> str | None:
    """Outcomes as JSON: every digit kept, NaN as null, the infinities as words.

    >>> as_text({"Root": {"market_share": 0.1, "trust_0_1": float("nan")}})
    '{"Root": {"market_share": 0.1, "trust_0_1": null}}'
    """
    if outcomes is None:
        return None

    def plain(value: float) -> float | str | None:
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)

    return json.dumps({firm: {name: plain(value) for name, value in found.items()} for firm, found in outcomes.items()})


def from_text(text: str | None) -> Outcomes:
    """Outcomes from JSON, as `as_text` writes them.

    >>> from_text('{"Root": {"market_share": 0.1, "trust_0_1": null}}')
    {'Root': {'market_share': 0.1, 'trust_0_1': nan}}
    """
    if text is None:
        return {}
    return {
        firm: {name: float("nan") if value is None else float(value) for name, value in found.items()}
        for firm, found in json.loads(text).items()
    }
