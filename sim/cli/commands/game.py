"""`sim game`: a class plays in teams, without programming."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Customers, Quiet, Seed, Set, a_folder, overrides_from
from sim.cli.speech import Lang
from sim.cli.waiting import Yes, working
from sim.text.console import say
from sim.text.language import language, speaking, tr
from sim.text.numbers import written

if TYPE_CHECKING:
    from sim.games.game import Game, Record

PANEL = "Teach"
Folder = Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Folder of the game; left out: where you are.")]
Pictures = Annotated[bool, typer.Option("--pictures/--no-pictures", help="Save the pictures of the board, too.")]


def game() -> None:
    """A class plays: teams decide eight things per round, and their firms meet in one market.

    Examples: sim game demo · sim game new my_game --teams Red,Blue,Green · sim game round my_game
    """


@contextmanager
def _opened(folder: Path) -> Iterator[Game]:
    """The game of a folder; its language is spoken meanwhile."""
    from sim.games.game import Game

    found = Game.opened(folder)
    with speaking(found.rules.language):
        yield found


def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder for the game.", callback=a_folder)],
    name: Annotated[
        str, typer.Option("--scenario", metavar="NAME|FILE", help="The scenario in whose market the teams play.")
    ] = "first_look",
    teams: Annotated[str, typer.Option("--teams", metavar="A,B,…", help="The teams, by name.")] = "Red,Blue,Green,Gold",
    rounds: Annotated[int, typer.Option("--rounds", help="Rounds that count.", min=1, max=40)] = 4,
    months: Annotated[int, typer.Option("--months", help="Months of the market in a round.", min=1, max=120)] = 6,
    trial: Annotated[bool, typer.Option("--trial/--no-trial", help="Begin with a round that does not count.")] = True,
    changes: Set = None,
    customers: Customers = None,
    seed: Seed = None,
    lang: Lang = None,
) -> None:
    """Make a game: its folder, its market with a firm for each team, and a form for each team.

    All firms begin alike, as the scenario's firms were until now, with the common budget.

    Example: sim game new my_game --teams Red,Blue,Green --rounds 3
    """
    from sim.games.game import GameRules, new_game
    from sim.scenario.calendar import Calendar
    from sim.scenario.load import load

    scenario = load(name, overrides_from(changes, market__customers=customers), overrides_from="--set")
    periods = max(1, round(months * Calendar.of(scenario.clock).periods_per_year / 12))
    rules = GameRules.model_validate({"rounds": rounds, "trial": trial, "periods": periods,
                                      "language": lang or language()})
    made = new_game(folder, scenario, [team for team in teams.split(",") if team.strip()], rules, seed)
    say(tr("The game is in this folder: {folder}", folder=folder))
    for team in made.teams:
        say(tr("  form for a team: {file} ({team})", file=made.form_path(team), team=team))
    say(tr("Next: the teams fill in their forms, then `sim game round {folder}` closes the round.", folder=folder))


def round_(
    folder: Folder = Path(),
    again: Annotated[bool, typer.Option("--again", help="Open the last round again; nothing is run.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Close it although nobody has handed in.")] = False,
    pictures: Pictures = True,
    quiet: Quiet = False,
    yes: Yes = False,
) -> None:
    """Close the round: read what the teams handed in, run the market on, print the board, write new forms.

    A team whose form is late, missing or wrong keeps its last decision; it is told where and why.

    Example: sim game round my_game
    """
    from sim.games.game import Game
    from sim.games.rounds import close_round, reopen

    with _opened(folder) as found:
        if again:
            number = reopen(found)
            say(tr("Round {round} is open again; the forms are as they were handed in.", round=number))
            return
        with working(tr("round"), quiet, yes) as progress:
            record = close_round(found, anyway, progress=progress)
        _show(Game.opened(found.folder), record)
        if pictures:
            _draw(found, record)


def board(
    folder: Folder = Path(),
    number: Annotated[int | None, typer.Option("--round", help="An earlier round; left out: the last.", min=0)] = None,
    pictures: Pictures = False,
) -> None:
    """Show the board of the last round, or of an earlier one, with what was said of every hand-in."""
    with _opened(folder) as found:
        closed = [record for record in found.history if number is None or record["round"] == number]
        if not closed:
            raise CannotDoError(tr("That round is not closed; closed are: {rounds}", rounds=", ".join(
                str(record["round"]) for record in found.history) or tr("none")))
        _show(found, closed[-1])
        if pictures:
            _draw(found, closed[-1])


def why(
    team: Annotated[str, typer.Argument(metavar="TEAM", help="The team that asks.")],
    other: Annotated[str | None, typer.Argument(metavar="[OTHER]", help="Left out: the best other team.")] = None,
    folder: Annotated[Path, typer.Option("--game", metavar="FOLDER", help="Folder of the game.")] = Path(),
    quiet: Quiet = False,
    yes: Yes = False,
) -> None:
    """Why did we do worse, or better? The difference in profit, shared out among the decisions of two teams.

    Example: sim game why Red Blue --game my_game
    """
    from sim.games.rounds import why_of

    with _opened(folder) as found, working(tr("why"), quiet, yes) as progress:
        answer = why_of(found, team, other, progress=progress)
        for line in answer.lines():
            say(line)


def replay(folder: Folder = Path(), quiet: Quiet = False, yes: Yes = False) -> None:
    """Run all closed rounds again from the decisions in the history, and compare every number of their boards.

    Exit code 0: every number is equal. 1: something differs, and what.
    """
    from sim.games.rounds import replay_game

    with _opened(folder) as found:
        if not found.history:
            raise CannotDoError(tr("No round of this game is closed yet."))
        with working(tr("replay"), quiet, yes, len(found.history)) as progress:
            differs = replay_game(found, progress=progress)
        for number, what in differs.items():
            say(tr("Round {round} differs from what is stored: {what}.", round=number, what=what) if what else
                tr("Round {round}: every number is the same.", round=number))
    if any(differs.values()):
        raise typer.Exit(1)


def demo(
    out: Annotated[
        Path | None, typer.Option("--out", help="A new folder to keep the game in.", callback=a_folder)
    ] = None,
    customers: Annotated[int, typer.Option("--customers", help="How many people.", min=1)] = 1000,
    quiet: Quiet = False,
    yes: Yes = False,
) -> None:
    """Play three rounds with four built-in teams, and print every board. One team never hands in anything, one hands in
    a price that is no number.

    Example: sim game demo --out my_demo
    """
    from sim.games.rounds import DEMO, played
    from sim.scenario.load import load

    with TemporaryDirectory() as aside:
        scenario = load(DEMO, {"market.customers": customers})
        with working(tr("demo"), quiet, yes, 3.0) as progress:
            for found, record in played(out or Path(aside) / "game", scenario, progress=progress):
                _show(found, record)
                say()
        if out is not None:
            say(tr("The game is in this folder: {folder}", folder=out))


def _show(found: Game, record: Record) -> None:
    """The board of a round, and what became of the hand-ins."""
    from sim.games.board import lines_of
    from sim.games.rounds import said_of

    number, rounds = int(record["round"]), found.rules.rounds
    say(tr("Round {round} of {rounds}, up to year {year}", round=number, rounds=rounds,
           year=written(f"{round(record['board']['year'], 2):g}")) if number else
        tr("Trial round: it does not count"), "bold")
    for line in (*said_of(record), "", *lines_of(record["board"])):
        say(line)
    if number == rounds:
        say(tr("The game is over. Next: `sim game why TEAM` tells a team what made the difference."))


def _draw(found: Game, record: Record) -> None:
    from sim.games.rounds import pictures_of

    for path in pictures_of(found, record):
        say(tr("Picture: {file}", file=path))


VERBS: dict[str, Any] = {"new": new, "round": round_, "board": board, "why": why, "replay": replay, "demo": demo}
"""The commands below `sim game`."""
