"""Purchase histories as columns, checked, and condensed to the distinct ones with the number of customers of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from sim.equity.checks import Floats, broadcast, column, numbers, same_length, whole_column, wholes

MOST_PURCHASES = 10**9
ROUNDING = 1e-9


class Histories(NamedTuple):
    """Repeat purchases, time of the last one (counted from the first purchase), and time observed, by customer."""

    frequency: Floats
    recency: Floats
    T: Floats


class Weighted(NamedTuple):
    """Distinct rows of several columns, and how many customers (or what weight) stand behind each."""

    columns: tuple[Floats, ...]
    weights: Floats

    @property
    def total(self) -> float:
        return float(self.weights.sum())

    def mean(self, column: Floats) -> float:
        return float(dot(self.weights, column)) / self.total

    def thinned(self, most: int) -> Weighted:
        """Evenly spaced rows, about `most` of them."""
        step = max(1, self.weights.size // most)
        return Weighted(tuple(column[::step] for column in self.columns), self.weights[::step])


def dot(weights: Floats, columns: Floats) -> Any:
    """Weighted sums over the last axis, in this thread alone: others would cost more than they bring."""
    return np.einsum("i,...i->...", weights, columns)


def in_blocks(columns: tuple[np.ndarray, ...], rows: int) -> Iterator[tuple[np.ndarray, ...]]:
    """The columns, so many rows at a time."""
    for start in range(0, columns[0].size, rows):
        yield tuple(column[start: start + rows] for column in columns)


def checked_histories(frequency: Any, recency: Any, observed: Any, name: str = "T") -> Histories:
    """The three columns as arrays of one shape; scalars and broadcastable shapes are welcome.

    Refused: a count that is not whole or below 0, a recency above T or without a repeat purchase, shapes that do not
    fit together.
    """
    x = wholes("frequency", frequency, 0, MOST_PURCHASES).astype(np.float64)
    last = numbers("recency", recency, 0.0)
    end = numbers(name, observed, 0.0)
    x, last, end = (np.array(column) for column in broadcast(**{"frequency": x, "recency": last, name: end}))
    for bad, words, other in (
        (last > end * (1.0 + ROUNDING), f"lies after {name}; at most {name}", end),
        ((x == 0) & (last > 0), "with frequency 0; recency is 0 where nothing was bought again", x),
        ((x > 0) & (last == 0), "with frequency above 0; the last repeat purchase has a time", x),
    ):
        if bad.any():
            place = int(np.argmax(bad))
            where = f" (value {place + 1} of {last.size})" if last.size > 1 else ""
            raise ValueError(f"recency: {last.flat[place]:.12g}{where} {words} ({other.flat[place]:.12g} there)")
    return Histories(x, np.minimum(last, end), end)


def checked_columns(frequency: Any, recency: Any, observed: Any) -> Histories:
    """The same for a fit: three columns, equally long, at least one customer."""
    x = whole_column("frequency", frequency, 0, MOST_PURCHASES).astype(np.float64)
    last, end = column("recency", recency, 0.0), column("T", observed, 0.0)
    same_length(frequency=x, recency=last, T=end)
    return checked_histories(x, last, end)


def checked_weights(weights: Any, rows: int) -> Floats:
    """How many customers stand behind each row: 1 each unless given."""
    found = np.ones(rows) if weights is None else column("weights", weights, 0.0, 1e12)
    same_length(frequency=np.empty(rows), weights=found)
    enough("frequency" if weights is None else "weights", found)
    return found


def checked_generator(rng: Any) -> np.random.Generator:
    """A generator of random numbers, or a TypeError."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: numpy.random.default_rng(seed) is expected, not {type(rng).__name__}")
    return rng


def enough(name: str, weights: Floats) -> None:
    """Refuse to fit a model of how customers differ to fewer than two customers."""
    if not weights.sum() >= 2.0 and (weights > 0).sum() < 2:
        raise ValueError(f"{name}: {weights.sum():g} customer{'' if weights.sum() == 1 else 's'} is not enough; at "
                         "least 2 are needed, and many more to tell much")


def condensed(columns: tuple[Floats, ...], weights: Floats) -> Weighted:
    """Distinct rows with the sum of their weights; rows of weight 0 are left out.

    Rows are sorted by a mixture of their values: equal rows meet, and that is all the order is for. (Should a row of
    another kind mix to the same number and come between, equal rows stay apart, which costs time but no exactness.)

    >>> rows = condensed((np.array([0.0, 2.0, 0.0]), np.array([9.0, 9.0, 9.0])), np.ones(3))
    >>> rows.columns[0].tolist(), rows.weights.tolist()
    ([0.0, 2.0], [2.0, 1.0])
    """
    kept = weights > 0
    mixture = np.zeros(int(kept.sum()))
    for values, share in zip(columns, (1.0, 0.6180339887498949, 0.7320508075688772), strict=False):
        mixture += share * values[kept]
    order = np.argsort(mixture, kind="stable")
    rows = [values[kept][order] for values in columns]
    new = np.zeros(order.size, dtype=bool)
    new[:1] = True
    for values in rows:
        new[1:] |= values[1:] != values[:-1]
    starts = np.flatnonzero(new)
    return Weighted(tuple(values[starts] for values in rows), np.add.reduceat(weights[kept][order], starts))
