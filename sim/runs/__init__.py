"""One way to run: what is run, by whom, and where its results are kept."""
