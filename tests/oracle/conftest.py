"""The naive market is a helper of tests and benchmarks, not a test: nothing here is collected."""

collect_ignore_glob = ["naive_*.py"]
