"""Answer what rivals show, within one's means: their price and their advertising."""

from __future__ import annotations

from typing import Any

from sim.firms.plans import Amounts, Plan, Seen, VisibleLevers, changed
from sim.firms.strategies.base import Strategy
from sim.scenario.parameters import number
from sim.scenario.schema.market import Product


class Reacting(Strategy):
    """Do what the file says, and match the lowest price and the loudest advertising of a rival.

    Price: the lowest list price of a rival after a lag, and its price cuts to everybody, but never below a floor and
    never above the own written price. Two firms that react do not undercut each other; a price that both have come
    down to stays. Advertising: as much as the loudest rival spent last period where that is more than written, and not
    more than the whole plan; the other accounts shrink in proportion (share of voice is what one can see: Jones 1990).
    How firms do react is less than that: mostly not at all, and then passively (Steenkamp et al. 2005).

    Wins where customers of a cheaper or louder rival would be lost and come back dear; loses where matching costs more
    than the customers it holds bring, since the money for them is taken from service and relations.
    """

    lag_weeks: float = number(9.0, "weeks", (0, 520), "time until a price is matched",
                              "assumption: two months to see and to decide")
    floor: float | None = number(None, "share of reference price", (0, 1), "no price is matched below this; left out: "
                                 "where a unit brings no contribution")

    def plan(self, seen: Seen) -> Plan:
        """The written levers and shares, with the rivals' lowest price and loudest advertising matched."""
        shown = [levers for name in seen.rivals if (levers := seen.rival(name, self.lag_weeks)) is not None]
        plan = Plan.from_shares(changed(seen.written, self._answer(seen, shown)), seen.allowance)
        rivals = [money for name, money in seen.advertising.items() if name != seen.firm]
        return Plan(plan.levers, louder(plan.spending, max(rivals, default=0)))

    def _answer(self, seen: Seen, shown: list[VisibleLevers]) -> dict[str, Any]:
        """The price, and the price cut, that match the rivals'."""
        goods, answer = seen.market.product, dict[str, Any]()
        own = goods.price if seen.written.price is None else seen.written.price
        least = goods.price * (unit_cost_share(goods) if self.floor is None else self.floor)
        price = min(own, max(least, min((rival.price for rival in shown), default=own)))
        if price < own:
            answer["price"] = price
        cuts = [(rival.price * (1.0 - rival.cut_depth), -rival.cut_every_weeks, rival)
                for rival in shown if rival.cut_depth > 0.0 and rival.cut_to == "everyone"]
        if cuts:
            asked, _, rival = min(cuts, key=lambda one: one[:2])
            depth = min(1.0 - max(least, asked) / price, 0.9)
            if depth > seen.written.price_cut.depth:
                answer["price_cut"] = {"depth": depth, "every_weeks": rival.cut_every_weeks, "to": "everyone"}
        return answer


def unit_cost_share(goods: Product) -> float:
    """What a unit of the base quality costs, share of the reference price: goods, serving and handling.

    >>> round(unit_cost_share(Product(margin=0.75, serving_cost=0.26, order_cost=0.03)), 9)
    0.54
    """
    return 1.0 - goods.margin + goods.serving_cost + goods.order_cost


def louder(spending: Amounts, loudest: int) -> Amounts:
    """The same total with as much advertising as the loudest rival's, where that is more; the rest in proportion.

    >>> louder(Amounts(advertising=40, relations=40, service=20), 70)
    Amounts(advertising=70, service=10, people=0, capacity=0, relations=20)
    """
    whole, before = spending.total, spending.advertising
    advertising = min(max(before, loudest), whole)
    if advertising == before:
        return spending
    rest = [money * (whole - advertising) // (whole - before) for money in spending]
    return Amounts(*rest)._replace(advertising=advertising)
