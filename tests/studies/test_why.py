"""Why did one do worse: parts that add up to the minor unit, one lever that is all of it, position beside decisions."""

from __future__ import annotations

import random
from itertools import combinations, permutations

import numpy as np
import pytest

from sim.runs.execute import prepared
from sim.scenario.load import load
from sim.studies.decisions import MOST_GROUPS, OF_A_FIRM, POSITION, between_firms, between_scenarios, together
from sim.studies.sharing_out import along, orders_of, path_between, rounded, shapley
from sim.studies.why import why

MARKET = {
    "question": "Who earns more?", "market": {"customers": 60}, "clock": {"years": 1},
    "firms": {
        "A": {"quality": 0.7, "budget_factor": 0.8, "spending": {"advertising": 1.0}},
        "B": {"quality": 0.75, "promise": 0.6, "spending": {"service": 0.5, "advertising": 0.5}, "lock": 0.2},
    },
    "what_if": {"dear": {"product": {"price": 12.0}}, "both": {"firms": {"A": {"quality": 0.8}}, "market": {
        "switching_cost": 0.3}}},
}


def minor(value: float) -> int:
    return round(100 * value)


def test_parts_add_up_to_the_minor_unit_between_firms_and_between_what_ifs() -> None:
    """Twenty pairs: other seeds, other levers, firms and what-ifs."""
    for seed in range(10):
        changes = {"firms.B.quality": 0.6 + 0.02 * seed, "firms.A.price_cut": {"depth": 0.1, "every_weeks": 8.0 + seed}}
        for found in (why(MARKET, firms=("A", "B"), seed=seed, replications=2, overrides=changes),
                      why(MARKET, what_if="both", seed=seed, replications=2, overrides=changes)):
            table = found.table()
            assert sum(map(minor, table["part"].iloc[:-1])) == minor(table["part"].iloc[-1])
            assert table["decision"].iloc[-1] == "difference"


def test_the_parts_of_every_run_add_up_to_its_difference() -> None:
    found = why(MARKET, firms=("A", "B"), replications=3)
    runs = found.order.answers([{}]).difference[0]
    np.testing.assert_allclose(found.parts.sum(axis=0) + found.position, runs, atol=1e-9)


def test_the_path_adds_up_to_the_same_difference() -> None:
    for found in (why(MARKET, firms=("A", "B"), replications=3), why(MARKET, what_if="both", replications=3)):
        parts, path = found.table()["part"], found.path_table()
        assert sum(map(minor, path["part"].iloc[:-1])) == minor(path["part"].iloc[-1]) == minor(parts.iloc[-1])
        assert found.path is not None
        position = 0.0 if found.position is None else found.position
        np.testing.assert_allclose(found.path.sum(axis=0), found.parts.sum(axis=0) + position, atol=1e-6)


@pytest.mark.parametrize(("changed", "step"), [({1: 20.0, 2: 100.0, 3: 200.0}, 0), ({2: 100.0, 3: 200.0}, 1),
                                               ({3: 200.0}, 2), ({}, 3)])
def test_each_step_of_the_path_by_hand(changed: dict[int, float], step: int) -> None:
    """Costs of 40: twice the customers, twice the time, twice the money, and costs of 140 instead."""
    here = np.array([[60.0], [10.0], [50.0], [100.0]])
    there = here.copy()
    for place, value in changed.items():
        there[place] = value
    there[0] = there[3] - (40.0 if changed else 140.0)
    wanted = np.zeros((4, 1))
    wanted[step] = 100.0 if changed else -100.0
    np.testing.assert_allclose(path_between(here, there), wanted, atol=1e-12)


def test_a_firm_without_customers_has_a_path_too() -> None:
    nobody, some = np.array([[-40.0], [0.0], [0.0], [0.0]]), np.array([[60.0], [10.0], [50.0], [100.0]])
    assert path_between(nobody, some).sum() == pytest.approx(100.0)


def test_another_outcome_has_no_path() -> None:
    found = why(MARKET, firms=("A", "B"), replications=2, outcome="market_share")
    with pytest.raises(ValueError, match="path to cumulative_discounted_profit_money alone"):
        found.path_table()
    assert [*found.tables()] == ["why"]


def test_what_was_found_is_said_in_two_sentences() -> None:
    text = why(MARKET, firms=("A", "B"), replications=3).explain()
    assert len([end for end in text.split(". ") if end]) == 2
    assert text.startswith("Discounted profit to date, B minus A: ")
    assert "The largest part: " in text


SHIPPED = ("leaky_bucket", "penny_goods", "silent_exit", "the_turn", "overpromise", "whales", "outage", "busy_line",
           "first_look", "third_place")


@pytest.mark.slow
@pytest.mark.parametrize("place", range(20))
def test_a_random_pair_of_a_shipped_scenario_adds_up_to_the_minor_unit(place: int) -> None:
    """Two firms, a what-if, or the scenario beside another with some levers drawn."""
    luck = random.Random(place)
    name = SHIPPED[place % len(SHIPPED)]
    scenario = load(name, {"market.customers": 120, "clock.years": 1.5})
    firms = list(scenario.firms)
    drawn = {f"firms.{luck.choice(firms)}.{lever}": round(luck.uniform(0.3, 0.9), 2)
             for lever in luck.sample(("quality", "promise", "recovery.answered", "care.contact", "lock"), 3)}
    overlays = [what_if for what_if, changes in scenario.what_if.items() if "events" not in changes]
    unlike = [pair for pair in permutations(firms, 2) if scenario.firms[pair[0]] != scenario.firms[pair[1]]]
    kind = luck.randrange(3) if overlays else 2 * luck.randrange(2)
    asked: dict[str, object] = {"firms": luck.choice(unlike)} if kind == 0 else (
        {"what_if": luck.choice(overlays)} if kind == 1 else {"other": load(scenario, drawn)})
    found = why(scenario, seed=place, replications=2, **asked)  # type: ignore[arg-type]
    for table in found.tables().values():
        unit = scenario.money.minor_units
        assert sum(round(unit * part) for part in table["part"].iloc[:-1]) == round(unit * table["part"].iloc[-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED[:6])
def test_on_shipped_scenarios_the_only_lever_that_differs_has_the_whole_difference(name: str) -> None:
    scenario = load(name, {"market.customers": 120, "clock.years": 1.5})
    firm = next(iter(scenario.firms))
    other = load(scenario, {f"firms.{firm}.promise": 0.42})
    found = why(scenario, other, firm=firm, replications=3)
    assert [group.name for group in found.compared.groups] == ["promise"]
    profits = [found.order.answers([point]).difference[0] for point in ({}, {f"firms.{firm}.promise": 0.42})]
    np.testing.assert_array_equal(found.parts[0], profits[1] - profits[0])


def test_where_one_lever_differs_all_of_it_is_that_levers() -> None:
    found = why(MARKET, what_if="dear", replications=3, firm="A")
    assert [group.name for group in found.compared.groups] == ["product"]
    whole = found.order.answers([{}, {"product.price": 12.0}]).difference
    np.testing.assert_array_equal(found.parts[0], whole[1] - whole[0])
    assert found.position is None


def test_what_a_firm_is_given_is_no_decision() -> None:
    groups = between_firms(prepared(MARKET), "A", "B")
    assert {group.name for group in groups} == {"promise", "offer", "spending", "binding"}
    changed = {path for group in groups for path in group.changes}
    assert "firms.A.budget_factor" not in changed
    assert {"firms.A.spending.advertising", "firms.A.spending.service"} <= changed


def test_another_scenario_is_compared_in_all_that_differs() -> None:
    here, there = load(MARKET), load(MARKET, {"market.customers": 80, "firms.B.lock": 0.5})
    groups = between_scenarios(here, there)
    assert {group.name: dict(group.changes) for group in groups} == {
        "market": {"market.customers": 80}, "binding": {"firms.B.lock": 0.5}}
    assert why(MARKET, there, replications=2).question.b.firm == "B"


def test_every_lever_of_a_firm_is_a_decision_or_its_position() -> None:
    from sim.scenario.schema.firm import FirmSection

    grouped = [lever for levers in OF_A_FIRM.values() for lever in levers]
    assert sorted(grouped) == sorted(set(grouped))
    assert set(FirmSection.model_fields) - {"like"} <= {*grouped, *POSITION}


def test_more_than_eight_groups_are_joined() -> None:
    there = load(MARKET, {f"firms.{firm}.{lever}": value for firm in "AB" for lever, value in (
        ("quality", 0.5), ("promise", 0.5), ("lock", 0.4), ("recovery.answered", 0.9), ("win_back.reach", 0.1))})
    groups = between_scenarios(load(MARKET), there)
    assert len(groups) == MOST_GROUPS
    assert groups[-1].name == "all else"


def game(names: str) -> dict[frozenset[str], np.ndarray]:
    """A game in which every name is worth its place, squared when all are there."""
    found = {}
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            worth = sum(names.index(name) + 1.0 for name in chosen)
            found[frozenset(chosen)] = np.array([worth, worth * (2.0 if size == len(names) else 1.0)])
    return found


def test_shapley_by_hand() -> None:
    """Without interaction everybody's own worth; the surplus of being complete is shared equally: 6/3 each."""
    parts = shapley(game("abc"), "abc")
    np.testing.assert_allclose(parts[:, 0], [1.0, 2.0, 3.0])
    np.testing.assert_allclose(parts[:, 1], [3.0, 4.0, 5.0])


def test_drawn_orders_come_in_pairs_add_up_and_agree_with_all_orders_on_average() -> None:
    orders = orders_of("abc", 60, seed=3)
    assert orders == orders_of("abc", 60, seed=3)
    assert all(two == one[::-1] for one, two in zip(orders[::2], orders[1::2], strict=True))
    each = np.array([along(game("abc"), one, "abc") for one in orders])
    np.testing.assert_allclose(each.sum(axis=1), [game("abc")[frozenset("abc")]] * 60)
    np.testing.assert_allclose(each.mean(axis=0), shapley(game("abc"), "abc"), atol=0.8)


def test_orders_are_drawn_where_all_combinations_would_be_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = why(MARKET, firms=("A", "B"), replications=2)
    monkeypatch.setattr("sim.studies.why.ENOUGH", 0.0)
    found = why(MARKET, firms=("A", "B"), replications=2)
    assert found.compared.orders == 24
    np.testing.assert_allclose(found.parts.sum(axis=0), whole.parts.sum(axis=0), atol=1e-9)
    assert (found.order_error > 0.0).any()


@pytest.mark.parametrize(("parts", "total"), [([0.5, 0.5, 1.0], 2), ([-1.6, 2.6], 1), ([10.0], 10)])
def test_rounding_by_largest_remainder(parts: list[float], total: int) -> None:
    found = rounded(parts, total)
    assert sum(found) == total
    assert all(abs(one - part) < 1.0 for one, part in zip(found, parts, strict=True))


@pytest.mark.parametrize(("asked", "words"), [
    ({"firms": ("A", "A")}, r"Name two of the firms \(A, B\), not A, A"),
    ({"firms": ("A", "C")}, r"Name two of the firms \(A, B\), not A, C"),
    ({"what_if": "nothing"}, "nothing"),
])
def test_what_cannot_be_asked_is_refused(asked: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        why(MARKET, replications=2, **asked)  # type: ignore[arg-type]


def test_firms_that_decide_alike_are_told_so() -> None:
    alike = {**MARKET, "firms": {"A": {}, "B": {}}, "what_if": {}}
    with pytest.raises(ValueError, match="A and B decide the same in everything"):
        why(alike, firms=("A", "B"), replications=2)


DATED = {**MARKET, "what_if": {}, "firms": {"A": {}, "B": {}, "C": {}}, "events": [
    {"kind": "levers", "year": 0.25, "firms": ["A", "C"], "set": {"price": 9.0, "quality": 0.75}},
    {"kind": "market", "year": 0.3, "set": {"demand": 1.5}},
    {"kind": "levers", "year": 0.5, "lasts_weeks": 13, "firms": ["B"], "set": {"spending": {"service": 0.4}}},
    {"kind": "levers", "year": 0.6, "set": {"promise": 0.8}},
]}
"""Levers that events set: for some firms, for a while, and for everybody."""


def test_what_events_decide_is_a_decision_and_not_position() -> None:
    groups = between_firms(prepared(DATED), "A", "B")
    assert {group.name: group.dated for group in groups} == {
        "price": ("price",), "offer": ("quality",), "spending": ("spending.service",)}
    words = {group.name: group.words for group in groups}
    assert words["price"] == "price as at the start (was 9.0 from year 0.25)"
    assert words["spending"] == "spending.service 0.4 from year 0.5 for 13.0 weeks (was as at the start)"


def test_one_firm_takes_over_what_events_decide_for_another_and_leaves_everybody_else_alone() -> None:
    base = prepared(DATED)
    groups = {group.name: group for group in between_firms(base, "A", "B")}

    def events(*names: str) -> list[tuple[float, list[str], dict[str, object]]]:
        changes = together(base, ("A", "B"), [groups[name] for name in names])
        found = load(base, changes).events
        return [(one.year, one.firms, one.set) for one in found if one.kind == "levers"]  # type: ignore[attr-defined]

    both, all_of_them = {"price": 9.0, "quality": 0.75}, (0.6, [], {"promise": 0.8})
    taken = {"spending.service": 0.4}
    assert events("price") == [(0.25, ["C"], both), (0.25, ["A"], {"quality": 0.75}), (0.5, ["B"], taken), all_of_them]
    assert events("price", "offer", "spending") == [
        (0.25, ["C"], both), (0.5, ["B"], taken), (0.5, ["A"], taken), all_of_them]
    assert "events" not in together(base, ("A", "B"), [])


def test_dated_decisions_add_up_and_once_they_are_alike_only_position_is_left() -> None:
    found = why(DATED, firms=("A", "B"), replications=3)
    runs = found.order.answers([{}]).difference[0]
    np.testing.assert_allclose(found.parts.sum(axis=0) + found.position, runs, atol=1e-9)
    alike = load(DATED, together(prepared(DATED), ("A", "B"), found.compared.groups))
    with pytest.raises(ValueError, match="decide the same in everything"):
        between_firms(alike, "A", "B")
    left = why(alike, firms=("A", "C"), replications=3)
    assert {group.name for group in left.compared.groups} == {"price", "offer", "spending"}
