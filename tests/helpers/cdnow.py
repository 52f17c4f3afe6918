"""The CDNOW data that the package `lifetimes` brings: read from its folder, without importing (or trusting) its code.

Fader and Hardie's sample of 2,357 customers who first bought at CDNOW in the first quarter of 1997: purchases up to
30 September 1997 as a summary, and the whole log up to 30 June 1998.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest


def folder() -> Path:
    """Where the data lie; the test is skipped where `lifetimes` is not installed."""
    found = find_spec("lifetimes")
    if found is None or found.origin is None:
        pytest.skip("the CDNOW data come with the package lifetimes, which is not installed here")
    return Path(found.origin).parent / "datasets"


def summary() -> pd.DataFrame:
    """Frequency, recency, T in weeks, and mean spend per repeat purchase (USD)."""
    table = pd.read_csv(folder() / "cdnow_customers_summary_with_transactions.csv")
    return table.rename(columns={"ID": "customer_id", "x": "frequency", "t_x": "recency", "zbar": "monetary_value"})


def log() -> pd.DataFrame:
    """One row per purchase: customer_id, date (as in the file, 19970101), amount (USD)."""
    names = ["master", "customer_id", "date", "cds", "amount"]
    table = pd.read_csv(folder() / "CDNOW_sample.txt", sep=r"\s+", header=None, names=names)
    return table[["customer_id", "date", "amount"]]
