"""The board of a round: who is ahead in this market, and whether that would be so in other markets, too."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import isfinite, nan
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.runs.execution import ExecutionOptions
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.differences import difference_cells
from sim.studies.replicate import Replication, replicate
from sim.text.console import WIDTH, columns
from sim.text.findings import HIGHER, LOWER
from sim.text.language import tr, trn
from sim.text.numbers import amount

if TYPE_CHECKING:
    import pandas as pd

PROFIT = "cumulative_profit_money"
NUMBERS = {"profit": PROFIT, "customers": "active_customers_people", "kept": "kept_one_year_share",
           "equity": "customer_equity_money"}
"""What the board shows of a team, and the metric of each."""

Board = Mapping[str, Any]
"""`year`, `currency`, `n` (other markets), `rows` (a team each, the best first), `rivals` (teams that the first one is
not ahead of by more than chance), `pairs` (neighbours of the ranking, and whether the one ahead is so in the other
markets), `course` (profit to date by team over `years`). Plain values."""


def board_of(
    scenario: Scenario, span: tuple[float, float], others: int, **execution: Unpack[ExecutionOptions]
) -> dict[str, Any]:
    """Run the market of a game to the end of a round, and the same decisions in so many other markets.

    The first run is the game itself (`runs.seed`), the others have the seeds that follow: other people and other
    chance. Differences between teams are taken market by market. `span`: when the round begins and ends, in years.

    Raises:
        ValueError: the market of the game itself cannot be run.
        KeyboardInterrupt: it was stopped by Ctrl-C.
    """
    study = replicate(scenario, others + 1, seed=scenario.runs.seed, until=span[1], **execution)
    if study.stopped:
        raise KeyboardInterrupt
    if 0 not in study.complete:
        raise ValueError(tr("The market of this game could not be run: {reason}", reason=study.note))
    every = {team: {name: study.values(study.base, metric, team) for name, metric in NUMBERS.items()}
             for team in study.firms}
    courses = {team: study.series(study.base, PROFIT, team) for team in study.firms}
    rows = [{"team": team, **_row(every[team], courses[team], span[0])} for team in study.firms]
    for row in rows:
        row["rank"] = 1 + sum(other["profit"] > row["profit"] for other in rows)
    rows.sort(key=lambda row: int(row["rank"]))
    pairs = [_pair(first["team"], second["team"], every) for first, second in pairwise(rows)]
    first = str(rows[0]["team"])
    rivals = [team for team in study.firms if team != first and _pair(first, team, every)["verdict"] != HIGHER]
    return {"year": span[1], "currency": scenario.money.currency, "n": study.n - 1, "rows": rows, "pairs": pairs,
            "rivals": rivals, "course": _course(study, courses)}


def _row(found: Mapping[str, Floats], course: tuple[Floats, Floats], begin: float) -> dict[str, Any]:
    """The numbers of a team: in the game itself, and the interval of their mean in the other markets."""
    own = {name: _plain(values[0]) for name, values in found.items()}
    dates, profits = course
    before = profits[0][np.isclose(dates, begin)] if begin > 0 else np.zeros(1)
    elsewhere = {}
    for name, values in found.items():
        interval = mean_interval(values[1:])
        elsewhere[name] = [_plain(interval.value), _plain(interval.low), _plain(interval.high)]
    return {**own, "profit_of_round": _plain(found["profit"][0] - before[-1]), "elsewhere": elsewhere}


def _pair(first: str, second: str, every: Mapping[str, Mapping[str, Floats]]) -> dict[str, Any]:
    behind, ahead = every[second]["profit"][1:], every[first]["profit"][1:]
    cells = difference_cells(behind, ahead)
    return {"first": first, "second": second, "verdict": cells["verdict"], "won": int((ahead > behind).sum()),
            "n": cells["n"], "difference": [_plain(cells[name]) for name in ("difference", "low", "high")]}


def _course(study: Replication, courses: Mapping[str, tuple[Floats, Floats]]) -> dict[str, Any]:
    dates = next(iter(courses.values()))[0]
    since = dates > 1e-9
    return {"years": dates[since].tolist(), "profit": {team: runs[0][since].tolist() for team, (_, runs)
                                                       in courses.items()}, "firms": list(study.firms)}


def _plain(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _shown(value: float | None, unit: str) -> str:
    return amount(nan if value is None else value, unit)


def lines_of(board: Board) -> list[str]:
    """The board for people: the ranking in this game, and below it what the same decisions bring elsewhere."""
    currency, n = board["currency"], board["n"]
    head = ["", tr("team"), tr("profit of the round"), tr("profit to date"), tr("customers"), tr("kept for a year"),
            tr("worth of the customers")]
    rows = [[str(row["rank"]), row["team"], *(_shown(row[name], "money") for name in ("profit_of_round", "profit")),
             _shown(row["customers"], "people"), _shown(row["kept"], "share"), _shown(row["equity"], "money")]
            for row in board["rows"]]
    other = [["", tr("profit to date"), tr("95 % interval"), tr("worth of the customers"), tr("95 % interval")]]
    for row in board["rows"]:
        cells = [(_shown(row["elsewhere"][name][0], "money"), tr(
            "{low} to {high}", low=_shown(row["elsewhere"][name][1], "money"),
            high=_shown(row["elsewhere"][name][2], "money"))) for name in ("profit", "equity")]
        other.append([row["team"], *(word for pair in cells for word in pair)])
    return [
        tr("Money in {currency}.", currency=currency), *columns([head, *rows], left=(0, 1), width=WIDTH), "",
        trn("The same decisions in {count} other market (other people, other chance), on average:",
            "The same decisions in {count} other markets (other people, other chance), on average:", n),
        *columns(other, width=WIDTH), "", *verdicts(board),
    ]


def verdicts(board: Board) -> list[str]:
    """Whether the first is ahead of all others by more than chance, and each team of the next one."""
    first, rivals = board["rows"][0]["team"], board["rivals"]
    won = (tr("First place, too close to call: {teams}.", teams=", ".join([first, *rivals])) if rivals else
           tr("First place, by more than chance: {team}.", team=first))
    return [won, *(_verdict(pair) for pair in board["pairs"])]


def _verdict(pair: Mapping[str, Any]) -> str:
    first, second, won, n = (pair[name] for name in ("first", "second", "won", "n"))
    if pair["verdict"] == HIGHER:
        return tr("By more than chance: {first} before {second} (ahead in {won} of {n} other markets).", first=first,
                  second=second, won=won, n=n)
    if pair["verdict"] == LOWER:
        return tr("By luck in this market: {first} before {second} (ahead in {won} of {n} other markets).",
                  first=first, second=second, won=won, n=n)
    return tr("Too close to call: {first} and {second} (the first is ahead in {won} of {n} other markets).",
              first=first, second=second, won=won, n=n)


def board_table(board: Board) -> pd.DataFrame:
    """The table of the picture `game_board`: team, own (profit to date in the game), mean, low, high (elsewhere), n."""
    import pandas as pd

    table = pd.DataFrame([{"team": row["team"], "own": row["profit"], "n": board["n"],
                           **dict(zip(("mean", "low", "high"), row["elsewhere"]["profit"], strict=True))}
                          for row in board["rows"]])
    table.attrs |= {"currency": board["currency"], "firms": board["course"]["firms"],
                    "rivals": list(board["rivals"])}
    return table


def course_table(board: Board, length: float) -> pd.DataFrame:
    """The table of the picture `game_course`: round, firm, money; a round lasts so many years."""
    import pandas as pd

    years = np.array(board["course"]["years"])
    table = pd.concat([pd.DataFrame({"round": years / length, "firm": team, "money": profit})
                       for team, profit in board["course"]["profit"].items()], ignore_index=True)
    table.attrs |= {"currency": board["currency"], "firms": board["course"]["firms"]}
    return table
