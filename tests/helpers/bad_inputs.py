"""One argument of a function is broken at random: the answer must be a ValueError or TypeError that names it.

    CASES = [Case(lifetime_value, {"margin": 100.0, "retention": 0.8, "discount": 0.1, "timing": "renewal"},
                  limits={"retention": (0, 1)})]

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_a_bad_argument_is_named(case):
        assert_refused(case, FEW)

How a valid argument is broken follows from what it is. An int (or an array of them) stands for whole numbers, so that
1.5 is bad; write 100.0 where any number will do. Booleans are left alone. Anything else (a fitted model, a function)
is replaced by things that it cannot be.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FEW, MANY = 100, 2000
"""Examples in the normal run, and in the slow one."""

Strategy = st.SearchStrategy[Any]


@dataclass(frozen=True)
class Case:
    """A function, arguments that it accepts (by name), and what else is bad.

    `limits`: the lowest and highest number allowed (None: no limit there); numbers outside are tried. `bad`: more
    values that must be refused. `columns`: arrays that must be equally long; a complaint may name any of them.
    `leave`: arguments that are not broken.
    """

    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    bad: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()

    def __str__(self) -> str:
        return getattr(self.function, "__qualname__", repr(self.function))

    def optional(self, name: str) -> bool:
        """Whether None is allowed: the argument's default says so."""
        found = inspect.signature(self.function).parameters.get(name)
        return found is not None and found.default is None


def assert_refused(case: Case, examples: int) -> None:
    """Check that the valid arguments are accepted, and that `examples` broken ones are refused by name."""
    case.function(**case.arguments)

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(broken(case))
    def check(one: tuple[str, Any]) -> None:
        found = complaint(case, *one)
        assert found is None, found

    check()


def complaint(case: Case, name: str, value: Any) -> str | None:
    """What is wrong with the answer to a broken argument; None where it is refused as it should be."""
    what = f"{case} with {name}={value!r}"
    names = case.columns if name in case.columns else (name,)
    try:
        result = case.function(**{**case.arguments, name: value})
    except (ValueError, TypeError) as error:
        named = any(re.search(rf"\b{re.escape(one)}\b", str(error)) for one in names)
        return None if named else f"{what}: the error does not name it: {error}"
    except Exception as error:
        return f"{what}: {type(error).__name__} instead of ValueError or TypeError: {error}"
    return f"{what} was accepted and gave {result!r}"


def broken(case: Case) -> Strategy:
    """An argument of the case and a value that it must not have."""
    names = [name for name in case.arguments if name not in case.leave]
    return st.one_of([st.tuples(st.just(name), way) for name in names for way in ways_of(case, name)])


def ways_of(case: Case, name: str) -> list[Strategy]:
    """Ways to break one argument."""
    value = case.arguments[name]
    if isinstance(value, (bool, np.bool_)):
        return []
    wrong = st.sampled_from([3j, "nonsense", {}, object(), *([] if case.optional(name) else [None])])
    more = [st.sampled_from(case.bad[name])] if name in case.bad else []
    if isinstance(value, str):
        return [st.sampled_from(["nonsense", "", 1.0, *([] if case.optional(name) else [None])]), *more]
    numbers = _numbers(value)
    if numbers is None:
        return [wrong, st.sampled_from([1.5, [], math.nan]), *more]
    single = _bad_number(numbers, case.limits.get(name, (None, None)))
    if numbers.ndim == 0:
        return [wrong, single, st.just([]), *more]
    ways = [wrong, _with_one(numbers, st.one_of(single, st.just("nonsense"))), st.just(numbers[:0]), *more]
    return [*ways, st.just(numbers[:-1])] if name in case.columns else ways


def _numbers(value: Any) -> np.ndarray | None:
    """The value as an array of numbers, None where it is something else."""
    if not isinstance(value, (int, float, list, tuple, np.ndarray, np.number)) and not hasattr(value, "to_numpy"):
        return None
    found = np.asarray(value)
    return found if found.dtype.kind in "fiub" else None


def _bad_number(valid: np.ndarray, limits: tuple[float | None, float | None]) -> Strategy:
    """NaN, infinities, numbers outside the limits, and a fraction where whole numbers are expected."""
    low, high = limits
    ways: list[Strategy] = [st.sampled_from([math.nan, math.inf, -math.inf, 1e300])]
    if low is not None:
        ways.append(st.floats(max_value=low, exclude_max=True))
    if high is not None:
        ways.append(st.floats(min_value=high, exclude_min=True))
    if valid.dtype.kind in "iu":
        ways.append(st.integers(-5, 50).map(lambda whole: whole + 0.5))
    return st.one_of(ways)


@st.composite
def _with_one(draw: Any, valid: np.ndarray, bad: Strategy) -> Any:
    """The array with one value replaced, as an array of floats or, with a word in it, of objects."""
    value = draw(bad)
    found = valid.astype(object if isinstance(value, str) else np.float64)
    found.flat[draw(st.integers(0, found.size - 1))] = value
    return found
