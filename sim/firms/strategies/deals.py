"""The side of selling deal by deal: how its money is split."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.firms.curves import Curve, equal_marginal_return
from sim.firms.plans import Seen

DEEPEST_CUT = 0.5
"""No planned price cut is deeper, share of price (assumption)."""
ELASTICITY = 2.62
"""Extra units sold per unit of relative price cut (mean of published own-price elasticities, F21)."""
ELASTICITY_SOURCE = "mean own-price elasticity -2.62 of Bijmolt et al. 2005"


@dataclass(frozen=True)
class Deals:
    """What this side believes: how strongly sales answer a price cut, and what full advertising is worth."""

    elasticity: float
    advertising_worth: float  # share of gross margin that full advertising adds

    def split(self, seen: Seen, money: int) -> tuple[int, int]:
        """Money for advertising and for price cuts, so that the last unit of it brings the same margin in both.

        Advertising: worth `advertising_worth` x gross margin, on the product's curve per person of the market.
        A cut of depth d earns elasticity x d x sales x (margin - d): the slope at 0 is elasticity x margin, the top
        is at d = margin / 2. The curve with that slope and that top has the half margin x sales / 4 (money given away).
        Nothing sold yet: all goes to advertising.
        """
        product, (sales, _) = seen.market.product, _last_sales(seen)
        reach = product.advertising_half * seen.minor_units * seen.market.people / seen.periods_per_year
        half = max(product.margin * sales / 4, 1.0)
        told = Curve(max(self.advertising_worth * product.margin * sales, 1.0), reach)
        cut = Curve(self.elasticity * product.margin * half if sales > 0 else 0.0, half)
        advertising, given = equal_marginal_return(float(money), [told, cut])
        return int(advertising), int(given)

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
