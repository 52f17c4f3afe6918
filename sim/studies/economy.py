"""Does money mean something in a product class? Price, advertising and every euro spent, measured on typical firms.

Targets were written down before the first run (`economy_market.py`). What misses them stays on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import log, nan
from textwrap import wrap
from typing import Any, Unpack

import numpy as np
import pandas as pd

from sim.records.records import Floats
from sim.runs.execute import ScenarioLike, checked_seed
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import AS_WRITTEN, RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.runs.task import NotedReading
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Interval, mean_interval
from sim.studies.answer import Answer
from sim.studies.economy_market import (
    LESS,
    MISSED,
    MIXES,
    MORE,
    NO_TARGET,
    OUTCOMES,
    PAST_YEARS,
    PRICES,
    TOTALS,
    YEARS,
    Measure,
    books,
    measures_of,
    points_of,
    typical_market,
    typical_shares,
)
from sim.studies.keywords import check_keywords
from sim.text.console import columns
from sim.text.findings import Finding
from sim.text.numbers import MISSING, amount

WIDTH, NO_BREAK = 98, "\u00a0%"
RUNS = 10
"""Runs of every point unless others are asked for."""
SUMMARY = "{reached} of {n:count target} reached in {subject}: {outcome}."
MISSES = "Missed: {missed:and}."


class Economy(Answer):
    """The measures of a product class beside their targets.

    `table()` has a row for each measure: measure, label, unit, value (mean over runs), low, high (95 % interval;
    missing where the value is the best of a few points), n, target_low, target_high, verdict ("reached", "missed", ""
    without a target), published (figures to compare with, no targets). `curve(name)` gives the discounted profit at the
    points of "price", "total" or "mix".
    """

    kind = "economy"

    def __init__(self, scenario: Scenario, market: Scenario, results: Results) -> None:
        self.scenario, self.market, self.results = scenario, market, results
        self.firm, self.typical = next(iter(market.firms)), typical_shares(scenario)
        self._kept = results.kept()

    def __repr__(self) -> str:
        points = len(self.results.layout.points)
        return f"<Economy of {self.scenario.source.name}: {self.results.n} runs of {points} points>"

    def at(self, point: str, *names: str) -> Floats:
        """Something of the firm's books at a point, one number a run; several names are added up."""
        place = list(self.market.firms).index(self.firm)
        return np.array([sum(self._kept[point, replicate][name][place] for name in names)
                         for replicate in self.results.complete])

    def curve(self, name: str) -> dict[float, Floats]:
        """Discounted profit of every run by price, by total spending or by share of relations (reference = 1, 1, -)."""
        factors = {"price": (*PRICES, 1.0), "total": (*TOTALS, 1.0), "mix": MIXES}[name]
        return {factor: self.at(AS_WRITTEN if factor == 1.0 and name != "mix" else f"{name} {factor:g}",
                                "discounted_profit") for factor in sorted(factors)}

    @cached_property
    def values(self) -> dict[str, Interval]:
        """Every measure, with its interval over runs."""
        revenue, spent = self.at(AS_WRITTEN, "revenue"), self.at(AS_WRITTEN, *self.typical)
        total = self.curve("total")
        best, idle = _best(total), total[0.0]
        found: dict[str, Any] = {
            "best_price": _best_price(self.curve("price")),
            "price_elasticity": self._elasticity("price 0.9", "price 1.1", 1.1 / 0.9),
            "contribution": 1.0 - self.at(AS_WRITTEN, "goods", "serving", "quality") / revenue,
            "advertising_elasticity": self._elasticity(f"advertising {LESS:g}", f"advertising {MORE:g}", MORE / LESS),
            "best_total": Interval(float(np.mean(best * spent / revenue)), n=len(spent)),
            "gain_over_nothing": (total[best] - idle) / abs(idle.mean()),
            "best_mix": Interval(_best(self.curve("mix")), n=len(spent)),
            "profit_share": self.at(AS_WRITTEN, "profit") / revenue, "marketing_share": spent / revenue,
            "notice_price": 1000.0 * self.at(AS_WRITTEN, "advertising") / self.at(AS_WRITTEN, "notices"),
        }
        for account in self.typical:
            more = self.at(f"more {account}", account) - self.at(AS_WRITTEN, account)
            earned = self.at(f"more {account}", "profit") - self.at(AS_WRITTEN, "profit")
            found[f"last_euro_{account}"] = 1.0 + np.divide(earned, more, out=np.full(more.shape, nan), where=more != 0)
        for name, metric in OUTCOMES.items():
            found[name] = self.results.column(AS_WRITTEN, metric, self.firm, self.results.complete)
        found["churn"] = 1.0 - found["churn"]
        return {name: one if isinstance(one, Interval) else mean_interval(one) for name, one in found.items()}

    def _elasticity(self, low: str, high: str, ratio: float) -> Floats:
        few, many = self.at(low, "purchases"), self.at(high, "purchases")
        answer: Floats = np.log(many / few) / log(ratio)
        return answer

    def table(self) -> pd.DataFrame:
        """One row for each measure, see the class."""
        currency, rows = self.scenario.money.currency, []
        for measure in measures_of(self.scenario):
            found = self.values[measure.name]
            ends = [amount(end, measure.unit, currency) for end in (found.low, found.high)]
            rows.append({
                "measure": measure.name, "label": measure.label, "unit": measure.unit, "value": found.value,
                "low": found.low, "high": found.high, "n": found.n, "target_low": measure.low,
                "target_high": measure.high, "verdict": measure.verdict(found.value), "published": measure.published,
                "shown": amount(found.value, measure.unit, currency), "target": _target(measure),
                "interval": " to ".join(ends) if np.isfinite(found.low) else MISSING,
            })
        table = pd.DataFrame(rows)
        table.attrs.update(currency=currency, n=self.results.n, scenario=self.scenario.source.name)
        return table

    def lines(self) -> list[str]:
        """The whole table: it has more rows than other answers; then what is published."""
        if not self.results.n:
            return []
        table = self.table()
        shown = table[["label", "shown", "interval", "target", "verdict"]].to_numpy().tolist()
        known = table[table["published"] != ""][["label", "published"]].to_numpy().tolist()
        beside = [line.replace(NO_BREAK, " %") for label, text in known
                  for line in wrap(f"  {label}: {text}".replace(" %", NO_BREAK), WIDTH, subsequent_indent="    ")]
        return [*columns([["measure", "value", "95 % interval", "target", ""], *shown], (0, 4)), "",
                "Published, to compare with (sources: docs/economy.md); no published figure found for the rest:",
                *beside]

    def findings(self) -> list[Finding]:
        """How many targets are reached, and which are missed."""
        if not self.results.n:
            return [Finding("", message="Nothing can be said: no replication is complete.")]
        table = self.table()
        aimed = table[table["verdict"] != NO_TARGET]
        missed = aimed[aimed["verdict"] == MISSED]["label"].tolist()
        many = f"{len(self.market.firms)} typical firms, {YEARS} years after a past of {PAST_YEARS}"
        found = Finding(self.scenario.title or self.scenario.source.name, many, n=len(aimed), message=SUMMARY,
                        details={"reached": len(aimed) - len(missed)})
        return [found, Finding("", message=MISSES, details={"missed": missed})] if missed else [found]

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        layout = self.results.layout
        return {"design": self.kind, "scenario": self.scenario.source.name, "firm": self.firm,
                "firms": list(self.market.firms), "typical": self.typical, "replications": layout.replications,
                "seed": layout.seeds[0], "runs": sum(self.results.counts.values())}


def _target(measure: Measure) -> str:
    ends = [amount(end, measure.unit) for end in (measure.low, measure.high)]
    if np.isnan(measure.low):
        return ""
    return f"at least {ends[0]}" if np.isnan(measure.high) else f"{ends[0]} to {ends[1]}"


def _best(curve: Mapping[float, Floats]) -> float:
    return max(curve, key=lambda factor: float(curve[factor].mean()))


def _best_price(curve: Mapping[float, Floats]) -> Floats:
    """Of every run the top of the parabola through profit over the logarithm of price; the better end without a top.

    A top beyond twice or half the reference price is not looked for.
    """
    prices = np.log(np.array(list(curve)))
    tops = []
    for profits in np.array(list(curve.values())).T:
        square, slope, _ = np.polyfit(prices, profits, 2)
        top = -slope / (2 * square) if square < 0 else np.sign(slope) * log(2)
        tops.append(np.exp(np.clip(top, -log(2), log(2))))
    return np.array(tops)


def economy(
    scenario: ScenarioLike, replications: int = RUNS, *, seed: int | None = None,
    overrides: Mapping[str, Any] | None = None, **execution: Unpack[ExecutionOptions],
) -> Economy:
    """Measure a product class: does its price fit its costs, does each euro spent come back, what is the best mix?

    `scenario`: a class such as coffee_shop; its own firms, where it has any, are replaced by typical ones.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a number is out of range, or the store holds another study.
        OSError: the store cannot be written, or the scheduler cannot be reached.
    """
    check_keywords(execution, ExecutionOptions, ("replications", "seed", "overrides"))
    chosen = scenario if isinstance(scenario, Scenario) and not overrides else load(scenario, overrides)
    if replications < 2:
        raise ValueError(f"At least two replications are needed for an interval, not {replications}.")
    market = typical_market(chosen)
    plan = RunPlan(market, points_of(market), replications, checked_seed(chosen.runs.seed if seed is None else seed),
                   tuple(OUTCOMES.values()), None, NotedReading(books))
    return Economy(chosen, market, conduct(plan, Execution.of(execution)))
