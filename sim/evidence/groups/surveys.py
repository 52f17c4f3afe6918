"""What satisfaction in a survey says of liking, of the next purchase, of the share of wallet (F10, F11).

The first year is left out. "Comes back" means: the person's next purchase of all is at the same firm.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import SERVICE, YEAR, StudyMarket, WatchedPurchases, correlation, mean_of, service
from sim.records.records import Records
from sim.records.surveys import SurveyWave


def answers(market: StudyMarket) -> Numbers:
    """F10 and F11: what satisfaction in the survey says of liking, of the next purchase, of the share of wallet."""
    records, bought, _ = market.watched
    rows = [_answered(records, bought, wave) for wave in records.surveys if wave.period >= YEAR]
    box, back, liking, share = (np.concatenate([row[place] for row in rows]) for place in range(4))
    chance = [mean_of(back, box == place) for place in range(1, 6)]
    odds = np.array([p / (1.0 - p) for p in chance])
    return {
        "top_box_odds": float(odds[4] / odds[3]), "back_5": chance[4], "back_4": chance[3], "back_3": chance[2],
        "liking_corr": correlation(box, liking), "wallet_corr": correlation(box, share),
        "convex": float((chance[4] - chance[3]) - (chance[3] - chance[2])),
    }


def _answered(records: Records, bought: WatchedPurchases, wave: SurveyWave) -> tuple[Any, ...]:
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


TRIALS = {
    "service": FactTrial(service),
    "service, no match": FactTrial(service, {"mechanisms.match": 0}),
    "service, match .20": FactTrial(service, {"psychology.appraisal.match_spread": 0.20}),
    "service, match .15": FactTrial(service, {"psychology.appraisal.match_spread": 0.15}),
    "service, shipped survey": FactTrial(service, {"survey.commitment_weight": 0.5}),
}
MEASURES = {"service": answers}
ASKED = f"{SERVICE}; survey asks satisfaction"
asked = partial(Part, "service")

FACTS = (
    Fact(
        "F10", "Top box", "odds to come back, box 5 over box 4 of satisfaction, at least 2; convex in behaviour",
        "Jones & Sasser 1995; Mittal & Kamakura 2001", "mechanism", ASKED, MEASURES,
        (
            asked("top_box_odds", "odds ratio", low=2.0),
            asked("convex", "step 4 to 5 less step 3 to 4", low=0.0, digits=3),
            asked("back_3", "come back from box 3"),
            asked("back_4", "box 4"),
            asked("back_5", "box 5"),
        ),
        "Match, `psychology.appraisal.match_spread`",
        (
            Part("service, no match", "top_box_odds", "match off: odds"),
            Part("service, match .20", "top_box_odds", "match .20: odds"),
            Part("service, shipped survey", "top_box_odds", "survey as shipped (half commitment): odds"),
        ),
        "It wants more of what F11 wants less of: satisfaction that says where somebody belongs.",
    ),
    Fact(
        "F11", "Satisfaction and loyalty",
        "correlation with loyalty as said .45-.70, with share of wallet under .30",
        "ECSI mobile .56, a Spanish bank .65", "emergent", ASKED, MEASURES,
        (
            asked("liking_corr", "with recommendation", 0.45, 0.70),
            asked("wallet_corr", "with next year's share of wallet", high=0.30),
        ),
        "Match: satisfaction then says where somebody belongs. F10 wants more of it, F11 less",
        (
            Part("service, no match", "wallet_corr", "match off: wallet"),
            Part("service, match .15", "wallet_corr", "match .15: wallet"),
            Part("service, match .15", "top_box_odds", "match .15: top-box odds (F10)"),
        ),
    ),
)
