"""A service with three equal firms: satisfaction, failure, complaint and return (F09-F15).

The first year is left out everywhere. "Comes back" means: the person's next purchase of all is at the same firm.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from fact_markets import FIRMS, Changes, Floats, Purchases, course_of, mean_of, observed, service
from fact_money import tenure_and_profit, whales
from numpy.typing import NDArray

from sim.records.records import Records
from sim.records.surveys import SurveyWave

YEAR = 52
LIGHT_UP_TO, HEAVY_FROM = 5, 20
SLOW, FAST = 4.0, 0.0
"""Weeks that a complaint waits for its answer (F14)."""
LADDER = ("silent", "unresolved", "resolved", "fast")
Flags = NDArray[np.bool_]


def measure(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """All numbers of this market for one seed."""
    records, bought = observed(service(changes), seed)
    settled = bought.where(bought.period >= YEAR)
    return {
        **answers(records, bought), **complaining(settled), **inertia(settled), **after_recovery(settled),
        **tenure_and_profit(records), **whales(records),
    }


def answers(records: Records, bought: Purchases) -> dict[str, float]:
    """F10 and F11: what satisfaction in the survey says of liking, of the next purchase, of the share of wallet."""
    rows = [_answered(records, bought, wave) for wave in records.surveys if wave.period >= YEAR]
    box, back, liking, share = (np.concatenate([row[place] for row in rows]) for place in range(4))
    chance = [mean_of(back, box == place) for place in range(1, 6)]
    odds = np.array([p / (1.0 - p) for p in chance])
    return {
        "top_box_odds": float(odds[4] / odds[3]), "back_5": chance[4], "back_4": chance[3], "back_3": chance[2],
        "liking_corr": _corr(box, liking), "wallet_corr": _corr(box, share),
        "convex": float((chance[4] - chance[3]) - (chance[3] - chance[2])),
    }


def _answered(records: Records, bought: Purchases, wave: SurveyWave) -> tuple[Any, ...]:
    """Of one survey: satisfaction box, whether the next purchase is here, liking 0..10, share of wallet in a year."""
    assert wave.answers is not None
    person, firm = wave.answers["customer"], wave.answers["firm"].astype(np.int64)
    length = records.periods + 1
    when = bought.person * length + bought.period
    following = np.searchsorted(when, person * length + wave.period, side="right")
    place = np.minimum(following, when.size - 1)
    same = (bought.person[place] == person) & (following < when.size)
    back = np.where(same, bought.firm[place] == firm, np.nan)
    rows = records.purchases
    later = (rows.period > wave.period) & (rows.period <= wave.period + YEAR)
    units = np.zeros((len(records.firms), records.people_count))
    np.add.at(units, (rows.firm[later], rows.customer[later]), rows.units[later])
    every = units.sum(axis=0)[person]
    whole_year = wave.period + YEAR < records.periods
    share = np.where((every > 0) & whole_year, units[firm, person] / np.maximum(every, 1), np.nan)
    return wave.answers["attitude"].astype(float), back, wave.answers["recommend"].astype(float), share


def _corr(a: Floats, b: Floats) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[known], b[known])[0, 1])


def complaining(bought: Purchases) -> dict[str, float]:
    """F13: who complains of those with a problem (a loss that is felt): all; after a major, after a minor failure."""
    one = bought.single & bought.has("problem")
    failed, major = bought.has("failed"), bought.has("major")
    voiced = bought.has("complained")
    return {
        "complain_all": mean_of(voiced, one), "complain_major": mean_of(voiced, one & major),
        "complain_minor": mean_of(voiced, one & failed & ~major), "complain_unfailed": mean_of(voiced, one & ~failed),
    }


def inertia(bought: Purchases) -> dict[str, float]:
    """F12: how much a failure lowers coming back, for those with few and with many purchases at the firm before."""
    found = {}
    for name, chosen in (("light", bought.prior < LIGHT_UP_TO), ("heavy", bought.prior >= HEAVY_FROM)):
        bad = mean_of(bought.again, chosen & bought.single & bought.has("failed"))
        good = mean_of(bought.again, chosen & bought.single & ~bought.has("failed"))
        found[f"effect_{name}"] = bad - good
        found[f"log_odds_{name}"] = float(np.log(bad / (1 - bad)) - np.log(good / (1 - good)))
    return {**found, "effect_difference": found["effect_heavy"] - found["effect_light"]}


def after_recovery(bought: Purchases) -> dict[str, float]:
    """F15: change of satisfaction and coming back after a mended failure, less the same where nothing failed.

    Compared at equal numbers of earlier purchases (0, 1-2, 3-5, 6-10, 11-20, more), weighted by the mended.
    """
    mended = bought.single & bought.has("failed", "mended")
    minor, first = mended & ~bought.has("major"), bought.failed_before < 0.01
    fine = bought.single & ~bought.has("failed") & ~bought.has("complained")
    groups = {"mild_first": minor & first, "mild_repeated": minor & (bought.failed_before >= 0.5),
              "severe": mended & bought.has("major")}
    change = bought.after - bought.before
    found = {f"paradox_{name}": _against(change, chosen, fine, bought.prior) for name, chosen in groups.items()}
    return {**found, "paradox_back": _against(bought.again, groups["mild_first"], fine, bought.prior)}


def _against(values: Floats, chosen: Flags, others: Flags, prior: NDArray[np.int64]) -> float:
    """Mean of the chosen less that of the others in the same group of earlier purchases."""
    group = np.searchsorted([0, 2, 5, 10, 20], prior)
    parts = [(mean_of(values, chosen & (group == g)) - mean_of(values, others & (group == g)),
              int((chosen & (group == g)).sum())) for g in range(6)]
    known = [(value, weight) for value, weight in parts if np.isfinite(value)]
    return float(np.average([value for value, _ in known], weights=[weight for _, weight in known]))


def ladder(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """F14: coming back after a failure by what became of it. Two worlds: firms answer after four weeks, or at once."""
    chances: dict[str, float] = {}
    for delay, resolved in ((SLOW, "resolved"), (FAST, "fast")):
        waits = {f"firms.{name}.recovery.delay_weeks": delay for name in FIRMS}
        _, bought = observed(service({**waits, **(changes or {})}), seed)
        felt = bought.single & bought.has("failed", "problem") & ~bought.has("cared") & (bought.period >= YEAR)
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


def impulse(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """F09: one week of better, one of worse delivery by one standard deviation of delivery less expectation."""
    scenario = service({"clock.years": 1.25, **(changes or {})})
    base, spread = _one_week(scenario, seed)
    effects = []
    for sign in (1.0, -1.0):
        week = {"kind": "levers", "year": 1.0, "lasts_weeks": 1.0, "set": {"quality": 0.7 + sign * spread}}
        pushed, _ = _one_week(service({"clock.years": 1.25, "events": [week], **(changes or {})}), seed)
        effects.append(float((pushed - base).mean()))
    return {"asymmetry": -effects[1] / effects[0], "joy": effects[0], "loss": effects[1], "sd_of_gap": spread}


def _one_week(scenario: Any, seed: int) -> tuple[Floats, float]:
    """Satisfaction of that week's buyers after it, and the spread of what they got against what they expected."""
    course = course_of(scenario, seed, "totals")
    while course.now < YEAR:
        course.step()
    expected = course.world.tie.expectation.copy()
    course.step()
    me, tie = course.world.me, course.world.tie
    who = np.flatnonzero(tie.units.sum(axis=0) > 0)
    firm = me.last_firm[who].astype(np.int64)
    gap = me.delivered[who].astype(np.float64) - expected[firm, who]
    return tie.satisfaction[firm, who].astype(np.float64), float(gap.std(ddof=1))
