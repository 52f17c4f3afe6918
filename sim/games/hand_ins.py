"""What teams hand in: files of plain values that are read like any untrusted file, and never run.

Whatever is wrong with a hand-in, the team keeps the decision that it had, and is told where and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sim.games.decisions import SHARES, form_of
from sim.games.game import FORMS, Game, Record
from sim.scenario.complaints import problems_of
from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.layers import document_of
from sim.scenario.shares import FULL
from sim.scenario.shipped import SUFFIXES, read_file
from sim.scenario.yaml_reader import MOST_BYTES, Document
from sim.text.files import write_text
from sim.text.language import tr
from sim.text.words import shown, suggestion

HANDED_IN, NOTHING, LATE, REFUSED = "handed in", "nothing", "late", "refused"
"""What became of a team's hand-in; after all but the first it keeps the decision that it had."""


class Paper(NamedTuple):
    """A file in the folder of decisions: whose it is, what it says, what is wrong with it, and what became of it."""

    path: Path
    team: str
    values: Mapping[str, Any] = MappingProxyType({})
    problems: tuple[Problem, ...] = ()
    status: str = REFUSED


def hand_ins(game: Game) -> tuple[dict[str, Record], list[str]]:
    """What every team handed in for the round that is open, and what is wrong with files that belong to no team.

    Of each: status, values (the decision that holds), reasons, file, text, sha256 and when it was saved (UTC).
    """
    folder = game.folder / FORMS
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES] if folder.is_dir() else []
    papers = [_read(game, path) for path in files if not _is_untouched(game, path)]
    found = {}
    for team, kept in game.decided(game.open_round).items():
        form = game.form_path(team).name
        mine = sorted((paper for paper in papers if paper.team == team),
                      key=lambda paper: (paper.status == LATE, paper.path.name != form))
        if len(mine) > 1 and mine[1].status != LATE:
            words = tr("{team} handed in twice, see also {file}: keep one of the files", team=team,
                       file=f"{FORMS}/{mine[1].path.name}")
            twice = Problem.at(Place(f"{FORMS}/{mine[0].path.name}", 1, 1), "", words)
            mine = [mine[0]._replace(values={}, problems=(*mine[0].problems, twice), status=REFUSED)]
        found[team] = _entry(mine[0], kept) if mine else {"status": NOTHING, "values": dict(kept), "reasons": []}
    return found, [str(problem) for paper in papers if not paper.team for problem in paper.problems]


def _entry(paper: Paper, kept: Mapping[str, Any]) -> Record:
    found: dict[str, Any] = {"status": paper.status, "values": {**kept, **paper.values},
                             "reasons": [str(problem) for problem in paper.problems], "file": paper.path.name}
    if paper.path.is_file() and not paper.path.is_symlink():
        with paper.path.open("rb") as file:
            raw = file.read(MOST_BYTES)
        saved = datetime.fromtimestamp(paper.path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        found |= {"text": raw.decode("utf-8-sig", "replace"), "sha256": hashlib.sha256(raw).hexdigest(), "saved": saved}
    return found


def hand_in(folder: str | Path, team: str, values: Mapping[str, Any]) -> Path:
    """Hand in a team's decisions for the round that is open, as a form of the app does; gives the file.

    `values` by name; what is left out stays as it was. A later hand-in replaces an earlier one until the round closes.

    Raises:
        ValueError: there is no game or no such team, or the game is over.
        ScenarioError: a value is out of its range, or is none of the eight decisions; all of it at once.
    """
    game = Game.opened(folder)
    if team not in game.teams:
        raise ValueError(tr("There is no team {team}; {hint}", team=shown(team), hint=suggestion(team, game.teams)))
    if game.open_round is None:
        raise ValueError(tr("This game is over: no round is open."))
    document = document_of({"team": team, "round": game.open_round, **values}, tr("form"))
    if problems := _problems(game, document):
        raise ScenarioError(problems)
    whole = {**game.decided(game.open_round)[team], **_values(game, document)}
    return write_text(game.form_path(team), game.form(team, game.open_round, whole))


def _is_untouched(game: Game, path: Path) -> bool:
    """Whether a file is a form as it was written for the teams."""
    team = next((team for team in game.teams if game.form_path(team).name == path.name), None)
    try:
        return team is not None and path.stat().st_size < MOST_BYTES and path.is_file() and (
            path.read_text(encoding="utf-8") == game.form(team, game.open_round or 0))
    except (OSError, ValueError):
        return False


def _read(game: Game, path: Path) -> Paper:
    """One file, whatever is in it; one that cannot be read is of the team whose form has its name."""
    named = next((team for team in game.teams if game.form_path(team).name == path.name), "")
    if path.is_symlink() or not path.is_file():
        words = tr("this is no file of its own")
        return Paper(path, named, problems=(Problem.at(Place(f"{FORMS}/{path.name}", 1, 1), "", words),))
    try:
        document = read_file(path, f"{FORMS}/{path.name}")
    except ScenarioError as error:
        return Paper(path, named, problems=tuple(
            replace(one, message=one.message.partition("; the smallest")[0].replace("a scenario", "a form"))
            for one in error.problems))
    team = document.data.setdefault("team", named)
    if team not in game.teams:
        words = tr("there is no team {team}; {hint}", team=shown(team), hint=suggestion(str(team), game.teams))
        return Paper(path, "", problems=(Problem.at(document.value_place(("team",)), "team", words),))
    problems = _problems(game, document)
    if problems:
        return Paper(path, team, problems=tuple(problems))
    if document.data["round"] < game.open_round:
        words = tr("this is for round {theirs}; open is round {now}", theirs=document.data["round"],
                   now=game.open_round)
        late = Problem.at(document.value_place(("round",)), "round", words)
        return Paper(path, team, problems=(late,), status=LATE)
    return Paper(path, team, _values(game, document), status=HANDED_IN)


def _values(game: Game, document: Document) -> dict[str, Any]:
    """The decisions that are written there, numbers as numbers with a point."""
    given = {one: document.data.get(one.name) for one in game.levers}
    return {one.name: value if one.choices else float(value) for one, value in given.items() if value is not None}


def _problems(game: Game, document: Document) -> list[Problem]:
    """Everything that is wrong with a form."""
    problems, form, now = list(document.problems), form_of(game.levers), game.open_round
    for key in document.data.keys() - form.model_fields.keys():
        hint = suggestion(key, [one.name for one in game.levers])
        words = tr("this is none of the eight decisions; {hint}", hint=hint)
        problems.append(Problem.at(document.key_place((key,)), key, words))
    known = {key: value for key, value in document.data.items() if key in form.model_fields}
    if problems := problems + problems_of(form, document, known):
        return sorted(problems)
    if now is not None and document.data["round"] > now:
        words = tr("round {theirs} is not open yet; open is round {now}", theirs=document.data["round"], now=now)
        problems.append(Problem.at(document.value_place(("round",)), "round", words))
    held = {**game.decided(now)[document.data["team"]], **_values(game, document)}
    total = round(sum(held[name] for name in SHARES), 9)
    if total > FULL:
        place = next((name for name in SHARES if name in document.data), SHARES[0])
        words = tr("advertising, service and relations sum to {total}; at most 1 (the whole budget)",
                   total=f"{total:g}")
        problems.append(Problem.at(document.value_place((place,)), place, words))
    return problems
