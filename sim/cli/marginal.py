"""What one more euro on each lever of a firm brings, in paired runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.text.console import columns
from sim.text.findings import Finding, sentences
from sim.text.numbers import signed

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

PROFIT = "cumulative_profit_money"
FAR_APART = 5.0
FAR = ("{subject} brings more than {limit:.0f} times what {worst} brings: the outcome depends on response curves, not "
       "on strategies.")
COMPARABLE = "No lever brings more than {limit:.0f} times what another brings."
TOO_FEW = "With {n:count run}, most levers are too close to call: try --replications 20."


@dataclass(frozen=True)
class Marginal:
    """A lever of a firm: profit per extra unit of money spent on it, with the 95 % interval over paired runs.

    1.0 means that the euro came back once and brought another one as profit.
    """

    firm: str
    lever: str
    profit_per_money: float
    low: float
    high: float
    runs: int


def marginal_profits(
    scenario: Scenario, firm: str, step: float, runs: int, tell: Callable[[int, int, str], None] | None = None
) -> list[Marginal]:
    """Marginal profit of every lever that can be priced, the best first.

    A variant per lever, all with common random numbers; difference in profit of the whole
    run over the money that the step costs in that time.
    """
    from sim.firms.lever_steps import lever_steps
    from sim.runs.execution import Execution
    from sim.runs.plan import AS_WRITTEN
    from sim.runs.run import run
    from sim.scenario.load import load
    from sim.statistics.intervals import mean_interval
    from sim.studies.compare import Comparison
    from sim.studies.study import plan_of

    steps = lever_steps(scenario, firm, _sales_per_year(run(scenario), firm), step)
    if not steps:
        return []
    worlds = {AS_WRITTEN: scenario, **{one.lever: load(scenario, _dotted(one.overrides)) for one in steps}}
    study = Comparison.conducted(plan_of(worlds, runs, scenario.runs.seed), Execution(progress=tell))
    found = []
    for one in steps:
        gained = study.values(one.lever, PROFIT, firm) - study.values(AS_WRITTEN, PROFIT, firm)
        per_money = mean_interval(gained / (one.money_per_year * study.end))
        found.append(Marginal(firm, one.lever, per_money.value, per_money.low, per_money.high, per_money.n))
    return sorted(found, key=lambda one: -one.profit_per_money)


def _sales_per_year(run: object, firm: str) -> float:
    """What a firm sells in a year of a run, in money."""
    from sim.runs.run import Run

    assert isinstance(run, Run)
    periods = run.periods
    return float(periods.loc[periods["firm"] == firm, "revenue_money"].sum()) / run.scenario.clock.years


def _dotted(overlay: dict[str, object], prefix: str = "") -> dict[str, object]:
    """An overlay as values by dotted name.

    >>> _dotted({"firms": {"Root": {"rewards": 0.1, "spending": {"service": 0.2}}}})
    {'firms.Root.rewards': 0.1, 'firms.Root.spending.service': 0.2}
    """
    flat: dict[str, object] = {}
    for key, value in overlay.items():
        if isinstance(value, dict):
            flat.update(_dotted(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def told(scenario: Scenario, found: Sequence[Marginal]) -> list[str]:
    """The levers as a table, and what the gaps mean."""
    currency = scenario.money.currency
    runs = found[0].runs
    lines = [f"One more {currency} on each lever of {scenario.title or scenario.source.name}: profit that it brings, "
             f"{runs} paired runs.", ""]
    rows = [["firm", "lever", f"profit per {currency}", "95 % interval", ""]]
    for one in found:
        between = f"{signed(one.low, '')}..{signed(one.high, '')}" if runs > 1 else "one run"
        unsure = "too close to call" if not (one.low > 0 or one.high < 0) else ""
        rows.append([one.firm, one.lever, signed(one.profit_per_money, ""), between, unsure])
    lines += [f"  {line}" for line in columns(rows, left=(0, 1, 4))]
    return [*lines, "", f"  {sentences(findings(found))}"]


def findings(found: Sequence[Marginal]) -> list[Finding]:
    """How far apart the levers are that surely pay or surely cost: whether the firms' curves are comparable."""
    sure = [one for one in found if one.low > 0 or one.high < 0]
    if len(sure) < 2:
        return [Finding("", n=found[0].runs, message=TOO_FEW)]
    best, worst = sure[0], sure[-1]
    times = (best.profit_per_money + 1) / max(worst.profit_per_money + 1, 1e-9)
    return [Finding(f"{best.lever} ({best.firm})", "revenue per unit of money", times, n=best.runs,
                    message=FAR if times > FAR_APART else COMPARABLE,
                    details={"worst": f"{worst.lever} ({worst.firm})", "limit": FAR_APART})]
