"""The markets of the study of neutrality: what varies, between which ends, and who stands in them.

The ranges were written down before the first run and are not narrowed afterwards. Each has a unit and a source, or says
that it is an assumption. Two sets of them differ in the costs alone: in euros, whatever a customer brings, and in
proportion to what a customer brings a year (price × purchases). In euros some markets are absurd: knowing a customer
then costs more than he ever pays.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.records.records import Floats
from sim.runs.plan import FixedPoint
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection
from sim.studies.factors import Factor

FIRM, RIVAL = "Own", "Rival"
PRESETS: Mapping[str, str] = {"deals": "dealer", "relations": "partner", "idle": "quiet"}
"""What the firm may be, and the preset that it then is. All have the same budget."""
RIVALS: Mapping[str, str] = {"typical": "as_written", "reacting": "reacting"}
"""What the rival may be: both go on as before with the typical levers of the past, the second answers what it sees."""
ROLES = tuple(PRESETS)
PEOPLE, PAST_YEARS, YEARS = 600, 1, 3
"""Small and short, so that there can be many markets."""
MANY_INTERVALS = 3.0
"""Mean intervals between purchases for which a customer counts as active, half a year to three years (assumption)."""
GUESS, ASSUMED = "assumption", "assumption, around the default"
OF_MONEY, OF_REVENUE = "share of what a customer brings a year", "share of a firm's reference revenue"
PRICE, PURCHASES, BUDGET = "product.price", "people.purchases_per_year.mean", "budget.per_person_per_year"
MARGIN, SERVING, HANDLING = "product.margin", "product.serving_cost", "product.order_cost"
COSTS = ("product.information_cost", "product.relation_half")
"""The cost of a relation: to know a customer, and to do something for one."""
TOGETHER: Mapping[str, tuple[str, float]] = {
    "product.service_half": ("product.people_half", 1.0),
    "past.failure_rate": ("product.base_failure_rate", 1.0),
    COSTS[0]: ("product.personalisation_cost", 1 / 6),
}
"""Numbers that follow another one, so many times as large: failures as often as usual cost nothing more, and treating a
customer personally costs a sixth of knowing one, as in the base."""


def _range(
    path: str, ends: tuple[float, float], label: str, unit: str, source: str = ASSUMED, log: bool = False
) -> Factor:
    return Factor(path, *ends, label=label, unit=unit, source=source, scale="log" if log else "linear")


COMMON = (
    _range(PRICE, (2, 200), "price", "EUR", "assumption: from a coffee to a night in a hotel", log=True),
    _range(PURCHASES, (1, 50), "purchases a year", "per year",
           "assumption: from a yearly trip to a weekly shopping", log=True),
    _range("people.purchases_per_year.shape", (0.4, 3), "how alike people buy", "gamma shape",
           "around the NBD fits of Ehrenberg 1988, e.g. .78", log=True),
    _range(MARGIN, (0.5, 0.9), "margin above goods", "share of price", GUESS),
    _range(SERVING, (0.05, 0.35), "cost of serving", "share of price", GUESS),
    _range(HANDLING, (0.0, 0.06), "cost of handling", "share of price", GUESS),
    _range("people.cost_to_serve.variation", (0.5, 1.8), "spread of the cost of serving", "log sd"),
    _range(BUDGET, (0.03, 0.2), "budget", OF_REVENUE, "around the 8 to 11 % of The CMO Survey", log=True),
    _range("money.discount_rate", (0.05, 0.2), "discount rate", "per year", GUESS),
    _range("market.leave_per_year", (0.02, 0.4), "people leaving", "per year", GUESS, log=True),
    _range("market.aware_on_entry", (0.0, 0.6), "newcomers who know a firm", "share", GUESS),
    _range("market.switching_cost", (0.0, 2.0), "cost of changing the firm", "utility", GUESS),
    _range("market.friends.alike_in_match", (0.0, 0.6), "friends alike in what suits them", "share of variance"),
    _range("people.taste.strength", (0.5, 6), "standing taste (smaller: stronger)", "Dirichlet S", ASSUMED, log=True),
    _range("people.proneness.mean", (0.2, 0.8), "readiness for a relation", "share"),
    _range("past.failure_rate", (0.02, 0.16), "failures, of every firm", "share of purchases", ASSUMED, log=True),
    _range("psychology.choice.price", (6, 20), "weight of price", "utility",
           "assumption: price elasticities around the mean of -2.62 of Bijmolt et al. 2005"),
    _range("psychology.choice.satisfaction", (0.0, 1.5), "pull of satisfaction", "utility"),
    _range("psychology.choice.habit", (0.0, 2.0), "pull of habit", "utility"),
    _range("psychology.choice.attachment", (0.5, 3.0), "pull of commitment", "utility"),
    _range("psychology.choice.grievance", (2, 8), "weight of a grievance", "utility"),
    _range("psychology.choice.salience", (0.5, 3.5), "pull of being present", "utility",
           "assumption: advertising elasticities of .05 to .25 (Sethuraman, Tellis & Briesch 2011)"),
    _range("psychology.choice.price_relief", (0.0, 0.3), "price relief of the committed", "share"),
    _range("psychology.appraisal.loss_aversion", (1.3, 2.3), "loss aversion", "ratio",
           "Tversky & Kahneman 1992 (2.25) and later meta-analyses (1.3-2.0)"),
    _range("psychology.appraisal.knowledge_quality", (0.0, 0.16), "better service to who is known", "quality"),
    _range("psychology.appraisal.match_spread", (0.05, 0.3), "how differently a service suits people", "quality"),
    _range("psychology.voice.base", (-4, -2), "readiness to complain", "logit",
           "assumption: 30-60 % of problem customers complain (TARP)"),
    _range("psychology.bonds.trust_loss", (0.4, 1.6), "trust lost by a loss", "share"),
    _range("psychology.bonds.commitment_gain", (0.3, 1.5), "commitment from good feeling", "share"),
    _range("psychology.bonds.commitment_half_life_weeks", (26, 156), "half-life of commitment", "weeks", ASSUMED, True),
    _range("psychology.bonds.grievance_half_life_weeks", (8, 104), "half-life of a grievance", "weeks", ASSUMED, True),
    _range("psychology.knowing.gain", (0.1, 0.5), "learned in a contact", "share"),
    _range("psychology.attention.forgetting_per_year", (0.2, 3), "forgetting", "per year", ASSUMED, log=True),
    _range("psychology.attention.search", (0.0, 0.2), "search", "probability per purchase"),
    _range("psychology.attention.advertising_half_life_weeks", (2, 12), "half-life of advertising", "weeks",
           ASSUMED, log=True),
    _range("mechanisms.word_of_mouth", (0.0, 2.0), "word of mouth", "strength", "from off to twice as written"),
)
"""What varies alike in both sets."""
IN_EUROS = (
    _range(COSTS[0], (0.3, 20), "cost of knowing", "EUR a year", GUESS, log=True),
    _range(COSTS[1], (1, 60), "relation spend for 63 % of its effect", "EUR a year", GUESS, log=True),
    _range("product.advertising_half", (1, 40), "advertising for 63 % of its effect", "EUR a year", GUESS, log=True),
    _range("product.service_half", (1, 40), "service spend for 63 % of its effect", "EUR a year", GUESS, log=True),
)
IN_PROPORTION = (
    _range(COSTS[0], (0.003, 0.05), "cost of knowing", OF_MONEY, GUESS, log=True),
    _range(COSTS[1], (0.01, 0.15), "relation spend for 63 % of its effect", OF_MONEY, GUESS, log=True),
    _range("product.advertising_half", (0.01, 0.1), "advertising for 63 % of its effect", OF_MONEY, GUESS, log=True),
    _range("product.service_half", (0.01, 0.1), "service spend for 63 % of its effect", OF_MONEY, GUESS, log=True),
)
RANGES: Mapping[str, tuple[Factor, ...]] = {
    "costs in euros": (*COMMON, *IN_EUROS), "costs in proportion": (*COMMON, *IN_PROPORTION),
}
"""The sets of ranges by name, in the same order, so that a place in the unit cube is a market of either."""


def values_at(factors: tuple[Factor, ...], place: Floats) -> dict[str, float]:
    """The values of a market by dotted name, money in money: what is a share of revenue is multiplied by it.

    What a customer brings a year is price × purchases wanted; a firm's reference revenue is an equal part of that.
    """
    values = {factor.path: factor.at(float(where)) for factor, where in zip(factors, place, strict=True)}
    brought = values[PRICE] * values[PURCHASES]
    for factor in factors:
        if factor.unit in (OF_MONEY, OF_REVENUE):
            values[factor.path] *= brought if factor.unit == OF_MONEY else brought / 2
    return values


def base() -> Scenario:
    """The market that all others are changed from: a short past, newcomers for those who leave."""
    return load({
        "extends": "base", "question": "Who earns most: deals, relations, or nothing at all?",
        "clock": {"years": YEARS, "warm_up_years": PAST_YEARS},
        "market": {"customers": PEOPLE, "growth": {"kind": "stationary"}, "occasions_at_most": 60},
        "firms": {**{role: {"like": preset} for role, preset in PRESETS.items()}, FIRM: {}, RIVAL: {}},
    })


def markets_at(template: Scenario, values: Mapping[str, float]) -> dict[tuple[str, str], Scenario]:
    """The six markets of these values, by what the firm is and what its rival is; all else is equal in them."""
    same = {other: times * values[path] for path, (other, times) in TOGETHER.items()}
    window = min(156.0, max(26.0, MANY_INTERVALS * 52.0 / values[PURCHASES]))
    market = load(template, {**values, **same, "market.active_window_weeks": window})
    failures = {"failure_rate": market.past.failure_rate}
    own = {role: market.firms[role].model_copy(update=failures) for role in ROLES}
    rivals = {rival: FirmSection(**market.past.model_dump(), strategy=strategy) for rival, strategy in RIVALS.items()}
    return {(role, rival): market.model_copy(update={"firms": {FIRM: own[role], RIVAL: rivals[rival]}})
            for rival in rivals for role in own}


def point_name(ranges: str, number: int, role: str, rival: str) -> str:
    """What a point is called."""
    return f"{ranges}, market {number}: {role} against {rival}"


def points_at(ranges: str, number: int, template: Scenario, values: Mapping[str, float]) -> list[FixedPoint]:
    """The six points of a market."""
    return [FixedPoint(point_name(ranges, number, role, rival), fixed=market)
            for (role, rival), market in markets_at(template, values).items()]
