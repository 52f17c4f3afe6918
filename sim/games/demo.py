"""A game that plays by itself: three rounds, four built-in teams, two hand-ins that go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Unpack

from sim.games.game import Game, GameRules, Record, new_game
from sim.games.hand_ins import hand_in
from sim.games.rounds import close_round
from sim.runs.execute import ScenarioLike
from sim.runs.execution import ExecutionOptions
from sim.text.files import write_text

SCENARIO, ROUNDS = "first_look", 3
DECISIONS: tuple[Mapping[str, Mapping[str, Any]], ...] = (
    {"Deal": {"price_cut": 0.1, "advertising": 0.7, "service": 0.0, "relations": 0.0, "information": "sales"},
     "Bond": {"advertising": 0.25, "service": 0.1, "relations": 0.55, "information": "reasons"},
     "Boast": {"promise": 0.9, "advertising": 0.6, "relations": 0.2}},
    {"Deal": {"price": 4.3}, "Bond": {"relations": 0.6, "service": 0.15}, "Boast": {"price": 4.8}},
    {"Deal": {"price_cut": 0.2}, "Bond": {"price": 4.6}},
)
"""What teams hand in, round by round; `Calm` never hands in anything. What is left out stays as it was."""
TEAMS = ("Deal", "Bond", "Boast", "Calm")


def played(folder: Path, scenario: ScenarioLike = SCENARIO, **execution: Unpack[ExecutionOptions]
           ) -> Iterator[tuple[Game, Record]]:
    """Play the three rounds in a folder, round by round: the game, and the round that was closed.

    In the third round Boast hands in a price that is no number, to show what becomes of that.
    """
    game = new_game(folder, scenario, TEAMS, GameRules(rounds=ROUNDS, trial=False))
    for number, decisions in enumerate(DECISIONS, start=1):
        for team, values in decisions.items():
            hand_in(folder, team, values)
        if number == ROUNDS:
            broken = game.form("Boast", number, {**game.start, "price": "cheap"})
            write_text(game.form_path("Boast"), broken)
        record = close_round(Game.opened(folder), **execution)
        game = Game.opened(folder)
        yield game, record
