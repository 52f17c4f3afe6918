"""The market: its clock, money, product, people and their friends."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.parameters import Section, choice, number, part

Period = Literal["week", "month", "quarter"]


class Clock(Section):
    """One step of the simulation and how long it runs. Rates are per year, half-lives in weeks."""

    period: Period = choice("month", "length of one period")
    years: float = number(5.0, "years", (0.25, 60), "how long the market is watched")
    warm_up_years: float = number(0.0, "years", (0, 20), "years before the count of money begins, with all firms alike")


class Money(Section):
    """Currency and discounting. Money is counted in whole minor units (cents)."""

    currency: Literal["EUR", "USD", "GBP", "CHF", "RUB", "JPY"] = choice("EUR", "currency of all amounts")
    discount_rate: float = number(0.10, "per year", (0, 2), "annual rate at which later money is discounted")
    first_margin: Literal["at_start", "one_period_later"] = choice("at_start", "when the first margin arrives")
    equity_horizon_years: float = number(5.0, "years", (0.25, 50),
                                         "how far ahead customers are valued in customer equity")

    @property
    def minor_units(self) -> int:
        """Whole minor units in one unit of the currency: 100 cents, but yen has none."""
        return 1 if self.currency == "JPY" else 100

    @property
    def margin_delay(self) -> int:
        """Periods from the start of a period to the date at which its margin counts: 0 or 1."""
        return 1 if self.first_margin == "one_period_later" else 0


class Contract(Section):
    """A tie that runs by itself: regular purchases, a lock, inattention at renewal."""

    regular: bool = choice(False, "true: every customer buys exactly once per period (a subscription)")
    weeks: float = number(0.0, "weeks", (0, 520), "how long a new customer is bound")
    inertia: float = number(0.0, "probability", (0, 1), "chance to renew without looking, at full habit")


class Product(Section):
    """The class of product: what it costs to buy, to make, to serve."""

    price: float = number(10.0, "money", (0.01, 1e6), "reference price of one unit")
    margin: float = number(0.75, "share of price", (0, 0.99), "share of the reference price above the cost of goods",
                           "assumption: with the cost of serving it fits the price elasticity (docs/economy.md)")
    serving_cost: float = number(0.26, "share of price", (0, 2),
                                 "mean cost of serving one purchase", "tuned to the whale curve (F18)")
    order_cost: float = number(0.03, "share of price", (0, 1), "fixed cost of handling one purchase")
    quality_cost: float = number(1.0, "share of price per quality", (0, 10),
                                 "cost of delivering one unit of quality above base")
    base_quality: float = number(0.70, "quality", (0, 1), "quality that the cost of goods includes")
    surprise_cost: float = number(0.4, "share of price per quality", (0, 10),
                                  "cost of one unit of surprise per purchase")
    benefit_cost: float = number(0.0, "share of price per squared benefit", (0, 10),
                                 "cost of serving needs better than usual: times the sum of benefit² - default²")
    base_failure_rate: float = number(0.08, "share of purchases", (0, 1), "failures that the cost of goods includes")
    failure_cost: float = number(0.0, "share of price", (0, 10),
                                 "cost of failing less: times (base + .01) / (failure rate + .01) - 1")
    effort_saving: float = number(0.0, "share of serving cost", (0, 1),
                                  "what is saved at most where customers do the work themselves")
    effort_half: float = number(1.0, "utility", (0.01, 20), "effort of customers that saves 1-1/e of it")
    lock_foreseen: float = number(0.0, "times", (0, 100),
                                  "how often newcomers foresee the cost of leaving, and are paid for it when bound")
    information_cost: float = number(1.8, "money per known customer and year", (0, 1e5),
                                     "cost of knowing one customer at the highest information level")
    information_system: float = number(0.0, "share of reference revenue", (0, 1),
                                       "cost of the information system at the highest level")
    fixed_cost: float = number(0.0, "share of reference revenue", (0, 1),
                               "costs that do not follow sales: rent, head office, network")
    relation_half: float = number(7.2, "money per treated customer and year", (0.001, 1e5),
                                  "relation spend that has 1-1/e of its effect")
    advertising_half: float = number(7.2, "money per person and year", (0.001, 1e5),
                                     "advertising that has 1-1/e of its effect")
    advertising_cap: float = number(7.2, "notices per person and year", (0, 365), "reach of unlimited advertising")
    service_half: float = number(5.0, "money per active customer and year", (0.001, 1e5),
                                 "service spend that has 1-1/e of its effect")
    service_cap: float = number(0.12, "quality", (0, 1), "quality that unlimited service spend adds")
    people_half: float = number(5.0, "money per active customer and year", (0.001, 1e5),
                                "staff spend that has 1-1/e of its effect")
    people_cap: float = number(0.8, "share", (0, 1), "share of failures that unlimited staff spend prevents")
    capacity_cost: float = number(0.5, "share of price", (0, 10), "cost of capacity for one more contact per period")
    recovery_cost: float = number(0.2, "share of price", (0, 10),
                                  "handling cost of one recovered complaint at full generosity")
    speed_cost: float = number(0.0, "share of price", (0, 10),
                               "staff at hand: cost of one recovered complaint answered at once, above its handling")
    contact_cost: float = number(0.0, "share of price", (0, 10), "cost of one contact with a known customer")
    personalisation_cost: float = number(0.0, "money per treated customer and year", (0, 1e5),
                                         "cost of full personalisation; half of it costs a quarter")
    care_cost: float = number(0.1, "share of price", (0, 10), "cost of one proactive contact")
    win_back_cost: float = number(0.1, "share of price", (0, 10), "cost of one contact with a lapsed customer")
    lines: int = number(10, "lines", (1, 1000), "lines of the service desk in Erlang's loss formula")
    contract: Contract = part(Contract, "subscription and lock")


class Growth(Section):
    """How people come into the market."""

    kind: Literal["none", "stationary", "bass"] = choice(
        "none", "none: all are there at the start; stationary: newcomers replace leavers; bass: diffusion",
    )
    start_share: float = number(0.03, "share", (0, 1), "share of people in the market at the start (bass)")
    innovation_per_year: float = number(0.1, "per year", (0, 5), "Bass coefficient of innovation")
    imitation_per_year: float = number(1.2, "per year", (0, 20), "Bass coefficient of imitation")


class Friends(Section):
    """Who talks to whom."""

    graph: Literal["none", "ring", "small_world", "random", "scale_free", "homophilous", "complete"] = choice(
        "small_world", "kind of network",
    )
    each: int = number(6, "people", (0, 30), "friends that each person listens to")
    rewiring: float = number(0.3, "share", (0, 1), "share of ties that are shortcuts")
    alike: float = number(0.5, "share", (0, 1), "share of friends with the same need (homophilous)")
    alike_in_match: float = number(0.3, "share of variance", (0, 1),
                                   "what suits one suits the friends: part that neighbours share (ring, small_world)",
                                   "assumption; friends are alike (McPherson, Smith-Lovin & Cook 2001)")


class Season(Section):
    """A yearly wave of demand."""

    amplitude: float = number(0.0, "share", (0, 1), "height of the wave around the mean")
    peak_week: float = number(50.0, "week", (0, 52), "week of the peak")


class MarketSection(Section):
    """Who may buy, how long they stay, what ties them."""

    customers: int = number(2000, "people", (1, 20_000_000), "people who may ever buy, newcomers included")
    growth: Growth = part(Growth, "how people come in")
    leave_per_year: float = number(0.04, "per year", (0, 3), "rate at which people leave the market for good")
    switching_cost: float = number(0.0, "utility", (0, 30), "what changing the firm costs")
    aware_at_start: float = number(1.0, "share", (0, 1), "share who know a firm when the market opens")
    aware_on_entry: float = number(0.0, "share", (0, 1), "share of newcomers who know a firm")
    active_window_weeks: float = number(26.0, "weeks", (1, 520),
                                        "a customer counts as active for so long after a purchase")
    occasions_at_most: int = number(12, "purchases per period", (1, 60), "cap on one person's purchases in a period")
    friends: Friends = part(Friends, "the social network")
    season: Season = part(Season, "yearly wave")


class Spread(Section):
    """A positive quantity that differs between people (lognormal, mean 1)."""

    mean: float = number(1.0, "ratio", (0, 100), "mean over people")
    variation: float = number(0.5, "log standard deviation", (0, 3), "spread over people")


class PurchaseRate(Section):
    """Purchases wanted per year: gamma over people, hence NBD counts (Ehrenberg)."""

    mean: float = number(9.6, "per year", (0.01, 400), "mean purchases wanted per person and year")
    shape: float = number(0.8, "gamma shape", (0.05, 1000),
                          "smaller means more unequal; 1000 means all alike", "NBD tables, e.g. K=.78 (Ehrenberg 1988)")


class Share(Section):
    """A share between 0 and 1 that differs between people (beta)."""

    mean: float = number(0.5, "share", (0.01, 0.99), "mean over people")
    strength: float = number(4.0, "beta a+b", (0.1, 1000), "larger means more alike")


class Taste(Section):
    """Standing taste: lasting liking of one firm or another, drawn once per person and firm."""

    strength: float = number(3.0, "Dirichlet S", (0, 1000),
                             "0: none; small: people differ much", "tuned to duplication of purchase (F02)")


class Segment(Section):
    """A group of people that differs from the rest in some means."""

    share: float = number(0.5, "share", (0, 1), "share of all people")
    price_sensitivity: float = number(1.0, "ratio", (0, 10), "multiplies price sensitivity")
    purchases: float = number(1.0, "ratio", (0, 50), "multiplies purchases wanted")
    basket: float = number(1.0, "ratio", (0, 50), "multiplies the basket")
    proneness: float = number(1.0, "ratio", (0, 5), "multiplies relationship proneness")
    cost_to_serve: float = number(1.0, "ratio", (0, 50), "multiplies the cost to serve")


class NeedWeights(Section):
    """Mean weights of the five needs (Dirichlet over people)."""

    functional: float = number(3.0, "Dirichlet weight", (0.01, 100), "functional need")
    security: float = number(2.0, "Dirichlet weight", (0.01, 100), "need of security")
    belonging: float = number(1.5, "Dirichlet weight", (0.01, 100), "need of belonging")
    esteem: float = number(1.5, "Dirichlet weight", (0.01, 100), "need of esteem")
    self_actualisation: float = number(1.0, "Dirichlet weight", (0.01, 100), "need of self-actualisation")


class People(Section):
    """How people differ. Drawn once per person, the same in every what-if."""

    purchases_per_year: PurchaseRate = part(PurchaseRate, "purchases wanted")
    basket: Spread = part(Spread, "units bought at one purchase")
    price_sensitivity: Spread = part(Spread, "price sensitivity")
    effort_sensitivity: Spread = part(Spread, "sensitivity to effort")
    risk_sensitivity: Spread = part(Spread, "sensitivity to risk")
    cost_to_serve: Spread = Spread(mean=1.0, variation=1.4)
    proneness: Share = part(Share, "readiness to enter a relation")
    expressiveness: Share = Share(mean=0.4, strength=5.0)
    taste: Taste = part(Taste, "standing taste")
    taste_price_link: float = number(0.3, "correlation", (-0.9, 0.9),
                                     "people with weak tastes are more sensitive to price (F20)")
    need_weights: NeedWeights = part(NeedWeights, "weights of needs")
    segments: dict[str, Segment] = Field(default={}, description="groups of people by name")
