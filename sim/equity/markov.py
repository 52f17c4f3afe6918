"""Customers as Markov chains: value by state or brand bought last, where to stop spending, return on marketing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.equity import checks
from sim.equity.checks import Floats, column, number, numbers, whole

LONGEST = 1_000_000
LEAST_DISCOUNT = 1e-9
"""Without an end, a discount nearer to 0 leaves no digits to reckon with."""


def markov_value(transition: Any, reward: Any, discount: float, horizon: int | None = None) -> Floats:
    """Value of a customer by the state they are in now: V = Σ (P/(1+d))^t · R, t = 0 … horizon.

    The reward of the present state comes now, that of the next state after one period, and so on; without a horizon
    V = (I − P/(1+d))^−1 · R.

    Args:
        transition: P [states, states], chances; row: from, column: to; rows sum to 1.
        reward: R [states], money per period in a state, costs taken off.
        discount: rate per period, at least 1e-9; with a horizon, above −1.
        horizon: last date that counts, 0 (only now) to 1,000,000; None: no end.

    Returns:
        Money of now by state [states].

    Raises:
        TypeError: an argument is not made of numbers.
        ValueError: outside its range; the matrix not square or a row not summing to 1; another number of rewards.

    Source: Pfeifer and Carraway (2000), Journal of Interactive Marketing 14(2) 43-55.

    >>> markov_value([[0.5, 0.5], [0.0, 1.0]], [10, 0], 0.25).round(6).tolist()
    [16.666667, 0.0]
    >>> markov_value([[0.5, 0.5], [0.0, 1.0]], [10, 0], 0.25, horizon=1).tolist()
    [14.0, 0.0]
    """
    chain, gain = _chain(transition, reward)
    if horizon is None:
        return _for_ever(chain / (1.0 + number("discount", discount, LEAST_DISCOUNT)), gain)
    step = chain / (1.0 + number("discount", discount, -1.0, open_ends="low"))
    return _added_up(step, gain, whole("horizon", horizon, 0, LONGEST) + 1)


@dataclass(frozen=True)
class Stopping:
    """In which states spending goes on, and what customers are worth then.

    `goes_on` [states]; `value` [states] with the best plan; `always` [states], if spending never stopped; `plans`, how
    many plans were valued on the way. Money of now.
    """

    goes_on: NDArray[np.bool_]
    value: Floats
    always: Floats
    plans: int

    @property
    def gain(self) -> Floats:
        """What stopping in time is worth, by state."""
        return np.asarray(self.value - self.always)


def optimal_stopping(transition: Any, reward: Any, discount: float, stopped: Any = 0.0) -> Stopping:
    """In which states it pays to go on spending on a customer, when whoever is let go never comes back.

    V(s) = max( R(s) + Σ P(s, s')·V(s')/(1+d),  stopped(s) ), by policy iteration: begin with going on everywhere, value
    the plan, go on only where that is worth more than stopping, until nothing changes. A tie is a stop.

    Args:
        transition: P [states, states] while spending goes on, chances; rows sum to 1.
        reward: R [states], money per period in a state while spending goes on, spending taken off.
        discount: rate per period, at least 1e-9.
        stopped: what a customer still brings, once and now, where spending stops: a number or one per state [states].

    Raises:
        TypeError: an argument is not made of numbers.
        ValueError: outside its range; the matrix not square or a row not summing to 1; another number of rewards.

    Source: the question of Pfeifer and Carraway (2000): up to which recency to go on spending; policy iteration: Howard
    (1960), Dynamic Programming and Markov Processes.

    >>> chain = [[0.3, 0.7, 0, 0], [0.2, 0, 0.8, 0], [0.05, 0, 0, 0.95], [0, 0, 0, 1]]
    >>> plan = optimal_stopping(chain, [36, -4, -4, 0], 0.2)
    >>> plan.goes_on.tolist(), plan.always.round(2).tolist(), plan.value.round(2).tolist()
    ([True, True, False, False], [50.44, 3.14, -1.9, 0.0], [51.57, 4.6, 0.0, 0.0])
    """
    chain, gain = _chain(transition, reward)
    left = numbers("stopped", stopped)
    if left.ndim > 1 or left.size not in (1, gain.size):
        raise ValueError(f"stopped: {left.size} values are not allowed; one number, or one per state ({gain.size})")
    step = chain / (1.0 + number("discount", discount, LEAST_DISCOUNT))
    always = value = _for_ever(step, gain)
    goes_on, plans, improved = np.ones(gain.size, dtype=bool), 1, True
    tie = 1e-12 * (1.0 + float(np.abs(np.r_[value, left]).max()))
    while improved:
        better = gain + step @ value > left + tie
        if np.array_equal(better, goes_on):
            break
        raised = _for_ever(step * better[:, None], np.where(better, gain, left))
        improved = bool((raised > value + tie).any())
        goes_on, value, plans = better, raised, plans + 1
    return Stopping(goes_on, value, always, plans)


def switching_value(
    matrix: Any, purchases_per_year: float, years: float | None, discount: float, contribution: Any
) -> Floats:
    """What a customer is worth to every brand, by the brand bought last: Σ (1+d)^(−t/f) · v · B_t, t = 0 … ⌊T·f⌋.

    Purchase 0 is the one just made, purchase t comes t/f years later; B_t is the chance that it is of the brand, from
    the matrix to the power t.

    Args:
        matrix: chances [brands, brands] that the next purchase is of the column's brand after one of the row's; rows
            sum to 1.
        purchases_per_year: f, above 0; not more than a million purchases in all.
        years: T, how many years count, at least 0; None: no end.
        discount: rate per year, above −1; without an end, at least 1e-9.
        contribution: v, money per purchase (volume × margin): one number, or one per brand [brands].

    Returns:
        Money of now [brands, brands]; row: brand bought last, column: brand whose value it is.

    Raises:
        TypeError: an argument is not made of numbers.
        ValueError: outside its range; the matrix not square or a row not summing to 1.

    Source: Rust, Lemon and Zeithaml (2004), "Return on marketing", Journal of Marketing 68(1) 109-127.

    >>> switching_value([[0.7, 0.3], [0.5, 0.5]], 4, 3, 0.1, 10).round(4)[:, 0].tolist()
    [75.3665, 62.9397]
    """
    chain = checks.transition("matrix", matrix)
    often = number("purchases_per_year", purchases_per_year, 0.0, 1e6, open_ends="low")
    gain = numbers("contribution", contribution)
    if gain.ndim > 1 or gain.size not in (1, len(chain)):
        raise ValueError(f"contribution: {gain.size} values are not allowed; one number, or one per brand")
    gains = np.eye(len(chain)) * gain
    if years is None:
        rate = number("discount", discount, LEAST_DISCOUNT)
        return _for_ever(chain * (1.0 + rate) ** (-1.0 / often), gains)
    rate = number("discount", discount, -1.0, open_ends="low")
    last = int(np.floor(number("years", years, 0.0, LONGEST / often) * often + 1e-9))
    return _added_up(chain * (1.0 + rate) ** (-1.0 / often), gains, last + 1)


def stationary_shares(matrix: Any) -> Floats:
    """Shares of purchases that a brand-switching matrix leads to in the long run: π = π·M, Σ π = 1.

    They are the same wherever the market starts. Brands that are left for good end with 0.

    Args:
        matrix: chances [brands, brands], row: brand bought last, column: brand bought next; rows sum to 1.

    Returns:
        Shares [brands].

    Raises:
        TypeError: not made of numbers.
        ValueError: not square, a row not summing to 1, or several groups of brands that nobody leaves: then the shares
            hang on where the market starts.

    Source: Rust, Lemon and Zeithaml (2004), Journal of Marketing 68(1); the state that a Markov chain settles in.

    >>> stationary_shares([[0.7, 0.3], [0.5, 0.5]]).round(6).tolist()
    [0.625, 0.375]
    """
    from scipy.sparse.csgraph import connected_components

    chain = checks.transition("matrix", matrix)
    groups, group = connected_components(chain > 0.0, connection="strong")
    outside = (chain > 0.0) & (group[:, None] != group[None, :])
    kept = [one for one in range(groups) if not outside[group == one].any()]
    if len(kept) > 1:
        raise ValueError(f"matrix: {len(kept)} groups of brands that nobody leaves are not allowed, because the shares "
                         "would hang on where the market starts; one such group")
    inside = np.flatnonzero(group == kept[0])
    core = chain[np.ix_(inside, inside)]
    # balance of all brands but one, and the sum: as many equations as shares
    equations = np.vstack([(core.T - np.eye(len(inside)))[:-1], np.ones(len(inside))])
    shares = np.zeros(len(chain))
    shares[inside] = np.linalg.solve(equations, np.r_[np.zeros(len(inside) - 1), 1.0])
    return shares


def return_on_marketing(equity_before: float, equity_after: float, spending: Any, discount: float = 0.0) -> float:
    """Return on marketing: (ΔCE − E) / E, with ΔCE the gain in customer equity and E the spending, discounted to now.

    Args:
        equity_before: customer equity without the spending, money of now.
        equity_after: customer equity with it, gross of it, money of now.
        spending: money spent now, or one amount per period, the first now; at least 0, not all 0.
        discount: rate per period, above −1, for spending after now.

    Returns:
        A ratio: 0.447 is 44.7 %; −1 where nothing is gained.

    Raises:
        TypeError: an argument is not made of numbers.
        ValueError: outside its range, or nothing is spent.

    Source: Rust, Lemon and Zeithaml (2004), Journal of Marketing 68(1): in their airline study 70 million dollars
    returned 44.7 %.

    >>> return_on_marketing(1000.0, 1150.0, 100.0), round(return_on_marketing(1000, 1150, [50, 55], 0.1), 9)
    (0.5, 0.5)
    """
    amounts = numbers("spending", spending, 0.0)
    if amounts.ndim > 1:
        raise ValueError(f"spending: {amounts.ndim} dimensions are not allowed; one number, or one per period")
    rate = number("discount", discount, -1.0, open_ends="low")
    with np.errstate(over="ignore", under="ignore"):
        spent = float((np.atleast_1d(amounts) * (1.0 + rate) ** -np.arange(amounts.size, dtype=np.float64)).sum())
    if not 0.0 < spent < np.inf:
        raise ValueError(f"spending: {spent:.12g} in all is not allowed; at least one amount above 0")
    return (number("equity_after", equity_after) - number("equity_before", equity_before) - spent) / spent


def _chain(transition: Any, reward: Any) -> tuple[Floats, Floats]:
    """The matrix and the rewards of its states, checked."""
    chain = checks.transition("transition", transition)
    gain = column("reward", reward, least=0)
    if gain.size != len(chain):
        raise ValueError(f"reward: {gain.size} values, but transition has {len(chain)} states; one per state")
    return chain, gain


def _for_ever(step: Floats, gain: Floats) -> Floats:
    """Σ step^t · gain without end."""
    return np.asarray(np.linalg.solve(np.eye(len(step)) - step, gain))


def _added_up(step: Floats, gain: Floats, terms: int) -> Floats:
    """Σ step^t · gain for t = 0 … terms − 1, by doubling: a sum of 2n terms is one of n terms, and the same n steps on.

    Raises:
        ValueError: the sum is beyond what floats hold.

    >>> _added_up(np.array([[2.0]]), np.array([1.0]), 5).tolist()
    [31.0]
    """
    total, power = np.zeros_like(gain), np.eye(len(step))
    with np.errstate(over="ignore", invalid="ignore"):
        for bit in f"{terms:b}":
            total, power = total + power @ total, power @ power
            if bit == "1":
                total, power = gain + step @ total, step @ power
    if not np.isfinite(total).all():
        raise ValueError("discount: with so many periods this gives a value beyond what numbers can hold; "
                         "a discount nearer to 0 or above, or fewer periods")
    return np.asarray(total)
