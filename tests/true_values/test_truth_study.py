"""Estimators against the truth: scores by hand, over several runs, saved whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from markets import small_market

import sim
from sim.statistics.intervals import mean_interval
from sim.studies import truth as study_module
from sim.studies.truth import TruthPlan, TruthStudy
from sim.true_values.scores import EstimatedValues, misdirected, rank_correlation, score
from sim.valuation import estimators
from sim.valuation.log import FirmLog

MARKET: dict[str, Any] = {"clock.years": 2.0, "market.leave_per_year": 0.2, "people.purchases_per_year.mean": 8.0,
                          "firms.Rush.information": "sales"}


@pytest.fixture(scope="module")
def study() -> TruthStudy:
    return sim.truth(small_market(MARKET, customers=120), at=1.25, horizon=1.0, runs=3, replications=3, seed=7)


@pytest.fixture
def one_estimator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the quickest estimator, where estimates are not what is tested."""
    monkeypatch.setattr(estimators, "names", lambda: ("last_year_continued",))


def test_what_is_printed_of_a_study_fits_eighty_letters_and_names_every_estimator(study: TruthStudy) -> None:
    lines = str(study).splitlines()
    assert lines[0] == "<TruthStudy of mapping: year 1.25 to 2.25, 3 futures of each of 3 runs>"
    assert max(map(len, lines)) <= 80
    scores = study.scores()
    assert len(lines) == 2 + len(scores)
    for line, row in zip(lines[2:], scores.to_dict("records"), strict=True):
        assert line.startswith(row["firm"])
        assert row["title"] in line
        assert line.endswith(f"{row['misdirected_share']:.2f}")
    assert study._repr_html_().startswith("<pre>&lt;TruthStudy")


def test_scores_by_hand() -> None:
    """Ten customers, estimates one too high for all but the best, who is taken for the worst."""
    true = np.arange(10.0)
    estimate = np.append(true[:9] + 1.0, -1.0)
    one = EstimatedValues("Root", "mine", "mine", "", np.arange(10), estimate, true, np.zeros(10))
    found = score(one)
    assert found["customers_people"] == 10
    assert found["mean_absolute_error_money"] == pytest.approx((9 * 1.0 + 10.0) / 10)
    assert found["bias_money"] == pytest.approx((9 * 1.0 - 10.0) / 10)
    assert found["misdirected_share"] == 0.5  # chosen 8 and 7, true top fifth 9 and 8
    d = np.array([1.0] * 9 + [-9.0])
    assert found["rank_correlation"] == pytest.approx(1 - 6 * (d**2).sum() / (10 * 99))


def test_perfect_and_blind_choices() -> None:
    luck = np.random.default_rng(4)
    true = luck.normal(size=2000)
    assert misdirected(true * 3 + 1, true) == 0.0
    assert rank_correlation(np.exp(true), true) == pytest.approx(1.0)
    blind = [misdirected(luck.normal(size=2000), true) for _ in range(40)]
    assert np.mean(blind) == pytest.approx(0.8, abs=0.02)
    assert misdirected(np.array([1.0]), np.array([5.0])) == 0.0
    assert np.isnan(rank_correlation(np.zeros(5), np.arange(5.0)))


def test_every_run_has_its_own_truth_and_intervals_are_over_runs(study: TruthStudy) -> None:
    rows = study.runs()
    assert rows["seed"].unique().tolist() == [7, 8, 9]
    table = study.scores()
    assert len(table) == 2 * len(estimators.names())
    for row in table.to_dict("records"):
        mine = rows[(rows["firm"] == row["firm"]) & (rows["estimator"] == row["estimator"])]
        over = mean_interval(mine["rank_correlation"].to_numpy())
        assert (row["rank_correlation"], row["rank_correlation_low"], row["rank_correlation_high"], row["n"]) == (
            over.value, over.low, over.high, 3)
        assert 0.0 <= row["misdirected_share"] <= 1.0
    windows = study.seen()
    one = study.runs("seen")
    mine = one[(one["firm"] == "Root") & one["own_window"]]
    mean = windows[(windows["firm"] == "Root") & windows["own_window"]].iloc[0]
    assert mean["active_but_gone_people"] == pytest.approx(mine["active_but_gone_people"].mean())
    assert mean["n"] == 3


def test_a_single_run_is_that_of_the_run_itself(study: TruthStudy) -> None:
    run = sim.run(small_market(MARKET, customers=120), seed=9)
    truth = run.true_values(1.25, 1.0, replications=3)
    assert study.last is not None
    pd.testing.assert_frame_equal(truth.table(), study.last.table())
    mine = study.runs("seen").query("run == 2").drop(columns=["run", "seed"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(truth.seen(), mine)


def test_one_run_has_no_interval(one_estimator: None) -> None:
    alone = sim.truth(small_market(MARKET, customers=60), at=1.0, horizon=0.5, runs=1, replications=2).scores()
    assert alone["rank_correlation_low"].isna().all()
    assert alone["rank_correlation"].notna().all()


def test_who_records_no_names_could_not_have_known(study: TruthStudy) -> None:
    could = study.scores().groupby("firm")["firm_could"].all().to_dict()
    assert could == {"Rush": False, "Root": True}


def test_an_estimator_of_ones_own_is_held_against_the_same_truth(study: TruthStudy) -> None:
    truth = study.last
    assert truth is not None

    def tells_the_truth(log: FirmLog) -> Any:
        return truth.found.residual[log.firm][log.customers] / 100

    def fails(log: FirmLog) -> Any:
        raise ValueError("nothing is known")

    own: dict[str, Any] = {"oracle": tells_the_truth, "fails": fails, "short": lambda log: [1.0]}
    with pytest.raises(ValueError, match=r"'short' gave \(1,\) values"):
        truth.scores("Root", own)
    table = truth.scores("Root", {name: own[name] for name in ("oracle", "fails")}).set_index("estimator")
    assert table.loc["oracle", "mean_absolute_error_money"] == 0.0
    assert table.loc["oracle", "misdirected_share"] == 0.0
    assert table.loc["oracle", "rank_correlation"] == pytest.approx(1.0)
    assert table.loc["fails", "reason"] == "nothing is known"
    assert np.isnan(table.loc["fails", "rank_correlation"])
    best = table.drop(index=["oracle", "fails"])["mean_absolute_error_money"].min()
    assert best > 0


def test_a_firm_from_which_nobody_bought_has_nothing_to_estimate(tmp_path: Path) -> None:
    scenario = small_market({**MARKET, "firms.Rush.price": 100_000.0, "psychology.choice.outside": -20.0}, customers=60)
    study = sim.truth(scenario, at=1.0, horizon=0.5, runs=2, replications=2)
    table = study.scores()
    rush = table[table["firm"] == "Rush"]
    assert set(rush["reason"]) == {"nobody has bought from the firm yet"}
    assert not rush["n"].any()
    seen = study.seen()
    assert not seen.loc[seen["firm"] == "Rush", ["active_people", "silent_people", "gap_money"]].to_numpy().any()
    from sim.cli.commands.truth import lines

    text = "\n".join(lines(study, 1.0))
    assert "sBG by tenure was not computed: nobody has bought from the firm yet." in text
    assert {path.name for path in study.save(tmp_path / "truth").glob("*.png")} == {"true_against_estimated-2-Root.png"}
    assert study.last is not None
    strange = study.last.scores("Root", {"strange": lambda log: np.full(log.customers.size, np.inf)})
    assert strange.set_index("estimator").loc["strange", "reason"].endswith("values are no finite numbers")


def test_estimates_are_of_everybody_in_the_log(study: TruthStudy) -> None:
    truth = study.last
    assert truth is not None
    table, values = truth.estimates("Root"), truth.table().set_index(["firm", "customer_id"])
    ever = values.loc["Root"].query("purchases_units > 0")
    for _, mine in table.groupby("estimator"):
        assert mine["customer_id"].tolist() == ever.index.tolist()
        assert mine["residual_money"].tolist() == ever["residual_money"].tolist()
    assert table.attrs == {"currency": "EUR", "futures": 3, "at": 1.25, "horizon": 1.0}


def test_dates_are_chosen_where_none_are_given() -> None:
    scenario = small_market({"clock.years": 2.0, "clock.period": "quarter"})
    assert TruthPlan().date(scenario) == 1.25
    assert TruthPlan(at=0.5).date(scenario) == 0.5
    assert TruthPlan().date(small_market({"clock.years": 5.0})) == 3.25
    assert TruthPlan().date(small_market({"clock.years": 0.25})) == 0.25


@pytest.mark.parametrize(("asked", "words"), [
    ({"runs": 0}, "runs=0"), ({"firm": "Rot"}, "did you mean Root"), ({"replications": 1}, "replications=1"),
    ({"at": 99.0}, "at=99"), ({"seed": -1}, "whole number from 0"),
])
def test_what_cannot_be_asked_is_said(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sim.truth(small_market(MARKET, customers=20), **{"runs": 1, "replications": 2, **asked})


def test_a_study_that_is_stopped_tells_what_it_has(monkeypatch: pytest.MonkeyPatch, one_estimator: None) -> None:
    real, count = study_module.run_market, []

    def stops(*arguments: Any) -> Any:
        count.append(1)
        if len(count) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(study_module, "run_market", stops)
    scenario = small_market(MARKET, customers=40)
    found = sim.truth(scenario, at=1.0, horizon=0.5, runs=3, replications=2)
    assert found.note == "Stopped after 1 of 3 runs; their results are shown."
    assert len(found.seeds) == 1
    count.append(1)
    monkeypatch.setattr(study_module, "run_market", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        sim.truth(scenario, at=1.0, horizon=0.5, runs=3, replications=2)


def test_progress_counts_every_future_of_every_run(one_estimator: None) -> None:
    told: list[tuple[int, int]] = []
    sim.truth(small_market(MARKET, customers=30), at=1.0, horizon=0.25, runs=2, replications=3,
              progress=lambda done, total, _: told.append((done, total)))
    assert told[0] == (0, 10)
    assert told[-1] == (10, 10)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_study_is_saved_whole_or_not_at_all(study: TruthStudy, one_estimator: None, tmp_path: Path) -> None:
    folder = study.save(tmp_path / "truth")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["estimates.csv", "runs.csv", "scores.csv", "seen.csv", "true_against_estimated-1-Rush.png",
                     "true_against_estimated-2-Root.png", "truth.json", "values.csv"]
    about = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert (about["seeds"], about["futures"], about["valuation_year"]) == ([7, 8, 9], 3, 1.25)
    values = pd.read_csv(folder / "values.csv")
    assert study.last is not None
    assert values["residual_money"].sum() == pytest.approx(study.last.table()["residual_money"].sum())
    study.save(folder)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not a saved truth study"):
        study.save(tmp_path / "thesis")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thesis", "truth"]
