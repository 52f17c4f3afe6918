"""What there is to know about whom: the columns of the market.

Customers are the last index of every column, so that a block of customers is contiguous. Columns are stored
compactly (`DTYPES`); an executor hands them to the phases as plain float64, int64, uint64 or bool.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Value = Any
"""A number for one customer, or an array for a block of customers: a rule cannot tell."""


class Me(NamedTuple):
    """One person: [N]."""

    # drawn once at birth, the same in every what-if
    number: Value  # uint32, the person's own number: the key of their luck
    segment: Value  # int8
    rate: Value  # purchases wanted per period
    basket: Value  # units of one purchase
    price_sensitivity: Value
    effort_sensitivity: Value
    risk_sensitivity: Value
    proneness: Value
    expressiveness: Value
    values: Value
    serving: Value  # cost to serve, 1 is the mean
    enters: Value  # int16, first period in the market
    leaves: Value  # int16, first period out of it
    # changing
    valence: Value
    arousal: Value
    last_firm: Value  # int8, -1: none yet
    bound: Value  # int16, periods of contract left
    # flows of this period
    present: Value  # bool
    wanted: Value  # int8, purchases wanted
    valence_kept: Value  # of mood, from one purchase to the next
    arousal_kept: Value
    searching: Value  # chance to discover one more firm
    urgency: Value
    gate: Value
    max_commitment: Value  # largest commitment to any firm
    contact_mood: Value  # feeling of this period's contacts, in parts of FIXED_POINT: exact sums, so no order matters
    mean: Value  # purchases wanted on average
    draw: Value  # the luck of how many
    term: Value  # probability of exactly so many
    cumulative: Value  # of at most so many
    focus: Value  # chance that a rival drops out of mind
    leaving: Value  # utility lost by leaving the last firm
    asked: Value  # price asked, reference price = 1
    delivered: Value  # quality of the last delivery
    severity: Value  # of its failure, 0: none
    feeling: Value  # what it felt like
    remembered: Value  # quality as remembered
    loss_left: Value  # loss that stays
    repaired: Value  # share of it that was mended
    gratitude: Value
    outcome: Value  # int16, bits of what happened (see OUTCOMES)
    telling: Value  # int8, firm spoken of, -1: none (published at the end of the period)
    tone: Value  # of what is told, -1..1


class Need(NamedTuple):
    """One need of one person: [5, N]."""

    level: Value  # 0 starved .. 1 sated
    own_weight: Value  # drawn at birth
    weight: Value  # this period's


class Tie(NamedTuple):
    """One person and one firm: [F, N]."""

    # drawn once at birth
    taste: Value
    match: Value
    # changing
    aware: Value  # bool
    expectation: Value
    surprise_expected: Value
    satisfaction: Value
    experiences: Value  # int16
    trust: Value
    commitment: Value
    habit: Value
    grievance: Value
    failed: Value  # memory of failures, 0..1
    reference_price: Value  # smoothed own prices, reference price = 1
    knowledge: Value
    contacts: Value  # contacts of late (fatigue)
    idle: Value  # int16, periods since the last purchase, NEVER: none
    left_out: Value  # bool, known but not treated
    spared_until: Value  # int16, period in which the firm has forgotten that a contact was unwelcome
    # flows of this period
    utility: Value
    mean_wait: Value  # mean waiting time, exp(-utility / noise)
    cut: Value  # price cut offered, share
    effect: Value  # relation effort received, 0..1
    units: Value  # int16, purchases
    amount: Value  # int64, paid, minor units
    given: Value  # int64, revenue given away, minor units
    margin: Value  # int64, contribution after all costs of this tie, minor units
    # running totals, minor units
    paid: Value  # int64, by the customer
    served: Value  # int64, goods and service
    relation: Value  # int64, relation, care, recovery, rewards
    acquired: Value  # int64, spent to win this person (welcome cuts, concessions)


class Deal(NamedTuple):
    """One purchase occasion of one person: [occasions, N]."""

    firm: Value  # int8, where it is bought, -1: nowhere
    second: Value  # int8, second choice
    waiting_time: Value  # of the first choice
    second_waiting_time: Value  # of the second


class Friend(NamedTuple):
    """What one's friends can see: last period's, [N + 1]; the last row is nobody, who says nothing."""

    said_firm: Value  # int8
    said_tone: Value


class FirmRow(NamedTuple):
    """One firm in this period: [F]. Set from its plan at the first moment of the period."""

    number: Value  # int64, its place
    price: Value  # reference price = 1
    quality: Value
    promise: Value
    failure: Value
    effort: Value
    values: Value
    surprise: Value
    lock: Value
    rewards: Value
    cut_everyone: Value
    cut_newcomers: Value
    cut_lapsed: Value
    reach: Value  # chance to be noticed this period
    salience: Value  # how present advertising keeps the firm, 0..1
    treat: Value  # chance of a contact this period at full effort
    effect: Value  # relation effort, 0..1
    relation_cost: Value  # int64, minor units per treated customer
    information: Value  # int64, minor units per known customer
    knowing: Value  # most that it can know of one person, 0..1
    heeds: Value  # 1: records who found a contact unwelcome, 0: does not
    senses: Value  # 1: records what people feel, 0: does not
    personal_cost: Value  # int64, minor units per treated customer
    personalisation: Value
    proactive: Value  # effort to find the silent, as far as their signals arrive
    answered: Value
    generosity: Value
    delay: Value  # worth of a recovery after the wait, 0..1
    win_back: Value  # chance to contact a lapsed customer
    win_back_reason: Value  # 1: mend the recorded reason, 0: call blindly
    unit_cost: Value  # of quality, surprise, benefits and a failure rate other than usual, reference price = 1
    serving_share: Value  # of the serving cost that customers' own effort leaves
    concession: Value  # int64, minor units paid to a newcomer for being bound
    outage: Value  # share struck
    outage_severity: Value
    rating: Value  # public rating, 0..1
    rated: Value  # weight of the rating: 0 no reviews yet
    lost: Value  # share of contacts that do not get through
    key: Value  # uint64, hash of the firm's name


class PeriodClock(NamedTuple):
    """The same for everybody in a period."""

    now: Value  # int64, number of the period
    demand: Value  # season and economy, 1 is the mean


class Offer(NamedTuple):
    """Benefit of one firm for one need: [F, 5]."""

    benefit: Value


NEVER = 32_000
NEEDS = 5
FIXED_POINT = 1 << 20
"""Means are totalled as whole numbers of this fraction, so that no order of adding matters."""

OUTCOMES = {name: 1 << place for place, name in enumerate((
    "failed", "major", "problem", "complained", "mended", "cared", "told_joy", "told_loss", "first", "returned",
    "contacted",
))}
FAILED, MAJOR, PROBLEM, COMPLAINED, MENDED, CARED, TOLD_JOY, TOLD_LOSS, FIRST, RETURNED, CONTACTED = OUTCOMES.values()
NOWHERE = -1
"""In place of a firm: none."""
MOVED = -9
"""In place of the second choice once it has been tried."""
ONE = float(FIXED_POINT)

# what is counted in the whole market
MARKET = ("present", "wanted", "outside", "capped")

# accounts of the ledger, minor units. Costs are positive; `price_cuts` is a memorandum (revenue not asked for).
ACCOUNTS = (
    "revenue", "goods", "serving", "quality", "rewards", "recovery", "care", "win_back",
    "advertising", "service", "people", "capacity", "relations", "information",
    "system", "fixed", "price_cuts",
)
COSTS = tuple(name for name in ACCOUNTS if name not in ("revenue", "price_cuts"))

BUDGETED = ("advertising", "service", "people", "capacity", "relations")
"""Accounts for which a firm plans money; all others that count against its budget follow from levers and customers."""
PAUSES = ("answers", "care", "price_cuts", "rewards", "surprise", "win_back", "quality")
"""What a firm leaves undone while its account is empty, as far as it would do it; `quality` is the part above base."""


class Strain(NamedTuple):
    """Where the money of firms was short, in a period; with one index more in front, in every period of a run."""

    empty: Value  # bool [F]: the account was empty
    undone: Value  # bool [PAUSES, F]: what was left undone for it
    unspent: Value  # int64 [BUDGETED, F]: minor units that a whole grant would have spent and that were not there

    @classmethod
    def none(cls, firms: int, periods: tuple[int, ...] = ()) -> Strain:
        """No strain, of one period or of so many."""
        import numpy as np  # whoever only reads a scenario does without it

        undone, unspent = ((*periods, len(kinds), firms) for kinds in (PAUSES, BUDGETED))
        return cls(np.zeros((*periods, firms), dtype=np.bool_), np.zeros(undone, dtype=np.bool_),
                   np.zeros(unspent, dtype=np.int64))


# what is counted per firm and period: whole numbers
COUNTS = (
    "units", "buyers", "new_customers", "returned_customers", "lapsed_customers", "active_customers", "aware_people",
    "known_customers", "treated_customers",
    "failures", "problems", "complaints", "mended", "cared", "told_joy", "told_loss", "reviews", "review_points",
    "contacts", "lost_contacts", "touches", "unwelcome_touches", "win_back_contacts",
    "delighted", "content", "disappointed", "angry",
    "first_time", "repeat", "committed", "lapsed",
    # totals over active customers, in FIXED_POINT
    "satisfaction_total", "expectation_total", "trust_total", "commitment_total", "habit_total", "grievance_total",
    "knowledge_total", "valence_total", "arousal_total",
)
