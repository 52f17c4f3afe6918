"""How long this process has been alive: what a person who waits has felt."""

from __future__ import annotations

import time


def seconds_since_start() -> float:
    """Seconds since the process was started, imports included; since this module was loaded where that is unknown.

    >>> 0 <= seconds_since_start() < 86_400
    True
    """
    try:
        with open("/proc/self/stat", encoding="ascii") as stat:
            ticks = int(stat.read().rpartition(")")[2].split()[19])
        with open("/proc/uptime", encoding="ascii") as uptime:
            alive = float(uptime.read().split()[0])
        import os

        return alive - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return time.perf_counter() - _LOADED


_LOADED = time.perf_counter()
