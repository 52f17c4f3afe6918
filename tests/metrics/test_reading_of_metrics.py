"""What a metric says of how little of a run it needs for one date: the same bits, whatever was not kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import warm_cache

from sim.market.simulation import Options, Simulation
from sim.metrics.registry import ALL, BOOKS, Metric, metric, period_metrics
from sim.metrics.retention import repeat_rate_share
from sim.numerics.elementary import HAS_NUMBA
from sim.records.history import kept_at, wallets_at
from sim.records.records import Records
from sim.runs.task import TaskSettings, read_run
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.valuation.outcomes import EQUITY, outcomes_of, purchases_needed_from
from sim.valuation.person import customer_equity

MARKETS: dict[str, dict[str, Any]] = {
    "months, a warm-up, people who leave": {
        "clock.years": 4, "clock.warm_up_years": 1, "market.leave_per_year": 0.3, "market.growth.kind": "stationary"},
    "weeks": {"clock.period": "week", "clock.years": 3, "survey.every_weeks": 20},
    "quarters, a long memory": {"clock.period": "quarter", "clock.years": 6, "market.active_window_weeks": 104},
    "diffusion": {"clock.years": 3.5, "market.growth.kind": "bass", "market.growth.start_share": 0.05},
    "half a year": {"clock.years": 0.5},
    "hardly anybody buys": {"clock.years": 4, "people.purchases_per_year.mean": 0.2, "market.customers": 30},
}
SEED, FAST = 4, "numba" if HAS_NUMBA else "numpy"


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    if HAS_NUMBA:
        warm_cache()


def market(name: str) -> Scenario:
    spending = {"advertising": 0.4, "relations": 0.3}
    firms = {"Rush": {"price_cut": {"depth": 0.15, "to": "newcomers"}, "spending": {"advertising": 0.7}},
             "Root": {"spending": spending, "recovery": {"answered": 0.6}}, "Rest": {"quality": 0.5}}
    return load({"question": "What is read?", "firms": firms, "market": {"customers": 120}}, MARKETS[name])


def run_of(scenario: Scenario, **how: Any) -> Records:
    course = Simulation(scenario, SEED, SEED, Options(FAST, 1, **how))
    while not course.done:
        course.step()
    return course.records()


@pytest.fixture(scope="module", params=list(MARKETS))
def told(request: pytest.FixtureRequest) -> tuple[Scenario, Records]:
    scenario = market(request.param)
    return scenario, run_of(scenario)


def same_at_every_period(one: Metric, records: Records) -> None:
    whole = np.broadcast_to(one(records), (records.periods, len(records.firms))).astype(np.float64)
    for period in range(records.periods):
        alone = np.asarray(one.at(records, period), dtype=np.float64)
        assert alone.tobytes() == whole[period].tobytes(), (one.name, period, alone, whole[period])


def test_one_period_alone_is_that_period_of_all(told: tuple[Scenario, Records]) -> None:
    for one in period_metrics().values():
        same_at_every_period(one, told[1])


@pytest.mark.parametrize("nothing", [
    {"transactions": None}, {"purchases": ()}, {"people": 0}, {"people": 1, "periods": 1}, {"periods": 2},
], ids=str)
def test_one_period_alone_of_a_run_in_which_little_happened(make_records: Any, nothing: dict[str, Any]) -> None:
    for one in period_metrics().values():
        same_at_every_period(one, make_records(**nothing))


def dates_of(records: Records) -> list[float]:
    first, last = max(0.25, 1 / records.periods_per_year), float(records.years[-1])
    return sorted({first, last / 3, last / 2, last - first / 2, last} - {0.0})


@pytest.mark.parametrize("purchases", ["none", "lately", "all"])
def test_what_a_study_does_not_keep_is_not_missed(told: tuple[Scenario, Records], purchases: str) -> None:
    scenario, records = told
    names = [name for name, one in period_metrics().items() if one.reading.purchases == purchases]
    names += [EQUITY] if purchases == "lately" else []
    for year in dates_of(records):
        found = read_run(scenario, SEED, TaskSettings(FAST, 1, tuple(names), year))[1]
        expected = outcomes_of(records, names, year)
        assert repr(found) == repr(expected), year  # every digit of every number
    forgotten = purchases_needed_from(scenario, names, float(records.years[-1]))
    long_enough = records.periods > records.year + max(records.year, records.active_window)
    assert (forgotten > 0) == {"none": True, "lately": long_enough, "all": False}[purchases]


def test_a_study_keeps_the_purchases_of_two_years_for_the_standard_metrics() -> None:
    scenario = load({"question": "What is kept?", "firms": {"A": {}}, "clock": {"years": 5, "warm_up_years": 1}})
    assert purchases_needed_from(scenario, [EQUITY, "market_share"], 5.0) == 72 - 24
    assert purchases_needed_from(scenario, ["kept_one_year_share"], 2.0) == 36 - 24
    assert purchases_needed_from(scenario, ["market_share"], 5.0) == 72
    assert purchases_needed_from(scenario, [EQUITY, "repeat_rate_share"], 5.0) == 0
    assert purchases_needed_from(scenario, [EQUITY], 0.5) == 0
    slow = load(scenario, {"market.active_window_weeks": 78})
    assert purchases_needed_from(slow, [EQUITY], 5.0) == 72 - 12 - 18
    rows = run_of(load(scenario, {"market.customers": 60}), keeps_from=48).transactions
    assert rows is not None
    assert rows.period.min() == 48


def test_a_metric_of_ones_own_that_says_nothing_reads_all(make_records: Any) -> None:
    @metric("purchases", "units of the last row")
    def last_units(records: Records) -> np.ndarray:
        """Purchases of the period after."""
        return np.roll(records.count("units").astype(float), -1, axis=0)

    records = make_records([(0, "Rush", 0, 1, 10, 5), (1, "Rush", 0, 3, 10, 5)])
    assert last_units.reading is ALL
    assert last_units.at(records, 0).tolist() == [3.0, 0.0]


def test_a_metric_that_says_too_little_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at purchases that were not kept is told, instead of counting what is there."""
    scenario = market("months, a warm-up, people who leave")
    records = run_of(scenario, keeps_from=30)
    for reader in (repeat_rate_share, customer_equity, lambda records: kept_at(records, 35),
                   lambda records: wallets_at(records, 40), lambda records: records.history):
        with pytest.raises(ValueError, match="kept purchases from period 30 on"):
            reader(records.until(50) if reader is customer_equity else records)
    assert len(records.transactions_between(30, 60)) == len(records.transactions or ())
    wrong = Metric("repeat_rate_share", "share", "", "", "flow", repeat_rate_share.function, BOOKS)
    monkeypatch.setattr("sim.valuation.outcomes.all_metrics", lambda: {wrong.name: wrong})
    with pytest.raises(ValueError, match="kept purchases from period 60 on"):
        read_run(scenario, SEED, TaskSettings(FAST, 1, (wrong.name,), 4.0))
