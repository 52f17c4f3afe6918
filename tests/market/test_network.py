"""Who listens to whom: every kind of graph, keyed draws, graphs of networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from markets import small_market, walked

from sim.engine.state import COUNTS
from sim.market.network import friends_in, friends_of
from sim.market.simulation import Options, Simulation
from sim.scenario.schema.market import Friends

TASTE = np.random.default_rng(4).random(1000)
KINDS = ("ring", "small_world", "random", "scale_free", "homophilous")


@pytest.mark.parametrize("graph", KINDS)
def test_nobody_listens_to_themselves_or_to_a_stranger_outside_the_market(graph: str) -> None:
    table = friends_of(Friends(graph=graph, each=6), 1, TASTE)
    assert table.shape == (6, 1000)
    assert table.max() <= 1000
    assert not (table == np.arange(1000)).any()
    assert (table == 1000).mean() < 0.01


@pytest.mark.parametrize("graph", KINDS)
def test_the_same_seed_draws_the_same_friends(graph: str) -> None:
    settings = Friends(graph=graph, each=4, rewiring=0.5, alike=0.5)
    one, same, other = (friends_of(settings, seed, TASTE) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert graph == "ring" or not np.array_equal(one, other)


@pytest.mark.parametrize("graph", KINDS)
def test_one_more_friend_leaves_the_others_as_they_are(graph: str) -> None:
    few = friends_of(Friends(graph=graph, each=3), 1, TASTE)
    assert np.array_equal(few, friends_of(Friends(graph=graph, each=5), 1, TASTE)[:3])


def test_nobody_to_listen_to() -> None:
    assert friends_of(Friends(graph="none", each=6), 1, TASTE).shape == (0, 1000)
    assert friends_of(Friends(graph="ring", each=0), 1, TASTE).shape == (0, 1000)
    assert friends_of(Friends(graph="complete"), 1, TASTE[:1]).shape == (0, 1)


def test_in_a_complete_graph_everybody_listens_to_everybody_else() -> None:
    table = friends_of(Friends(graph="complete"), 1, TASTE[:7])
    assert [sorted(column) for column in table.T] == [[j for j in range(7) if j != i] for i in range(7)]


def test_rewiring_goes_from_the_ring_to_chance() -> None:
    ring = friends_of(Friends(graph="ring", each=4), 1, TASTE)
    for rewiring in (0.0, 0.3, 1.0):
        table = friends_of(Friends(graph="small_world", each=4, rewiring=rewiring), 1, TASTE)
        assert (table == ring).mean() == pytest.approx(1.0 - rewiring, abs=0.03)


def test_in_a_scale_free_graph_a_few_are_heard_by_many() -> None:
    heard = np.bincount(friends_of(Friends(graph="scale_free", each=6), 1, TASTE).ravel(), minlength=1001)[:1000]
    top = np.sort(heard)[::-1]
    assert top[:10].sum() > 0.15 * heard.sum()
    chance = np.bincount(friends_of(Friends(graph="random", each=6), 1, TASTE).ravel(), minlength=1001)[:1000]
    assert np.sort(chance)[::-1][:10].sum() < 0.03 * chance.sum()


def test_in_a_homophilous_graph_friends_have_the_same_need() -> None:
    table = friends_of(Friends(graph="homophilous", each=4, alike=1.0), 1, TASTE)
    heard = np.where(table < 1000, table, 0)
    distance = np.abs(TASTE[heard] - TASTE)
    assert np.median(distance) < 0.01
    mixed = friends_of(Friends(graph="homophilous", each=4, alike=0.0), 1, TASTE)
    assert np.median(np.abs(TASTE[np.where(mixed < 1000, mixed, 0)] - TASTE)) > 0.1


def test_a_graph_of_networkx_is_taken_as_it_is() -> None:
    table = friends_in(nx.Graph([(0, 1), (1, 2)]), 3)
    assert table.T.tolist() == [[1, 3], [0, 2], [1, 3]]
    directed = friends_in(nx.DiGraph([(0, 1), (2, 1)]), 3)
    assert directed.T.tolist() == [[3, 3], [0, 2], [3, 3]]


def test_a_graph_of_other_people_is_refused() -> None:
    with pytest.raises(ValueError, match=r"nodes 0 to 3, one for each person; it has 3 nodes"):
        friends_in(nx.path_graph(3), 4)


def test_a_market_runs_on_a_graph_of_networkx() -> None:
    """Who listens to whom is as given, and word travels on it."""
    talkative = {"psychology.voice.tell_joy": 1.0, "psychology.voice.tell_loss": 1.0}
    scenario = small_market({"market.friends.graph": "none", **talkative}, customers=60)
    course = Simulation(scenario, 5, 3, Options("numpy", 1, graph=nx.cycle_graph(60)))
    for _ in range(8):
        course.step()
    assert np.array_equal(course.world.friend_of, friends_in(nx.cycle_graph(60), 60))
    silent = walked(scenario, 8)
    assert course.recorder.counts[:8, COUNTS.index("told_loss")].any()
    assert not np.array_equal(course.world.tie.expectation, silent.world.tie.expectation)


@pytest.mark.parametrize("executor", ["numpy", "python"])
def test_exactly_those_who_listen_hear_the_word(executor: str) -> None:
    """On a ring only the two neighbours of customer 17 learn of a firm that only 17 speaks of."""
    firms = {"Old": {}, "New": {"aware_at_start": 0.0}}
    overrides = {"market.friends.graph": "ring", "market.friends.each": 2, "psychology.attention.search": 0.0,
                 "market.leave_per_year": 0.0,
                 "events": [{"kind": "market", "year": 0.0, "set": {"demand": 0.0}}]}
    course = walked(small_market(overrides, firms, 30), 0, executor=executor)
    course.world.friend.said_firm[17], course.world.friend.said_tone[17] = 1, 1.0
    course.step()
    assert np.flatnonzero(course.world.tie.aware[1]).tolist() == [16, 18]
    assert (course.world.tie.expectation[1, [16, 18]] > np.float32(0.55)).all()


def test_what_is_told_today_can_be_heard_tomorrow() -> None:
    """What people say is published under their own number at the end of the period; nobody says nothing."""
    talkative = {"psychology.voice.tell_joy": 1.0, "psychology.voice.tell_loss": 1.0, "market.leave_per_year": 0.0}
    course = walked(small_market(talkative, customers=200), 3)
    world = course.world
    assert (world.me.telling >= 0).any()
    assert np.array_equal(world.friend.said_firm[:-1], world.me.telling)
    assert np.array_equal(world.friend.said_tone[:-1], world.me.tone)
    assert world.friend.said_firm[-1] == -1
