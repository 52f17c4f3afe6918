"""Three ways to raise lifetime value: the identity is the metric, its parts add up, each way is what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine.state import ACCOUNTS
from sim.metrics.money import cumulative_discounted_profit_money
from sim.valuation.decomposition import GROUPS, decompose, is_known, value_factors, value_of
from sim.valuation.person import customer_equity

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TERMS = {"money.discount_rate": 0.1, "money.equity_horizon_years": 2.0}


def by_way(measure: Any, a: Any, b: Any) -> dict[str, float]:
    parts = decompose(measure, a, b)
    return {way: sum(parts[name] for name in members) for way, members in GROUPS[measure].items()}


def test_factors_by_hand(story: Any) -> None:
    """Rush in five quarters, no discount: Anna is a customer all 5, Boris (bought in the first) the first 2 of 5."""
    rush, root = value_factors(story).factors["discounted_profit"]  # type: ignore[union-attr]
    assert rush["customers_won"] == 2
    assert rush["years_available"] == 5 / 4
    assert rush["years_waited"] == 0.0
    assert rush["active_share"] == 7 / 10
    assert rush["contribution_per_year"] == pytest.approx(24.0 / (7 / 4))
    # Root: Boris waits 1 quarter, is there for 4, a customer in 3 of them; Carla at once, a customer in 2 of 5
    assert root["years_waited"] == 1 / 8
    assert root["active_share"] == 5 / 9
    assert value_of("discounted_profit", root) == pytest.approx(27.0)


def test_years_are_discounted_and_end_when_somebody_leaves_the_market(make_records: Any) -> None:
    """One person, in the market in quarters 1 to 3 of 5, buys in the second: waits one, is a customer in two."""
    people = {"enters": np.array([1], np.int16), "leaves": np.array([4], np.int16)}
    records = make_records([(2, "Rush", 0, 1, 1000, 400)], people=1, people_columns=people,
                           overrides={"money.discount_rate": 1.1**4 - 1})
    found = value_factors(records).factors["discounted_profit"][0]  # type: ignore[union-attr]
    assert found["years_available"] == pytest.approx((1 / 1.1 + 1 / 1.21 + 1 / 1.331) / 4)
    assert found["years_waited"] == pytest.approx(1 / 1.1 / 4)
    assert found["active_share"] == pytest.approx(1.0)


rows = st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["Rush", "Root"]), st.integers(0, 5), st.just(1),
                          st.integers(100, 3000), st.integers(-50, 2500)), max_size=50, unique_by=lambda row: row[:3])


def with_costs(make_records: Any, bought: Any, advertising: int, people: int = 6) -> Any:
    records = make_records(bought, people=people, periods=12, overrides=TERMS)
    records.ledger[:, ACCOUNTS.index("advertising"), 0] = advertising
    records.ledger[:, ACCOUNTS.index("service"), 1] = 13
    return records


@quick
@given(rows, rows, st.integers(0, 500))
def test_the_identities_are_the_metrics_and_the_parts_add_up(
    make_records: Any, first: Any, second: Any, advertising: int
) -> None:
    a, b = with_costs(make_records, first, advertising), with_costs(make_records, second, 0)
    ways = [value_factors(records) for records in (a, b)]
    metrics = {"discounted_profit": lambda records: cumulative_discounted_profit_money(records)[-1],
               "customer_equity": lambda records: customer_equity(records).customer_equity}
    for measure in GROUPS:
        for place in (0, 1):
            factors = [one.factors[measure][place] for one in ways]  # type: ignore[union-attr]
            wanted = [metrics[measure](records)[place] for records in (a, b)]
            if not all(is_known(measure, one) for one in factors):
                assert not np.isfinite(wanted).all()
                continue
            found = [value_of(measure, one) for one in factors]
            size = max(map(abs, wanted)) + 1.0
            assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9 * size)
            parts = decompose(measure, *factors)
            assert sum(parts.values()) == pytest.approx(wanted[1] - wanted[0], abs=1e-9 * size)
            assert not any(decompose(measure, factors[0], factors[0]).values())


def test_each_way_is_credited_with_what_it_did(make_records: Any) -> None:
    """From one steady customer in twelve quarters: one more; a higher margin; a later start; a shorter stay."""
    def factors(bought: Any, measure: Any = "discounted_profit") -> Any:
        return value_factors(with_costs(make_records, bought, 10)).factors[measure][0]  # type: ignore[union-attr]

    base = [(t, "Rush", 0, 1, 1000, 400) for t in range(12)]
    dearer = by_way("discounted_profit", factors(base), factors([(t, f, c, u, a, 500) for t, f, c, u, a, _ in base]))
    assert dearer["acquisition"] == dearer["length"] == dearer["shared costs"] == 0.0
    assert dearer["yield"] > 0
    twice = [*base, *[(t, f, 1, u, a, m) for t, f, _, u, a, m in base]]
    more = by_way("discounted_profit", factors(base), factors(twice))
    assert (more["yield"], more["length"]) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert more["acquisition"] > 0
    later = by_way("discounted_profit", factors(base), factors(base[3:]))
    assert later["acquisition"] < 0
    assert (later["yield"], later["length"]) == pytest.approx((0.0, 0.0), abs=1e-9)
    shorter = by_way("discounted_profit", factors(base), factors(base[:6]))
    assert shorter["length"] < 0
    assert shorter["acquisition"] == 0.0


def test_a_world_without_customers_has_only_its_costs(make_records: Any) -> None:
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in range(12)]
    full, empty = (value_factors(with_costs(make_records, rows, 10)) for rows in (bought, []))
    a, b = full.factors["discounted_profit"][0], empty.factors["discounted_profit"][0]  # type: ignore[union-attr]
    worth = value_of("discounted_profit", b)
    assert worth == pytest.approx(-0.1 * sum(1.1 ** (-t / 4) for t in range(12)))
    for pair in ((a, b), (b, a)):
        parts = by_way("discounted_profit", *pair)
        change = value_of("discounted_profit", pair[1]) - value_of("discounted_profit", pair[0])
        assert parts["acquisition"] == pytest.approx(change)
        assert parts["yield"] == parts["length"] == 0.0


def test_other_terms_of_valuation_are_a_part_of_their_own(make_records: Any) -> None:
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in range(12)]
    near, far = (
        value_factors(make_records(bought, people=1, periods=12,
                                   overrides={**TERMS, "money.equity_horizon_years": years}))
        for years in (2.0, 4.0)
    )
    parts = by_way("customer_equity", near.factors["customer_equity"][0],  # type: ignore[union-attr]
                   far.factors["customer_equity"][0])  # type: ignore[union-attr]
    assert parts.pop("terms of valuation") > 0
    assert not any(parts.values())


def test_without_purchases_there_are_no_ways(make_records: Any) -> None:
    assert value_factors(make_records(transactions=None)) is None
