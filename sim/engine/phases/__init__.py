"""The steps of a period, in order. Between two moments customers are independent of each other."""

from sim.engine.phases.choosing import CHOOSING
from sim.engine.phases.hearing import HEARING
from sim.engine.phases.observing import OBSERVING
from sim.engine.phases.serving import SERVING

PASSES = {"hear and choose": HEARING + CHOOSING, "serve and feel": SERVING + OBSERVING}
"""The passes: everybody waits before and after each. Plan comes first, load between the two, account last."""

__all__ = ["PASSES"]
