"""An example for the picture `profit_border`: relations on the right, deals above, nothing on the left."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.text.findings import TOO_CLOSE

NEEDS = ("x", "y", "winner")


def table() -> pd.DataFrame:
    """A plane of markets and three borders."""
    rows = []
    for x in np.geomspace(3, 4000, 24):
        for y in np.geomspace(0.3, 70, 16):
            ratio = x / y * (1.6 if (round(10 * np.log(x * y)) % 3) else 0.6)
            winner = "idle" if ratio < 3 else "deals" if ratio < 18 else TOO_CLOSE if ratio < 30 else "relations"
            rows.append({"x": float(x), "y": float(y), "winner": winner})
    found = pd.DataFrame(rows)
    costs = np.geomspace(0.3, 70, 20)
    found.attrs.update(runs=2, finding="Relations win where customers bring much", borders={
        ("typical", share): [(float(ratio * cost), float(cost)) for cost in costs]
        for share, ratio in ((0.2, 12), (0.5, 24), (0.8, 48))})
    found.attrs["borders"]["reacting", 0.5] = [(float(40 * cost**0.9), float(cost)) for cost in costs]
    return found
