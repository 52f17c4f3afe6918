"""The command line: one file per command in `sim/cli/commands`, heavy imports inside the commands."""
