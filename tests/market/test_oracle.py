"""The engine against the same market written as plain objects: whoever reads the rules differently is found here.

The engine keeps most columns in 32 bits and has its own logarithm, so a rare choice may fall the other way; everything
else must agree. How far is said in each test.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sim.engine.state import ACCOUNTS, COUNTS, MARKET
from sim.market.simulation import Options, Simulation
from sim.scenario.load import load

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))

from naive_cases import CASES
from naive_luck import uniform
from naive_market import NaiveMarket, lost_share

SEED, WORLD_SEED = 11, 5
TIE_STATE = ("expectation", "satisfaction", "trust", "commitment", "habit", "grievance", "failed", "knowledge",
             "contacts", "surprise_expected", "reference_price")
TIE_WHOLE = ("aware", "experiences", "idle", "paid", "served", "relation", "acquired", "left_out", "spared_until")


@dataclass(frozen=True)
class Pair:
    """The same market, walked twice."""

    course: Simulation
    naive: NaiveMarket
    market: list[tuple[dict[str, int], dict[str, int]]]  # per period: the engine's market counts, the naive ones

    @property
    def agreeing(self) -> list[int]:
        """Customers whose every row of purchases and costs is the same in both."""
        mine: dict[int, list] = {}
        for row in self.naive.purchases:
            mine.setdefault(row[2], []).append(row)
        rows = self.course.records().transactions
        theirs: dict[int, list] = {}
        columns = (rows.period, rows.firm, rows.customer, rows.units, rows.amount, rows.given, rows.margin)
        for row in zip(*(column.tolist() for column in columns), strict=True):
            theirs.setdefault(row[2], []).append(row)
        return [i for i in range(self.course.world.n) if sorted(mine.get(i, [])) == sorted(theirs.get(i, []))]


@pytest.fixture(scope="module", params=CASES, ids=lambda name: name.replace(" ", "_"))
def pair(request: pytest.FixtureRequest) -> Pair:
    """One case, to its end, by the engine on NumPy and by plain objects."""
    scenario = load(CASES[request.param])
    course = Simulation(scenario, SEED, WORLD_SEED, Options(executor="numpy", records="all"))
    naive = NaiveMarket(scenario, SEED, WORLD_SEED, keep_purchases=True)
    market = []
    while not course.done:
        course.step()
        naive.step()
        market.append((dict(zip(MARKET, course.totals.market.tolist(), strict=True)),
                       {name: naive.market[name] for name in MARKET}))
    return Pair(course, naive, market)


def test_nearly_everybody_lives_the_same_life(pair: Pair) -> None:
    """At least 99 % of the customers have the same purchases, payments and costs, to the cent, in every period."""
    assert len(pair.agreeing) >= 0.99 * pair.course.world.n


def test_people_who_come_and_what_they_want_agree(pair: Pair) -> None:
    for period, (engine, naive) in enumerate(pair.market):
        assert engine["present"] == naive["present"], period
        assert engine["wanted"] == pytest.approx(naive["wanted"], rel=0.005, abs=1), period
        assert engine["capped"] == pytest.approx(naive["capped"], abs=1), period
        assert engine["outside"] == pytest.approx(naive["outside"], rel=0.005, abs=2), period


def test_books_agree(pair: Pair) -> None:
    """Every account of every firm over the whole run, within 0.5 % or five of its cheapest events."""
    engine = pair.course.records().ledger.sum(axis=0)
    naive = np.sum(pair.naive.ledgers, axis=0)
    slack = np.maximum(0.005 * np.abs(naive), 0.002 * naive[ACCOUNTS.index("revenue")])
    for a, name in enumerate(ACCOUNTS):
        assert (np.abs(engine[a] - naive[a]) <= slack[a]).all(), (name, engine[a], naive[a])


def test_counts_agree(pair: Pair) -> None:
    """Every count over the whole run within 0.5 %, or six events; totals of feelings are in 2 ** 20 parts."""
    engine = pair.course.records().counts.sum(axis=0)
    naive = np.sum(pair.naive.counts, axis=0)
    for c, name in enumerate(COUNTS):
        few = 6 * 2**20 if name.endswith(("_total", "_points")) else 6
        assert (np.abs(engine[c] - naive[c]) <= np.maximum(0.005 * np.abs(naive[c]), few)).all(), (
            name, engine[c], naive[c])


def test_ties_of_those_who_agree(pair: Pair) -> None:
    """What is left of every tie at the end: states within 1e-4, whole numbers equal."""
    tie, people = pair.course.world.tie, pair.naive.customers
    who = pair.agreeing
    for f in range(len(pair.naive.firms)):
        for name in TIE_STATE:
            naive = np.array([getattr(people[i].ties[f], name) for i in who])
            worst = np.abs(getattr(tie, name)[f, who] - naive)
            assert np.mean(worst > 1e-4) <= 0.005, (name, f, float(worst.max()), who[int(worst.argmax())])
        for name in TIE_WHOLE:
            naive = np.array([getattr(people[i].ties[f], name) for i in who])
            assert np.mean(getattr(tie, name)[f, who] != naive) <= 0.005, (name, f)


def test_moods_and_needs_of_those_who_agree(pair: Pair) -> None:
    world, people, who = pair.course.world, pair.naive.customers, pair.agreeing
    for name in ("valence", "arousal"):
        naive = np.array([getattr(people[i], name) for i in who])
        assert np.mean(np.abs(getattr(world.me, name)[who] - naive) > 1e-4) <= 0.005, name
    levels = np.array([people[i].need_levels for i in who]).T
    assert np.mean(np.abs(world.need.level[:, who] - levels) > 1e-4) <= 0.005
    assert np.mean(world.me.last_firm[who] != [people[i].last_firm for i in who]) <= 0.005
    assert np.mean(world.me.bound[who] != [people[i].bound for i in who]) <= 0.005


def test_cases_exercise_everything() -> None:
    """Over all cases no account and no count stays at zero: otherwise agreement would say nothing about it."""
    ledger, counts = np.zeros(len(ACCOUNTS)), np.zeros(len(COUNTS))
    for case in CASES.values():
        course = Simulation(load(case), SEED, WORLD_SEED, Options(executor="numpy", records="totals"))
        while not course.done:
            course.step()
        records = course.records()
        ledger += np.abs(records.ledger).sum(axis=(0, 2))
        counts += np.abs(records.counts).sum(axis=(0, 2))
    assert [ACCOUNTS[k] for k in np.flatnonzero(ledger == 0)] == []
    assert [COUNTS[k] for k in np.flatnonzero(counts == 0)] == []


def test_the_oracles_own_draws_are_the_engines() -> None:
    """Whole numbers of Python and 64-bit words of NumPy make the same uniforms, bit for bit."""
    from sim.numerics.draws import key, uniform_of_occasion
    from sim.numerics.draws import uniform as engine_uniform

    numbers = np.arange(1000, dtype=np.uint64)
    k = key(3, 4, "wanted")
    with np.errstate(over="ignore"):
        plain, third = engine_uniform(k, numbers), uniform_of_occasion(k, numbers, np.uint64(3))
    assert plain.tolist() == [uniform(int(k), i) for i in range(1000)]
    assert third.tolist() == [uniform(int(k), i, 3) for i in range(1000)]


def test_erlang_as_a_sum_is_erlang_as_a_recursion() -> None:
    from sim.market.simulation import lost_share as recursion

    for load_share in (0.05, 0.5, 1.0, 3.0):
        assert lost_share(load_share) == pytest.approx(recursion(load_share), rel=1e-12)
