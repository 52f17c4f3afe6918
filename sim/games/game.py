"""A game in its folder: the market of the teams, the rules of the game, the rounds so far, and a form for each team.

    game.yaml        how many rounds, in how many other markets a board is tried, the language
    market.yaml      the market with a firm for each team, as it is before the first round
    decisions/       a form for each team; this is what teams hand in
    history/         each closed round: who handed in what and when, the decisions, the board; a scenario for `sim run`

A game is one scenario whose decisions are dated: nothing is stored of a market but what was decided, and round after
round the same people live through the same chance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any, Literal

from sim.games.decisions import RHYTHM_WEEKS, Decision, TeamLever, levers_of
from sim.runs.execute import ScenarioLike
from sim.runs.plan import FIRST_PROOF
from sim.scenario.calendar import Calendar
from sim.scenario.complaints import problems_of
from sim.scenario.dotted import value_at
from sim.scenario.effective import effective_mapping, effective_yaml, scenario_hash, yaml_text
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load
from sim.scenario.parameters import FROM_FILE, Section, choice, number
from sim.scenario.schema import Scenario
from sim.scenario.schema.market import Money, Product
from sim.scenario.shipped import read_file
from sim.text.files import write_text
from sim.text.language import speaking, tr

RULES, MARKET, FORMS, HISTORY = "game.yaml", "market.yaml", "decisions", "history"
TRIAL = 0
"""The round that does not count: another run of chance and other people, then the market is back at its start."""

Record = Mapping[str, Any]
"""A closed round, as it is stored."""
RECORDED = ("round", "closed", "seed", "market", "rules", "decisions", "hand_ins", "notes", "board")
"""What is stored of a round."""


class GameRules(Section):
    """What `game.yaml` says."""

    rounds: int = number(4, "rounds", (1, 40), "rounds that count")
    trial: bool = choice(True, "whether a trial round that does not count comes first")
    periods: int = number(6, "periods", (1, 520), "periods of the market in a round")
    other_markets: int = number(8, "runs", (2, 100), "markets with other people and chance in which a board is tried")
    language: Literal["en", "ru"] = choice("en", "language of forms and boards")


@dataclass(frozen=True)
class Game:
    """A game as it stands in its folder; `opened` reads it, `new_game` makes one."""

    folder: Path
    rules: GameRules
    market: Scenario
    history: tuple[Record, ...]

    @classmethod
    def opened(cls, folder: str | Path) -> Game:
        """The game in a folder (or in the one around its folder of decisions).

        Raises:
            ValueError: there is no game, a round of its history is damaged, or its market was changed since.
            ScenarioError: what is wrong with its files.
        """
        home = Path(folder)
        home = home.parent if home.name in (FORMS, HISTORY) and not (home / RULES).is_file() else home
        if not (home / RULES).is_file():
            raise ValueError(tr("There is no game in this folder: {folder}. Make one with `sim game new FOLDER`.",
                                folder=home))
        game = cls(home, _rules(home / RULES), load(home / MARKET), ())
        if abs(game.year(game.rules.rounds) - game.market.clock.years) > 1e-9:
            raise ValueError(tr("The rounds of this game do not fit the length of its market, {years} years: {file}",
                                years=f"{game.market.clock.years:g}", file=home / RULES))
        history = _history(home / HISTORY)
        if history and history[-1]["market"] != scenario_hash(game.market):
            raise ValueError(tr("The market of this game was changed after a round was closed: {file}. Put it back as "
                                "it was, or begin a new game.", file=home / MARKET))
        return cls(home, game.rules, game.market, history)

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams, in the order of their forms."""
        return tuple(self.market.firms)

    @cached_property
    def levers(self) -> tuple[TeamLever, ...]:
        """The decisions of a team in this market."""
        return levers_of(self.market.product.price, self.market.money.currency)

    @property
    def open_round(self) -> int | None:
        """The round for which teams decide now; None: the game is over."""
        following = int(self.history[-1]["round"]) + 1 if self.history else TRIAL if self.rules.trial else 1
        return following if following <= self.rules.rounds else None

    @cached_property
    def start(self) -> dict[str, Any]:
        """What every team decides before it decides anything: to go on as all firms did until now (`past`)."""
        past = self.market.past.model_dump()
        before = {one.name: value_at(past, one.path) for one in self.levers}
        return before if before["price"] is not None else {**before, "price": self.market.product.price}

    def decided(self, before: int | None) -> dict[str, Decision]:
        """What every team decided last, before a round (None: at the end). The trial round counts for nothing."""
        counted = [one for one in self.history if one["round"] > TRIAL and (before is None or one["round"] < before)]
        return dict(counted[-1]["decisions"]) if counted else dict.fromkeys(self.teams, self.start)

    def seed(self, number: int) -> int:
        """The seed of the market in a round."""
        return self.market.runs.seed + (FIRST_PROOF if number == TRIAL else 0)

    def year(self, rounds: int) -> float:
        """When so many rounds are over, in years."""
        return float(Fraction(rounds * self.rules.periods) / Calendar.of(self.market.clock).periods_per_year)

    def span(self, number: int) -> tuple[float, float]:
        """When a round begins and ends, in years."""
        return self.year(max(0, number - 1)), self.year(max(1, number))

    def scenario(self, number: int, decisions: Mapping[str, Decision]) -> Scenario:
        """The market as it is run after a round was decided: what was decided before and now, as dated changes."""
        before = [one["decisions"] for one in self.history if TRIAL < one["round"] < number]
        courses = [dict.fromkeys(self.teams, self.start), *before, decisions]
        events = [
            {"kind": "levers", "year": ceil(1e6 * self.year(place)) / 1e6, "firms": [team], "set": changes}
            for place, (last, now) in enumerate(pairwise(courses)) for team in self.teams
            if (changes := {one.path: now[team][one.name] for one in self.levers
                            if now[team][one.name] != last[team][one.name]})
        ]
        there = effective_mapping(self.market)["events"]
        return load(self.market, {"events": [*there, *events], "runs.seed": self.seed(number)})

    def form_path(self, team: str) -> Path:
        """Where the form of a team is: named by its number and the letters and digits of its name."""
        letters = re.sub(r"[^\w-]+", "_", team)
        return self.folder / FORMS / f"{self.teams.index(team) + 1}_{letters}.yaml"

    def form(self, team: str, number: int, values: Decision | None = None) -> str:
        """The text of a form for a round: with what the team decided last, or with the values that it hands in."""
        written = self.decided(number)[team] if values is None else values
        with speaking(self.rules.language):
            head = [tr("Round {round} of {rounds}, team: {team}", round=number, rounds=self.rules.rounds, team=team)
                    if number else tr("Trial round (it does not count), team: {team}", team=team),
                    tr("Change the values, save the file, hand it in. What you leave out stays as it was."),
                    tr("Advertising, service and relations are at most 1 together. What they leave over is saved:"),
                    tr("it pays for price cuts, better quality and answers to complaints.")]
            head += [tr("Handed in by way of the form.")] if values is not None else []
            levers = levers_of(self.market.product.price, self.market.money.currency)  # in the words of its language
            parts = [f"\n# {one.words}\n# {one.allowed}\n{yaml_text({one.name: written[one.name]})}" for one in levers]
        whose = yaml_text({"team": team, "round": number})
        return "\n".join([*(f"# {line}" for line in head), whose]) + "".join(parts)

    def record_path(self, number: int, ending: str = "json") -> Path:
        """Where a closed round is stored."""
        return self.folder / HISTORY / f"round_{number}.{ending}"


def levers(folder: str | Path | None = None) -> tuple[TeamLever, ...]:
    """The eight decisions of a team: name, words, unit, low, high, step (or choices), for a form.

    With the folder of a game, prices are those of its market.

    >>> [lever.name for lever in levers()]
    ['price', 'price_cut', 'quality', 'promise', 'advertising', 'service', 'relations', 'information']
    """
    return levers_of(Product().price, Money().currency) if folder is None else Game.opened(folder).levers


def new_game(
    folder: str | Path, scenario: ScenarioLike, teams: Sequence[str], rules: GameRules | None = None,
    seed: int | None = None,
) -> Game:
    """Make the folder of a game: the market of a scenario with a firm for each team, all alike, and their forms.

    Every firm begins as all firms of the scenario were until now (`past`), with the common budget; a seed that is left
    out is the scenario's. Of the scenario's events, those that strike single firms or set levers are left out.

    Raises:
        FileExistsError: there is something in the folder.
        ValueError: fewer than two teams, two of one name, or a number out of range.
        ScenarioError: what is wrong with the scenario, or with the name of a team.
    """
    home, how, names = Path(folder), rules or GameRules(), [team.strip() for team in teams]
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise FileExistsError(tr("There is something in this folder: {folder}. Choose another one.", folder=home))
    if len(names) < 2:
        raise ValueError(tr("A game needs at least two teams."))
    twice = [name for place, name in enumerate(names) if name.casefold() in map(str.casefold, names[:place])]
    if twice:
        raise ValueError(tr("Two teams have the same name: {name}. Every team needs a name of its own.", name=twice[0]))
    market = load(_market(load(scenario), names, how, seed))
    game = Game(home, how, market, ())
    note = tr("The market of a game before its first round. `sim explain` reads it; change it before the first round "
              "only.")
    write_text(home / MARKET, f"# {note}\n{effective_yaml(market)}")
    write_forms(game)
    about = tr("The rules of a game. Change them before the first round only.")
    write_text(home / RULES, f"# {about}\n{yaml_text(how.model_dump())}")
    return Game.opened(home)


def write_forms(game: Game) -> None:
    """Write a form for each team, for the round that is open now."""
    if game.open_round is not None:
        for team in game.teams:
            write_text(game.form_path(team), game.form(team, game.open_round))


def _market(scenario: Scenario, teams: Iterable[str], rules: GameRules, seed: int | None) -> dict[str, Any]:
    data = effective_mapping(scenario)
    for section in ("what_if", "expect", "controls"):
        data.pop(section, None)
    years = float(Fraction(rules.rounds * rules.periods) / Calendar.of(scenario.clock).periods_per_year)
    firm = {**data["past"], "price_cut": {**data["past"]["price_cut"], "every_weeks": RHYTHM_WEEKS}}
    events = [event for event in data["events"] if not event.get("firms") and event["year"] < years
              and event["kind"] not in ("levers", "strategy")]
    seed = scenario.runs.seed if seed is None else seed
    about = {"title": tr("A game: {title}", title=scenario.title or scenario.source.name), "claims": [], "notes": "",
             "question": tr("Which team earns most, and why?")}
    return {**data, **about, "firms": {team: dict(firm) for team in teams}, "events": events,
            "clock": {**data["clock"], "years": years}, "runs": {"seed": seed}}


def _rules(path: Path) -> GameRules:
    document = read_file(path)
    problems = document.problems + problems_of(GameRules, document)
    if problems:
        raise ScenarioError(problems)
    return GameRules.model_validate(document.data, context=FROM_FILE)


def _history(folder: Path) -> tuple[Record, ...]:
    """The closed rounds in their order."""
    found: list[Record] = []
    for path in sorted(folder.glob("round_*.json"), key=lambda path: (len(path.stem), path.stem)):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            whole = set(RECORDED) <= set(record) and (not found or record["round"] == found[-1]["round"] + 1)
        except (OSError, ValueError, TypeError):
            whole = False
        if not whole:
            raise ValueError(tr("The history of this game is damaged here: {file}. Put back a copy of it.", file=path))
        found.append(record)
    return tuple(found)
