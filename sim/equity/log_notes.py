"""What looks wrong in a log but may be right: copies of rows, times and amounts far from all others."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.equity.cells import RowLabels
from sim.text.words import counted

FEW = 0.05
"""At most this share of rows counts as few beside all others."""
TIMES_THE_NEXT = 50.0
"""An amount this many times the next smaller one is named."""


def copies_note(copies: int, rows: int) -> list[str]:
    """How many rows are exact copies of another one."""
    if not copies:
        return []
    return [f"{copies:,} of {counted(rows, 'row')} are exact copies of another row; if the file was exported or pasted "
            "twice, take them out."]


def far_times(name: str, values: np.ndarray, where: RowLabels) -> list[str]:
    """Times that lie further from all others than these span, and dates in the future, with the line of the first."""
    dates = values.dtype.kind == "M"
    times = values.astype(np.int64).astype(np.float64) if dates else values
    low, high = _ends(times, 180.0 if dates else 10.0)
    notes = []
    inner = times[(times >= low) & (times <= high)]
    rest = f"{_told(inner.min(), dates)} to {_told(inner.max(), dates)}"
    for outside in (times < low, times > high):
        if outside.any():
            place = int(np.argmax(outside))
            lies = _others(int(outside.sum()) - 1, "lies", "lie")
            notes.append(f"{name}, {where.of(place)}: {_told(times[place], dates)}{lies} far from all other times "
                         f"({rest}): mistyped, or written for no date? It stretches the time watched.")
    if dates:
        future = (times > float(np.datetime64("today", "D").astype(np.int64)) + 1.0) & (times <= high)
        if future.any():
            place = int(np.argmax(future))
            lies = _others(int(future.sum()) - 1, "lies", "lie")
            notes.append(f"{name}, {where.of(place)}: {_told(times[place], dates)}{lies} in the future.")
    return notes


def huge_amounts(name: str, amounts: np.ndarray, where: RowLabels) -> list[str]:
    """Amounts many times as large as all others."""
    known, counts = np.unique(amounts[amounts > 0], return_counts=True)
    above = np.cumsum(counts[::-1])[::-1]
    far = np.flatnonzero((known[1:] >= TIMES_THE_NEXT * known[:-1]) & (above[1:] <= max(1.0, FEW * counts.sum())))
    if not far.size or counts.sum() < 4:
        return []
    others = known[far[0]]
    outside = amounts > others
    place = int(np.argmax(outside))
    many = _others(int(outside.sum()) - 1, "is", "are")
    return [f"{name}, {where.of(place)}: {amounts[place]:,.15g}{many} more than {TIMES_THE_NEXT:g} times any "
            f"other amount (at most {others:,.12g}): mistyped?"]


def _others(more: int, one: str, several: str) -> str:
    """The verb, with how many others there are."""
    return f" and {counted(more, 'other row')} {several}" if more else f" {one}"


def _ends(times: np.ndarray, least: float) -> tuple[float, float]:
    """The lowest and the highest time that is not far from all others."""
    known, counts = np.unique(times, return_counts=True)
    low, high = 0, known.size - 1
    if times.size < 4 or known.size < 3:
        return float(known[low]), float(known[high])
    few = max(1.0, FEW * times.size)
    below, above = np.cumsum(counts), np.cumsum(counts[::-1])[::-1]
    gaps = np.diff(known)
    for place in np.flatnonzero((gaps > least) & (above[1:] <= few)):
        if gaps[place] > known[place] - known[low] and place > low:
            high = int(place)
            break
    for place in np.flatnonzero((gaps > least) & (below[:-1] <= few))[::-1]:
        if gaps[place] > known[high] - known[place + 1] and place + 1 < high:
            low = int(place) + 1
            break
    return float(known[low]), float(known[high])


def _told(time: Any, dates: bool) -> str:
    return str(np.datetime64(int(time), "D")) if dates else f"{time:.12g}"
