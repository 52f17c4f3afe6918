"""What one more step of every lever of a firm brings in profit, in paired runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.firms.lever_costs import cost_of
from sim.firms.lever_steps import LeverStep, lever_steps
from sim.metrics.arithmetic import money as in_money
from sim.runs.execute import run_market
from sim.runs.execution import Execution
from sim.runs.plan import AS_WRITTEN
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.statistics.intervals import mean_interval
from sim.studies.compare import Comparison
from sim.studies.study import plan_of

PROFIT = "cumulative_profit_money"


@dataclass(frozen=True)
class LeverProfit:
    """What a lever of a firm brings, with the 95 % interval over paired runs.

    `profit_per_money`: profit per extra unit of money spent on a lever of money; 1.0 means that the euro came back once
    and brought another one. `profit`: change of profit to the end of the run by one step (`change`) of another lever.
    `low` and `high` belong to the one that is there; neither is where the lever was not moved, and `why` says why not.
    `accounts` of costs move with the lever; there are none where it is free by nature, for `reason`. `free_here`: the
    number that would price it is 0 in this product class (`unit_cost`).
    """

    firm: str
    lever: str
    change: str
    profit_per_money: float | None
    profit: float | None
    low: float | None
    high: float | None
    runs: int
    accounts: tuple[str, ...]
    reason: str
    unit_cost: str
    free_here: bool
    why: str = ""

    @property
    def sure(self) -> bool:
        """Whether the interval leaves no doubt about the sign."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def lever_profits(
    scenario: Scenario, firms: Sequence[str], replications: int, *, step: float = 0.1, only: Sequence[str] = (),
    execution: Execution | None = None,
) -> tuple[list[LeverProfit], Comparison]:
    """Every lever of some firms moved one step with common random numbers: those of money first, the best first.

    A variant per lever and firm; all firms share the runs of the scenario as written. The second value are the runs.
    `step` is the size of a step of money, as a share of the yearly budget; `only` levers or sections of these names.
    """
    sales = _sales_per_year(scenario)
    steps = {firm: lever_steps(scenario, firm, sales[firm], step, only) for firm in firms}
    variants = {_variant(firm, one): load(scenario, one.overrides)
                for firm in firms for one in steps[firm] if one.overrides}
    plan = plan_of({AS_WRITTEN: scenario, **variants}, replications, scenario.runs.seed)
    study = Comparison.conducted(plan, execution or Execution())
    found = [_profit_of(study, firm, one) for firm in firms for one in steps[firm]]
    return sorted(found, key=lambda one: (one.profit_per_money is None, -(one.profit_per_money or 0.0))), study


def _sales_per_year(scenario: Scenario) -> dict[str, float]:
    """Revenue of every firm per year after the warm-up, in one run."""
    records = run_market(scenario, scenario.runs.seed, "totals")
    sales = in_money(records, records.account("revenue")[records.warm_up:]).sum(axis=0) / scenario.clock.years
    return dict(zip(records.firms, sales.tolist(), strict=True))


def _profit_of(study: Comparison, firm: str, step: LeverStep) -> LeverProfit:
    """What became of one step; one that was not made has no numbers."""
    cost, scenario = cost_of(step.lever), study.scenario
    empty = LeverProfit(firm, step.lever, step.change, None, None, None, None, 0, cost.accounts, cost.reason,
                        cost.unit_cost, cost.free_here(scenario.product), step.why)
    if not step.overrides or not study.n:
        return empty
    gained = study.values(_variant(firm, step), PROFIT, firm) - study.values(AS_WRITTEN, PROFIT, firm)
    one = mean_interval(gained / (step.money_per_year * scenario.clock.years or 1.0))
    found = replace(empty, low=one.low, high=one.high, runs=one.n)
    return replace(found, profit_per_money=one.value) if step.money_per_year else replace(found, profit=one.value)


def _variant(firm: str, step: LeverStep) -> str:
    return f"{firm}: {step.lever}"
