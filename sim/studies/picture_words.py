"""What pictures of runs say in words: findings for their titles, and what is switched off in the market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.runs.run import Run
from sim.scenario.effective import strengths
from sim.studies.replicate import Replication
from sim.studies.study import Study
from sim.text.language import tr
from sim.text.numbers import with_currency
from sim.text.words import joined

if TYPE_CHECKING:
    import pandas as pd


def who_is_worth_more(study: Replication) -> str:
    """The difference in customer equity between two firms in a sentence."""
    row = study.table(["customer_equity_money"]).to_dict("records")[0]
    if not (row["low"] > 0 or row["high"] < 0):
        return tr("Whose customers are worth more: {verdict}", verdict=tr(row["verdict"]))
    ahead, won = (row["firm_b"], row["won_by_b"]) if row["low"] > 0 else (row["firm_a"], row["n"] - row["won_by_b"])
    more = with_currency(f"{abs(row['difference']):,.0f}", study.scenario.money.currency)
    return tr("{firm}'s customers are worth {money} more ({won} of {runs} runs)", firm=ahead, money=more, won=won,
              runs=row["n"])


def best_fifth(table: pd.DataFrame) -> str:
    """What the best fifth of customers makes, in a sentence; nothing where a firm has no profit to share."""
    at = table[np.isclose(table["customers_share"], 0.2)].set_index("firm")["mean"]
    if at.isna().any():
        return ""
    parts = [tr("{share}\u00a0% of {firm}'s", share=f"{100 * share:.0f}", firm=firm)  # the sign stays with its number
             for firm, share in at.items()]
    return tr("The best fifth of customers makes {shares} profit", shares=joined(parts))


def with_what_is_off(
    table: pd.DataFrame, where: tuple[Study | Run, str | None], mechanism: str, words: str
) -> pd.DataFrame:
    """The table, with a sentence where what it shows is switched off in the market (or in the chosen variant of it)."""
    source, world = where
    chosen = source.scenario if isinstance(source, Run) or world is None else source.variants[world]
    if not strengths(chosen)[mechanism]:
        table.attrs["switched_off"] = words
    return table
