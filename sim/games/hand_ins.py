"""What teams hand in: files of plain values that are read like any untrusted file, and never run.

Whatever is wrong with a hand-in, the team keeps the decision that it had, and is told where and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.games.decisions import SHARES, form_of
from sim.games.game import FORMS, Game, known_team
from sim.scenario.complaints import problem_of
from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.layers import document_of
from sim.scenario.parameters import FROM_FILE
from sim.scenario.shares import FULL
from sim.scenario.shipped import SUFFIXES, read_file
from sim.scenario.yaml_reader import MOST_BYTES, Document
from sim.text.files import write_text
from sim.text.language import tr
from sim.text.words import shown, suggestion

HANDED_IN, NOTHING, LATE, REFUSED = "handed in", "nothing", "late", "refused"
"""What became of a team's hand-in; after all but the first it keeps the decision that it had."""


@dataclass(frozen=True)
class HandIn:
    """What a team handed in for a round: what became of it, the decision that holds, the file, and what was wrong.

    `saved`: when the file was last written, UTC; `sha256`: of its bytes; `text`: what stood in it.
    """

    status: str
    values: Mapping[str, Any]
    reasons: tuple[str, ...] = ()
    file: str = ""
    saved: str = ""
    sha256: str = ""
    text: str = ""


@dataclass(frozen=True)
class Paper:
    """A file in the folder of decisions: whose it is, for which round, and what is wrong with it."""

    path: Path
    team: str = ""
    round: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The file as messages name it."""
        return f"{FORMS}/{self.path.name}"

    @property
    def start(self) -> Place:
        """Its first letter."""
        return Place(self.name, 1, 1)

    def judged(self, status: str, kept: Mapping[str, Any], *reasons: Problem) -> HandIn:
        """What became of it, and the decision that holds then."""
        good = status == HANDED_IN
        sound = self.path.is_file() and not self.path.is_symlink()
        raw = self.path.read_bytes()[:MOST_BYTES] if sound else b""
        saved = datetime.fromtimestamp(self.path.stat().st_mtime, UTC).isoformat(timespec="seconds") if sound else ""
        return HandIn(status, {**kept, **self.values} if good else kept, tuple(map(str, (*self.problems, *reasons))),
                      self.path.name, saved, hashlib.sha256(raw).hexdigest(), raw.decode("utf-8-sig", "replace"))


def hand_ins(game: Game) -> tuple[dict[str, HandIn], list[str]]:
    """What every team handed in for the round that is open, and what is wrong with files that belong to no team."""
    folder, now = game.folder / FORMS, game.open_round
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES] if folder.is_dir() else []
    papers = [_read(game, path) for path in files if not _is_untouched(game, path)]
    found = {}
    for team, kept in game.decided(now).items():
        mine = [paper for paper in papers if paper.team == team]
        late = [paper for paper in mine if not paper.problems and paper.round != now]
        due = [paper for paper in mine if paper not in late]
        if len(due) > 1:
            twice = tr("{team} handed in twice, see also {file}: keep one of the files", team=team, file=due[0].name)
            found[team] = due[1].judged(REFUSED, kept, Problem.at(due[1].start, "", twice))
        elif due:
            found[team] = due[0].judged(REFUSED if due[0].problems else HANDED_IN, kept)
        elif late:
            words = tr("this is for round {theirs}; open is round {now}", theirs=late[-1].round, now=now)
            found[team] = late[-1].judged(LATE, kept, Problem.at(_place_of_round(late[-1]), "round", words))
        else:
            found[team] = HandIn(NOTHING, kept)
    return found, [str(problem) for paper in papers if not paper.team for problem in paper.problems]


def hand_in(folder: str | Path, team: str, values: Mapping[str, Any]) -> Path:
    """Hand in a team's decisions for the round that is open, as a form of the app does; gives the file.

    `values` by name; what is left out stays as it was. A later hand-in replaces an earlier one until the round closes.

    Raises:
        ValueError: there is no game or no such team, or the game is over.
        ScenarioError: a value is out of its range, or is none of the eight decisions; all of it at once.
    """
    game = Game.opened(folder)
    known_team(game, team)
    if game.open_round is None:
        raise ValueError(tr("This game is over: no round is open."))
    document = document_of({"team": team, "round": game.open_round, **values}, tr("form"))
    problems = _problems(game, document)
    if problems:
        raise ScenarioError(problems)
    whole = {**game.decided(game.open_round)[team], **_values(game, document)}
    return write_text(game.form_path(team), game.form(team, game.open_round, whole))


def _is_untouched(game: Game, path: Path) -> bool:
    """Whether a file is a form as it was written for the teams."""
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() and path.stat().st_size < MOST_BYTES else ""
    except (OSError, ValueError):
        return False
    return any(path.name == game.form_path(team).name and text == game.form(team, game.open_round or 0)
               for team in game.teams)


def _read(game: Game, path: Path) -> Paper:
    """One file, whatever is in it; a file that cannot be read is of the team whose form has its name."""
    named = next((team for team in game.teams if game.form_path(team).name == path.name), "")
    paper = Paper(path, named)
    if path.is_symlink() or not path.is_file():
        return Paper(path, named, problems=(Problem.at(paper.start, "", tr("this is no file of its own")),))
    try:
        document = read_file(path, paper.name)
    except ScenarioError as error:
        return Paper(path, named, problems=error.problems)
    said, number = document.data.get("team", named), document.data.get("round")
    if said not in game.teams:
        words = tr("there is no team {team}; {hint}", team=shown(said), hint=suggestion(str(said), game.teams))
        return Paper(path, problems=(Problem.at(document.value_place(("team",)), "team", words),))
    problems = tuple(_problems(game, document))
    number = number if isinstance(number, int) and not isinstance(number, bool) else None
    return Paper(path, str(said), number, {} if problems else _values(game, document), problems)


def _values(game: Game, document: Document) -> dict[str, Any]:
    """The decisions that are written there, numbers as numbers with a point."""
    given = {one: document.data.get(one.name) for one in game.levers}
    return {one.name: value if one.choices else float(value) for one, value in given.items() if value is not None}


def _problems(game: Game, document: Document) -> list[Problem]:
    """Everything that is wrong with a form."""
    problems, form = list(document.problems), form_of(game.levers)
    for key in document.data:
        if key not in form.model_fields:
            words = tr("this is none of the eight decisions; {hint}",
                       hint=suggestion(key, [one.name for one in game.levers]))
            problems.append(Problem.at(document.key_place((key,)), key, words))
    try:
        form.model_validate({key: value for key, value in document.data.items() if key in form.model_fields},
                            context=FROM_FILE)
    except ValidationError as error:
        problems += [problem_of(dict(one), document, {(): form})
                     for one in error.errors(include_url=False, include_context=False)]
    if problems:
        return problems
    number, last = document.data["round"], game.rules.rounds
    if number > (game.open_round or last):
        words = tr("round {theirs} is not open yet; open is round {now}", theirs=number, now=game.open_round)
        problems.append(Problem.at(document.value_place(("round",)), "round", words))
    held = {**game.decided(game.open_round)[document.data["team"]], **_values(game, document)}
    total = round(sum(held[name] for name in SHARES), 9)
    if total > FULL:
        place = next((name for name in SHARES if name in document.data), SHARES[0])
        words = tr("advertising, service and relations sum to {total}; at most 1 (the whole budget)",
                   total=f"{total:g}")
        problems.append(Problem.at(document.value_place((place,)), place, words))
    return problems


def _place_of_round(paper: Paper) -> Place:
    return read_file(paper.path, paper.name).value_place(("round",))
