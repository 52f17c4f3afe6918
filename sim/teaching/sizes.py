"""How large a lesson is run: in full, or small on a slow machine."""

from __future__ import annotations

import os

QUICK = "SIM_QUICK"
"""The variable of the environment that asks for the quick size."""


def quick() -> bool:
    """Whether lessons run at the quick size: `SIM_QUICK=1` (anything but empty and 0) is set.

    >>> quick() == (os.environ.get("SIM_QUICK", "0") not in ("", "0"))
    True
    """
    return os.environ.get(QUICK, "0").strip() not in ("", "0")


def size(full: int, quickly: int) -> int:
    """A number of runs or people: the full one, or the small one where `SIM_QUICK=1` is set.

    With the small one everything is shown and less is sure: intervals are wider.

    >>> size(20, 3) == (3 if quick() else 20)
    True
    """
    return quickly if quick() else full
