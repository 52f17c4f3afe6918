"""The strategy in a file is read by scenarios, never imported: its name must not be taken twice."""

collect_ignore = ["watched_strategy.py"]
