"""Survival as it was seen, beside two models of it: shifted-beta-geometric and constant retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equity.checks import Floats, number, whole, whole_column
from sim.equity.sbg import SBG, fit_sbg_at_risk
from sim.equity.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    import pandas as pd

OBSERVED, SBG_FIT, CONSTANT = "observed", "sBG", "constant retention"


def of_cohort(survivors: Any) -> Survival:
    """The survival curve of one cohort, from the people left after 0, 1, 2, … renewals.

    Raises:
        TypeError, ValueError: not counts of at least 0, fewer than two, or a count above the one before it.

    Source: Kaplan and Meier (1958), with nobody cut off before the end.

    >>> of_cohort([10, 6, 3]).share.tolist()
    [1.0, 0.6, 0.3]
    """
    counts = whole_column("survivors", survivors, 0, least=2)
    left = -np.diff(counts)
    if (left < 0).any() or counts[0] == 0:
        raise ValueError("survivors: a cohort has people and only shrinks; counts that never grow are allowed")
    last = counts.size - 1
    duration = np.concatenate([np.repeat(np.arange(1, last + 1), left), np.full(counts[-1], last)])
    event = np.concatenate([np.ones(int(left.sum()), dtype=bool), np.zeros(int(counts[-1]), dtype=bool)])
    return kaplan_meier(duration, event)


def survival_fits(curve: Survival, fitted_to: int | None = None, until: int | None = None) -> pd.DataFrame:
    """The curve with both models, fitted to ages up to `fitted_to` and drawn on to `until` (both: to its end).

    Columns: kind (observed, sBG, constant retention), age, survival_share, low, high (of what was
    observed). Constant retention is the share of all renewals that were made. `attrs` hold `fitted_to`,
    `constant_retention`, the model's `advice`, and words for a picture (`note`, `finding`).

    Raises:
        TypeError: not a curve, or not whole numbers.
        ValueError: somebody left at age 0, or `fitted_to` lies beyond the curve.

    Source: Fader and Hardie (2007), Journal of Interactive Marketing 21(1), who hold both against people they had not
    fitted to.

    >>> table = survival_fits(of_cohort([1000, 631, 468, 382, 326, 289]), fitted_to=3)
    >>> table[table["age"] == 5].set_index("kind")["survival_share"].round(2).to_dict()
    {'observed': 0.29, 'sBG': 0.28, 'constant retention': 0.17}
    """
    import pandas as pd

    if not isinstance(curve, Survival):
        raise TypeError(f"curve: from kaplan_meier or of_cohort, not {type(curve).__name__}")
    if curve.events[0] > 0:
        raise ValueError("curve: somebody left at age 0; durations of at least one period are expected")
    end = int(curve.age[-1])
    last = end if fitted_to is None else whole("fitted_to", fitted_to, 1, end)
    ahead = end if until is None else whole("until", until, last, 10**6)
    at_risk, leavers = (column[1: last + 1].astype(np.float64) for column in (curve.at_risk, curve.events))
    model = fit_sbg_at_risk(at_risk, leavers)
    kept = 1.0 - number("events", leavers.sum() / at_risk.sum(), 0.0, 1.0)
    ages = np.arange(ahead + 1)
    parts = [
        pd.DataFrame({"kind": OBSERVED, "age": curve.age, "survival_share": curve.share, "low": curve.low,
                      "high": curve.high}),
        pd.DataFrame({"kind": SBG_FIT, "age": ages, "survival_share": model.survival(ages)}),
        pd.DataFrame({"kind": CONSTANT, "age": ages, "survival_share": kept**ages}),
    ]
    table = pd.concat(parts, ignore_index=True)
    table.attrs.update(_words(curve, model, kept, (last, end)))
    return table


def _words(curve: Survival, model: SBG, kept: float, ends: tuple[int, int]) -> dict[str, Any]:
    """What stands around the picture."""
    last, end = ends
    note = (f"{curve.at_risk[0]:,} people, fitted up to age {last}. sBG: shifted-beta-geometric, "
            f"alpha {model.alpha:.3g}, beta {model.beta:.3g}. Band: 95 % interval.")
    words: dict[str, Any] = {"note": note, "advice": model.advice, "constant_retention": kept, "fitted_to": last}
    if end > last:
        later = slice(last + 1, None)
        off = [_miss(model.survival(curve.age[later]), curve.share[later]),
               _miss(kept ** curve.age[later], curve.share[later])]
        words["finding"] = (f"After age {last}, {SBG_FIT} is {off[0]:.1f} points off on average, {CONSTANT} "
                            f"{off[1]:.1f}")
    return words


def _miss(model: Any, seen: Floats) -> float:
    return 100.0 * float(np.abs(model - seen).mean())
