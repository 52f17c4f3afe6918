"""Toothpaste: the laws of repeat buying (F01-F05, F30), measured on people who were there for two whole years.

F01-F04 are measured in the last year.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.equity.dirichlet import Dirichlet, fit_diversity
from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import YEAR, Flags, Floats, StudyMarket, brands
from sim.metrics.buying_patterns import (
    dissimilarity,
    duplication,
    fit_nbd_by_moments,
    fit_nbd_by_zeros,
    purchase_counts,
    top_share,
)
from sim.records.records import Ints, Records

QUARTER, TOP = 13, 0.2
TOOTHPASTE = "toothpaste (level basic), 40,000 people"
SMALLER = {"market.customers": 20_000}


def repeat_buying(market: StudyMarket) -> Numbers:
    """F01-F05, F30: all numbers of this market. Year A and year B are the last two years of the run."""
    records = market.records
    end = records.periods
    stayed = (records.people["enters"] <= end - 2 * YEAR) & (records.people["leaves"] >= end)
    year_a = purchase_counts(records, end - 2 * YEAR, end - YEAR)[:, stayed]
    year_b = purchase_counts(records, end - YEAR, end)[:, stayed]
    return {
        **double_jeopardy(year_b), **shared_buyers(year_b), **counts_of(year_b.sum(axis=0)),
        **moderation(records, stayed), **defection(year_a, year_b),
    }


def double_jeopardy(counts: Ints) -> Numbers:
    """F01: purchases per buyer w against penetration b."""
    buyers = (counts > 0).sum(axis=1)
    b, w = buyers / counts.shape[1], counts.sum(axis=1) / buyers
    constant = w * (1.0 - b)
    return {
        "slope": float(np.polyfit(b, w, 1)[0]), "w_ratio": float(w.max() / w.min()),
        "b_ratio": float(b.max() / b.min()), "cv": float(constant.std(ddof=1) / constant.mean()),
    }


def theory_of(counts: Ints) -> Dirichlet:
    """The NBD-Dirichlet with this category's figures: M and zeros give K, penetrations give S."""
    total = counts.sum(axis=0)
    category = fit_nbd_by_zeros(float(total.mean()), float((total == 0).mean()))
    shares = tuple(float(share) for share in counts.sum(axis=1) / counts.sum())
    diversity = fit_diversity(category.mean, category.shape, shares, (counts > 0).mean(axis=1))
    return Dirichlet(category.mean, category.shape, diversity, shares)


def shared_buyers(counts: Ints) -> Numbers:
    """F02: duplication of purchase against its law and against the theory."""
    table = duplication(counts, counts.shape[1])
    own, theory = table.per_firm, theory_of(counts)
    others = ~np.eye(len(own), dtype=bool)
    mean_duplication = np.array([table.shared[others[:, j], j].mean() for j in range(len(own))])
    expected = theory.duplication_coefficients()
    w = theory.purchases_per_buyer()
    constant = w * (1.0 - theory.penetration())
    return {
        "duplication_corr": float(np.corrcoef(mean_duplication, table.penetration)[0, 1]),
        "D": table.coefficient, "D_spread": float(np.abs(own / own.mean() - 1.0).max()),
        "D_theory": float(expected.mean()), "D_from_theory": float(np.abs(own / expected - 1.0).max()),
        "S": theory.diversity, "w_ratio_theory": float(w.max() / w.min()),
        "cv_theory": float(constant.std(ddof=1) / constant.mean()),
    }


def counts_of(total: Ints) -> Numbers:
    """F03 and F04: category purchases per person against the NBD; the share of the top fifth of buyers."""
    mean, zeros = float(total.mean()), float((total == 0).mean())
    by_moments, by_zeros = fit_nbd_by_moments(total), fit_nbd_by_zeros(mean, zeros)
    return {
        "zeros_off": abs(zeros - by_moments.zero_share), "zeros": zeros, "K": by_zeros.shape,
        "dissimilarity": dissimilarity(total, by_zeros), "top_fifth": top_share(total, TOP),
    }


def moderation(records: Records, stayed: Flags) -> Numbers:
    """F05: the share of one period's top fifth of buyers in the next period over their share in the first."""
    end, found = records.periods, {}
    for name, length in (("year", YEAR), ("quarter", QUARTER)):
        first = purchase_counts(records, end - 2 * length, end - length)[:, stayed].sum(axis=0)
        then = purchase_counts(records, end - length, end)[:, stayed].sum(axis=0)
        found[f"moderation_{name}"] = kept_by_top(first, then)
    return found


def kept_by_top(first: Ints, then: Ints) -> float:
    """The later share of the top fifth of buyers over the earlier one. Ties at the border count in part.

    >>> kept_by_top(np.array([8, 1, 1, 0, 0]), np.array([4, 3, 2, 1, 0]))
    0.5
    """
    top = TOP * (first > 0).sum()
    border = np.sort(first)[::-1][int(np.ceil(top)) - 1]
    above, at = first > border, first == border
    part = (top - above.sum()) / at.sum()
    share = (first[above].sum() + part * first[at].sum()) / first.sum()
    later = (then[above].sum() + part * then[at].sum()) / then.sum()
    return float(later / share)


def defection(year_a: Ints, year_b: Ints) -> Numbers:
    """F30: of a brand's buyers of year A who still buy the category, the share who do not buy it in year B."""
    still = (year_a > 0) & (year_b.sum(axis=0) > 0)
    gone: Floats = ((year_b == 0) & still).sum(axis=1) / still.sum(axis=1)
    share = year_a.sum(axis=1) / year_a.sum()
    return {
        "defection_corr": float(np.corrcoef(np.log(share), gone)[0, 1]),
        "defection_largest": float(gone[share.argmax()]), "defection_smallest": float(gone[share.argmin()]),
    }


brand, untasted, equal = (partial(Part, f"brands{change}") for change in ("", ", no taste", ", equal rates"))
TRIALS = {
    "brands": FactTrial(brands),
    "brands, no taste": FactTrial(brands, {**SMALLER, "mechanisms.taste": 0}),
    "brands, equal rates": FactTrial(brands, {**SMALLER, "people.purchases_per_year.shape": 1000}),
}
MEASURES = {"brands": repeat_buying}
FACTS = (
    Fact(
        "F01", "Double jeopardy",
        "w rises with b; w ratio 1.05-1.4 while b ratio is over 2; w(1-b) nearly constant, variation up to .10",
        "Ehrenberg, Goodhardt & Barwise 1990", "emergent", TOOTHPASTE, MEASURES,
        (
            brand("slope", "slope of w on b", low=0.0),
            brand("w_ratio", "largest w / smallest w", 1.05, 1.4),
            brand("b_ratio", "largest b / smallest b", low=2.0),
            brand("cv", "variation of w(1-b)", high=0.10, digits=3),
            brand("cv_theory", "the same in the Dirichlet's theory", digits=3),
        ),
        "Standing taste, `mechanisms.taste`",
        (untasted("b_ratio", "taste off: b ratio"), untasted("slope", "taste off: slope, between equal brands")),
        "b is the share of people who buy a brand, w how often its buyers buy it.",
    ),
    Fact(
        "F02", "Duplication of purchase",
        "correlation of duplication and penetration over .95; D 1-2, per brand within 5 % of the mean and of the "
        "NBD-Dirichlet's",
        "Goodhardt, Ehrenberg & Chatfield 1984", "emergent", TOOTHPASTE, MEASURES,
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
        "F03", "NBD purchase counts",
        "share of non-buyers within 2 points of (1+M/K)^-K; index of dissimilarity under 2 %",
        "Ehrenberg 1988", "emergent", TOOTHPASTE, MEASURES,
        (
            brand("zeros_off", "non-buyers, difference to the NBD (by moments)", high=0.02, digits=4),
            brand("dissimilarity", "index of dissimilarity (by mean and zeros)", high=0.02, digits=4),
            brand("K", "K"),
        ),
        "Gamma rates, `people.purchases_per_year.shape`",
        (equal("dissimilarity", "equal rates: index", digits=3),),
    ),
    Fact(
        "F04", "The top fifth", "a year's top fifth of buyers make 45-65 % of purchases, not 80",
        "17 categories: 60; CDNOW: 57", "emergent", TOOTHPASTE, MEASURES,
        (brand("top_fifth", "share of the top fifth", 0.45, 0.65, 3),),
        "Gamma rates", (equal("top_fifth", "equal rates", digits=3),),
    ),
    Fact(
        "F05", "Buyer moderation", "next period's share of this period's top fifth over its share now .70-.95",
        "NBD theory: quarter .74, year .92", "emergent", TOOTHPASTE, MEASURES,
        (brand("moderation_year", "year", 0.70, 0.95, 3), brand("moderation_quarter", "quarter", 0.70, 0.95, 3)),
        "Gamma rates",
        (equal("moderation_year", "equal rates: year"), equal("moderation_quarter", "equal rates: quarter")),
    ),
    Fact(
        "F30", "Defection double jeopardy",
        "the share of buyers lost falls with market share, which explains almost all: correlation with ln(share) "
        "-.9 or stronger",
        "Wright & Riebe 2010", "emergent", TOOTHPASTE, MEASURES,
        (
            brand("defection_corr", "correlation", high=-0.9),
            brand("defection_largest", "lost in a year, largest brand"),
            brand("defection_smallest", "smallest brand"),
        ),
        "Standing taste", (untasted("defection_corr", "taste off: correlation"),),
    ),
)
