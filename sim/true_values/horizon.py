"""From a run to a market at a date, and from there into many futures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.engine.engine import Engine
from sim.engine.state import ACCOUNTS, COUNTS, NEVER
from sim.market.birth import prolonged
from sim.market.simulation import Options, Simulation, engine_for
from sim.numerics.draws import key
from sim.records.records import Floats, Ints, Records
from sim.true_values.cash_flows import CashFlows
from sim.true_values.frozen_policies import FrozenPolicies

Policies = Literal["frozen", "free"]


@dataclass(frozen=True)
class Horizon:
    """What is looked at: from the start of period `start`, `periods` periods ahead, in `replications` futures."""

    start: int
    periods: int
    replications: int
    policies: Policies
    weight: Floats  # worth at the start of money of each coming period [periods]

    @classmethod
    def of(cls, records: Records, at: float, horizon: float | None, replications: int, policies: Policies) -> Horizon:
        """Dates in years turned into periods, and checked.

        Raises:
            ValueError: a date outside of the run, a horizon of no length, fewer than 2 replications, other policies.
        """
        years = records.scenario.money.equity_horizon_years if horizon is None else float(horizon)
        start = records.warm_up + int(np.floor(float(at) * records.periods_per_year + 1e-9)) if np.isfinite(at) else 0
        last = records.years[-1] if records.periods else 0.0
        if not 1 <= start <= records.periods:
            first = (1 - records.warm_up) / records.periods_per_year
            raise ValueError(f"at={at:g}: a date of the run, from year {first:.3g} (its first period) to {last:g}.")
        periods = round(years * records.periods_per_year) if np.isfinite(years) else 0
        if periods < 1 or start + periods >= NEVER:
            raise ValueError(f"horizon={years:g}: at least one period and at most "
                             f"{(NEVER - 1 - start) / records.periods_per_year:.0f} years.")
        if isinstance(replications, bool) or int(replications) != replications or replications < 2:
            raise ValueError(f"replications={replications!r}: a whole number of futures, at least 2.")
        if policies not in get_args(Policies):
            raise ValueError(f"policies={policies!r}: one of {', '.join(get_args(Policies))}.")
        return cls(start, periods, int(replications), policies, worth_ahead(records, periods))

    @property
    def end(self) -> int:
        """The first period that is not looked at any more."""
        return self.start + self.periods


def worth_ahead(records: Records, periods: int) -> Floats:
    """Worth at the valuation date of one unit of money of each coming period [periods].

    (1 + annual rate)^-(j + later)/Y for j = 0, 1, ...; `later` is 0 for `money.first_margin: at_start`, 1 for
    `one_period_later`; Y periods make a year.
    """
    money = records.scenario.money
    later = money.margin_delay
    worth: Floats = (1.0 + money.discount_rate) ** (-(np.arange(periods) + later) / records.periods_per_year)
    return worth


@dataclass(frozen=True)
class Checkpoint:
    """The market of a run at a date, and what its people were worth until then.

    `course` is never stepped: futures are forks of it. `habits` is what the firms would go on doing.
    """

    records: Records
    ahead: Horizon
    course: Simulation
    habits: FrozenPolicies
    value_to_date: Floats  # [F, N] minor units, worth at the end of the warm-up
    options: Options

    def use_compiled(self) -> None:
        """Change to compiled loops as soon as they are ready: the same bits, sooner."""
        if self.options.executor == "auto" and self.course.engine.executor == "numpy":
            self.course.engine = _engine(self.course, self.ahead, self.options)

    def future(self, number: int, silent: NDArray[np.int64] | None = None) -> CashFlows:
        """Run one future and give back what it brought, discounted to the valuation date.

        Future `number` has its own random draws, keyed by the run's seed, the date and the number, so futures 0..7 are
        the same whether 8 or 80 are run. `silent` are rows of people without word of mouth from the first coming
        period on; earlier messages still have their effect.
        """
        fork = self._fork(self.ahead.end)
        fork.seed = int(key(fork.seed, self.ahead.start, "fork", number))
        if self.ahead.policies == "frozen":
            fork.book = self.habits.frozen(fork.book)
        for _ in range(self.ahead.periods):
            fork.step()
            if silent is not None:
                fork.world.friend.said_firm[silent] = -1
        return _cash_flows(fork).balanced()

    def as_it_happened(self) -> CashFlows:
        """The run's own future, with its own random draws and its strategies free, as far as the run goes.

        Raises:
            ValueError: the books come out different from the run's.
        """
        fork = self._fork(min(self.ahead.end, self.records.periods))
        while not fork.done:
            fork.step()
        _checked(self.records, _cash_flows(fork), self.ahead.start, fork.now)
        return _cash_flows(fork).balanced()

    def _fork(self, until: int) -> Simulation:
        weight = np.concatenate([np.zeros(self.ahead.start), self.ahead.weight])
        fork = self.course.fork(CashFlows.of(self.course, weight, until))
        fork.periods = until
        return fork


def _cash_flows(course: Simulation) -> CashFlows:
    assert isinstance(course.recorder, CashFlows)
    return course.recorder


def checkpoint(records: Records, ahead: Horizon, options: Options | None = None) -> Checkpoint:
    """Run the market of these records again up to the date, and make sure that it is the same, bit for bit.

    Raises:
        ValueError: the market cannot be run again: its books come out different.
    """
    chosen = replace(options or Options(), records="totals")
    course = Simulation(records.scenario, records.seed, records.world_seed, chosen)
    course.engine = _engine(course, ahead, chosen)
    course.recorder = cash_flows = CashFlows.of(course, np.nan_to_num(records.discount()), ahead.start)
    habits = FrozenPolicies()
    for _ in range(ahead.start):
        course.step()
        habits.look(course.book)
    _checked(records, cash_flows, 0, ahead.start)
    if ahead.end > course.periods:
        course.world = prolonged(course.world, course.scenario, course.world_seed, ahead.end)
    return Checkpoint(records, ahead, course, habits, cash_flows.value, chosen)


def _engine(course: Simulation, ahead: Horizon, options: Options) -> Engine:
    """The engine for all futures together: what pays depends on all of their periods."""
    work = ahead.start + ahead.periods * (ahead.replications + 1)
    return engine_for(course.world, work, options)


def _checked(records: Records, found: CashFlows, first: int, after: int) -> None:
    """Raise ValueError where the books of some periods are not those of the run."""
    for what, names, mine, theirs in (
        ("ledger", ACCOUNTS, found.ledger, records.ledger), ("counts", COUNTS, found.counts, records.counts),
    ):
        apart: Ints = np.argwhere(mine[first:after] != theirs[first:after])
        if apart.size:
            t, name, firm = (int(place) for place in apart[0])
            raise ValueError(
                f"This run cannot be repeated, so it has no true values: in period {first + t} {names[name]} of "
                f"{records.firms[firm]} ({what}) was {theirs[first + t, name, firm]}, comes out as "
                f"{mine[first + t, name, firm]}. Was the market changed by hand, given a network of its own, or have "
                "the rules changed since?"
            )
