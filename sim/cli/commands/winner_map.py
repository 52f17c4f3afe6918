"""`sim winner-map`: who wins where, over two factors."""

from __future__ import annotations

from sim.cli.study_commands import study_command

PANEL = "Defend an answer"

HELP = """
Map who wins over two factors, finer where the border runs.

Without --factor: what the scenario's own what-ifs change, else what pulls most against the lead.

Example: sim winner-map penny_goods --factor product.price=0.8,80 --factor product.margin=0.3,0.7 --out map
"""

winner_map = study_command("winner_map", HELP)
