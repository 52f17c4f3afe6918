"""The truth laboratory: the one thing only a simulation has, to hold estimators against.

A market is run again to a date, forked there, and run on many times with new seeds while the firms go on as before.
"""

from sim.true_values.result import Truth, true_values

__all__ = ["Truth", "true_values"]
