"""Intervals, paired differences, overtaking and variance-based sensitivity indices."""
