"""Sensitivity on functions whose answer is known, and on a small market."""

import numpy as np
import pytest

import sim
from sim.statistics.sobol import sobol_indices
from sim.studies.asking import order
from sim.studies.sensitivity import SCREENED, Sensitivity
from sim.studies.sensitivity_methods import EVERYWHERE, STRONGLY, widest

ISHIGAMI_RANGES = dict.fromkeys("abc", (-np.pi, np.pi))
A, B = 7.0, 0.1


def ishigami(x, seed):
    """Ishigami & Homma 1990, with the usual a = 7 and b = 0.1."""
    return np.sin(x["a"]) + A * np.sin(x["b"]) ** 2 + B * x["c"] ** 4 * np.sin(x["a"])


def known_indices():
    """First-order and total indices, worked out from the variance in closed form (Saltelli et al. 2000)."""
    variance = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
    alone = {"a": 0.5 * (1 + B * np.pi**4 / 5) ** 2, "b": A**2 / 8, "c": 0.0}
    together = B**2 * np.pi**8 * (1 / 18 - 1 / 50)  # of a and c
    total = {"a": alone["a"] + together, "b": alone["b"], "c": together}
    return {name: (alone[name] / variance, total[name] / variance) for name in "abc"}


def test_the_known_indices_are_those_of_the_books():
    assert [round(value, 4) for value in known_indices()["a"]] == [0.3139, 0.5576]
    assert round(known_indices()["b"][0], 4) == 0.4424
    assert round(known_indices()["c"][1], 4) == 0.2437


def test_sobol_indices_of_ishigami_through_our_own_path():
    found = sim.sensitivity(ishigami, ISHIGAMI_RANGES, "sobol", samples=1024)
    table = found.table().set_index("factor")
    for name, (first, total) in known_indices().items():
        row = table.loc[name]
        assert row["first"] == pytest.approx(first, abs=0.04)
        assert row["total"] == pytest.approx(total, abs=0.04)
        assert row["total_low"] <= total <= row["total_high"]
        assert row["first_low"] - 0.02 <= first <= row["first_high"] + 0.02
    assert table.index[0] == "a"
    first = found.findings()[0]
    assert (first.subject, first.outcome, first.verdict) == ("a", "ishigami, B minus A", "share")
    assert first.value == pytest.approx(0.56, abs=0.005)
    assert found.order.model.runs == 1024 * 5 * 2


def test_sobol_indices_with_noise_of_luck_are_those_without():
    """The same luck at every point: noise that all points share changes no index."""
    def noisy(x, seed):
        return ishigami(x, seed) + 50 * np.random.default_rng(seed).normal()

    plain = sim.sensitivity(ishigami, ISHIGAMI_RANGES, "sobol", samples=256).table()
    shaken = sim.sensitivity(noisy, ISHIGAMI_RANGES, "sobol", samples=256).table()
    assert shaken["total"].tolist() == pytest.approx(plain["total"].tolist(), abs=1e-6)


def test_morris_effects_of_a_plane_are_its_slopes():
    found = sim.sensitivity(lambda x, seed: 4 * x["a"] - 2 * x["b"] + 0 * x["c"],
                            {"a": (0, 1), "b": (0, 10), "c": (0, 1)}, "morris", samples=6)
    table = found.table().set_index("factor")
    assert table["mean_absolute"].to_dict() == pytest.approx({"a": 4.0, "b": 20.0, "c": 0.0})
    assert table["mean"].to_dict() == pytest.approx({"a": 4.0, "b": -20.0, "c": 0.0})
    assert table["spread"].max() < 1e-9  # no factor depends on another
    first, second = found.findings()
    assert (second.verdict, second.n) == ("steady", 2)  # the third has none
    assert first.interval == pytest.approx((20.0, 20.0))  # every walk gives the same slope, up to rounding
    assert set(table["depends"]) == {EVERYWHERE}


def test_morris_sees_interaction():
    found = sim.sensitivity(lambda x, seed: x["a"] * x["b"], {"a": (-1, 1), "b": (-1, 1)}, "morris", samples=10)
    assert (found.table()["spread"] > 0.5).all()
    assert (found.findings()[1].verdict, found.findings()[1].subject) == ("depends", "b and a")
    assert set(found.table()["depends"]) == {STRONGLY}


def test_a_tornado_moves_one_factor_at_a_time_from_where_it_stands():
    found = sim.sensitivity(lambda x, seed: x["a"] ** 2 + 3 * x["b"], {"a": (0, 2), "b": (0, 1)})
    row = found.table().set_index("factor").loc["a"]
    assert (row["base"], row["at_low"], row["at_high"]) == (2.5, 1.5, 5.5)
    assert row["swing"] == 4.0
    assert found.table().attrs["comparisons"] == 4
    assert found.finding == "A matters most"


def test_a_tornado_says_which_end_reverses_the_winner():
    found = sim.sensitivity(lambda x, seed: 1 + 2 * x["a"] + 0.1 * x["b"] + 0.01 * (seed % 3),
                            {"a": (-2, 2), "b": (-1, 1)})
    assert found.table().set_index("factor")["reverses"].to_dict() == {"a": "low", "b": ""}
    assert found.table().set_index("factor").loc["a", "winner_low"] == "A"
    wins = found.findings()[-1]
    assert (wins.verdict, wins.subject, wins.details["places"]) == ("wins", "A", ["a at -2"])


def test_a_market_is_most_sensitive_to_what_one_would_think_and_knows_its_sources():
    tiny = {"question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 150},
            "firms": {"Rush": {}, "Root": {"quality": 0.85}}}
    factors = {"people.purchases_per_year.mean": (1, 40), "psychology.mending.repeated": (0.5, 0.7)}
    found = sim.sensitivity(tiny, factors, outcome="revenue_money", firm="Root", replications=2)
    table = found.table()
    assert table["factor"][0] == "people.purchases_per_year.mean"
    assert table["is_guess"].all()
    assert table["unit"][0] == "per year"
    assert table["at_high"][0] > table["base"][0] > table["at_low"][0]
    assert table.attrs["option_a"] == ""


def test_without_factors_sobol_takes_those_with_the_largest_swings(monkeypatch):
    from sim.studies import sensitivity as module

    asked = []

    def widest(order, factors, count):
        asked.append(count)
        return tuple(sorted(factors, key=lambda one: one.path))[:count]

    monkeypatch.setattr(module, "widest", widest)
    monkeypatch.setattr("sim.studies.sensitivity_methods._means", lambda order, factors, places: places[:, 0])
    tiny = {"question": "Who?", "firms": {"Rush": {}, "Root": {}}}
    found = sim.sensitivity(tiny, method="sobol", samples=2)
    assert isinstance(found, Sensitivity)
    assert len(found.factors) == SCREENED
    assert asked == [SCREENED]


def test_the_widest_factors_are_those_with_the_longest_bars():
    asked = order(lambda x, seed: x["a"] + 5 * x["b"] ** 2 - 3 * x["c"], {}, 2)
    factors = asked.factors(dict.fromkeys("abc", (-1, 1)))
    assert [factor.path for factor in widest(asked, factors, 2)] == ["c", "b"]  # 6 from end to end; 5 above the middle


def test_what_does_not_vary_has_no_index():
    assert sobol_indices(2, np.ones(8), 1).values["total"].tolist() == [0.0, 0.0]


def test_wrong_requests_are_refused():
    with pytest.raises(ValueError, match="did you mean sobol"):
        sim.sensitivity(ishigami, ISHIGAMI_RANGES, "sobl")
    with pytest.raises(ValueError, match="power of two"):
        sim.sensitivity(ishigami, ISHIGAMI_RANGES, "sobol", samples=30)
    with pytest.raises(ValueError, match="needs factors with ranges"):
        sim.sensitivity(ishigami)


def test_a_missing_library_is_told_with_its_extra(monkeypatch):
    import builtins
    import sys

    for name in [name for name in sys.modules if name.split(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    plain = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == "SALib":
            raise ModuleNotFoundError("No module named 'SALib'", name="SALib")
        return plain(name, *rest)

    monkeypatch.setattr("importlib.import_module", lambda name: without(name))
    with pytest.raises(ValueError, match=r"pip install 'clientele-lab\[experiments\]'"):
        sim.sensitivity(ishigami, ISHIGAMI_RANGES, "morris")


def test_everything_is_saved(tmp_path):
    home = sim.sensitivity(ishigami, ISHIGAMI_RANGES).save(tmp_path / "out")
    assert {"sensitivity.csv", "sensitivity.txt", "sensitivity.json"} <= {path.name for path in home.iterdir()}
    assert "seed" in (home / "sensitivity.json").read_text(encoding="utf-8")
