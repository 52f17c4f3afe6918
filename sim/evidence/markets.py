"""The markets of the study of facts, and the walk through one: what happened in every period is written down.

All begin empty (no past); what is measured leaves the first year out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import OUTCOMES
from sim.market.simulation import Options, Simulation
from sim.numerics.draws import uniform
from sim.records.records import Keep, Records
from sim.scenario import Scenario, load
from sim.scenario.load import with_what_if

FIRMS = ("Aster", "Birch", "Cedar")
EVEN = {"information": "reasons", "spending": {"advertising": 0.4, "relations": 0.4, "service": 0.1}}
"""A firm of the study: equal parts for reaching people and for relations; all firms of a market are equal."""
LIGHT = {"clock.period": "week", "product.price": 10.0, "people.purchases_per_year.mean": 9.6}
"""Weeks and few purchases, so that nearly everybody buys at most once in a period: a purchase can be looked at."""
SERVICE = "coffee_shop (full), price 10, 9.6 purchases a year, weekly, three equal firms"
YEAR, HALF_YEAR = 52, 26
"""Weeks."""

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


def brands() -> Scenario:
    """Toothpaste: eight unequal brands, weekly, four years of which one is warm-up."""
    return load("toothpaste", {"market.customers": 40_000})


def contracts() -> Scenario:
    """Mobile subscriptions with three equal firms for twelve years."""
    return load("mobile_subscription", {"firms": dict.fromkeys(FIRMS, EVEN), "market.customers": 5000,
                                        "clock.years": 12.0, "clock.warm_up_years": 0.0})


def service() -> Scenario:
    """A coffee shop whose good is dearer and bought less often; three equal firms; the survey asks satisfaction."""
    return load("coffee_shop", {**LIGHT, "firms": dict.fromkeys(FIRMS, EVEN), "market.customers": 8000,
                                "clock.years": 4.0, "clock.warm_up_years": 0.0, "survey.commitment_weight": 0.0})


@dataclass(frozen=True)
class WatchedPurchases:
    """Every person's last purchase of every period, by person and then by period.

    `prior`: purchases at this firm before; `outcome`: bits of OUTCOMES; `severity` of a failure; `before` and `after`:
    satisfaction; `failed_before`: memory of failures; `single`: the only purchase of the period; `again`: whether the
    person's next purchase is at the same firm (NaN: there is none).
    """

    period: Places
    person: Places
    firm: Places
    prior: Places
    outcome: Places
    severity: Floats
    before: Floats
    after: Floats
    failed_before: Floats
    single: Flags
    again: Floats

    def has(self, *names: str) -> Flags:
        """Whether all these things happened."""
        bits = sum(OUTCOMES[name] for name in names)
        found: Flags = (self.outcome & bits) == bits
        return found

    def where(self, chosen: Flags) -> WatchedPurchases:
        """The chosen purchases."""
        return WatchedPurchases(**{name: values[chosen] for name, values in vars(self).items()})


UNHEARD, ADVERTISING, SEARCH, FRIEND = 0, 1, 2, 3
"""How somebody came to know a firm that they had not known the period before (see `Watched.source`)."""


@dataclass
class Watched:
    """What was seen in a walk: purchases; how people came to know a firm; what bound them to it every half year.

    `source` [F, N]: how they knew it when they first bought there: by advertising, by looking around, by a friend's
    word; UNHEARD: they knew it from the start or never bought. `bonds`: by period, trust, satisfaction and commitment
    [3, F, N] at its beginning.
    """

    purchases: list[dict[str, NDArray[Any]]] = field(default_factory=list)
    source: NDArray[np.int8] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int8))
    bonds: dict[int, Floats] = field(default_factory=dict)

    def step(self, course: Simulation) -> None:
        """Walk one period of a market and write down what happened in it."""
        tie = course.world.tie
        if course.now % HALF_YEAR == 0:
            self.bonds[course.now] = np.array([tie.trust, tie.satisfaction, tie.commitment], dtype=np.float64)
        satisfaction, failed = tie.satisfaction.copy(), tie.failed.copy()
        knew, stranger = tie.aware.copy(), tie.experiences == 0
        course.step()
        self.purchases.append(_written_down(course, satisfaction, failed))
        if not self.source.size:
            self.source = np.zeros(knew.shape, dtype=np.int8)
        fresh = course.world.tie.aware & ~knew & stranger
        self.source = np.where(fresh, _sources(course), np.where(stranger & ~knew, UNHEARD, self.source))


def _sources(course: Simulation) -> NDArray[np.int8]:
    """How who came to know a firm in the period that has just been walked came to know it [F, N].

    The draws of the phases `notice` and `look` are made again. Who was neither reached nor found it was told: no other
    phase makes a stranger known. Who was reached counts as reached, whatever friends said.
    """
    world, number = course.world, np.asarray(course.world.me.number, dtype=np.uint64)
    keys = [np.asarray(one)[:, None] for one in (world.luck.notice, world.luck.search)]
    with np.errstate(over="ignore"):
        noticed, looked = (uniform(one, number) for one in keys)
    reached = noticed < np.asarray(world.firm.reach)[:, None]
    found: NDArray[np.int8] = np.select([reached, looked < world.me.searching], [ADVERTISING, SEARCH], FRIEND)
    return found.astype(np.int8)


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


@dataclass(frozen=True)
class StudyMarket:
    """A market of the study with its seed: new people and new luck in every seed, the same in every variant of it."""

    scenario: Scenario
    seed: int
    options: Options = field(default_factory=lambda: Options(executor="numpy"))

    def other(self, changes: Mapping[str, Any] | None = None, what_if: str | None = None) -> StudyMarket:
        """The same people and luck with something changed."""
        scenario = self.scenario if what_if is None else with_what_if(self.scenario, what_if)
        return StudyMarket(load(scenario, dict(changes or {})), self.seed, self.options)

    def course(self, keep: Keep = "all") -> Simulation:
        """The market at its beginning."""
        return Simulation(self.scenario, self.seed, self.seed, replace(self.options, records=keep))

    @cached_property
    def records(self) -> Records:
        """What the market remembers when it has been walked to its end."""
        course = self.course()
        while not course.done:
            course.step()
        return course.records()

    @cached_property
    def watched(self) -> tuple[Records, WatchedPurchases, Watched]:
        """The market walked to its end and watched: its records, every purchase with what it left behind, the rest."""
        course, seen = self.course(), Watched()
        while not course.done:
            seen.step(course)
        columns = {name: np.concatenate([row[name] for row in seen.purchases]) for name in seen.purchases[0]}
        order = np.lexsort((columns["period"], columns["person"]))
        columns = {name: values[order] for name, values in columns.items()}
        same_person = columns["person"][1:] == columns["person"][:-1]
        again = np.full(order.size, np.nan)
        again[:-1] = np.where(same_person, columns["firm"][1:] == columns["firm"][:-1], np.nan)
        return course.records(), WatchedPurchases(again=again, **columns), seen

    @property
    def settled(self) -> WatchedPurchases:
        """The purchases after the first year."""
        bought = self.watched[1]
        return bought.where(bought.period >= YEAR)


def mean_of(values: NDArray[Any], chosen: Flags) -> float:
    """Mean over the chosen whose value is known; NaN of nobody.

    >>> mean_of(np.array([1.0, np.nan, 4.0]), np.array([True, True, False]))
    1.0
    """
    found = np.asarray(values, dtype=np.float64)[chosen]
    found = found[np.isfinite(found)]
    return float(found.mean()) if found.size else float("nan")


def correlation(a: Floats, b: Floats) -> float:
    """Pearson's correlation over the pairs of which both are known; NaN where one of them does not vary.

    >>> round(correlation(np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 4.0, 6.5, 1.0])), 3)
    0.998
    """
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 2 or not np.ptp(a[known]) or not np.ptp(b[known]):
        return float("nan")
    return float(np.corrcoef(a[known], b[known])[0, 1])
