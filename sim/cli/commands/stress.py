"""`sim stress`: does the advice survive hard times?"""

from __future__ import annotations

from sim.cli.study_commands import study_command

PANEL = "Defend an answer"

HELP = """
Put every option through a recession, a price war, a crisis: does the advice survive?

Example: sim stress first_look
"""

stress = study_command("stress", HELP)
