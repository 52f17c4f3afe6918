"""The facts: targets as published, the parts by which they are judged, what is changed to find the driver.

Targets and kinds: emergent (no rule says it: the only validation), mechanism (the rule is there; size or sign could
fail), input (put in; no evidence for anything).
"""

from __future__ import annotations

from functools import partial

from fact_list_service import COMPLAINTS, SERVICE, SURVEYED, service
from fact_table import Fact, Part

TOOTHPASTE = "toothpaste (level basic), 40,000 people"
MOBILE = "mobile_subscription (full), three equal firms"

brand, contract = partial(Part, "brands"), partial(Part, "contracts")
untasted, equal = partial(Part, "brands, no taste"), partial(Part, "brands, equal rates")

BRANDS = (
    Fact(
        "F01",
        "Double jeopardy",
        "w rises with b; w ratio 1.05-1.4 while b ratio is over 2; w(1-b) nearly constant, "
        "variation up to .10 (Ehrenberg, Goodhardt & Barwise 1990)",
        "emergent",
        TOOTHPASTE,
        (
            brand("slope", "slope of w on b", low=0.0),
            brand("w_ratio", "largest w / smallest w", 1.05, 1.4),
            brand("b_ratio", "largest b / smallest b", low=2.0),
            brand("cv", "variation of w(1-b)", high=0.10, digits=3),
            brand("cv_theory", "the same in the Dirichlet's theory", digits=3),
        ),
        "Standing taste, `mechanisms.taste`",
        (untasted("b_ratio", "taste off: b ratio"), untasted("slope", "taste off: slope, between equal brands")),
    ),
    Fact(
        "F02",
        "Duplication of purchase",
        "correlation of duplication and penetration over .95; D 1-2, per brand within 5 % of "
        "the mean and of the NBD-Dirichlet's (Goodhardt, Ehrenberg & Chatfield 1984)",
        "emergent",
        TOOTHPASTE,
        (
            brand("duplication_corr", "correlation", low=0.95, digits=3),
            brand("D", "D", 1.0, 2.0),
            brand("D_spread", "largest deviation from the mean D", high=0.05, digits=3),
            brand("D_from_theory", "largest deviation from the theory's D", high=0.05, digits=3),
            brand("D_theory", "D by theory"),
            brand("S", "S fitted"),
        ),
        "Unequal purchase rates and standing taste",
        (equal("D", "equal rates: D"), untasted("S", "taste off: S fitted (people hardly differ)")),
    ),
    Fact(
        "F03",
        "NBD purchase counts",
        "share of non-buyers within 2 points of (1+M/K)^-K; index of dissimilarity under 2 % (Ehrenberg 1988)",
        "emergent",
        TOOTHPASTE,
        (
            brand("zeros_off", "non-buyers, difference to the NBD (by moments)", high=0.02, digits=4),
            brand("dissimilarity", "index of dissimilarity (by mean and zeros)", high=0.02, digits=4),
            brand("K", "K"),
        ),
        "Gamma rates, `people.purchases_per_year.shape`",
        (equal("dissimilarity", "equal rates: index", digits=3),),
    ),
    Fact(
        "F04",
        "The top fifth",
        "a year's top fifth of buyers make 45-65 % of purchases, not 80 (17 categories: 60; CDNOW: 57)",
        "emergent",
        TOOTHPASTE,
        (brand("top_fifth", "share of the top fifth", 0.45, 0.65, 3),),
        "Gamma rates",
        (equal("top_fifth", "equal rates", digits=3),),
    ),
    Fact(
        "F05",
        "Buyer moderation",
        "next period's share of this period's top fifth over its share now .70-.95 (NBD theory: quarter .74, year .92)",
        "emergent",
        TOOTHPASTE,
        (brand("moderation_year", "year", 0.70, 0.95, 3), brand("moderation_quarter", "quarter", 0.70, 0.95, 3)),
        "Gamma rates",
        (equal("moderation_year", "equal rates: year"), equal("moderation_quarter", "equal rates: quarter")),
    ),
    Fact(
        "F30",
        "Defection double jeopardy",
        "the share of buyers lost falls with market share, which explains almost all: correlation "
        "with ln(share) -.9 or stronger (Wright & Riebe 2010)",
        "emergent",
        TOOTHPASTE,
        (
            brand("defection_corr", "correlation", high=-0.9),
            brand("defection_largest", "lost in a year, largest brand"),
            brand("defection_smallest", "smallest brand"),
        ),
        "Standing taste",
        (untasted("defection_corr", "taste off: correlation"),),
    ),
)

CONTRACTS = (
    Fact(
        "F06",
        "Cohort retention rises",
        "fifth year less first year +.05 to +.30; shifted beta-geometric fitted on 4 years misses "
        "years 5-8 by under 5 % (Fader & Hardie 2007)",
        "mechanism",
        MOBILE,
        (
            contract("rise", "r5 - r1", 0.05, 0.30),
            contract("sbg_mape", "mean error of the forecast", high=0.05, digits=3),
            *(contract(f"r{year}", f"r{year}") for year in range(1, 6)),
        ),
        "Differences between people, habit and inertia, trust; `market.switching_cost` (3) moves "
        "it most",
        (
            Part("contracts, alike", "rise", "people alike: r5 - r1"),
            Part("contracts, alike", "r1", "people alike: r1"),
            Part("contracts, no bond", "rise", "no trust, no commitment: r5 - r1"),
            Part("contracts, switching 1", "rise", "switching_cost 1: r5 - r1"),
            Part("contracts, switching 1", "r1", "switching_cost 1: r1"),
        ),
        "Habit, inertia and trust raise retention by themselves, so it need not vanish with people alike.",
    ),
    Fact(
        "F07",
        "Constant retention undervalues",
        "discounted expected years over those with a constant first-year retention 1.1-2.2, "
        "here over 8 years at 10 % (Fader & Hardie 2010)",
        "emergent",
        MOBILE,
        (contract("worth_ratio", "true over naive", 1.1, 2.2),),
        "As F06",
        (Part("contracts, alike", "worth_ratio", "people alike"),),
    ),
)

MONEY = (
    Fact(
        "F16",
        "Tenure and profit",
        "correlation .15-.50; 25-50 % of customers long but poor or short but rich (Reinartz & Kumar 2002)",
        "emergent",
        SERVICE,
        (service("tenure_corr", "correlation", 0.15, 0.50), service("off_diagonal", "off the diagonal", 0.25, 0.50)),
        "Differences in cost to serve and in baskets",
        (
            Part("service, same cost", "tenure_corr", "equal cost to serve: correlation"),
            Part("service, same cost and basket", "tenure_corr", "and equal baskets: correlation"),
            Part("service, same cost and basket", "off_diagonal", "and equal baskets: off the diagonal"),
        ),
    ),
    Fact(
        "F18",
        "Whale curve",
        "cumulative profit peaks at 110-200 % of the total; best fifth of customers 100-225 % (Cooper & Kaplan 1991)",
        "emergent",
        SERVICE,
        (service("whale_peak", "peak", 1.10, 2.00), service("whale_top", "best fifth", 1.00, 2.25)),
        "`people.cost_to_serve.variation` (1.2)",
        (
            Part("service, same cost", "whale_peak", "equal cost to serve: peak"),
            Part("service, same cost", "whale_top", "its best fifth"),
            Part("service, same cost and basket", "whale_peak", "and equal baskets: peak"),
        ),
    ),
    Fact(
        "F20",
        "Deep-discount acquisition",
        "customers won with 35 % off are worth about half, .4-.6 (Lewis 2006)",
        "mechanism",
        "welcome_discount (full), 6,000 people",
        (
            Part("welcome", "newcomer_worth", "first-year contribution over that without the cut", 0.4, 0.6),
            Part("welcome", "newcomers_more", "number won over that without"),
        ),
        "The cut itself, reference price, selection; of eight numbers tried, "
        "`psychology.choice.price` (6) moves it most",
        (
            Part("welcome, no reference", "newcomer_worth", "reference price off"),
            Part("welcome, no link", "newcomer_worth", "taste_price_link 0"),
            Part("welcome, price 9", "newcomer_worth", "choice.price 9"),
        ),
    ),
    Fact(
        "F21",
        "Own price elasticity",
        "mean -2.62 (Bijmolt, van Heerde & Pieters 2005, packaged goods); within a quarter: -3.28 to -1.97",
        "input",
        f"{SERVICE}; and toothpaste; one firm ±10 % for a year",
        (
            Part("price", "elasticity", "service", -3.28, -1.97),
            Part("price", "rise", "service, rise"),
            Part("price", "cut", "service, cut"),
            Part("brand price", "elasticity", "toothpaste, third brand", -3.28, -1.97),
            Part("brand price", "rise", "toothpaste, rise"),
            Part("brand price", "cut", "toothpaste, cut"),
        ),
        "`psychology.choice.price` (6); in the service market commitment, which the firms buy with 40 % of their "
        "budgets",
        (
            Part("brand price, weight 3", "elasticity", "choice.price 3: toothpaste"),
            Part("price, no commitment", "elasticity", "commitment off: service"),
            Part("price, no relations", "elasticity", "firms spend nothing on relations: service"),
            Part("price, no reference", "rise", "reference price off: service, rise"),
        ),
        "The service market was the measure fixed beforehand; toothpaste was added when it had been seen to fall "
        "short.",
    ),
    Fact(
        "F22",
        "The loyal mind the price less",
        "elasticity in choice of the most loyal quarter below that of the least (Krishnamurthi & Raj "
        "1991); the opposite in quantity is not tested, baskets are fixed",
        "mechanism",
        SERVICE,
        (
            Part("price", "loyal_less", "most loyal less least loyal", low=0.0),
            *(Part("price", f"quarter_{q}", f"quarter {q}") for q in range(1, 5)),
        ),
        "Ceiling: who always buys here has little to gain or lose; price relief is not needed",
        (
            Part("price, no relief", "loyal_less", "price relief off"),
            Part("price, no taste", "loyal_less", "taste off"),
        ),
    ),
    Fact(
        "F29",
        "Good and bad word",
        "a good word moves a familiar firm's chance p at least as much as a bad one while p < .5 (East et al. "
        "2008); bad told twice as often (TARP)",
        "input",
        "formula only, expectation .70; nothing is simulated",
        (
            *(Part("talk", f"gain_over_loss_{p}", f"p = {p}", low=1.0) for p in (0.1, 0.25, 0.4)),
            Part("talk", "told_bad_to_good", "bad told per good (put in)"),
        ),
        "`psychology.voice.word_joy` (.15) and `word_loss` (.06)",
        tuple(Part("talk, loss .08", f"gain_over_loss_{p}", f"word_loss .08: p = {p}") for p in (0.1, 0.25, 0.4)),
    ),
)

FACTS = tuple(sorted(BRANDS + CONTRACTS + SURVEYED + COMPLAINTS + MONEY, key=lambda fact: fact.number))
