"""The break-even clock of two what-ifs: worked by hand, by discount rate, and for a what-if of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.runs.results import Results
from sim.runs.store import MemoryStore
from sim.runs.summary import Summary
from sim.runs.task import DONE, Kept, TaskResult
from sim.scenario.load import load
from sim.statistics.overtaking import overtaking_date
from sim.studies.decomposition import _lead, break_even_table
from sim.studies.study import Study, plan_of

PLAIN = {"question": "When?", "clock": {"period": "quarter", "years": 1}, "firms": {"Root": {}},
         "money": {"discount_rate": 0.0}}


def study_of(*pairs: tuple[list[float], list[float]], **money: Any) -> Study:
    """Runs of two worlds with these profits per quarter."""
    worlds = {name: load({**PLAIN, "firms": {"Root": {"price": price}}, "money": {**PLAIN["money"], **money}})
              for name, price in (("now", 9.0), ("then", 10.0))}
    plan = plan_of(worlds, len(pairs), 1)
    store = MemoryStore(plan)
    store.prepare(range(len(pairs)))
    for task in store.pending():
        profits = pairs[task.replicate][list(worlds).index(task.point)]
        dates = (np.arange(len(profits)) + 1) / 4
        summary = Summary(("Root",), dates, {}, {"cumulative_profit_money": np.cumsum(profits)[:, None]})
        store.record([TaskResult(task, DONE, "", {}, 0.0, Kept(summary))])
    for point, _ in store.runs(plan.layout.points, plan.layout.seeds):
        assert point.status == DONE
    return Study(plan, Results(plan.layout, store, lambda: plan))


def clock(study: Study, *rates: float) -> Any:
    return break_even_table(study, ["Root"], ("now", "then"), rates or None).set_index("discount_rate")


def test_the_date_by_hand() -> None:
    """An outlay of 10, then 6 a quarter: ahead from the end of the third quarter on."""
    row = clock(study_of(([10, 10, 10, 10], [0, 16, 16, 16]))).loc[0.0]
    assert (row["year"], row["runs"], row["overtook"], row["never"]) == (0.75, 1, 1, 0)
    assert np.isnan(row["low"]), "one run has no interval"
    assert row["of_scenario"]


def test_a_higher_discount_rate_puts_break_even_off_and_may_forbid_it() -> None:
    """10 now against 3.6 in each of three quarters: 0.8 more; at 20 % a year they are worth 9.86 only."""
    found = clock(study_of(([10, 0, 0, 0], [0, 3.6, 3.6, 3.6])), 0.0, 0.05, 0.2)
    assert found.loc[0.0, "year"] == found.loc[0.05, "year"] == 1.0
    assert np.isnan(found.loc[0.2, "year"])
    assert found.loc[0.2, "never"] == 1
    assert sum(3.6 * 1.2 ** (-k / 4) for k in (1, 2, 3)) < 10 < sum(3.6 * 1.05 ** (-k / 4) for k in (1, 2, 3))


def test_discounting_is_a_matter_of_years() -> None:
    """10 now against 11.00 half a year later: worth it up to 21 % a year, for 1.21 ^ 0.5 = 1.1."""
    found = clock(study_of(([10, 0, 0, 0], [0, 0, 11.0, 0])), 0.20, 0.22)
    assert found["overtook"].tolist() == [1, 0]


def test_runs_are_counted_and_the_interval_is_over_runs() -> None:
    overtakes = [([10, 10, 10, 10], [0, 21, 10, 10]), ([10, 10, 10, 10], [0, 11, 21, 10]),
                 ([10, 10, 10, 10], [0, 11, 21, 10])]
    others = [([10, 10, 10, 10], [11, 10, 10, 10]), ([10, 10, 10, 10], [9, 10, 10, 10]), ([5, 5, 5, 5], [5, 5, 5, 5])]
    row = clock(study_of(*overtakes, *others)).loc[0.0]
    assert (row["runs"], row["overtook"], row["always_ahead"], row["never"], row["identical"]) == (6, 3, 1, 1, 1)
    assert (row["year"], row["low"], row["high"]) == (0.75, 0.5, 0.75)
    assert "Identical in 1 more runs" in row["sentence"]


def test_time_before_the_worlds_differ_does_not_count() -> None:
    row = clock(study_of(([5, 5, 5, 5], [5, 5, 6, 5]))).loc[0.0]
    assert row["always_ahead"] == 1


def test_rates_are_the_usual_ones_and_the_scenarios() -> None:
    found = clock(study_of(([1, 1, 1, 1], [0, 2, 2, 2]), discount_rate=0.08))
    assert found.index.tolist() == [0.0, 0.05, 0.08, 0.1, 0.2]
    assert found["of_scenario"].tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(("change", "says"), [
    ({"firms": ["Rot"]}, "no firm 'Rot'"), ({"pair": ("now", "never")}, "no world 'never'"),
    ({"pair": ("now", "now")}, "cannot overtake itself"), ({"discount_rates": [-1.5]}, "discount_rates: -1.5"),
    ({"discount_rates": []}, "discount_rates"),
])
def test_what_is_not_there_is_refused_by_name(change: Any, says: str) -> None:
    asked = {"firms": ["Root"], "pair": ("now", "then"), "discount_rates": None, **change}
    with pytest.raises(ValueError, match=says):
        break_even_table(study_of(([1, 1], [0, 3])), **asked)


def test_worlds_of_different_length_have_no_common_clock() -> None:
    with pytest.raises(ValueError, match="different periods"):
        clock(study_of(([1, 1, 1], [0, 3])))


@pytest.mark.usefixtures("toy_market")
class TestOnComparisons:
    def test_a_what_if_of_nothing_is_identical_at_every_rate(self, toy: Any) -> None:
        found = sim.compare(toy, replications=3, what_if="same").break_even()
        assert (found["identical"] == 3).all()
        assert found["year"].isna().all()
        assert found["sentence"].str.contains("identical in every run").all()

    def test_at_the_scenarios_rate_it_is_the_date_of_the_discounted_lead(self, toy: Any) -> None:
        study = sim.compare(toy, replications=5, what_if="better")
        row = study.break_even("Rush").set_index("of_scenario").loc[True]
        dates = []
        for k in study.complete:
            a, b = (study.summaries[(world, k)] for world in study.worlds)
            lead = [one.series["cumulative_discounted_profit_money"][:, 0] for one in (a, b)]
            dates.append(overtaking_date(a.dates, lead[1] - lead[0]))
        crossed = [date for date in dates if np.isfinite(date)]
        assert row["overtook"] + row["always_ahead"] == len([date for date in dates if date < np.inf])
        assert np.isnan(row["year"]) if row["overtook"] == 0 else row["year"] >= min(crossed)

    def test_turned_round_it_is_the_other_one_that_overtakes(self, toy: Any) -> None:
        study = sim.compare(toy, replications=4, what_if="better")
        one = study.break_even("Rush", discount_rates=[0.0]).iloc[0]
        other = study.break_even("Rush", "better", "as written", [0.0]).iloc[0]
        assert one["overtook"] + one["always_ahead"] == other["never"]

    def test_three_ways_add_up_and_a_what_if_of_nothing_has_none(self, toy: Any) -> None:
        study = sim.compare(toy, replications=4)
        for measure in ("customer_equity", "discounted_profit"):
            table = study.three_ways("Rush", world_b="better", measure=measure)
            parts = table[(table["factor"] == "") & (table["way"] != "difference")]
            whole = table[table["way"] == "difference"].iloc[0]
            assert parts["part"].sum() == pytest.approx(whole["part"], rel=1e-9)
            assert whole["residual"] <= 1e-9 * abs(whole["mean_b"])
            factors = table[(table["factor"] != "") & (table["way"] == "acquisition")]
            acquisition = parts[parts["way"] == "acquisition"]["part"].iloc[0]
            assert factors["part"].sum() == pytest.approx(acquisition)
            nothing = study.three_ways(world_b="same", measure=measure)
            assert (nothing[nothing["n"] > 0]["part"] == 0).all()
        metric = study.table(["customer_equity_money"]).set_index(["world_b", "firm"]).loc[("better", "Rush")]
        found = study.three_ways("Rush", world_b="better")
        assert found[found["way"] == "difference"]["part"].iloc[0] == pytest.approx(metric["difference"])

    def test_three_ways_need_their_runs_and_a_known_measure(self, toy: Any) -> None:
        study = sim.compare(toy, replications=1, what_if="same")
        with pytest.raises(ValueError, match="measure: 'profits'"):
            study.three_ways(measure="profits")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="no world 'worse'"):
            study.three_ways(world_b="worse")
        with pytest.raises(ValueError, match="no firm 'Rot'"):
            study.three_ways("Rot")
        study.observed.clear()
        with pytest.raises(ValueError, match="kept purchases"):
            study.three_ways()


@pytest.mark.parametrize(("timing", "first"), [("at_start", 1.0), ("one_period_later", 1.1)])
def test_a_lead_counts_from_the_end_of_the_warm_up_or_a_period_later(timing: str, first: float) -> None:
    """At 46.41 % a year, 10 % a quarter: 11 in the first quarter and 12.1 in the third; before them nothing differs."""
    study = study_of(([0], [0]), first_margin=timing)
    lead = _lead(study, np.array([0.0, 11.0, 0.0, 12.1]), np.array([0.25, 0.5, 0.75, 1.0]), 0.4641)
    assert np.isnan(lead[0])
    assert lead[1:].tolist() == pytest.approx([10.0 / first, 10.0 / first, (10.0 + 12.1 / 1.331) / first])
