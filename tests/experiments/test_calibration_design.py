"""Calibration: parameters that are known come back; what the targets cannot tell is said."""

import numpy as np
import pytest

import sim
from sim.experiments.fitting import Identification, Surface, fitted, terms

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
    assert "Not identified: a and b" in found.warning
    assert found.table()["fits"].all()
    assert not found.parameter_table()["identified"].any()


def test_a_parameter_that_does_nothing_is_not_identified_and_the_other_one_is():
    found = sim.calibrate(lambda x, seed: (x["a"], x["a"] ** 2), {"it": (0.5, 0.01), "square": 0.25}, RANGES)
    assert found.parameter_table().set_index("parameter")["identified"].to_dict() == {"a": True, "b": False}
    assert "Not identified: b" in found.warning


def test_fewer_targets_than_parameters_are_never_enough():
    found = sim.calibrate(lambda x, seed: x["a"] + 0.1 * x["b"], {"it": (0.5, 0.01)}, RANGES)
    assert "1 targets for 2 parameters" in found.warning


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
    with pytest.raises(ValueError, match="Too few points"):
        sim.calibrate(lambda x, seed: float("nan"), {"it": 1.0}, {"a": (0, 1)})


@pytest.mark.parametrize(("targets", "parameters", "words"), [
    ({}, {"product.margin": (0.3, 0.6)}, "at least one target"),
    ({"Rot.market_share": 0.5}, {"product.margin": (0.3, 0.6)}, "did you mean Root"),
    ({"Root.markt_share": 0.5}, {"product.margin": (0.3, 0.6)}, "did you mean market_share"),
    ({"Root.market_share": 0.0}, {"product.margin": (0.3, 0.6)}, "tolerance above 0"),
    ({"Root.market_share": (0.5, 0.1, 3)}, {"product.margin": (0.3, 0.6)}, "a value and its tolerance"),
    ({"Root.market_share": 0.5}, "world", "choose a few"),
])
def test_wrong_requests_are_refused(targets, parameters, words):
    tiny = {"question": "Who?", "clock": {"years": 0.5}, "market": {"customers": 20}, "firms": {"Rush": {}, "Root": {}}}
    with pytest.raises(ValueError, match=words):
        sim.calibrate(tiny, targets, parameters)


def test_a_small_market_gives_its_own_purchase_rate_back():
    tiny = {"question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 200},
            "firms": {"Rush": {}, "Root": {}}}
    known = sim.replicate(tiny, 8, seed=300, overrides={"people.purchases_per_year.mean": 16.0})
    wanted = float(known.values("as written", "penetration_share", "Root").mean())
    found = sim.calibrate(tiny, {"Root.penetration_share": (wanted, 0.03 * wanted)},
                          {"people.purchases_per_year.mean": (4.0, 30.0)}, replications=2)
    assert found.changes["people.purchases_per_year.mean"] == pytest.approx(16.0, rel=0.2)
    assert found.warning == ""
