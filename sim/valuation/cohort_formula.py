"""The cohort formula: cohorts × retention × margin, beside what the simulation does, and where they part.

The whole formula, calibrated on one year of a run and carried on unchanged:

    for every year that follows:
        kept = retention · customers                            # of the customers of a year ago
        contribution = margin · (customers + kept + won) / 2    # margin per customer and year, mean of both ends
        customers = kept + won                                  # as many newly won as in the calibration year

It is what a spreadsheet would do (Blattberg and Deighton 1996; Gupta and Lehmann 2003). It ignores that the market
fills up, that those who have stayed long leave less often (F07), and that firms react to each other. Where it differs
from the simulation, one of its three numbers has changed; the table shows them year by year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.arithmetic import money, ratio
from sim.records.records import Floats, Records
from sim.valuation.decomposition import contributions

Number = float | Floats
APART = 0.10
"""Formula and simulation count as apart from this share of the simulated value on."""


def cohort_forecast(
    customers: Number, retention: Number, won: Number, margin: Number, years: int
) -> tuple[Floats, Floats]:
    """The formula: customers at the end of each coming year, and the contribution of that year [years, or years × F].

    >>> heads, contribution = cohort_forecast(1000.0, 0.8, 200.0, 5.0, 2)
    >>> heads.tolist(), contribution.tolist()
    ([1000.0, 1000.0], [5000.0, 5000.0])
    """
    heads, contribution = (np.empty((years, *np.shape(customers))) for _ in range(2))
    for year in range(years):
        kept = retention * customers
        contribution[year] = margin * (customers + kept + won) / 2
        heads[year] = customers = kept + won
    return heads, contribution


@dataclass(frozen=True)
class CohortFormula:
    """What a run did and what the formula says, by year and firm [Y, F]; the first row is the calibration year.

    `years`: ends of the years. `retention`, `won`, `margin`: what the run showed in each year. `customers`,
    `contribution` (money): of the run; `mirrored_customers`, `mirrored_contribution`: of the formula.
    """

    firms: tuple[str, ...]
    years: Floats
    retention: Floats
    won: Floats
    margin: Floats
    customers: Floats
    contribution: Floats
    mirrored_customers: Floats
    mirrored_contribution: Floats


def cohort_formula(records: Records, calibrated: float | None = None) -> CohortFormula:
    """The formula beside a run, calibrated on the year that ends at `calibrated` (whole years since the warm-up).

    Unless given it is the first year at whose beginning there were customers to keep: 1 after a warm-up of a year or
    more, else 2.

    Raises:
        ValueError: the run kept no purchases, or there is no full year before and after the calibration.
    """
    if records.history is None:
        raise ValueError('The cohort formula needs purchases: run with records="all" or fewer customers.')
    year = records.year
    earliest = 1 if records.warm_up >= year else 2
    chosen = earliest if calibrated is None else calibrated
    last = (records.periods - records.warm_up) // year
    if chosen != int(chosen) or not earliest <= chosen < last:
        raise ValueError(f"calibrated: year {chosen:g} is not allowed; a whole year from {earliest} to {last - 1}"
                         if last > earliest else
                         "The cohort formula needs a year to calibrate and one to compare: "
                         f"run for {earliest + 1} years.")
    ends = records.warm_up + year * np.arange(int(chosen), last + 1) - 1
    facts = _observed(records, ends)
    start, kept, won, margin = (facts[name][0] for name in ("customers", "retention", "won", "margin"))
    coming = cohort_forecast(start, kept, won, margin, len(ends) - 1)
    heads, brought = (np.vstack([facts[name][:1], forecast])
                      for name, forecast in zip(("customers", "contribution"), coming, strict=True))
    return CohortFormula(records.firms, np.round(records.years[ends], 9), mirrored_customers=heads,
                         mirrored_contribution=brought, **facts)


def _observed(records: Records, ends: np.ndarray) -> dict[str, Floats]:
    """Retention, customers won, margin, customers and contribution of the years that end with these periods [Y, F]."""
    history, year = records.history, records.year
    assert history is not None
    active, kept = history.active[ends], history.kept[ends]
    before = history.active_year_ago[ends]
    total = np.vstack([np.zeros((1, len(records.firms)), dtype=np.int64), np.cumsum(contributions(records), axis=0)])
    contribution = money(records, total[ends + 1] - total[ends + 1 - year])
    return {
        "retention": ratio(kept, before), "won": (active - kept).astype(np.float64), "customers": active.astype(float),
        "margin": ratio(contribution, (active + before) / 2), "contribution": contribution,
    }
