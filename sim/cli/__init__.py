"""The command line: one file per command in `sim/cli/commands`, heavy imports inside the commands."""

from __future__ import annotations

import time

_BEGAN = time.perf_counter()  # this file is the first of the command line to be loaded


def seconds_since_start() -> float:
    """Seconds that a person has been waiting since the command began to load."""
    return time.perf_counter() - _BEGAN
