"""Calibration: parameters that are known come back; what the targets cannot tell is said."""

import numpy as np
import pytest

import sim
from sim.studies.calibrate import NOT_IDENTIFIED
from sim.studies.fitting import Identification, Surface, fitted, terms

RANGES = {"a": (0.0, 1.0), "b": (0.0, 2.0)}


def curved(x, seed):
    return (np.exp(x["a"]) + x["b"], x["a"] * x["b"], x["b"] ** 2)


def truth(a, b):
    return dict(zip(("one", "two", "three"), curved({"a": a, "b": b}, 0), strict=True))


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.7), (0.8, 1.6), (0.15, 1.2)])
def test_parameters_that_made_the_targets_come_back(a, b):
    found = sim.calibrate(curved, {name: (value, 0.01) for name, value in truth(a, b).items()}, RANGES)
    assert found.changes["a"] == pytest.approx(a, abs=0.01)
    assert found.changes["b"] == pytest.approx(b, abs=0.01)
    assert found.warning == ""
    assert found.table()["fits"].all()
    table = found.parameter_table()
    assert ((table["low"] <= [a, b]) & (table["high"] >= [a, b])).all()


def test_a_target_out_of_reach_at_the_end_of_a_range_pins_nothing_down():
    found = sim.calibrate(lambda x, seed: (x["a"],), {"t": (5.0, 0.1)}, {"a": (0, 1)})
    fitted_a, met, miss = found.findings()
    assert fitted_a.value == pytest.approx(1.0)
    assert fitted_a.interval == pytest.approx((0.804, 1.0))
    assert (met.value, met.n) == (0, 20)
    assert (miss.value, miss.details["wanted"], miss.details["misfit"]) == pytest.approx((1, 5, 40))
    assert "out of reach with these parameters inside their ranges: t" in miss.caveats
    assert "a reaches the high end of its range (0 to 1), and what lies beyond was not tried" in miss.caveats
    assert found.parameter_table()["at_end"].tolist() == ["high"]
    assert found.finding == "The target is missed"


def test_what_is_pinned_down_is_told_with_its_interval():
    found = sim.calibrate(lambda x, seed: (10 * x["a"],), {"t": (5.0, 0.1)}, {"a": (0, 1)})
    assert found.explain() == (
        "Fitted a = 0.5 (95 % interval 0.48 to 0.52). 1 of 1 target met to within tolerance (20 runs with new seeds). "
        "Largest deviation: t, 5 against 5 (0.0 tolerances).\n"
        "Caveats: intervals of parameters hold if every target is known to within its tolerance.")
    assert found.finding == "The target is met"


def test_an_interval_of_more_than_half_of_the_range_pins_nothing_down():
    """t = a to within 0.13: ±1.96 · 0.13 is 0.51 of the range."""
    found = sim.calibrate(lambda x, seed: (x["a"],), {"t": (0.5, 0.13)}, {"a": (0, 1)})
    assert found.findings()[0].message == NOT_IDENTIFIED
    assert found.warning == ("not identified: a (other values do nearly as well), so fix some, or add targets that "
                             "depend on them")
    near = sim.calibrate(lambda x, seed: (x["a"],), {"t": (0.5, 0.12)}, {"a": (0, 1)})
    assert near.warning == ""


def test_a_target_met_by_the_luck_of_the_fit_alone_asks_for_more_runs():
    found = sim.calibrate(lambda x, seed: (x["a"] + (0.3 if seed > 1000 else 0.0),), {"t": (0.5, 0.05)}, {"a": (0, 1)})
    assert found.caveats[0] == (
        "met in the 4 runs of the fit but missed with new seeds, so use more replications: t")


@pytest.fixture(scope="module")
def forecasts():
    """Totals that were told while the calibration below ran."""
    return []


@pytest.fixture(scope="module")
def small(forecasts):
    """A small market with a price that its range does not hold."""
    tiny = {"question": "Who?", "clock": {"years": 0.5}, "market": {"customers": 20}, "firms": {"Rush": {}, "Root": {}}}
    return sim.calibrate(tiny, {"Root.market_share": (0.5, 0.2), "Root.price_paid_money": 15},
                         {"product.price": (12, 20)}, replications=2,
                         progress=lambda done, total, what: forecasts.append(total))


def test_a_written_value_outside_its_range_is_told(small):
    assert "as written product.price is 10, outside its range (12 to 20)" in small.caveats


def test_the_forecast_of_runs_is_an_upper_bound_and_not_far_above(small, forecasts):
    assert len(set(forecasts)) == 1
    assert small.settings()["runs"] <= forecasts[0] <= 1.5 * small.settings()["runs"]


def test_the_picture_has_the_unit_of_every_target(small):
    table = small.picture_table()
    assert table["unit"].tolist() == ["share", "money"]
    assert table.attrs["currency"]


def test_one_of_anything_is_not_told_as_many():
    found = sim.calibrate(lambda x, seed: (x["a"],), {"t": (0.5, 0.01)}, {"a": (0, 1)})
    assert repr(found).endswith(": 1 parameter, 1 target>")


def test_targets_that_cannot_be_met_are_left_with_their_residuals():
    found = sim.calibrate(curved, {"one": (1.0, 0.1), "two": (5.0, 0.1), "three": (0.0, 0.1)}, RANGES)
    table = found.table()
    assert not table["fits"].all()
    assert table["residual"].tolist() == (table["fitted"] - table["wanted"]).tolist()
    assert table["difference"].tolist() == pytest.approx((table["residual"] / table["tolerance"]).tolist())


def test_two_parameters_that_only_count_together_are_not_identified():
    found = sim.calibrate(lambda x, seed: (x["a"] + x["b"], 2 * (x["a"] + x["b"])), {"sum": (1.2, 0.01), "twice": 2.4},
                          {"a": (0, 1), "b": (0, 1)})
    assert found.identification.rank == 1
    assert "not identified: a and b" in found.warning
    assert found.table()["fits"].all()
    assert not found.parameter_table()["identified"].any()


def test_a_parameter_that_does_nothing_is_not_identified_and_the_other_one_is():
    found = sim.calibrate(lambda x, seed: (x["a"], x["a"] ** 2), {"it": (0.5, 0.01), "square": 0.25}, RANGES)
    assert found.parameter_table().set_index("parameter")["identified"].to_dict() == {"a": True, "b": False}
    assert "not identified: b" in found.warning


def test_fewer_targets_than_parameters_are_never_enough():
    found = sim.calibrate(lambda x, seed: x["a"] + 0.1 * x["b"], {"it": (0.5, 0.01)}, RANGES)
    assert "not identified: a and b (1 target for 2 parameters)" in found.warning


def test_a_target_that_luck_blurs_does_not_pull_as_if_it_were_sharp():
    def noisy(x, seed):
        return (x["a"], x["a"] + 3 * np.random.default_rng(seed).normal())

    found = sim.calibrate(noisy, {"sharp": (0.6, 0.01), "blurred": (0.6, 0.01)}, {"a": (0, 1)})
    assert found.changes["a"] == pytest.approx(0.6, abs=0.02)


def test_a_quadratic_surface_is_fitted_exactly():
    random = np.random.default_rng(2)
    places = random.random((20, 3))
    values = terms(places) @ random.normal(size=(10, 2))
    surface = Surface.through(places, values, places[0], 0.5)
    assert surface(places[7]) == pytest.approx(values[7])
    step = np.array([0, 1e-5, 0])
    slope = (surface(places[3] + step) - surface(places[3] - step)) / 2e-5
    assert surface.jacobian(places[3])[:, 1] == pytest.approx(slope, rel=1e-4)


def test_the_fit_stays_inside_the_ranges():
    found = fitted(lambda x: x - 3.0, np.array([0.5]), 1)
    assert found.place.tolist() == pytest.approx([1.0], abs=1e-6)


def test_identification_is_read_off_the_jacobian():
    strong = Identification.of(np.diag([40.0, 20.0]))
    assert strong.rank == 2
    assert strong.errors == pytest.approx([1 / 40, 1 / 20])
    assert strong.loose == ()
    flat = Identification.of(np.array([[10.0, 10.0]]))
    assert flat.rank == 1
    assert np.isinf(flat.errors).all()


def test_aggregates_that_do_not_exist_anywhere_are_refused():
    with pytest.raises(ValueError, match="none of 44 runs gave a number"):
        sim.calibrate(lambda x, seed: float("nan"), {"it": 1.0}, {"a": (0, 1)})


@pytest.mark.parametrize(("targets", "parameters", "words"), [
    ({}, {"product.margin": (0.3, 0.6)}, "at least one target"),
    ({"Rot.market_share": 0.5}, {"product.margin": (0.3, 0.6)}, "did you mean Root"),
    ({"Root.markt_share": 0.5}, {"product.margin": (0.3, 0.6)}, "did you mean market_share"),
    ({"Root.market_share": 0.0}, {"product.margin": (0.3, 0.6)}, "tolerance above 0"),
    ({"Root.market_share": (0.5, 0.1, 3)}, {"product.margin": (0.3, 0.6)}, "a value and its tolerance"),
    ({"Root.market_share": 0.5}, "world", "choose a few"),
    ({"Root.market_share": 30}, {"product.margin": (0.3, 0.6)}, r"between 0 and 1, not at 30; 30 % is 0\.3"),
    ({"Root.market_share": (0.3, 3)}, {"product.margin": (0.3, 0.6)}, "its tolerance lies between 0 and 1, not at 3"),
    ({"Root.market_share": -0.1}, {"product.margin": (0.3, 0.6)}, "between 0 and 1, not at -0.1"),
    ({"Root.market_share": "0.6"}, {"product.margin": (0.3, 0.6)}, "a value and its tolerance, not '0.6'"),
    ({"Root.market_share": None}, {"product.margin": (0.3, 0.6)}, "a value and its tolerance, not None"),
    ({"Root.market_share": (0.6, "x")}, {"product.margin": (0.3, 0.6)}, "a value and its tolerance"),
    (["Root.market_share"], {"product.margin": (0.3, 0.6)}, "Targets come with their values"),
    ({"Root.market_share": 0.6}, {"product.margin": 0.3}, "a range is two numbers, low and high, not 0.3"),
])
def test_wrong_requests_are_refused(targets, parameters, words):
    tiny = {"question": "Who?", "clock": {"years": 0.5}, "market": {"customers": 20}, "firms": {"Rush": {}, "Root": {}}}
    with pytest.raises(ValueError, match=words):
        sim.calibrate(tiny, targets, parameters)


def test_a_small_market_gives_its_own_purchase_rate_back():
    tiny = {"question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 500},
            "psychology": {"choice": {"price": 6.0, "outside": -3.2}}, "firms": {"Rush": {}, "Root": {}}}
    known = sim.replicate(tiny, 8, seed=300, overrides={"people.purchases_per_year.mean": 16.0})
    wanted = float(known.values("as written", "sold_units", "Root").mean())
    found = sim.calibrate(tiny, {"Root.sold_units": (wanted, 0.03 * wanted)},
                          {"people.purchases_per_year.mean": (4.0, 30.0)}, replications=6)
    assert found.changes["people.purchases_per_year.mean"] == pytest.approx(16.0, rel=0.25)
    (row,) = found.parameter_table().to_dict("records")
    assert row["identified"]
    assert row["low"] < 16.0 < row["high"]
