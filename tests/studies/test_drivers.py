"""Value, brand and relationship: which lever is whose, the counterfactuals, and what each driver adds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

import sim
from sim.engine.state import COSTS
from sim.runs.execute import run_market
from sim.scenario.load import load
from sim.scenario.schema.firm import FirmSection, Levers
from sim.studies.counterfactuals import ACCOUNTS_OF, DRIVERS, LEVERS, lever_of, without
from sim.studies.drivers import ADDS_NOTHING, INTERACTION, MEASURES, POCKET, TOGETHER, Drivers, drivers

SMALL = {"market.customers": 120, "clock.years": 1, "market.friends.graph": "none"}


def two(first: Any, second: Any, **more: Any) -> Any:
    return load({"question": "What drives it?", "firms": {"One": first, "Two": second}, **more}, SMALL)


def names_of(kind: type[BaseModel], prefix: str = "") -> list[str]:
    found = []
    for name, field in kind.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += names_of(inner, f"{prefix}{name}.")
        else:
            found.append(f"{prefix}{name}")
    return found


def test_every_lever_belongs_to_exactly_one_driver_for_a_reason() -> None:
    names = names_of(Levers)
    assert len(names) > 30
    for name in names:
        rows = [one for one in LEVERS if name == one.name or name.startswith(f"{one.name}.")]
        assert len(rows) == 1, f"{name} belongs to {len(rows)} drivers"
    for one in LEVERS:
        assert one.driver in DRIVERS
        assert one.reason
        assert one.source
        assert any(name == one.name or name.startswith(f"{one.name}.") for name in names), f"{one.name}: no lever"
    not_levers = set(FirmSection.model_fields) - set(Levers.model_fields)
    assert all(lever_of(name) is None for name in not_levers)


def test_accounts_of_drivers_are_costs_of_the_ledger_and_each_has_one_driver() -> None:
    named = [name for names in ACCOUNTS_OF.values() for name in names]
    assert len(named) == len(set(named))
    assert set(COSTS) - set(named) == {"goods", "serving", "fixed"}


def test_value_off_is_the_mean_of_the_rivals() -> None:
    scenario = load({"question": "?", "firms": {
        "One": {"price": 12.0, "quality": 0.9, "effort": 1.0, "benefits": {"esteem": 0.9},
                "spending": {"service": 0.4, "relations": 0.2}, "capacity": 50.0},
        "Two": {"quality": 0.6, "price": 8.0, "benefits": {"esteem": 0.2}, "spending": {"service": 0.1}},
        "Three": {"quality": 0.7, "benefits": {"esteem": 0.4}},
    }}, SMALL)
    twin = without(scenario, "One", ("value",)).firms["One"]
    assert (twin.price, twin.quality, twin.effort) == (9.0, pytest.approx(0.65), 0.0)
    assert twin.benefits.esteem == pytest.approx(0.3)
    assert twin.benefits.functional == scenario.firms["Two"].benefits.functional
    assert twin.spending.service == pytest.approx(0.05)
    assert twin.spending.relations == 0.2, "other drivers stay as they are"
    assert twin.capacity is None, "a rival without a limit: no limit"


def test_value_off_alone_is_the_reference_of_the_product() -> None:
    scenario = load({"question": "?", "firms": {"One": {"price": 12.0, "quality": 0.9, "price_cut": {"depth": 0.2}}}},
                    SMALL)
    twin = without(scenario, "One", ("value",)).firms["One"]
    assert (twin.price, twin.quality, twin.price_cut.depth) == (10.0, 0.7, 0.0)


def test_price_cuts_are_taken_over_where_rivals_agree_and_averaged_over_time_where_not() -> None:
    cut = {"depth": 0.2, "every_weeks": 13}
    same = without(two({}, {"price_cut": cut}), "One", ("value",)).firms["One"]
    assert same.price_cut == two({}, {"price_cut": cut}).firms["Two"].price_cut
    scenario = load({"question": "?", "clock": {"period": "week"}, "firms": {
        "One": {}, "Two": {"price_cut": cut}, "Three": {"price_cut": {"depth": 0.5, "to": "newcomers"}}}},
        SMALL | {"clock.years": 1})
    mixed = without(scenario, "One", ("value",)).firms["One"].price_cut
    assert (mixed.every_weeks, mixed.to) == (0.0, "everyone")
    assert mixed.depth == pytest.approx((0.2 / 13 + 0.0) / 2)


def test_brand_off_says_what_is_there_and_tells_nobody() -> None:
    scenario = two({"promise": 0.95, "quality": 0.6, "values": 1.0, "spending": {"advertising": 0.7, "people": 0.1}},
                   {"values": 0.25})
    twin = without(scenario, "One", ("brand",)).firms["One"]
    assert (twin.promise, twin.values, twin.spending.advertising, twin.spending.people) == (0.6, 0.25, 0.0, 0.1)
    all_off = without(scenario, "One", DRIVERS).firms["One"]
    assert all_off.promise == all_off.quality == 0.7, "with the value driver off too, the rivals' quality is promised"


def test_relationship_off_knows_and_rewards_nobody() -> None:
    scenario = two({"information": "reasons", "rewards": 0.1, "lock": 3.0, "care": {"proactive": 1.0},
                    "win_back": {"reach": 2.0, "by": "price"}, "spending": {"relations": 0.6}}, {})
    twin = without(scenario, "One", ("relationship",)).firms["One"]
    assert (twin.information, twin.rewards, twin.lock, twin.spending.relations) == ("sales", 0.0, 0.0, 0.0)
    assert (twin.care.proactive, twin.care.personalisation, twin.win_back.reach, twin.win_back.by) == (
        0.0, 0.0, 0.0, "reason")


def test_the_budget_grows_where_more_is_spent_than_there_is_room_for() -> None:
    """One spends everything on advertising; its rivals a fifth on service: that comes on top."""
    scenario = two({"spending": {"advertising": 1.0}}, {"spending": {"service": 0.2}})
    twin = without(scenario, "One", ("value",)).firms["One"]
    assert twin.budget_factor == pytest.approx(1.2)
    assert twin.spending.advertising * twin.budget_factor == pytest.approx(1.0)
    assert twin.spending.service * twin.budget_factor == pytest.approx(0.2)


def test_events_do_not_switch_a_driver_on_again() -> None:
    scenario = two({"lock": 4.0}, {}, events=[
        {"kind": "levers", "year": 0.5, "set": {"lock": 2.0, "quality": 0.8}},
        {"kind": "outage", "year": 0.2, "severity": 0.5},
        {"kind": "strategy", "year": 0.6, "strategy": "mixed", "firms": ["One"]},
    ])
    twin = without(scenario, "One", ("relationship",))
    levers = [event for event in twin.events if event.kind == "levers"]
    assert [(event.firms, event.set) for event in levers] == [
        (["Two"], {"lock": 2.0, "quality": 0.8}), (["One"], {"quality": 0.8})]
    (turned,) = [event for event in twin.events if event.kind == "strategy"]
    assert (turned.strategy, turned.settings["of"], turned.settings["closed"]) == ("without", "mixed", ["relations"])
    assert sum(event.kind == "outage" for event in twin.events) == 1
    gone = without(two({"lock": 4.0}, {}, events=[{"kind": "levers", "year": 0.5, "set": {"lock": 0.0},
                                                   "firms": ["One"]}]), "One", ("relationship",))
    assert gone.events == []


@pytest.mark.parametrize("strategy", ["as_written", "mixed", "transactional", "follower"])
def test_in_a_counterfactual_the_accounts_of_the_driver_stay_empty(strategy: str) -> None:
    scenario = two({"strategy": strategy, "rewards": 0.05, "care": {"proactive": 1.0}, "information": "emotion",
                    "spending": {"advertising": 0.4, "relations": 0.5}}, {"spending": {"advertising": 0.5}})
    spent = {}
    for driver in DRIVERS:
        records = run_market(without(scenario, "One", (driver,)), 3, "all")
        spent[driver] = {name: int(records.account(name)[:, 0].sum()) for name in COSTS}
    assert not any(spent["relationship"][name] for name in ACCOUNTS_OF["relationship"])
    assert spent["brand"]["advertising"] == 0
    assert spent["relationship"]["advertising"] > 0
    if strategy == "as_written":
        assert spent["brand"]["relations"] > 0


def test_the_money_that_is_not_spent_stays_in_the_pocket() -> None:
    """Nobody hears of either firm, so advertising is lost money: without it, profit is higher by exactly that."""
    scenario = two({"spending": {"advertising": 1.0}}, {}, product={"advertising_cap": 0.0})
    with_it, off = (run_market(one, 3, "all") for one in (scenario, without(scenario, "One", ("brand",))))
    profit = [records.account("revenue")[:, 0].sum() - records.costs()[:, 0].sum() for records in (with_it, off)]
    assert profit[1] - profit[0] == with_it.account("advertising")[:, 0].sum() > 0


@pytest.fixture(scope="module")
def found() -> Drivers:
    firm = {"spending": {"advertising": 0.5, "relations": 0.4, "service": 0.1}, "promise": 0.8}
    return drivers(two(firm, firm), "One", 3)


def test_among_identical_firms_the_value_driver_adds_exactly_nothing(found: Drivers) -> None:
    table = found.table().set_index(["measure", "driver"])
    for measure in MEASURES:
        row = table.loc[(measure, "value")]
        assert row["added"] == row["low"] == row["high"] == 0.0
        assert "identical" in row["verdict"]
        assert table.loc[(measure, "brand"), "added"] != 0.0


def test_the_interaction_is_what_the_three_leave_over(found: Drivers) -> None:
    added = found.table("total value").set_index("driver")["added"]
    assert added[INTERACTION] == pytest.approx(added[TOGETHER] - sum(added[name] for name in DRIVERS))
    row = found.table("total value").set_index("driver").loc["brand"]
    assert row["added"] == pytest.approx(row["mean_with"] - row["mean_without"])
    assert row["n"] == 3


def test_total_value_is_profit_to_date_and_equity_brought_back(found: Drivers) -> None:
    table = found.table().set_index(["measure", "driver"])["mean_with"]
    back = table["profit to date", "brand"] + table["customer equity", "brand"] / 1.1
    assert table["total value", "brand"] == pytest.approx(back)


def test_what_was_spent_on_a_driver_is_told(found: Drivers) -> None:
    table = found.table("profit to date").set_index("driver")
    spent = []
    for k in found.study.complete:
        records = run_market(found.study.worlds["as written"], found.study.seed + k, "all")
        spent.append((records.discount()[:, None] * records.account("advertising"))[:, 0].sum() / 100)
    assert table.loc["brand", "spent_to_date"] == pytest.approx(np.mean(spent))
    assert np.isnan(table.loc[INTERACTION, "spent_to_date"])


def test_it_is_told_in_plain_words(found: Drivers) -> None:
    value, brand, *_, last = found.findings()
    assert (value.subject, value.outcome, value.message) == ("One", "value", ADDS_NOTHING)
    assert brand.outcome == "brand"
    assert brand.details["spent"] > 0
    assert last.caveats == (POCKET.rstrip("."),)
    assert "3 paired runs" in repr(found)


def test_wrong_names_are_refused(found: Drivers) -> None:
    with pytest.raises(ValueError, match="measure: 'profits'"):
        found.table("profits")
    with pytest.raises(ValueError, match=r"no firm 'Onee'.*did you mean One"):
        sim.drivers(two({}, {}), "Onee", 1)
