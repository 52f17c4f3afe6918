"""Elementary functions, quantiles and keyed draws: the same bits in plain Python, NumPy and numba."""
