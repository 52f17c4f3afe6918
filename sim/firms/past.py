"""The past of a market: before the warm-up ends every firm does the same, whatever its own section says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sim.firms.one_firm import OneFirm
from sim.firms.strategies import Strategy
from sim.firms.strategies.as_written import AsWritten
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection, Levers


@dataclass(frozen=True)
class CommonPast:
    """The firms as they are before period `ends`: the levers of `past` as written, on the common budget."""

    firms: tuple[OneFirm, ...]
    strategies: tuple[Strategy, ...]
    ends: int

    @classmethod
    def of(cls, scenario: Scenario, turns: Sequence[Fraction]) -> CommonPast:
        """The past of a scenario, no firms where it has none; `turns` are those of the firms' price cuts."""
        ends = Calendar.of(scenario.clock).warm_up
        if ends == 0:
            return cls((), (), ends)
        levers = {lever: getattr(scenario.past, lever) for lever in Levers.model_fields}
        alike = scenario.model_copy(update={"firms": dict.fromkeys(scenario.firms, FirmSection(**levers))})
        firms = tuple([OneFirm.of(alike, name, turn) for name, turn in zip(alike.firms, turns, strict=True)])
        return cls(firms, (AsWritten(),) * len(firms), ends)
