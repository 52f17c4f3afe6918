"""Small markets for tests: at random or by hand, walked by any executor, and compared bit for bit."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.cache import cache_folder
from sim.market.simulation import Options, Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.scenario.effective import MECHANISMS
from sim.scenario.load import load
from sim.scenario.parameters import declared
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Levers, Spending
from sim.scenario.schema.market import MarketSection, People, Product
from sim.scenario.schema.mechanisms import MechanismsSection
from sim.scenario.schema.psychology import Psychology

GRAPHS = ("none", "ring", "small_world", "random", "scale_free", "homophilous", "complete")
STRATEGIES = ("as_written", "transactional", "relationship", "mixed", "follower", "do_nothing", "reacting")
MONEY_ROOF = {"price": 500.0, "capacity": 200.0}
LIVELY = {"occasions_at_most": (1, 8), "active_window_weeks": (1, 30), "purchases_per_year.mean": (1, 60),
          "choice.get": (5, 30), "choice.outside": (-20, -2), "choice.price": (0, 8), "win_back.reach": (0.5, 12),
          "price_sensitivity.mean": (0, 2), "rewards": (0, 0.2), "information_system": (0, 0.05),
          "fixed_cost": (0, 0.3), "choice.salience": (0, 4)}
"""Narrower than what is allowed, so that in most markets somebody buys, lapses and is called back, and soon."""


def varied(luck: random.Random, section: type[Any], share: float, leave_out: tuple[str, ...] = ()) -> dict[str, float]:
    """New values, by dotted name, for a share of the numbers that a section declares: anywhere in their range."""
    found: dict[str, float] = {}
    for one in declared(section):
        usable = one.low is not None and one.high is not None and ".NAME." not in one.name
        if not usable or one.name.startswith(leave_out) or luck.random() >= share:
            continue
        low, high = LIVELY.get(one.name, (one.low, min(one.high, MONEY_ROOF.get(one.name, 1000.0))))
        whole = isinstance(one.default, int) and not isinstance(one.default, bool)
        found[one.name] = luck.randint(int(low), int(high)) if whole else round(luck.uniform(low, high), 4)
    return found


def random_market(
    seed: int, *, customers: int | None = None, firms: int | None = None, level: str | None = None
) -> Scenario:
    """A scenario with a past, levers, strengths, people, growth, contract, events and network at random."""
    luck = random.Random(seed)
    n = customers or luck.choice([1, 2, 7, *range(20, 60)])
    names = [f"Firm {place}" for place in range(firms or luck.choice([1, 2, 2, 3, 4, 9]))]
    values: dict[str, float] = {}
    for prefix, section, share, left_out in (
        ("psychology", Psychology, 0.3, ()), ("product", Product, 0.25, ("price", "contract", "information_cost")),
        ("market", MarketSection, 0.25, ("customers", "friends")),
        ("people", People, 0.25, ()), ("mechanisms", MechanismsSection, 0.3, ()),
    ):
        values |= {f"{prefix}.{name}": value for name, value in varied(luck, section, share, left_out).items()}
    friends = luck.randint(0, min(6, n - 1))
    data = {
        "question": "What must always hold?",
        "clock": {"period": luck.choice(["week", "month", "quarter"]), "years": 60.0 if n < 100 else 5.0,
                  "warm_up_years": luck.choice([0.0, 1.0])},
        "money": {"currency": luck.choice(["EUR", "JPY"])},
        "market": {"customers": n, "growth": {"kind": luck.choice(["none", "stationary", "bass"])},
                   "friends": {"graph": luck.choice(GRAPHS if n < 80 else GRAPHS[:-1]), "each": friends}},
        "product": {"price": luck.choice([0.5, 10.0, 997.13]), "information_cost": luck.choice([0.0, 0.0, 2.0]),
                    "contract": {"regular": luck.random() < 0.25, "weeks": luck.choice([0.0, 0.0, 26.0, 104.0]),
                                 "inertia": luck.choice([0.0, 0.5, 1.0])}},
        "mechanisms": {"level": level or luck.choice(["basic", "heart", "full", "full"])},
        "budget": {"mode": luck.choice(["amount", "share_of_revenue", "share_of_gross_margin"]),
                   "per_person_per_year": luck.choice([0.0, 20.0, 60.0]), "share": luck.choice([0.05, 0.4]),
                   "cash_limit": luck.choice([None, None, 0.0, 100.0])},
        "past": _random_past(random.Random(-1 - seed)),
        "firms": {name: _random_firm(luck) for name in names},
        "events": [_random_event(luck, names) for _ in range(luck.randint(0, 4))],
    }
    if luck.random() < 0.4:
        part = round(luck.random(), 2)
        data["people"] = {"segments": {"many": {"share": part, "purchases": 2.0},
                                       "rich": {"share": 1 - part, "basket": 3.0}}}
    return load(data, values)


def _random_firm(luck: random.Random) -> dict[str, Any]:
    firm: dict[str, Any] = {}
    for name, value in varied(luck, Levers, 0.3, ("spending", "price", "capacity")).items():
        room, _, last = name.rpartition(".")
        (firm.setdefault(room, {}) if room else firm)[last] = value
    cuts = [luck.random() for _ in range(6)]
    firm["spending"] = {name: round(cut / sum(cuts), 4) - 1e-4 if cut / sum(cuts) > 1e-3 else 0.0 for name, cut in zip(
        ("advertising", "service", "people", "capacity", "relations"), cuts[:5], strict=True)}
    firm["price_cut"] = {**firm.get("price_cut", {}), "to": luck.choice(["everyone", "newcomers", "lapsed"])}
    reach = luck.choice([0.0, 6.0])
    firm["win_back"] = {"reach": reach, **firm.get("win_back", {}), "by": luck.choice(["reason", "price"])}
    firm["information"] = luck.choice(["sales", "identity", "identity", "surveys", "reasons", "emotion"])
    firm["strategy"] = luck.choice(STRATEGIES) if luck.random() < 0.5 else "as_written"
    if luck.random() < 0.4:
        firm["care"] = {**firm.get("care", {}), "proactive": 1.0}
        firm["information"], firm["strategy"] = "emotion", "as_written"
        firm["spending"] = {"relations": 0.7, "advertising": 0.2}
    if luck.random() < 0.4:
        firm["capacity"] = float(luck.randint(0, 40))
    if luck.random() < 0.3:
        firm["aware_at_start"], firm["share"] = luck.random(), luck.choice([0.05, 1.0, 4.0])
    return firm


def _random_past(luck: random.Random) -> dict[str, Any]:
    past = {name: value for name, value in _random_firm(luck).items() if name in Levers.model_fields}
    return {**past, "spending": {**dict.fromkeys(Spending.model_fields, 0.0), **past["spending"]}}


def _random_event(luck: random.Random, names: list[str]) -> dict[str, Any]:
    what: dict[str, Any] = luck.choice([
        {"kind": "outage", "severity": luck.random(), "reach": luck.random(), "lasts_weeks": luck.choice([1.0, 20.0])},
        {"kind": "levers", "set": {"quality": luck.random(), "lock": luck.choice([0.0, 4.0])}},
        {"kind": "market", "set": {"switching_cost": luck.choice([0.0, 5.0]), "demand": luck.choice([0.0, 0.5, 2.0])}},
        {"kind": "strategy", "strategy": luck.choice(STRATEGIES)},
    ])
    if what["kind"] != "market" and luck.random() < 0.7:
        what = {**what, "firms": [luck.choice(names)]}
    return {**what, "year": round(luck.choice([0.0, 0.3, 1.0, 2.0]) * luck.random(), 2)}


def small_market(
    overrides: Mapping[str, Any] | None = None, firms: Mapping[str, Any] | None = None, customers: int = 400
) -> Scenario:
    """Two firms that spend on everything, level full, monthly; changed by overrides."""
    spending = {"advertising": 0.3, "service": 0.2, "people": 0.2, "relations": 0.3}
    own = firms or {"Rush": {"spending": {"advertising": 0.7}}, "Root": {"spending": spending}}
    data = {"question": "Who stays?", "market": {"customers": customers}, "firms": dict(own)}
    return load(data, dict(overrides or {}))


def everything_off(**strong: float) -> dict[str, float]:
    """Overrides that switch every mechanism off, except those named."""
    return {f"mechanisms.{name}": strong.get(name, 0.0) for name in MECHANISMS}


def walked(
    scenario: Scenario, periods: int, *, executor: Any = "numpy", seed: int = 5, world_seed: int = 3,
    threads: int = 1, block: int = 2048, records: Any = "totals",
) -> Simulation:
    """A market after some periods."""
    if executor == "numba":
        warm_cache()
    course = Simulation(scenario, seed, world_seed, Options(executor, threads, block, records))
    for _ in range(min(periods, course.periods)):
        course.step()
    return course


def state_of(course: Simulation) -> dict[str, np.ndarray]:
    """Everything that a market is made of at this moment, by name."""
    recorder, stocks = course.recorder, np.array([state.stock for state in course.book.states])
    books = {"books.ledger": recorder.ledger[: course.now], "books.counts": recorder.counts[: course.now],
             "books.market": course.totals.market, "books.stock": stocks,
             "ratings.number": course.ratings.number, "ratings.points": course.ratings.points}
    return {**course.world.columns(), **books}


def differing(one: Simulation, other: Simulation) -> list[str]:
    """Names of the columns and totals that are not the same bits."""
    left, right = state_of(one), state_of(other)
    return [name for name in left
            if left[name].dtype != right[name].dtype or left[name].tobytes() != right[name].tobytes()]


def digest(course: Simulation) -> str:
    """One word for the whole state."""
    total = hashlib.sha256()
    for name, values in state_of(course).items():
        total.update(name.encode() + str(values.shape).encode() + np.ascontiguousarray(values).tobytes())
    return total.hexdigest()[:24]


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one process at a time is inside; where the system has no file locks, nobody waits."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@cache
def warm_cache() -> None:
    """Compile the passes once on this machine: the first test process does it, the others wait and then read."""
    folder = cache_folder()
    assert HAS_NUMBA
    assert folder is not None
    with alone(folder / "tests.lock"):
        Simulation(small_market(customers=20), 1, 1, Options("numba", 1)).step()
