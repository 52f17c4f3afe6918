"""Questions that take many runs: comparisons, sweeps, sensitivity, flips, ladders, optima."""
