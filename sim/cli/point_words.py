"""The words in which the runs of a study's points are told: one small table per outcome and firm, then what failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.text.console import columns

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.results import Results

MOST_OUTCOMES = 3
MOST_REASONS = 3


def point_lines(table: pd.DataFrame, currency: str, when: str) -> list[str]:
    """Per outcome and firm: every point with its mean, its interval, and its paired difference from the first."""
    from sim.metrics.registry import metric_in_words

    lines: list[str] = []
    for (metric, firm), group in table.groupby(["metric", "firm"], sort=False):
        rows = group.to_dict("records")
        if not any(row["n"] for row in rows):
            continue
        head = [f"{metric_in_words(str(metric))} of {firm}, {when}", "mean", "95 % interval"]
        compared = len(rows) > 1
        head += ["minus the first", "95 % interval", "more in"] if compared else ["runs"]
        lines += [*columns([head, *(_cells(row, currency, compared) for row in rows)]), ""]
    return lines


def _cells(row: dict[Any, Any], currency: str, compared: bool) -> list[str]:
    from sim.studies.differences import BASE
    from sim.text.difference_table import Difference, amount, interval, signed

    unit = str(row["unit"])
    span = "one run" if row["n"] < 2 else _span(row["mean_low"], row["mean_high"], unit)
    cells = [str(row["point"]), amount(row["mean"], unit, currency), span]
    if not compared:
        return [*cells, str(row["n"])]
    if row["verdict"] == BASE or not row["pairs"]:
        return [*cells, "", "", f"{row['n']} runs"]
    found = Difference(row["difference"], row["low"], row["high"], row["won"], row["pairs"])
    won = "identical" if found.mean == found.low == found.high == 0 else f"{found.won} of {found.runs}"
    close = ", too close to call" if found.too_close and found.runs > 1 and won != "identical" else ""
    return [*cells, signed(found.mean, unit), interval(found, unit), won + close]


def _span(low: float, high: float, unit: str) -> str:
    """Both ends of an interval, with as many decimals as the longer one is worth."""
    from sim.text.difference_table import amount

    whole = unit == "money" and max(abs(low), abs(high)) >= 100
    ends = (f"{end:,.0f}" if whole else amount(end, unit).removesuffix(" %") for end in (low, high))
    return "..".join(ends) + (" %" if unit == "share" else "")


def shown_outcomes(outcomes: Sequence[str], asked: bool) -> Sequence[str]:
    """The outcomes that are printed: all where somebody named them, else the first few."""
    return outcomes if asked else outcomes[:MOST_OUTCOMES]


def in_words(found: dict[str, int]) -> str:
    """Counts in a sentence.

    >>> in_words({"done": 89, "failed": 1, "pending": 0})
    '89 runs done, 1 failed'
    """
    more = [f"{found[status]} {status}" for status in ("failed", "pending") if found[status]]
    return ", ".join([f"{found['done']} run{'' if found['done'] == 1 else 's'} done", *more])


def done_in(results: Results, seconds: float) -> str:
    """How long it took, and how much of it was there before.

    A study that goes on says how many runs it found in its store.
    """
    there = results.found_done or 0
    return f"{there:,} of them from the store, {seconds:.1f} s" if there else f"{seconds:.1f} s"


def failures(results: Results, store: Path | None) -> list[str]:
    """What failed and why: every reason once, with an example; and how to try again."""
    reasons: dict[str, list[Any]] = {}
    for row in results.failed:
        reasons.setdefault(row.reason, []).append(row)
    if not reasons:
        return []
    count = sum(map(len, reasons.values()))
    total = sum(results.counts.values())
    lines = [f"{count} of {total} runs failed; the others count." if count < total else f"All {total} runs failed."]
    for reason, rows in list(reasons.items())[:MOST_REASONS]:
        where = f"{rows[0].point}, seed {rows[0].seed}" + (f", row {rows[0].number}" if store is not None else "")
        lines.append(f"  {len(rows)} x {reason} (first: {where})")
    if len(reasons) > MOST_REASONS:
        lines.append(f"  {len(reasons) - MOST_REASONS} more reasons: `sim results {store or 'FILE'} --csv runs.csv`")
    return [*lines, *(["  --retry-failed tries them again."] if store is not None else [])]


def kept_in(store: Path | None) -> str:
    """What becomes of the runs that were done when Ctrl-C came.

    >>> kept_in(None)
    'are told, and not kept'
    """
    return "are kept; the same command goes on from there" if store is not None else "are told, and not kept"
