"""How long a person has been waiting: this module is the first to be loaded."""

from __future__ import annotations

import time

_BEGAN = time.perf_counter()


def seconds_since_start() -> float:
    """Seconds since the command began to load.

    >>> 0 <= seconds_since_start() < 86_400
    True
    """
    return time.perf_counter() - _BEGAN
