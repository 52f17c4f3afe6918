"""`sim optimise`: better levers under the same budget."""

from __future__ import annotations

from sim.cli.study_commands import study_command

PANEL = "Defend an answer"

HELP = """
Search for better levers of a firm under its budget; what is found is checked on new seeds beside the start.

Example: sim optimise first_look --lever firms.Root.price=4,6 --lever firms.Root.spending.relations=0,0.8
"""

optimise = study_command("optimise", HELP)
