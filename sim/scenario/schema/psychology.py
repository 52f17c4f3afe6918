"""What a customer is like inside: the numbers of the rules of needs, choice, appraisal, voice and bonds.

Utilities are in Gumbel units (the noise of a choice has scale 1). Quality, expectation, satisfaction, trust,
commitment, habit and grievance run from 0 to 1. Hand-tuned values were chosen against the published
regularities listed in docs/facts.md; they carry the word "assumption".
"""

from __future__ import annotations

from sim.scenario.parameters import Section, number, part

TUNED = "assumption, hand-tuned"
KAHNEMAN = "Tversky & Kahneman 1992 (2.25) and later meta-analyses (1.3-2.0)"


class Needs(Section):
    """Needs empty with time and are filled by purchases (Kotler; Maslow's ladder as a blend)."""

    half_life_weeks: float = number(28.6, "weeks", (1, 520), "time in which half of a need's satisfaction is used up")
    fill: float = number(0.35, "share", (0, 1), "part of the remaining need that one purchase fills at full benefit")
    threshold: float = number(0.35, "0..1", (0, 1), "level at which a need counts as met")
    softness: float = number(0.08, "0..1", (0.01, 1), "width of the step between unmet and met")
    floor: float = number(0.05, "0..1", (0.001, 0.5), "weight that even a sated need keeps")
    start: float = number(0.5, "0..1", (0, 1), "level at which everybody starts")
    urgency_effect: float = number(0.3, "ratio", (-1, 2), "change of purchases wanted from sated (0) to starved (1)")


class Choice(Section):
    """Value is what one gets minus what one gives; each occasion chooses anew."""

    get: float = number(9.0, "utility", (0, 30), "utility of full benefit fully expected", TUNED)
    price: float = number(10.7, "utility per reference price", (0, 30), "what the reference price costs",
                          "tuned: with the margin the reference price earns most (docs/economy.md); -2.62 is the "
                          "mean own-price elasticity of Bijmolt et al. 2005")
    outside: float = number(-8.0, "utility", (-20, 20), "utility of buying nothing", TUNED)
    risk: float = number(1.0, "utility", (0, 5), "what a purchase from a firm without trust costs")
    satisfaction: float = number(0.5, "utility", (-5, 5), "direct pull of satisfaction above its starting level")
    habit: float = number(1.0, "utility", (-3, 5), "pull of habit")
    attachment: float = number(1.8, "utility", (-5, 5), "pull of commitment (sign may be turned)")
    staying: float = number(0.5, "utility", (-5, 5), "what leaving the last firm costs the committed")
    price_relief: float = number(0.1, "share", (-1, 1), "part of the price's weight that full commitment removes")
    consideration_power: float = number(2.0, "power", (0.5, 6),
                                        "a rival drops out of mind with commitment to this power")
    grievance: float = number(5.0, "utility", (0, 15), "what a full grievance costs", TUNED)
    personal_fit: float = number(0.8, "utility", (-3, 5), "pull of an offer fitted to what the firm knows")
    values_fit: float = number(0.0, "utility", (0, 5), "pull of shared values")
    experience: float = number(0.5, "utility", (0, 5), "pull of the expected surprise")
    salience: float = number(2.0, "utility", (0, 10), "pull of a firm whose advertising is as present as can be",
                             "tuned to an advertising elasticity of .05-.25 (Sethuraman, Tellis & Briesch 2011)")
    taste: float = number(1.0, "ratio", (0, 3), "weight of the standing taste")
    noise: float = number(1.0, "utility", (0.25, 5), "scale of the Gumbel noise of a choice")
    reference_loss: float = number(1.0, "ratio", (0, 3), "extra weight of paying above the reference price", TUNED)
    reference_step: float = number(0.3, "share", (0, 1), "step of the reference price towards the price paid", TUNED)
    reward_worth: float = number(1.0, "ratio", (0, 3), "worth of a reward to those who know it, against its money")
    newcomer_cut_expected: float = number(0.25, "share", (0, 1), "part of a reward that a first-time buyer believes")


class Appraisal(Section):
    """Delivery against expectation is felt; feeling, not quality, moves satisfaction."""

    tolerance: float = number(0.06, "quality", (0, 0.5), "half-width of the zone in which nothing is felt")
    loss_aversion: float = number(1.9, "ratio", (1, 4), "weight of a loss against a joy of the same size", KAHNEMAN)
    feeling_to_satisfaction: float = number(1.2, "ratio", (0, 4),
                                            "how strongly a feeling colours the memory of quality")
    expectation_step: float = number(0.25, "share", (0, 1), "smallest step of expectation towards what was delivered")
    satisfaction_step: float = number(0.10, "share", (0, 1),
                                      "smallest step of satisfaction towards the last experience")
    surprise_step: float = number(0.35, "share", (0, 1), "step of the expected surprise (delight wears off)")
    starting_satisfaction: float = number(0.5, "0..1", (0, 1), "satisfaction before the first experience")
    prior_expectation: float = number(0.55, "quality", (0, 1), "what people expect of a firm they know nothing of")
    mood_colour: float = number(0.15, "quality", (0, 0.5), "how much the mood of the day colours memory",
                                "assumption; direction: judgements follow mood (Schwarz & Clore 1983)")
    promise_credibility: float = number(0.7, "share", (0, 1), "weight of the promise in a first expectation")
    promise_pull: float = number(0.15, "share", (0, 1), "step of expectation towards the promise at each notice")
    forgiveness: float = number(0.5, "share", (-1, 1), "part of a loss that full commitment forgives")
    entitlement: float = number(0.05, "quality", (-0.2, 0.4), "extra quality that the long-standing take as their due")
    quality_noise: float = number(0.10, "quality", (0, 0.5), "standard deviation of delivered quality")
    match_spread: float = number(0.10, "quality", (0, 0.5), "how differently a firm's service suits people", TUNED)
    knowledge_quality: float = number(0.08, "quality", (-0.3, 0.5), "better delivery to a person fully known")
    minor_severity: float = number(0.20, "quality", (0, 1), "what a minor failure takes away")
    major_severity: float = number(0.50, "quality", (0, 1), "what a major failure takes away")
    major_share: float = number(0.30, "share", (0, 1), "share of failures that are major")


class Mood(Section):
    """Feeling is of the moment, mood carries over (Verduyn & Lavrijsen 2015 for the direction)."""

    valence_half_life_weeks: float = number(2.0, "weeks", (0.2, 20), "half-life of good or bad mood")
    arousal_half_life_weeks: float = number(1.0, "weeks", (0.1, 20), "half-life of excitement")
    valence_gain: float = number(1.5, "per feeling", (0, 5), "how much a feeling moves mood")
    arousal_gain: float = number(2.0, "per feeling", (0, 5), "how much a feeling excites")
    lost_contact: float = number(0.2, "0..1", (0, 1), "bad mood after a contact that did not get through")
    pull: float = number(0.5, "utility", (-2, 5), "how much a good mood inclines to buy at all",
                         "assumption; direction: pleasure makes people approach (Donovan & Rossiter 1982)")
    talk: float = number(1.0, "share", (0, 5), "how much more the fully excited tell their friends",
                         "assumption; direction: what arouses is shared (Berger & Milkman 2012)")


class Voice(Section):
    """Few complain; the others stay silent, tell friends or simply do not come back (Hirschman)."""

    base: float = number(-3.0, "logit", (-8, 3), "readiness to complain", "tuned to TARP: 30-60 % of problem customers")
    arousal: float = number(0.3, "logit", (0, 5), "effect of excitement")
    trust: float = number(1.0, "logit", (-3, 5), "effect of trust")
    severity: float = number(6.0, "logit", (0, 6), "effect of the severity of a failure")
    effort: float = number(0.0, "logit", (-3, 6), "effort that a complaint costs")
    threshold: float = number(0.20, "quality", (0, 0.5), "smallest loss that counts as a problem")
    tell_joy: float = number(0.25, "probability", (0, 1), "telling a friend of a strong joy")
    tell_loss: float = number(0.50, "probability", (0, 1), "telling a friend of a strong loss",
                              "told-to ratio bad to good 2:1 (TARP)")
    tell_commitment: float = number(0.10, "probability", (-1, 1), "extra recommendation of the fully committed")
    word_joy: float = number(0.15, "share", (0, 1), "step of a friend's expectation up", "East et al. 2008, direction")
    word_loss: float = number(0.06, "share", (0, 1),
                              "step of a friend's expectation down", "tuned to East et al. 2008 (F29)")
    review_share: float = number(0.05, "probability", (0, 1), "share of experiences that are reviewed in public")
    rating_half_life_weeks: float = number(26.0, "weeks", (1, 520), "age at which a review counts half")
    rating_half_weight: float = number(10.0, "reviews", (0.1, 1e6), "reviews at which a public rating counts half")
    review_pull: float = number(0.3, "share", (0, 1), "step of a first expectation towards the public rating")


class Mending(Section):
    """Recovery pulls satisfaction back towards what was expected; it rarely does more."""

    severity_cut: float = number(0.6, "share per quality", (0, 1.5), "how much severity weakens a recovery", TUNED)
    overshoot: float = number(0.30, "share", (0, 1), "gain above expectation when mild, first and recovered", TUNED)
    repeated: float = number(0.6, "ratio", (0, 1), "effect left when it failed before")
    failure_memory_purchases: float = number(6.6, "purchases", (1, 50),
                                             "purchases after which a failure is half forgotten")
    ignored_keeps: float = number(
        0.7, "share", (0, 1.5), "part of a loss kept by whom has voiced it, answered or not",
        "tuned to the order of TARP: silent below unresolved (F14)",
    )
    mood_relief: float = number(0.5, "0..1", (0, 1), "mood regained by a full recovery")
    trust_regained: float = number(0.10, "share", (0, 1), "trust regained by a full recovery")
    gratitude: float = number(0.3, "share", (0, 2), "commitment gained from a recovery beyond expectation")
    care_weight: float = number(0.8, "share", (0, 1), "worth of proactive care against a recovered complaint")
    care_recall: float = number(0.7, "share", (0, 1), "largest share of silent sufferers that care can find")
    delay_half_life_weeks: float = number(3.0, "weeks", (0.2, 52), "delay at which a recovery is worth half", TUNED)
    relation_answer: float = number(0.7, "share", (0, 1),
                                    "part of the unanswered complaints that full relation effort answers")
    relation_generosity: float = number(0.5, "share", (0, 1),
                                        "part of the missing generosity that full relation effort adds")
    reason_grievance: float = number(0.1, "0..1", (0, 1),
                                     "grievance from which a lapsed customer has a reason to be mended")
    reason_failure: float = number(0.3, "0..1", (0, 1), "memory of a failure from which there is such a reason")
    reason_keeps: float = number(0.2, "share", (0, 1), "part of the grievance that is left when the reason is mended")
    reason_trust: float = number(0.15, "share", (0, 1), "trust regained when the reason is mended")


class Bonds(Section):
    """Trust grows slowly and breaks fast; commitment grows from care; habit is smoothed choice."""

    starting_trust: float = number(0.4, "0..1", (0, 1), "trust before the first experience")
    trust_gain: float = number(0.08, "share", (0, 1), "trust gained by a promise kept")
    trust_loss: float = number(0.9, "share", (0, 3), "trust lost per unit of loss felt")
    inertia_per_purchase: float = number(0.06, "per purchase", (0, 1), "how past purchases damp a bad episode",
                                         "direction: Bolton 1998")
    inertia_floor: float = number(0.4, "ratio", (0, 1), "damping never goes below this")
    commitment_gain: float = number(0.8, "share", (0, 3), "commitment gained from a full good feeling of the trusting")
    commitment_half_life_weeks: float = number(78.0, "weeks", (4, 520),
                                               "time in which commitment without contact halves")
    commitment_loss: float = number(0.5, "share", (0, 3), "commitment lost per unit of loss felt")
    joy_to_commitment: float = number(0.375, "ratio", (0, 3), "weight of joy at a purchase as a source of commitment")
    satisfaction_to_commitment: float = number(0.02, "share", (-0.2, 0.5),
                                               "commitment gained per purchase from satisfaction alone")
    habit_step: float = number(0.15, "share", (0, 1), "step of habit towards the last choice")
    habit_half_life_weeks: float = number(52.0, "weeks", (1, 520), "time in which an idle habit halves")
    grievance_gain: float = number(1.3, "share", (0, 5), "grievance from a loss that stays", TUNED)
    grievance_from: float = number(0.12, "quality", (0, 1), "part of a loss that leaves no grievance")
    grievance_half_life_weeks: float = number(26.0, "weeks", (1, 260), "time in which a grievance halves", TUNED)
    lost_contact_grievance: float = number(0.25, "share", (0, 1), "grievance from a contact that did not get through")


class Knowing(Section):
    """What a firm knows of a person grows with contacts and is lost with turnover of staff."""

    gain: float = number(0.25, "share", (0, 1), "part of the unknown learned in one contact at full effort")
    loss_per_year: float = number(0.12, "per year", (0, 3), "knowledge lost with turnover and silos")
    idle_loss_per_year: float = number(0.46, "per year", (0, 5), "knowledge lost of people who stay away")
    touch_mood: float = number(0.22, "0..1", (0, 1), "good feeling of one welcome contact")
    touch_trust: float = number(0.04, "share", (0, 1), "trust gained by one welcome contact")
    touches_per_year: float = number(8.0, "per year", (0, 365), "contacts a year at full relation effort")
    annoying_below_trust: float = number(0.25, "0..1", (0, 1),
                                        "a contact below this trust annoys, the more of late the sooner")
    annoyance: float = number(0.10, "0..1", (0, 1), "bad mood after an unwelcome contact")
    refusal_weeks: float = number(104.0, "weeks", (0, 1040),
                                  "an unwelcome contact is remembered for so long, where refusals are recorded")
    fatigue: float = number(0.15, "share", (0, 1), "how much each recent contact weakens the next")
    fatigue_half_life_weeks: float = number(8.0, "weeks", (0.5, 104), "time in which fatigue halves")


class Attention(Section):
    """Who is not reminded forgets; who wants to buy looks around."""

    forgetting_per_year: float = number(1.0, "per year", (0, 10), "rate at which an idle firm is forgotten", TUNED)
    search: float = number(0.05, "probability per purchase", (0, 0.99),
                           "chance to discover one more firm by looking around")
    reminded_weeks: float = number(9.0, "weeks", (0, 260), "a purchase keeps a firm in mind for so long")
    advertising_half_life_weeks: float = number(4.0, "weeks", (0.2, 52), "half-life of the stock of advertising")
    share_of_voice: float = number(0.3, "ratio", (0, 2), "how much rivals' advertising drowns one's own")


class Stages(Section):
    """Where the words of reports begin: excited, committed."""

    excited: float = number(0.10, "0..1", (0, 1), "arousal from which a mood counts as excited (delighted, angry)")
    committed: float = number(0.30, "0..1", (0, 1), "commitment from which a customer counts as committed")
    win_back_weeks: float = number(78.0, "weeks", (1, 520), "the lapsed are contacted for so long after they lapsed")


class Psychology(Section):
    """All rules of the person."""

    needs: Needs = part(Needs, "needs")
    choice: Choice = part(Choice, "value and choice")
    appraisal: Appraisal = part(Appraisal, "expectation, feeling, satisfaction")
    mood: Mood = part(Mood, "mood")
    voice: Voice = part(Voice, "complaint, word of mouth, review")
    mending: Mending = part(Mending, "recovery and care")
    bonds: Bonds = part(Bonds, "trust, commitment, habit, grievance")
    knowing: Knowing = part(Knowing, "contacts and knowledge")
    attention: Attention = part(Attention, "awareness, search, advertising")
    stages: Stages = part(Stages, "borders of the words in reports")
