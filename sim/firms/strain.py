"""Whose money is short in a period, and what is left undone for it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import PAUSES, FirmRow, Strain
from sim.firms.plans import Amounts, Plan, Seen

_COLUMNS = {
    "answers": ("answered",), "care": ("proactive",), "price_cuts": ("cut_everyone", "cut_newcomers", "cut_lapsed"),
    "rewards": ("rewards",), "surprise": ("surprise",), "win_back": ("win_back",), "quality": ("quality",),
}
"""What pauses while an account is empty, and its columns of the rows."""
_columns = attrgetter(*(column for name in PAUSES for column in _COLUMNS[name]))
_STARTS = np.cumsum([0, *(len(_COLUMNS[name]) for name in PAUSES[:-1])])


def whole_grant(plan: Plan, view: Seen, granted: int, before: Amounts | None) -> Amounts:
    """What a firm would spend with its whole grant of this period, split as it splits the money that is there.

    A plan in shares of its levers takes these shares of the grant; any other is scaled up from what it was made for.
    While the account is empty the split is the one `before`.
    """
    if view.budget == 0 and before is not None:
        return before
    if view.allowance == granted >= plan.spending.total:
        return plan.spending
    if view.budget == 0 or plan.spending == Plan.from_shares(plan.levers, view.allowance).spending:
        return Plan.from_shares(plan.levers, granted).spending
    made_for = view.allowance if plan.spending.total <= view.allowance else view.budget
    return Amounts(*[part * granted // made_for for part in plan.spending])


def strain_of(
    paused: Sequence[bool], rows: tuple[FirmRow, FirmRow] | None, wanted: Sequence[Amounts | None],
    plans: Sequence[Plan],
) -> Strain:
    """The strain of a period: `rows` with these pauses and without any (None where nobody pauses), and how far plans
    fall short of what is `wanted` for a whole grant.
    """
    strain = Strain.none(len(paused))
    if rows is not None:
        strain = strain._replace(empty=np.array(paused, dtype=np.bool_), undone=_undone(*rows))
    unspent = [[max(0, more - had) for more, had in zip(whole or plan.spending, plan.spending, strict=True)]
               for whole, plan in zip(wanted, plans, strict=True)]
    return strain._replace(unspent=np.array(unspent, dtype=np.int64).T) if any(map(any, unspent)) else strain


def _undone(now: FirmRow, free: FirmRow) -> NDArray[np.bool_]:
    """What pauses leave undone [PAUSES, F]: where the rows differ from those without a pause."""
    same, other = (np.array(_columns(row)) for row in (now, free))
    return np.logical_or.reduceat(same != other, _STARTS)
