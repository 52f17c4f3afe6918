"""The path to a difference in profit: customers won, how long they stayed, what they paid meanwhile, what it cost.

With W customers won (those at the start included), K = active time / W, B = revenue / active time and C = costs, a
profit is W·K·B − C. Between two results each of the four changes, and Shapley's value of each is its step: the steps
add up to the difference, whatever the order in which one looks at them.
"""

from __future__ import annotations

import numpy as np

from sim.equity.decomposition import Factors, owen_values
from sim.metrics.arithmetic import ratio
from sim.statistics.intervals import Floats
from sim.text.language import tr

PROFIT = "cumulative_discounted_profit_money"
BEHIND_PROFIT = (PROFIT, "won_to_date_people", "customer_time_months", "cumulative_discounted_revenue_money")
"""The outcomes that `path_between` needs, in this order."""
WON, KEPT, BOUGHT, COST = "won", "kept", "bought", "cost"


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
