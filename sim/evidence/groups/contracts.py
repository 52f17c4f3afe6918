"""Mobile subscriptions: how long customers stay, what that makes them worth (F06-F08), and what a contact does (F24).

A cohort: everybody whose first contract began in the first year, each with the firm of that contract. A customer is
kept while every month's purchase is at this firm (unbroken). Retention of year k is reckoned among those who stay in
the market through that year, so that leaving the market is nobody's defection.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sim.engine.state import CONTACTED
from sim.equity.elasticity import elasticity
from sim.equity.sbg import fit_sbg_at_risk
from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import FIRMS, Flags, Floats, StudyMarket, contracts
from sim.metrics.money import ACQUIRE, KEEP
from sim.records.records import Ints, Records

MONTHS, YEARS, FIT, RATE = 12, 8, 4, 0.10
CAMPAIGN_YEAR, AFTER = 3.0, 3
"""The campaign begins after so many years, and churn is counted over so many months from its beginning (F24)."""
CAMPAIGN = {"care.contact": 5.0, "spending.relations": 0.4}


def lifetimes(market: StudyMarket) -> Numbers:
    """F06, F07: retention by year of tenure, the forecast of a shifted beta-geometric, worth against constant
    retention."""
    kept, people = retention(market.records)
    survival = np.cumprod(kept)
    model = fit_sbg_at_risk(people[:FIT], (1.0 - kept[:FIT]) * people[:FIT])
    forecast = model.survival(np.arange(1, YEARS + 1))
    naive = survival[0] ** np.arange(1, YEARS + 1)
    worth = (1.0 + RATE) ** -np.arange(1.0, YEARS + 1)
    return {
        **{f"r{year + 1}": float(kept[year]) for year in range(5)}, "rise": float(kept[4] - kept[0]),
        "sbg_mape": float(np.mean(np.abs(forecast[FIT:] / survival[FIT:] - 1.0))),
        "worth_ratio": float((1.0 + (survival * worth).sum()) / (1.0 + (naive * worth).sum())),
        **elasticities(market.records, float(survival[YEARS - 1] ** (1 / YEARS))),
    }


def retention(records: Records) -> tuple[Floats, Ints]:
    """Retention of years 1, 2, ... since the first contract, and the people it is reckoned among."""
    rows = records.purchases
    buys = np.full((records.periods, records.people_count), -1, dtype=np.int64)
    buys[rows.period, rows.customer] = rows.firm
    bought = buys >= 0
    first = np.where(bought.any(axis=0), bought.argmax(axis=0), records.periods)
    cohort = np.flatnonzero(first < MONTHS)
    first, firm = first[cohort], buys[first[cohort], cohort]
    here = buys[:, cohort] == firm
    past = np.arange(records.periods)[:, None]
    broken = ~here & (past >= first)
    ends = np.where(broken.any(axis=0), broken.argmax(axis=0), records.periods) - first
    there = records.people["leaves"][cohort].astype(np.int64) - first
    at_risk = np.array([((ends >= MONTHS * k) & (there >= MONTHS * (k + 1))).sum() for k in range(YEARS)])
    stayed = np.array([((ends >= MONTHS * (k + 1)) & (there >= MONTHS * (k + 1))).sum() for k in range(YEARS)])
    return stayed / at_risk, at_risk


def elasticities(records: Records, kept: float) -> Numbers:
    """F08: elasticities of a customer's value by formula, with the mean retention of eight years, and the margin and
    the cost of winning a customer as booked from the second year on, all firms together.

    Margin: contribution after what is spent on customers there are, per customer and year. Customers who pay now.
    """
    booked, minor = slice(MONTHS, None), records.minor_units
    customers = float(records.count("active_customers")[booked].sum() / MONTHS)
    won = float((records.count("new_customers") + records.count("returned_customers"))[booked].sum())
    acquiring = float(records.costs(*ACQUIRE)[booked].sum())
    costs = float(records.costs("goods", "serving", "quality", *KEEP)[booked].sum())
    margin = (float(records.account("revenue")[booked].sum()) - costs) / customers / minor
    found = elasticity(margin, kept, records.scenario.money.discount_rate, timing="immediate",
                       acquisition_cost=acquiring / won / minor)
    return {"kept": kept, "margin": margin, "to_win": acquiring / won / minor,
            **{f"of_{name}": found[name].value_point for name in ("retention", "margin", "acquisition_cost")}}


def campaign(market: StudyMarket) -> Numbers:
    """F24: only the first firm ever contacts anybody, for one month. Those contacted then: who of them buys elsewhere
    or nowhere three months on, against the same people in the world without the campaign."""
    event = {"kind": "levers", "year": CAMPAIGN_YEAR, "lasts_weeks": 4.3, "firms": [FIRMS[0]],
             "set": CAMPAIGN}
    begin = round(CAMPAIGN_YEAR * MONTHS)
    treated = _after_campaign(market.other({"events": [event]}), begin)
    control = _after_campaign(market, begin)
    asked = treated["mine"] & treated["contacted"] & control["mine"] & treated["present"]
    lost, usual = (float((~world["stays"])[asked].mean()) for world in (treated, control))
    return {"lost_contacted": lost, "lost_control": usual, "backfires": lost - usual,
            "contacted": float(asked.sum() / treated["mine"].sum())}


def _after_campaign(market: StudyMarket, begin: int) -> dict[str, Flags]:
    """Who was the first firm's customer before the month of the campaign, was contacted in it, and still is one."""
    course, found = market.course("totals"), dict[str, Any]()
    while course.now < begin + AFTER:
        me = course.world.me
        if course.now == begin:
            found["mine"] = np.array((me.last_firm == 0) & (course.world.tie.idle[0] == 0))
        course.step()
        if course.now == begin + 1:
            found["contacted"] = np.array((course.world.me.outcome & CONTACTED) > 0)
    me, tie = course.world.me, course.world.tie
    return {**found, "stays": np.array((me.last_firm == 0) & (tie.units[0] > 0)), "present": np.array(me.present)}


ALIKE = {"mechanisms.taste": 0, "mechanisms.match": 0, "people.price_sensitivity.variation": 0,
         "people.risk_sensitivity.variation": 0, "people.proneness.strength": 1000}
QUIET = {"clock.years": 4.0, **{f"firms.{name}.spending.relations": 0 for name in FIRMS}}
TRIALS = {
    "contracts": FactTrial(contracts),
    "contracts, alike": FactTrial(contracts, ALIKE),
    "contracts, no bond": FactTrial(contracts, {"mechanisms.trust": 0, "mechanisms.commitment": 0}),
    "contracts, switching 3": FactTrial(contracts, {"market.switching_cost": 3.0}),
    "campaign": FactTrial(contracts, QUIET),
    "campaign, no inertia": FactTrial(contracts, {**QUIET, "product.contract.inertia": 0.0}),
}
MEASURES = {"contracts": lifetimes}
MOBILE = "mobile_subscription (full), three equal firms"
contract = partial(Part, "contracts")

FACTS = (
    Fact(
        "F06", "Cohort retention rises",
        "fifth year less first year +.05 to +.30; shifted beta-geometric fitted on 4 years misses years 5-8 by under "
        "5 %",
        "Fader & Hardie 2007", "mechanism", MOBILE, MEASURES,
        (
            contract("rise", "r5 - r1", 0.05, 0.30),
            contract("sbg_mape", "mean error of the forecast", high=0.05, digits=3),
            *(contract(f"r{year}", f"r{year}") for year in range(1, 6)),
        ),
        "Differences between people, habit and inertia, trust; `market.switching_cost`",
        (
            Part("contracts, alike", "rise", "people alike: r5 - r1"),
            Part("contracts, alike", "r1", "people alike: r1"),
            Part("contracts, no bond", "rise", "no trust, no commitment: r5 - r1"),
            Part("contracts, switching 3", "rise", "switching_cost 3: r5 - r1"),
            Part("contracts, switching 3", "r1", "switching_cost 3: r1"),
        ),
        "Habit, inertia and trust raise retention by themselves, so it need not vanish with people alike.",
    ),
    Fact(
        "F07", "Constant retention undervalues",
        "discounted expected years over those with a constant first-year retention 1.1-2.2, here over 8 years at 10 %",
        "Fader & Hardie 2010", "emergent", MOBILE, MEASURES,
        (contract("worth_ratio", "true over naive", 1.1, 2.2),),
        "As F06", (Part("contracts, alike", "worth_ratio", "people alike"),),
    ),
    Fact(
        "F08", "Retention before margin before acquisition",
        "1 % of retention moves a customer's value by 3-7 %, of margin by 1-1.3 %, of the cost to win a customer by "
        ".02-.3 %",
        "Gupta, Lehmann & Stuart 2004", "mechanism",
        f"{MOBILE}; by the formula of `sim equity`, with what the firms' books say", MEASURES,
        (
            contract("of_retention", "retention", 3.0, 7.0),
            contract("of_margin", "margin", 1.0, 1.3),
            contract("of_acquisition_cost", "cost to win", 0.02, 0.3, 3),
            contract("kept", "retention put in, mean of 8 years"),
            contract("margin", "margin put in, money a year", digits=1),
            contract("to_win", "cost to win put in, money", digits=1),
        ),
        "The formula: with a value m/(1 - r/(1+i)) the elasticity of retention is r/(1+i-r)",
        (Part("contracts, switching 3", "of_retention", "switching_cost 3: retention"),),
        "It says where a market lies on the formula, not that the formula is right.",
    ),
    Fact(
        "F24", "A contact can wake the sleeping",
        "customers contacted to keep them leave more within 3 months than the same people left in peace (10 against "
        "6 % in the field)",
        "Ascarza, Iyengar & Schleicher 2016", "mechanism", f"{MOBILE}; nobody contacts, then one firm for a month",
        {"campaign": campaign},
        (
            Part("campaign", "backfires", "lost, contacted less the same people left in peace", low=0.0, digits=4),
            Part("campaign", "lost_contacted", "lost of the contacted", digits=3),
            Part("campaign", "lost_control", "of the same people left in peace", digits=3),
            Part("campaign", "contacted", "share of customers contacted"),
        ),
        "Inertia, `product.contract.inertia`: who is contacted compares in that month",
        (Part("campaign, no inertia", "backfires", "no inertia: the same difference", digits=4),),
        "Whom a campaign should spare (Ascarza 2018: target by uplift) is not measured.",
    ),
)
