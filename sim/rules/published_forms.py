"""Forms of the literature that the model does not use as they stand, to be held beside its own in lessons and tests.

The model's loss is a straight line (`appraisal.encounter_feeling`), its memory a smoothed mean (`appraisal.moved`):
simpler, and near enough for gaps of a few tenths of quality. Draw both to see where they part.
"""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import exp, ln, maximum, rule, where


@rule
def prospect_value(gain: Any, curvature: Any, loss_aversion: Any) -> Any:
    """Value of a gain or loss against the reference point: x^a, and -l·(-x)^a below it.

    Any unit; curvature a in 0..1 (1: straight lines), loss aversion l of at least 1. Source: Tversky and Kahneman 1992
    (a = .88, l = 2.25).

    >>> round(float(prospect_value(100.0, 0.88, 2.25)), 5), round(float(prospect_value(-100.0, 0.88, 2.25)), 5)
    (57.54399, -129.47399)
    """
    size = exp(curvature * ln(maximum(maximum(gain, -gain), 1e-300)))
    return where(gain > 0.0, size, where(gain < 0.0, -loss_aversion * size, 0.0))


@rule
def peak_end(peak: Any, end: Any) -> Any:
    """An episode is remembered as the mean of its strongest moment and its last one, however long it was.

    Source: Fredrickson and Kahneman 1993. Correlation with what is remembered .58 [.49, .66] (Alaybek et al. 2022).

    >>> peak_end(9.0, 3.0)
    6.0
    """
    return (peak + end) / 2.0


@rule
def wandering(kept: Any, shock: Any) -> Any:
    """Variance in the long run of what keeps a share of itself and is shaken anew each step: s² / (1 - kept²).

    Kept below 1, s is the standard deviation of a shock (AR(1), algebra).

    >>> round(wandering(0.8, 0.1), 6)
    0.027778
    """
    return shock * shock / (1.0 - kept * kept)
