"""The market as a Mesa model: it walks, collects, ends, goes away, and is never changed by being looked at."""

from __future__ import annotations

import copy
import gc
import hashlib
import weakref
from collections.abc import Callable
from typing import Any

import mesa
import networkx as nx
import numpy as np
import pytest

from sim.engine.state import ACCOUNTS, COSTS
from sim.market.customer import Customer
from sim.market.firm import Firm
from sim.market.market import Market
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load
from sim.scenario.schema import Scenario

TWO = load({
    "question": "Who stays?", "clock": {"years": 0.5}, "market": {"customers": 150},
    "firms": {
        "Rush": {"price_cut": {"depth": 0.1, "to": "newcomers"}, "spending": {"advertising": 0.8, "service": 0.2}},
        "Root": {"spending": {"advertising": 0.25, "service": 0.25, "relations": 0.5}},
    },
    "what_if": {"dearer": {"product.price": 9.0}},
})


def market(seed: int = 7, **more: Any) -> Market:
    return Market(TWO, seed, **{"executor": "numpy", **more})


def digest(one: Market) -> str:
    """All columns and books, byte for byte."""
    state = hashlib.sha256()
    for name, column in one.course.world.columns().items():
        state.update(name.encode() + np.ascontiguousarray(column).tobytes())
    records = one.records()
    state.update(records.ledger.tobytes() + records.counts.tobytes())
    return state.hexdigest()


@pytest.fixture(scope="module")
def alone() -> str:
    """What the market comes to when nobody looks."""
    quiet = market()
    quiet.datacollector = None
    return digest(quiet.run())


def test_the_five_lines_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    import sim

    market = sim.Market("first_look", seed=7, overrides={"market.customers": 100, "clock.years": 0.5})
    while market.running:
        market.step()
    print(market.datacollector.get_agenttype_vars_dataframe(sim.Firm)["revenue_money"].tail(2))
    print(market.agents_by_type[sim.Customer].groupby("firm").agg("trust", np.mean))
    shown = capsys.readouterr().out
    assert "revenue_money" in shown
    assert "Firm('Rush'" in shown
    assert "Firm('Root'" in shown


def test_it_is_a_mesa_model_that_ends() -> None:
    one = market()
    assert isinstance(one, mesa.Model)
    assert (one.running, one.steps, one.period, one.periods) == (True, 0, 0, 6)
    one.step()
    assert (one.steps, one.period) == (1, 1)
    one.run_model()
    assert (one.running, one.steps, one.period) == (False, 6, 6)
    with pytest.raises(RuntimeError, match="ran all its 6 periods"):
        one.step()
    assert one.run() is one, "run() on a market that is done does nothing"


def test_run_tells_how_far_it_is_and_stops_when_asked() -> None:
    told: list[tuple[int, int]] = []
    one = market().run(lambda done, of: told.append((done, of)))
    assert told == [(period, 6) for period in range(1, 7)]
    stopped = market()
    stopped.run(lambda done, of: setattr(stopped, "running", done < 3))
    assert (stopped.period, one.period) == (3, 6)
    assert stopped.records().periods == 3


def test_firms_are_its_registered_agents() -> None:
    one = market().run()
    assert list(one.firms) == ["Rush", "Root"]
    assert list(one.agents) == list(one.agents_by_type[Firm]) == list(one.firms.values())
    assert [firm.unique_id for firm in one.agents] == [1, 2]
    assert one.customers[0].unique_id == 3
    assert one.agents_by_type[Customer] is one.customers
    records = one.records()
    for place, firm in enumerate(one.firms.values()):
        revenue = records.account("revenue")[:, place]
        costs = sum(records.account(name)[:, place] for name in COSTS)
        assert firm.revenue_money == revenue[-1] / 100
        assert firm.profit_money == pytest.approx((revenue - costs)[-1] / 100)
        assert firm.cumulative_profit_money == pytest.approx((revenue - costs).sum() / 100)
        assert firm.customers == len(firm.clientele) == records.count("active_customers")[-1, place] > 0
        assert firm.satisfaction == pytest.approx(firm.clientele.column("satisfaction", firm).mean(), abs=1e-5)
    assert set(ACCOUNTS) == set(one.firms["Root"].ledger)


def test_an_unknown_firm_is_answered_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="Root"):
        market().customers[0].tie("Roott")


def test_agents_of_ones_own_get_numbers_of_their_own() -> None:
    class Watcher(mesa.Agent):  # type: ignore[misc]
        pass

    one = market()
    watcher = Watcher(one)
    assert watcher in one.agents
    assert watcher.unique_id == 2 + len(one.customers) + 1


def test_default_collector_agrees_with_the_books() -> None:
    one = market().run()
    model = one.datacollector.get_model_vars_dataframe()
    assert model["period"].tolist() == [1, 2, 3, 4, 5, 6]
    assert model["present_people"].tolist() == one.records().present().tolist()
    firms = one.datacollector.get_agenttype_vars_dataframe(Firm)
    root = firms[firms["firm"] == "Root"]
    assert root["revenue_money"].tolist() == (one.records().account("revenue")[:, 1] / 100).tolist()
    assert root["active_customers_people"].tolist() == one.records().count("active_customers")[:, 1].tolist()


def test_a_collector_of_ones_own() -> None:
    one = market()
    one.datacollector = mesa.DataCollector(
        model_reporters={"mood": lambda m: float(m.customers.agg("valence", np.mean))},
        agenttype_reporters={Firm: {"cash": "cash"}, Customer: {"rate": "rate"}},
    )
    one.run()
    assert len(one.datacollector.get_model_vars_dataframe()) == 6
    assert len(one.datacollector.get_agenttype_vars_dataframe(Firm)) == 12
    assert len(one.datacollector.get_agenttype_vars_dataframe(Customer)) == 6 * 150


def look_at_everything(one: Market) -> None:
    people = one.customers
    for view in people:
        for name in ("trust", "satisfaction", "stage", "firm", "present", "needs", "happened", "idle"):
            getattr(view, name)
        view.tie("Root")
        len(view.friends)
    people.agg("commitment", [min, max])
    people.groupby("stage").agg("trust", np.mean)
    people.select(lambda view: view.trust > 0.5).sort("habit").shuffle().shuffle_do(repr)
    people.column("trust")[:] = 9.0
    one.random.random()
    one.rng.random()
    for values in (*one.records().ties.values(), *one.records().me.values()):
        values.flat[:] = 0
    repr(one)


def sequence_of(one: Market, look: Callable[[Market], None]) -> Market:
    look(one)
    while one.running:
        one.step()
        look(one)
    return one


def test_looking_changes_no_column(alone: str) -> None:
    assert digest(sequence_of(market(), look_at_everything)) == alone


def test_a_collector_changes_no_column(alone: str) -> None:
    assert digest(market().run()) == alone


def test_another_market_alive_changes_no_column(alone: str) -> None:
    one, other = market(), market(seed=8)
    while one.running:
        one.step()
        other.step()
        other.customers.set("valence", -1.0)
    assert digest(one) == alone
    assert digest(other) != alone


def test_options_change_no_column(alone: str) -> None:
    assert digest(market(block=7, records="totals").run()) == alone
    few = {"market.customers": 25}
    assert digest(market(executor="python", overrides=few).run()) == digest(market(overrides=few).run())


def test_a_copy_goes_its_own_way_to_the_same_end(alone: str) -> None:
    one = market()
    one.step()
    twin = copy.deepcopy(one)
    twin.run()
    assert one.period == 1
    assert twin.firms["Root"].model is twin.customers.model is twin
    assert digest(twin) == digest(one.run()) == alone


def test_seeds() -> None:
    one, same, other_luck = market(seed=7), market(seed=7), market(seed=8, world_seed=7)
    assert (one.seed, one.world_seed, other_luck.seed, other_luck.world_seed) == (7, 7, 8, 7)
    assert one.rng.random() == same.rng.random()
    assert one.random.random() == same.random.random()
    assert np.array_equal(one.customers.column("rate"), other_luck.customers.column("rate")), "the same people"
    assert not np.array_equal(one.customers.column("rate"), market(seed=8).customers.column("rate")), "new people"
    assert digest(one.run()) != digest(other_luck.run())
    of_file = load(TWO, {"runs.seed": 5, "runs.world_seed": 6})
    assert (Market(of_file).seed, Market(of_file).world_seed, Market(of_file, 9).world_seed) == (5, 6, 6)


@pytest.mark.parametrize("seed", [-1, 1.5, 2**54, True])
def test_a_wrong_seed_is_refused(seed: Any) -> None:
    with pytest.raises(ValueError, match="whole number from 0"):
        market(seed=seed)


def test_what_can_be_a_scenario() -> None:
    assert isinstance(market().scenario, Scenario)
    assert Market("first_look").scenario.source.name == "first_look"
    changed = market(overrides={"market.customers": 40}, what_if="dearer")
    assert (len(changed.customers), changed.scenario.product.price) == (40, 9.0)
    with pytest.raises(ScenarioError, match="first_look"):
        Market("first_lok")
    with pytest.raises(TypeError, match="executor"):
        market(exekutor="numpy")
    with pytest.raises(AttributeError, match="another Market"):
        market().scenario = TWO


def test_a_network_of_ones_own() -> None:
    ring = nx.cycle_graph(150)
    friends = market(graph=ring).customers[17].friends
    assert sorted(view.row for view in friends) == [16, 18]


def test_a_market_that_nobody_holds_is_freed() -> None:
    one = market().run()
    view, firm = one.customers[3], one.firms["Root"]
    watched = [weakref.ref(one), weakref.ref(one.course), weakref.ref(view), weakref.ref(firm)]
    del one, view, firm
    gc.collect()
    assert [ref() for ref in watched] == [None] * 4


def test_a_closed_market_frees_its_columns() -> None:
    with market() as one:
        one.run()
        records = one.records()
        course = weakref.ref(one.course)
    gc.collect()
    assert course() is None, "the columns are freed though the market is held"
    assert records.periods == 6
    assert not one.running
    assert repr(one) == "<Market, closed>"
    with pytest.raises(RuntimeError, match="closed"):
        one.records()
