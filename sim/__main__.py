"""`python -m sim` is the command `sim`."""

from __future__ import annotations

import sim.cli.clock  # noqa: F401 - first, so that waiting is measured from here
from sim.cli.app import main

if __name__ == "__main__":
    main()
