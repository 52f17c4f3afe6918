"""`sim ladder`: mechanisms added one by one, and each left out."""

from __future__ import annotations

from sim.cli.study_commands import study_command

PANEL = "Defend an answer"

HELP = """
Add the mechanisms of the market one by one, and leave each out: what makes the difference?

Example: sim ladder first_look --start basic
"""

ladder = study_command("ladder", HELP)
