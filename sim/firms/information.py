"""What it costs to know customers, and costs that nobody's decision moves: paid every period, in whole minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sim.scenario.calendar import Calendar, exactly
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Care, InformationLevel

LEVEL_COST: Mapping[InformationLevel, float] = {
    "sales": 0.0, "identity": 0.4, "surveys": 0.6, "reasons": 0.8, "emotion": 1.0,
}
"""Share of the full information cost by level (assumption: names and purchases are most of it, each level adds)."""


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
        return _this_period(exactly(LEVEL_COST[level]) * self.per_known, period)

    def personalising_one(self, care: Care, period: int) -> int:
        """What the use of data on one treated customer costs this period: full cost x personalisation².

        The square makes every further step dearer (assumption).
        """
        return _this_period(exactly(care.personalisation) ** 2 * self.personal, period) if self.personal else 0

    def system_of(self, level: InformationLevel, people: int) -> int:
        """What the information system costs this period; `people` are those in the market."""
        return int(exactly(LEVEL_COST[level]) * self.system * people)

    def fixed_for(self, people: int) -> int:
        """Fixed costs of a firm this period; `people` are those in the market."""
        return int(self.fixed * people)


def _this_period(cost: Fraction, period: int) -> int:
    """A part of a cost in whole minor units: over many periods no fraction is lost."""
    return 0 if cost == 0 else int(cost * (period + 1)) - int(cost * period)
