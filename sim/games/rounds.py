"""Rounds: closed by the lecturer, opened again only when that is asked for, replayed to the last digit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack

from sim.games.board import PROFIT, board_of
from sim.games.game import FORMS, HISTORY, TRIAL, Game, GameRules, Record, new_game, write_forms
from sim.games.hand_ins import HANDED_IN, LATE, NOTHING, REFUSED, hand_in, hand_ins
from sim.runs.execute import ScenarioLike
from sim.runs.execution import ExecutionOptions
from sim.runs.manifest import rules_version
from sim.scenario.dotted import leaves
from sim.scenario.effective import effective_yaml, scenario_hash
from sim.scenario.errors import dotted
from sim.studies.why import Why, why
from sim.text.files import write_text
from sim.text.language import language, tr

DEMO, ROUNDS = "first_look", 3
DECISIONS: tuple[Mapping[str, Mapping[str, Any]], ...] = (
    {"Deal": {"price_cut": 0.1, "advertising": 0.7, "service": 0.0, "relations": 0.0, "information": "sales"},
     "Bond": {"advertising": 0.25, "service": 0.1, "relations": 0.55, "information": "reasons"},
     "Boast": {"promise": 0.9, "advertising": 0.6, "relations": 0.2}},
    {"Deal": {"price": 4.3}, "Bond": {"relations": 0.6, "service": 0.15}, "Boast": {"price": 4.8}},
    {"Deal": {"price_cut": 0.2}, "Bond": {"price": 4.6}},
)
"""What teams hand in, round by round; `Calm` never hands in anything. What is left out stays as it was."""
TEAMS = ("Deal", "Bond", "Boast", "Calm")


def close_round(game: Game, anyway: bool = False, **execution: Unpack[ExecutionOptions]) -> Record:
    """Close the round that is open: read what teams handed in, run their market to the end of the round, store it all.

    The board, with who handed in what and when, is stored before new forms are written, so that nothing is lost
    wherever this is broken off. With `anyway` also where nobody has handed in anything.

    Raises:
        ValueError: the game is over, nobody has handed in anything, or somebody else has closed the round meanwhile.
        OSError: it cannot be stored; the round stays open.
    """
    number = game.open_round
    if number is None:
        raise ValueError(tr("This game is over: all of its rounds are closed."))
    found, notes = hand_ins(game)
    if not anyway and all(one["status"] == NOTHING for one in found.values()):
        raise ValueError(tr("Nobody has handed in anything for round {round}: the forms are as they were written. To "
                            "close it all the same, say --anyway.", round=number))
    decisions = {team: one["values"] for team, one in found.items()}
    scenario = game.scenario(number, decisions)
    record = {
        "round": number, "closed": datetime.now(UTC).isoformat(timespec="seconds"), "seed": game.seed(number),
        "market": scenario_hash(game.market), "rules": rules_version(), "decisions": decisions,
        "hand_ins": found, "notes": notes,
        "board": board_of(scenario, game.span(number), game.rules.other_markets, **execution),
    }
    if game.record_path(number).exists():
        raise ValueError(tr("Round {round} was closed meanwhile by somebody else.", round=number))
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
        ahead = [one["file"] for one in hand_ins(game)[0].values() if one["status"] not in (NOTHING, LATE)]
        if ahead:
            raise ValueError(tr("Round {round} has a hand-in already: {file}. Move it elsewhere, then open round "
                                "{last} again.", round=game.open_round, file=f"{FORMS}/{ahead[0]}", last=number))
    kept = game.record_path(number)
    place = next(path for times in range(1, 10_000)
                 if not (path := game.folder / HISTORY / f"reopened_{number}_{times}.json").exists())
    kept.rename(place)
    game.record_path(number, "yaml").unlink(missing_ok=True)
    write_forms(Game.opened(game.folder))
    for one in last["hand_ins"].values():
        if one.get("text"):
            write_text(game.folder / FORMS / Path(one["file"]).name, one["text"])
    return number


def replay_game(game: Game, **execution: Unpack[ExecutionOptions]) -> dict[int, str]:
    """Run every closed round again from the decisions in the history, and compare its board digit by digit.

    Gives for each round the first number that is not the same, with both values; nothing where all are.
    """
    found = {}
    for record in game.history:
        number, stored = int(record["round"]), record["board"]
        again = board_of(game.scenario(number, record["decisions"]), game.span(number), int(stored["n"]), **execution)
        now, then = (dict(leaves(one, lists=True)) for one in (json.loads(json.dumps(again)), stored))
        differ = [path for path in {**now, **then} if now.get(path) != then.get(path)]
        found[number] = "" if not differ else tr(
            "{path} is {now}, stored is {stored}", path=dotted(differ[0]), now=str(now.get(differ[0]))[:40],
            stored=str(then.get(differ[0]))[:40])
    return found


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
    rival, number = other or next(name for name in ranking if name != team), int(last["round"])
    return why(game.scenario(number, last["decisions"]), firms=(team, rival), outcome=PROFIT,
               year=game.span(number)[1], **execution)


def said_of(record: Record) -> list[str]:
    """What became of every team's hand-in, a sentence each, and where something was wrong."""
    said = {HANDED_IN: tr("{team}: handed in."), NOTHING: tr("{team}: nothing handed in, so the last decision holds."),
            LATE: tr("{team}: too late, so the last decision holds."),
            REFUSED: tr("{team}: cannot be used, so the last decision holds.")}
    lines = [line for team, one in record["hand_ins"].items()
             for line in (said[one["status"]].format(team=team), *(f"  {reason}" for reason in one["reasons"]))]
    notes = [f"  {note}" for note in record["notes"]]
    return [*lines, *([tr("Files that belong to no team:"), *notes] if notes else [])]


def pictures_of(game: Game, record: Record) -> list[Path]:
    """Draw the board of a round and the way to it; gives the files."""
    from sim import figures
    from sim.games.board import board_table, course_table

    folder, number = game.folder / "pictures", record["round"]
    tables = {"board": board_table(record["board"]), "course": course_table(record["board"], game.year(1))}
    return [figures.save(f"game_{name}", table, folder / f"{name}_{number}.png") for name, table in tables.items()]


def played(folder: Path, scenario: ScenarioLike = DEMO, **execution: Unpack[ExecutionOptions]
           ) -> Iterator[tuple[Game, Record]]:
    """Play the three rounds in a folder, round by round: the game, and the round that was closed.

    In the third round Boast hands in a price that is no number, to show what becomes of that.
    """
    rules = GameRules.model_validate({"rounds": ROUNDS, "trial": False, "language": language()})
    game = new_game(folder, scenario, TEAMS, rules)
    for number, decisions in enumerate(DECISIONS, start=1):
        for team, values in decisions.items():
            hand_in(folder, team, values)
        if number == ROUNDS:
            broken = game.form("Boast", number, {**game.start, "price": "cheap"})
            write_text(game.form_path("Boast"), broken)
        record = close_round(Game.opened(folder), **execution)
        game = Game.opened(folder)
        yield game, record
