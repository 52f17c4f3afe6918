"""The winner map on borders that are known, and on a small market."""

import numpy as np
import pytest

import sim
from sim.experiments.differences import TOO_CLOSE
from sim.experiments.winner_map import MORE_RUNS, Cell, along_border

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
    assert "No border runs through this map" in found.explain()


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
    assert table.attrs["here"] == (10.0, 0.5)
    assert set(table["winner"]) == {"Root"}


def test_what_the_what_ifs_change_is_mapped_where_nothing_is_named():
    from sim.experiments.asking import order
    from sim.experiments.winner_map import _default

    assert _default(order("penny_goods", {}, 2)) == ["product.price", "people.purchases_per_year.mean"]


def test_wrong_requests_are_refused():
    with pytest.raises(ValueError, match="two factors, not 1"):
        sim.winner_map(slanted, {"a": (0, 1)})
    with pytest.raises(ValueError, match="2 to 50 cells"):
        sim.winner_map(slanted, SQUARE, cells=1)


@pytest.mark.slow
def test_the_maps_of_the_shipped_markets_have_a_border():
    penny = sim.winner_map("penny_goods").table()
    assert {"Intimate", TOO_CLOSE} <= set(penny["winner"])
    assert penny.loc[penny["x"] > 30, "winner"].eq("Intimate").all()  # dear goods bear the cost of knowing (M42)
    assert penny.loc[penny["x"] < 2, "winner"].ne("Intimate").all()
    leaky = sim.winner_map("leaky_bucket").table()
    assert {"Root", "Rush"} <= set(leaky["winner"])
