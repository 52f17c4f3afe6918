"""How much to spend on winning and on keeping customers (Blattberg and Deighton 1996)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, inf, isclose, log, log1p, nan

from sim.equity.checks import number

LEAST_SLOPE = 1e-12  # a flatter curve brings nothing for any money


@dataclass(frozen=True)
class Response:
    """What spending x brings: rate(x) = ceiling · (1 − exp(−slope · x)).

    `ceiling`: the share that no spending exceeds, above 0 and at most 1. `slope`: per unit of money, at least 1e-12;
    the first unit brings about ceiling · slope. What is not a number of its range is refused (TypeError, ValueError).

    Source: Blattberg and Deighton (1996), Harvard Business Review 74(4).

    >>> round(Response(0.4, 0.1).rate(5.0), 4)
    0.1574
    """

    ceiling: float
    slope: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "ceiling", number("ceiling", self.ceiling, 0.0, 1.0, open_ends="low"))
        object.__setattr__(self, "slope", number("slope", self.slope, LEAST_SLOPE))

    @classmethod
    def through(cls, ceiling: float, spending: float, rate: float) -> Response:
        """The curve through what a firm spends now and the rate it gets: slope = −ln(1 − rate/ceiling) / spending."""
        top = number("ceiling", ceiling, 0.0, 1.0, open_ends="low")
        spent = number("spending", spending, 0.0, open_ends="low")
        got = number("rate", rate, 0.0, top, open_ends="both")
        return cls(top, -log1p(-got / top) / spent)

    def rate(self, spending: float) -> float:
        """The share that spending brings, spending being money of at least 0."""
        return -self.ceiling * expm1(-self.slope * number("spending", spending, 0.0))

    def marginal_cost(self, spending: float) -> float:
        """Money for one more customer at this spending: 1 / rate'(x) = exp(slope · x) / (ceiling · slope)."""
        power = self.slope * number("spending", spending, 0.0)
        return exp(power) / (self.ceiling * self.slope) if power < 700.0 else inf

    def best_spending(self, value: float) -> float:
        """Where one more customer costs what one is worth: ln(ceiling · slope · value) / slope, 0 where none pays."""
        gain = self.ceiling * self.slope * number("value", value)
        return log(gain) / self.slope if gain > 1.0 else 0.0


@dataclass(frozen=True)
class Allocation:
    """The best spending per prospect, and per customer and period, and what it brings. Money of the day of acquisition.

    `lifetime_value`: of a customer won, before acquisition; `equity`: per prospect, net of it. Marginal costs: what one
    more customer won, or kept, costs; where nothing is spent, already the first costs more than one is worth.
    """

    acquisition_spending: float
    acquisition_rate: float
    retention_spending: float
    retention_rate: float
    lifetime_value: float
    equity: float
    marginal_acquisition_cost: float
    marginal_retention_cost: float

    @property
    def average_acquisition_cost(self) -> float:
        """Money per customer won; NaN where nobody is."""
        return self.acquisition_spending / self.acquisition_rate if self.acquisition_rate > 0.0 else nan

    @property
    def average_retention_cost(self) -> float:
        """Money per customer kept; NaN where nobody is."""
        return self.retention_spending / self.retention_rate if self.retention_rate > 0.0 else nan

    @property
    def balanced(self) -> bool:
        """Whether both marginal costs equal the lifetime value."""
        return all(isclose(cost, self.lifetime_value, rel_tol=1e-6)
                   for cost in (self.marginal_acquisition_cost, self.marginal_retention_cost))


def optimal_spending(margin: float, discount: float, acquisition: Response, retention: Response) -> Allocation:
    """The spending on acquisition and retention that makes customer equity per prospect largest.

    With a(A) and r(R) from the two curves, m the margin, d the discount:

        lifetime value   V = m + (m·r − R) / (1 + d − r)
        equity           E = a·V − A

    Timing is that of `sim.equity.clv.lifetime_value` with "immediate" and retention_cost R; A is spent now on every
    prospect. At the best point 1/a'(A) = 1/r'(R) = V: winning one more costs as much as keeping one more, and both as
    much as one is worth. Found by Newton's steps on V, which rise to the best value and end there.

    Args:
        margin: money per customer and period, at least 0.
        discount: rate per period, above −1; 1 + discount above the ceiling of retention.
        acquisition: from spending per prospect to the share won.
        retention: from spending per customer and period to the share kept.

    Raises:
        TypeError, ValueError: no `Response`, or not a number of its range.

    Source: Blattberg and Deighton (1996), Harvard Business Review 74(4); the equality of marginal costs: Pfeifer
    (2005), Journal of Targeting, Measurement and Analysis for Marketing 13(2).

    >>> best = optimal_spending(50.0, 0.1, Response.through(0.4, 5, 0.15), Response.through(0.7, 10, 0.4))
    >>> round(best.acquisition_spending, 4), round(best.retention_spending, 4), round(best.equity, 4), best.balanced
    (9.8605, 16.3187, 6.3804, True)
    """
    for name, curve in (("acquisition", acquisition), ("retention", retention)):
        if not isinstance(curve, Response):
            raise TypeError(f"{name}: a Response is expected, not {type(curve).__name__}; Response(ceiling, slope)")
    m, d = number("margin", margin, 0.0), number("discount", discount, -1.0, open_ends="low")
    if 1.0 + d <= retention.ceiling:
        raise ValueError(f"discount: {d:.12g} is not allowed with a retention ceiling of {retention.ceiling:.12g}; "
                         "1 + discount must be above the ceiling, or the value may have no end")
    value, spent, kept = _best_retention(m, d, retention)
    won_for = acquisition.best_spending(value)
    won = acquisition.rate(won_for)
    return Allocation(
        won_for, won, spent, kept, value, won * value - won_for,
        acquisition.marginal_cost(won_for), retention.marginal_cost(spent),
    )


def _best_retention(margin: float, discount: float, retention: Response) -> tuple[float, float, float]:
    """The largest lifetime value, the spending on retention that brings it, and the retention that it brings."""
    value = margin
    while True:
        spent = retention.best_spending(value)
        kept = retention.rate(spent)
        better = margin + (margin * kept - spent) / (1.0 + discount - kept)
        if better <= value * (1.0 + 1e-15):
            return value, spent, kept
        value = better
