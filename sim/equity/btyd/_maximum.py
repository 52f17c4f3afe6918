"""Maximum likelihood over positive parameters: search on their logarithms, errors from the curvature, plain advice.

The search never raises: it ends with the best point found, whether that is a maximum inside the limits, and which
parameters ran to a border or are not determined by the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Protocol

import numpy as np

from sim.equity.checks import Floats, number
from sim.text.words import joined

Case = tuple[bool | np.bool_, str]
"""Whether something holds of the data or the estimates, and what to do then."""
LIMIT = 12.0  # parameters are sought between exp(-12) and exp(12), times in units of the mean time observed
SAMPLE = 8192  # with more than twice that many distinct histories, the search begins on this many of them
MOST = 1e30  # no parameter is larger, whatever the unit of time or money
MOST_STEPS, MOST_HALVES, LONGEST = 100, 30, 3.0  # of Newton's steps: how many, how often halved, how long in logarithms
LOOSE = 2.0  # a standard error of a logarithm above this (a factor of e² either way) counts as not determined


class Weighted(NamedTuple):
    """Distinct rows of several columns, and how many customers (or what weight) stand behind each."""

    columns: tuple[Floats, ...]
    weights: Floats

    @property
    def total(self) -> float:
        return float(self.weights.sum())

    def mean(self, column: Floats) -> float:
        return float(dot(self.weights, column)) / self.total


def dot(weights: Floats, columns: Floats) -> Any:
    """Weighted sums over the last axis, in this thread alone: others would cost more than they bring."""
    return np.einsum("i,...i->...", weights, columns)


def in_blocks(columns: tuple[np.ndarray, ...], rows: int) -> Iterator[tuple[np.ndarray, ...]]:
    for start in range(0, columns[0].size, rows):
        yield tuple(column[start: start + rows] for column in columns)


def condensed(columns: tuple[Floats, ...], weights: Floats) -> Weighted:
    """Distinct rows with the sum of their weights; rows of weight 0 are left out.

    Rows are sorted by a mixture of their values: equal rows meet, and that is all the order is for. (Should a row of
    another kind mix to the same number and come between, equal rows stay apart, which costs time but no exactness.)

    >>> rows = condensed((np.array([0.0, 2.0, 0.0]), np.array([9.0, 9.0, 9.0])), np.ones(3))
    >>> rows.columns[0].tolist(), rows.weights.tolist()
    ([0.0, 2.0], [2.0, 1.0])
    """
    kept = weights > 0
    mixture = np.zeros(int(kept.sum()))
    for values, share in zip(columns, (1.0, 0.6180339887498949, 0.7320508075688772), strict=False):
        mixture += share * values[kept]
    order = np.argsort(mixture, kind="stable")
    rows = [values[kept][order] for values in columns]
    new = np.zeros(order.size, dtype=bool)
    new[:1] = True
    for values in rows:
        new[1:] |= values[1:] != values[:-1]
    starts = np.flatnonzero(new)
    return Weighted(tuple(values[starts] for values in rows), np.add.reduceat(weights[kept][order], starts))


class Objective(Protocol):
    """Log-likelihood at the logarithms of the parameters: value and gradient, and the matrix of second derivatives."""

    def __call__(self, logs: Floats) -> tuple[float, Floats]: ...

    def curvature(self, logs: Floats) -> Floats: ...


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """What a fit tells beside its parameters; a model built from known parameters has none of it.

    `standard_errors`: by parameter, from the inverse of the observed information; NaN where there is none. `customers`:
    number (or sum of weights) that the fit stands on. `converged`: a maximum inside the limits was found, and the data
    determine it. `advice`: empty, or what is wrong and what to do about it.
    """

    log_likelihood: float = field(default=float("nan"), compare=False)  # NaN is equal to nothing, not even to itself
    standard_errors: dict[str, float] = field(default_factory=dict, compare=False)
    customers: float = 0.0
    converged: bool = True
    advice: str = ""

    def __post_init__(self) -> None:
        for name in self.parameters:
            number(name, getattr(self, name), 0.0, MOST, open_ends="low")

    def __repr__(self) -> str:
        known = [f"{name}={value:.6g}" for name, value in self.parameters.items()]
        if self.customers:
            known += [f"log_likelihood={self.log_likelihood:.6f}", f"customers={self.customers:g}"]
            known += [f"converged={self.converged}", f"advice={self.advice!r}"]
        return f"{type(self).__name__}({', '.join(known)})"

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters of the model by name, in their usual order."""
        return {one.name: getattr(self, one.name) for one in fields(self) if not one.kw_only}


@dataclass(frozen=True)
class Peak:
    """Where a search ended: `found` is a maximum inside the limits, with a curvature in every direction."""

    logs: Floats
    value: float
    errors: Floats  # standard errors of the logarithms; NaN without a proper curvature
    at_border: tuple[int, ...]
    loose: tuple[int, ...]
    found: bool


def fit(make: Callable[[Weighted], Objective], rows: Weighted, starts: Sequence[Floats]) -> Peak:
    """Maximise over many distinct histories: first over a few of them, then from there over all."""
    objective = make(rows)
    if rows.weights.size > 2 * SAMPLE:
        step = rows.weights.size // SAMPLE
        few = Weighted(tuple(column[::step] for column in rows.columns), rows.weights[::step])
        return _climb(objective, maximise(make(few), starts, few.total).logs, rows.total)
    return maximise(objective, starts, rows.total)


def maximise(objective: Objective, starts: Sequence[Floats], customers: float) -> Peak:
    """Climb from the first start; from the others too where that ends at a border or without a summit."""
    best: Peak | None = None
    for start in starts:
        peak = _climb(objective, np.clip(np.asarray(start, dtype=np.float64), -LIMIT, LIMIT), customers)
        if best is None or peak.value > best.value + 1e-6 or (peak.found and not best.found
                                                               and peak.value > best.value - 1e-6):
            best = peak
        if best.found:
            break
    assert best is not None
    return best


def _descent(logs: Floats, objective: Objective, customers: float) -> tuple[float, Floats]:
    """What is made small: minus the log-likelihood per customer."""
    value, slope = objective(logs)
    if not np.isfinite(value) or not np.isfinite(slope).all():
        return 1e10, np.zeros(logs.size)
    return -float(value) / customers, -slope / customers


def _climb(objective: Objective, logs: Floats, customers: float) -> Peak:
    """Newton's steps, none too long and none downhill, until no more is promised; then the curvature there."""
    value, slope = _descent(logs, objective, customers)
    for _ in range(MOST_STEPS):
        bend = -objective.curvature(logs) / customers
        step = _step(bend, slope, _free(logs, slope))
        promised = -0.5 * customers * float(step @ slope)  # in units of log-likelihood
        if not 1e-9 < promised < np.inf:
            break
        for _ in range(MOST_HALVES):
            there = np.clip(logs + step, -LIMIT, LIMIT)
            new_value, new_slope = _descent(there, objective, customers)
            if new_value < value:
                break
            step = 0.5 * step
        else:
            break
        logs, value, slope = there, new_value, new_slope
    else:
        bend = -objective.curvature(logs) / customers
    return _peak(logs, value, (slope, bend), customers)


def _peak(logs: Floats, value: float, shape: tuple[Floats, Floats], customers: float) -> Peak:
    slope, bend = shape
    free = _free(logs, slope)
    errors = np.full(logs.size, np.nan)
    inner = customers * bend[np.ix_(free, free)]
    scale = np.sqrt(np.abs(np.diag(inner)))
    if free.any() and (scale > 0).all():
        sizes, axes = np.linalg.eigh(inner / np.outer(scale, scale))
        if sizes.min() > 1e-10:
            spread = (axes / sizes) @ axes.T / np.outer(scale, scale)
            errors[free] = np.sqrt(np.diag(spread))
    border = tuple(np.flatnonzero(~free).tolist())
    loose = tuple(np.flatnonzero(free & ~(errors < LOOSE)).tolist())
    gain = -0.5 * customers * float(_step(bend, slope, free) @ slope)
    found = not border and not loose and abs(gain) < 1e-4
    return Peak(logs, -value * customers, errors, border, loose, found)


def _free(logs: Floats, slope: Floats) -> np.ndarray:
    """Parameters that are not pressed against a border."""
    return np.asarray(~((np.abs(logs) >= LIMIT - 1e-3) & (logs * slope <= 1e-12)))


def by_differences(objective: Callable[[Floats], tuple[float, Floats]], logs: Floats, width: float = 1e-4) -> Floats:
    """The matrix of second derivatives by central differences of the gradient, where no formula is at hand."""
    moves = width * np.eye(logs.size)
    found = np.array([objective(logs + move)[1] - objective(logs - move)[1] for move in moves]) / (2 * width)
    return 0.5 * (found + found.T)


def by_logarithms(bend: Floats, slope_by_logs: Floats, parameters: Floats) -> Floats:
    """Second derivatives by the logarithms of the parameters, from those by the parameters."""
    return bend * np.outer(parameters, parameters) + np.diag(slope_by_logs)


def _step(bend: Floats, slope: Floats, free: np.ndarray) -> Floats:
    """Newton's step among the free parameters, uphill in likelihood also where the surface bends the other way.

    In no direction of the curvature is it longer than `LONGEST` (a factor of e³ for a parameter).
    """
    step = np.zeros(slope.size)
    if free.any():
        sizes, axes = np.linalg.eigh(bend[np.ix_(free, free)])
        lengths = -(axes.T @ slope[free]) / np.maximum(np.abs(sizes), 1e-300)
        step[free] = axes @ np.clip(lengths, -LONGEST, LONGEST)
    return step


def estimates(peak: Peak, units: Mapping[str, float], customers: float, log_unit: float = 0.0) -> dict[str, Any]:
    """Keywords of a fitted model: its parameters with their standard errors, and what else `Fitted` has to tell.

    `units` says for each parameter in which unit of the data it was sought (1 where it has none), `log_unit` by how
    much that raised the log-likelihood.
    """
    found = np.exp(peak.logs) * list(units.values())
    errors = dict(zip(units, (peak.errors * found).tolist(), strict=True))
    return {**dict(zip(units, found.tolist(), strict=True)), "standard_errors": errors, "customers": customers,
            "converged": peak.found, "log_likelihood": float(peak.value - log_unit)}


def advice(
    peak: Peak, names: Sequence[str], alone: Sequence[Case], parts: Sequence[tuple[Sequence[str], Sequence[Case]]],
    otherwise: str,
) -> str:
    """Empty, or what a search says of itself and what to do.

    The first of the cases `alone` that holds explains everything; else each of the `parts` (parameters that belong
    together, and their cases) is explained by the first of its own, and what no case explains by `otherwise`.

    >>> flat = Peak(np.array([12.0, 0.0]), -1.0, np.array([np.nan, 9.0]), (0,), (), False)
    >>> advice(flat, ("r", "alpha"), [(False, "Rest.")], [(("r",), [(True, "Watch for longer.")])], "Give up.")
    'r ran to the border of what is tried (it wants to be ever larger). Watch for longer.'
    """
    lines = [f"{names[place]} ran to the border of what is tried (it wants to be ever "
             f"{'larger' if peak.logs[place] > 0 else 'smaller'})." for place in peak.at_border]
    if peak.loose:
        who = joined([names[place] for place in peak.loose], "and")
        lines.append(f"{who} {'are' if len(peak.loose) > 1 else 'is'} not determined by these data.")
    if not lines and not peak.found:
        lines.append("The search ended without a clear maximum.")
    if not lines:
        return ""
    whole = next((words for holds, words in alone if holds), None)
    if whole is not None:
        return " ".join([*lines, whole])
    told = [next((words for holds, words in cases if holds), "") for _, cases in parts]
    explained = {name for (group, _), words in zip(parts, told, strict=True) if words for name in group}
    open_ones = {names[place] for place in (*peak.at_border, *peak.loose)} - explained
    return " ".join([*lines, *filter(None, told), *([otherwise] if open_ones or not any(told) else [])])
