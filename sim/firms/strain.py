"""Whose money is short in a period, and what is left undone for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import PAUSES, FirmRow, Strain
from sim.firms.plans import Amounts

_COLUMNS = {
    "answers": ("answered",), "care": ("proactive",), "price_cuts": ("cut_everyone", "cut_newcomers", "cut_lapsed"),
    "rewards": ("rewards",), "surprise": ("surprise",), "win_back": ("win_back",), "quality": ("quality",),
}
"""What pauses while an account is empty, and its columns of the rows."""


def strain_of(paused: Sequence[bool], rows: tuple[FirmRow, FirmRow] | None, unspent: Sequence[Amounts]) -> Strain:
    """The strain of a period: `rows` with these pauses and without any (None where nobody pauses)."""
    strain = Strain.none(len(paused))
    if rows is not None:
        strain = strain._replace(empty=np.array(paused, dtype=np.bool_), undone=_undone(*rows))
    if any(map(any, unspent)):
        strain = strain._replace(unspent=np.array(unspent, dtype=np.int64).T)
    return strain


def _undone(now: FirmRow, free: FirmRow) -> NDArray[np.bool_]:
    """What pauses leave undone [PAUSES, F]: where the rows differ from those without a pause."""
    return np.array([
        np.any([getattr(now, column) != getattr(free, column) for column in _COLUMNS[name]], axis=0) for name in PAUSES
    ])
