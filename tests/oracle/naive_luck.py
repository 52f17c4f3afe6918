"""Keyed draws on Python's own whole numbers: the same luck as the engine's, looked up one person at a time."""

from __future__ import annotations

from statistics import NormalDist
from types import SimpleNamespace

from sim.numerics.draws import fate_of, luck_of

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
TURN = 0xD1B54A32D192ED03
inverse_normal = NormalDist().inv_cdf


def uniform(key: int, number: int, occasion: int = 0) -> float:
    """SplitMix64 of key, person and occasion, as a number in (0, 1)."""
    z = (key + number * GOLDEN + occasion * TURN) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    z ^= z >> 31
    return ((z >> 12) + 0.5) / 2**52


def fate(seed: int, period: int) -> SimpleNamespace:
    """The keys of a person's draws in a period, as Python whole numbers."""
    keys = fate_of(seed, period)
    return SimpleNamespace(**{name: int(value) for name, value in keys._asdict().items()})


def luck(seed: int, period: int, firm_keys) -> list[SimpleNamespace]:
    """The keys of the draws of a person and a firm in a period: one bundle for each firm."""
    keys = luck_of(seed, period, tuple(map(int, firm_keys)))._asdict()
    return [
        SimpleNamespace(**{name: int(column[f]) for name, column in keys.items()}) for f in range(len(firm_keys))
    ]
