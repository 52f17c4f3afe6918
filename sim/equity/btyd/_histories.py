"""Purchase histories as columns, checked, and what BG/NBD and Pareto/NBD share: questions to them, and their fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeVar

import numpy as np

from sim.equity.btyd._maximum import Case, Fitted, Objective, Weighted, advice, condensed, estimates, fit
from sim.equity.btyd._sums import checked_discount
from sim.equity.checks import Floats, broadcast, column, numbers, plain, same_length, whole, whole_column, wholes

Model = TypeVar("Model", bound="TimedModel")
MOST_PURCHASES = 10**9
ROUNDING = 1e-9


class Histories(NamedTuple):
    """Repeat purchases, time of the last one (counted from the first purchase), and time observed, by customer."""

    frequency: Floats
    recency: Floats
    T: Floats


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


@dataclass(frozen=True, repr=False, kw_only=True)
class TimedModel(Fitted, ABC):
    """A model of repeat purchases in continuous time.

    A history is frequency, recency and T as for `fit_bg_nbd`. Columns that are no histories, and times below 0, are
    refused (TypeError, ValueError). Numbers give a number, arrays an array.
    """

    def expected_purchases(self, t: Any) -> Any:
        """Repeat purchases of a new customer in the time t after the first purchase, E[X(t)]."""
        return plain(self._expected(numbers("t", t, 0.0)))

    def probability_alive(self, frequency: Any, recency: Any, T: Any) -> Any:  # noqa: N803 - the field's name
        """Probability that a customer with this history is still active at T."""
        return plain(self._alive(checked_histories(frequency, recency, T)))

    def conditional_expectation(self, t: Any, frequency: Any, recency: Any, T: Any) -> Any:  # noqa: N803
        """Purchases to expect of a customer with this history in (T, T + t]."""
        time, past = numbers("t", t, 0.0), checked_histories(frequency, recency, T)
        broadcast(t=time, T=past.T)
        return plain(self._conditional(time, past))

    def probability_of_purchases(self, x: Any, t: Any) -> Any:
        """Probability that a new customer makes x repeat purchases in the time t after the first."""
        count, time = wholes("x", x, 0, MOST_PURCHASES).astype(np.float64), numbers("t", t, 0.0)
        return plain(self._chance(*broadcast(x=count, t=time)))

    def discounted_expected_residual_transactions(
        self, frequency: Any, recency: Any, T: Any, discount: float, horizon: float | None = None,  # noqa: N803
    ) -> Any:
        """Present value at T, in transactions, of what a customer with this history will still buy (DERT).

        Σ over k = 1, 2, … of (purchases expected in the k-th unit of time after T)/(1 + discount)^k: discrete
        discounting at the end of each unit, to a relative accuracy of 1e-9. `discount` is per unit of time, at least 0,
        `horizon` in units; endless where None, which needs a discount above 0.

        >>> from sim.equity.btyd import BGNBD
        >>> cdnow = BGNBD(0.243, 4.414, 0.793, 2.426)
        >>> round(cdnow.discounted_expected_residual_transactions(2, 30.43, 38.86, discount=0.15 / 52), 2)
        4.96
        """
        rate, until = checked_discount(discount, horizon)
        return plain(self._discounted(checked_histories(frequency, recency, T), rate, until))

    def simulate(self, customers: int, T: Any, rng: np.random.Generator) -> Histories:  # noqa: N803
        """Histories of new customers, each observed for T (a number, or one per customer) after the first purchase."""
        draw = checked_generator(rng)
        count = whole("customers", customers, 1, 10**8)
        end = np.broadcast_to(numbers("T", T, 0.0), (count,)).astype(np.float64)
        return self._drawn(end, draw)

    @abstractmethod
    def _expected(self, time: Floats) -> Floats: ...

    @abstractmethod
    def _alive(self, past: Histories) -> Floats: ...

    @abstractmethod
    def _conditional(self, time: Floats, past: Histories) -> Floats: ...

    @abstractmethod
    def _chance(self, count: Floats, time: Floats) -> Floats: ...

    @abstractmethod
    def _discounted(self, past: Histories, rate: float, horizon: float | None) -> Floats: ...

    @abstractmethod
    def _drawn(self, end: Floats, draw: np.random.Generator) -> Histories: ...


def fit_in_time(
    model: type[Model], make: Callable[[Weighted], Objective], histories: Histories, weights: Any,
    starts: Sequence[Sequence[float]], cases: Callable[[float, float], Sequence[Case]],
) -> Model:
    """Fit a model of repeat purchases in continuous time, whatever the unit of time is.

    `histories` are the columns as given, `starts` the parameters to begin with: the first r, the second alpha, in
    units of the mean time observed and for one purchase in it. `cases` are what may be wrong with the other two, by
    their logarithms (see `advice`).
    """
    past = checked_columns(*histories)
    rows = condensed(tuple(past), checked_weights(weights, past.T.size))
    x, last, end = rows.columns
    unit = rows.mean(end) or 1.0
    mean = max(rows.mean(x), 1e-3)
    begin = [np.log([r, alpha / mean, *others]) for r, alpha, *others in starts]
    peak = fit(make, rows._replace(columns=(x, last / unit, end / unit)), begin)
    names = [one.name for one in fields(model) if not one.kw_only]
    words = advice(peak, names, [
        (not (x > 0).any(), "Nobody bought a second time: no rate and no loss can be told; watch the customers for "
                            "longer."),
    ], [
        (names[2:], cases(*peak.logs[2:])),
        (names[:2], [(peak.logs[:2].min() > 6, "Customers look alike in how often they buy: only r/alpha is told by "
                                               "these data.")]),
    ], "More customers or a longer time would settle it; forecasts close to the data are still usable.")
    units = {name: unit if name in ("alpha", "beta") else 1.0 for name in names}
    log_unit = rows.total * rows.mean(x) * float(np.log(unit))
    return model(**estimates(peak, units, rows.total, log_unit), advice=words)
