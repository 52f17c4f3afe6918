"""Tables over runs: means, intervals, and what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim import figures
from sim.metrics.survival import cohort_table
from sim.statistics.intervals import mean_interval
from sim.studies import figure_tables as tables
from sim.studies.differences import means, quantiles_over_runs
from sim.studies.figure_tables import draw, save_pictures, table_for
from sim.studies.replicate import Replication

SMALL = {"market.customers": 200, "clock.years": 3, "clock.warm_up_years": 0}
RUNS = 3


@pytest.fixture(scope="module")
def study() -> Replication:
    return sim.replicate("first_look", RUNS, overrides=SMALL)


@pytest.fixture(scope="module")
def one() -> sim.Run:
    return sim.run("first_look", seed=1, overrides=SMALL)


@pytest.mark.parametrize("name", figures.names_from_runs())
def test_every_picture_has_its_table_and_draws_it(study: Replication, one: sim.Run, name: str) -> None:
    from matplotlib.figure import Figure

    for source in (study, one):
        ax = Figure().subplots()
        assert draw(name, source, ax, finding="what was found") is ax
        assert ax.get_title(loc="left") == "what was found"
        assert table_for(name, source).attrs["currency"] == "EUR"


def test_means_and_intervals_are_those_of_students_t() -> None:
    values = np.array([[1.0, 5.0], [2.0, np.nan], [4.0, 7.0]])
    found = means(values)
    for place in (0, 1):
        wanted = mean_interval(values[:, place])
        assert found["mean"][place] == pytest.approx(wanted.value)
        assert (found["low"][place], found["high"][place]) == pytest.approx((wanted.low, wanted.high))


def test_one_run_has_no_interval() -> None:
    assert set(means(np.array([[1.0, 2.0]]))) == {"mean", "n"}


def test_over_time_is_the_mean_of_the_runs(study: Replication) -> None:
    table = tables.over_time(study, "active_customers_people")
    single = [sim.run("first_look", seed=study.seed + k, overrides=SMALL).periods for k in range(RUNS)]
    for firm in study.firms:
        wanted = np.mean([run.loc[run["firm"] == firm, "active_customers_people"] for run in single], axis=0)
        np.testing.assert_allclose(table.loc[table["firm"] == firm, "mean"], wanted)
    assert set(table["n"]) == {RUNS}
    assert (table["low"] <= table["mean"]).all()


def test_quadrants_of_a_firm_add_up_to_one(study: Replication) -> None:
    table = tables.loyalty(study)
    np.testing.assert_allclose(table.groupby("firm")["mean"].sum(), 1.0)
    assert table[["low", "high"]].to_numpy().min() >= 0
    assert table[["low", "high"]].to_numpy().max() <= 1


def test_moods_of_a_firm_add_up_to_one(study: Replication) -> None:
    table = tables.mood(study)
    known = table[list(tables.MOODS)].dropna()
    assert len(known) > 0
    np.testing.assert_allclose(known.sum(axis=1), 1.0)


def test_parts_of_equity_add_up_to_the_total(study: Replication) -> None:
    table = tables.equity(study).set_index(["firm", "part"])["mean"].unstack()
    np.testing.assert_allclose(table["today"] + table["future"] + table["costs"], table["total"])
    wanted = study.table(["customer_equity_money"]).iloc[0]
    assert table.loc["Root", "total"] == pytest.approx(wanted["Root"])


def test_profit_brings_the_paired_difference(study: Replication) -> None:
    table = tables.profit(study)
    found = table.attrs["difference"]
    wide = table.pivot(index="year", columns="firm", values="mean")
    more = wide[found["firm"]] - wide[found["other"]]
    np.testing.assert_allclose(found["mean"], more, atol=1e-6)
    assert found["year"] == more.index.tolist()
    last = [float(np.diff([study.series(study.base, tables.LEAD, firm)[1][k, -1]
                           for firm in (found["other"], found["firm"])])[0]) for k in range(RUNS)]
    wanted = mean_interval(np.array(last))
    assert (found["low"][-1], found["high"][-1]) == pytest.approx((wanted.low, wanted.high))
    assert (found["ahead"], found["n"]) == (sum(value > 0 for value in last), RUNS)


def test_ends_of_a_fan_of_few_runs_are_the_lowest_and_the_highest_run() -> None:
    runs = np.arange(19.0)[:, None]
    assert (quantiles_over_runs(runs)["lowest"], quantiles_over_runs(runs)["highest"]) == (0.0, 18.0)
    many = quantiles_over_runs(np.arange(21.0)[:, None])
    assert (many["lowest"], many["highest"]) == (1.0, 19.0), "5 and 95 % of runs lie below"


def test_tables_say_what_is_switched_off_in_the_market_or_the_chosen_variant(
    study: Replication, tmp_path: Path
) -> None:
    for name, mechanism in (("mood_over_time", "mood"), ("loyalty_quadrants", "commitment")):
        assert "switched_off" not in table_for(name, study).attrs
        file = tmp_path / f"no_{mechanism}.yaml"
        file.write_text(f"extends: first_look\nwhat_if:\n  without: {{mechanisms: {{{mechanism}: 0}}}}\n")
        both = sim.compare(file, 1, overrides=SMALL)
        assert "switched_off" not in table_for(name, both).attrs
        assert f"{mechanism.capitalize()} is switched off" in table_for(name, both, "without").attrs["switched_off"]


def test_tables_name_the_firms_of_the_market(study: Replication) -> None:
    for name in figures.names_from_runs():
        assert table_for(name, study).attrs["firms"] == list(study.firms)


def test_whale_curves_are_those_of_the_runs(study: Replication, one: sim.Run) -> None:
    table = tables.whales(study)
    assert table["customers_share"].nunique() == 101
    runs = [sim.run("first_look", seed=study.seed + k, overrides=SMALL).whales for k in range(RUNS)]
    for firm in study.firms:
        curves = [run[run["firm"] == firm] for run in runs]
        wanted = np.mean([np.interp(np.arange(1, 101) / 100, curve["customers_share"], curve["profit_share"])
                          for curve in curves if len(curve) >= 100], axis=0)
        assert all(len(curve) >= 100 for curve in curves), "then 1 % is at least one customer"
        found = table[(table["firm"] == firm) & (table["customers_share"] > 0)]["mean"]
        np.testing.assert_allclose(found, wanted)
    assert table[table["customers_share"] == 1.0]["mean"].tolist() == [1.0, 1.0]
    assert table.attrs["finding"].startswith("The best fifth of customers makes ")
    assert set(tables.whales(one)) == {"firm", "customers_share", "mean", "n"}


def test_whale_curves_of_firms_without_profit_are_no_picture(one: sim.Run) -> None:
    from dataclasses import replace

    served = {**one.records.ties, "served": one.records.ties["served"] + 10**9}
    poor = sim.Run(replace(one.records, ties=served))
    table = tables.whales(poor)
    assert table.empty
    assert list(table.columns) == ["firm", "customers_share", "mean", "n"]


def test_cohorts_begin_whole_and_are_followed_only_while_everybody_is_watched(one: sim.Run) -> None:
    table = tables.cohorts(one)
    assert (table[table["age_years"] == 0]["mean"] == 1.0).all()
    keys = ["firm", "cohort", "age_years"]
    people = cohort_table(one.records, one.records.year).set_index(keys)["people"]
    watched = people.loc[pd.MultiIndex.from_frame(table[keys])]
    for _, numbers in watched.groupby(level=["firm", "cohort"]):
        assert numbers.nunique() == 1, "nobody of a cohort drops out of sight"
    assert len(watched) < len(people), "ages that only some have reached are left out"


def test_an_unknown_world_or_metric_is_refused(study: Replication) -> None:
    with pytest.raises(ValueError, match="no world 'nowhere'"):
        tables.over_time(study, "market_share", "nowhere")
    with pytest.raises(ValueError, match="not kept over time"):
        tables.over_time(study, "profit_per_smile")
    with pytest.raises(LookupError, match="did you mean"):
        draw("equity_bar", study)


def test_worlds_side_by_side_are_drawn_by_world(tmp_path: Path) -> None:
    twins = sim.compare("placebo_identical_firms", 2, overrides={"market.customers": 100})
    table = tables.worlds_over_time(twins, "active_customers_people", "Left")
    assert set(table["world"]) == set(twins.worlds)
    ax = figures.find("customers_over_time")(table)
    assert any("identical" in text.get_text() for text in ax.texts), "a what-if that changes nothing is one line"


def test_lines_over_time_show_all_variants_of_a_comparison_for_the_firm_that_changes_most() -> None:
    apart = sim.compare({"question": "Who?", "extends": "first_look", "clock": {"years": 1}, "expect": [],
                         "what_if": {"poor": {"firms.Root.quality": 0.3}, "dear": {"firms.Root.price": 6.0}}}, 2,
                        overrides={"market.customers": 100})
    table, most = tables.table_for("customers_over_time", apart), str(apart.forest()["firm"].iloc[0])
    assert (set(table["world"]), set(table["firm"])) == (set(apart.worlds), {most})
    assert draw("customers_over_time", apart).get_title(loc="left") == f"Active customers of {most}, by variant"
    rush = tables.table_for("cumulative_profit", apart, firm="Rush")
    assert (set(rush["world"]), set(rush["firm"])) == (set(apart.worlds), {"Rush"})
    one = tables.table_for("customers_over_time", apart, "poor")
    assert set(one["firm"]) == {"Rush", "Root"}
    assert "firms.Root.quality = 0.3" in one.attrs["changed"]
    ax = draw("customers_over_time", apart, world="poor")
    assert any("market.customers = 100 (was 2000)" in text.get_text() for text in ax.texts)


def test_all_pictures_are_saved_with_their_prefix(study: Replication, tmp_path: Path) -> None:
    paths = save_pictures(study, tmp_path, prefix="small_")
    assert [path.name for path in paths] == [f"small_{name}.png" for name in figures.names_from_runs()]


def test_a_picture_without_a_table_from_runs_is_left_out_and_says_how_it_is_drawn(
    one: sim.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures.find("equity_bars"), "from_runs", ())
    assert "equity_bars" in figures.names()
    assert "equity_bars" not in figures.names_from_runs()
    with pytest.raises(LookupError, match=r"equity_bars is not drawn from runs .*find\('equity_bars'\)\(table\)"):
        table_for("equity_bars", one)
    assert tmp_path / "equity_bars.png" not in save_pictures(one, tmp_path)
