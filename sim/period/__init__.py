"""The steps of a period, in order. Between two moments customers are independent of each other."""

from sim.period.choosing import CHOOSING
from sim.period.hearing import HEARING
from sim.period.observing import OBSERVING
from sim.period.serving import SERVING

PASSES = {"hear and choose": HEARING + CHOOSING, "serve and feel": SERVING + OBSERVING}
"""The passes: everybody waits before and after each. Plan comes first, load between the two, account last."""

__all__ = ["PASSES"]
