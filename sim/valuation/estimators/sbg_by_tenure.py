"""Retention that rises with tenure: the shifted-beta-geometric model (Fader and Hardie 2007, 2010)."""

from __future__ import annotations

import numpy as np

from sim.equity.sbg import fit_sbg
from sim.records.records import Floats
from sim.valuation.log import FirmLog

TITLE = "sBG by tenure"
SEES = "own purchases and costs by customer"


def sbg_by_tenure(log: FirmLog) -> Floats:
    """v = c · Σ_j S(n + x_j)/S(n) · worth_j for who bought within the active window, 0 for everybody else.

    The model is one of contracts; without contracts, a customer "renews" by buying at least once in each stretch of
    one active window, counted from the first purchase. Survivors are the life table of all customers over their
    complete stretches, each observed for as long as there is a log of. n: stretches completed so far, x_j = (j + 1) /
    window, survival between renewals falling geometrically; c as in `constant_retention`.

    Raises:
        ValueError: the log is shorter than two windows, so that nobody could renew.
    """
    window, terms = log.terms.window, log.terms
    fit = fit_sbg(survivors(log))
    tenure = (log.at - 1 - log.first) // window
    ahead = (np.arange(terms.horizon) + 1) / window
    renewals = np.floor(ahead).astype(np.int64)
    part = ahead - renewals
    multiples = np.zeros(int(tenure.max(initial=0)) + 1)
    for n in np.unique(tenure):
        now, before, after = fit.survival(int(n)), fit.survival(n + renewals), fit.survival(n + renewals + 1)
        multiples[n] = float((before ** (1.0 - part) * after**part / now * terms.worth).sum())
    return np.where(log.active, log.margin_per_period * multiples[tenure], 0.0)


def survivors(log: FirmLog) -> Floats:
    """How many of all customers are left after 0, 1, 2, … renewals, by a life table of stretches of one window.

    Raises:
        ValueError: nobody was watched for two whole windows.
    """
    window, first = log.terms.window, log.first
    whole = (log.at - first) // window  # stretches seen in full, the one of the first purchase included
    if not (whole >= 2).any():
        raise ValueError("nobody was watched for two active windows, so no renewal is known")
    stretch = (log.bought.period - first[log.places(log.bought)]) // window
    bought = np.zeros((log.customers.size, int(whole.max())), dtype=np.bool_)
    seen = stretch < whole[log.places(log.bought)]
    bought[log.places(log.bought)[seen], stretch[seen]] = True
    kept = np.logical_and.accumulate(bought, axis=1)
    left = [float(log.customers.size)]
    for renewal in range(1, bought.shape[1]):
        at_risk = (whole > renewal) & kept[:, renewal - 1]
        if not at_risk.any():
            break
        left.append(left[-1] * float((at_risk & kept[:, renewal]).sum()) / float(at_risk.sum()))
    return np.array(left)
