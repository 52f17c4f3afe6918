"""The whole chain on the real market: the books, the metrics and the comparison agree with each other."""

import numpy as np
import pytest

import sim
from sim.engine.state import COSTS
from sim.metrics.money import customer_profit
from sim.metrics.registry import period_metrics
from sim.text.findings import IDENTICAL
from sim.valuation.person import customer_equity

UNALLOCATED = ("advertising", "service", "people", "capacity")
SMALL = {
    "question": "Deals or relations?",
    "clock": {"years": 2.5, "warm_up_years": 0.5}, "market": {"customers": 250, "leave_per_year": 0.2},
    "firms": {
        "Rush": {"strategy": "transactional", "win_back": {"reach": 1.0}},
        "Root": {"strategy": "relationship", "care": {"proactive": 0.5}},
        "Third": {"price_cut": {"depth": 0.3, "to": "newcomers"}},
    },
    "what_if": {"nothing": {"firms": {"Root": {"quality": 0.7}}}, "worse": {"firms": {"Root": {"quality": 0.55}}}},
}


@pytest.fixture(scope="module")
def run():
    return sim.run(SMALL, seed=5)


def test_payments_equal_revenue(run):
    paid = run.transactions.groupby(["period", "firm"])["amount"].sum()
    booked = run.ledger[run.ledger["account"] == "revenue"].set_index(["period", "firm"])["amount"]
    assert (booked[booked > 0] == paid.reindex(booked[booked > 0].index)).all()
    assert paid.sum() == booked.sum()


def test_contributions_and_costs_without_a_customer_make_the_profit(run):
    records = run.records
    contribution = np.zeros((records.periods, len(records.firms)), dtype=np.int64)
    rows = records.transactions
    np.add.at(contribution, (rows.period, rows.firm), rows.margin)
    allocated = records.costs(*(name for name in COSTS if name not in UNALLOCATED))
    assert (contribution == records.account("revenue") - allocated).all()
    assert (customer_profit(records).sum(axis=1) == contribution.sum(axis=0)).all()


def test_the_walk_finds_the_customers_that_the_engine_counted(run):
    records = run.records
    assert (records.history.active == records.count("active_customers")).all()
    units = run.transactions.groupby(["period", "firm"])["units"].sum()
    sold = run.periods.set_index(["period", "firm"])["sold_units"]
    assert (units == sold.reindex(units.index)).all()


def test_the_survey_asks_the_active_customers(run):
    for wave in run.records.surveys:
        assert (wave.asked == run.records.count("active_customers")[wave.period]).all()
        assert (wave.answered <= wave.asked).all()
        assert (wave.quadrants.sum(axis=0) == wave.answered).all()
        assert (wave.inner_quadrants.sum(axis=0) == wave.asked).all()


def test_metrics_stay_inside_their_ranges(run):
    for name, one in period_metrics().items():
        values = run.periods[name].dropna()
        if one.unit in ("share", "0..1"):
            assert values.between(0, 1).all(), name
        if one.unit == "people":
            assert (values >= 0).all(), name
        if one.unit == "-1..1":
            assert values.between(-1, 1).all(), name
    assert run.periods["nps_points"].dropna().between(-100, 100).all()
    assert run.periods["market_share"].notna().any()


def test_keeping_less_changes_no_number(run):
    totals = sim.run(SMALL, seed=5, records="totals")
    assert (totals.records.ledger == run.records.ledger).all()
    assert (totals.records.counts == run.records.counts).all()
    assert (totals.records.surveys[-1].quadrants == run.records.surveys[-1].quadrants).all()
    assert totals.transactions.empty
    assert totals.periods["kept_one_year_share"].isna().all()


def test_a_saved_run_gives_the_same_numbers_again(run, tmp_path):
    again = sim.replay(run.save(tmp_path / "small"))
    assert again.sentence == "Every number is equal."


def test_equity_of_the_firm_is_that_of_its_persons(run):
    persons, equity = run.person_equity, customer_equity(run.records)
    residual = persons.groupby("firm")["residual_money"].sum()
    for place, firm in enumerate(run.records.firms):
        assert residual[firm] == pytest.approx(equity.today[place])
    to_date = persons.groupby("firm")["contribution_money"].sum()
    assert to_date.to_dict() == pytest.approx(dict(zip(
        run.records.firms, customer_profit(run.records).sum(axis=1) / 100, strict=True)))


def test_twin_worlds():
    found = sim.compare(SMALL, replications=4, seed=40)
    table = found.table("all").set_index(["world_b", "metric", "firm"])
    nothing = table.loc["nothing"]
    assert (nothing.loc[nothing["n"] > 0, "verdict"] == IDENTICAL).all()
    assert str(found.customers_changed["nothing"]).startswith("0 of 250")
    assert table.loc[("worse", "satisfaction_0_1", "Root"), "verdict"] == "lower"
    assert found.customers_changed["worse"].count > 10
