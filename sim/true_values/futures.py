"""Many futures of one market, added up: means, errors, and who came back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.records.records import Floats, Ints
from sim.text.console import Progress
from sim.true_values.horizon import Checkpoint


@dataclass(frozen=True)
class Futures:
    """What the futures brought. F firms, N people, R futures, B: periods since the last purchase, 0 .. start − 1.

    Money in minor units of the valuation date. `residual` is the mean over futures, `error` its Monte Carlo standard
    error s/√R (s with R − 1), `returns` the share of futures in which the person buys from the firm again (or for the
    first time). `realised` is the run's own future, None where the run ends before the horizon does.
    `returned_by_idle` and `value_by_idle` [R, F, B] count the people who bought before, by how long ago that was: how
    many of them came back, and what they brought.
    """

    residual: Floats
    error: Floats
    returns: Floats
    realised: Floats | None
    returned_by_idle: Ints
    value_by_idle: Floats
    totals: Floats  # [R, F] what all people brought, exactly rounded sums


class _Mean:
    """Running mean and sum of squares about it, future by future (Welford 1962): the same bits in the same order."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.n, self.mean, self.squares = 0, np.zeros(shape), np.zeros(shape)

    def add(self, value: Floats) -> None:
        """One more future."""
        self.n += 1
        off = value - self.mean
        self.mean += off / self.n
        self.squares += off * (value - self.mean)

    @property
    def error(self) -> Floats:
        """Standard error of the mean."""
        found: Floats = np.sqrt(self.squares / (self.n - 1) / self.n)
        return found


def exact_sum(values: Floats) -> float:
    """The sum of all numbers, rounded once: no order of adding matters (Shewchuk 1997).

    >>> exact_sum(np.array([1e16, 1.0, -1e16]))
    1.0
    """
    from math import fsum

    return fsum(values.ravel().tolist())


def futures(market: Checkpoint, progress: Progress | None = None) -> Futures:
    """Run all futures one after the other, and the run's own one as far as the run goes."""
    ahead, tie = market.ahead, market.course.world.tie
    firms, number = tie.margin.shape[0], ahead.replications
    value, back = _Mean(tie.margin.shape), np.zeros(tie.margin.shape, dtype=np.int64)
    returned = np.zeros((number, firms, ahead.start), dtype=np.int64)
    brought, totals = np.zeros(returned.shape), np.zeros((number, firms))
    known = [np.flatnonzero(tie.experiences[f] > 0) for f in range(firms)]
    tell = progress or (lambda _done, _total, _what: None)
    for k in range(number):
        tell(k, number + 1, f"future {k + 1} of {number}")
        market.use_compiled()
        found = market.future(k)
        value.add(found.value)
        back += found.bought
        for f, rows in enumerate(known):
            idle = tie.idle[f, rows]
            returned[k, f] = np.bincount(idle[found.bought[f, rows]], minlength=ahead.start)
            brought[k, f] = np.bincount(idle, weights=found.value[f, rows], minlength=ahead.start)
            totals[k, f] = exact_sum(found.value[f])
    tell(number, number + 1, "as it happened")
    own = market.as_it_happened().value
    tell(number + 1, number + 1, "done")
    whole = ahead.end <= market.records.periods
    return Futures(value.mean, value.error, back / number, own if whole else None, returned, brought, totals)
