"""`sim economy` on the command line."""

import json

SMALL = "question: What is it worth?\nmarket: {customers: 120}\n"


def test_a_class_is_measured_and_saved(sim, tmp_path):
    (tmp_path / "shop.yaml").write_text(SMALL)
    done = sim("economy", str(tmp_path / "shop.yaml"), "-n", "2", "--out", str(tmp_path / "found"), "-q")
    assert done.code == 0, done.err
    assert "targets reached" in done.out
    assert "best price (reference = 1)" in done.out
    assert (tmp_path / "found" / "shop" / "economy.csv").exists()


def test_it_gives_json(sim, tmp_path):
    (tmp_path / "shop.yaml").write_text(SMALL)
    done = sim("economy", str(tmp_path / "shop.yaml"), "-n", "2", "--json")
    assert {row["measure"] for row in json.loads(done.out)["shop"]} >= {"best_price", "best_mix"}


def test_without_a_class_it_says_which_there_are(sim):
    done = sim("economy")
    assert done.code == 2
    assert "coffee_shop" in done.err


def test_a_store_is_for_one_class(sim, tmp_path):
    done = sim("economy", "coffee_shop", "toothpaste", "--store", str(tmp_path / "one.sqlite"))
    assert done.code == 2
    assert "only one" in done.err
