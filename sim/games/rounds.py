"""Rounds: closed by the lecturer, opened again only when that is asked for, replayed to the last digit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack

from sim.games.board import board_of
from sim.games.game import FORMS, HISTORY, TRIAL, Game, Record, known_team, write_forms
from sim.games.hand_ins import HANDED_IN, LATE, NOTHING, hand_ins
from sim.runs.execution import ExecutionOptions
from sim.runs.manifest import rules_version
from sim.scenario.effective import effective_yaml, scenario_hash
from sim.studies.why import Why, why
from sim.text.files import write_text
from sim.text.language import tr

OUTCOME = "cumulative_profit_money"


def close_round(game: Game, anyway: bool = False, **execution: Unpack[ExecutionOptions]) -> Record:
    """Close the round that is open: read what teams handed in, run their market to the end of the round, store it all.

    The board, with who handed in what and when, is stored before new forms are written, so that nothing is lost
    wherever this is broken off. With `anyway` also where nobody has handed in anything.

    Raises:
        ValueError: the game is over, or nobody has handed in anything.
        OSError: it cannot be stored; the round stays open.
    """
    number = game.open_round
    if number is None:
        raise ValueError(tr("This game is over: all of its rounds are closed."))
    found, notes = hand_ins(game)
    if not anyway and all(one.status == NOTHING for one in found.values()):
        raise ValueError(tr("Nobody has handed in anything for round {round}: the forms are as they were written. To "
                            "close it all the same, say --anyway.", round=number))
    decisions = {team: dict(one.values) for team, one in found.items()}
    scenario = game.scenario(number, decisions)
    record = {
        "round": number, "closed": datetime.now(UTC).isoformat(timespec="seconds"), "seed": game.seed(number),
        "market": scenario_hash(game.market), "rules": rules_version(), "decisions": decisions,
        "hand_ins": {team: asdict(one) for team, one in found.items()}, "notes": notes,
        "board": board_of(scenario, game.span(number), game.rules.other_markets, **execution),
    }
    head = tr("The market of the game with all decisions up to round {round}: `sim run` of this file replays it.",
              round=number)
    write_text(game.record_path(number, "yaml"), f"# {head}\n{effective_yaml(scenario)}")
    write_text(game.record_path(number), json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    write_forms(Game.opened(game.folder))
    return record


def reopen(game: Game) -> int:
    """Open the last round again, with the forms as they were handed in; gives its number. Its record is kept aside.

    Raises:
        ValueError: no round is closed, or a team has handed in for the round after it.
    """
    if not game.history:
        raise ValueError(tr("No round of this game is closed yet."))
    last = game.history[-1]
    number = int(last["round"])
    if game.open_round is not None:
        ahead = [one.file for one in hand_ins(game)[0].values() if one.status not in (NOTHING, LATE)]
        if ahead:
            raise ValueError(tr("Round {round} has a hand-in already: {file}. Move it elsewhere, then open round "
                                "{last} again.", round=game.open_round, file=f"{FORMS}/{ahead[0]}", last=number))
    kept = game.record_path(number)
    place = next(path for times in range(1, 10_000)
                 if not (path := game.folder / HISTORY / f"reopened_{number}_{times}.json").exists())
    kept.rename(place)
    game.record_path(number, "yaml").unlink(missing_ok=True)
    write_forms(Game.opened(game.folder), {team: one["text"] for team, one in last["hand_ins"].items()})
    return number


@dataclass(frozen=True)
class GameReplay:
    """A closed round, run again: whether every number is the same, and the first that is not."""

    round: int
    differs: str = ""
    same_rules: bool = True

    @property
    def sentence(self) -> str:
        """What came out, in a sentence."""
        if not self.differs:
            return tr("Round {round}: every number is the same.", round=self.round)
        why = "" if self.same_rules else " " + tr("The rules of the market have changed since then.")
        return tr("Round {round} differs from what is stored: {what}.", round=self.round, what=self.differs) + why


def replay_game(game: Game, **execution: Unpack[ExecutionOptions]) -> list[GameReplay]:
    """Run every closed round again from the decisions in the history, and compare its board digit by digit."""
    found = []
    for record in game.history:
        number = int(record["round"])
        again = board_of(game.scenario(number, record["decisions"]), game.span(number), int(record["board"]["n"]),
                         **execution)
        differs = _first_difference(json.loads(json.dumps(again)), record["board"], "board")
        found.append(GameReplay(number, differs, record["rules"] == rules_version()))
    return found


def _first_difference(now: Any, stored: Any, path: str) -> str:
    """The dotted name of the first value that is not the same, and both values; nothing where all are."""
    if isinstance(now, dict) and isinstance(stored, dict) and now.keys() == stored.keys():
        return next(filter(None, (_first_difference(now[key], stored[key], f"{path}.{key}") for key in now)), "")
    if isinstance(now, list) and isinstance(stored, list) and len(now) == len(stored):
        return next(filter(None, (_first_difference(one, other, f"{path}[{place}]")
                                  for place, (one, other) in enumerate(zip(now, stored, strict=True)))), "")
    return "" if now == stored else tr("{path} is {now}, stored is {stored}", path=path, now=str(now)[:40],
                                       stored=str(stored)[:40])


def why_of(game: Game, team: str, other: str | None = None, **execution: Unpack[ExecutionOptions]) -> Why:
    """Why a team earned more or less than another (left out: the best other one), shared out among their decisions.

    Raises:
        ValueError: there is no such team, no round that counts is closed, or both decided the same.
    """
    counted = [record for record in game.history if record["round"] > TRIAL]
    if not counted:
        raise ValueError(tr("No round that counts is closed yet."))
    last = counted[-1]
    ranking = [row["team"] for row in last["board"]["rows"]]
    rival = known_team(game, other) if other is not None else next(name for name in ranking if name != team)
    number = int(last["round"])
    return why(game.scenario(number, last["decisions"]), firms=(known_team(game, team), rival), outcome=OUTCOME,
               year=game.span(number)[1], **execution)


def said_of(record: Record) -> list[str]:
    """What became of every team's hand-in, a sentence each, and where something was wrong."""
    lines: list[str] = []
    for team, one in record["hand_ins"].items():
        lines.append(_sentence(team, one))
        lines += [f"  {reason}" for reason in one["reasons"]]
    if record["notes"]:
        lines.append(tr("Files that belong to no team:"))
        lines += [f"  {note}" for note in record["notes"]]
    return lines


def _sentence(team: str, one: Mapping[str, Any]) -> str:
    if one["status"] == HANDED_IN:
        return tr("{team}: handed in.", team=team)
    if one["status"] == NOTHING:
        return tr("{team}: nothing handed in, so the last decision holds.", team=team)
    if one["status"] == LATE:
        return tr("{team}: too late, so the last decision holds.", team=team)
    return tr("{team}: cannot be used, so the last decision holds.", team=team)


def pictures_of(game: Game, record: Record) -> list[Path]:
    """Draw the board of a round and the way to it; gives the files."""
    from sim import figures
    from sim.games.board import board_table, course_table

    folder, number = game.folder / "pictures", int(record["round"])
    ends = [game.year(place) for place in range(1, max(1, number) + 1)]
    return [figures.save("game_board", board_table(record["board"]), folder / f"board_{number}.png"),
            figures.save("game_course", course_table(record["board"], ends), folder / f"course_{number}.png")]
