"""Small markets in which every mechanism has something to do."""

from __future__ import annotations

from typing import Any

from sim.scenario.effective import MECHANISMS

RUSH = {"promise": 0.85, "price_cut": {"depth": 0.2, "to": "newcomers"}, "failure_rate": 0.2,
        "spending": {"advertising": 0.6, "service": 0.2, "people": 0.1}}
ROOT = {"spending": {"advertising": 0.2, "service": 0.1, "relations": 0.6},
        "recovery": {"answered": 0.6, "generosity": 0.8}, "care": {"proactive": 0.8, "contact": 2.0}, "quality": 0.72}
RARE = {"price": 8.5, "price_cut": {"depth": 0.3, "every_weeks": 13.0, "to": "everyone"}, "values": 0.9,
        "rewards": 0.05, "spending": {"advertising": 0.4}, "win_back": {"reach": 3.0, "by": "reason"}}
REST = {"surprise": 0.1, "effort": 0.5, "lock": 0.5, "price": 11.0, "quality": 0.75,
        "spending": {"advertising": 0.3, "relations": 0.3}, "care": {"selective": 0.4},
        "win_back": {"reach": 6.0, "by": "price", "depth": 0.25}}


def market(firms: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A mapping that `load` takes: 250 people for a year, ten of whom would notice a mistake."""
    base: dict[str, Any] = {
        "question": "Do both texts of the rules agree?", "firms": firms, "clock": {"years": 1.0},
        "market": {"customers": 250}, "budget": {"per_person_per_year": 20.0},
    }
    for name, section in sections.items():
        base[name] = {**base.get(name, {}), **section}
    return base


WEEKLY = {"clock": {"period": "week", "years": 0.25},
          "people": {"purchases_per_year": {"mean": 80.0, "shape": 0.8}}}
"""Thirteen short periods with many purchases."""

CASES: dict[str, dict[str, Any]] = {
    "basic, one firm": market({"Rush": RUSH}, mechanisms={"level": "basic"}),
    "basic, two firms": market({"Rush": RUSH, "Root": ROOT}, mechanisms={"level": "basic"}),
    "heart, two firms": market({"Rush": RUSH, "Root": ROOT}, mechanisms={"level": "heart"}),
    "full, four firms": market({"Rush": RUSH, "Root": ROOT, "Rare": RARE, "Rest": REST}),
    "many purchases, and a cap": market(
        {"Rush": RUSH, "Root": ROOT}, clock=WEEKLY["clock"], people=WEEKLY["people"],
        market={"customers": 250, "occasions_at_most": 4}),
    "a past, and newcomers": market(
        {"Rush": {**RUSH, "budget_factor": 2.0}, "Root": {**ROOT, "strategy": "relationship"}},
        clock={"warm_up_years": 0.5}, past={"promise": 0.6, "quality": 0.6},
        market={"aware_on_entry": 0.7, "leave_per_year": 0.5, "growth": {"kind": "stationary"}}),
    "contract, lock and inattention": market(
        {"Rush": RUSH, "Root": {**ROOT, "lock": 2.0}}, market={"switching_cost": 1.0},
        product={"contract": {"regular": True, "weeks": 20.0, "inertia": 0.8}}),
    "too little capacity": market(
        {"Rush": {**RUSH, "capacity": 40.0}, "Rest": {**REST, "capacity": 0.0},
         "Root": {**ROOT, "capacity": 30.0, "spending": {"capacity": 0.2, "relations": 0.4}}}),
    "contract and too little capacity": market(
        {"Rush": {**RUSH, "capacity": 40.0}, "Root": {**ROOT, "capacity": 60.0}, "Rest": REST},
        market={"aware_at_start": 0.5},
        product={"contract": {"regular": True, "weeks": 20.0, "inertia": 0.5}}),
    "win-back": market(
        {"Rare": {**RARE, "failure_rate": 0.5}, "Rest": {**REST, "failure_rate": 0.5}},
        market={"active_window_weeks": 8.7}, people={"purchases_per_year": {"mean": 20.0, "shape": 1.0}}),
    "reviews": market(
        {"Rush": RUSH, "Root": {**ROOT, "quality": 0.9}},
        market={"aware_at_start": 0.3}, psychology={"voice": {"review_share": 0.8, "review_pull": 0.9}}),
    "talkative friends": market(
        {"Rush": RUSH, "Root": ROOT},
        market={"aware_at_start": 0.1, "friends": {"graph": "homophilous", "each": 8}},
        psychology={"voice": {"tell_joy": 1.0, "tell_loss": 1.0, "word_joy": 0.6, "word_loss": 0.5}}),
    "growth, season and urgent needs": market(
        {"Rush": RUSH, "Root": ROOT},
        market={"growth": {"kind": "bass"}, "aware_on_entry": 0.4, "leave_per_year": 0.5,
                "season": {"amplitude": 0.5, "peak_week": 10.0}},
        psychology={"needs": {"urgency_effect": 1.0}, "choice": {"values_fit": 1.0, "outside": -1.0}}),
    "turned signs": market(
        {"Rush": RUSH, "Root": ROOT},
        mechanisms={"satisfaction": -1.0, "price_relief": -0.7, "attachment": -0.5, "forgiveness": -1.0,
                    "staying": -0.5, "recommending": -1.0, "satisfaction_to_commitment": -1.0,
                    "entitlement": -1.0, "personalisation": -1.0}),
    "half strengths": market(
        {"Rush": RUSH, "Root": ROOT, "Rest": REST},
        mechanisms=dict.fromkeys(("needs", "need_hierarchy", "trust", "mood", "commitment", "knowledge", "habit",
                                  "reviews", "word_of_mouth", "capacity", "advertising_stock", "forgetting"), 0.5)),
    "double strengths": market(
        {"Rush": RUSH, "Root": {**ROOT, "surprise": 0.3}, "Rest": REST},
        market={"aware_at_start": 0.5, "friends": {"graph": "homophilous", "each": 6}},
        mechanisms=dict.fromkeys(MECHANISMS, 2.0),
        psychology={"needs": {"half_life_weeks": 3.0, "fill": 0.8, "urgency_effect": 1.5},
                    "appraisal": {"promise_pull": 0.7, "surprise_step": 0.8, "forgiveness": 0.9},
                    "voice": {"tell_joy": 1.0, "word_joy": 0.7, "word_loss": 0.7, "review_pull": 0.9},
                    "knowing": {"gain": 0.7, "touch_trust": 0.7}, "choice": {"price_relief": 0.8}}),
    "events": {
        **market({"Rush": RUSH, "Root": ROOT}),
        "events": [{"kind": "outage", "year": 0.2, "lasts_weeks": 13.0, "firms": ["Root"], "reach": 0.5},
                   {"kind": "levers", "year": 0.5, "firms": ["Rush"], "set": {"price": 12.0, "quality": 0.8}},
                   {"kind": "market", "year": 0.6, "set": {"switching_cost": 3.0}}],
    },
    "cheap quality, in yen": market(
        {"Rush": {**RUSH, "quality": 0.55}, "Root": {**ROOT, "quality": 0.6}},
        money={"currency": "JPY"}, product={"price": 300.0},
        people={"basket": {"mean": 1.0, "variation": 0.0}}),
    "rent, a dear system, advertising that stays in mind, grievances only from large losses": market(
        {"Rush": {**RUSH, "information": "sales"}, "Root": {**ROOT, "information": "emotion"}},
        product={"information_cost": 6.0, "information_system": 0.02, "fixed_cost": 0.2},
        psychology={"choice": {"salience": 3.0}, "bonds": {"grievance_from": 0.12}}),
    "everybody is known by another level": market(
        {"Rush": {**ROOT, "information": "sales", "win_back": {"reach": 6.0}},
         "Root": {**ROOT, "information": "surveys", "win_back": {"reach": 6.0, "by": "price"}},
         "Rare": {**ROOT, "information": "reasons", "win_back": {"reach": 6.0}, "failure_rate": 0.4},
         "Rest": {**ROOT, "information": "emotion", "failure_rate": 0.4}},
        market={"active_window_weeks": 13.0}, psychology={"knowing": {"annoying_below_trust": 0.4}}),
    "treated by another estimate": {
        **market({name: {**ROOT, "care": {"selective": 0.4, "by": by, "contact": 2.0}}
                  for name, by in (("Rush", "recency"), ("Root", "frequency"), ("Rare", "rfm"), ("Rest", "last_year"),
                                   ("Real", "oracle"))}),
        "clock": {"years": 2.0}},
    "treated by a forecast, under contract": {
        **market({"Rush": {**RUSH, "failure_rate": 0.4},
                  **{name: {**ROOT, "care": {"selective": 0.4, "by": by, "contact": 2.0}, "failure_rate": 0.3}
                     for name, by in (("Root", "sbg"), ("Rest", "bg_nbd"))}},
                 product={"contract": {"regular": True, "weeks": 13.0, "inertia": 0.6}},
                 market={"active_window_weeks": 8.7}),
        "clock": {"warm_up_years": 1.0, "years": 2.0}},
    "treated by a forecast, without contract": {
        **market({name: {**ROOT, "information": level, "failure_rate": 0.3,
                         "care": {"selective": 0.4, "by": by, "contact": 2.0}}
                  for name, by, level in (("Root", "sbg", "identity"), ("Rest", "bg_nbd", "identity"),
                                          ("Rare", "bg_nbd", "sales"))},
                 people={"purchases_per_year": {"mean": 24.0}},
                 market={"customers": 500, "active_window_weeks": 8.7, "leave_per_year": 0.5,
                         "growth": {"kind": "stationary"}}),
        "clock": {"warm_up_years": 1.0, "years": 2.0},
        "events": [{"kind": "levers", "year": 0.6, "firms": ["Rare"], "set": {"information": "identity"}}]},
    "every lever has its price": market(
        {"Rush": {**RUSH, "lock": 1.0, "effort": 0.7, "benefits": {"esteem": 0.9, "belonging": 0.2},
                  "failure_rate": 0.03},
         "Root": {**ROOT, "recovery": {"answered": 0.9, "generosity": 0.8, "delay_weeks": 0.3},
                  "care": {"proactive": 0.8, "contact": 3.0, "personalisation": 0.6}}},
        product={"benefit_cost": 0.1, "failure_cost": 0.05, "effort_saving": 0.5, "effort_half": 0.8,
                 "lock_foreseen": 0.7, "speed_cost": 0.3, "contact_cost": 0.04, "personalisation_cost": 3.0}),
    "hardly any chance in choice": market(
        {"Rush": RUSH, "Root": ROOT, "Rest": REST}, psychology={"choice": {"noise": 0.3}}),
}
