"""Customer lifetime value in closed form: constant margin, retention and discount, with the timing said by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.equity.checks import broadcast, numbers, plain
from sim.equity.terms import TIMINGS, RelationshipTerms, checked, counted, present_value, refuse_endless

__all__ = ["TIMINGS", "berger_nasr_value", "lifetime_value", "margin_multiple", "mean_lifetime", "median_lifetime",
           "survival_share"]


def margin_multiple(retention: Any, discount: Any, growth: Any = 0.0) -> Any:
    """How many times the margin a customer is worth: r / (1 + i − r·(1 + g)).

    The first margin comes one period ahead, from those who renew (chance r); each later one is by `growth` g larger
    than the one before and again needs a renewal, for ever. The same as `lifetime_value(1, …, timing="renewal")`, with
    its arguments and errors.

    Raises:
        TypeError, ValueError: as `lifetime_value`.

    Source: Gupta and Lehmann (2003), "Customers as assets", Journal of Interactive Marketing 17(1).

    >>> round(margin_multiple(0.8, 0.12), 9), margin_multiple([0.6, 0.9], 0.12).round(4).tolist()
    (2.5, [1.1538, 4.0909])
    """
    terms = checked("renewal", margin=1.0, retention=retention, discount=discount, growth=growth)
    return plain(present_value(terms))


def lifetime_value(
    margin: Any, retention: Any, discount: Any, *, timing: str, growth: Any = 0.0, periods: Any = None,
    acquisition_cost: Any = 0.0, retention_cost: Any = 0.0,
) -> Any:
    """What a customer is worth now: expected margins, discounted, less what is spent on winning and keeping them.

    With margin m, retention r, discount i, growth g, N = `periods` margins, without costs:

        "immediate"    Σ m·(1+g)^t · r^t / (1+i)^t            t = 0 … N−1      for ever: m·(1+i) / (1+i−r·(1+g))
        "next_period"  Σ m·(1+g)^(t−1) · r^(t−1) / (1+i)^t    t = 1 … N        for ever: m / (1+i−r·(1+g))
        "renewal"      Σ m·(1+g)^(t−1) · r^t / (1+i)^t        t = 1 … N        for ever: m·r / (1+i−r·(1+g))

    Dates count periods from now (0). The first margin comes now, after one period, or after one period from those who
    renew. Money of now: a float, or an array where one was given (arguments are broadcast).

    Args:
        margin: of the first period a customer pays, money; may be negative.
        retention: chance to renew from one period (a year, a month) to the next, 0..1.
        discount: rate per period, above −1 (0.12 is 12 %).
        timing: "immediate", "next_period" or "renewal".
        growth: growth of the margin per period, at least −1.
        periods: how many margins there can be at most, at least 1; None: no end.
        acquisition_cost: money, at least 0, paid once, now.
        retention_cost: money, at least 0, spent on every customer before a renewal, whether they renew or not, and paid
            with the margin that hangs on it; it does not grow.

    Raises:
        TypeError: an argument is not made of numbers.
        ValueError: outside its range, arrays that do not fit, or a value without end (no periods and r·(1 + g) not
            below 1 + i, or r not below 1 + i with a retention cost).

    Source: geometric sums; Blattberg and Deighton (1996), Harvard Business Review 74(4), for costs and "immediate";
    Gupta and Lehmann (2003) for "renewal".

    >>> [round(lifetime_value(100, 0.8, 0.12, timing=timing), 6) for timing in TIMINGS]
    [350.0, 312.5, 250.0]
    """
    terms = checked(timing, periods, margin=margin, retention=retention, discount=discount, growth=growth,
                    acquisition_cost=acquisition_cost, retention_cost=retention_cost)
    return plain(present_value(terms))


def berger_nasr_value(contribution: Any, promotion: Any, retention: Any, discount: Any, periods: Any = None) -> Any:
    """Berger and Nasr's case 1: margins at the start of each year, promotion in the middle of it.

        Σ GC · r^t / (1+d)^t, t = 0 … n   −   Σ M · r^(t−1) / (1+d)^(t−½), t = 1 … n

    Margins (`contribution` GC, money) come now and at n = `periods` later dates; `promotion` (M, money, at least 0) is
    spent half a period before each later date on everybody who was a customer at the date before. The same as
    `lifetime_value(GC, r, d, timing="immediate", periods=n + 1, retention_cost=M·√(1+d))`, with its retention and
    discount. For sales cycles of another length take the discount of a cycle: (1+d)^(years) − 1.

    Raises:
        TypeError, ValueError: as `lifetime_value`.

    Source: Berger and Nasr (1998), Journal of Interactive Marketing 12(1): GC 260, M 50, r .75, d .2, n 10 → 568.78.

    >>> round(berger_nasr_value(260, 50, 0.75, 0.2, 10), 2)
    568.78
    """
    gc, m = numbers("contribution", contribution), numbers("promotion", promotion, 0.0)
    r = numbers("retention", retention, 0.0, 1.0)
    d = numbers("discount", discount, -1.0, open_ends="low")
    n = counted(periods)
    broadcast(contribution=gc, promotion=m, retention=r, discount=d, periods=n)
    none = np.zeros(())
    terms = RelationshipTerms("immediate", gc, r, d, none, n + 1.0, none, np.asarray(m * np.sqrt(1.0 + d)))
    if periods is None:
        refuse_endless(terms)
    return plain(present_value(terms))


def survival_share(retention: Any, periods: Any) -> Any:
    """Share that is still there after so many renewals (at least 0, fractions allowed): S(t) = r^t.

    Raises:
        TypeError, ValueError: not made of numbers, outside its range, or arrays that do not fit.

    Source: the geometric distribution (algebra).

    >>> round(survival_share(0.8, 5), 5)
    0.32768
    """
    r, t = numbers("retention", retention, 0.0, 1.0), numbers("periods", periods, 0.0)
    broadcast(retention=r, periods=t)
    return plain(np.asarray(r**t))


def mean_lifetime(retention: Any) -> Any:
    """Expected number of periods as a customer, the first included: 1 / (1 − r).

    Raises:
        TypeError, ValueError: not made of numbers, outside 0..1, or 1: then nobody ever leaves.

    Source: the geometric distribution (algebra): at the end of every period a share r renews.

    >>> round(mean_lifetime(0.8), 9)
    5.0
    """
    r = numbers("retention", retention, 0.0, 1.0, open_ends="high")
    return plain(np.asarray(1.0 / (1.0 - r)))


def median_lifetime(retention: Any) -> Any:
    """After how many renewals (fractions included) half is left: ln ½ / ln r; 0 where nobody renews.

    Raises:
        TypeError, ValueError: as `mean_lifetime`.

    Source: the geometric distribution (algebra).

    >>> round(median_lifetime(0.8), 6)
    3.106284
    """
    r = numbers("retention", retention, 0.0, 1.0, open_ends="high")
    with np.errstate(divide="ignore"):
        return plain(np.asarray(np.log(0.5) / np.log(r)))
