"""The study of facts: its runs, its store, its table."""

import numpy as np
import pytest

import sim
from sim.evidence.fact import Fact, FactTrial, Part, all_trials
from sim.evidence.markets import StudyMarket
from sim.scenario import load


def small():
    return load({"question": "What is a fact?", "firms": {"Rush": {}}}, {"market.customers": 60, "clock.years": 1})


def sold(market: StudyMarket) -> dict[str, float]:
    return {"units": float(market.records.count("units").sum()), "seed": float(market.seed)}


@pytest.fixture
def one_fact(monkeypatch):
    """One fact on one small market, and the same where people want next to nothing."""
    fact = Fact("F99", "They buy", "something", "nobody", "emergent", "small", {"small": sold},
                (Part("small", "units", "purchases", low=1.0),), "wishes", (Part("small, idle", "units", "hardly"),))
    trials = {"small": FactTrial(small), "small, idle": FactTrial(small, {"people.purchases_per_year.mean": 0.01})}
    monkeypatch.setattr("sim.studies.facts.chosen_facts", lambda _ids: (fact,))
    monkeypatch.setattr("sim.studies.facts.all_trials", lambda: trials)
    monkeypatch.setattr("sim.evidence.fact.all_trials", lambda: trials)
    monkeypatch.setattr("sim.evidence.fact.all_facts", lambda: {"F99": fact})
    return fact


def test_what_is_changed_is_done_in_every_second_run_and_all_runs_are_kept(one_fact, tmp_path):
    store = tmp_path / "facts.sqlite"
    found = sim.facts((), 4, store=store)
    assert len(found.measured["small"]["units"]) == 4
    assert len(found.measured["small, idle"]["units"]) == 2
    assert np.mean(found.measured["small, idle"]["units"]) < np.mean(found.measured["small"]["units"])
    assert found.verdict(one_fact) == "in"
    more = sim.facts((), 6, store=store)
    assert more.results.found_done == 8
    assert more.measured["small"]["units"][:4] == found.measured["small"]["units"]
    assert more.measured == sim.facts((), 6, workers=0).measured


def test_points_of_one_market_with_different_measures_are_different_runs():
    assert all_trials()["service"].scenario() == all_trials()["ladder"].scenario()
    found = sim.facts(["F29"], 2)
    plan = found.results.plan
    assert plan.key("talk", 0) != plan.key("talk, loss .08", 0)
    assert plan.key("talk", 0) != plan.key("talk", 1)


def test_the_table_has_every_number_and_says_which_is_changed():
    found = sim.facts(["F29"], 2)
    table = found.table()
    assert table.groupby("changed")["measure"].count().to_dict() == {False: 4, True: 3}
    assert table.loc[table["measure"] == "told_bad_to_good", "target_low"].isna().all()
    assert set(table["verdict"]) == {"in"}
    assert found.settings()["facts"] == ["F29"]


@pytest.mark.parametrize(("ids", "runs", "words"), [(["F77"], 2, "There is no fact 'F77'"), ([], 1, "At least two")])
def test_it_says_what_is_wrong(ids, runs, words):
    with pytest.raises(ValueError, match=words):
        sim.facts(ids, runs)
