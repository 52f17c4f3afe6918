"""How the people of a market come into being: drawn once, from the world seed and each person's own number.

Nothing of a firm's own (its quality, its random draws) is drawn here, so customer 17 is the same person in every
what-if. A person's standing taste and match for a firm are keyed by the person and the firm's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import NEEDS, NEVER
from sim.engine.world import World, blank, dtype_of
from sim.market.network import friends_in, friends_of
from sim.numerics import quantiles
from sim.numerics.draws import name_key, uniforms
from sim.numerics.elementary import exp, ln, normal
from sim.period.constants import constants, periods_per_year, strengths_row, struck
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.scenario.schema.psychology import Appraisal

Floats = NDArray[np.float64]
NEED_NAMES = ("functional", "security", "belonging", "esteem", "self_actualisation")
FOREVER = 32_000
SHARED_UP_TO = 50_000
"""People of a market whose draws are kept for the next one: about 150 bytes for each person."""


@dataclass(frozen=True)
class Drawn:
    """What is drawn of people before anything happens to them; nobody changes it, so markets may share it.

    `me` has the columns of `BORN` and no others; `own_weight` [5, N]; `taste`, `match` and `aware` (the random draws
    for knowing a firm from the start) [F, N]; `friend_of` [friends, N].
    """

    me: dict[str, NDArray[Any]]
    own_weight: NDArray[np.float32]
    taste: NDArray[np.float32]
    match: NDArray[np.float32]
    aware: Floats
    friend_of: NDArray[np.uint32]


@dataclass(frozen=True)
class _Origin:
    """Two of them are equal where the same people are drawn; the scenario is only what they are drawn by."""

    described: tuple[str, ...]
    shares: tuple[tuple[str, float | None], ...]
    seed: int
    periods: int
    scenario: Scenario = field(compare=False)

    @classmethod
    def of(cls, scenario: Scenario, seed: int, periods: int) -> _Origin:
        described = (scenario.market.model_dump_json(), scenario.people.model_dump_json(), scenario.clock.period)
        shares = tuple((name, firm.share) for name, firm in scenario.firms.items())
        return cls(described, shares, seed, periods, scenario)


def born(
    scenario: Scenario, strengths: Mapping[str, float], world_seed: int, periods: int, graph: Any = None
) -> World:
    """All people, ties and needs of a scenario at the start of the first period.

    `periods` is the length of the run: newcomers of a stationary market are spread over it.
    """
    return _begun(_drawn(scenario, world_seed, periods, graph), scenario, strengths)


_ONE_AT_A_TIME = Lock()


def born_alike(scenario: Scenario, strengths: Mapping[str, float], world_seed: int, periods: int) -> World:
    """The same world, bit for bit, with people drawn once for all scenarios that have the same ones.

    The last few draws are kept, so that the runs of a study that differ in what firms do share them. The columns of
    `BORN` are then shared: only for worlds into which nobody writes by hand.
    """
    if scenario.market.customers > SHARED_UP_TO:
        return born(scenario, strengths, world_seed, periods)
    with _ONE_AT_A_TIME:  # runs in threads wait for the people that another one draws
        drawn = _drawn_once(_Origin.of(scenario, world_seed, periods))
    return _begun(drawn, scenario, strengths)


@lru_cache(maxsize=4)
def _drawn_once(origin: _Origin) -> Drawn:
    return _drawn(origin.scenario, origin.seed, origin.periods)


def _drawn(scenario: Scenario, seed: int, periods: int, graph: Any = None) -> Drawn:
    n, names = scenario.market.customers, list(scenario.firms)
    people = np.arange(n, dtype=np.uint64)
    functional = _needs(scenario, seed, people)
    friends = friends_of(scenario.market.friends, seed, functional[0]) if graph is None else friends_in(graph, n)
    keys = [name_key(name) for name in names]
    return Drawn(
        me=_people(scenario, seed, people, periods),
        own_weight=functional.astype(np.float32),
        taste=np.array([_taste(scenario, seed, people, name) for name in names], dtype=np.float32),
        match=np.array([_match(scenario, seed, people, key) for key in keys], dtype=np.float32),
        aware=np.array([uniforms(seed, "birth_aware", people, key) for key in keys]),
        friend_of=friends,
    )


def _begun(drawn: Drawn, scenario: Scenario, strengths: Mapping[str, float]) -> World:
    """The world in which these people begin: nothing has happened yet."""
    n, names, friends = scenario.market.customers, list(scenario.firms), drawn.friend_of
    world = blank(n, len(names), len(friends), scenario.market.occasions_at_most)
    world.me, world.need = world.me._replace(**drawn.me), world.need._replace(own_weight=drawn.own_weight)
    world.tie = world.tie._replace(taste=drawn.taste, match=drawn.match)
    world.friend_of = friends
    world.p, world.m = constants(scenario), strengths_row(strengths)
    world.need.level[:] = scenario.psychology.needs.start
    for f, name in enumerate(names):
        _begin_tie(world, scenario, (f, name), drawn.aware[f])
    world.me.last_firm[:] = world.me.telling[:] = -1
    world.deal.firm[:] = world.deal.second[:] = -1
    world.friend.said_firm[:] = -1
    return world


def prolonged(world: World, scenario: Scenario, world_seed: int, periods: int) -> World:
    """The same people in a longer run: those who had not come by its end come when the curve of growth says.

    Only diffusion (`bass`) has such people; everybody who came within the run keeps the date. Newcomers of a
    stationary market are spread over the run they were born for: after its end nobody comes.
    """
    if scenario.market.growth.kind != "bass":
        return world
    enters, leaves = _stay(scenario, world_seed, world.me.number.astype(np.uint64), periods)
    kinds = world.me.enters.dtype, world.me.leaves.dtype
    return replace(world, me=world.me._replace(enters=enters.astype(kinds[0]), leaves=leaves.astype(kinds[1])))


def _needs(scenario: Scenario, seed: int, people: NDArray[np.uint64]) -> Floats:
    weights = scenario.people.need_weights
    drawn = np.stack([
        exp(np.maximum(quantiles.log_gamma(uniforms(seed, f"birth_need_{place}", people), getattr(weights, name)),
                       -60.0))
        for place, name in enumerate(NEED_NAMES)
    ])
    assert len(drawn) == NEEDS
    total = drawn[0] + drawn[1] + drawn[2] + drawn[3] + drawn[4]
    result: Floats = drawn / total
    return result


def _segment(scenario: Scenario, seed: int, people: NDArray[np.uint64]) -> NDArray[np.int64]:
    shares = [segment.share for segment in scenario.people.segments.values()]
    if not shares:
        return np.zeros(len(people), np.int64)
    borders = np.cumsum(shares)[:-1]
    return np.searchsorted(borders, uniforms(seed, "birth_segment", people), side="right")


def _people(scenario: Scenario, seed: int, people: NDArray[np.uint64], periods: int) -> dict[str, NDArray[Any]]:
    """What persons are born with, as the columns of `BORN` are stored."""
    about = scenario.people
    segment = _segment(scenario, seed, people)

    def times(trait: str) -> Floats:
        values = [getattr(one, trait) for one in about.segments.values()] or [1.0]
        return np.array(values)[segment]

    def draw(purpose: str) -> Floats:
        return uniforms(seed, purpose, people)

    yearly = quantiles.gamma(draw("birth_rate"), about.purchases_per_year.mean, about.purchases_per_year.shape)
    enters, leaves = _stay(scenario, seed, people, periods)
    proneness = quantiles.beta(draw("birth_proneness_a"), about.proneness.mean, about.proneness.strength)
    found: dict[str, Any] = {
        "number": people, "segment": segment, "rate": yearly * times("purchases") / periods_per_year(scenario),
        "proneness": np.minimum(proneness * times("proneness"), 1.0),
        "expressiveness": quantiles.beta(
            draw("birth_expressive"), about.expressiveness.mean, about.expressiveness.strength
        ),
        "values": draw("birth_values"), "enters": enters, "leaves": leaves,
    }
    for column, purpose, spread, trait in (
        ("basket", "birth_basket", about.basket, "basket"),
        ("price_sensitivity", "birth_price", about.price_sensitivity, "price_sensitivity"),
        ("effort_sensitivity", "birth_effort", about.effort_sensitivity, None),
        ("risk_sensitivity", "birth_risk", about.risk_sensitivity, None),
        ("serving", "birth_serving", about.cost_to_serve, "cost_to_serve"),
    ):
        drawn = quantiles.lognormal(draw(purpose), spread.mean, spread.variation)
        found[column] = drawn * times(trait) if trait else drawn
    return {name: column.astype(dtype_of(name)) for name, column in found.items()}


def _stay(
    scenario: Scenario, seed: int, people: NDArray[np.uint64], periods: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    growth, per_year = scenario.market.growth, periods_per_year(scenario)
    u, rate = uniforms(seed, "birth_enters", people), scenario.market.leave_per_year / per_year
    enters = np.zeros(len(people), np.int64)
    if growth.kind == "bass":
        enters = np.searchsorted(_bass(scenario, periods), u).astype(np.int64)
    elif growth.kind == "stationary":
        here = 1.0 / (1.0 + periods * struck(rate, 1.0))  # as many come each period as leave
        late = 1 + ((u - here) / (1.0 - here) * periods).astype(np.int64) if rate > 0 else enters
        enters = np.where(u < here, 0, late)
    lasting = -ln(uniforms(seed, "birth_leaves", people)) / max(rate, 1e-12)
    stay = np.minimum(lasting, float(FOREVER)).astype(np.int64) + 1
    return np.minimum(enters, FOREVER), np.minimum(enters + stay, FOREVER)


def _bass(scenario: Scenario, periods: int) -> Floats:
    growth, per_year = scenario.market.growth, periods_per_year(scenario)
    p, q = max(growth.innovation_per_year, 1e-9), growth.imitation_per_year
    t = np.arange(periods + 1) / per_year
    decay = exp(np.maximum(-(p + q) * t, -600.0))
    result: Floats = growth.start_share + (1.0 - growth.start_share) * (1.0 - decay) / (1.0 + q / p * decay)
    return result


def _begin_tie(world: World, scenario: Scenario, which: tuple[int, str], luck: Floats) -> None:
    """How people stand to a firm at the start; the draws `luck` decide who knows it."""
    f, name = which
    tie, appraisal, firm = world.tie, scenario.psychology.appraisal, scenario.firms[name]
    has_past = Calendar.of(scenario.clock).warm_up > 0
    known = firm.aware_at_start if firm.aware_at_start is not None else scenario.market.aware_at_start
    chance = np.where(world.me.enters == 0, known, scenario.market.aware_on_entry)
    tie.aware[f] = luck < chance
    first = _first_expectation(appraisal, scenario.past.promise if has_past else firm.promise)
    tie.expectation[f] = np.where(tie.aware[f], first, appraisal.prior_expectation)
    tie.satisfaction[f] = appraisal.starting_satisfaction
    tie.trust[f] = scenario.psychology.bonds.starting_trust
    tie.reference_price[f] = 1.0
    tie.idle[f] = NEVER


def _match(scenario: Scenario, seed: int, people: NDArray[np.uint64], key: int) -> Floats:
    """How a firm's service suits each person: standard normal, a part of its variance shared with neighbours.

    sqrt(1 - h) x own + sqrt(h) x circle, the circle being the scaled sum of the draws of those as near on the ring as
    friends are; only graphs with a ring have neighbours (ring, small_world).
    """
    own: Floats = normal(uniforms(seed, "birth_match", people, key))
    friends = scenario.market.friends
    if friends.alike_in_match == 0.0 or friends.graph not in ("ring", "small_world"):
        return own
    n, part, reach = len(people), friends.alike_in_match, (friends.each + 1) // 2
    drawn = normal(uniforms(seed, "birth_circle", np.arange(n + 2 * reach, dtype=np.uint64), key))
    circle = np.zeros(n)
    for step in range(2 * reach + 1):
        circle += drawn[step : step + n]
    result: Floats = np.sqrt(1.0 - part) * own + np.sqrt(part / (2 * reach + 1)) * circle
    return result


def _first_expectation(appraisal: Appraisal, promise: float) -> float:
    """What is expected of a firm that is known by its promise alone."""
    believed = appraisal.promise_credibility
    return believed * promise + (1.0 - believed) * appraisal.prior_expectation


def end_of_past(world: World, scenario: Scenario, now: int) -> None:
    """From now on each firm promises what its own section says: so those who come later know it by that."""
    later = world.me.enters >= now
    for f, firm in enumerate(scenario.firms.values()):
        first = _first_expectation(scenario.psychology.appraisal, firm.promise)
        world.tie.expectation[f, later & (world.tie.aware[f] > 0)] = first


def _taste(scenario: Scenario, seed: int, people: NDArray[np.uint64], name: str) -> Floats:
    strength = scenario.people.taste.strength
    if strength <= 0.0:
        return np.zeros(len(people))
    sizes = {firm: (section.share if section.share is not None else 1.0) for firm, section in scenario.firms.items()}
    share = sizes[name] / sum(sizes.values())
    drawn = quantiles.log_gamma(uniforms(seed, "birth_taste", people, name_key(name)), strength * share)
    level = float(ln(np.float64(strength / len(sizes))))
    link = scenario.people.taste_price_link
    weaker: Floats = exp(-0.5 * link * normal(uniforms(seed, "birth_price", people))) if link else np.ones(len(people))
    result: Floats = np.maximum((drawn - level) * weaker, -300.0)
    return result
