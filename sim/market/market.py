"""A market as a Mesa model: firms are its registered agents, customers are views on columns.

    market = sim.Market("first_look", seed=7).run()
    market.customers.agg("satisfaction", np.nanmean)

The market's results come from keyed draws alone. Mesa's own `random` and `rng` are seeded and yours to use; nothing in
the market reads them, and observing (views, data collectors, records) changes no number.
"""

from __future__ import annotations

import copy
import math
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack
from weakref import WeakValueDictionary

import mesa

from sim.engine.engine import Executor
from sim.engine.state import FIXED_POINT
from sim.market.customer import Customer
from sim.market.customers import Customers
from sim.market.firm import Firm
from sim.market.simulation import Options, Simulation
from sim.records.records import Keep, Records
from sim.scenario.effective import scenario_hash
from sim.scenario.load import load, ready_to_run, with_what_if
from sim.scenario.schema import Scenario
from sim.text.words import suggestion
from sim.valuation.outcomes import known_outcomes, outcomes_of

Progress = Callable[[int, int], object]
"""Receives (periods done, periods in all)."""
FIRM_REPORTERS = {
    "firm": "name", "active_customers_people": "customers", "new_customers_people": "new_customers",
    "revenue_money": "revenue_money", "profit_money": "profit_money", "satisfaction_0_1": "satisfaction",
}
MODEL_REPORTERS = {"period": "period", "present_people": "present_people", "satisfaction_0_1": "satisfaction"}


class MarketOptions(TypedDict, total=False):
    """How a market is run; none of it changes a number except `graph` (see `sim.market.simulation.Options`)."""

    executor: Executor
    threads: int | None
    block: int
    records: Keep
    graph: Any
    outcomes: Iterable[str] | str


class Market(mesa.Model):  # type: ignore[misc]
    """One market. `step()` walks a period, `run()` goes to the end, `records()` tells what happened.

    `scenario` is a shipped name, a path, a mapping or a loaded scenario; `overrides` change it, `what_if` applies one
    of its overlays. `seed` is that of the random draws (left out: `runs.seed`); `world_seed` the people (left out:
    `runs.world_seed`, else the seed: new people in every run). `how`: executor, threads, block, records, graph (a
    networkx graph of who listens to whom), outcomes (metrics that the data collector reports of every firm,
    `Root.market_share`; NaN before the end).

    `mesa.batch_run(sim.Market, parameters)` runs many; overrides may stand beside the other parameters by their dotted
    names: `{"scenario": "first_look", "firms.Root.price": [9, 11]}`. Put a mapping, a Scenario or a tuple of outcomes
    into a list of one, or Mesa would go through its parts.

    Mesa's face: `agents` are the firms, `firms["Root"]` is one of them, `customers` (also `agents_by_type[Customer]`)
    is an AgentSet of views made when someone looks, `datacollector` collects after every step; put your own
    `mesa.DataCollector` there before running, or None for none. `running` is False after the last period, so
    `while market.running: market.step()` works as Mesa users expect.

    Raises ScenarioError for a scenario that is wrong, ValueError for a seed that is not a whole number from 0 to 2^53.

    >>> two = {"question": "Who stays?", "firms": {"A": {}, "B": {}}}
    >>> small = {"clock.years": 1, "market.customers": 60}
    >>> market = Market(two, seed=7, overrides=small, executor="numpy").run()
    >>> market.running, len(market.agents), len(market.customers), market.firms["A"].customers > 0
    (False, 2, 60, True)
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | Mapping[str, Any],
        seed: int | None = None,
        *,
        world_seed: int | None = None,
        overrides: Mapping[str, Any] | None = None,
        what_if: str | None = None,
        **how: Unpack[MarketOptions],
    ) -> None:
        dotted = {name: how.pop(name) for name in list(how) if "." in name}  # type: ignore[misc]
        loaded = load(scenario, {**(overrides or {}), **dotted})
        chosen = ready_to_run(with_what_if(loaded, what_if) if what_if is not None else loaded)
        if seed is None and sys._getframe(1).f_globals.get("__name__", "").startswith("mesa.batchrunner"):
            _warn_of_the_same_run(chosen)
        seed = _seed(chosen.runs.seed if seed is None else seed, "seed")
        born = chosen.runs.world_seed if world_seed is None else world_seed
        outcomes = how.pop("outcomes", ())
        self.outcomes: tuple[str, ...] = known_outcomes(outcomes) if outcomes else ()
        for name in set(how) - set(MarketOptions.__annotations__):
            raise TypeError(f"Market has no option {name!r}; {suggestion(name, MarketOptions.__annotations__)}.")
        self._course: Simulation | None = None
        super().__init__(rng=seed)
        people = seed if born is None else _seed(born, "world_seed")
        self._course = Simulation(chosen, seed, people, Options(**how))  # type: ignore[misc]
        self._views: WeakValueDictionary[int, Customer] = WeakValueDictionary()
        self._interventions: set[tuple[int, str]] = set()
        book = self.course.book
        self.firms: dict[str, Firm] = {name: Firm(self, book, place) for place, name in enumerate(book.names)}
        self._outcomes: dict[str, dict[str, float]] = {name: {} for name in self.firms}
        self.customers = Customers(self)
        self._agents_by_type[Customer] = self.customers
        self.first_customer_id: int = self.agent_id_counter  # after the firms, as if Mesa had registered them
        self.agent_id_counter += len(self.customers)
        reporters = {f"{firm}.{name}": partial(Market.outcome, firm=firm, name=name)
                     for name in self.outcomes for firm in self.firms}
        self.datacollector: Any = mesa.DataCollector(
            model_reporters={**MODEL_REPORTERS, **reporters}, agenttype_reporters={Firm: dict(FIRM_REPORTERS)})

    @property
    def course(self) -> Simulation:
        """The walk through the periods, with all columns; raises RuntimeError when the market was closed."""
        if self._course is None:
            raise RuntimeError("This market was closed and its columns are freed; ask for records() before close().")
        return self._course

    @property
    def scenario(self) -> Scenario:
        """The scenario that is run."""
        return self.course.scenario

    @scenario.setter
    def scenario(self, _: Any) -> None:
        if self._course is not None:
            raise AttributeError("A market keeps its scenario; build another Market for another scenario.")
        # Mesa 3.5 puts a scenario of its own here while the model is being made: ours stands.

    @property
    def seed(self) -> int:
        """Seed of the random draws."""
        return self.course.seed

    @property
    def world_seed(self) -> int:
        """Seed of the people."""
        return self.course.world_seed

    @property
    def period(self) -> int:
        """Periods walked so far, the warm-up included."""
        return self.course.now

    @property
    def periods(self) -> int:
        """Periods in all, the warm-up included."""
        return self.course.periods

    @property
    def year(self) -> float:
        """Years since the end of the warm-up; below 0 before it."""
        calendar = self.course.book.calendar
        return (self.course.now - calendar.warm_up) / float(calendar.periods_per_year)

    @property
    def present_people(self) -> int:
        """People in the market in the period that ended last (before the first: those who are there from the start)."""
        now, me = max(self.course.now - 1, 0), self.course.world.me
        return int(((me.enters <= now) & (now < me.leaves)).sum())

    @property
    def satisfaction(self) -> float:
        """Mean satisfaction of active customers over all firms, 0 to 1; NaN where there are none."""
        active = sum(firm.customers for firm in self.firms.values())
        total = sum(firm.counts["satisfaction_total"] for firm in self.firms.values())
        return total / active / FIXED_POINT if active else math.nan

    def outcome(self, firm: str, name: str) -> float:
        """An outcome of a firm at the end of the run; NaN before the last period is walked.

        Raises ValueError for a metric that there is not, KeyError for a firm that is not in this market.
        """
        known_outcomes(name)
        self.place_of(firm)
        if not self.course.done:
            return math.nan
        if name not in self._outcomes[firm]:
            for each, values in outcomes_of(self.records(), {name, *self.outcomes}, self.scenario.clock.years).items():
                self._outcomes[each].update(values)
        return self._outcomes[firm][name]

    def step(self) -> None:
        """Walk one period, then collect.

        Raises RuntimeError after the last period (`running` is False then).
        """
        if self.course.done:
            raise RuntimeError(f"This market ran all its {self.periods} periods; build a new Market to run again.")
        self.course.step()
        self.running = not self.course.done
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def run(self, progress: Progress | None = None) -> Market:
        """Walk all periods that are left; `progress` is told (periods done, periods in all) after each one.

        Stops early when somebody sets `running` to False. Returns the market itself.
        """
        while self.running and not self.course.done:
            self.step()
            if progress is not None:
                progress(self.period, self.periods)
        return self

    def run_model(self) -> None:
        """Mesa's name for `run`."""
        self.run()

    def records(self) -> Records:
        """What happened so far, as arrays that stay when the market goes."""
        return self.course.records()

    def place_of(self, firm: str | Firm) -> int:
        """The place of a firm in the columns of ties [F, N].

        Raises KeyError for a firm that is not in this market.
        """
        name = firm.name if isinstance(firm, Firm) else firm
        if name not in self.firms:
            raise KeyError(f"There is no firm {name!r} in this market; {suggestion(str(name), self.firms)}.")
        return self.firms[name].place

    def note_intervention(self, column: str) -> None:
        """Remember as an event that somebody wrote a column by hand, once a period for each column."""
        period = min(self.period, self.periods - 1)
        if (period, column) not in self._interventions:
            self._interventions.add((period, column))
            self.course.recorder.event(period, "intervention", "", f"{column} of customers set by hand")

    def register_agent(self, agent: Any) -> None:
        """Register an agent with Mesa."""
        super().register_agent(agent)
        if hasattr(mesa.Agent, "_ids"):  # Mesa 3.3 counts agents there, which would keep every model alive
            mesa.Agent._ids.pop(self, None)
            self.agent_id_counter: int = getattr(self, "agent_id_counter", 1)
            agent.unique_id = self.agent_id_counter
            self.agent_id_counter += 1

    def close(self) -> None:
        """Free the columns now. Not needed: a market that nobody holds any more is freed by Python."""
        self.running = False
        self._course = None
        self._views.clear()

    def __deepcopy__(self, memo: dict[int, Any]) -> Market:
        """A copy that goes its own way."""
        twin = memo[id(self)] = type(self).__new__(type(self))
        twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be pickled (TypeError); `copy.deepcopy` copies it."""
        raise TypeError("A market cannot be pickled: keep its records (market.records()), or build it again "
                        "from its scenario and seed, sim.Market(market.scenario, market.seed): the same numbers.")

    def __enter__(self) -> Market:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._course is None:
            return "<Market, closed>"
        return (f"<Market {self.scenario.source.name or 'scenario'}: {', '.join(self.firms)}; "
                f"{len(self.customers):,} customers, period {self.period} of {self.periods}, seed {self.seed}>")


_RUN_BY_MESA: set[str] = set()
"""Scenarios that Mesa's batch run has run here without naming a seed."""


def _warn_of_the_same_run(scenario: Scenario) -> None:
    """Say that a batch run does the same run again: without a seed of its own every market has the scenario's."""
    known = scenario_hash(scenario)
    if known in _RUN_BY_MESA:
        warnings.warn(
            f"mesa.batch_run makes another market with the seed of the scenario, {scenario.runs.seed}: its "
            "iterations are the same run. Give it seeds: rng=[1, 2, 3], or {'seed': [1, 2, 3]} among the parameters.",
            stacklevel=3)
    _RUN_BY_MESA.add(known)


def _seed(value: Any, name: str) -> int:
    """A seed, checked."""
    if isinstance(value, bool) or int(value) != value or not 0 <= value <= 2**53:
        raise ValueError(f"{name} is a whole number from 0 to 2^53, not {value!r}.")
    return int(value)
