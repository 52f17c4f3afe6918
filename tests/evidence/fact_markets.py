"""The markets of the study and the walk through them: step by step, every purchase written down with what it left.

Measures and ranges were written down and tried on seeds 4990 to 4999, four numbers were tuned after runs on seeds
5001 to 5012 and 7001 to 7012; the seeds of the study (8001, 8002, ...) chose
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import OUTCOMES
from sim.market.simulation import Options, Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.records.records import Records
from sim.scenario import Scenario, load

FIRST_SEED = 8001
FIRMS = ("Aster", "Birch", "Cedar")
EVEN = {"information": "reasons", "spending": {"advertising": 0.4, "relations": 0.4, "service": 0.1}}
"""A firm of the study: equal parts for reaching people and for relations; all firms of a market are equal."""
LIGHT = {"clock.period": "week", "product.price": 10.0, "people.purchases_per_year.mean": 9.6}
"""Weeks and few purchases, so that nearly everybody buys at most once in a period: a purchase can be looked at."""

Floats = NDArray[np.float64]
Changes = Mapping[str, Any]


def brands(changes: Changes | None = None) -> Scenario:
    """Toothpaste: eight unequal brands, weekly, four years of which one is warm-up."""
    return load("toothpaste", {"market.customers": 40_000, **(changes or {})})


def contracts(changes: Changes | None = None) -> Scenario:
    """Mobile subscriptions with three equal firms for twelve years."""
    base = {"firms": dict.fromkeys(FIRMS, EVEN), "market.customers": 5000, "clock.years": 12.0}
    return load(load("mobile_subscription", base), changes)


def service(changes: Changes | None = None) -> Scenario:
    """A coffee shop whose good is dearer and bought less often; three equal firms; the survey asks satisfaction."""
    base = {"firms": dict.fromkeys(FIRMS, EVEN), "market.customers": 8000, "clock.years": 4.0,
            "survey.commitment_weight": 0.0}
    return load(load("coffee_shop", {**LIGHT, **base}), changes)


def course_of(scenario: Scenario, seed: int, keep: Any = "all") -> Simulation:
    """A market at its beginning: new people and new luck in every seed."""
    return Simulation(scenario, seed, seed, Options("numba" if HAS_NUMBA else "numpy", records=keep))


def walked(scenario: Scenario, seed: int) -> Records:
    """A market walked to its end."""
    course = course_of(scenario, seed)
    while not course.done:
        course.step()
    return course.records()


@dataclass(frozen=True)
class Purchases:
    """Every person's last purchase of every period, by person and then by period.

    `prior`: purchases at this firm before; `outcome`: bits of OUTCOMES; `severity` of a failure; `before` and `after`:
    satisfaction; `failed_before`: memory of failures; `single`: the only purchase of the period; `again`: whether the
    person's next purchase is at the same firm (NaN: there is none).
    """

    period: NDArray[np.int64]
    person: NDArray[np.int64]
    firm: NDArray[np.int64]
    prior: NDArray[np.int64]
    outcome: NDArray[np.int64]
    severity: Floats
    before: Floats
    after: Floats
    failed_before: Floats
    single: NDArray[np.bool_]
    again: Floats

    def has(self, *names: str) -> NDArray[np.bool_]:
        """Whether all these things happened."""
        bits = sum(OUTCOMES[name] for name in names)
        found: NDArray[np.bool_] = (self.outcome & bits) == bits
        return found

    def where(self, chosen: NDArray[np.bool_]) -> Purchases:
        """The chosen purchases."""
        return Purchases(**{name: values[chosen] for name, values in vars(self).items()})


def observed(scenario: Scenario, seed: int) -> tuple[Records, Purchases]:
    """A market walked to its end, and every purchase with what it left behind."""
    course = course_of(scenario, seed)
    rows: list[dict[str, NDArray[Any]]] = []
    while not course.done:
        tie = course.world.tie
        satisfaction, failed = tie.satisfaction.copy(), tie.failed.copy()
        course.step()
        rows.append(_written_down(course, satisfaction, failed))
    columns = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    order = np.lexsort((columns["period"], columns["person"]))
    columns = {name: values[order] for name, values in columns.items()}
    same_person = columns["person"][1:] == columns["person"][:-1]
    again = np.full(order.size, np.nan)
    again[:-1] = np.where(same_person, columns["firm"][1:] == columns["firm"][:-1], np.nan)
    return course.records(), Purchases(again=again, **columns)


def _written_down(course: Simulation, satisfaction: Floats, failed: Floats) -> dict[str, NDArray[Any]]:
    """The purchases of the period that has just been walked."""
    me, tie = course.world.me, course.world.tie
    units = tie.units.sum(axis=0)
    person = np.flatnonzero(units > 0)
    firm = me.last_firm[person].astype(np.int64)
    return {
        "period": np.full(person.size, course.now - 1), "person": person, "firm": firm,
        "prior": tie.experiences[firm, person].astype(np.int64) - tie.units[firm, person],
        "outcome": me.outcome[person].astype(np.int64), "severity": me.severity[person].astype(np.float64),
        "before": satisfaction[firm, person].astype(np.float64),
        "after": tie.satisfaction[firm, person].astype(np.float64),
        "failed_before": failed[firm, person].astype(np.float64), "single": units[person] == 1,
    }


def mean_of(values: NDArray[Any], chosen: NDArray[np.bool_]) -> float:
    """Mean over the chosen whose value is known; NaN of nobody."""
    found = np.asarray(values, dtype=np.float64)[chosen]
    found = found[np.isfinite(found)]
    return float(found.mean()) if found.size else float("nan")
