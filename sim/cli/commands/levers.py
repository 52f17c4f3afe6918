"""`sim levers`: what one more euro on each lever of a firm brings, in paired runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import CannotDoError, StoppedError
from sim.cli.options import Firm, Idle, Json, Quiet, ScenarioGroup, show, spelled_out
from sim.cli.wording import indented, short_of_money
from sim.text.console import Progress, bar, columns
from sim.text.findings import TOO_CLOSE, Finding, sentences
from sim.text.numbers import signed, span

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.studies.compare import Comparison

PANEL = "Look things up"
RUNS = 5
PROFIT = "cumulative_profit_money"
FAR_APART = 5.0
FAR = ("One more {currency} on {subject} brings in more than {limit:.0f} times as much as on {worst}: the outcome "
       "depends on response curves, not on strategies.")
NOTHING = ("One more {currency} on {subject} brings in {value:amount}, on {worst} nothing at all: the outcome depends "
           "on response curves, not on strategies.")
COMPARABLE = "No lever brings in more than {limit:.0f} times as much per {currency} as another."
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


@spelled_out
def levers(
    *,
    market: ScenarioGroup,
    firm: Firm = None,
    step: Annotated[float, typer.Option("--step", help="Size of a step, share of budget.", min=0.01, max=1)] = 0.1,
    replications: Annotated[int, typer.Option("--replications", "-n", help="Paired runs of each step.", min=2)] = RUNS,
    idle: Idle = True,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Print the marginal profit of one more euro on each lever.

    A firm gets a little more money, all of it goes to one lever, and everything else stays as it is (common
    random numbers). Five-fold gaps between levers mean a contest of curves, not of strategies. Below stands what all
    spending of the firm brings against spending nothing.
    """
    from sim.runs.execution import Execution
    from sim.runs.plan import AS_WRITTEN
    from sim.studies.against_nothing import against_nothing_beside
    from sim.studies.strain import strained
    from sim.text.words import suggestion

    scenario = market.scenario(runs__seed=market.seed)
    if firm is not None and firm not in scenario.firms:
        raise CannotDoError(f"There is no firm {firm!r} in {market.name}; {suggestion(firm, scenario.firms)}")
    firms = [firm] if firm is not None else list(scenario.firms)
    with bar(f"levers of {', '.join(firms)}", quiet) as tell:
        answers = [one for each in firms if (one := _marginal_profits(scenario, each, step, replications, tell))]
        if not answers:
            raise CannotDoError(
                f"No lever of {market.name} can be priced: the budget is 0, or a strategy splits it by itself.")
        found, study = [one for some, _ in answers for one in some], answers[0][1]
        stopped = any(one.stopped for _, one in answers)
        resting = None if stopped or not idle else against_nothing_beside(
            study, [AS_WRITTEN], firms, Execution(progress=tell))
    short = [one for one in strained(study, [AS_WRITTEN]) if one.firm in firms]
    show(as_json, lambda: [
        *_lines(scenario, found), *([] if resting is None else ["", *indented(resting.lines())]),
        *(["", *indented(short_of_money(study, short))] if short else []),
    ], lambda: {
        "levers": [asdict(one) for one in found], "strain": [one.as_data() for one in short],
        "against_nothing": [] if resting is None else resting.table().to_dict("records"),
    })
    if stopped or (resting is not None and resting.stopped):
        raise StoppedError("Not all runs were done.")


def _marginal_profits(
    scenario: Scenario, firm: str, step: float, runs: int, tell: Progress
) -> tuple[list[Marginal], Comparison] | None:
    """Marginal profit of every lever that can be priced, the best first, and the runs; None where none can.

    A variant per lever, all with common random numbers; difference in profit of the whole
    run over the money that the step costs in that time.
    """
    from sim.firms.lever_steps import lever_steps
    from sim.runs.execution import Execution
    from sim.runs.plan import AS_WRITTEN
    from sim.runs.run import run
    from sim.scenario.dotted import flattened
    from sim.scenario.load import load
    from sim.statistics.intervals import mean_interval
    from sim.studies.compare import Comparison
    from sim.studies.study import plan_of

    periods = run(scenario).periods
    sales_per_year = float(periods.loc[periods["firm"] == firm, "revenue_money"].sum()) / scenario.clock.years
    steps = lever_steps(scenario, firm, sales_per_year, step)
    if not steps:
        return None
    variants = {one.lever: load(scenario, dict(flattened(one.overrides))) for one in steps}
    plan = plan_of({AS_WRITTEN: scenario, **variants}, runs, scenario.runs.seed)
    study = Comparison.conducted(plan, Execution(progress=tell))
    found = []
    for one in steps:
        gained = study.values(one.lever, PROFIT, firm) - study.values(AS_WRITTEN, PROFIT, firm)
        per_money = mean_interval(gained / (one.money_per_year * study.end))
        found.append(Marginal(firm, one.lever, per_money.value, per_money.low, per_money.high, per_money.n))
    return sorted(found, key=lambda one: -one.profit_per_money), study


def _lines(scenario: Scenario, found: Sequence[Marginal]) -> list[str]:
    """The levers as a table, and what the gaps mean."""
    currency = scenario.money.currency
    rows = [["firm", "lever", f"profit per {currency}", "95 % interval", ""]]
    for one in found:
        rows.append([one.firm, one.lever, signed(one.profit_per_money, ""),
                     span(one.low, one.high, "") if one.runs > 1 else "one run", "" if _sure(one) else TOO_CLOSE])
    return [f"Profit from one more {currency} on each lever of {scenario.title or scenario.source.name}, "
            f"{found[0].runs} paired runs.", "", *indented(columns(rows, left=(0, 1, 4))),
            "", *indented([sentences(_findings(found, currency))])]


def _findings(found: Sequence[Marginal], currency: str) -> list[Finding]:
    """How far apart the levers are that surely pay or surely cost: whether the firms' curves are comparable."""
    sure = sorted((one for one in found if _sure(one)), key=lambda one: one.profit_per_money)
    if len(sure) < 2:
        return [Finding("", n=found[0].runs, message=TOO_FEW)]
    worst, best = sure[0], sure[-1]
    least, most = worst.profit_per_money + 1, best.profit_per_money + 1
    message = NOTHING if least <= 0 < most else FAR if 0 < FAR_APART * least < most else COMPARABLE
    return [Finding(f"{best.lever} ({best.firm})", "revenue per unit of money", most, n=best.runs, unit="money",
                    currency=currency, message=message,
                    details={"worst": f"{worst.lever} ({worst.firm})", "limit": FAR_APART})]


def _sure(one: Marginal) -> bool:
    return one.low > 0 or one.high < 0
