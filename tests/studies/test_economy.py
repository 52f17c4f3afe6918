"""The measures of a product class: each against a case whose answer is known, and the market it measures."""

import numpy as np
import pytest

import sim
from sim.cli.commands.economy import BEGIN, END, inserted
from sim.engine.state import COSTS
from sim.firms import book
from sim.market.simulation import Simulation
from sim.runs.execute import whole_run
from sim.scenario.schema.firm import Levers
from sim.studies.economy import _best_price
from sim.studies.economy_market import (
    MEASURES,
    MISSED,
    NO_TARGET,
    OF_CLASS,
    REACHED,
    ROOM,
    SPENT_ON,
    Measure,
    books,
    classes,
    measures_of,
    notices,
    points_of,
    typical_market,
    typical_shares,
)

SMALL = {"question": "What is it worth?", "market": {"customers": 150}, "people": {"purchases_per_year": {"mean": 12}}}


@pytest.fixture(scope="module")
def study():
    return sim.economy(SMALL, 2, seed=5)


def test_the_best_price_is_the_top_of_the_parabola_over_log_price():
    top = np.log(1.2)
    curve = {price: np.array([5 - (np.log(price) - top) ** 2, 5 + np.log(price), 9 - np.log(price)])
             for price in (0.8, 0.9, 1.0, 1.1, 1.25)}
    assert _best_price(curve) == pytest.approx([1.2, 2.0, 0.5])  # without a top: the better end, at most twice


@pytest.mark.parametrize(("low", "high", "value", "verdict"), [
    (0.9, 1.1, 0.9, REACHED), (0.9, 1.1, 1.1, REACHED), (0.9, 1.1, 1.11, MISSED), (0.1, np.nan, 7.0, REACHED),
    (0.1, np.nan, 0.09, MISSED), (0.9, 1.1, np.nan, MISSED), (np.nan, np.nan, 3.0, NO_TARGET),
])
def test_a_target_is_reached_or_missed(low, high, value, verdict):
    assert Measure("one", "one", "", low, high).verdict(value) == verdict


def test_a_typical_market_spends_what_the_class_grants_and_could_spend_more():
    shop = sim.load("coffee_shop")
    market = typical_market(shop)
    assert market.clock.warm_up_years == 3
    assert market.budget.per_person_per_year == ROOM * shop.budget.per_person_per_year
    spent = [sum(getattr(firm.spending, account) for account in SPENT_ON) for firm in market.firms.values()]
    assert spent == pytest.approx([1 / ROOM] * 2)
    own = typical_market(sim.load("toothpaste"))
    assert len(own.firms) == 8
    assert all(firm == own.firms["Alba"] for firm in own.firms.values())
    assert not own.expect
    assert typical_shares(own) == {"advertising": 1 / ROOM}, "brands of a packaged good only advertise"
    assert "last_euro_relations" not in [one.name for one in measures_of(own)]
    for one in (market, own):
        levers = next(iter(one.firms.values())).model_dump(include=set(Levers.model_fields))
        assert levers == one.past.model_dump(), "firms go on as in the past"


def test_points_change_one_firm_from_the_end_of_the_past_on():
    market = typical_market(sim.load("coffee_shop"))
    points = {point.name: point for point in points_of(market)}
    assert len(points) == 20
    assert points["total 0"].changes == dict.fromkeys((f"firms.Alpha.spending.{account}" for account in SPENT_ON), 0.0)
    assert points["mix 1"].changes["firms.Alpha.spending.relations"] == pytest.approx(1 / ROOM)
    assert points["price 1.1"].changes == {"firms.Alpha.price": pytest.approx(1.1 * market.product.price)}


def test_the_past_of_a_class_goes_on_in_its_typical_firms():
    market = typical_market(sim.load(SMALL, {"past.quality": 0.8, "past.spending.advertising": 0.1}))
    assert [firm.quality for firm in (market.past, *market.firms.values())] == [0.8] * 3
    assert market.past.spending.advertising == pytest.approx(0.1 / ROOM)


def test_books_are_those_of_the_ledger_after_the_past():
    records = whole_run(typical_market(sim.load(SMALL)), 3)
    found = books(records)
    start = records.warm_up
    for f in range(2):
        revenue = records.account("revenue")[start:, f].sum() / records.minor_units
        costs = sum(records.account(name)[start:, f].sum() for name in COSTS) / records.minor_units
        assert found["revenue"][f] == pytest.approx(revenue)
        assert found["profit"][f] == pytest.approx(revenue - costs)
    assert start == 36


@pytest.mark.parametrize("more", [
    {}, {"market.growth": {"kind": "bass"}}, {"mechanisms.advertising_stock": 0.0}, {"clock.period": "week"},
])
def test_notices_are_those_by_which_people_were_reached_in_the_run(more, monkeypatch):
    market, reached, made = typical_market(sim.load(SMALL, more)), [], book.firm_rows

    def noted(curves, plans, situation, columns=None):
        rows = made(curves, plans, situation, columns)
        reached.append(-np.log1p(-np.asarray(rows.firm.reach)) * situation.people)
        return rows

    monkeypatch.setattr(book, "firm_rows", noted)
    run = Simulation(market, 3, 3)
    while run.now < run.periods:
        run.step()
    assert notices(run.records()) == pytest.approx(np.array(reached))
    assert np.array(reached).min() > 0


def test_the_price_of_a_notice_is_what_advertising_costs_over_notices(study):
    found = study.table().set_index("measure").loc["notice_price"]
    paid, given = study.at("as written", "advertising"), study.at("as written", "notices")
    assert found["value"] == pytest.approx((1000 * paid / given).mean())
    assert (study.at("total 0", "notices") < given).all()


def test_published_figures_stand_beside_the_measures_of_their_class_and_judge_nothing(study):
    assert set(OF_CLASS) == set(classes())
    for name, figures in OF_CLASS.items():
        scenario = sim.load(name)
        measures = {one.name: one for one in measures_of(scenario)}
        assert all(figures[measure] in measures[measure].published for measure in figures)
        assert "The CMO Survey" in measures["marketing_share"].published, "what holds everywhere stays"
        own = {one.name: one.verdict(0.1) for one in MEASURES if one.name in measures and one.name != "profit_share"}
        assert {one: measures[one].verdict(0.1) for one in own} == own
    lines = study.lines()
    printed, beside = "\n".join(lines), lines[lines.index("") + 1:]
    for label, text in study.table()[["label", "published"]].to_numpy().tolist():
        assert (f"{label}: {text[:20]}" in printed) == bool(text)
    assert printed.count("no published figure found") == 1
    assert max(map(len, beside)) <= 98


def test_every_measure_has_a_row_and_the_curves_begin_with_spending_nothing(study):
    table = study.table()
    assert table["measure"].tolist() == [measure.name for measure in MEASURES]
    assert set(table["verdict"]) <= {REACHED, MISSED, NO_TARGET}
    assert list(study.curve("total")) == [0.0, 0.25, 0.5, 1.0, 1.5, 2.0]
    assert list(study.curve("price")) == [0.8, 0.9, 1.0, 1.1, 1.25]
    idle, best = study.curve("total")[0.0], max(study.curve("total").values(), key=lambda profit: profit.mean())
    gain = table.set_index("measure").loc["gain_over_nothing", "value"]
    assert gain == pytest.approx((best - idle).mean() / abs(idle.mean()))
    assert "targets reached" in study.explain()


def test_more_spending_is_booked_as_more_spending(study):
    for account in SPENT_ON:
        assert (study.at(f"more {account}", account) >= study.at("as written", account)).all()
    assert (study.at("total 0", "advertising") == 0).all()


def test_classes_are_markets_for_others_to_build_on():
    assert {"coffee_shop", "mobile_subscription", "toothpaste"} <= set(classes())
    assert "base" not in classes()
    assert "first_look" not in classes()
    targets = {one.name: one for one in measures_of(sim.load("coffee_shop"))}
    assert (targets["profit_share"].low, targets["profit_share"].high) == (0.03, 0.15)


def test_tables_go_between_their_marks(study):
    text = inserted(f"# Economy\n{BEGIN}\nold\n{END}\nend\n", [study])
    assert "old" not in text
    assert text.endswith(f"{END}\nend\n")
    assert text.count("\n| ") >= len(MEASURES)


def test_one_replication_has_no_interval():
    with pytest.raises(ValueError, match="two replications"):
        sim.economy(SMALL, 1)
