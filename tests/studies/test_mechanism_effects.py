"""Each mechanism off or doubled alone: paired differences, an interval corrected for their number, and what matters."""

import numpy as np
import pytest

import sim
from sim.metrics.registry import all_metrics
from sim.scenario import load, shipped_names
from sim.scenario.effective import MECHANISMS, strengths
from sim.studies.expected_mechanisms import EXPECTED, expected_in
from sim.studies.mechanism_effects import IDENTICAL, MATTERS, SMALL, TOO_CLOSE, Measured, effect_of
from sim.studies.rungs import DOUBLED, OFF, rungs_of, switches_of

TINY = {
    "question": "Deals or relations?", "clock": {"years": 1.5}, "market": {"customers": 150, "leave_per_year": 0.2},
    "mechanisms": {"level": "basic", "trust": 0.5, "satisfaction": -0.5, "match": 2, "taste": 1.5},
    "firms": {"Rush": {"spending": {"advertising": 0.9}}, "Root": {"spending": {"relations": 0.7}, "quality": 0.8}},
}
PROFIT = "cumulative_discounted_profit_money"


@pytest.fixture(scope="module")
def found():
    return sim.ladder(TINY, each_off=True, doubled=True, replications=3)


def test_the_corrected_interval_by_hand():
    """Of 1, 2, 3, 4, 5: mean 3, standard error sqrt(2.5 / 5) = .7071.

    t(4) is 2.7764 at 1 - .05/2; of five comparisons 4.6041 at 1 - .05/10; of two 3.4954 at 1 - .05/4.
    """
    one = effect_of(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 3.0, 5)
    assert (one.change.low, one.change.high) == pytest.approx((3 - 2.7764 * 0.70711, 3 + 2.7764 * 0.70711), abs=1e-4)
    assert (one.corrected.low, one.corrected.high) == pytest.approx((3 - 3.2556, 3 + 3.2556), abs=1e-4)
    assert one.verdict == TOO_CLOSE  # by itself it would be sure
    two = effect_of(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 3.0, 2)
    assert two.corrected.low == pytest.approx(3 - 3.4954 * 0.70711, abs=1e-4)
    assert two.verdict == MATTERS
    assert effect_of(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 3.01, 2).verdict == SMALL


def test_what_is_identical_in_every_run_is_said_to_be():
    assert effect_of(np.zeros(4), 0.01, 3).verdict == IDENTICAL
    assert effect_of(np.array([0.0, 0.0, 0.0, 1e-9]), 0.01, 3).verdict == TOO_CLOSE


def test_one_point_of_a_share_and_one_percent_of_everything_else():
    flat = np.array([0.0]), np.array([[0.0]])
    assert Measured("wallet_share", *flat, 0.4).least == 0.01
    assert Measured("commitment_0_1", *flat, 0.4).least == 0.01
    assert Measured(PROFIT, *flat, -2500.0).least == 25.0


def test_each_mechanism_is_switched_alone_and_doubled_where_twice_its_strength_is_allowed():
    switches = switches_of(rungs_of(load(TINY)), doubled=True)
    doubled = {one.rung.mechanism: one.strength for one in switches if one.change == DOUBLED}
    assert doubled["trust"] == 1.0
    assert doubled["habit"] == 2.0
    assert {one.rung.mechanism for one in switches if one.change == OFF} - set(doubled) == {
        "satisfaction", "match", "taste"}  # turned round; already at 2; 3 would be too much
    assert all(load(TINY, dict(one.point)) is not None for one in switches)
    assert len({tuple(one.point) for one in switches}) == len(doubled) + 3


def test_rows_are_paired_differences_of_the_mean_over_firms(found):
    table = found.table()
    switched = {change: load(TINY, {"mechanisms.trust": strength}) for change, strength in ((OFF, 0), (DOUBLED, 1))}
    plain = sim.replicate(TINY, 3)
    for change, scenario in switched.items():
        other = sim.replicate(scenario, 3)
        for metric in ("repeat_rate_share", "wallet_share", PROFIT):
            one, two = (np.mean([study.values("as written", metric, firm) for firm in study.firms], axis=0)
                        for study in (plain, other))
            row = table[(table["mechanism"] == "trust") & (table["change"] == change) & (table["metric"] == metric)]
            assert row["difference"].item() == pytest.approx(np.mean(two - one))
            assert row["written"].item() == pytest.approx(one.mean())
            assert row["n"].item() == 3
    assert found.comparisons == len(table) == len(found.switches) * 3
    assert (table["corrected_high"] >= table["difference_high"]).all()


def test_the_same_of_one_firm_and_of_a_pair():
    root, rush = (sim.ladder(TINY, each_off=True, replications=2, firm=firm).table() for firm in ("Root", "Rush"))
    pair = sim.ladder(TINY, each_off=True, replications=2, pair=["Rush", "Root"]).table()
    assert pair["whose"].unique().tolist() == ["Root minus Rush"]
    assert pair["difference"].tolist() == pytest.approx((root["difference"] - rush["difference"]).tolist())


def test_it_is_told_printed_and_drawn(found, tmp_path):
    mechanisms = len(rungs_of(load(TINY)))
    assert found.finding == f"{len(found.mattering)} of {mechanisms} mechanisms matter"
    lines = found.lines()
    assert len([line for line in lines if line.startswith("trust")]) == 2
    assert lines[-1].startswith("Marked *: at least one point or one percent, and beyond an interval corrected for "
                                f"{3 * (2 * mechanisms - 3)} comparisons")
    other = sim.ladder(TINY, each_off=True, replications=2, outcome="market_share")
    assert [one.outcome for one in other.measured] == ["market_share", PROFIT]
    found.save(tmp_path)
    assert {path.suffix for path in tmp_path.glob("each_off.*")} == {".csv", ".txt", ".json", ".png"}


def test_a_market_without_firms_gets_typical_ones():
    small = {"market.customers": 60}
    found = sim.ladder("coffee_shop", "heart", each_off=True, replications=2, overrides=small)
    assert found.whose == "2 firms (mean)"
    assert "capacity" in found.idle  # nobody is turned away there
    assert found.marks == ("<!-- each_off:coffee_shop:begin -->", "<!-- each_off:coffee_shop:end -->")


def test_of_every_mechanism_something_is_expected_or_it_is_said_why_not():
    assert set(EXPECTED) == set(MECHANISMS)
    for one in EXPECTED.values():
        assert one.scenario in shipped_names()
        assert one.metric in all_metrics()
        assert strengths(load(one.scenario))[one.mechanism]
        assert one.firm is None or one.firm in load(one.scenario).firms
        assert {other.firm for other in expected_in(one.scenario).values()} == {one.firm}


def test_what_is_expected_is_read_by_its_own_metric():
    found = sim.ladder("first_look", expected=True, replications=2, overrides={"market.customers": 60})
    table = found.table()
    assert dict(zip(table["mechanism"], table["metric"], strict=True)) == {
        name: one.metric for name, one in expected_in("first_look").items()}
    assert found.comparisons == len(EXPECTED)
    assert EXPECTED["trust"].why in found.markdown()


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="say each_off as well"):
        sim.ladder(TINY, doubled=True)
    with pytest.raises(ValueError, match="`expected` alone"):
        sim.ladder(TINY, each_off=True, expected=True)
    with pytest.raises(ValueError, match="nothing to switch off"):
        sim.ladder({**TINY, "mechanisms": {"level": "basic"}}, "basic", each_off=True)
    with pytest.raises(ValueError, match="No mechanism is expected to matter"):
        sim.ladder(TINY, expected=True)
