"""The side of selling deal by deal: how its money is split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.curves import Curve, equal_marginal_return
from sim.plans import Seen

ADVERTISING_WORTH = 1.0
"""Worth of full advertising to one person of the market. The unit of the other worths of this side."""

DEEPEST_CUT = 0.5
"""No planned price cut is deeper, share of price (assumption)."""


def split(seen: Seen, money: int, cut_worth: float) -> tuple[int, int]:
    """Money of this side for advertising and for price cuts, so that the last unit brings the same in both.

    Advertising follows the product's curve, per person of the market. A price cut that everybody gets is worth
    `cut_worth` times full advertising when half of last period's sales are given away (assumption): its curve has the
    worth cut_worth and the half 0.5 x sales. Nothing sold yet: all goes to advertising.
    """
    facts, year = seen.market, seen.periods_per_year
    sales = seen.ledger["revenue"] + seen.ledger["price_cuts"]
    reach = facts.product.advertising_half * seen.minor_units * facts.people / year
    curves = [Curve(ADVERTISING_WORTH, reach), Curve(cut_worth if sales > 0 else 0.0, max(0.5 * sales, 1.0))]
    advertising, cut = equal_marginal_return(float(money), curves)
    return int(advertising), int(cut)


def price_cut(seen: Seen, given: int) -> Mapping[str, Any]:
    """A price cut for everyone that gives away about this much, judged by last period's sales."""
    sales = seen.ledger["revenue"] + seen.ledger["price_cuts"]
    depth = min(DEEPEST_CUT, given / sales) if sales > 0 else 0.0
    return {"depth": depth, "every_weeks": 0.0, "to": "everyone"}
