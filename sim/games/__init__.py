"""Games: teams decide by rounds, without programming, as the firms of one market."""

from sim.games.game import levers
from sim.games.hand_ins import hand_in

__all__ = ["hand_in", "levers"]
