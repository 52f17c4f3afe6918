"""Relationships: what a friend's word brings (F19), and what trust, satisfaction and commitment tell (F25, F26)."""

from __future__ import annotations

from functools import partial
from math import nan

import numpy as np

from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import (
    ADVERTISING,
    FRIEND,
    HALF_YEAR,
    SERVICE,
    YEAR,
    Floats,
    Places,
    StudyMarket,
    correlation,
    mean_of,
    service,
)
from sim.records.history import first_purchases
from sim.records.records import Records

ASKED_AT = 2 * YEAR
"""The week in which customers are asked what predicts the year after it."""


def heard_of(market: StudyMarket) -> Numbers:
    """F19: customers who knew the firm by a friend's word when they first bought, against those reached by advertising.

    First purchases in the second year (others have heard long before, or cannot be watched for two years); money and
    purchases of the two years from the first on. Value is contribution after all costs of the customer, what it cost to
    win them left out. Lost: no purchase at the firm in the second of the two years.
    """
    records, _, seen = market.watched
    first = first_purchases(records)
    won = (first >= YEAR) & (first < 2 * YEAR)
    years = [_since_first(records, first, year) for year in (0, 1)]
    found: Numbers = {}
    for name, source in (("friend", FRIEND), ("advert", ADVERTISING)):
        who = won & (seen.source == source)
        found |= {f"won_{name}": float(who.sum()), f"lost_{name}": mean_of(years[1][1] == 0, who),
                  **{f"margin_{year + 1}_{name}": mean_of(years[year][0], who) for year in (0, 1)}}
    value = {name: found[f"margin_1_{name}"] + found[f"margin_2_{name}"] for name in ("friend", "advert")}
    return {
        **found, "value_ratio": _over(value["friend"], value["advert"]),
        "lost": found["lost_friend"] - found["lost_advert"],
        **{f"margin_ratio_{year}": _over(found[f"margin_{year}_friend"], found[f"margin_{year}_advert"])
           for year in (1, 2)},
    }


def _over(a: float, b: float) -> float:
    """The ratio, where it says something: unknown unless the second is above 0."""
    return a / b if b > 0.0 else nan


def _since_first(records: Records, first: Places, year: int) -> tuple[Floats, Places]:
    """Contribution (minor units) and purchases of each customer at each firm in a year after the first one [F, N]."""
    rows = records.transactions_between(0, records.periods)
    since = rows.period - first[rows.firm, rows.customer]
    now = (first[rows.firm, rows.customer] >= 0) & (since >= year * YEAR) & (since < (year + 1) * YEAR)
    some, margin, units = rows.rows(now), np.zeros(first.shape), np.zeros(first.shape, dtype=np.int64)
    np.add.at(margin, (some.firm, some.customer), some.margin)
    np.add.at(units, (some.firm, some.customer), some.units)
    return margin, units


def predictors(market: StudyMarket) -> Numbers:
    """F25 and F26: what customers' trust, satisfaction and commitment at the end of the second year tell of the third.

    Among people who bought at the firm in the half year before and stay in the market. Composite: mean of the three in
    standard units. Velocity: change of commitment over the half year before.
    """
    records, _, seen = market.watched
    firm, person = _customers(records)
    trust, satisfaction, commitment = (one[firm, person] for one in seen.bonds[ASKED_AT])
    before = seen.bonds[ASKED_AT - HALF_YEAR][2][firm, person]
    margin, amount, last_units = (_booked(records, name, start)[firm, person] for name, start in (
        ("margin", ASKED_AT), ("amount", ASKED_AT), ("units", ASKED_AT - YEAR)))
    composite = np.mean([_standard(one) for one in (trust, satisfaction, commitment)], axis=0)
    found = {name: correlation(one, margin) for name, one in (
        ("composite", composite), ("trust", trust), ("satisfaction", satisfaction), ("commitment", commitment))}
    speed = commitment - before
    level_only = regression(amount, commitment, speed)
    given_last = regression(amount, commitment, speed, last_units)
    return {
        **found, "composite_best": found["composite"] - max(found["trust"], found["satisfaction"], found["commitment"]),
        "commitment_weakest": found["commitment"] - min(found["trust"], found["satisfaction"]),
        "t_level": level_only[0], "t_velocity": level_only[1], "t_velocity_given_last": given_last[1],
        "customers": float(person.size),
    }


def _customers(records: Records) -> tuple[Places, Places]:
    """Firm and person of everybody who bought there in the half year before the question and stays for the year."""
    bought = _booked(records, "units", ASKED_AT - HALF_YEAR, HALF_YEAR) > 0
    stays = records.people["leaves"].astype(np.int64) >= ASKED_AT + YEAR
    firm, person = np.nonzero(bought & stays)
    return firm, person


def _booked(records: Records, name: str, start: int, length: int = YEAR) -> Floats:
    """Something of all rows of some weeks, by firm and person [F, N]."""
    rows, total = records.transactions_between(start, start + length), np.zeros(first_purchases(records).shape)
    np.add.at(total, (rows.firm, rows.customer), getattr(rows, name))
    return total


def _standard(values: Floats) -> Floats:
    spread = float(values.std())
    standard: Floats = (values - values.mean()) / (spread if spread > 0.0 else 1.0)
    return standard


def regression(outcome: Floats, *given: Floats) -> list[float]:
    """t values of ordinary least squares with a constant: how surely each of the given tells of the outcome beyond the
    others.

    >>> x = np.array([1.0, 2.0, 3.0, 4.0])
    >>> round(regression(2.0 * x + np.array([0.1, -0.1, -0.1, 0.1]), x)[0], 1)
    31.6
    """
    columns = np.column_stack([np.ones(outcome.size), *given])
    inverse = np.linalg.pinv(columns.T @ columns)
    slopes = inverse @ columns.T @ outcome
    left = outcome - columns @ slopes
    variance = float(left @ left) / (outcome.size - columns.shape[1])
    return [float(t) for t in (slopes / np.sqrt(variance * np.diag(inverse)))[1:]]


TRIALS = {
    "service": FactTrial(service),
    "service, no taste": FactTrial(service, {"mechanisms.taste": 0, "mechanisms.match": 0}),
    "service, no liking": FactTrial(service, {"mechanisms.satisfaction_to_commitment": 0}),
}
part = partial(Part, "service")

FACTS = (
    Fact(
        "F19", "Customers won by word of mouth",
        "worth 1.16-2.0 times those won by advertising, and lost less often; the lead in margin fades",
        "Villanueva, Yoo & Hanssens 2008; Schmitt, Skiera & Van den Bulte 2011; margin not found again by Wolters & "
        "Gedenk 2019",
        "mechanism", f"{SERVICE}; how they knew the firm when they first bought", {"service": heard_of},
        (
            part("value_ratio", "contribution of two years, friend over advertising", 1.16, 2.0),
            part("lost", "lost in the second year, friend less advertising", high=0.0, digits=3),
            part("margin_ratio_1", "contribution of the first year, ratio"),
            part("margin_ratio_2", "of the second year, ratio"),
            part("won_friend", "customers won by a friend's word in a year", digits=0),
            part("won_advert", "by advertising", digits=0),
        ),
        "Who is told expects what the friend got; friends have tastes in common; advertising reaches everybody",
        (Part("service, no taste", "value_ratio", "taste and match off: ratio"),),
        "The fading is only told, as it was not found again.",
    ),
    Fact(
        "F25", "Relationship quality predicts",
        "next year's contribution goes with the composite of trust, satisfaction and commitment more than with each "
        "of them, and least with commitment alone",
        "Palmatier et al. 2006", "mechanism", SERVICE, {"service": predictors},
        (
            part("composite_best", "correlation of the composite less the best of three", low=0.0, digits=3),
            part("commitment_weakest", "of commitment less the weaker of the others", high=0.0, digits=3),
            part("composite", "composite"),
            part("trust", "trust"),
            part("satisfaction", "satisfaction"),
            part("commitment", "commitment"),
        ),
        "All three grow by the same purchases",
        (
            Part("service, no liking", "commitment_weakest", "satisfaction feeds no commitment: the same", digits=3),
            Part("service, no taste", "composite_best", "taste and match off: composite less the best", digits=3),
        ),
        "Truth about people, not answers in a survey. That it is stronger in services is not measured.",
    ),
    Fact(
        "F26", "Velocity of commitment",
        "how fast commitment has grown tells of next year's sales beyond how high it is: t of 2 or more",
        "Palmatier et al. 2013", "mechanism", SERVICE, {"service": predictors},
        (
            part("t_velocity", "t of velocity, given the level", low=2.0, digits=1),
            part("t_level", "t of the level", digits=1),
            part("t_velocity_given_last", "t of velocity, given last year's purchases too", digits=1),
            part("customers", "customers in the regression", digits=0),
        ),
        "Commitment follows purchases and fades, so its height already says how fast it grew",
        (Part("service, no liking", "t_velocity", "satisfaction feeds no commitment: t of velocity", digits=1),),
    ),
)
