"""Example tables of pictures, the pictures of them, and all the words that stand in them."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim import figures

MOODS = ("delighted_share", "content_share", "disappointed_share", "angry_share")


def over_time(firms: tuple[str, ...], slope: float = 10.0, runs: int = 40) -> pd.DataFrame:
    """Lines with bands, two years by months."""
    years = np.arange(1, 25) / 12
    parts = [
        pd.DataFrame({"period": np.arange(24), "year": years, "firm": firm, "mean": 100 + slope * place + 50 * years,
                      "low": 90 + slope * place + 50 * years, "high": 110 + slope * place + 50 * years, "n": runs})
        for place, firm in enumerate(firms)
    ]
    return pd.concat(parts, ignore_index=True)


def table_for(name: str, firms: tuple[str, ...] = ("Rush", "Root")) -> pd.DataFrame:
    """The example table of a picture that is drawn from runs."""
    interval = {"low": 0.2, "high": 0.3, "n": 40}
    if name == "cumulative_profit" or figures.table_function(name)[:1] == ("over_time",):
        return over_time(firms)
    if name == "mood_over_time":
        return pd.DataFrame([{"year": year / 12, "firm": firm, **dict.fromkeys(MOODS, 0.25)}
                             for firm in firms for year in range(1, 13)])
    if name == "retention_by_cohort":
        rows = [{"firm": firm, "cohort": cohort, "age_years": float(age), "mean": 1 / (1 + age), **interval}
                for firm in firms for cohort in range(1, 4) for age in range(5 - cohort)]
        return pd.DataFrame(rows)
    if name == "loyalty_quadrants":
        return pd.DataFrame([{"firm": firm, "quadrant": quadrant, "mean": 0.25, **interval}
                             for firm in firms for quadrant in ("true", "latent", "spurious", "none")])
    if name == "whale_curve":
        shares = np.arange(11) / 10
        parts = [pd.DataFrame({"firm": firm, "customers_share": shares, "mean": (2 + place) * shares - shares**2,
                               "low": shares, "high": 3 * shares, "n": 40}) for place, firm in enumerate(firms)]
        return pd.concat(parts, ignore_index=True)
    if name == "fan_chart":
        fan = {"lowest": 80, "lower": 90, "middle": 100, "upper": 110, "highest": 120}
        parts = [pd.DataFrame({"year": np.arange(1, 25) / 12, "firm": firm, "n": 40,
                               **{key: one + 10 * place for key, one in fan.items()}})
                 for place, firm in enumerate(firms)]
        return pd.concat(parts, ignore_index=True)
    assert name == "equity_bars", f"no table for the new picture {name}: add one here"
    return pd.DataFrame([{"firm": firm, "part": part, "mean": 1000.0, "low": 900.0, "high": 1100.0, "n": 40}
                         for firm in firms for part in ("today", "future", "total")])


def example(name: str) -> pd.DataFrame:
    """The example table of a picture."""
    table: pd.DataFrame = import_module(f"own_tables.{name}").table()
    return table


def drawn(name: str, table: pd.DataFrame) -> Axes:
    """A picture on a figure of its own."""
    ax = Figure(figsize=(12, 6.75), layout="constrained").subplots()
    figures.find(name)(table, ax)
    return ax


def words(ax: Axes) -> str:
    """All words of a picture, line by line."""
    return "\n".join(text.get_text() for text in ax.figure.findobj(Text) if text.get_text())


def one_line(ax: Axes) -> str:
    """All words of a picture, blanks and breaks alike."""
    return " ".join(words(ax).split())
