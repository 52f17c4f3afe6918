"""The nearest right word, for errors that help."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """A short question with the nearest allowed word, or nothing when none is near.

    >>> did_you_mean("relationshp", ["relationship", "transactional"])
    " Did you mean 'relationship'?"
    >>> did_you_mean("zebra", ["relationship"])
    ''
    """
    near = difflib.get_close_matches(str(word).lower(), sorted(allowed), n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""
