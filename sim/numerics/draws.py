"""Common random numbers: a draw is looked up, never streamed, as a hash of (seed, period, purpose, person).

So customer 17 meets the same random draws in every what-if, however many others live in the market, in whatever order
they are visited. One uniform makes one variate, by inversion. `PURPOSES` is only ever appended to.
"""

from __future__ import annotations

import hashlib
from collections import namedtuple
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from sim.numerics.elementary import GOLDEN, TURN, mix, rule, unit

PURPOSES = (
    # of a person in a period
    "wanted", "outside", "noise", "failure", "major", "complain", "mended", "cared", "tell", "review", "inattention",
    # of a person and a firm in a period (keyed by the firm's name)
    "forget", "notice", "touch", "win_back", "taste", "mind", "line", "search", "outage",
    # of the people, drawn once at birth (world seed)
    "birth_rate", "birth_basket", "birth_price", "birth_effort", "birth_risk", "birth_proneness_a", "birth_proneness_b",
    "birth_expressive", "birth_values", "birth_serving", "birth_enters", "birth_leaves", "birth_segment",
    "birth_need_0", "birth_need_1", "birth_need_2", "birth_need_3", "birth_need_4",
    "birth_taste", "birth_match", "birth_aware", "birth_friend", "birth_rewired", "birth_phase",
    # of observers
    "survey_answers", "survey_attitude", "survey_behaviour", "survey_recommend", "bootstrap",
    # of futures that begin at a date: the seed of each
    "fork",
    # of firms, drawn once (keyed by the firm's name): who cuts its price first, and when
    "price_cut_order", "price_cut_start",
    # of the people at birth: what neighbours share
    "birth_circle",
)
NUMBER = {name: place for place, name in enumerate(PURPOSES)}


Fate = namedtuple("Fate", "wanted outside noise failure major complain mended cared tell review inattention")
"""Keys of a period for the draws of a person: one number each."""
Luck = namedtuple("Luck", "forget notice touch win_back taste mind line search outage")
"""Keys of a period for the draws of a person and a firm: [F] each."""


def key(seed: int, period: int, purpose: str, *more: int) -> np.uint64:
    """The key of one kind of draw in one period."""
    state = np.uint64(seed)
    with np.errstate(over="ignore"):
        for part in (period, NUMBER[purpose] + 1, *more):
            state = mix(state + GOLDEN * np.uint64(part & 0xFFFFFFFFFFFFFFFF) + TURN)
    return np.uint64(state)


def name_key(name: str) -> int:
    """The identity of a firm's luck: a hash of its name, not of its place."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def balanced(seed: int, order: str, start: str, names: Sequence[str]) -> list[Fraction]:
    """A share of a turn, from 0 to below 1, for each name: evenly spread, in an order and from a start that are drawn.

    share = (rank of the name's own draw + a common uniform) / number of names. So over seeds every share is as likely
    for every name, and the order in which names are given changes nothing.

    >>> one, two = balanced(7, "price_cut_order", "price_cut_start", ["Rush", "Root"])
    >>> abs(one - two)
    Fraction(1, 2)
    """
    ranked = sorted(names, key=lambda name: int(key(seed, 0, order, name_key(name))))
    common = Fraction(int(key(seed, 0, start)) >> 40, 1 << 24)
    return [(ranked.index(name) + common) / len(names) for name in names]


@rule
def uniform(key: Any, number: Any) -> Any:
    """The uniform of one person under a key, in (0, 1)."""
    return unit(mix(key + number * GOLDEN))


@rule
def uniform_of_occasion(key: Any, number: Any, occasion: Any) -> Any:
    """The uniform of one person on one of the period's occasions."""
    return unit(mix(key + number * GOLDEN + occasion * TURN))


def uniforms(seed: int, purpose: str, numbers: np.ndarray, *more: int) -> np.ndarray:
    """Uniforms of many people for a purpose outside the clock (birth, observers)."""
    with np.errstate(over="ignore"):
        return np.asarray(uniform(key(seed, 0, purpose, *more), numbers.astype(np.uint64)))


CHUNK = 64
"""Keys are made for so many periods at once: the same numbers, fewer calls."""


@lru_cache(maxsize=64)
def _keys(seed: int, chunk: int, purposes: tuple[str, ...], more: tuple[int, ...] | None = None) -> np.ndarray:
    """`key` for a chunk of periods and many purposes [periods, purposes], or firms too [periods, purposes, firms]."""
    numbers = np.array([NUMBER[name] + 1 for name in purposes], dtype=np.uint64)
    periods = np.arange(chunk * CHUNK, (chunk + 1) * CHUNK, dtype=np.uint64)
    with np.errstate(over="ignore"):
        start = mix(np.uint64(seed) + GOLDEN * periods + TURN)
        keys: np.ndarray = mix(start[:, None] + GOLDEN * numbers + TURN)
        if more is not None:
            keys = mix(keys[:, :, None] + GOLDEN * np.array(more, dtype=np.uint64) + TURN)
    keys.flags.writeable = False
    return keys


def keys_of(seed: int, period: int, purposes: tuple[str, ...], more: tuple[int, ...]) -> np.ndarray:
    """`key` for many purposes and firms in one period: [purposes, firms], read-only."""
    return np.asarray(_keys(seed, period // CHUNK, purposes, more)[period % CHUNK])


def fate_of(seed: int, period: int) -> Fate:
    """The keys of a person's draws in a period."""
    return Fate(*_keys(seed, period // CHUNK, Fate._fields)[period % CHUNK])


def luck_of(seed: int, period: int, firm_keys: tuple[int, ...]) -> Luck:
    """The keys of the draws of a person and a firm in a period."""
    return Luck(*keys_of(seed, period, Luck._fields, firm_keys))
