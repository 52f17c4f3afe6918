"""What a firm can know: what each information level records, what it costs, and what each lever needs.

One table of levels and one of levers: no rule reads a level by its name, the engine's rows carry what it permits as
numbers. Costs are paid every period, in whole minor units; so are those that nobody's decision moves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from sim.scenario.calendar import Calendar, exactly
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import INFORMATION_LEVELS, Care, InformationLevel, Levers


class Level(NamedTuple):
    """What an information level costs, and what it lets a firm know."""

    cost: float  # share of the full information cost
    knowledge: float  # most that a firm can know of one person, 0..1
    answers: bool  # satisfaction of those who answer a survey
    refusals: bool  # who found a contact unwelcome
    signals: bool  # what people feel, before they say it or leave

    def heard(self, response: float) -> float:
        """Share of the silent sufferers of whom the firm hears: all where it records feelings, with surveys those who
        answer, else nobody (assumption: who suffers answers as often as others).

        >>> [LEVELS[level].heard(0.25) for level in ("identity", "reasons", "emotion")]
        [0.0, 0.25, 1.0]
        """
        return 1.0 if self.signals else response * self.answers


LEVELS: Mapping[InformationLevel, Level] = {
    "sales": Level(0.0, 0.0, False, False, False),
    "identity": Level(0.4, 0.5, False, False, False),
    "surveys": Level(0.6, 0.7, True, False, False),
    "reasons": Level(0.8, 0.85, True, True, False),
    "emotion": Level(1.0, 1.0, True, True, True),
}
"""The five levels. Costs and knowledge are assumptions: names and purchases are about half of it, each level adds."""

RECORDED: Mapping[str, tuple[str, ...]] = {
    "sales": ("units", "contacts", "complaints", "mended", "reviews", "review_points"),
    "identity": (
        "buyers", "new_customers", "returned_customers", "lapsed_customers", "active_customers", "known_customers",
        "treated_customers", "touches", "win_back_contacts", "cared", "first_time", "repeat", "lapsed",
    ),
    "surveys": ("satisfaction_total",),
    "reasons": ("failures", "problems", "lost_contacts", "unwelcome_touches"),
    "emotion": ("delighted", "content", "disappointed", "angry", "commitment_total", "valence_total", "arousal_total"),
}
"""Which counts each level records beyond those of the level before it. Everything else stays hidden from the firm."""


class LeverNeed(NamedTuple):
    """A lever that uses what not every level records."""

    lever: str  # dotted name
    level: InformationLevel  # the first that records what it needs
    without: Mapping[str, Any]  # levers as they are where the level does not
    used: Callable[[Levers], bool]  # whether the levers ask for it

    def notice(self, firm: str, level: InformationLevel) -> str:
        """Who does without what, and why."""
        more = "" if self.level == INFORMATION_LEVELS[-1] else " or more"
        return (f"{firm}: {self.lever} needs information: {self.level}{more}; it records {level}, "
                "so it is done without.")


NEEDS = (
    LeverNeed("spending.relations", "identity", {"spending.relations": 0.0}, lambda own: own.spending.relations > 0.0),
    LeverNeed("care.selective", "identity", {"care.selective": 0.0}, lambda own: own.care.selective > 0.0),
    LeverNeed("win_back.reach", "identity", {"win_back.reach": 0.0}, lambda own: own.win_back.reach > 0.0),
    LeverNeed("price_cut.to: lapsed", "identity", {"price_cut.depth": 0.0},
              lambda own: own.price_cut.to == "lapsed" and own.price_cut.depth > 0.0),
    LeverNeed("care.proactive", "surveys", {"care.proactive": 0.0}, lambda own: own.care.proactive > 0.0),
    LeverNeed("win_back.by: reason", "reasons", {"win_back.by": "price", "win_back.depth": 0.0},
              lambda own: own.win_back.by == "reason" and own.win_back.reach > 0.0),
)
"""What each lever needs. `care.contact` and `care.personalisation` act by relation effort alone: what it needs.

A newcomer says so at the till, a returning customer carries a card, whoever complains stands at the counter: price
cuts for newcomers, rewards and recovery need no information. The lapsed do not come by themselves. Where reasons are
not recorded, they are called blindly: nothing is mended, and no price is cut that nobody decided to cut.
"""


def lacking(levers: Levers) -> tuple[LeverNeed, ...]:
    """Levers in use that need more than their information level records.

    >>> [need.lever for need in lacking(Levers(care={"proactive": 0.3}))]
    ['care.proactive']
    """
    have = INFORMATION_LEVELS.index(levers.information)
    return tuple([need for need in NEEDS if INFORMATION_LEVELS.index(need.level) > have and need.used(levers)])


@lru_cache(maxsize=1024)
def permitted(levers: Levers) -> Levers:
    """The levers as far as their information level lets a firm pull them; of equal levers always the same object.

    >>> permitted(Levers(care={"proactive": 0.3})).care.proactive
    0.0
    """
    for need in lacking(levers):
        for lever, value in need.without.items():
            section, _, name = lever.rpartition(".")
            part = getattr(levers, section).model_copy(update={name: value})
            levers = levers.model_copy(update={section: part})
    return levers


def notices(scenario: Scenario) -> list[str]:
    """Every lever as written that needs more than its firm records; what strategies ask for, a run tells (`events`)."""
    return [need.notice(name, firm.information) for name, firm in scenario.firms.items()
            if firm.strategy == "as_written" for need in lacking(firm)]


def reference_revenue(scenario: Scenario) -> Fraction:
    """What one person's purchases are worth in a year at the reference price, minor units.

    purchases wanted x basket x price. An equal part of the people times this is a firm's reference revenue.
    """
    people, product = scenario.people, scenario.product
    wanted = exactly(people.purchases_per_year.mean) * exactly(people.basket.mean)
    return wanted * exactly(product.price) * scenario.money.minor_units


@dataclass(frozen=True)
class StandingCosts:
    """Costs that follow neither spending nor sales: information by level, its use, and what is fixed."""

    per_known: Fraction  # minor units per known customer and period, highest level
    personal: Fraction  # minor units per treated customer and period, full personalisation
    system: Fraction  # minor units per person in the market and period, highest level
    fixed: Fraction  # minor units per person in the market and period

    @classmethod
    def of(cls, scenario: Scenario) -> StandingCosts:
        """The costs of a scenario's product class."""
        product, per_year = scenario.product, Calendar.of(scenario.clock).periods_per_year
        revenue = reference_revenue(scenario) / len(scenario.firms) / per_year
        cents = exactly(scenario.money.minor_units) / per_year
        return cls(
            exactly(product.information_cost) * cents, exactly(product.personalisation_cost) * cents,
            exactly(product.information_system) * revenue, exactly(product.fixed_cost) * revenue,
        )

    def knowing_one(self, level: InformationLevel, period: int) -> int:
        """What one known customer costs this period; over many periods no fraction is lost.

        The total after n periods is floor(n x level's share x cost).
        """
        return _this_period(exactly(LEVELS[level].cost) * self.per_known, period)

    def personalising_one(self, care: Care, period: int) -> int:
        """What the use of data on one treated customer costs this period: full cost x personalisation².

        The square makes every further step dearer (assumption).
        """
        return _this_period(exactly(care.personalisation) ** 2 * self.personal, period) if self.personal else 0

    def system_of(self, level: InformationLevel, people: int) -> int:
        """What the information system costs this period; `people` are those in the market."""
        return int(exactly(LEVELS[level].cost) * self.system * people)

    def fixed_for(self, people: int) -> int:
        """Fixed costs of a firm this period; `people` are those in the market."""
        return int(self.fixed * people)


def _this_period(cost: Fraction, period: int) -> int:
    """A part of a cost in whole minor units: over many periods no fraction is lost."""
    return 0 if cost == 0 else int(cost * (period + 1)) - int(cost * period)
