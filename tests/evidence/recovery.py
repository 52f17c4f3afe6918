"""The study of recovery: `python tests/evidence/recovery.py [--seeds 100]`, a few minutes at most.

Customers are simulated from known parameters, the model is fitted to their histories, the parameters must come back.

The measure, fixed before the first run: a seed is *held* when the search converged and every parameter's estimate lies
within 3 standard errors of the truth, both on the scale of logarithms (on which the search is made and errors are
nearly normal; the standard error of a logarithm is the standard error over the estimate). Target: at least 95 of 100
seeds held, for each model. Were errors exactly normal, 99 of 100 would be expected for four parameters. Printed beside
it, not judged: the share of estimates within 1 standard error (68 % if normal), and how far off they are on average.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.btyd import BGBB, BGNBD, GammaGamma, ParetoNBD, fit_bg_bb, fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd
from sim.equity.sbg import SBG, fit_sbg

FIRST_SEED = 9001
"""Seeds 9001, 9002, … were used for nothing else."""
TARGET = 0.95
WITHIN = 3.0


@dataclass(frozen=True)
class Design:
    """A model with known parameters, and one simulated data set and its fit by seed."""

    truth: Any
    words: str
    fitted: Callable[[np.random.Generator], Any]


def _bg_nbd(rng: np.random.Generator) -> Any:
    return fit_bg_nbd(*DESIGNS["BG/NBD"].truth.simulate(3000, rng.uniform(52, 78, 3000), rng))


def _pareto_nbd(rng: np.random.Generator) -> Any:
    return fit_pareto_nbd(*DESIGNS["Pareto/NBD"].truth.simulate(2000, rng.uniform(78, 104, 2000), rng))


def _gamma_gamma(rng: np.random.Generator) -> Any:
    counts = 1 + rng.poisson(2.0, 1500)
    return fit_gamma_gamma(counts, DESIGNS["Gamma-Gamma"].truth.simulate(counts, rng))


def _bg_bb(rng: np.random.Generator) -> Any:
    return fit_bg_bb(*DESIGNS["BG/BB"].truth.simulate(4000, 6, rng))


def _sbg(rng: np.random.Generator) -> Any:
    return fit_sbg(DESIGNS["sBG"].truth.simulate(1000, 7, rng))


DESIGNS = {
    "BG/NBD": Design(BGNBD(0.243, 4.414, 0.793, 2.426), "CDNOW's parameters, 3,000 customers, 52 to 78 weeks", _bg_nbd),
    "Pareto/NBD": Design(ParetoNBD(0.553, 10.58, 0.606, 11.67), "CDNOW's parameters, 2,000 customers, 78 to 104 weeks",
                         _pareto_nbd),
    "Gamma-Gamma": Design(GammaGamma(6.25, 3.74, 15.44), "CDNOW's parameters, 1,500 who bought 1 + Poisson(2) times",
                          _gamma_gamma),
    "BG/BB": Design(BGBB(1.204, 0.750, 0.657, 2.783), "donors' parameters, 4,000 customers, 6 opportunities", _bg_bb),
    "sBG": Design(SBG(0.704, 1.182), "the regular customers' parameters, 1,000 customers, 7 renewals", _sbg),
}


@dataclass(frozen=True)
class Recovery:
    """Over seeds: estimates, deviations in standard errors [seeds, parameters], and which searches converged."""

    design: Design
    estimates: np.ndarray
    deviations: np.ndarray
    converged: np.ndarray

    @property
    def held(self) -> np.ndarray:
        """By seed: converged, and every parameter within 3 standard errors."""
        inside: np.ndarray = self.converged & (np.abs(self.deviations) <= WITHIN).all(axis=1)
        return inside


def recover(name: str, seeds: Sequence[int]) -> Recovery:
    """Simulate and fit a model once per seed."""
    design = DESIGNS[name]
    truth = design.truth.parameters
    estimates, deviations, converged = [], [], []
    for seed in seeds:
        found = design.fitted(np.random.default_rng(seed))
        values = np.array(list(found.parameters.values()))
        errors = np.array([found.standard_errors[one] for one in truth]) / values
        off = (np.log(values) - np.log(list(truth.values()))) / errors
        estimates.append(values)
        deviations.append(np.where(np.isfinite(off), off, np.inf))
        converged.append(found.converged)
    return Recovery(design, np.array(estimates), np.array(deviations), np.array(converged))


def told(name: str, found: Recovery, seeds: Sequence[int]) -> list[str]:
    """The table of one model, and the verdict."""
    held = int(found.held.sum())
    verdict = "reached" if held >= TARGET * len(seeds) else "NOT reached"
    lines = [f"{name}: {found.design.words}", f"  held: {held} of {len(seeds)} seeds, target {TARGET:.0%}: {verdict}"]
    heads = ("truth", "mean", "sd", "within 1 se", "within 3 se", "mean off / se")
    lines.append(f"  {'':<8}" + "".join(f"{head:>15}" for head in heads))
    for place, (one, value) in enumerate(found.design.truth.parameters.items()):
        off, made = found.deviations[:, place], found.estimates[:, place]
        cells = (f"{value:.3f}", f"{made.mean():.3f}", f"{made.std(ddof=1):.3f}", f"{(np.abs(off) <= 1).mean():.0%}",
                 f"{(np.abs(off) <= WITHIN).mean():.0%}", f"{off[np.isfinite(off)].mean():+.2f}")
        lines.append(f"  {one:<8}" + "".join(f"{cell:>15}" for cell in cells))
    for seed in np.array(seeds)[~found.held]:
        place = list(seeds).index(seed)
        off = ", ".join(f"{one:+.1f}" for one in found.deviations[place])
        why = "" if found.converged[place] else " (not converged)"
        lines.append(f"  missed: seed {seed}, deviations in standard errors {off}{why}")
    return lines


def main() -> None:
    """Run all models and print their tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=int, default=100, help="data sets for each model (default 100)")
    seeds = range(FIRST_SEED, FIRST_SEED + asked.parse_args().seeds)
    began = time.perf_counter()
    for name in DESIGNS:
        print("\n".join([*told(name, recover(name, seeds), seeds), ""]))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
