"""Compiling aside: the first runs use NumPy while another process fills the cache; later runs load it (same bits).

`CLIENTELE_BACKGROUND=0` switches it off. One process at a time compiles, whoever asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from sim.engine import compiled

TAKES_AT_MOST = 180.0
"""Seconds after which a compiling process counts as dead."""


def begin(compiler: str) -> bool:
    """Start a process that compiles the engine into the cache, unless one is at it. Says whether it was started.

    `compiler` is a module that does it when it is run with the path of the mark to take away; "" for none.
    """
    if not compiler or os.environ.get("CLIENTELE_BACKGROUND") == "0" or not sys.executable:
        return False
    mark = compiled.cache_folder() / f"compiling_{compiled.rules_hash()}"
    if not _claimed(mark):
        return False
    room = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (room, os.environ.get("PYTHONPATH", ""))))
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", compiler, str(mark)], env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
    except OSError:
        mark.unlink(missing_ok=True)
        return False
    process.returncode = 0  # nobody waits for it, on purpose: Python shall not warn that it is still running
    return True


def _claimed(mark: Path) -> bool:
    try:
        if time.time() - mark.stat().st_mtime > TAKES_AT_MOST:
            mark.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    try:
        mark.touch(exist_ok=False)
    except OSError:
        return False
    return True
