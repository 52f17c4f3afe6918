"""Estimators of residual customer value: one function per file, from a firm's log to one value per customer.

An estimator is a file here with a function of the file's name, `(log: FirmLog) -> values`, and two words on it:
`TITLE`, how it is called in tables and pictures, and `SEES`, what it looks at. The folder is scanned. Values are in
units of the currency at the valuation date, for the customers of the log in their order, over the horizon and on the
terms of the log, so that they can be held against true values.

>>> names()
('bg_nbd_gamma_gamma', 'constant_retention', 'last_year_continued', 'markov_switching', 'rfm_cells', 'sbg_by_tenure')
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.records.records import Floats
from sim.registry import ESTIMATORS

if TYPE_CHECKING:
    from sim.valuation.log import FirmLog


@dataclass(frozen=True)
class Estimator:
    """An estimator: its name, its title, what it looks at, and the function itself."""

    name: str
    title: str
    sees: str
    value: Callable[[FirmLog], Floats]


def names() -> tuple[str, ...]:
    """Every estimator there is, in alphabetical order."""
    return ESTIMATORS.names()


def find(name: str) -> Estimator:
    """The estimator of that name.

    Raises:
        LookupError: there is none; the message names the nearest one.
    """
    module = ESTIMATORS.module(name)
    return Estimator(name, module.TITLE, module.SEES, getattr(module, name))
