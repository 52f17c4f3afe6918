"""Sharing a difference out: Shapley's value over all combinations, or over orders that are drawn.

The path to a difference in profit is one of its uses: with W customers won (those at the start included), K = active
time / W, B = revenue / active time and C = costs, a profit is W·K·B − C. Between two results each of the four changes,
and Shapley's value of each is its step: the steps add up to the difference, whatever the order in which one looks at
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor, hypot

import numpy as np

from sim.equity.decomposition import Factors, owen_values
from sim.metrics.arithmetic import ratio
from sim.numerics.draws import key
from sim.statistics.intervals import Floats, Interval
from sim.text.language import tr

NORMAL = 1.96
"""Quantile of the normal distribution for 95 %."""
PROFIT = "cumulative_discounted_profit_money"
BEHIND_PROFIT = (PROFIT, "won_to_date_people", "customer_time_months", "cumulative_discounted_revenue_money")
"""The outcomes that `path_between` needs, in this order."""
WON, KEPT, BOUGHT, COST = "won", "kept", "bought", "cost"


def widened(interval: Interval, error: float) -> Interval:
    """An interval with another standard error in it, that of the orders drawn."""
    half = hypot(interval.high - interval.value, NORMAL * error)
    return Interval(interval.value, interval.value - half, interval.value + half, interval.n)


Values = dict[frozenset[str], Floats]


def shapley(value: Values, names: Sequence[str]) -> Floats:
    """What each name adds to value(all) − value(none), over replications [names, R].

    >>> two = {frozenset(): 0.0, frozenset("a"): 1.0, frozenset("b"): 2.0, frozenset("ab"): 7.0}
    >>> shapley({chosen: np.array([each]) for chosen, each in two.items()}, "ab").ravel().tolist()
    [3.0, 4.0]
    """
    found = owen_values(lambda at: value[frozenset(name for name in names if at[name])], dict.fromkeys(names, False),
                        dict.fromkeys(names, True), {name: (name,) for name in names})
    return np.array([found[name] for name in names])


def orders_of(names: Sequence[str], number: int, seed: int) -> list[tuple[str, ...]]:
    """Orders of names, drawn by the seed; each is followed by its reverse, which evens them out."""
    drawn: list[tuple[str, ...]] = []
    for place in range((number + 1) // 2):
        luck = {name: int(key(seed, place, "bootstrap", k)) for k, name in enumerate(names)}
        one = tuple(sorted(names, key=luck.__getitem__))
        drawn += [one, one[::-1]]
    return drawn


def along(value: Values, names: Sequence[str], places: Sequence[str]) -> Floats:
    """What each name adds when they are changed in this order, by the places of the names [names, R]."""
    steps = [frozenset(names[:k]) for k in range(len(names) + 1)]
    added = {name: value[after] - value[before] for name, (before, after) in zip(names, pairwise(steps), strict=True)}
    return np.array([added[name] for name in places])


def combinations_of(names: Sequence[str], drawn: Sequence[tuple[str, ...]]) -> list[frozenset[str]]:
    """Every combination of names; where orders were drawn, only those on their ways."""
    if drawn:
        found = [frozenset(one[:k]) for one in drawn for k in range(len(names) + 1)]
    else:
        found = [frozenset(name for k, name in enumerate(names) if mask >> k & 1) for mask in range(2 ** len(names))]
    return list(dict.fromkeys(found))


def rounded(parts: Sequence[float], total: int) -> list[int]:
    """Whole numbers that add up to the total, each as near to its part as that allows (largest remainder).

    >>> rounded([1.4, 1.4, 1.2], 4), rounded([-0.5, 2.5], 2)
    ([2, 1, 1], [0, 2])
    """
    whole = [floor(part) for part in parts]
    rest = sorted(range(len(parts)), key=lambda k: (whole[k] - parts[k], k))
    for k in rest[:total - sum(whole)]:
        whole[k] += 1
    return whole


def path_between(here: Floats, there: Floats) -> Floats:
    """What each of the four steps adds to the profit of `there` minus that of `here`.

    Args:
        here, there: the outcomes of `BEHIND_PROFIT` in paired runs, [4, R]; money in units, discounted.

    Returns:
        Money by step and run [4, R]: won, kept, bought, cost. Each run's steps add up to its difference.

    Source: Shapley 1953; the four factors are an assumption (time is that within the active window of the scenario).

    >>> here = np.array([[60.0], [10.0], [50.0], [100.0]])
    >>> path_between(here, np.array([[160.0], [20.0], [100.0], [200.0]])).ravel().round(9).tolist()
    [100.0, 0.0, 0.0, 0.0]
    """
    found = owen_values(_profit, _factors(here), _factors(there), {name: (name,) for name in (WON, KEPT, BOUGHT, COST)})
    return np.array([found[name] for name in (WON, KEPT, BOUGHT, COST)])


def steps_in_words() -> list[str]:
    """The four steps as people call them."""
    return [tr("customers won"), tr("how long they stayed"), tr("what they paid while they stayed"), tr("costs")]


def _factors(outcomes: Floats) -> dict[str, Floats]:
    """Of results [4, R]; 0 where there is nobody, who then bought nothing."""
    profit, won, time, revenue = outcomes
    kept, bought = (np.nan_to_num(ratio(*pair)) for pair in ((time, won), (revenue, time)))
    return {WON: won, KEPT: kept, BOUGHT: bought, COST: revenue - profit}


def _profit(factors: Factors) -> Floats:
    profit: Floats = factors[WON] * factors[KEPT] * factors[BOUGHT] - factors[COST]
    return profit
