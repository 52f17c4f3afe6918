"""`sim levers`: what one more euro, or one more step, of each lever of a firm brings, in paired runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import CannotDoError, StoppedError
from sim.cli.options import Firm, Idle, Json, Quiet, ScenarioGroup, show, spelled_out
from sim.cli.waiting import Yes, working
from sim.cli.wording import indented, short_of_money, wrapped
from sim.text.console import columns
from sim.text.findings import TOO_CLOSE, Finding, sentences
from sim.text.numbers import signed, span
from sim.text.words import counted, joined

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.studies.lever_profits import LeverProfit

PANEL = "Look things up"
RUNS = 5
FAR_APART = 5.0
FAR = ("One more {currency} on {subject} brings in more than {limit:.0f} times as much as on {worst}: the outcome "
       "depends on response curves, not on strategies.")
NOTHING = ("One more {currency} on {subject} brings in {value:amount}, on {worst} nothing at all: the outcome depends "
           "on response curves, not on strategies.")
COMPARABLE = "No lever brings in more than {limit:.0f} times as much per {currency} as another."
TOO_FEW = "With {n:count run}, most levers are too close to call: try --replications 20."
BEST_STEP = ("{subject} gains most by one step of {lever}, {change}: {value:signed} (95 % interval {interval:span}, "
             "{n:count run}).")
IDENTICAL = "no effect at all"


@spelled_out
def levers(
    *,
    market: ScenarioGroup,
    firm: Firm = None,
    lever: Annotated[list[str] | None, typer.Option(
        "--lever", metavar="NAME", help="Only this lever or section, e.g. price or care. May be repeated.")] = None,
    step: Annotated[float, typer.Option("--step", help="Size of a step of money, share of budget.",
                                        min=0.01, max=1)] = 0.1,
    replications: Annotated[int, typer.Option("--replications", "-n", help="Paired runs of each step.", min=2)] = RUNS,
    idle: Idle = True,
    quiet: Quiet = False,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    """Print what one more step of each lever of a firm brings in profit: one more euro, or one step in its own unit.

    For a lever of money the firm gets a little more money and all of it goes there; any other lever moves one step;
    everything else stays as it is (common random numbers). Beside each stands the cost account that moves with it, or
    why it is free by nature; below, what all spending of the firm brings against spending nothing. All levers take some
    30 runs per firm and replication: --firm, --lever, fewer replications (-n 2) or fewer people (--customers 500) make
    it faster.
    """
    from sim.runs.execution import Execution
    from sim.runs.plan import AS_WRITTEN
    from sim.studies.against_nothing import against_nothing_beside
    from sim.studies.lever_profits import lever_profits
    from sim.studies.strain import strained

    scenario, only = market.scenario(runs__seed=market.seed), _known(lever or [])
    firms = _firms(market.name, scenario, firm)
    with working(f"levers of {', '.join(firms)}", quiet, yes) as tell:
        found, study = lever_profits(
            scenario, firms, replications, step=step, only=only, execution=Execution(progress=tell))
        resting = None if study.stopped or not idle else against_nothing_beside(
            study, [AS_WRITTEN], firms, Execution(progress=tell))
    short = [one for one in strained(study, [AS_WRITTEN]) if one.firm in firms]
    show(as_json, lambda: [
        *_lines(scenario, found), *([] if resting is None else ["", *indented(resting.lines())]),
        *(["", *indented(short_of_money(study, short))] if short else []),
    ], lambda: {
        "levers": [asdict(one) for one in found], "strain": [one.as_data() for one in short],
        "against_nothing": [] if resting is None else resting.table().to_dict("records"),
    })
    if study.stopped or (resting is not None and resting.stopped):
        raise StoppedError("Not all runs were done.")


def _firms(name: str, scenario: Scenario, firm: str | None) -> list[str]:
    """The firm that is named, or all."""
    from sim.text.words import suggestion

    if firm is not None and firm not in scenario.firms:
        raise CannotDoError(f"There is no firm {firm!r} in {name}; {suggestion(firm, scenario.firms)}")
    return [firm] if firm is not None else list(scenario.firms)


def _known(names: Sequence[str]) -> Sequence[str]:
    """The names, where each is a lever or a section of levers."""
    from sim.firms.lever_costs import levers as all_levers
    from sim.text.words import suggestion

    allowed = [*all_levers(), *{name.partition(".")[0]: None for name in all_levers() if "." in name}]
    for name in names:
        if name not in allowed:
            raise CannotDoError(f"There is no lever {name!r}; {suggestion(name, allowed)}")
    return names


def _lines(scenario: Scenario, found: Sequence[LeverProfit]) -> list[str]:
    """Levers of money, the other levers, those that were not moved, those that are free; and what the gaps mean."""
    from sim.scenario.changes import changes_in_words

    currency, years = scenario.money.currency, counted(scenario.clock.years, "year")
    money = [one for one in found if one.profit_per_money is not None]
    steps = [one for one in found if one.profit is not None]
    runs = counted(max((one.runs for one in found), default=0), "paired run")
    lines = [f"Levers of {scenario.title or scenario.source.name}, {runs} of each step, 95 % intervals.",
             *wrapped(changes_in_words(scenario))]
    if money:
        rows = [["firm", "lever", f"profit per {currency}", "95 % interval", "cost account", ""]]
        rows += [[one.firm, one.lever, signed(one.profit_per_money or 0.0, ""), _interval(one, ""), _cost(one),
                  _doubt(one)] for one in money]
        lines += ["", f"Profit from one more {currency} on each lever of money", *_table(rows, (0, 1, 4, 5))]
    if steps:
        rows = [["firm", "lever", "one step", "profit", "95 % interval", "cost account", ""]]
        rows += [[one.firm, one.lever, one.change, signed(one.profit or 0.0, "money", currency),
                  _interval(one, "money", currency), _cost(one), _doubt(one)] for one in steps]
        lines += ["", f"Profit in {years} from one step of each other lever, with the budget as it is",
                  *_table(rows, (0, 1, 2, 5, 6))]
    still: dict[tuple[str, str], list[str]] = {}
    for one in found:
        still.setdefault((one.firm, one.why), []).append(one.lever)
    reasons = [f"{joined(names)} of {firm} ({why})" for (firm, why), names in still.items() if why]
    if reasons:
        lines += ["", *wrapped(f"Not moved: {'; '.join(reasons)}.")]
    free = {one.lever: one.reason for one in found if not one.accounts}
    if free:
        lines += ["", *wrapped(f"Free by nature: {'; '.join(f'{name} ({why})' for name, why in free.items())}.")]
    unpriced = list(dict.fromkeys(f"product.{one.unit_cost}" for one in found if one.free_here))
    if unpriced:
        verb = "is" if len(unpriced) == 1 else "are"
        lines += ["", *wrapped(f"Free here, because {joined(unpriced)} {verb} 0 in this product class.")]
    return [*lines, "", *wrapped(sentences(_findings(money, steps, currency)))]


def _table(rows: Sequence[Sequence[str]], left: Sequence[int]) -> list[str]:
    return indented(columns(rows, left=left))


def _interval(one: LeverProfit, unit: str, currency: str = "") -> str:
    if one.low is None or one.high is None or one.runs < 2:
        return "one run"
    return "" if one.low == one.high == 0 else span(one.low, one.high, unit, currency)


def _cost(one: LeverProfit) -> str:
    """The account that moves with the lever."""
    return f"{', '.join(one.accounts)}{', free here' if one.free_here else ''}" if one.accounts else "free by nature"


def _doubt(one: LeverProfit) -> str:
    return "" if one.sure else IDENTICAL if one.low == one.high == 0 else TOO_CLOSE


def _findings(money: Sequence[LeverProfit], steps: Sequence[LeverProfit], currency: str) -> list[Finding]:
    """How far apart the levers of money are that surely pay or cost; for each firm the step that surely pays most."""
    found = []
    sure = sorted((one for one in money if one.sure), key=lambda one: one.profit_per_money or 0.0)
    if len(sure) >= 2:
        worst, best = sure[0], sure[-1]
        least, most = (worst.profit_per_money or 0.0) + 1, (best.profit_per_money or 0.0) + 1
        message = NOTHING if least <= 0 < most else FAR if 0 < FAR_APART * least < most else COMPARABLE
        found.append(Finding(f"{best.lever} ({best.firm})", "revenue per unit of money", most, n=best.runs,
                             unit="money", currency=currency, message=message,
                             details={"worst": f"{worst.lever} ({worst.firm})", "limit": FAR_APART}))
    elif money:
        found.append(Finding("", n=money[0].runs, message=TOO_FEW))
    for firm in dict.fromkeys(one.firm for one in steps):
        paying = [one for one in steps if one.firm == firm and one.sure and (one.profit or 0.0) > 0]
        if paying:
            best = max(paying, key=lambda one: one.profit or 0.0)
            found.append(Finding(firm, "profit", best.profit or 0.0, (best.low or 0.0, best.high or 0.0), best.runs,
                                 unit="money", currency=currency, message=BEST_STEP,
                                 details={"lever": best.lever, "change": best.change}))
    return found
