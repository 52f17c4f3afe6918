"""Rounds go on where the last one ended; a game is a scenario with dated decisions, to the last bit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_games import TEAMS, closed, small_game

from sim.games import levers
from sim.games.game import Game, GameRules, new_game
from sim.games.hand_ins import hand_in, hand_ins
from sim.games.rounds import close_round, reopen, replay_game, why_of
from sim.records.records import Records
from sim.runs.execute import whole_run
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.statistics.intervals import mean_interval
from sim.text.language import speaking

ONE: dict[str, Any] = {"price": 5.0, "advertising": 0.3}
TWO: dict[str, Any] = {"quality": 0.8, "price_cut": 0.1}


def run_of(scenario: Scenario) -> Records:
    return whole_run(scenario, scenario.runs.seed)


def same(one: Records, other: Records, until: int | None = None) -> bool:
    return bool(np.array_equal(one.ledger[:until], other.ledger[:until])
                and np.array_equal(one.counts[:until], other.counts[:until]))


def profit(records: Records, team: str, first: int, last: int) -> float:
    """Revenue less costs of the periods first to last after the warm-up, added up from the books."""
    place, span = records.firms.index(team), slice(records.warm_up + first, records.warm_up + last)
    return int((records.account("revenue") - records.costs())[span, place].sum()) / 100


def test_nothing_decided_is_the_market_as_it_is_written(folder: Path) -> None:
    closed(folder)
    game = Game.opened(folder)
    assert same(run_of(load(folder / "history" / "round_1.yaml")), run_of(game.market))
    assert game.decided(None) == dict.fromkeys(TEAMS, game.start)


def test_a_round_without_changes_is_the_run_without_it_bit_for_bit(folder: Path) -> None:
    closed(folder, Red=ONE)
    closed(folder)
    one, two = (run_of(load(folder / "history" / f"round_{number}.yaml")) for number in (1, 2))
    assert same(one, two)
    assert not same(one, run_of(Game.opened(folder).market))


def test_a_game_of_two_rounds_is_a_scenario_with_dated_levers(folder: Path) -> None:
    closed(folder, Red=ONE, Blue={"information": "reasons"})
    record = closed(folder, Red=TWO)
    by_hand = load(folder / "market.yaml", {"events": [
        {"kind": "levers", "year": 0.0, "firms": ["Red"], "set": {"price": 5.0, "spending": {"advertising": 0.3}}},
        {"kind": "levers", "year": 0.0, "firms": ["Blue"], "set": {"information": "reasons"}},
        {"kind": "levers", "year": 0.25, "firms": ["Red"], "set": {"quality": 0.8, "price_cut": {"depth": 0.1}}},
    ]})
    found = run_of(by_hand)
    assert same(found, run_of(load(folder / "history" / "round_2.yaml")))
    for row in record["board"]["rows"]:
        assert row["profit"] == pytest.approx(profit(found, row["team"], 0, 6), abs=1e-6)
        assert row["profit_of_round"] == pytest.approx(profit(found, row["team"], 3, 6), abs=1e-6)


def test_a_round_goes_on_exactly_where_the_last_one_ended(folder: Path) -> None:
    closed(folder, Red=ONE)
    before = run_of(load(folder / "history" / "round_1.yaml"))
    closed(folder, Green={"price": 9.0})
    after = run_of(load(folder / "history" / "round_2.yaml"))
    end = before.warm_up + 3
    assert same(before, after, end)
    assert not np.array_equal(before.ledger[end], after.ledger[end])


def test_rounds_begin_where_months_do_not_divide_the_year_evenly(tmp_path: Path) -> None:
    """Seven months are 0.58333... years: what is decided in round 2 holds from the eighth month on, not earlier."""
    game = small_game(tmp_path / "game", periods=7, rounds=2)
    closed(game.folder)
    closed(game.folder, Red={"price": 9.0})
    first, second = (run_of(load(game.folder / "history" / f"round_{number}.yaml")) for number in (1, 2))
    assert same(first, second, first.warm_up + 7)
    assert not same(first, second, first.warm_up + 8)


def test_the_intervals_are_those_of_the_same_decisions_with_the_seeds_that_follow(folder: Path) -> None:
    record = closed(folder, Red=ONE)
    scenario = load(folder / "history" / "round_1.yaml")
    others = [whole_run(scenario, scenario.runs.seed + k) for k in (1, 2)]
    row = next(row for row in record["board"]["rows"] if row["team"] == "Red")
    expected = mean_interval([profit(one, "Red", 0, 3) for one in others])
    assert record["board"]["n"] == 2
    np.testing.assert_allclose(row["elsewhere"]["profit"], [expected.value, expected.low, expected.high], rtol=1e-9)
    won = {(pair["first"], pair["second"]): pair["won"] for pair in record["board"]["pairs"]}
    for (first, second), number in won.items():
        assert number == sum(profit(one, first, 0, 3) > profit(one, second, 0, 3) for one in others)


def test_the_ranking_is_by_profit_to_date_in_the_game_itself(folder: Path) -> None:
    closed(folder, Red={"price": 9.0})
    rows = closed(folder, Blue={"price": 4.0})["board"]["rows"]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert [row["profit"] for row in rows] == sorted((row["profit"] for row in rows), reverse=True)


def test_the_trial_round_counts_for_nothing(tmp_path: Path) -> None:
    tried, straight = small_game(tmp_path / "tried", trial=True), small_game(tmp_path / "straight")
    assert (tried.open_round, straight.open_round) == (0, 1)
    trial = closed(tried.folder, Red={"price": 9.0, "quality": 0.2})
    assert trial["seed"] != tried.market.runs.seed
    assert Game.opened(tried.folder).decided(1) == dict.fromkeys(TEAMS, tried.start)
    assert closed(tried.folder, Red=ONE)["board"] == closed(straight.folder, Red=ONE)["board"]


def test_all_teams_begin_alike_with_the_common_budget(folder: Path) -> None:
    firms = Game.opened(folder).market.firms
    assert len({firm.model_dump_json() for firm in firms.values()}) == 1
    assert firms["Red"].budget_factor == 1.0
    assert firms["Red"].spending.model_dump() == load("first_look").past.spending.model_dump()


def test_a_round_is_not_closed_by_an_oversight(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"Nobody has handed in anything for round 1.*--anyway"):
        close_round(Game.opened(folder))
    assert Game.opened(folder).open_round == 1


def test_a_game_ends_with_its_last_round(folder: Path) -> None:
    for _ in range(3):
        closed(folder)
    game = Game.opened(folder)
    assert game.open_round is None
    with pytest.raises(ValueError, match="all of its rounds are closed"):
        close_round(game, anyway=True)
    with pytest.raises(ValueError, match="no round is open"):
        hand_in(folder, "Red", {"price": 5.0})


def test_a_game_replays_to_the_last_digit_wherever_it_is_copied_to(folder: Path, tmp_path: Path) -> None:
    closed(folder, Red=ONE)
    closed(folder, Blue=TWO)
    shutil.copytree(folder, tmp_path / "elsewhere" / "copy")
    shutil.rmtree(folder)
    assert replay_game(Game.opened(tmp_path / "elsewhere" / "copy")) == {1: "", 2: ""}


@pytest.mark.parametrize(("path", "value", "said"), [
    (("decisions", "Red", "price"), 5.01, "rows["), (("board", "rows", 0, "profit"), 1.25, "stored is 1.25"),
    (("board", "n"), 3, "rows["), (("board", "year"), 0.3, "year is 0.25, stored is 0.3"),
])
def test_a_history_that_was_edited_does_not_replay(folder: Path, path: Any, value: Any, said: str) -> None:
    closed(folder, Red=ONE)
    file = folder / "history" / "round_1.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    inner = record
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    file.write_text(json.dumps(record), encoding="utf-8")
    assert said in replay_game(Game.opened(folder))[1]


def test_the_last_round_is_opened_again_only_when_asked_for(folder: Path) -> None:
    closed(folder)
    first = closed(folder, Red=ONE)
    with pytest.raises(ValueError, match="Nobody has handed in"):
        close_round(Game.opened(folder))
    assert reopen(Game.opened(folder)) == 2
    game = Game.opened(folder)
    assert game.open_round == 2
    assert "price: 5.0" in game.form_path("Red").read_text(encoding="utf-8")
    assert not (folder / "history" / "round_2.yaml").exists()
    kept = json.loads((folder / "history" / "reopened_2_1.json").read_text(encoding="utf-8"))
    assert kept["board"] == first["board"]
    assert close_round(game)["board"] == first["board"]


def test_files_with_names_of_their_own_are_as_they_were_once_a_round_is_opened_again(folder: Path) -> None:
    own, text = folder / "decisions" / "from Red.yaml", "team: Red\nround: 1\nprice: 5.5\n"
    own.write_text(text, encoding="utf-8")
    first = closed(folder)
    assert first["decisions"]["Red"]["price"] == 5.5
    for left in (True, False):
        if not left:
            own.unlink()
        reopen(Game.opened(folder))
        assert own.read_text(encoding="utf-8") == text
        assert close_round(Game.opened(folder))["board"] == first["board"]


def test_a_round_that_somebody_else_closed_meanwhile_is_left_alone(folder: Path) -> None:
    hand_in(folder, "Red", ONE)
    late = Game.opened(folder)
    record = closed(folder)
    with pytest.raises(ValueError, match="Round 1 was closed meanwhile"):
        close_round(late, anyway=True)
    assert Game.opened(folder).history == (record,)


def test_a_round_is_not_opened_again_over_a_hand_in_for_the_next(folder: Path) -> None:
    closed(folder, Red=ONE)
    path = hand_in(folder, "Blue", TWO)
    with pytest.raises(ValueError, match=f"Round 2 has a hand-in already: decisions/{path.name}"):
        reopen(Game.opened(folder))
    assert Game.opened(folder).open_round == 2


def test_why_shares_out_the_difference_between_two_teams_among_their_decisions(folder: Path) -> None:
    closed(folder, Red=ONE)
    closed(folder, Red={"quality": 0.8})
    found = why_of(Game.opened(folder), "Blue", "Red", replications=2)
    assert [group.name for group in found.compared.groups] == ["price", "spending", "offer"]
    scenario = load(folder / "history" / "round_2.yaml")
    runs = [whole_run(scenario, scenario.runs.seed + k) for k in (0, 1)]
    gaps = [profit(one, "Red", 0, 6) - profit(one, "Blue", 0, 6) for one in runs]
    np.testing.assert_allclose(found.parts.sum(axis=0) + found.position, gaps, atol=1e-6)


def test_the_rival_of_a_debrief_is_the_best_other_team(folder: Path) -> None:
    closed(folder, Red=ONE)
    best = closed(folder, Red=TWO, Blue=TWO)["board"]["rows"][0]["team"]
    other = next(team for team in TEAMS if team != best)
    assert why_of(Game.opened(folder), other, replications=2).compared.there == best


def test_a_market_that_was_changed_after_a_round_is_noticed(folder: Path) -> None:
    closed(folder, Red=ONE)
    file = folder / "market.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("customers: 60", "customers: 61"), encoding="utf-8")
    with pytest.raises(ValueError, match="market of this game was changed"):
        Game.opened(folder)


@pytest.mark.parametrize("damage", ["", "[1]", "{}", "{\"round\": 1}", "none"])
def test_a_damaged_history_is_named(folder: Path, damage: str) -> None:
    closed(folder, Red=ONE)
    closed(folder)
    file = folder / "history" / "round_1.json"
    if damage == "none":
        file.unlink()
        file = folder / "history" / "round_2.json"
        (folder / "history" / "round_0.json").write_text(file.read_text().replace('"round": 2', '"round": 0'))
    else:
        file.write_text(damage, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"damaged here: .*{file.name}"):
        Game.opened(folder)


def test_what_cannot_be_a_game_is_refused(tmp_path: Path, folder: Path) -> None:
    small = load("first_look", {"market.customers": 60})
    with pytest.raises(FileExistsError, match="something in this folder"):
        new_game(folder, small, TEAMS)
    with pytest.raises(ValueError, match="at least two teams"):
        new_game(tmp_path / "one", small, ["Red"])
    with pytest.raises(ValueError, match="same name: red"):
        new_game(tmp_path / "two", small, ["Red", "red"])
    with pytest.raises(ValueError, match=r"mapping:1:1: firms\.Re\.d"):
        new_game(tmp_path / "three", small, ["Re.d", "Blue"])
    with pytest.raises(ValueError, match="no game in this folder"):
        Game.opened(tmp_path)
    (folder / "game.yaml").write_text("rounds: many\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"game\.yaml:1:9: rounds: many is not a number"):
        Game.opened(folder)
    (folder / "game.yaml").write_text("{rounds: 5, periods: 3}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="do not fit the length of its market"):
        Game.opened(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["game"]


def test_events_of_single_firms_and_strategies_stay_behind(tmp_path: Path) -> None:
    base = {"extends": "first_look", "question": "?", "market": {"customers": 60}, "events": [
        {"kind": "outage", "year": 0.2, "lasts_weeks": 4, "severity": 0.5, "firms": ["Rush"]},
        {"kind": "market", "year": 0.3, "set": {"demand": 1.5}}, {"kind": "market", "year": 2.5, "set": {"demand": 2}},
        {"kind": "strategy", "year": 0.1, "strategy": "do_nothing"}]}
    game = new_game(tmp_path / "game", base, TEAMS, GameRules(rounds=2))
    assert [event.year for event in game.market.events] == [0.3]


def test_there_are_eight_levers_with_unit_and_range(folder: Path) -> None:
    found = levers(folder)
    assert len(found) == 8
    for one in found:
        assert one.words
        assert one.unit
        assert one.choices or (one.low < one.high and 0 < one.step < one.high - one.low)
    assert found[0].high == 9.0
    assert levers()[0].high == 2 * levers()[0].low * 2


def test_a_product_class_without_firms_and_a_clock_of_weeks_will_do(tmp_path: Path) -> None:
    changes = {"market.customers": 60, "market.occasions_at_most": 2, "clock.warm_up_years": 0.1}
    game = new_game(tmp_path / "game", load("hotel", changes | {"clock.period": "week"}), TEAMS[:2],
                    GameRules(rounds=2, trial=False, periods=7, other_markets=2))
    first = closed(game.folder, Red={"price": 120.0})["board"]["rows"]
    second = closed(game.folder)["board"]
    before = {row["team"]: row["profit"] for row in first}
    for row in second["rows"]:
        assert row["profit"] == pytest.approx(before[row["team"]] + row["profit_of_round"])
    assert len(second["course"]["years"]) == 14


def test_a_round_that_is_stopped_stays_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    hand_in(folder, "Red", ONE)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    monkeypatch.setattr("sim.runs.task.whole_run", stopped)
    with pytest.raises(KeyboardInterrupt):
        close_round(Game.opened(folder))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_forms_speak_the_language_of_the_game_whoever_asks(tmp_path: Path) -> None:
    game = small_game(tmp_path / "game", language="ru")
    with speaking("ru"):
        assert all(one["status"] == "nothing" for one in hand_ins(Game.opened(game.folder))[0].values())
    assert all(one["status"] == "nothing" for one in hand_ins(Game.opened(game.folder))[0].values())
