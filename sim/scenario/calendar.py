"""Periods, weeks and years: one place where they are turned into each other, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from sim.scenario.schema.market import Clock

WEEKS_PER_YEAR = Fraction("365.25") / 7
PERIODS_PER_YEAR = {"week": WEEKS_PER_YEAR, "month": Fraction(12), "quarter": Fraction(4)}


@lru_cache(maxsize=4096)
def exactly(number: float | int) -> Fraction:
    """The decimal that a person wrote, as an exact fraction.

    >>> exactly(0.7)
    Fraction(7, 10)
    """
    return Fraction(str(float(number)))


@dataclass(frozen=True)
class Calendar:
    """The clock of a run. A year has 365.25 / 7 weeks, 12 months, 4 quarters; dates count from the end of the warm-up.

    >>> monthly = Calendar(Fraction(12), warm_up=6)
    >>> monthly.period_of(1.0), monthly.year_of(18)
    (18, 1.0)
    """

    periods_per_year: Fraction
    warm_up: int = 0

    @classmethod
    def of(cls, clock: Clock) -> Calendar:
        """The calendar of a scenario's clock."""
        per_year = PERIODS_PER_YEAR[clock.period]
        return cls(per_year, round(clock.warm_up_years * per_year))

    @property
    def weeks_per_period(self) -> Fraction:
        """Length of one period in weeks."""
        return WEEKS_PER_YEAR / self.periods_per_year

    def period_of(self, year: float) -> int:
        """The period in which a date lies."""
        return self.warm_up + int(exactly(year) * self.periods_per_year)

    def year_of(self, period: int) -> float:
        """The date at which a period begins, in years from the end of the warm-up."""
        per_year = self.periods_per_year
        return (period - self.warm_up) * per_year.denominator / per_year.numerator
