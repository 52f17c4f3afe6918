"""`sim sensitivity`: which numbers matter most for the answer."""

from __future__ import annotations

from sim.cli.study_commands import study_command

PANEL = "Defend an answer"

HELP = """
Say how much the answer depends on each number: one at a time, or over the whole space.

Without --factor: the numbers of market, product and people, each from half to twice its value.

Examples: sim sensitivity first_look · sim sensitivity leaky_bucket --factor guesses --method morris
"""

sensitivity = study_command("sensitivity", HELP)
