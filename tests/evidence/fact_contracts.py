"""Mobile subscriptions: how long customers stay (F06, F07).

A cohort: everybody whose first contract began in the first year, each with the firm of that contract. A customer is
kept while every month's purchase is at this firm (unbroken). Retention of year k is reckoned among those who stay in
the market through that year, so that leaving the market is nobody's defection.
"""

from __future__ import annotations

import numpy as np
from fact_markets import Changes, Floats, contracts, walked
from scipy.optimize import minimize

from sim.records.records import Ints, Records

MONTHS, YEARS = 12, 8
FIT = 4
RATE = 0.10


def measure(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """All numbers of this market for one seed."""
    records = walked(contracts(changes), seed)
    kept, people = retention(records)
    survival = np.cumprod(kept)
    forecast = sbg_survival(*sbg_fit(kept[:FIT], people[:FIT]), YEARS)
    naive = survival[0] ** np.arange(1, YEARS + 1)
    worth = (1.0 + RATE) ** -np.arange(1.0, YEARS + 1)
    return {
        **{f"r{year + 1}": float(kept[year]) for year in range(5)}, "rise": float(kept[4] - kept[0]),
        "sbg_mape": float(np.mean(np.abs(forecast[FIT:] / survival[FIT:] - 1.0))),
        "worth_ratio": float((1.0 + (survival * worth).sum()) / (1.0 + (naive * worth).sum())),
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


def sbg_fit(kept: Floats, people: Ints) -> tuple[float, float]:
    """Shifted beta-geometric (Fader and Hardie 2007) by maximum likelihood: r_t = (b + t - 1) / (a + b + t - 1).

    >>> a, b = sbg_fit(np.array([0.6, 2 / 3, 0.7142857]), np.array([1000, 600, 400]))
    >>> round(a, 2), round(b, 2)
    (2.0, 3.0)
    """
    year = np.arange(kept.size)

    def unlikely(logs: Floats) -> float:
        a, b = np.exp(logs)
        r = (b + year) / (a + b + year)
        return -float((people * (kept * np.log(r) + (1.0 - kept) * np.log1p(-r))).sum())

    exact = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000}
    best = minimize(unlikely, np.zeros(2), method="Nelder-Mead", options=exact)
    a, b = np.exp(best.x)
    return float(a), float(b)


def sbg_survival(a: float, b: float, years: int) -> Floats:
    """Share of a cohort that is left after 1, 2, ... years.

    >>> sbg_survival(1.0, 1.0, 3).round(3).tolist()
    [0.5, 0.333, 0.25]
    """
    year = np.arange(years)
    return np.cumprod((b + year) / (a + b + year))
