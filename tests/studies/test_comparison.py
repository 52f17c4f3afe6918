"""Paired comparison, replication and expectations on a toy market of a few lines."""

import json

import numpy as np
import pytest

import sim
from sim.metrics.headlines import REPERTOIRE, STANDARD
from sim.statistics.overtaking import Overtaking, overtaking_date
from sim.studies.differences import difference_cells
from sim.studies.expectations import HOLDS, UNCHECKED
from sim.text.findings import IDENTICAL, TOO_CLOSE

pytestmark = pytest.mark.usefixtures("toy_market")


def test_a_what_if_is_compared_pair_by_pair(toy):
    found = sim.compare(toy, replications=6)
    table = found.table("market_share").set_index(["world_b", "firm"])
    rush = table.loc[("better", "Rush")]
    runs = found.runs[found.runs["firm"] == "Rush"].pivot(index="replicate", columns="world", values="market_share")
    assert rush["difference"] == pytest.approx((runs["better"] - runs["as written"]).mean())
    assert rush["difference"] > 0
    assert rush["n"] == 6
    assert rush["won_by_b"] == (runs["better"] > runs["as written"]).sum()
    assert rush["variance_ratio"] > 1


def test_a_what_if_of_nothing_differs_by_exactly_nothing(toy):
    found = sim.compare(toy, replications=3, what_if="same")
    table = found.table("all")
    known = table[table["n"] > 0]
    assert (known["difference"] == 0).all()
    assert (known["verdict"] == IDENTICAL).all()
    assert str(found.customers_changed["same"]) == "0 of 30 customers ended differently"
    assert "identical" in found.explain()


def counted_bootstraps(monkeypatch):
    """Counts the paired differences that are reckoned."""
    seen = []
    monkeypatch.setattr("sim.studies.study.difference_cells",
                        lambda a, b: seen.append((a.tobytes(), b.tobytes())) or difference_cells(a, b))
    return seen


def test_every_difference_of_a_comparison_is_reckoned_once(toy, tmp_path, monkeypatch):
    seen = counted_bootstraps(monkeypatch)
    found = sim.compare(toy, replications=3)
    table = found.table()
    assert len(seen) == len(table)
    found.explain()
    found.forest()
    assert found.table().equals(table)
    assert len(seen) == len(table), "headlines, words and picture share their differences"
    whole = found.table("all")
    found.save(tmp_path)
    assert len(seen) == len(whole)
    found.table("market_share", year=found.end)
    assert len(seen) == len(whole), "the end by its date is the end"


def test_every_difference_of_a_replication_is_reckoned_once(toy, tmp_path, monkeypatch):
    seen = counted_bootstraps(monkeypatch)
    found = sim.replicate(toy, 3)
    found.explain()
    whole = found.table("all")
    found.save(tmp_path)
    assert len(seen) == len(whole)
    a, b = found.firms
    turned = found.table("market_share", firms=(b, a)).iloc[0]
    assert turned["difference"] == -found.table("market_share").iloc[0]["difference"]
    assert len(seen) == len(whole) + 1, "the other way round is another difference"


def test_a_reckoned_difference_cannot_be_changed_from_outside(toy):
    found = sim.compare(toy, replications=2, what_if="better")
    sides = ("as written", "Rush"), ("better", "Rush")
    first = found.difference("market_share", *sides)
    first["difference"] = 9.0
    assert found.difference("market_share", *sides)["difference"] < 1


def test_customers_who_ended_differently_are_counted_and_named(toy):
    found = sim.compare(toy, replications=2, what_if=["better"])
    changed = found.customers_changed["better"]
    assert 0 < changed.count == len(changed.numbers) <= changed.people == 30
    assert f"{changed.count} of 30 customers ended differently" in found.explain("market_share")


def test_runs_alternate_between_worlds_with_the_same_seed(toy):
    found = sim.compare(toy, replications=2, seed=50)
    assert [(row.point, row.seed) for row in found.rows] == [
        ("as written", 50), ("better", 50), ("same", 50), ("as written", 51), ("better", 51), ("same", 51)]


def test_one_failing_run_does_not_lose_the_rest(toy, toy_market):
    toy_market.add(12)
    found = sim.compare(toy, replications=3, what_if="better")
    assert found.complete == [0, 2]
    assert found.table("market_share")["n"].tolist() == [2, 2]
    failed = found.runs[found.runs["status"] == "failed"]
    assert failed["reason"].tolist() == ["RuntimeError: luck 12 is bad"] * 2
    assert "2 of 6 runs failed" in found.note


def test_when_all_runs_fail_the_reason_is_told(toy, toy_market):
    toy_market.update({11, 12})
    with pytest.raises(RuntimeError, match="luck 11 is bad"):
        sim.compare(toy, replications=2)


def test_ctrl_c_keeps_what_is_done(toy):
    def stop(done, total, what):
        if done == 5:
            raise KeyboardInterrupt

    found = sim.compare(toy, replications=4, progress=stop)
    assert found.n == 1
    assert found.note == "Stopped after 5 of 12 runs; 1 replicate is complete."
    assert found.table("market_share")["n"].tolist() == [1] * 4


def test_progress_is_told(toy):
    told = []
    sim.compare(toy, replications=2, what_if="same", progress=lambda *words: told.append(words))
    assert told[0] == (0, 4, "as written, run 1 of 2")
    assert told[-1] == (4, 4, "done")


def test_several_scenarios_can_be_compared(toy):
    other = {**toy, "firms": {"Rush": {"quality": 0.5}, "Late": {"quality": 0.7}}, "what_if": {}, "expect": []}
    found = sim.compare([{**toy, "expect": []}, other], replications=2)
    assert list(found.worlds) == ["mapping", "mapping (2)"]
    table = found.table("market_share").set_index("firm")
    assert table.loc["Rush", "n"] == 2
    assert table.loc["Late", "n"] == 0  # there is no such firm in the first world
    assert table.loc["Late", "verdict"] == "no number"


def test_nothing_to_compare_is_said(toy):
    with pytest.raises(ValueError, match="no what_if"):
        sim.compare({**toy, "what_if": {}, "expect": []})
    with pytest.raises(ValueError, match="At least one replication"):
        sim.compare(toy, replications=0)
    with pytest.raises(ValueError, match="at most 2 years"):
        sim.compare(toy, until=3.0)
    with pytest.raises(ValueError, match="There is no metric 'markt_share'"):
        sim.compare(toy, replications=1, what_if="same").table("markt_share")


def test_until_compares_at_an_earlier_date(toy):
    early, late = (sim.replicate({**toy, "expect": []}, 2, until=year) for year in (1.0, 2.0))
    profit = "cumulative_profit_money"
    assert early.table(profit)["Root"][0] < late.table(profit)["Root"][0]
    assert early.over_time("market_share")["year"].max() == 1.0


def test_replication_sets_firms_side_by_side(toy):
    found = sim.replicate(toy)
    assert found.n == 6
    row = found.table("active_customers_people").iloc[0]
    assert (row["firm_a"], row["firm_b"]) == ("Rush", "Root")
    assert row["difference"] == pytest.approx(row["Root"] - row["Rush"])
    turned = found.table("active_customers_people", firms=("Root", "Rush")).iloc[0]
    assert turned["difference"] == -row["difference"]
    assert found.last_run.records.seed == 16
    with pytest.raises(ValueError, match="no firm 'Roth'"):
        found.table(firms=("Rush", "Roth"))


def test_the_headline_comes_first_then_the_standard_metrics(toy):
    table = sim.replicate(toy, 2).table()
    assert table["metric"].tolist() == [*REPERTOIRE, *STANDARD]
    own = {**toy, "headline": ["market_share", "nps_points"]}
    assert sim.replicate(own, 2).table()["metric"].tolist()[:3] == ["market_share", "nps_points", STANDARD[0]]


def test_over_time_gives_mean_and_interval(toy):
    line = sim.replicate(toy, 3).over_time("cumulative_discounted_profit_money")
    assert line.columns.tolist() == ["world", "firm", "year", "mean", "low", "high", "n"]
    assert len(line) == 2 * 8
    assert (line["low"] <= line["mean"]).all()


def test_expectations_hold_fail_and_stay_unchecked(toy):
    right, wrong, nothing, above, value = sim.compare(toy).verdicts
    assert right.word == HOLDS
    assert "Root above Rush in market share, year 2: holds" in right.sentence
    assert wrong.word in ("fails", TOO_CLOSE)
    assert wrong.difference.value < 0
    assert (nothing.word, nothing.held) == ("no difference at all", 0)
    assert above.runs == 20
    assert value.word == HOLDS
    alone = sim.replicate(toy)
    assert [verdict.word for verdict in alone.verdicts[1:]] == [UNCHECKED] * 4
    assert "'better' was not run" in alone.verdicts[1].sentence


def test_smallest_interesting_difference_counts(toy):
    claim = {"metric": "market_share", "firm": "Root", "above": "Rush", "why": "C1", "smallest_interesting": 0.9}
    verdict = sim.replicate({**toy, "expect": [claim]}).verdicts[0]
    assert verdict.held == 0
    assert verdict.word == TOO_CLOSE  # a difference, but not an interesting one
    assert "smallest interesting difference 0.9" in verdict.sentence


def test_verdicts_of_differences():
    same = np.array([1.0, 2.0, 3.0])
    assert difference_cells(same, same)["verdict"] == IDENTICAL
    assert difference_cells(same, same[::-1])["verdict"] == TOO_CLOSE
    assert difference_cells(same, same - 1)["verdict"] == "lower"
    assert difference_cells(same[:1], same[1:2])["verdict"] == "one run: no interval"
    assert difference_cells(same, same * np.nan)["verdict"] == "no number"


def test_overtaking_is_for_good():
    dates = np.arange(1.0, 6.0)
    assert overtaking_date(dates, np.array([-1, 1, -1, 1, 2.0])) == 4.0
    assert overtaking_date(dates, np.array([1, 1, 1, 1, 1.0])) == -np.inf
    assert overtaking_date(dates, np.array([1, 1, 1, 1, -1.0])) == np.inf
    assert overtaking_date(dates, np.array([np.nan, -1, 1, 1, 1.0])) == 3.0
    found = Overtaking.of(("Rush", "Root"), [1.5, 2.0, 2.5, np.inf, -np.inf])
    assert (found.overtook, found.never, found.always_ahead, found.year) == (3, 1, 1, 2.0)
    assert found.sentence == (
        "Root overtakes Rush in 3 of 5 runs, in month 24 (95 % interval 18 to 30); it is ahead from the start in 1 and "
        "not ahead at the end in 1. Who ends ahead is too close to call.")
    assert (found.too_close, found.crossing) == (True, None), "4 of 5 leave it open"
    assert found.headline == "Root or Rush: too close to call who ends ahead"
    every = Overtaking.of(("Rush", "Root"), [1.5, 2.0, 2.5])
    assert every.sentence == "Root overtakes Rush in month 24 (95 % interval 18 to 30)."
    assert every.headline == "Root overtakes Rush after 2.0 years"
    ends = Overtaking.of(("Rush", "Root"), [1.5, *[-np.inf] * 9])
    assert ends.headline == "Root ends ahead of Rush in 10 of 10 runs", "one crossing in ten is no headline"
    assert every.crossing["year"] == 2.0
    assert Overtaking.of(("Rush", "Root"), [np.inf] * 3).crossing is None
    assert "does not overtake" in Overtaking.of(("Rush", "Root"), [np.inf] * 3).sentence


def test_a_comparison_is_drawn_explained_and_saved(toy, tmp_path):
    found = sim.compare(toy, replications=4)
    forest = found.forest()
    assert set(forest["world_b"]) == {"better"}, "the world in which customer equity changes most"
    assert len(set(forest["firm"])) == 1
    assert found.forest(["market_share"], "Root", "same")["difference"].tolist() == [0.0]
    ax = found.plot(firm="Rush", world="better")
    words = {text.get_text() for axis in [ax, *ax.child_axes] for text in (*axis.texts, *axis.get_yticklabels())}
    assert any("market share" in word for word in words)
    home = found.save(tmp_path / "kept")
    assert {path.name for path in home.iterdir()} == {
        "comparison.csv", "comparison.txt", "comparison.json", "comparison.png", "runs.csv"}
    settings = json.loads((home / "comparison.json").read_text(encoding="utf-8"))
    assert (settings["seed"], settings["replications"], list(settings["worlds"])) == (
        11, 4, ["as written", "better", "same"])
    assert "the largest of 4 changes, each with an interval of its own" in found.explain()
    for wrong, why in (({"firm": "Roth"}, "no firm 'Roth'"), ({"world": "beter"}, "no world 'beter'")):
        with pytest.raises(ValueError, match=why):
            found.plot(**wrong)


def test_a_difference_has_two_intervals_and_the_chance_that_b_is_more(toy):
    row = sim.compare(toy, 6, what_if="better").table("market_share").set_index("firm").loc["Rush"]
    assert row["bootstrap_low"] <= row["difference"] <= row["bootstrap_high"]
    assert row["low"] < row["bootstrap_low"], "Student's interval is the wider one for six runs"
    assert row["probability_b"] == row["won_by_b"] / 6
    assert row["probability_b_low"] < row["probability_b"]
    nothing = sim.compare(toy, 3, what_if="same").table("market_share").iloc[0]
    assert nothing["probability_b"] == 0.5, "a tie counts half"


def test_a_replication_is_drawn_explained_and_saved(toy, tmp_path):
    found = sim.replicate({**toy, "expect": []}, 4)
    assert set(found.forest(["market_share"])["firm_b"]) == {"Root"}
    assert found.explain().startswith("In year 2 the customer equity of Root is ")
    assert "4 runs). Verdict: " in found.explain("market_share")
    assert found.plot().get_title() or found.plot().child_axes
    home = found.save(tmp_path / "kept")
    assert (home / "replication.png").stat().st_size > 10_000
    alone = sim.replicate({**toy, "expect": [], "what_if": {}, "firms": {"Root": {}}}, 3)
    assert alone.explain("market_share") == (
        "The market share of Root in year 2 is 100 % (95 % interval 100 % to 100 %, 3 runs).")
    assert alone.plot().get_lines(), "customers over time"
    assert {path.name for path in alone.save(tmp_path / "alone").iterdir()} >= {"replication.png", "replication.csv"}
