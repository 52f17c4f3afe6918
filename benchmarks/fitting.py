"""How fast fits are: `python benchmarks/fitting.py [--customers 100000]` against the archived package `lifetimes`.

Both fit the same simulated customers in one run, taking turns; figures are medians of processor time, with the time on
the clock beside it. Recency and T are continuous, so that no two histories are equal and counting equal ones once
brings nothing; a line below shows what it brings where times are whole weeks. `lifetimes` runs as it is: only its
warnings are silenced.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.equity.btyd import BGNBD, GammaGamma, ParetoNBD, fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd

TARGET, DIGITS = 5.0, 1e-4
ROUNDS = 7
FEWER = 10_000
"""Customers for the Pareto/NBD, whose likelihood is slow in lifetimes."""


class Timed(NamedTuple):
    """Medians of several fits, in seconds, and the parameters."""

    processor: float
    wall: float
    parameters: np.ndarray


def alternate(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, Timed]:
    """Time each way to fit, taking turns; the first round is not counted."""
    processor: dict[str, list[float]] = {name: [] for name in ways}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    found = {}
    for turn in range(rounds + 1):
        for name, fit in ways.items():
            began, started = time.process_time(), time.perf_counter()
            found[name] = np.asarray(fit(), dtype=np.float64)
            if turn or rounds == 1:
                processor[name].append(time.process_time() - began)
                wall[name].append(time.perf_counter() - started)
    return {name: Timed(statistics.median(processor[name]), statistics.median(wall[name]), found[name])
            for name in ways}


def ours(fit: Callable[..., Any], *columns: Any) -> Callable[[], list[float]]:
    """Our fit, as a call that gives the parameters."""
    return lambda: list(fit(*columns).parameters.values())


def theirs(fitter: Any, *columns: Any) -> Callable[[], list[float]]:
    """Their fit, as a call that gives the parameters."""

    def fit() -> list[float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(fitter().fit(*columns).params_)

    return fit


def tell(what: str, found: dict[str, Timed], target: float | None = None) -> bool:
    """One comparison: seconds, ratio, and by how much the parameters differ."""
    us, them = found["ours"], found["lifetimes"]
    ratio = them.processor / us.processor
    off = float(np.abs(us.parameters / them.parameters - 1).max())
    reached = target is None or (ratio >= target and off < DIGITS)
    print(f"{what}\n  ours {us.processor:.3f} s ({us.wall:.3f} s on the clock), lifetimes {them.processor:.3f} s "
          f"({them.wall:.3f} s): {ratio:.1f} x faster; parameters differ by {off:.1e} at most")
    if target is not None:
        print(f"  target: at least {target:g} x faster and equal to 4 digits: {'' if reached else 'NOT '}reached")
    return reached


def report(customers: int) -> bool:
    """All comparisons; whether the target was reached."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import lifetimes
    except ImportError:
        raise SystemExit("lifetimes is not installed: python -m pip install lifetimes") from None
    rng = np.random.default_rng(5)
    end = rng.uniform(26, 78, customers)
    past = tuple(BGNBD(0.243, 4.414, 0.793, 2.426).simulate(customers, end, rng))
    reached = tell(f"BG/NBD, {customers:,} customers, no two alike", alternate(
        {"ours": ours(fit_bg_nbd, *past), "lifetimes": theirs(lifetimes.BetaGeoFitter, *past)}, ROUNDS), TARGET)
    weekly = (past[0], np.ceil(past[1]), np.ceil(past[2]))
    tell(f"BG/NBD, {customers:,} customers, whole weeks", alternate(
        {"ours": ours(fit_bg_nbd, *weekly), "lifetimes": theirs(lifetimes.BetaGeoFitter, *weekly)}, ROUNDS))
    again = past[0] > 0
    spend = past[0][again], GammaGamma(6.25, 3.74, 15.44).simulate(past[0][again], rng)
    tell(f"Gamma-Gamma, {again.sum():,} customers who bought again", alternate(
        {"ours": ours(fit_gamma_gamma, *spend), "lifetimes": theirs(lifetimes.GammaGammaFitter, *spend)}, ROUNDS))
    fewer = tuple(ParetoNBD(0.553, 10.58, 0.606, 11.67).simulate(FEWER, rng.uniform(26, 78, FEWER), rng))
    tell(f"Pareto/NBD, {FEWER:,} customers, no two alike", alternate(
        {"ours": ours(fit_pareto_nbd, *fewer), "lifetimes": theirs(lifetimes.ParetoNBDFitter, *fewer)}, 1))
    return reached


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--customers", type=int, default=100_000, help="customers (default 100000)")
    raise SystemExit(0 if report(asked.parse_args().customers) else 1)
