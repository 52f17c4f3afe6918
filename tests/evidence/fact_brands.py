"""Toothpaste: the laws of repeat buying (F01-F05, F30), measured on people who were there for two whole years.

Year A and year B are the last two years of the run. F01-F04 are measured in year B.
"""

from __future__ import annotations

import numpy as np
from fact_markets import Changes, Floats, brands, walked

from sim.equity.dirichlet import Dirichlet, fit_diversity
from sim.metrics.buying_patterns import (
    dissimilarity,
    duplication,
    fit_nbd_by_moments,
    fit_nbd_by_zeros,
    purchase_counts,
    top_share,
)
from sim.records.records import Ints, Records

YEAR, QUARTER, TOP = 52, 13, 0.2


def measure(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """All numbers of this market for one seed."""
    records = walked(brands(changes), seed)
    end = records.periods
    stayed = (records.people["enters"] <= end - 2 * YEAR) & (records.people["leaves"] >= end)
    year_a = purchase_counts(records, end - 2 * YEAR, end - YEAR)[:, stayed]
    year_b = purchase_counts(records, end - YEAR, end)[:, stayed]
    return {
        **double_jeopardy(year_b), **shared_buyers(year_b), **counts_of(year_b.sum(axis=0)),
        **moderation(records, stayed), **defection(year_a, year_b),
    }


def double_jeopardy(counts: Ints) -> dict[str, float]:
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


def shared_buyers(counts: Ints) -> dict[str, float]:
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


def counts_of(total: Ints) -> dict[str, float]:
    """F03 and F04: category purchases per person against the NBD; the share of the top fifth of buyers."""
    mean, zeros = float(total.mean()), float((total == 0).mean())
    by_moments, by_zeros = fit_nbd_by_moments(total), fit_nbd_by_zeros(mean, zeros)
    return {
        "zeros_off": abs(zeros - by_moments.zero_share), "zeros": zeros, "K": by_zeros.shape,
        "dissimilarity": dissimilarity(total, by_zeros), "top_fifth": top_share(total, TOP),
    }


def moderation(records: Records, stayed: Ints) -> dict[str, float]:
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


def defection(year_a: Ints, year_b: Ints) -> dict[str, float]:
    """F30: of a brand's buyers of year A who still buy the category, the share who do not buy it in year B."""
    still = (year_a > 0) & (year_b.sum(axis=0) > 0)
    gone: Floats = ((year_b == 0) & still).sum(axis=1) / still.sum(axis=1)
    share = year_a.sum(axis=1) / year_a.sum()
    return {
        "defection_corr": float(np.corrcoef(np.log(share), gone)[0, 1]),
        "defection_largest": float(gone[share.argmax()]), "defection_smallest": float(gone[share.argmin()]),
    }
