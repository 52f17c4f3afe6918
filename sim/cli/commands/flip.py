"""`sim flip`: the smallest change of assumptions that reverses the advice."""

from __future__ import annotations

from sim.cli.study_commands import study_command

PANEL = "Defend an answer"

HELP = """
Find the smallest change of assumptions that reverses the advice, and prove it on new seeds.

Without --factor: the numbers of market, product and people. Says so when there is none within the ranges.

Example: sim flip leaky_bucket
"""

flip = study_command("flip", HELP)
