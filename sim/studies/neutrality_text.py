"""The study of neutrality on a terminal and in a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.studies.factors import Factor
from sim.text.console import columns
from sim.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd

MARK, END_MARK = "<!-- neutrality:begin -->", "<!-- neutrality:end -->"
MOST_DECIDING = 5
WHO = {"deals": "deals", "relations": "relations", "idle": "spending nothing", "too_close": "too close to call"}
PICTURE = "pictures/profit_border.png"
Rows = list[list[str]]


def on_terminal(shares: pd.DataFrame, decides: pd.DataFrame, parts: pd.DataFrame) -> list[str]:
    """The shares, what decides, and the groups by money over cost."""
    return [
        "Earns most, share of markets (95 % interval)", *columns(_shares(shares), (0, 1, 2)), "",
        "What decides: rank correlations over markets with leads in profit, typical rival",
        *columns(_decides(decides.groupby(["ranges", "lead"], sort=False).head(MOST_DECIDING)), (0, 1, 2)), "",
        "Ahead in the mean, by what a customer brings a year for each euro that a relation costs",
        *columns(_parts(parts)),
    ]


def in_markdown(
    about: str, words: str, tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    ranges: Mapping[str, Sequence[Factor]],
) -> str:
    """The picture, the findings, the tables and the ranges."""
    shares, decides, parts = tables
    chosen = decides.groupby(["ranges", "lead"], sort=False).head(MOST_DECIDING)
    return "\n\n".join([
        f"{about}.", f"![Who earns most, by what a customer brings a year and what a relation costs]({PICTURE})", words,
        "## Shares", _table(_shares(shares)), "## What decides", _table(_decides(chosen)),
        "## By money over the cost of a relation", _table(_parts(parts)), "## Ranges", _table(_ranges(ranges)),
    ])


def _table(rows: Rows) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:]))


def _shares(table: pd.DataFrame) -> Rows:
    return [["ranges", "rival", "outcome", *WHO.values(), "spending nothing ahead", "markets"], *(
        [row["ranges"], row["rival"], row["outcome"],
         *(_share(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in WHO),
         percent(row["idle_ahead"]), str(row["n"])] for row in table.to_dict("records"))]


def _share(value: float, low: float, high: float) -> str:
    return f"{percent(value)} ({100 * low:.0f}-{100 * high:.0f})"


def _decides(table: pd.DataFrame) -> Rows:
    return [["ranges", "lead", "goes with", "rank correlation", "95 % interval"], *(
        [row["ranges"], row["lead"], row["label"], f"{row['correlation']:+.2f}",
         f"{row['low']:+.2f} to {row['high']:+.2f}"] for row in table.to_dict("records"))]


def _parts(table: pd.DataFrame) -> Rows:
    return [["rival", "euros brought per euro", "deals", "relations", "spending nothing", "markets"], *(
        [row["rival"], f"{row['from']:,.3g} to {row['to']:,.3g}", percent(row["deals"]),
         _share(row["relations"], row["relations_low"], row["relations_high"]), percent(row["idle"]), str(row["n"])]
        for row in table.to_dict("records"))]


def _ranges(ranges: Mapping[str, Sequence[Factor]]) -> Rows:
    """Every dimension once, where it is the same in all sets."""
    rows: dict[Factor, list[str]] = {}
    for name, factors in ranges.items():
        for factor in factors:
            rows.setdefault(factor, []).append(name)
    return [["dimension", "number", "from", "to", "unit", "spread", "in", "source"], *(
        [one.label, f"`{one.path}`", f"{one.low:g}", f"{one.high:g}", one.unit,
         "even in logarithms" if one.scale == "log" else "even", "both" if len(sets) > 1 else sets[0], one.source]
        for one, sets in rows.items())]
