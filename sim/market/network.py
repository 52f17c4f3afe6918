"""Who listens to whom. Drawn by keys from the world seed, in arrays; a networkx graph is accepted too."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.numerics.draws import uniforms
from sim.scenario.schema.market import Friends


def friends_of(settings: Friends, seed: int, order: NDArray[np.float64]) -> NDArray[np.uint32]:
    """The friends that each person listens to: [friends, N]; N stands for "nobody".

    `order` places people on a line of taste; only the homophilous graph uses it. Graphs: ring (neighbours),
    small_world (ring with shortcuts; Watts & Strogatz 1998), random, scale_free (a few are heard by many: the chance
    to be heard falls with the rank to the power -2/3), homophilous (neighbours in taste), complete, none.

    >>> friends_of(Friends(graph="ring", each=2), 1, np.zeros(4)).tolist()
    [[1, 2, 3, 0], [3, 0, 1, 2]]
    """
    n = len(order)
    if settings.graph == "none" or settings.each == 0 or n == 1:
        return np.zeros((0, n), np.uint32)
    if settings.graph == "complete":
        everybody = (np.arange(n) + np.arange(1, n)[:, None]) % n
        return everybody.astype(np.uint32)
    found = np.stack([_one_friend(settings, seed, order, q) for q in range(settings.each)])
    return np.where(found == np.arange(n), n, found).astype(np.uint32)


def _one_friend(settings: Friends, seed: int, order: NDArray[np.float64], q: int) -> NDArray[np.int64]:
    """The friend number `q` of each person."""
    n, people = len(order), np.arange(len(order), dtype=np.uint64)
    draw = uniforms(seed, "birth_friend", people, q)
    anyone = np.minimum((draw * n).astype(np.int64), n - 1)
    if settings.graph == "random":
        return anyone
    if settings.graph == "scale_free":
        rank = np.minimum((draw * draw * draw * n).astype(np.int64), n - 1)
        return np.asarray((rank * _coprime(n) + 7) % n)
    step = (q // 2 + 1) * (1 if q % 2 == 0 else -1)
    rewired = uniforms(seed, "birth_rewired", people, q)
    if settings.graph == "homophilous":
        line = np.argsort(order, kind="stable")
        return np.where(rewired < settings.alike, line[(np.argsort(line) + step) % n], anyone)
    neighbour = (np.arange(n) + step) % n
    if settings.graph == "ring":
        return neighbour
    return np.where(rewired < settings.rewiring, anyone, neighbour)


def _coprime(n: int) -> int:
    step = int(n * 0.6180339887) | 1
    while np.gcd(step, n) != 1:
        step += 2
    return step


def friends_in(graph: Any, n: int) -> NDArray[np.uint32]:
    """The friends that each person listens to in a networkx graph whose nodes are 0..n-1.

    Raises ValueError where the graph has other nodes.
    """
    nodes = set(graph.nodes)
    if nodes != set(range(n)):
        raise ValueError(f"the graph must have the nodes 0 to {n - 1}, one for each person; it has {len(nodes)} nodes")
    lists = [sorted(graph.predecessors(i) if graph.is_directed() else graph.neighbors(i)) for i in range(n)]
    most = max((len(found) for found in lists), default=0)
    table = np.full((most, n), n, np.uint32)
    for i, found in enumerate(lists):
        table[: len(found), i] = found
    return table
