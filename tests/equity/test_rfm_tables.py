"""RFM tables by hand, against the published CDNOW summary and lifetimes, from runs; scores; hold-outs."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from cdnow import log as cdnow_log
from cdnow import summary
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.equity.rfm import _distinct, holdout, read_log, rfm_score, rfm_table

ANNA = [("anna", "2024-01-01", 5.0), ("anna", "2024-01-03", 7.0), ("anna", "2024-01-09", 8.0),
        ("anna", "2024-02-05", 30.0)]
BORIS = [("boris", "2024-01-10", 9.0), ("boris", "2024-01-10", 1.0)]
SHOP = pd.DataFrame(ANNA + BORIS, columns=["customer_id", "date", "amount"])


def test_weeks_by_hand() -> None:
    """Monday 1 January and Wednesday 3 January are one week, and so are two purchases of one day."""
    table = rfm_table(SHOP, unit="W")
    assert table.columns.tolist() == ["customer_id", "frequency", "recency", "T", "monetary_value"]
    assert table.to_dict("list") == {
        "customer_id": ["anna", "boris"], "frequency": [2, 0], "recency": [5.0, 0.0], "T": [5.0, 4.0],
        "monetary_value": [19.0, 0.0]}


@pytest.mark.parametrize(("unit", "frequency", "recency", "observed"), [
    ("D", 3, 35.0, 35.0), ("W", 2, 5.0, 5.0), ("M", 1, 1.0, 1.0)])
def test_units_of_time(unit: str, frequency: int, recency: float, observed: float) -> None:
    anna = rfm_table(SHOP, unit=unit).iloc[0]
    assert (anna["frequency"], anna["recency"], anna["T"]) == (frequency, recency, observed)


def test_weeks_are_the_default_for_dates_and_days_can_be_told_in_weeks() -> None:
    pd.testing.assert_frame_equal(rfm_table(SHOP), rfm_table(SHOP, unit="W"))
    scaled = rfm_table(SHOP, unit="D", time_scaler=7)
    assert scaled["T"].tolist() == [5.0, 26 / 7]
    assert scaled["frequency"].tolist() == [3, 0]


def test_the_end_cuts_and_stretches() -> None:
    early = rfm_table(SHOP, unit="D", end="2024-01-08")
    assert early.to_dict("list") == {"customer_id": ["anna"], "frequency": [1], "recency": [2.0], "T": [7.0],
                                     "monetary_value": [7.0]}
    late = rfm_table(SHOP, unit="D", end=pd.Timestamp("2024-03-01 18:00"))
    assert late["T"].tolist() == [60.0, 51.0]


def test_dates_of_every_kind_give_the_same() -> None:
    wanted = rfm_table(SHOP, unit="D")
    dates = pd.to_datetime(SHOP["date"])
    kinds = (dates, dates.dt.tz_localize("Europe/Berlin"), dates.dt.date, SHOP["date"] + " 23:59:00",
             dates.dt.strftime("%d.%m.%Y"), dates.dt.strftime("%Y%m%d"))
    for kind in kinds:
        pd.testing.assert_frame_equal(rfm_table(SHOP.assign(date=kind), unit="D"), wanted)


def test_numeric_times_are_periods() -> None:
    log = pd.DataFrame({"who": [7, 7, 7, 3], "when": [0.2, 3.9, 8.0, 5.0], "paid": [1.0, 2.0, 4.0, 3.0]})
    table = rfm_table(log, customer="who", date="when", amount="paid", end=12)
    assert table.to_dict("list") == {"customer_id": [3, 7], "frequency": [0, 2], "recency": [0.0, 8.0],
                                     "T": [7.0, 12.0], "monetary_value": [0.0, 3.0]}
    assert rfm_table(log, customer="who", date="when", amount=None, unit=4.0, end=12)["recency"].tolist() == [0.0, 2.0]
    with pytest.raises(ValueError, match="the times of this log are numbers"):
        rfm_table(log, customer="who", date="when", amount="paid", unit="W")


def test_the_published_summary_of_cdnow_comes_out() -> None:
    """Days with a purchase, time in weeks, up to 30 September 1997 (Fader and Hardie's summary, two decimals)."""
    log = read_log(cdnow_log())
    table = rfm_table(log.frame, unit="D", time_scaler=7, end="1997-09-30")
    published = summary()
    assert table["customer_id"].tolist() == published["customer_id"].tolist()
    assert table["frequency"].tolist() == published["frequency"].tolist()
    for name in ("recency", "T", "monetary_value"):
        assert np.abs(table[name] - published[name]).max() < 0.0051


def test_same_as_lifetimes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        utils = pytest.importorskip("lifetimes.utils", reason="lifetimes is not installed: no cross-check")
        log = cdnow_log()
        log["date"] = pd.to_datetime(log["date"].astype(str))
        for unit in ("D", "W"):
            theirs = utils.summary_data_from_transaction_data(log, "customer_id", "date", "amount", freq=unit)
            ours = rfm_table(log, unit=unit)
            for name in ("frequency", "recency", "T", "monetary_value"):
                assert ours[name].to_numpy() == pytest.approx(theirs[name].to_numpy(), abs=1e-9)
        split = utils.calibration_and_holdout_data(log, "customer_id", "date", "1997-09-30",
                                                   monetary_value_col="amount", freq="D")
    ours = holdout(log, "1997-09-30", unit="D")
    for name in ("frequency_cal", "recency_cal", "T_cal", "frequency_holdout", "duration_holdout"):
        assert ours[name.removesuffix("_cal")].to_numpy() == pytest.approx(split[name].to_numpy())
    later = log[(log["date"] > "1997-09-30")].groupby("customer_id")["amount"].sum()
    assert ours.set_index("customer_id")["spend_holdout"].sum() == pytest.approx(later.sum())


def test_holdout_by_hand() -> None:
    table = holdout(SHOP, "2024-01-09", unit="D")
    assert table.to_dict("list") == {
        "customer_id": ["anna"], "frequency": [2], "recency": [8.0], "T": [8.0], "monetary_value": [7.5],
        "frequency_holdout": [1], "spend_holdout": [30.0], "duration_holdout": [27.0]}
    assert "spend_holdout" not in holdout(SHOP, "2024-01-09", unit="D", amount=None)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30), st.floats(0.01, 100)), min_size=2, max_size=60),
       st.integers(0, 29))
@settings(max_examples=60, deadline=None)
def test_both_sides_of_a_split_add_up_to_the_whole(rows: list[tuple[int, int, float]], split: int) -> None:
    log = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    first, last = log["date"].min(), log["date"].max()
    if not first <= split < last:
        with pytest.raises(ValueError, match="split"):
            holdout(log, split)
        return
    table = holdout(log, split).set_index("customer_id")
    whole = rfm_table(log).set_index("customer_id")
    for customer, row in table.iterrows():
        mine = log[log["customer_id"] == customer]
        assert row["frequency"] + 1 + row["frequency_holdout"] == whole.loc[customer, "frequency"] + 1
        assert row["spend_holdout"] == pytest.approx(mine.loc[mine["date"] > split, "amount"].sum())
        assert row["T"] + row["duration_holdout"] == whole.loc[customer, "T"]
        assert 0 <= row["recency"] <= row["T"]
        assert (row["frequency"] == 0) == (row["recency"] == 0)
        assert row["frequency"] <= row["recency"]


def test_a_runs_purchases_of_one_firm_make_a_table() -> None:
    import sim

    run = sim.run("first_look", seed=1, overrides={"market.customers": 150, "clock.years": 3})
    rows = run.transactions[run.transactions["firm"] == "Root"]
    until = int(rows["period"].max()) - 6
    table = rfm_table(rows, date="period", amount="amount_money", end=until)
    assert set(table["customer_id"]) == set(rows.loc[rows["period"] <= until, "customer_id"])
    assert table["frequency"].sum() == (rows["period"] <= until).sum() - len(table), "one row per period and customer"
    one = rows[rows["customer_id"] == table["customer_id"].iloc[0]]
    assert table["T"].iloc[0] == until - one["period"].min()


def test_scores_by_hand() -> None:
    table = pd.DataFrame({"customer_id": range(10), "frequency": range(10), "recency": [0.0, *np.arange(1.0, 10.0)],
                          "T": 9.0, "monetary_value": np.arange(10.0)[::-1]})
    scores = rfm_score(table)
    assert scores["recency_score"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scores["monetary_score"].tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scores["rfm_cell"].iloc[0] == "1-1-5"
    assert scores["rfm_score"].tolist() == [7, 7, 8, 8, 9, 9, 10, 10, 11, 11]
    assert rfm_score(table.drop(columns="monetary_value")).columns.tolist() == [
        "customer_id", "recency_score", "frequency_score", "rfm_cell", "rfm_score"]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(2, 9))
@settings(max_examples=60, deadline=None)
def test_equal_customers_share_a_class_and_more_is_never_worse(counts: list[int], classes: int) -> None:
    table = pd.DataFrame({"customer_id": range(len(counts)), "frequency": counts, "recency": 0.0, "T": 1.0})
    scores = rfm_score(table, classes).set_index(table["frequency"])["frequency_score"]
    assert scores.between(1, classes).all()
    assert scores.groupby(level=0).nunique().eq(1).all()
    assert scores.groupby(level=0).first().is_monotonic_increasing


def test_most_of_cdnow_never_bought_again_and_shares_a_class() -> None:
    scores = rfm_score(summary())
    assert scores.groupby("frequency_score").size().max() == 1411


@pytest.mark.parametrize(("log", "words"), [
    (SHOP.drop(columns="amount"), "amount: there is no column 'amount'; log has customer_id, date"),
    (SHOP.assign(date="soon"), "date, row 1: 'soon' is no date"),
    (SHOP.assign(customer_id=None), "row 1 names no customer"),
    (SHOP.assign(amount="x"), "amount, row 1: 'x' is no amount"),
    (SHOP.assign(amount=np.nan), "amount, row 1"),
    (SHOP.iloc[:0], "log: no rows"),
])
def test_bad_logs_are_answered_with_column_and_row(log: pd.DataFrame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rfm_table(log)


def test_a_large_log_takes_seconds_not_minutes() -> None:
    import time

    rng = np.random.default_rng(1)
    log = pd.DataFrame({"customer_id": rng.integers(0, 40_000, 400_000), "date": rng.integers(0, 500, 400_000),
                        "amount": rng.gamma(2, 10, 400_000)})
    began = time.process_time()
    assert len(rfm_table(log)) == log["customer_id"].nunique()
    assert time.process_time() - began < 5


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_keys_that_are_counted_are_those_that_would_be_sorted(kind: type) -> None:
    rng = np.random.default_rng(5)
    for span in (1, 3, 40, 10_000, 2**53):
        keys = rng.integers(-span, span, 60).astype(kind)
        for found, right in zip(_distinct(keys), np.unique(keys, return_inverse=True), strict=True):
            assert found.dtype == right.dtype
            assert found.tolist() == right.tolist()
