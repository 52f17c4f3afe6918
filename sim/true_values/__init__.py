"""The truth laboratory: the one thing only a simulation has, to hold estimators against.

A world is run again to a date, forked there, and run on many times with new luck while the firms go on as before.
"""

from sim.true_values.result import Truth, true_values
from sim.true_values.study import Plan, TruthStudy, truth

__all__ = ["Plan", "Truth", "TruthStudy", "true_values", "truth"]
