"""Customers as a Mesa AgentSet: column operations say the same as one view at a time."""

from __future__ import annotations

import math
import time
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesa.agent import AgentSet

from sim.engine.state import COUNTS, NEVER, OUTCOMES, Me, Tie
from sim.market.customer import COLUMNS, EXTRAS, SETTABLE, STAGES, Customer, stages, values
from sim.market.customers import Customers
from sim.market.firm import Firm
from sim.market.market import Market
from sim.scenario.load import load

SCENARIO = load({
    "question": "Who stays?", "clock": {"years": 1}, "market": {"customers": 120},
    "firms": {"Rush": {}, "Root": {}, "Rest": {}},
})
PERIODS = 8


def walked(periods: int = PERIODS, seed: int = 3) -> Market:
    one = Market(SCENARIO, seed, executor="numpy")
    for _ in range(periods):
        one.step()
    return one


@pytest.fixture(scope="module")
def market() -> Market:
    """A market on its way, only read by the tests that share it."""
    return walked()


@pytest.fixture(scope="module")
def people(market: Market) -> Customers:
    return market.customers


def test_names_of_columns_do_not_collide() -> None:
    assert not set(Me._fields) & set(Tie._fields)
    assert not set(COLUMNS) & (set(dir(mesa.Agent)) | {"model", "unique_id", "row"})
    assert set(SETTABLE) <= set(COLUMNS)
    assert [name for name in {*COLUMNS, *EXTRAS} - {"row", "unique_id"} if not hasattr(Customer, name)] == []


def test_a_view_is_a_mesa_agent_and_stays_the_same(market: Market, people: Customers) -> None:
    view = people[17]
    assert isinstance(people, AgentSet)
    assert isinstance(view, mesa.Agent)
    assert view is people[17]
    assert view in people
    assert view not in market.agents, "views are not registered"
    assert (view.row, view.number, view.unique_id) == (17, 17, 17 + 4)
    assert view.model is market
    assert len({one.unique_id for one in (*people, *market.agents)}) == 123


def test_views_are_kept_only_while_held() -> None:
    one = walked(1)
    held = one.customers[5]
    one.customers.map(lambda view: view.rate)
    assert list(one._views) == [5]
    del held
    assert list(one._views) == []


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_a_column_says_what_each_view_says(market: Market, people: Customers, name: str) -> None:
    column, single = people.column(name), [getattr(view, name) for view in people]
    assert column.dtype in (np.float64, np.int64, np.uint64, np.bool_)
    assert np.array_equal(column, np.array(single), equal_nan=column.dtype.kind == "f")
    assert len(people.get(name)) == len(people)
    if name in Tie._fields:
        towards = people.column(name, "Root")
        assert towards.tolist() == [getattr(view.tie("Root"), name) for view in people]


def test_a_tie_is_to_the_last_firm(market: Market) -> None:
    names = list(market.firms)
    met = [view for view in market.customers if view.firm is not None]
    assert 0 < len(met) < 120
    for view in met:
        assert view.firm is market.firms[names[view.last_firm]]
        assert view.trust == view.tie(view.firm).trust == view.tie(view.firm.name).trust


def test_who_has_no_firm_has_no_feelings_towards_it() -> None:
    fresh = walked(0).customers[0]
    assert fresh.firm is None
    assert math.isnan(fresh.trust)
    assert (fresh.experiences, fresh.idle, fresh.aware, fresh.stage) == (0, NEVER, False, "none")


def test_ties_are_read_only(people: Customers) -> None:
    with pytest.raises(AttributeError):
        people[0].tie("Root").trust = 1.0


def test_stages_add_up_to_the_counts_of_the_period(market: Market) -> None:
    counts = market.records().counts[-1]
    everybody = np.arange(120)
    for place in range(3):
        found = [STAGES[stage] for stage in stages(market.course, everybody, place)]
        for stage in ("first_time", "repeat", "committed", "lapsed"):
            assert found.count(stage) == counts[COUNTS.index(stage), place], f"{stage} at firm {place}"
    assert market.customers.get("stage") == [view.stage for view in market.customers]


def test_presence_is_that_of_the_last_period(market: Market) -> None:
    assert np.array_equal(values(market.course, "present", np.arange(120)), market.course.world.me.present)
    assert sum(view.present for view in market.customers) == market.present_people


def test_friends_needs_and_what_happened(market: Market) -> None:
    view = market.customers[17]
    heard = {int(row) for row in market.course.world.friend_of[:, 17] if row < 120}
    assert {friend.row for friend in view.friends} == heard
    assert isinstance(view.friends, Customers)
    assert list(view.needs) == ["functional", "security", "belonging", "esteem", "self_actualisation"]
    assert sum(need.own_weight for need in view.needs.values()) == pytest.approx(1.0, abs=1e-5)
    complained = [view.row for view in market.customers if "complained" in view.happened]
    assert complained == np.flatnonzero(market.customers.column("outcome") & OUTCOMES["complained"]).tolist()


def test_get_and_agg_as_in_mesa(people: Customers) -> None:
    pairs = people.get(["rate", "firm"])
    assert pairs == [[view.rate, view.firm] for view in people]
    assert people.get("nonsense", handle_missing="default", default_value=7) == [7] * 120
    assert people.agg("rate", sum) == pytest.approx(sum(people.get("rate")))
    assert people.agg("rate", [min, max, len]) == [min(people.get("rate")), max(people.get("rate")), 120]
    assert isinstance(people.agg("number", np.sum), int)
    with pytest.raises(AttributeError, match="trust"):
        people.agg("trsut", max)
    with pytest.raises(ValueError, match="handle_missing"):
        people.get("rate", handle_missing="maybe")


def test_feelings_are_aggregated_over_those_who_have_a_firm(people: Customers) -> None:
    met = people.where(people.column("last_firm") >= 0)
    assert people.agg("trust", len) == len(met) < 120
    assert people.agg("trust", np.mean) == met.agg("trust", np.mean)
    assert math.isnan(walked(0).customers.agg("trust", max))
    assert walked(0).customers.agg("paid", sum) == 0


def test_select(people: Customers) -> None:
    chosen = people.select(lambda view: view.rate > 1.0)
    assert isinstance(chosen, Customers)
    assert [view.row for view in chosen] == [view.row for view in people if view.rate > 1.0]
    assert chosen == people.where(people.column("rate") > 1.0)
    assert [view.row for view in people.select(at_most=3)] == [0, 1, 2]
    assert len(people.select(at_most=0.5)) == 60
    assert len(people.select(lambda view: view.rate > 1.0, at_most=2)) == 2
    assert len(people.select(agent_type=Firm)) == 0
    assert len(people.select(agent_type=mesa.Agent)) == 120


@pytest.mark.parametrize("by", ["firm", "stage", "segment", "present", "last_firm"])
def test_groupby(people: Customers, by: str) -> None:
    views = list(people)
    groups, expected = people.groupby(by), AgentSet(views, people.random).groupby(by, result_type="list")
    assert groups.count() == {key: len(group) for key, group in expected}
    assert list(groups.count()) == list(dict.fromkeys(getattr(view, by) for view in views)), "order of first members"
    assert sum(groups.count().values()) == 120
    rates = groups.agg("rate", np.mean)
    assert rates == {key: pytest.approx(np.mean([view.rate for view in group])) for key, group in expected}
    assert groups.map(len) == groups.count()
    assert groups.map("agg", "rate", max) == {key: max(view.rate for view in group) for key, group in expected}
    assert people.groupby(lambda view: getattr(view, by), result_type="list").count() == groups.count()


@given(name=st.sampled_from(["rate", "experiences", "last_firm", "aware"]), ascending=st.booleans())
def test_sorting_a_column_is_sorting_the_views(name: str, ascending: bool) -> None:
    people = SHARED.customers
    by_view = people.sort(lambda view: getattr(view, name), ascending)
    assert people.sort(name, ascending).rows.tolist() == by_view.rows.tolist()


SHARED = walked(4)


def test_do_map_and_shuffle(people: Customers) -> None:
    seen: list[int] = []
    assert people.do(lambda view, more: seen.append(view.row + more), 1) is people
    assert seen == list(range(1, 121))
    assert people.map("tie", "Root") == [view.tie("Root") for view in people]
    mixed = people.shuffle()
    assert mixed.rows.tolist() != people.rows.tolist()
    assert sorted(mixed.rows.tolist()) == people.rows.tolist()
    assert mixed == people


def test_as_a_container(people: Customers) -> None:
    some = people.where(np.arange(120) < 10)
    assert (len(some), len(some[2:4]), some[-1].row) == (10, 2, 9)
    assert people[50] not in some
    assert len(some & people.where(np.arange(120) % 2 == 0)) == 5
    assert len(some | [people[50]]) == 11
    some.discard(people[3])
    some.add(people[50])
    assert (people[3] in some, people[50] in some, len(some)) == (False, True, 10)
    with pytest.raises(KeyError):
        some.remove(people[3])
    with pytest.raises(TypeError, match="same market"):
        some.add(SHARED.customers[0])
    with pytest.raises(ValueError, match="all customers"):
        people.discard(people[0])
    with pytest.raises(ValueError, match="all customers"):
        people.select(at_most=3, inplace=True)
    with pytest.raises(ValueError, match="truth values"):
        people.where([1, 2])
    with pytest.raises(TypeError, match="cannot be removed"):
        people[0].remove()


def test_columns_are_copies(people: Customers) -> None:
    before = people.column("rate")
    people.column("rate")[:] = -1.0
    assert np.array_equal(people.column("rate"), before)


def test_setting_is_an_intervention_that_is_remembered() -> None:
    one = walked(2)
    one.customers[17].valence = 0.5
    one.customers[18].valence = 0.25
    assert (one.customers[17].valence, one.customers[18].valence) == (0.5, 0.25)
    one.customers.set("trust", 0.75, firm="Root")
    assert one.customers[0].tie("Root").trust == 0.75
    assert one.customers[0].tie("Rush").trust != 0.75
    met = one.customers.where(one.customers.column("last_firm") >= 0)
    met.set("habit", np.linspace(0.0, 1.0, len(met)))
    assert met[-1].habit == 1.0
    events = [(event["period"], event["what"]) for event in one.records().events if event["kind"] == "intervention"]
    assert events == [(2, f"{name} of customers set by hand") for name in ("valence", "trust", "habit")]


def test_an_intervention_has_consequences() -> None:
    calm, angry = walked(3), walked(3)
    angry.customers.set("trust", 0.0, firm="Root")
    angry.customers.set("expectation", 0.0, firm="Root")
    calm.run()
    angry.run()
    assert angry.records().account("revenue")[:, 1].sum() < calm.records().account("revenue")[:, 1].sum()


@pytest.mark.parametrize(("name", "value", "says"), [
    ("trust", 1.5, "from 0.0 to 1.0"), ("trust", float("nan"), "from 0.0 to 1.0"), ("last_firm", 3, "from -1 to 2"),
    ("bound", 1.5, "whole number"), ("valence", "high", "from -1.0 to 1.0"),
])
def test_values_out_of_bounds_are_refused(name: str, value: Any, says: str) -> None:
    one = walked(2)
    before = one.customers.column(name)
    with pytest.raises(ValueError, match=says):
        one.customers.set(name, value)
    assert np.array_equal(one.customers.column(name), before, equal_nan=True)


def test_setting_a_tie_wants_a_firm() -> None:
    with pytest.raises(ValueError, match="no firm yet"):
        walked(0).customers.set("trust", 0.5)


@pytest.mark.parametrize(("name", "says"), [
    ("rate", "cannot be set"), ("paid", "cannot be set"), ("firm", "cannot be set"), ("trsut", "trust"),
    ("nickname", "no 'nickname'"),
])
def test_what_cannot_be_set_says_so(people: Customers, name: str, says: str) -> None:
    with pytest.raises(AttributeError, match=says):
        setattr(people[0], name, 1)


def test_a_million_customers_cost_nothing_until_looked_at() -> None:
    before, begun = len(SHARED._views), time.perf_counter()
    everybody = Customers(SHARED, np.arange(1_000_000))
    assert time.perf_counter() - begun < 0.1
    assert len(everybody) == 1_000_000
    assert len(SHARED._views) == before
