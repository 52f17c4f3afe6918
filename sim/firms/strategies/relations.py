"""The side of investing in relations: how its money is split."""

from __future__ import annotations

from sim.firms.curves import Curve, equal_marginal_return
from sim.firms.plans import Seen

SEVERITY = 0.29
"""Quality that an average failure takes away: 0.7 x minor 0.20 + 0.3 x major 0.50 (defaults of appraisal)."""


def split(seen: Seen, money: int, relation_worth: float) -> dict[str, int]:
    """Money of this side for relations, service and people, so that the last unit brings the same in each.

    The common unit is quality delivered to one customer. Service adds up to `service_cap`; skilled people prevent up to
    `people_cap` of the failures, each of which takes SEVERITY; full relation effort is worth `relation_worth`, per
    known customer and only above the cost of information. Halves are the product's, per active or known customer and
    year. Nobody known yet: nothing for relations. Where customers are not counted, last period's contacts stand in.
    """
    product, scale = seen.market.product, seen.minor_units / seen.periods_per_year
    active = max(seen.count("active_customers", seen.count("contacts")), 1)
    known = seen.count("known_customers")
    failures = seen.written.failure_rate * SEVERITY
    curves = [
        Curve(relation_worth * known, product.relation_half * scale * known, product.information_cost * scale * known),
        Curve(product.service_cap * active, product.service_half * scale * active),
        Curve(product.people_cap * failures * active, product.people_half * scale * active),
    ]
    relations, service, people = equal_marginal_return(float(money), curves)
    return {"relations": int(relations), "service": int(service), "people": int(people)}
