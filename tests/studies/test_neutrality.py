"""Neutrality: the ranges, the six markets of a place, verdicts on numbers whose answer is known, and a small study."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from neutral_markets import known_study, known_verdicts, markets

import sim
from sim.firms.one_firm import Grant
from sim.runs.execute import whole_run
from sim.studies import neutrality_market as market
from sim.studies.factors import declared_limits
from sim.studies.neutrality import EQUITY, OUTCOMES, PROFIT, Neutrality, _verdicts, runs_of
from sim.studies.neutrality_market import FIRM, RANGES, RIVAL, RIVALS, ROLES, base, markets_at, point_name, values_at
from sim.studies.neutrality_tables import LEADS, MONEY_OVER_COST
from sim.studies.neutrality_verdicts import Markets, Verdicts
from sim.studies.sample import latin_hypercube
from sim.text.findings import TOO_CLOSE
from sim.valuation.outcomes import outcomes_of


def test_every_range_has_a_unit_and_a_source_and_lies_within_what_may_be_set() -> None:
    for factors in RANGES.values():
        assert 20 <= len(factors) <= 40
        assert len({factor.path for factor in factors}) == len({factor.label for factor in factors}) == len(factors)
        for factor in factors:
            assert factor.unit
            assert factor.source
            if factor.unit not in (market.OF_MONEY, market.OF_REVENUE):
                low, high = declared_limits(factor.path)
                assert low <= factor.low < factor.high <= high, factor.path
    names = [[factor.path for factor in factors] for factors in RANGES.values()]
    assert names[0] == names[1], "a place in the unit cube is a market of either set"


def test_costs_in_proportion_follow_what_a_customer_brings() -> None:
    factors = RANGES["costs in proportion"]
    for place in latin_hypercube(len(factors), 50, 1):
        found = values_at(factors, place)
        brought = found[market.PRICE] * found[market.PURCHASES]
        assert 0.003 <= found["product.information_cost"] / brought <= 0.05
        assert 0.03 <= found[market.BUDGET] / (brought / 2) <= 0.2
    middle = np.full(len(factors), 0.5)
    euros = values_at(RANGES["costs in euros"], middle)
    assert euros["product.relation_half"] == pytest.approx(np.sqrt(60))


def test_six_markets_differ_in_what_the_firms_do_and_in_nothing_else() -> None:
    found = markets_at(base(), markets(1).values[0])
    assert list(found) == [(role, rival) for rival in RIVALS for role in ROLES]
    first = found["deals", "typical"]
    for (role, rival), one in found.items():
        assert one.model_copy(update={"firms": first.firms}) == first
        assert Grant.of(one, FIRM) == Grant.of(one, RIVAL) == Grant.of(first, FIRM), "equal budgets"
        assert one.firms[RIVAL].strategy == RIVALS[rival]
        assert one.firms[FIRM].failure_rate == one.firms[RIVAL].failure_rate == one.past.failure_rate
        levers = {name: getattr(one.firms[RIVAL], name) for name in ("quality", "information", "care")}
        assert levers == {name: getattr(one.past, name) for name in levers}, "the rival goes on as before"
        assert one.firms[RIVAL].spending.model_dump() == one.past.spending.model_dump()
        assert (one.firms[FIRM].strategy == "do_nothing") == (role == "idle")
    product = first.product
    assert (product.people_half, product.base_failure_rate) == (product.service_half, first.past.failure_rate)
    assert product.personalisation_cost == pytest.approx(product.information_cost / 6)
    assert (first.firms[FIRM].spending.relations, found["relations", "typical"].firms[FIRM].spending.relations) == (
        0.0, 0.55)


def test_who_earns_most_is_found_and_what_is_within_chance_is_too_close() -> None:
    found = known_verdicts()
    lead = np.log(found.markets.brought / (20 * found.markets.relation_cost))
    clear = np.abs(lead) > 0.15
    assert (found.winners[clear] == np.where(lead[clear] > 0, 1, 0)).all()
    assert sum(share.value for share in found.shares.values()) == pytest.approx(1)
    assert found.shares["idle"].value == 0
    same = Verdicts(found.markets, np.ones((len(lead), 3, 2)))
    assert same.shares[TOO_CLOSE].value == 1


def test_the_border_runs_where_it_was_put() -> None:
    found = known_verdicts(600)
    ((money, cost),) = found.border(0.5, [8.0])
    assert (money / cost, cost) == (pytest.approx(20, rel=0.15), 8.0)
    surely = found.border(0.8, [8.0])[0][0]
    assert surely >= money
    parts = found.parts()
    shares = [part["relations"] for part in parts]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert sum(part["n"] for part in parts) == 600


def test_without_a_border_it_says_so() -> None:
    found = known_verdicts(60)
    turned = Verdicts(found.markets, -found.values[:, :, :] * np.array([1, 1, -1])[None, :, None])
    assert turned.border(0.5, [8.0]) == []


def test_the_answer_has_shares_what_decides_and_says_whether_idle_is_as_rare_as_expected() -> None:
    study = known_study()
    table = study.table()
    assert len(table) == len(RANGES) * len(RIVALS) * len(OUTCOMES)
    assert table[["deals", "relations", "idle", "too_close"]].sum(axis=1).to_numpy() == pytest.approx(np.ones(8))
    decides = study.decides()
    first = decides[decides["lead"] == LEADS[0]].groupby("ranges").first()
    assert first["label"].tolist() == [MONEY_OVER_COST] * 2
    assert [one.verdict for one in study.findings() if "Expected beforehand" in one.message] == ["reached"]
    assert study.points()["brought"].between(2, 10_000).all()
    assert len(study.points()) == 80
    text = study.markdown()
    assert all(f"`{factor.path}`" in text for factors in RANGES.values() for factor in factors)


def test_idle_in_too_many_markets_is_a_miss() -> None:
    study = known_study()
    found = {key: Verdicts(one.markets, one.values[:, [2, 0, 1]]) for key, one in study.verdicts.items()}
    missed = Neutrality(found, {"markets": 40, "replications": 2, "seed": 1, "runs": 0})
    assert [one.verdict for one in missed.findings() if "Expected beforehand" in one.message] == ["missed"]


def test_with_too_few_markets_nothing_is_said() -> None:
    nothing = Neutrality({key: Verdicts(Markets(()), np.empty((0, 3, 2))) for key in known_study().verdicts},
                         {"markets": 40, "replications": 2, "seed": 1, "runs": 0})
    assert "Nothing can be said" in nothing.explain()
    assert nothing.lines() == []


def test_a_small_study_pairs_the_roles_market_by_market(monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(market, "PEOPLE", 40)
    told = []
    store = tmp_path / "neutral.sqlite"
    study = sim.neutrality(8, 2, seed=4, store=store, progress=lambda done, total, what: told.append((done, total)))
    assert told[-1] == (runs_of(8, 2),) * 2
    assert told == sorted(told)
    one = study.verdicts["costs in proportion", "reacting", PROFIT]
    assert one.values.shape == (8, 3, 2)
    points = markets_at(base(), one.markets.values[5])
    records = whole_run(points["relations", "reacting"], 4 + 5 * 2 + 1)  # its sixth market, its second run
    assert outcomes_of(records, [PROFIT], 3.0)[FIRM][PROFIT] == pytest.approx(one.values[5, 1, 1])
    again = sim.neutrality(8, 2, seed=4, store=store)
    assert again.explain() == study.explain()
    folder = study.save(tmp_path / "found")
    assert {path.name for path in folder.iterdir()} >= {"neutrality.png", "neutrality_markets.csv"}


def test_who_sold_nothing_has_no_equity_and_a_market_that_was_not_run_to_the_end_does_not_count() -> None:
    rows = [{"point": point_name(ranges, number, role, rival), "replicate": run, "firm": FIRM, PROFIT: 10.0 * number,
             EQUITY: np.nan if (number, role, run) == (2, "idle", 1) else 5.0}
            for number in (1, 2, 3) for ranges in RANGES for rival in RIVALS for role in ROLES for run in (0, 1)
            if (number, ranges, run) != (3, "costs in euros", 1)]
    found = _verdicts(pd.DataFrame(rows), 2, {ranges: list(markets(3, ranges).values) for ranges in RANGES})
    euros, proportion = (found[ranges, "reacting", EQUITY] for ranges in RANGES)
    assert euros.values.shape == (2, 3, 2)
    assert euros.values[1].tolist() == [[5, 5], [5, 5], [5, 0]]
    assert found["costs in proportion", "typical", PROFIT].means[:, 0].tolist() == [10, 20, 30]
    assert len(proportion.markets.values) == 3
    study = Neutrality(found, {"markets": 3, "replications": 2, "seed": 1, "runs": len(rows)})
    assert "Nothing can be said" in study.explain()


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8 markets"):
        sim.neutrality(3)
    with pytest.raises(ValueError, match="At least 2 paired runs"):
        sim.neutrality(8, 1)
