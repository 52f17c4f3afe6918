"""The check on refusals can fail: it tells a good refusal from a bad one."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np
import pytest
from bad_inputs import FEW, Case, assert_refused, complaint

from sim.equity.checks import column, number, one_of, whole


def counted(function: Any) -> tuple[Any, list[int]]:
    """A function, and a list that grows with every call."""
    calls: list[int] = []

    @wraps(function)
    def watched(*values: Any, **named: Any) -> Any:
        calls.append(1)
        return function(*values, **named)

    return watched, calls


def careful(rate: Any, counts: Any, kind: Any = None) -> float:
    rate = number("rate", rate, 0, 1)
    if kind is not None:
        one_of("kind", kind, ("a", "b"))
    return rate * float(column("counts", counts, 0).sum())


def test_a_careful_function_passes_every_try() -> None:
    watched, calls = counted(careful)
    limits = {"rate": (0, 1), "counts": (0, None)}
    assert_refused(Case(watched, {"rate": 0.5, "counts": [1.0, 2.0], "kind": "a"}, limits), FEW)
    assert len(calls) > FEW // 2, "it was hardly tried"


def test_an_optional_argument_may_be_left_out_as_none() -> None:
    assert Case(careful, {"kind": "a"}).optional("kind")
    assert not Case(careful, {"rate": 0.5}).optional("rate")


def careless(rate: Any) -> float:
    return float(rate)


def nameless(rate: Any) -> float:
    try:
        return number("rate", rate, 0, 1)
    except ValueError:
        raise ValueError("that is not allowed") from None


def breaking(rate: Any) -> float:
    return 1.0 / number("rate", rate, 0)


@pytest.mark.parametrize("function", [careless, nameless])
def test_a_function_that_accepts_or_does_not_name_is_found_out(function: Any) -> None:
    with pytest.raises(AssertionError, match="rate"):
        assert_refused(Case(function, {"rate": 0.5}, {"rate": (0, 1)}), FEW)


def test_another_kind_of_error_is_a_complaint() -> None:
    assert "ZeroDivisionError" in (complaint(Case(breaking, {"rate": 0.5}), "rate", 0.0) or "")


def test_a_name_inside_another_word_is_no_name() -> None:
    def alike(rate: Any) -> None:
        raise ValueError("the accelerated_rate is wrong")

    assert "does not name it" in (complaint(Case(alike, {"rate": 1.0}), "rate", 2.0) or "")


def test_columns_of_different_length_may_name_either() -> None:
    def two(first: Any, second: Any) -> None:
        found = [column(name, value) for name, value in (("first", first), ("second", second))]
        if found[0].size != found[1].size:
            raise ValueError("first: that many values do not go with the others")

    columns, short = {"first": np.array([1.0, 2.0]), "second": np.array([1.0, 2.0])}, np.array([1.0])
    assert "does not name it" in (complaint(Case(two, columns), "second", short) or "")
    case = Case(two, columns, columns=("first", "second"))
    assert complaint(case, "second", short) is None
    assert_refused(case, FEW)


def test_whole_numbers_are_broken_into_fractions() -> None:
    def periods_only(periods: Any) -> float:
        return number("periods", periods)

    assert_refused(Case(lambda periods: whole("periods", periods, 0, 100), {"periods": 3}, {"periods": (0, 100)}), FEW)
    with pytest.raises(AssertionError, match="was accepted"):
        assert_refused(Case(periods_only, {"periods": 3}), FEW)
