"""Runs, replications and paired comparisons."""
