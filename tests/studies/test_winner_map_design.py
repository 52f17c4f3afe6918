"""The winner map on borders that are known, and on a small market."""

import numpy as np
import pytest

import sim
from sim.studies.map_cells import Cell
from sim.studies.scenario_factors import factors_of
from sim.studies.winner_map import MORE_RUNS, along_border, most_runs
from sim.text.findings import TOO_CLOSE

SQUARE = {"a": (0.0, 1.0), "b": (0.0, 1.0)}


def slanted(x, seed):
    return x["a"] + 0.5 * x["b"] - 0.7


def test_the_cells_tile_the_map():
    table = sim.winner_map(slanted, SQUARE, depth=2).table()
    area = ((table["x_high"] - table["x_low"]) * (table["y_high"] - table["y_low"])).sum()
    assert area == pytest.approx(1.0)
    random = np.random.default_rng(1)
    for x, y in random.random((200, 2)):
        inside = (table["x_low"] < x) & (x < table["x_high"]) & (table["y_low"] < y) & (y < table["y_high"])
        assert inside.sum() == 1


def test_the_map_is_finer_where_the_border_runs_and_only_there():
    found = sim.winner_map(slanted, SQUARE, cells=5, depth=1)
    table = found.table()
    far = (table["x"] + 0.5 * table["y"] - 0.7).abs()
    assert table.loc[table["depth"] == 1, "x"].size > 0
    assert far[table["depth"] == 1].max() < 0.35
    assert far[table["depth"] == 0].min() > far[table["depth"] == 1].min()


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_border_is_found_to_within_a_cell(depth):
    found = sim.winner_map(slanted, SQUARE, cells=5, depth=depth)
    border = np.array(found.border())
    assert len(border) >= 5
    assert np.abs(border[:, 0] + 0.5 * border[:, 1] - 0.7).max() < 1e-9  # a plane: the line between centres hits it
    share_b = found.shares()["B"]
    assert share_b == pytest.approx(0.55, abs=0.12 / 3**depth)  # 1 − ∫(0.7 − b/2) db = 0.55


def test_with_noise_what_cannot_be_told_is_too_close_to_call():
    def noisy(x, seed):
        return x["a"] - 0.5 + 0.1 * np.random.default_rng([seed, int(1e6 * x["a"]), int(1e6 * x["b"])]).normal()

    found = sim.winner_map(noisy, SQUARE, replications=6)
    table = found.table()
    assert set(table["winner"]) == {"A", "B", TOO_CLOSE}
    assert table.loc[table["winner"] == TOO_CLOSE, "x"].between(0.3, 0.7).all()
    assert set(table.loc[table["winner"] == "A", "x"]) <= {x for x in table["x"] if x < 0.5}
    assert (table["share_low"] <= table["share_b"]).all()
    assert (table.loc[table["winner"] == "B", "share_b"] > 0.5).all()


def test_cells_that_are_too_close_get_more_runs():
    def luck(x, seed):
        return (1.0 if seed % 2 else -1.0) + 10 * (x["a"] > 0.5)

    table = sim.winner_map(luck, SQUARE, cells=4, depth=0, replications=4).table()
    close = table["winner"] == TOO_CLOSE
    assert close.any()
    assert (table.loc[close, "n"] == 4 * MORE_RUNS).all()
    assert (table.loc[~close, "n"] == 4).all()


def test_a_plateau_of_toss_ups_is_not_split():
    found = sim.winner_map(lambda x, seed: 1.0 if seed % 2 else -1.0, SQUARE, depth=2)
    assert len(found.cells) == 25
    assert along_border(found) == []
    assert found.findings()[-1].verdict == "no border"


def test_parts_of_a_cell_have_its_centre_in_the_middle_and_its_area():
    cell = Cell(0.5, 0.3, 0.1, 0.3)
    parts = cell.parts()
    assert (parts[4].x, parts[4].y) == (0.5, 0.3)
    assert sum(4 * part.half_x * part.half_y for part in parts) == pytest.approx(4 * 0.1 * 0.3)
    assert cell.touches(Cell(0.7, 0.3, 0.1, 0.3))
    assert not cell.touches(Cell(0.7, 0.9, 0.1, 0.3))  # only the corner


def test_a_log_scale_is_kept_in_the_corners_of_cells():
    tiny = {"question": "Who?", "clock": {"years": 0.5}, "market": {"customers": 200},
            "firms": {"Rush": {"quality": 0.3}, "Root": {"quality": 0.95}}}
    found = sim.winner_map(tiny, {"product.price": (1, 100), "product.margin": (0.2, 0.6)}, cells=2, depth=0,
                           replications=3, outcome="market_share")
    table = found.table()
    assert table["x"].tolist() == pytest.approx(2 * [10**0.5, 10**1.5])
    assert (table.attrs["x_scale"], table.attrs["y_scale"]) == ("log", "linear")
    assert table.attrs["here"] == (10.0, 0.75)
    assert set(table["winner"]) == {"Root"}


def test_what_the_what_ifs_change_is_mapped_where_nothing_is_named():
    from sim.studies.asking import order
    from sim.studies.winner_map import _default

    assert _default(order("penny_goods", {}, 2), 0) == ["product.price", "people.purchases_per_year.mean"]


def test_wrong_requests_are_refused():
    with pytest.raises(ValueError, match="two factors, not 1"):
        sim.winner_map(slanted, {"a": (0, 1)})
    with pytest.raises(ValueError, match="2 to 50 cells"):
        sim.winner_map(slanted, SQUARE, cells=1)


def test_where_nobody_is_ahead_one_cell_in_twenty_has_a_winner_though_cells_get_a_second_look():
    """30 maps of 64 cells with a luck of their own: two looks at 95 % each would give 8.7 % of them a winner."""
    won = []
    for seed in range(30):
        luck = np.random.default_rng(seed)
        found = sim.winner_map(lambda x, seed, luck=luck: luck.normal(), SQUARE, cells=8, depth=0)
        won += [found.winner(cell) != TOO_CLOSE for cell in found.cells]
    assert 0.035 < np.mean(won) < 0.068


def test_the_interval_of_a_cell_is_the_one_that_it_is_judged_by():
    def noisy(x, seed):
        return x["a"] - 0.5 + 0.3 * np.random.default_rng([seed, int(1e6 * x["a"]), int(1e6 * x["b"])]).normal()

    table = sim.winner_map(noisy, SQUARE).table()
    sure = (table["low"] > 0) | (table["high"] < 0)
    assert sure.tolist() == (table["winner"] != TOO_CLOSE).tolist()
    assert table.attrs["comparisons"] == len(table)
    assert "both looks" in table.attrs["method"]


def test_where_one_option_wins_nowhere_there_is_no_border_but_a_line_from_which_the_other_is_sure():
    def lead(x, seed):
        return max(0.0, x["a"] - 0.5) + (0.01 if seed % 2 else -0.01)

    found = sim.winner_map(lead, SQUARE, cells=4)
    assert found.winners() == ["B"]
    assert found.border() == []
    assert found.table().attrs["border"] == []
    assert all(0.4 < x < 0.6 for x, _ in found.edge())
    last = found.findings()[-1]
    assert (last.verdict, last.subject) == ("one winner", "B")
    assert last.details["where"][0].startswith("a 0.")


def test_a_border_runs_through_the_stretch_of_close_cells_between_the_winners_and_through_no_other():
    """The lead falls from left to right and is 0 along b = 1/2 at the far left too, where nobody else is near."""
    def lead(x, seed):
        slope = 4 * (x["a"] - 0.55) * (1 if x["b"] < 0.8 else 0)  # a strip at the top where nobody is ahead
        return slope + (0.3 if seed % 2 else -0.3) + 1e-3 * np.sin(50 * x["a"])

    found = sim.winner_map(lead, SQUARE, cells=5, depth=0, replications=4)
    assert found.winners() == ["A", "B"]
    assert {TOO_CLOSE, "A", "B"} == {found.winner(cell) for cell in found.cells}
    lower = [x for x, y in found.border() if y < 0.7]
    assert lower
    assert np.abs(np.array(lower) - 0.55).max() < 0.02
    last = found.findings()[-1]
    assert last.verdict == "border"
    assert last.details["where"][0].startswith("a 0.")


def test_what_winning_means_and_on_which_scale_is_said():
    found = sim.winner_map(slanted, SQUARE, cells=2, depth=0).findings()
    assert "single runs can still go the other way" in found[-1].caveats[0]
    assert "one in twenty gets a winner by chance" in found[-1].caveats[1]
    assert found[0].details["factors"] == ["a (0 to 1)", "b (0 to 1)"]
    assert (found[0].n, found[0].details["runs"], found[0].details["more_runs"]) == (4, 6, 12)
    assert sum(one.value for one in found[1:4]) == pytest.approx(1.0)
    level = sim.winner_map(lambda x, seed: 1.0 if seed % 2 else -1.0, SQUARE, cells=2, depth=0)
    assert level.finding == "Nobody surely leads anywhere on this map"


def test_a_map_on_a_log_scale_says_so():
    tiny = {"question": "Who?", "clock": {"years": 0.25}, "market": {"customers": 100},
            "firms": {"Rush": {"quality": 0.3}, "Root": {"quality": 0.95}}}
    ranges = {"product.price": (1, 100), "product.margin": (0.21538462, 0.6)}
    found = sim.winner_map(tiny, ranges, cells=2, depth=0, replications=2, outcome="market_share").findings()
    assert found[0].details["factors"] == ["product.price (1 to 100, on a log scale)", "product.margin (0.2154 to 0.6)"]


@pytest.mark.parametrize(("cells", "depth"), [(2, 2), (3, 1), (6, 1), (4, 0)])
def test_a_map_needs_no_more_runs_than_it_plans(cells, depth):
    luck = np.random.default_rng(4)
    found = sim.winner_map(lambda x, seed: x["a"] - 0.5 + luck.normal(), SQUARE, cells=cells, depth=depth)
    assert found.order.model.runs <= most_runs(6, cells, depth)


def test_the_screening_of_a_map_and_the_map_itself_are_planned_at_once(monkeypatch):
    names = ["product.margin", "product.price", "people.purchases_per_year.mean", "people.price_sensitivity.mean"]
    monkeypatch.setattr("sim.studies.asking.factors_of", lambda scenario, wanted: factors_of(
        scenario, names if wanted == "world" else wanted))
    tiny = {"question": "Who?", "clock": {"years": 0.25}, "market": {"customers": 40, "friends": {"graph": "none"}},
            "firms": {"Rush": {}, "Root": {"quality": 0.8}}, "mechanisms": {"level": "basic"}}
    heard = []
    sim.winner_map(tiny, cells=2, depth=1, replications=2, outcome="sold_units",
                   progress=lambda done, total, what: heard.append((done, total)))
    assert max(done for done, _ in heard) <= heard[0][1]
    assert len({total for _, total in heard}) == 1


@pytest.mark.slow
def test_the_maps_of_the_shipped_markets_have_a_border():
    penny = sim.winner_map("penny_goods").table()
    assert {"Intimate", TOO_CLOSE} <= set(penny["winner"])
    spent = penny["x"] * penny["y"]  # what a person would spend in a year bears the cost of knowing, or not (M42)
    assert penny.loc[spent > 300, "winner"].eq("Intimate").all()
    assert penny.loc[spent < 250, "winner"].ne("Intimate").all()
    leaky = sim.winner_map("leaky_bucket").table()
    assert {"Root", "Rush"} <= set(leaky["winner"])
