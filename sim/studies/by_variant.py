"""Of a comparison of variants: the firm that is shown where a picture has room for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.runs.summary import EQUITY

if TYPE_CHECKING:
    from sim.studies.study import Study


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
