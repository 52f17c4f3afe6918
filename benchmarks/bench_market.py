"""The markets that benchmarks run.

Speed: four unlike firms, level full, months; nobody leaves, so that everybody is work. Pairing: two firms, five years.
"""

from __future__ import annotations

from typing import Any

from sim.scenario.load import load
from sim.scenario.schema import Scenario

FIRMS: dict[str, Any] = {
    "Rush": {"promise": 0.8, "price_cut": {"depth": 0.15, "to": "newcomers"},
             "spending": {"advertising": 0.7, "service": 0.2}},
    "Root": {"spending": {"advertising": 0.2, "service": 0.1, "relations": 0.6}, "care": {"proactive": 0.5},
             "recovery": {"answered": 0.6, "generosity": 0.8}, "win_back": {"reach": 1.0, "by": "reason"}},
    "Rare": {"price": 9.0, "price_cut": {"depth": 0.3, "every_weeks": 13.0, "to": "everyone"},
             "spending": {"advertising": 0.4}, "win_back": {"reach": 2.0, "by": "price"}},
    "Rest": {"quality": 0.75, "surprise": 0.05, "rewards": 0.02, "spending": {"advertising": 0.2, "relations": 0.3},
             "care": {"selective": 0.3}},
}


def four_firms(customers: int, periods: int = 60) -> Scenario:
    """Four firms, so many customers, so many months, no surveys (the plain objects take none)."""
    roomy = {**FIRMS, "Rush": {**FIRMS["Rush"], "capacity": 0.35 * customers}}
    return load({
        "question": "How fast is the engine?", "firms": roomy, "clock": {"period": "month", "years": periods / 12.0},
        "mechanisms": {"level": "full"}, "market": {"customers": customers, "leave_per_year": 0.0},
        "budget": {"per_person_per_year": 8.0}, "survey": {"every_weeks": 520.0},
    })


def two_firms(customers: int, overrides: dict[str, Any]) -> Scenario:
    """Deals against relations at equal budgets for five years, at level full."""
    return load({
        "question": "How much luck do two what-ifs share?", "clock": {"period": "month", "years": 5.0},
        "market": {"customers": customers}, "budget": {"per_person_per_year": 5.0},
        "firms": {
            "Rush": {"price_cut": {"depth": 0.10, "to": "newcomers"},
                     "spending": {"advertising": 0.6, "service": 0.2}},
            "Root": {"spending": {"advertising": 0.2, "service": 0.2, "relations": 0.4}},
        },
    }, overrides)
