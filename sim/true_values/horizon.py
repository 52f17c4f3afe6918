"""From a run to a market at a date, and from there into many futures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.engine.engine import Engine
from sim.engine.state import ACCOUNTS, COUNTS, NEVER
from sim.market.birth import prolonged
from sim.market.simulation import Options, Simulation, engine_for
from sim.numerics.draws import key
from sim.records.history import Flags
from sim.records.recorder import Recorder
from sim.records.records import Floats, Ints, Records
from sim.true_values.frozen_policies import FrozenPolicies

Policies = Literal["frozen", "free"]
OF_CUSTOMERS = ("goods", "serving", "quality", "rewards", "recovery", "care", "win_back", "relations",
                "information")
"""Accounts that are booked on single customers; with revenue they make the contribution of a tie."""
SHRINKS = 0.005
"""Share of people missing at the horizon from which it is worth a word."""


@dataclass(frozen=True)
class Horizon:
    """What is looked at: from the start of period `start`, `periods` periods ahead, in `replications` futures."""

    start: int
    periods: int
    replications: int
    policies: Policies
    weight: Floats  # worth at the start of money of each coming period [periods], as in `Records.discount`

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
        checked_futures(replications)
        if policies not in get_args(Policies):
            raise ValueError(f"policies={policies!r}: one of {', '.join(get_args(Policies))}.")
        money = records.scenario.money
        wait = np.arange(periods) + money.margin_delay
        weight = (1.0 + money.discount_rate) ** (-wait / records.periods_per_year)
        return cls(start, periods, int(replications), policies, weight)

    @property
    def end(self) -> int:
        """The first period that is not looked at any more."""
        return self.start + self.periods


def checked_futures(replications: int) -> int:
    """The number of futures, where it is a whole one from 2 on."""
    if isinstance(replications, bool) or int(replications) != replications or replications < 2:
        raise ValueError(f"replications={replications!r}: a whole number of futures, at least 2.")
    return int(replications)


class CashFlows(Recorder):
    """A recorder that keeps the books and adds up what every tie brings; no purchases, no surveys.

    `value` [F, N]: contributions in minor units, each times the weight of its period, added period by period, so that
    the sum has the same bits on every executor. `contribution` [F, N]: the same without weights, whole minor units.
    `bought` [F, N]: whether anything was bought. `weight[t]` is the worth of one unit of money of period t.
    """

    def __init__(self, course: Simulation, weight: Floats, periods: int) -> None:
        super().__init__(replace(course.recorder.facts, periods=periods), course.recorder.people, "totals")
        shape = course.world.tie.margin.shape
        self.weight, self.value = weight, np.zeros(shape)
        self.contribution: Ints = np.zeros(shape, dtype=np.int64)
        self.bought: Flags = np.zeros(shape, dtype=np.bool_)

    def survey_is_due(self, period: int) -> bool:  # noqa: ARG002
        """No surveys are taken."""
        return False

    def period(self, period: int, ledger: Ints, counts: Ints, tie: Any) -> None:
        """Remember the books of a period and add what every tie brought."""
        super().period(period, ledger, counts, tie)
        if self.weight[period] != 0.0:
            self.value += self.weight[period] * tie.margin
        self.contribution += tie.margin
        self.bought |= tie.units > 0

    def balanced(self) -> CashFlows:
        """The cash flows themselves, once they add up to the ledger's revenue less all that single customers cost.

        Raises:
            RuntimeError: they do not (a fault of the program).
        """
        total = self.ledger.sum(axis=0)
        booked = total[ACCOUNTS.index("revenue")] - sum(total[ACCOUNTS.index(name)] for name in OF_CUSTOMERS)
        if not np.array_equal(self.contribution.sum(axis=1), booked):
            raise RuntimeError(f"Contributions of customers {self.contribution.sum(axis=1).tolist()} are not those of "
                               f"the ledger {booked.tolist()}.")
        return self


@dataclass(frozen=True)
class Checkpoint:
    """The market of a run at a date, and what its people were worth until then.

    `course` is never stepped: futures are forks of it. `policies` is what the firms would go on doing.
    """

    records: Records
    ahead: Horizon
    course: Simulation
    policies: FrozenPolicies
    value_to_date: Floats  # [F, N] minor units, worth at the end of the warm-up
    options: Options

    def future(self, number: int, silent: NDArray[np.int64] | None = None) -> CashFlows:
        """Run one future and give back what it brought, discounted to the valuation date.

        Future `number` has its own random draws, keyed by the run's seed, the date and the number, so futures 0..7 are
        the same whether 8 or 80 are run. `silent` are rows of people without word of mouth from the first coming
        period on; earlier messages still have their effect.
        """
        if self.options.executor == "auto" and self.course.engine.executor == "numpy":  # compiled loops may be ready
            self.course.engine = _engine(self.course, self.ahead, self.options)
        fork, flows = self._fork(self.ahead.end)
        fork.seed = int(key(fork.seed, self.ahead.start, "fork", number))
        if self.ahead.policies == "frozen":
            fork.book = self.policies.frozen(fork.book)
        for _ in range(self.ahead.periods):
            fork.step()
            if silent is not None:
                fork.world.friend.said_firm[silent] = -1
        return flows.balanced()

    def as_it_happened(self) -> CashFlows:
        """The run's own future, with its own random draws and its strategies free, as far as the run goes."""
        fork, flows = self._fork(min(self.ahead.end, self.records.periods))
        while not fork.done:
            fork.step()
        _check_books(self.records, flows, self.ahead.start, fork.now)
        return flows.balanced()

    def _fork(self, until: int) -> tuple[Simulation, CashFlows]:
        flows = CashFlows(self.course, np.concatenate([np.zeros(self.ahead.start), self.ahead.weight]), until)
        fork = self.course.fork(flows)
        fork.periods = until
        return fork, flows

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on how the futures are run and where they part from the run itself."""
        policies = ("Strategies plan on and all events strike in every future." if self.ahead.policies == "free" else
                    "Every firm goes on with the levers and the split of its budget that it last had; events on firms "
                    "do not happen, events and seasons of the market do.")
        born_for = self.course.periods
        return (policies,) if self.ahead.end <= born_for else (policies, self._beyond(born_for))

    def _beyond(self, born_for: int) -> str:
        """The horizon lies beyond the end of the run: who comes then and who does not."""
        me, growth = self.course.world.me, self.records.scenario.market.growth.kind
        year = (born_for - self.records.warm_up) / self.records.periods_per_year
        head = f"The horizon goes beyond the end of the scenario (year {year:g}): "
        if growth == "bass":
            return head + "the market fills on along the same curve, with the people who were born for it."
        at_end, later = (int(((me.enters <= period) & (period < me.leaves)).sum())
                         for period in (born_for - 1, self.ahead.end - 1))
        missing = 1.0 - later / at_end if at_end else 0.0
        if missing < SHRINKS:
            return head + "nobody new comes then, and hardly anybody leaves."
        why = "newcomers are spread over the run only" if growth == "stationary" else "nobody new ever comes here"
        return (head + f"{why}, so {100 * missing:.0f} % fewer people are in the market at the horizon than at that "
                "end. Those who are there now feel it only through the firms' budgets and queues.")


def checkpoint(records: Records, ahead: Horizon, options: Options | None = None) -> Checkpoint:
    """Run the market of these records again up to the date, and make sure that it is the same, bit for bit."""
    chosen = replace(options or Options(), records="totals")
    course = Simulation(records.scenario, records.seed, records.world_seed, chosen)
    course.engine = _engine(course, ahead, chosen)
    course.recorder = cash_flows = CashFlows(course, np.nan_to_num(records.discount()), ahead.start)
    policies = FrozenPolicies()
    for _ in range(ahead.start):
        course.step()
        policies.look(course.book)
    _check_books(records, cash_flows, 0, ahead.start)
    if ahead.end > course.periods:
        course.world = prolonged(course.world, course.scenario, course.world_seed, ahead.end)
    return Checkpoint(records, ahead, course, policies, cash_flows.value, chosen)


def _engine(course: Simulation, ahead: Horizon, options: Options) -> Engine:
    """The engine for all futures together: what pays depends on all of their periods."""
    work = ahead.start + ahead.periods * (ahead.replications + 1)
    return engine_for(course.world, work, options)


def _check_books(records: Records, flows: CashFlows, first: int, after: int) -> None:
    """Raise ValueError where the books of some periods are not those of the run."""
    for what, names, mine, theirs in (
        ("ledger", ACCOUNTS, flows.ledger, records.ledger), ("counts", COUNTS, flows.counts, records.counts),
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
