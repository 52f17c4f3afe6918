"""What holds for every rule: a value in, a value out, the same bits on one number and on an array."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sim.rules

YES_OR_NO = {"aware", "warmest", "failed", "major", "kept_promise", "chosen"}
COUNTED = {"experiences", "wanted"}


def every_rule() -> list[Callable[..., Any]]:
    """All public functions of the rules room."""
    found = []
    for info in pkgutil.iter_modules(sim.rules.__path__):
        module = importlib.import_module(f"sim.rules.{info.name}")
        found += [function for name, function in inspect.getmembers(module, inspect.isfunction)
                  if function.__module__ == module.__name__ and not name.startswith("_")]
    return found


def arguments(rule: Callable[..., Any], seed: int, size: int) -> list[np.ndarray]:
    """Values for each argument of a rule: between 0 and 1, whole numbers for counts, yes or no where it asks so."""
    luck = np.random.default_rng(seed)
    values: list[np.ndarray] = []
    for name in inspect.signature(rule).parameters:
        if name in YES_OR_NO or (name == "kept" and rule.__name__ == "trust_after"):
            values.append(luck.random(size) < 0.5)
        elif name in COUNTED:
            values.append(luck.integers(0, 40, size))
        else:
            values.append(luck.uniform(0.01, 0.99, size))
    return values


NAMES = [f"{rule.__module__.rsplit('.', 1)[1]}.{rule.__name__}" for rule in every_rule()]


def test_there_are_rules_to_test() -> None:
    assert len(NAMES) > 35


@pytest.mark.parametrize("rule", every_rule(), ids=NAMES)
def test_a_rule_gives_the_same_bits_on_a_number_and_on_an_array(rule: Callable[..., Any]) -> None:
    columns = arguments(rule, 5, 200)
    together = np.asarray(rule(*columns))
    for place in range(200):
        alone = rule(*(column[place].item() for column in columns))
        assert np.asarray(alone).astype(together.dtype).tobytes() == together[place].tobytes()


@pytest.mark.parametrize("rule", every_rule(), ids=NAMES)
def test_a_rule_gives_a_finite_number_and_leaves_its_arguments_alone(rule: Callable[..., Any]) -> None:
    columns = arguments(rule, 6, 500)
    before = [column.copy() for column in columns]
    assert np.isfinite(np.asarray(rule(*columns), dtype=float)).all()
    assert all(np.array_equal(column, kept) for column, kept in zip(columns, before, strict=True))


@pytest.mark.parametrize("rule", every_rule(), ids=NAMES)
def test_a_rule_says_in_words_what_it_does_and_shows_an_example(rule: Callable[..., Any]) -> None:
    words = inspect.getdoc(rule) or ""
    assert words[:1].isupper()
    assert ">>> " in words, "a rule needs an example that runs"
    assert not any(name in words.lower() for name in ("todo", "fixme"))


@pytest.mark.parametrize("rule", every_rule(), ids=NAMES)
def test_a_rule_has_no_branches_and_reads_nothing_but_its_arguments(rule: Callable[..., Any]) -> None:
    """No `if`, no global state: only arithmetic, other rules and numbers written in the rule itself."""
    text = inspect.getsource(rule)
    code = text.split('"""')[-1]
    assert " if " not in code
    assert " for " not in code
    module = inspect.getmodule(rule)
    for name in rule.__code__.co_names:
        assert callable(getattr(module, name, len)), f"{name} is not a rule"
