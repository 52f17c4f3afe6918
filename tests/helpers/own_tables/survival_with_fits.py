"""An example for the picture `survival_with_fits`."""

import pandas as pd

from sim.equity.survival import of_cohort, survival_fits

NEEDS = ("kind", "age", "survival_share")


def table() -> pd.DataFrame:
    """Fader and Hardie's regular customers (2007), fitted to seven of twelve renewals."""
    return survival_fits(of_cohort([1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]), 7)
