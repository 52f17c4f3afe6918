"""`sim clv`: the numbers of the calculators, in words and as JSON, and plain refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sim.equity.clv import TIMINGS, lifetime_value
from sim.equity.elasticity import elasticity, five_points

Sim = Callable[..., Any]
CUSTOMER = ("--margin", "100", "--retention", "0.8", "--discount", "0.12")


def test_three_timings_stand_side_by_side(sim: Sim) -> None:
    done = sim("clv", *CUSTOMER)
    assert (done.code, done.err) == (0, "")
    lines = {line.strip().split("  ")[0]: line.split()[-3:] for line in done.out.splitlines() if line.strip()}
    assert lines["immediate"] == list(TIMINGS)
    assert lines["lifetime value"] == ["350.00", "312.50", "250.00"]
    assert lines["times the margin, before costs"] == ["3.500", "3.125", "2.500"]
    assert "Customers stay 5 periods on average; half are gone after 3.11 renewals." in done.out
    raised = next(line for line in done.out.splitlines() if "80 % to 85 %" in line)
    assert raised.split()[-3:] == ["414.81", "370.37", "314.81"]
    assert "retention 80 % to 80.8 %" in done.out
    assert "acquisition cost" not in done.out, "what costs nothing is not in the table"


def test_json_holds_what_the_calculators_say(sim: Sim) -> None:
    done = sim("clv", *CUSTOMER, "--growth", "0.02", "--periods", "10", "--acquisition-cost", "60",
               "--retention-cost", "5", "--json")
    found = json.loads(done.out)
    terms = {"growth": 0.02, "periods": 10, "acquisition_cost": 60.0, "retention_cost": 5.0}
    assert {name: found[name] for name in terms} == terms
    for timing in TIMINGS:
        one = found["timings"][timing]
        assert one["lifetime_value"] == lifetime_value(100.0, 0.8, 0.12, timing=timing, **terms)
        effects = elasticity(100.0, 0.8, 0.12, timing=timing, **terms)  # type: ignore[arg-type]
        assert one["percent_with_1_percent_better"] == {
            name: effect.value_percent for name, effect in effects.items()}
        assert one["five_points_more"]["percent"] == five_points(100.0, 0.8, 0.12, timing=timing, **terms).percent


def test_costs_and_horizon_are_told(sim: Sim) -> None:
    out = sim("clv", *CUSTOMER, "--periods", "3", "--acquisition-cost", "60", "--retention-cost", "5").out
    assert "at most 3 margins; 60.00 to win, 5.00 to keep, before each renewal." in out
    assert "acquisition cost 60.00 to 59.40" in out
    assert "retention cost 5.00 to 4.95" in out


def test_what_does_not_exist_is_a_dash_and_null(sim: Sim) -> None:
    done = sim("clv", "--margin", "100", "--retention", "0.97", "--discount", "0.05", "--acquisition-cost", "1230")
    assert (done.code, done.err) == (0, "")
    raised = next(line for line in done.out.splitlines() if "97 % to 102 %" in line)
    assert raised.split()[-3:] == ["-", "-", "-"]
    renewal = next(line for line in done.out.splitlines() if "margin 100.00 to" in line).split()[-1]
    assert renewal == "-"  # a renewal is worth 1212.50, less than it costs
    assert done.out.splitlines()[-1].startswith("-: not defined")
    found = json.loads(sim("clv", "--margin", "100", "--retention", "1", "--discount", "0.05", "--json").out)
    assert found["mean_lifetime_periods"] is None
    assert found["timings"]["renewal"]["five_points_more"]["lifetime_value"] is None
    assert "Customers stay for ever." in sim("clv", "--margin", "100", "--retention", "1", "--discount", "0.05").out


@pytest.mark.parametrize(("changes", "words"), [
    (("--retention", "80"), "--retention: 80 is not allowed; a number from 0 to 1 (80 % is 0.8)."),
    (("--discount", "-1"), "--discount: -1 is not allowed; a number above -1."),
    (("--retention", "1", "--discount", "0"), "1 + discount"),
    (("--periods", "0"), "--periods: 0 is not allowed"),
    (("--acquisition-cost", "-5"), "--acquisition-cost: -5 is not allowed; a number of at least 0."),
    (("--margin", "nan"), "--margin: nan is not allowed"),
    (("--growth", "-2"), "--growth: -2"),
])
def test_a_bad_value_is_refused_by_its_option(sim: Sim, changes: tuple[str, ...], words: str) -> None:
    for more in ((), ("--json",)):
        done = sim("clv", *CUSTOMER, *changes, *more)
        assert (done.code, done.out) == (2, "")
        assert words in done.err
        assert "Traceback" not in done.err


def test_a_missing_number_is_asked_for(sim: Sim) -> None:
    done = sim("clv", "--margin", "100")
    assert (done.code, done.out) == (2, "")
    assert "--retention" in done.err
