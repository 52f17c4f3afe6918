"""A run as tables, saved whole or not at all, and replayed to the last number."""

import json
import subprocess
import sys

import pytest

import sim
from sim.runs.execute import checked_seed
from sim.runs.run import TABLES

TOY = pytest.mark.usefixtures("toy_market")


@TOY
def test_a_run_gives_its_tables(toy):
    run = sim.run(toy, seed=3, customers=25)
    assert len(run.periods) == 8 * 2
    assert run.customers["customer_id"].tolist() == list(range(25))
    assert run.transactions.columns[:3].tolist() == ["customer_id", "firm", "period"]
    bought = run.transactions.groupby("firm")["amount"].sum()
    booked = run.ledger[run.ledger["account"] == "revenue"].groupby("firm")["amount"].sum()
    assert bought.to_dict() == booked.to_dict()
    assert set(run.equity["firm"]) == {"Rush", "Root"}
    for name in (*TABLES, "ties", "quadrants", "flows", "survival", "person_equity", "whales"):
        assert getattr(run, name) is getattr(run, name)
    assert "25 people" in repr(run)


@TOY
def test_the_manifest_says_what_made_the_run(toy):
    manifest = sim.run(toy, overrides={"firms.Rush.quality": 0.6}).manifest
    assert manifest["seed"] == 11
    assert manifest["overrides"] == {"firms.Rush.quality": 0.6}
    assert {"python", "numpy", "mesa", "numba", "clientele"} <= set(manifest["versions"])
    assert len(manifest["scenario_hash"]) == len(manifest["rules_hash"]) == 16
    json.dumps(manifest)


@TOY
def test_save_and_replay_to_the_last_number(toy, tmp_path):
    run = sim.run(toy, seed=5)
    folder = run.save(tmp_path / "runs" / "mine")
    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in TABLES} | {
        "scenario.yaml", "manifest.json"}
    again = sim.replay(folder)
    assert again.equal
    assert again.sentence == "Every number is equal."
    assert sim.Run.load(folder).manifest["fingerprint"] == run.manifest["fingerprint"]
    assert again.run.periods.equals(run.periods)


@TOY
def test_replay_says_what_differs(toy, tmp_path):
    folder = sim.run(toy, seed=5).save(tmp_path / "mine")
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    assert text.count("quality: 1.0\n    promise") == 1
    changed = text.replace("quality: 1.0\n    promise", "quality: 0.8\n    promise")
    (folder / "scenario.yaml").write_text(changed, encoding="utf-8")
    found = sim.replay(folder)
    assert not found.equal
    assert "scenario hash was" in found.sentence
    assert "ledger.csv: line 2 (0, 0.25, Rush, revenue), column amount is 7000, the run gives 8000" in found.sentence


@TOY
def test_saving_replaces_a_run_but_nothing_else(toy, tmp_path):
    run = sim.run(toy, seed=5)
    run.save(tmp_path / "mine")
    sim.run(toy, seed=6).save(tmp_path / "mine")
    assert json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))["seed"] == 6
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(FileExistsError, match="is not a saved run"):
        run.save(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter1.txt").read_text(encoding="utf-8") == "years of work"
    run.save(tmp_path / "empty folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty folder", "mine", "thesis"]


@TOY
def test_a_save_that_breaks_leaves_nothing_behind(toy, tmp_path, monkeypatch):
    run = sim.run(toy, seed=5)

    def full(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr(type(run.equity), "to_csv", full)
    with pytest.raises(OSError, match="No space"):
        run.save(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


@TOY
def test_a_folder_without_a_run_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="no saved run"):
        sim.replay(tmp_path)
    (tmp_path / "scenario.yaml").write_text("x", encoding="utf-8")
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="cannot be read"):
        sim.replay(tmp_path)


@pytest.mark.parametrize("seed", [-1, 1.5, True, 2**60])
def test_wrong_seeds_are_refused(seed):
    with pytest.raises(ValueError, match="whole number from 0"):
        checked_seed(seed)


def test_import_loads_nothing_heavy():
    code = "import sim, sys; print(sorted({'mesa', 'pandas', 'numba', 'matplotlib', 'numpy'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_public_names_are_there_and_wrong_ones_are_told():
    assert set(sim.__all__) <= set(dir(sim))
    with pytest.raises(AttributeError, match="replicate"):
        sim.replicates  # noqa: B018


def test_a_shortened_run_is_replayed_although_its_expectations_lie_beyond_it(tmp_path):
    text = {"question": "Who?", "firms": {"A": {}, "B": {}}, "market": {"customers": 40},
            "expect": [{"metric": "market_share", "firm": "A", "above": "B", "year": 4.0, "why": "luck (C1)"}]}
    short = sim.run(text, overrides={"clock.years": 1})
    assert sim.replay(short.save(tmp_path / "run")).equal
    store = tmp_path / "study.sqlite"
    sim.sweep(text, {"firms.A.price": [9, 10]}, 1, overrides={"clock.years": 1}, store=store)
    assert sim.replay(store, 2).equal
    assert sim.report(store).content.study.n == 1
