"""Failure, complaint, recovery and return (F12-F15).

The first year is left out. "Comes back" means: the person's next purchase of all is at the same firm.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import FIRMS, SERVICE, Flags, Floats, Places, StudyMarket, mean_of, service

LIGHT_UP_TO, HEAVY_FROM = 5, 20
SLOW, FAST = 4.0, 0.0
"""Weeks that a complaint waits for its answer (F14)."""
LADDER = ("silent", "unresolved", "resolved", "fast")


def complaining(market: StudyMarket) -> Numbers:
    """F13: who complains of those with a problem (a loss that is felt): all; after a major, after a minor failure."""
    bought = market.settled
    one = bought.single & bought.has("problem")
    failed, major = bought.has("failed"), bought.has("major")
    voiced = bought.has("complained")
    return {
        "complain_all": mean_of(voiced, one), "complain_major": mean_of(voiced, one & major),
        "complain_minor": mean_of(voiced, one & failed & ~major), "complain_unfailed": mean_of(voiced, one & ~failed),
    }


def inertia(market: StudyMarket) -> Numbers:
    """F12: how much a failure lowers coming back, for those with few and with many purchases at the firm before."""
    bought, found = market.settled, {}
    for name, chosen in (("light", bought.prior < LIGHT_UP_TO), ("heavy", bought.prior >= HEAVY_FROM)):
        bad = mean_of(bought.again, chosen & bought.single & bought.has("failed"))
        good = mean_of(bought.again, chosen & bought.single & ~bought.has("failed"))
        found[f"effect_{name}"] = bad - good
        found[f"log_odds_{name}"] = float(np.log(bad / (1 - bad)) - np.log(good / (1 - good)))
    return {**found, "effect_difference": found["effect_heavy"] - found["effect_light"]}


def after_recovery(market: StudyMarket) -> Numbers:
    """F15: change of satisfaction and coming back after a mended failure, less the same where nothing failed.

    Compared at equal numbers of earlier purchases (0, 1-2, 3-5, 6-10, 11-20, more), weighted by the mended.
    """
    bought = market.settled
    mended = bought.single & bought.has("failed", "mended")
    minor, first = mended & ~bought.has("major"), bought.failed_before < 0.01
    fine = bought.single & ~bought.has("failed") & ~bought.has("complained")
    groups = {"mild_first": minor & first, "mild_repeated": minor & (bought.failed_before >= 0.5),
              "severe": mended & bought.has("major")}
    change = bought.after - bought.before
    found = {f"paradox_{name}": _against(change, chosen, fine, bought.prior) for name, chosen in groups.items()}
    return {**found, "paradox_back": _against(bought.again, groups["mild_first"], fine, bought.prior)}


def _against(values: Floats, chosen: Flags, others: Flags, prior: Places) -> float:
    """Mean of the chosen less that of the others in the same group of earlier purchases."""
    group = np.searchsorted([0, 2, 5, 10, 20], prior)
    parts = [(mean_of(values, chosen & (group == g)) - mean_of(values, others & (group == g)),
              int((chosen & (group == g)).sum())) for g in range(6)]
    known = [(value, weight) for value, weight in parts if np.isfinite(value)]
    return float(np.average([value for value, _ in known], weights=[weight for _, weight in known]))


def ladder(market: StudyMarket) -> Numbers:
    """F14: coming back after a failure by what became of it. Two worlds: firms answer after four weeks, or at once."""
    chances: dict[str, float] = {}
    for delay, resolved in ((SLOW, "resolved"), (FAST, "fast")):
        waits = {f"firms.{name}.recovery.delay_weeks": delay for name in FIRMS}
        bought = market.other(waits).settled
        felt = bought.single & bought.has("failed", "problem") & ~bought.has("cared")
        voiced, mended = bought.has("complained"), bought.has("mended")
        for severity, kind in (("major", bought.has("major")), ("minor", ~bought.has("major"))):
            chances[f"{severity}_{resolved}"] = mean_of(bought.again, felt & kind & mended)
            if resolved == "resolved":
                chances[f"{severity}_silent"] = mean_of(bought.again, felt & kind & ~voiced)
                chances[f"{severity}_unresolved"] = mean_of(bought.again, felt & kind & voiced & ~mended)
    for severity in ("major", "minor"):
        steps = [chances[f"{severity}_{name}"] for name in LADDER]
        chances |= {f"{severity}_step_{place + 1}": steps[place + 1] - steps[place] for place in range(3)}
    return {**chances, "milder_is_better": min(chances[f"minor_{name}"] - chances[f"major_{name}"] for name in LADDER)}


NO_GRIEVANCE = {"mechanisms.grievance": 0}
TRIALS = {
    "service": FactTrial(service),
    "service, no grievance": FactTrial(service, NO_GRIEVANCE),
    "service, no inertia": FactTrial(service, {"psychology.bonds.inertia_per_purchase": 0.0}),
    "service, voice -4": FactTrial(service, {"psychology.voice.base": -4.0}),
    "service, overshoot 1": FactTrial(service, {"psychology.mending.overshoot": 1.0}),
    "ladder": FactTrial(service),
    "ladder, no grievance": FactTrial(service, NO_GRIEVANCE),
    "ladder, ignored .85": FactTrial(service, {"psychology.mending.ignored_keeps": 0.85}),
}
part = partial(Part, "service")
TARP = "TARP, Goodman 2006"

FACTS = (
    Fact(
        "F12", "Inertia of the tenured", "the effect of one bad episode on coming back falls with purchases before",
        "Bolton 1998", "input", SERVICE, {"service": inertia},
        (
            part("effect_difference", "effect on heavy less on light buyers, share", low=0.0, digits=3),
            part("effect_light", "fewer than 5 purchases before", digits=3),
            part("effect_heavy", "20 and more", digits=3),
            part("log_odds_light", "in log odds: light"),
            part("log_odds_heavy", "in log odds: heavy"),
        ),
        "Damping, `psychology.bonds.inertia_per_purchase`; grievance carries the effect",
        (
            Part("service, no inertia", "effect_difference", "damping off: heavy less light", digits=3),
            Part("service, no grievance", "effect_light", "grievance off: light", digits=3),
            Part("service, no grievance", "effect_heavy", "grievance off: heavy", digits=3),
        ),
    ),
    Fact(
        "F13", "Complaining",
        "of those with a problem 30-60 % complain; 50-75 % after a major, 5-30 % after a minor one",
        TARP, "input", SERVICE, {"service": complaining},
        (
            part("complain_all", "all", 0.30, 0.60),
            part("complain_major", "major failure", 0.50, 0.75, 3),
            part("complain_minor", "minor failure", 0.05, 0.30),
            part("complain_unfailed", "loss without a failure"),
        ),
        "`psychology.voice.base` moves all three; `psychology.voice.severity` their distance",
        tuple(Part("service, voice -4", f"complain_{name}", f"base -4: {name}") for name in ("all", "major", "minor")),
    ),
    Fact(
        "F14", "Repurchase after a problem",
        "silent < unresolved < resolved < resolved fast; worse after a major one (order only: the published levels "
        "9/19/54/82 and 37/46/70/95 are intentions)",
        TARP, "input", f"{SERVICE}; answers after 4 weeks or at once", {"ladder": ladder},
        (
            *(
                Part("ladder", f"{severity}_step_{step}", f"{severity}: {words}", 0.0, digits=3)
                for severity in ("major", "minor")
                for step, words in (
                    (1, "unresolved less silent"),
                    (2, "resolved less unresolved"),
                    (3, "fast less resolved"),
                )
            ),
            Part("ladder", "milder_is_better", "minor less major, least of four", 0.0, digits=3),
            *(
                Part("ladder", f"{severity}_{name}", f"{severity}, {name}")
                for severity in ("major", "minor")
                for name in LADDER
            ),
        ),
        "Grievance carries the levels; `psychology.mending.ignored_keeps` sets unresolved against silent",
        (
            Part("ladder, no grievance", "major_silent", "grievance off: major, silent"),
            Part("ladder, no grievance", "major_fast", "grievance off: major, fast"),
            Part("ladder, ignored .85", "minor_step_1", "ignored_keeps .85: minor, unresolved less silent", digits=3),
            Part("ladder, ignored .85", "major_step_1", "ignored_keeps .85: major, unresolved less silent", digits=3),
        ),
    ),
    Fact(
        "F15", "Recovery paradox",
        "satisfaction after a mended first mild failure above that without a failure; no effect on coming back",
        "de Matos et al. 2007", "input", SERVICE, {"service": after_recovery},
        (
            part("paradox_mild_first", "first mild failure: change of satisfaction less that without failure",
                 low=0.0, digits=3),
            part("paradox_back", "coming back, the same difference (within .02)", -0.02, 0.02, 3),
            part("paradox_mild_repeated", "repeated mild", digits=3),
            part("paradox_severe", "severe", digits=3),
        ),
        "`psychology.mending.overshoot`",
        (Part("service, overshoot 1", "paradox_mild_first", "overshoot 1 (its end): first mild", digits=3),),
        "Not expected to appear.",
    ),
)
