"""Small games: sixty people, rounds of three months."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.games.game import Game, GameRules, Record, new_game
from sim.games.hand_ins import hand_in
from sim.games.rounds import close_round

TEAMS = ("Red", "Blue", "Green")
SMALL = {"market.customers": 60, "clock.warm_up_years": 0.25, "market.occasions_at_most": 2,
         "people.purchases_per_year.mean": 10}


def small_game(folder: Path, trial: bool = False, **rules: Any) -> Game:
    """A new game of three teams and three rounds of three months."""
    from sim.scenario.load import load

    how = GameRules(**{"rounds": 3, "trial": trial, "periods": 3, "other_markets": 2, **rules})
    return new_game(folder, load("first_look", SMALL), TEAMS, how)


def closed(folder: Path, **hand_ins: dict[str, Any]) -> Record:
    """Close a round in which these teams hand in these values."""
    for team, values in hand_ins.items():
        hand_in(folder, team, values)
    return close_round(Game.opened(folder), anyway=True)
