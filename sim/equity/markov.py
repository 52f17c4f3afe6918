"""Customers as Markov chains: value by state or brand bought last, where to stop spending, return on marketing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.equity import checks
from sim.equity.checks import Floats, column, number, numbers, whole

LONGEST = 1_000_000
LEAST_DISCOUNT = 1e-9  # without an end, a discount nearer to 0 leaves no digits to reckon with


def markov_value(transition: Any, reward: Any, discount: float, horizon: int | None = None) -> Floats:
    """Value of a customer by the state they are in now: V = Σ (P/(1+d))^t · R, t = 0 … horizon.

    The reward of the present state comes now, that of the next state after one period, and so on; without a horizon
    V = (I − P/(1+d))^−1 · R. Money of now [states].

    Args:
        transition: P [states, states], chances; row: from, column: to; rows sum to 1.
        reward: R [states], money per period in a state, costs taken off.
        discount: rate per period, at least 1e-9; with a horizon, above −1.
        horizon: last date that counts, 0 (only now) to 1,000,000; None: no end.

    Raises:
        TypeError: an argument is not made of numbers.
        ValueError: outside its range; the matrix not square or a row not summing to 1; another number of rewards.

    Source: Pfeifer and Carraway (2000), Journal of Interactive Marketing 14(2) 43-55.

    >>> markov_value([[0.5, 0.5], [0.0, 1.0]], [10, 0], 0.25).round(6).tolist()
    [16.666667, 0.0]
    """
    chain, gain = _chain(transition, reward)
    if horizon is None:
        return _for_ever(chain / (1.0 + number("discount", discount, LEAST_DISCOUNT)), gain)
    step = chain / (1.0 + number("discount", discount, -1.0, open_ends="low"))
    return _added_up(step, gain, whole("horizon", horizon, 0, LONGEST) + 1)


@dataclass(frozen=True)
class Stopping:
    """By state: whether spending goes on, the `value` with that plan, and if spending were for `always`; money of now.

    `plans`: how many plans were valued on the way.
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
    the plan, go on only where that is worth more than stopping, until nothing changes. A tie is a stop. `transition`,
    `reward` (spending taken off) and `discount` are those of `markov_value` while spending goes on; `stopped` is what a
    customer still brings, once and now, where it stops: a number or one per state.

    Raises:
        TypeError, ValueError: as `markov_value`; another number of values of `stopped`.

    Source: the question of Pfeifer and Carraway (2000): up to which recency to go on spending; policy iteration: Howard
    (1960), Dynamic Programming and Markov Processes.

    >>> chain = [[0.3, 0.7, 0, 0], [0.2, 0, 0.8, 0], [0.05, 0, 0, 0.95], [0, 0, 0, 1]]
    >>> optimal_stopping(chain, [36, -4, -4, 0], 0.2).goes_on.tolist()
    [True, True, False, False]
    """
    chain, gain = _chain(transition, reward)
    left = _one_or_each("stopped", stopped, gain.size, f"state ({gain.size})")
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
    the matrix to the power t. Money of now [brands, brands]; row: brand bought last, column: brand whose value it is.

    Args:
        matrix: chances [brands, brands] that the next purchase is of the column's brand after one of the row's.
        purchases_per_year: f, above 0; not more than a million purchases in all.
        years: T, how many years count, at least 0; None: no end.
        discount: rate per year, above −1; without an end, at least 1e-9.
        contribution: v, money per purchase (volume × margin): one number, or one per brand.

    Raises:
        TypeError, ValueError: as `markov_value`.

    Source: Rust, Lemon and Zeithaml (2004), "Return on marketing", Journal of Marketing 68(1) 109-127.

    >>> switching_value([[0.7, 0.3], [0.5, 0.5]], 4, 3, 0.1, 10).round(4)[:, 0].tolist()
    [75.3665, 62.9397]
    """
    chain = checks.transition("matrix", matrix)
    often = number("purchases_per_year", purchases_per_year, 0.0, 1e6, open_ends="low")
    gains = np.eye(len(chain)) * _one_or_each("contribution", contribution, len(chain), "brand")
    if years is None:
        rate = number("discount", discount, LEAST_DISCOUNT)
        return _for_ever(chain * (1.0 + rate) ** (-1.0 / often), gains)
    rate = number("discount", discount, -1.0, open_ends="low")
    last = int(np.floor(number("years", years, 0.0, LONGEST / often) * often + 1e-9))
    return _added_up(chain * (1.0 + rate) ** (-1.0 / often), gains, last + 1)


def stationary_shares(matrix: Any) -> Floats:
    """Shares of purchases [brands] that the matrix of `switching_value` leads to in the long run: π = π·M, Σ π = 1.

    They are the same wherever the market starts. Brands that are left for good end with 0.

    Raises:
        TypeError, ValueError: no such matrix, or one with several groups of brands that nobody leaves: then the shares
            hang on where the market starts.

    Source: Rust, Lemon and Zeithaml (2004); the state that a Markov chain settles in.

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

    `equity_before`, `equity_after`: without the spending, and with it but gross of it, money of now. `spending`: money
    spent now, or one amount per period, the first now; at least 0. `discount`: per period, above −1, for what is spent
    later. 0.447 is 44.7 %; −1 where nothing is gained.

    Raises:
        TypeError, ValueError: not made of numbers, outside its range, or nothing is spent.

    Source: Rust, Lemon and Zeithaml (2004): in their airline study 70 million dollars returned 44.7 %.

    >>> return_on_marketing(1000.0, 1150.0, 100.0)
    0.5
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
    chain = checks.transition("transition", transition)
    gain = column("reward", reward, least=0)
    if gain.size != len(chain):
        raise ValueError(f"reward: {gain.size} values, but transition has {len(chain)} states; one per state")
    return chain, gain


def _one_or_each(name: str, value: Any, count: int, of: str) -> Floats:
    found = numbers(name, value)
    if found.ndim > 1 or found.size not in (1, count):
        raise ValueError(f"{name}: {found.size} values are not allowed; one number, or one per {of}")
    return found


def _for_ever(step: Floats, gain: Floats) -> Floats:
    """Σ step^t · gain without end."""
    return np.asarray(np.linalg.solve(np.eye(len(step)) - step, gain))


def _added_up(step: Floats, gain: Floats, terms: int) -> Floats:
    """Σ step^t · gain for t = 0 … terms − 1, by doubling: 2n terms are n terms, and the same n steps on."""
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
