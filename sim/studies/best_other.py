"""Which firms are shown: every one against the best of the others, and the one that changes most."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics.registry import better_of
from sim.runs.summary import EQUITY, metric_units

if TYPE_CHECKING:
    from sim.studies.study import Study, StudyAnswer

OF_THE_PAGE = ("customer_equity_money", "cumulative_discounted_profit_money")


def best_others(study: StudyAnswer, metric: str, variant: str | None = None) -> list[dict[str, Any]]:
    """For each firm the paired difference from the best other one, best firm first; see `Comparison.table`.

    The best other one is that with the best mean over all runs: the same rival in every run. `firm`, `rival`, `metric`,
    `unit`, and the cells of a difference, firm minus rival. Firms without a number are left out.

    Raises:
        ValueError: there is no such metric or variant.
    """
    world = study.base if variant is None else variant
    sign = -1.0 if better_of(metric) == "lower" else 1.0
    means = {firm: float(study.values(world, metric, firm).mean()) for firm in study.variants[world].firms} \
        if study.n else {}
    ranked = sorted((firm for firm in means if isfinite(means[firm])), key=lambda firm: -sign * means[firm])
    return [{"firm": firm, "rival": rival, "metric": metric, "unit": metric_units()[metric],
             **study.difference(metric, (world, rival), (world, firm))}
            for firm, rival in zip(ranked, [*ranked[1:2], *ranked[:1] * (len(ranked) - 1)], strict=False)]


def best_others_of_the_page(study: StudyAnswer, metrics: Iterable[str] = OF_THE_PAGE) -> list[dict[str, Any]]:
    """The same for what the first page is about, as written; nothing with fewer than three firms."""
    return [row for metric in metrics for row in best_others(study, metric)] if len(study.firms) > 2 else []


def most_changed_firm(study: Study) -> str:
    """The firm whose customer equity differs most between the first variant and another one, in the mean over runs.

    Only firms of every variant count; the first one where nothing differs.

    Raises:
        ValueError: no firm is in every variant.
    """
    everywhere = [firm for firm in study.firms if all(firm in variant.firms for variant in study.variants.values())]
    if not everywhere:
        raise ValueError("No firm is in every variant: choose a variant with world=.")

    def change(firm: str) -> float:
        levels = [float(np.mean(study.values(variant, EQUITY, firm))) for variant in study.variants]
        found = max(abs(level - levels[0]) for level in levels)
        return found if np.isfinite(found) else -1.0

    return max(everywhere, key=change)
