"""Price: a welcome discount, elasticities, a loyalty programme (F20-F23). Variants have the same people and luck."""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import FIRMS, SERVICE, YEAR, Floats, StudyMarket, brands, service
from sim.metrics.arithmetic import ratio
from sim.metrics.buying_patterns import purchase_counts
from sim.metrics.retention import newcomer_value_money
from sim.records.records import Ints
from sim.scenario import Scenario, load

STEP = 0.10
"""The price of one firm goes up or down by so much."""
AT_LEAST = 3
"""WatchedPurchases in the year before from which somebody has a share of wallet to speak of (F22)."""
REWARD = 0.05
"""Share of the price that the loyalty programme gives back (F23; assumption)."""
GROUPS = ("light", "moderate", "heavy")


def welcome(market: StudyMarket) -> Numbers:
    """F20: first-year contribution of customers won with 35 % off, over that of customers won without; same world."""
    value, won = [], []
    for world in (market, market.other(what_if="no_welcome")):
        value.append(float(newcomer_value_money(world.records)[-1, 0]))
        won.append(float(world.records.count("new_customers")[-24:-12, 0].sum()))
    return {"newcomer_worth": value[0] / value[1], "newcomers_more": won[0] / won[1]}


def elasticity(market: StudyMarket) -> Numbers:
    """F21 and F22: the first firm's price 10 % up, 10 % down, for the third year; the same people as with neither.

    Elasticity: ln(units / units before) / ln(price / price before). Loyalty: share of purchases at the firm in the
    year before, in quarters of those who bought three times or more, at least once here.
    """
    worlds = [market] + [_priced(market, 2.0, FIRMS[0], 1.0 + sign * STEP) for sign in (1, -1)]
    before = purchase_counts(market.records, YEAR, 2 * YEAR)
    usual, dearer, cheaper = (_units(world, 0) for world in worlds)
    found = _elasticities(usual, dearer, cheaper)
    every = before.sum(axis=0)
    who = np.flatnonzero((every >= AT_LEAST) & (before[0] > 0))
    order = np.argsort(ratio(before[0], every)[who], kind="stable")
    for quarter, places in enumerate(np.array_split(order, 4)):
        few = who[places]
        found[f"quarter_{quarter + 1}"] = _elasticities(usual[few], dearer[few], cheaper[few])["elasticity"]
    found["loyal_less"] = found["quarter_4"] - found["quarter_1"]
    return found


def brand_elasticity(market: StudyMarket) -> Numbers:
    """F21 where the published mean comes from: a brand of packaged goods (the third, 15 %), 10 % dearer or cheaper."""
    worlds = [market] + [_priced(market, 1.0, "Cedro", 1.0 + sign * STEP) for sign in (1, -1)]
    return _elasticities(*(_units(world, list(market.scenario.firms).index("Cedro")) for world in worlds))


def _priced(market: StudyMarket, year: float, firm: str, factor: float) -> StudyMarket:
    """The market in which a firm's price is multiplied from a date on."""
    price = market.scenario.product.price * factor
    return market.other({"events": [{"kind": "levers", "year": year, "firms": [firm], "set": {"price": price}}]})


def _units(market: StudyMarket, firm: int) -> Ints:
    """What everybody buys at a firm in the last year, its first week left out."""
    records = market.records
    counts: Ints = purchase_counts(records, records.periods - YEAR + 1, records.periods)[firm]
    return counts


def _elasticities(usual: Ints, dearer: Ints, cheaper: Ints) -> Numbers:
    """By rise, by cut, and their mean.

    >>> one = np.array([100])
    >>> round(_elasticities(one, np.array([75]), np.array([125]))["elasticity"], 2)
    -2.57
    """
    rise, cut = (float(np.log(after.sum() / usual.sum()) / np.log(1.0 + sign * STEP))
                 for after, sign in ((dearer, 1), (cheaper, -1)))
    return {"rise": rise, "cut": cut, "elasticity": (rise + cut) / 2}


def programme(market: StudyMarket) -> Numbers:
    """F23: 5 % back on every purchase but the first, for the third year: by the first firm alone, by all.

    Light, moderate and heavy: thirds of those who bought at the firm in the year before, by how often they did. Share
    of wallet: its share of the purchases of these people.
    """
    alone, every = (market.other({"events": [{"kind": "levers", "year": 2.0, "firms": list(firms),
                                              "set": {"rewards": REWARD}}]}) for firms in (FIRMS[:1], FIRMS))
    here = purchase_counts(market.records, YEAR, 2 * YEAR)[0]
    buyers = np.flatnonzero(here > 0)
    order = buyers[np.argsort(here[buyers], kind="stable")]
    usual, with_it = _units(market, 0), _units(alone, 0)
    found = {name: float(with_it[few].sum() / usual[few].sum() - 1.0)
             for name, few in zip(GROUPS, np.array_split(order, 3), strict=True)}
    usual_share, share, share_of_all = (_wallet(world, buyers) for world in (market, alone, every))
    gain = share - usual_share
    paid = float(alone.records.account("rewards")[:, 0].sum() / alone.records.account("revenue")[2 * YEAR:, 0].sum())
    return {**found, "wallet": gain, "wallet_all": share_of_all - usual_share, "given_back": paid,
            "saturates": share_of_all - usual_share - gain / 2}


def _wallet(market: StudyMarket, who: Ints) -> float:
    units: Floats = np.array([_units(market, firm)[who].sum() for firm in range(len(FIRMS))], dtype=np.float64)
    return float(units[0] / units.sum())


def welcome_market() -> Scenario:
    """The shipped scenario."""
    return load("welcome_discount", {"market.customers": 6000})


THREE_YEARS = {"clock.years": 3.0}
BRANDS = {"market.customers": 12_000, "clock.years": 2.0}
WITH_ROOM = {
    **THREE_YEARS, "budget.per_person_per_year": 6.0,
    **{f"firms.{name}.spending": {"advertising": 0.2, "relations": 0.2, "service": 0.05} for name in FIRMS},
}
"""The same spending, half of a budget twice as large: there is money for a programme."""
NO_RELATIONS = {f"firms.{name}.spending.relations": 0 for name in FIRMS}
TRIALS = {
    "welcome": FactTrial(welcome_market),
    "welcome, no reference": FactTrial(welcome_market, {"mechanisms.reference_price": 0}),
    "welcome, no link": FactTrial(welcome_market, {"people.taste_price_link": 0.0}),
    "welcome, price 6": FactTrial(welcome_market, {"psychology.choice.price": 6.0}),
    "price": FactTrial(service, THREE_YEARS),
    "price, no reference": FactTrial(service, {**THREE_YEARS, "mechanisms.reference_price": 0}),
    "price, no commitment": FactTrial(service, {**THREE_YEARS, "mechanisms.commitment": 0}),
    "price, no relief": FactTrial(service, {**THREE_YEARS, "mechanisms.price_relief": 0}),
    "price, no relations": FactTrial(service, {**THREE_YEARS, **NO_RELATIONS}),
    "price, no taste": FactTrial(service, {**THREE_YEARS, "mechanisms.taste": 0}),
    "brand price": FactTrial(brands, BRANDS),
    "brand price, weight 3": FactTrial(brands, {**BRANDS, "psychology.choice.price": 3.0}),
    "programme": FactTrial(service, WITH_ROOM),
    "programme, worth half": FactTrial(service, {**WITH_ROOM, "psychology.choice.reward_worth": 0.5}),
}
price, programmed = partial(Part, "price"), partial(Part, "programme")

FACTS = (
    Fact(
        "F20", "Deep-discount acquisition", "customers won with 35 % off are worth about half, .4-.6",
        "Lewis 2006", "mechanism", "welcome_discount (full), 6,000 people", {"welcome": welcome},
        (
            Part("welcome", "newcomer_worth", "first-year contribution over that without the cut", 0.4, 0.6),
            Part("welcome", "newcomers_more", "number won over that without"),
        ),
        "The cut itself, reference price, selection; `psychology.choice.price`",
        (
            Part("welcome, no reference", "newcomer_worth", "reference price off"),
            Part("welcome, no link", "newcomer_worth", "taste_price_link 0"),
            Part("welcome, price 6", "newcomer_worth", "choice.price 6"),
        ),
    ),
    Fact(
        "F21", "Own price elasticity", "mean -2.62 in packaged goods; within a quarter: -3.28 to -1.97",
        "Bijmolt, van Heerde & Pieters 2005", "input", f"{SERVICE}; and toothpaste; one firm ±10 % for a year",
        {"price": elasticity, "brand price": brand_elasticity},
        (
            price("elasticity", "service", -3.28, -1.97),
            price("rise", "service, rise"),
            price("cut", "service, cut"),
            Part("brand price", "elasticity", "toothpaste, third brand", -3.28, -1.97),
            Part("brand price", "rise", "toothpaste, rise"),
            Part("brand price", "cut", "toothpaste, cut"),
        ),
        "`psychology.choice.price`; in the service market commitment, which the firms buy with 40 % "
        "of their budgets",
        (
            Part("brand price, weight 3", "elasticity", "choice.price 3: toothpaste"),
            Part("price, no commitment", "elasticity", "commitment off: service"),
            Part("price, no relations", "elasticity", "firms spend nothing on relations: service"),
            Part("price, no reference", "rise", "reference price off: service, rise"),
        ),
        "The service market was the measure fixed first; toothpaste was added when it had been seen to fall short.",
    ),
    Fact(
        "F22", "The loyal mind the price less",
        "elasticity in choice of the most loyal quarter below that of the least; the opposite in quantity is not "
        "tested, baskets are fixed",
        "Krishnamurthi & Raj 1991", "mechanism", SERVICE, {"price": elasticity},
        (
            price("loyal_less", "most loyal less least loyal", low=0.0),
            *(price(f"quarter_{q}", f"quarter {q}") for q in range(1, 5)),
        ),
        "Ceiling: who always buys here has little to gain or lose; price relief is not needed",
        (
            Part("price, no relief", "loyal_less", "price relief off"),
            Part("price, no taste", "loyal_less", "taste off"),
        ),
    ),
    Fact(
        "F23", "Loyalty programme",
        "light and moderate buyers buy more, heavy ones as before (within 3 %); share of wallet rises by at most 5 "
        "points; less than half of that is left when every firm has one",
        "Liu 2007; Leenheer et al. 2007", "mechanism", f"{SERVICE}; 5 % back for a year", {"programme": programme},
        (
            programmed("light", "light buyers, change of purchases", low=0.0, digits=3),
            programmed("moderate", "moderate", low=0.0, digits=3),
            programmed("heavy", "heavy", -0.03, 0.03, 3),
            programmed("wallet", "share of wallet, change", 0.0, 0.05, 3),
            programmed("saturates", "the same when all have one, less half of it", high=0.0, digits=3),
            programmed("given_back", "given back, share of revenue", digits=3),
        ),
        "What the reward is worth to those who know it, `psychology.choice.reward_worth`",
        (
            Part("programme, worth half", "light", "reward_worth .5: light", digits=3),
            Part("programme, worth half", "wallet", "reward_worth .5: share of wallet", digits=3),
        ),
        "Ranges of 3 % and of 5 points are assumptions: the sources give directions and small effects.",
    ),
)
