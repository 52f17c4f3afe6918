"""Splitting money so that the last euro brings the same everywhere, on the side of deals and on that of relations.

A lever that brings worth x (1 - exp(-spend / half)) has the marginal return (worth / half) x exp(-spend / half).
Money is poured where the return is highest until all returns are equal (water filling, in closed form).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.firms.plans import Seen

DEEPEST_CUT = 0.5
"""No planned price cut is deeper, share of price (assumption)."""
ELASTICITY = 2.62
"""Extra units sold per unit of relative price cut (mean of published own-price elasticities, F21)."""
ELASTICITY_SOURCE = "mean own-price elasticity -2.62 of Bijmolt et al. 2005"
SEVERITY = 0.29
"""Quality that an average failure takes away: 0.7 x minor 0.20 + 0.3 x major 0.50 (defaults of appraisal)."""


@dataclass(frozen=True)
class Curve:
    """One lever: its full worth (any common unit), and the spend for 1 - 1/e of it."""

    worth: float
    half: float


def equal_marginal_return(money: float, curves: Sequence[Curve]) -> tuple[float, ...]:
    """The spend on each lever that brings most from this much money.

    Water filling: spend = half x (ln(worth / half) - level), where the money sets the level.

    >>> [round(money, 9) for money in equal_marginal_return(10.0, [Curve(1.0, 5.0), Curve(1.0, 5.0)])]
    [5.0, 5.0]
    """
    from sim.numerics.elementary import ln

    heights = {place: float(ln(curve.worth / curve.half)) for place, curve in enumerate(curves)
               if curve.worth > 0 and curve.half > 0}
    spend, filled = [0.0] * len(curves), list[int]()
    weighted, halves, level = 0.0, 0.0, 0.0
    for place in sorted(heights, key=lambda place: -heights[place]):
        if filled and heights[place] <= level:
            break
        filled.append(place)
        weighted += curves[place].half * heights[place]
        halves += curves[place].half
        level = (weighted - money) / halves
    for place in filled:
        spend[place] = max(0.0, curves[place].half * (heights[place] - level))
    return tuple(spend)


@dataclass(frozen=True)
class Deals:
    """The side of selling deal by deal: how strongly sales answer a price cut, and what full advertising is worth."""

    elasticity: float
    advertising_worth: float  # share of gross margin that full advertising adds

    def split(self, seen: Seen, money: int) -> tuple[int, int]:
        """Money for advertising and for price cuts, so that the last unit of it brings the same margin in both.

        Advertising: worth `advertising_worth` x gross margin, on the product's curve per person of the market.
        A cut of depth d earns elasticity x d x sales x (margin - d): the slope at 0 is elasticity x margin, the top
        is at d = margin / 2. The curve with that slope and that top has the half margin x sales / 4 (money given away).
        Nothing sold yet: all goes to advertising.
        """
        goods, (sales, _) = seen.market.product, _last_sales(seen)
        reach = goods.advertising_half * seen.minor_units * seen.market.people / seen.periods_per_year
        half = max(goods.margin * sales / 4, 1.0)
        advertising = Curve(max(self.advertising_worth * goods.margin * sales, 1.0), reach)
        cut = Curve(self.elasticity * goods.margin * half if sales > 0 else 0.0, half)
        advertised, given = equal_marginal_return(float(money), [advertising, cut])
        return int(advertised), int(given)

    def price_cut(self, seen: Seen, given: int) -> Mapping[str, Any]:
        """A price cut for everyone that gives away about this much.

        Sales answer the cut, so the depth d solves d x (1 + elasticity x d) x base = given, with the base that last
        period's sales would have been without a cut.
        """
        sales, before = _last_sales(seen)
        base = sales / (1.0 + self.elasticity * before)
        depth = 0.0
        if base > 0 and given > 0:
            answer = max(self.elasticity, 1e-6)
            depth = (math.sqrt(1.0 + 4.0 * answer * given / base) - 1.0) / (2.0 * answer)
        return {"depth": min(DEEPEST_CUT, depth), "every_weeks": 0.0, "to": "everyone"}


def _last_sales(seen: Seen) -> tuple[int, float]:
    """Last period's sales at list price, and the price cut in them as a share."""
    sales = seen.ledger["revenue"] + seen.ledger["price_cuts"]
    return sales, seen.ledger["price_cuts"] / sales if sales > 0 else 0.0


def relations_split(seen: Seen, money: int, relation_worth: float, left_out: float = 0.0) -> dict[str, int]:
    """Money of the side of relations for relations, service and people: the last unit brings the same in each.

    The common unit is quality delivered to one customer. Service adds up to `service_cap`; skilled people prevent up to
    `people_cap` of the failures, each of which takes SEVERITY; full relation effort is worth `relation_worth` per
    treated customer, who are the known without the share `left_out`. Halves are the product's, per active or treated
    customer and year. Nobody known yet: nothing for relations. Where customers are not counted, last period's contacts
    stand in.
    """
    goods, scale = seen.market.product, seen.minor_units / seen.periods_per_year
    active = max(seen.count("active_customers", seen.count("contacts")), 1)
    treated = seen.count("known_customers") * (1.0 - left_out)
    failures = seen.written.failure_rate * SEVERITY
    curves = [
        Curve(relation_worth * treated, goods.relation_half * scale * treated),
        Curve(goods.service_cap * active, goods.service_half * scale * active),
        Curve(goods.people_cap * failures * active, goods.people_half * scale * active),
    ]
    split = equal_marginal_return(float(money), curves)
    return dict(zip(("relations", "service", "people"), map(int, split), strict=True))
