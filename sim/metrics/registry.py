"""Metrics: a metric exists by being defined in a file of this folder, or in another package; there is no list to edit.

A metric is a pure function of `Records` that gives one number per period and firm. Its name ends with its unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Literal, TypedDict, Unpack

import numpy as np

from sim.metrics.arithmetic import ratio
from sim.records.records import Floats, Records
from sim.registry import METRICS
from sim.text.language import tr

Kind = Literal["flow", "stock", "cumulative", "survey", "valuation"]
"""flow: of one period; stock: at its end; cumulative: since the warm-up; survey: known at surveys only, else NaN;
valuation: a stock that takes so much work that it is computed only for the dates requested, not for every period."""

Better = Literal["higher", "lower", "neither"]
"""Which way a firm would like it to go."""

Purchases = Literal["none", "lately", "all"]
"""Which purchases a metric looks at: see `Reading`."""

SUFFIXES = MappingProxyType({
    "people": "_people", "purchases": "_units", "money": "_money", "share": "_share", "0..1": "_0_1",
    "-1..1": "_minus1_1", "points": "_points", "per purchase": "_per_purchase", "per problem": "_per_problem",
    "per complaint": "_per_complaint", "months": "_months",
})


@dataclass(frozen=True)
class Reading:
    """How little of a run a metric reads for the values of one period. All of it may be left out: it then reads all.

    `purchases`: of which purchases that period's values are made. "all"; "lately": those up to the period that are
    younger than two years (or than a year and an active window, where that is longer); "none": books, counts and
    surveys alone. A study keeps no others of its runs. `of_one_period`: gives the values of one period [F] where that
    is much less work than all of them. They must be the same bits, whatever else was not kept: a test compares them.
    """

    purchases: Purchases = "all"
    of_one_period: Callable[[Records, int], Floats] | None = None


ALL = Reading()
"""Of a metric that says nothing."""
BOOKS = Reading("none")
"""Of a metric that is made of ledger, counts and surveys alone."""


class Shown(TypedDict, total=False):
    """How a metric is shown: its label, what is better; whether its course is kept."""

    label: str
    better: Better
    over_time: bool


_OWN: dict[str, Metric] = {}


@dataclass(frozen=True)
class Metric:
    """A number per period and firm: its name, unit, formula in words, source, kind, and the function.

    `label` is its name for people, `better` which way a firm would like it to go, `over_time` whether a study keeps
    all its periods, as pictures of its course need them.
    """

    name: str
    unit: str
    formula: str
    source: str
    kind: Kind
    function: Callable[[Records], Floats]
    reading: Reading = ALL
    label: str = ""
    better: Better = "neither"
    over_time: bool = False

    def __call__(self, records: Records) -> Floats:
        """The values [T, F]; NaN where the number has no meaning (nobody to divide by, not yet counted)."""
        return self.function(records)

    def at(self, records: Records, period: int) -> Floats:
        """The values of one period [F], by the quicker way where the metric has one."""
        if self.reading.of_one_period is not None:
            return self.reading.of_one_period(records, period)
        values: Floats = np.broadcast_to(self(records), (records.periods, len(records.firms)))[period]
        return values

    def describe(self) -> str:
        """What it says, in which unit, and how it is computed."""
        words = (self.function.__doc__ or "").split("\n\n")[0].strip()
        return f"{self.name} ({self.unit}): {words} Formula: {self.formula}. Source: {self.source}."


def metric(
    unit: str, formula: str, source: str = "definition", kind: Kind = "flow", reading: Reading = ALL,
    **shown: Unpack[Shown],
) -> Callable[[Callable[[Records], Floats]], Metric]:
    """Make a metric of a function of `Records`. The name of the function is the name of the column.

    `label`, `better`, `over_time`: see `Metric`; without `label` it is the name without its unit.

    Raises:
        ValueError: an unknown unit, or a name that does not end with its unit.

    >>> @metric("people", "people in the market")
    ... def present_people(records):
    ...     return records.present()
    >>> present_people.name, present_people.unit
    ('present_people', 'people')
    """
    if unit not in SUFFIXES:
        raise ValueError(f"A metric cannot have the unit {unit!r}; units are {', '.join(SUFFIXES)}.")

    def make(function: Callable[[Records], Floats]) -> Metric:
        if not function.__name__.endswith(SUFFIXES[unit]):
            raise ValueError(f"The metric {function.__name__!r} has the unit {unit!r}: let its name end with "
                             f"{SUFFIXES[unit]!r}, so that its column tells the unit.")
        about: dict[str, Any] = {"label": _label_of(function.__name__), **shown}
        found = Metric(function.__name__, unit, formula, source, kind, function, reading, **about)
        if function.__module__ in ("__main__", "__mp_main__"):
            define(found)
        return found

    return make


def define(one: Metric) -> None:
    """Enter a metric of one's own, so that its name is known; of a name that was entered before, the last one counts.

    A metric that is made in a notebook or script enters by itself.

    Raises:
        ValueError: a metric of this package, or of another that is installed, has the name.
    """
    if one.name in _installed():
        raise ValueError(f"There is a metric {one.name!r} already; give yours another name.")
    _OWN[one.name] = one


def own_metrics() -> tuple[Metric, ...]:
    """The metrics that were made here, by the order of their names."""
    return tuple(_OWN[name] for name in sorted(_OWN))


def named(name: str, words: str, values: Callable[[Records], Floats]) -> Callable[[Records], Floats]:
    """A function with the name and the docstring of a metric: where one function makes several metrics of one form."""
    values.__name__, values.__doc__ = name, words
    return values


def of_counts(
    counts: str, name: str, words: str, formula: str, source: str = "definition", kind: Kind = "flow",
    **shown: Unpack[Shown],
) -> Metric:
    """A metric that is one count of a run, or one divided by another: `of_counts("buyers", "buyers_people", …)`.

    >>> of_counts("failures / units", "failures_per_purchase", "Failures.", "deliveries that failed / purchases").unit
    'per purchase'
    """
    above, _, below = counts.partition(" / ")

    def values(records: Records) -> Floats:
        counted = records.count(above)
        return ratio(counted, records.count(below)) if below else counted.astype(float)

    unit = next(unit for unit, suffix in SUFFIXES.items() if name.endswith(suffix))
    return metric(unit, formula, source, kind, BOOKS, **shown)(named(name, words, values))


def collect(metrics: Iterable[Metric]) -> Mapping[str, Metric]:
    """Metrics by name.

    Raises:
        ValueError: two metrics have the same name.
    """
    by_name: dict[str, Metric] = {}
    for one in metrics:
        other = by_name.setdefault(one.name, one)
        if other is not one:
            raise ValueError(f"Two metrics have the name {one.name!r} ({_home_of(other)} and {_home_of(one)}); "
                             "give one of them another name.")
    return MappingProxyType(by_name)


def _home_of(one: Metric) -> str:
    """The module in which a metric stands, also where its function was made elsewhere."""
    shipped = (module.__name__ for module in METRICS.modules if vars(module).get(one.name) is one)
    return next(shipped, one.function.__module__)


def all_metrics() -> Mapping[str, Metric]:
    """Every metric by name: shipped, in the order of files and lines, of other packages, and one's own.

    Raises:
        ValueError: two have the same name, or another package does not load.
    """
    return _with(own_metrics())


@lru_cache(2)
def _with(own: tuple[Metric, ...]) -> Mapping[str, Metric]:
    return collect([*_installed().values(), *own])


@cache
def _installed() -> Mapping[str, Metric]:
    """The metrics that are shipped, in the order of files and lines, and those of other packages.

    Raises:
        ValueError: two have the same name, or another package does not load.
    """
    things = [*(one for module in METRICS.modules for one in vars(module).values()), *METRICS.offered.values()]
    return collect(one for one in things if isinstance(one, Metric))


def period_metrics() -> Mapping[str, Metric]:
    """The metrics that are computed for every period."""
    return MappingProxyType({name: one for name, one in all_metrics().items() if one.kind != "valuation"})


def kept_over_time() -> tuple[str, ...]:
    """Names of the metrics of which a study keeps every period.

    >>> "active_customers_people" in kept_over_time(), "nps_points" in kept_over_time()
    (True, False)
    """
    return tuple(name for name, one in period_metrics().items() if one.over_time)


def metric_in_words(name: str) -> str:
    """A metric's label; of a name that is no metric, its words.

    >>> metric_in_words("active_customers_people"), metric_in_words("kept_one_year_share")
    ('active customers', 'customers kept for one year')
    """
    one = all_metrics().get(name)
    return tr(one.label if one and one.label else _label_of(name))


def better_of(name: str) -> Better:
    """Which way a firm would like a metric to go.

    >>> better_of("customer_equity_money"), better_of("complaints_per_purchase"), better_of("price_paid_money")
    ('higher', 'lower', 'neither')
    """
    one = all_metrics().get(name)
    return one.better if one else "neither"


def _label_of(name: str) -> str:
    """The words of a name, without the unit at its end where they stand without it."""
    for unit in ("people", "purchases", "money", "0..1", "-1..1"):
        name = name.removesuffix(SUFFIXES[unit])
    return name.replace("_", " ")
