"""Every calculator and estimator says what it does: errors, source, an example that runs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

import sim.equity

HELPERS = {"checks", "terms"}
READERS = {"amounts", "cells", "date_numbers", "dates", "log_columns", "log_files", "log_notes", "log_tables", "logs"}
"""Modules that only read a log and its columns: nothing published to name there."""
MODULES = [module.name for module in pkgutil.iter_modules(sim.equity.__path__)
           if module.name not in HELPERS | READERS and not module.name.startswith("_")]


def public(module: str) -> list[Callable[..., Any]]:
    """Functions that are defined in a module and not private."""
    home = importlib.import_module(f"sim.equity.{module}")
    return [one for name, one in vars(home).items()
            if inspect.isfunction(one) and not name.startswith("_") and one.__module__ == home.__name__]


FUNCTIONS = [one for module in MODULES for one in public(module)]


def test_there_are_calculators() -> None:
    assert len(FUNCTIONS) > 15


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: f"{one.__module__.split('.')[-1]}.{one.__name__}")
def test_a_docstring_has_errors_source_and_an_example(function: Callable[..., Any]) -> None:
    text = inspect.getdoc(function) or ""
    missing = [part for part in ("Raises:", "Source:", ">>> ") if part not in text]
    assert not missing, f"{function.__qualname__} does not say: {', '.join(missing)}"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_for(module: str) -> None:
    assert (importlib.import_module(f"sim.equity.{module}").__doc__ or "").strip().count(" ") > 3
