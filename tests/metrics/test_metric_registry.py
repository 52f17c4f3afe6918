"""Metrics exist by being defined; names tell units; every one survives a market in which nothing happens."""

import numpy as np
import pytest

from sim.metrics.attitude import MOODS, trust_0_1
from sim.metrics.frames import (
    customers_frame,
    ledger_frame,
    periods_frame,
    surveys_frame,
    ties_frame,
    transactions_frame,
)
from sim.metrics.market_share import aware_share, market_share, wallet_share
from sim.metrics.registry import SUFFIXES, better_of, collect, kept_over_time, metric, metric_in_words, period_metrics


def test_every_metric_names_its_unit_and_explains_itself():
    metrics = period_metrics()
    assert len(metrics) >= 45
    for name, one in metrics.items():
        assert name.endswith(SUFFIXES[one.unit])
        assert one.function.__doc__
        assert one.formula in one.describe()


def test_two_metrics_of_one_name_are_refused():
    @metric("share", "always one")
    def market_share(records):
        """Another one."""
        return np.ones((records.periods, len(records.firms)))

    with pytest.raises(ValueError, match=r"'market_share' \(sim\.metrics\.market_share and "):
        collect([*period_metrics().values(), market_share])

    @metric("people", "nobody")
    def buyers_people(records):
        """Another one."""
        return np.zeros((records.periods, len(records.firms)))

    with pytest.raises(ValueError, match=r"'buyers_people' \(sim\.metrics\.market_share and "):
        collect([*period_metrics().values(), buyers_people])


def test_a_metric_must_tell_its_unit():
    with pytest.raises(ValueError, match="_money"):
        metric("money", "nothing")(lambda records: records.years)
    with pytest.raises(ValueError, match="euro"):
        metric("euro", "nothing")


def test_a_metric_of_ones_own_joins_the_table(story):
    @metric("units" if "units" in SUFFIXES else "purchases", "purchases twice")
    def doubled_units(records):
        """Twice the purchases."""
        return 2.0 * records.count("units")

    table = periods_frame(story, extra=[doubled_units])
    assert (table["doubled_units"] == 2 * table["sold_units"]).all()


@pytest.mark.parametrize("size", [
    {"people": 0, "periods": 3}, {"people": 1, "periods": 1}, {"people": 3, "periods": 5, "firms": ("Solo",)},
    {"people": 2, "periods": 3, "transactions": None},
])
def test_nothing_happened_gives_no_warning_and_no_wrong_number(make_records, size):
    records = make_records(**size)
    table = periods_frame(records)
    assert len(table) == records.periods * len(records.firms)
    assert (table["sold_units"] == 0).all()
    assert table["market_share"].isna().all()
    for frame in (customers_frame, ties_frame, transactions_frame, ledger_frame, surveys_frame):
        frame(records)


def test_tables_are_tidy(story):
    table = periods_frame(story)
    assert table.columns[:3].tolist() == ["period", "year", "firm"]
    assert table["year"].tolist()[:4] == [0.25, 0.25, 0.5, 0.5]
    ledger = ledger_frame(story)
    rush = ledger[(ledger["firm"] == "Rush") & (ledger["account"] == "revenue")]
    assert rush["amount_money"].tolist() == [20.0, 10.0, 10.0, 10.0, 10.0]


def test_payments_equal_revenue_exactly(story):
    bought = transactions_frame(story).groupby("firm")["amount"].sum()
    booked = ledger_frame(story).query("account == 'revenue'").groupby("firm")["amount"].sum()
    assert bought.to_dict() == booked.to_dict()


def test_shares_of_the_market_and_of_wallets(story):
    assert market_share(story)[0].tolist() == pytest.approx([2 / 3, 1 / 3])
    # after period 1: Rush's buyers are Anna and Boris, who spent 30 there and 20 at Root
    assert wallet_share(story)[1].tolist() == pytest.approx([3000 / 5000, 4000 / 5000])
    # in period 4 the purchases of period 0 are a year old: Root's buyer is Boris alone, all of it at Root
    assert wallet_share(story)[4].tolist() == pytest.approx([1.0, 1.0])
    assert aware_share(story)[0].tolist() == [0.0, 0.0]


def test_means_come_from_whole_numbers(story):
    assert trust_0_1(story)[0].tolist() == [0.5, 0.5]


def test_a_study_keeps_the_course_of_what_is_drawn_over_time():
    moods = {f"{mood}_share" for mood in MOODS}
    assert set(kept_over_time()) == moods | {
        "satisfaction_0_1", "trust_0_1", "commitment_0_1", "active_customers_people", "market_share",
        "cumulative_profit_money", "cumulative_discounted_profit_money", "kept_one_year_share",
        "complaints_per_purchase"}


def test_what_is_no_metric_has_its_own_words():
    assert (metric_in_words("good_words_money"), better_of("good_words_money")) == ("good words", "neither")
    assert metric_in_words("kept_one_year_share") == "customers kept for one year"
