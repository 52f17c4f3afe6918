"""`sim calibrate`: a few parameters fitted to a few aggregates of a real market."""

from __future__ import annotations

from sim.cli.study_commands import study_command

PANEL = "Defend an answer"

HELP = """
Fit a few parameters to what is known of a market, and say what the targets cannot tell.

Example: sim calibrate first_look --target Root.stayed_one_year_share=0.7,0.02 --target Root.market_share=0.6
--parameter market.leave_per_year=0,0.4 --parameter people.purchases_per_year.mean=4,20
"""

calibrate = study_command("calibrate", HELP)
