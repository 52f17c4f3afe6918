"""Is the model neutral? Deals, relations and spending nothing in many markets drawn from ranges, with equal budgets.

The answer is not a percentage, which is a statement about the ranges, but the border: where each of them earns most.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.runs.execute import checked_seed
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.runs.task import DONE
from sim.statistics.intervals import Floats
from sim.statistics.ranks import rank_correlations
from sim.studies.answer import Answer
from sim.studies.keywords import check_keywords, checked_count
from sim.studies.neutrality_market import (
    FIRM,
    PAST_YEARS,
    PEOPLE,
    RANGES,
    RIVALS,
    ROLES,
    YEARS,
    base,
    point_name,
    points_at,
    values_at,
)
from sim.studies.neutrality_text import END_MARK, MARK, in_markdown, on_terminal
from sim.studies.neutrality_verdicts import SURELY, Markets, Verdicts, pooled
from sim.studies.sample import latin_hypercube
from sim.text.findings import TOO_CLOSE, Finding

if TYPE_CHECKING:
    import pandas as pd

MARKETS, RUNS, FEWEST = 500, 2, 8
DESIGN_SEED = 20
"""Of the Latin hypercube: the same markets in every study of as many."""
PROFIT, EQUITY = "cumulative_discounted_profit_money", "customer_equity_money"
OUTCOMES: Mapping[str, str] = {PROFIT: "discounted profit", EQUITY: "customer equity"}
MOST_IDLE = 0.15
"""Expected beforehand: spending nothing is ahead of both others in at most so many markets."""
MONEY_OVER_COST = "money a customer brings a year over the cost of a relation"
MESSAGES = {
    "shares": "{subject}, against a {rival} rival: deals earn most in {deals:percent} of {n:count market}, relations "
              "in {relations:percent}, spending nothing in {idle:percent}; {close:percent} are too close to call.",
    "idle": "Expected beforehand: spending nothing ahead of both others in at most {most:percent} of markets; found "
            "{found:and}: {verdict}.",
    "decides": "What decides most between relations and deals with {ranges} is {subject} (rank correlation "
               "{value:+.2f}, interval {low:+.2f} to {high:+.2f}).",
    "border": "Relations are as likely as not to be ahead where a customer brings about EUR {low_money:number} a year "
              "and a relation costs EUR {low_cost:number}, or EUR {high_money:number} at a cost of EUR "
              "{high_cost:number} (typical rival).",
    "no border": "No border was found: more money from a customer does not favour relations.",
}
CAVEATS = (
    "a percentage is a statement about the ranges, the border is the result",
    "three years are counted, and who stops spending lives on what the past has built: see customer equity",
    "run k has the same random numbers in all markets, so that luck they share is not in the intervals",
    "costs in euros make some markets absurd: to know a customer costs more than he ever pays",
)


class Neutrality(Answer):
    """Who earns most, deals, relations or spending nothing, in markets drawn from ranges.

    `table()` has a row for each set of ranges, kind of rival and outcome: ranges, rival, outcome, n (markets), then for
    deals, relations, idle and too_close the share of markets in which it surely earns most, with `_low` and `_high`
    (95 %, Wilson), and `_ahead`: the share in which it is ahead in the mean. `decides()`: rank correlations of every
    dimension with relations minus deals, and with idle minus the better of both. `parts()`: who is ahead by money over
    the cost of a relation. `points()`: every market. `verdicts[ranges, rival, outcome]`: all of it as values.
    """

    kind = "neutrality"
    picture = "profit_border"
    marks = (MARK, END_MARK)

    def __init__(self, verdicts: Mapping[tuple[str, str, str], Verdicts], about: Mapping[str, int]) -> None:
        self.verdicts, self._about = dict(verdicts), dict(about)

    def __repr__(self) -> str:
        return "<Neutrality: {markets} markets of each set of ranges, {runs} runs>".format(**self._about)

    @property
    def known(self) -> bool:
        """Whether enough markets were run to the end."""
        return bool(self.verdicts) and min(len(one.markets.values) for one in self.verdicts.values()) >= FEWEST

    @cached_property
    def both(self) -> dict[str, Verdicts]:
        """Profit in the markets of all sets of ranges together, by rival."""
        return {rival: pooled([self.verdicts[ranges, rival, PROFIT] for ranges in RANGES]) for rival in RIVALS}

    def table(self) -> pd.DataFrame:
        """One row for each set of ranges, rival and outcome, see the class."""
        import pandas as pd

        rows = []
        for (ranges, rival, outcome), found in self.verdicts.items():
            row: dict[str, Any] = {"ranges": ranges, "rival": rival, "outcome": OUTCOMES[outcome],
                                   "n": len(found.markets.values)}
            for name, share in found.shares.items():
                column = name if name in ROLES else "too_close"
                row |= {column: share.value, f"{column}_low": share.low, f"{column}_high": share.high}
            rows.append(row | {f"{name}_ahead": share.value for name, share in found.in_the_mean.items()})
        table = pd.DataFrame(rows)
        table.attrs.update(currency="EUR", n=self._about["replications"], finding=self.finding)
        return table

    def decides(self) -> pd.DataFrame:
        """Rank correlations of the dimensions with profit over reference revenue (typical rival), strongest first.

        ranges, label, correlation, low, high (with relations minus deals), idle (with idle minus the better of both).
        """
        import pandas as pd

        parts = []
        for ranges, factors in RANGES.items():
            found = self.verdicts[ranges, "typical", PROFIT]
            markets = found.markets
            columns = {factor.label: markets.column(factor.path) for factor in factors}
            columns |= {"money a customer brings a year": markets.brought,
                        "cost of a relation (knowing + relation spend)": markets.relation_cost,
                        "contribution (margin - serving - handling)": markets.contribution,
                        MONEY_OVER_COST: markets.brought / markets.relation_cost}
            idle = rank_correlations(columns, found.idle_lead)
            part = pd.DataFrame([
                {"ranges": ranges, "label": label, "correlation": one.value, "low": one.low, "high": one.high,
                 "idle": idle[label].value} for label, one in rank_correlations(columns, found.lead).items()])
            parts.append(part.sort_values("correlation", key=lambda column: -column.abs()))
        return pd.concat(parts, ignore_index=True)

    def parts(self) -> pd.DataFrame:
        """Who is ahead in the mean, for equal groups of markets by money over the cost of a relation, by rival."""
        import pandas as pd

        return pd.DataFrame([{"rival": rival, **row} for rival, found in self.both.items() for row in found.parts()])

    def points(self) -> pd.DataFrame:
        """Every market: its values, and for each rival and outcome who earns most and the means over runs."""
        import pandas as pd

        parts = []
        for ranges in RANGES:
            markets = self.verdicts[ranges, "typical", PROFIT].markets
            part = pd.DataFrame({"ranges": ranges, "brought": markets.brought, "relation_cost": markets.relation_cost})
            part = part.join(pd.DataFrame(list(markets.values)))
            for (of, rival, outcome), found in self.verdicts.items():
                if of == ranges:
                    part[f"{rival}: {OUTCOMES[outcome]}: earns most"] = _names(found.winners)
                    for number, role in enumerate(ROLES):
                        part[f"{rival}: {OUTCOMES[outcome]}: {role}"] = found.means[:, number]
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def picture_table(self) -> pd.DataFrame:
        """The markets in the plane of money and cost, and in `attrs["borders"]` the lines between them."""
        import pandas as pd

        found = self.both["typical"]
        markets = found.markets
        table = pd.DataFrame({"x": markets.brought, "y": markets.relation_cost, "winner": _names(found.winners)})
        costs = np.geomspace(table["y"].min(), table["y"].max(), 40).tolist()
        borders = {("typical", share): found.border(share, costs) for share in SURELY}
        borders["reacting", 0.5] = self.both["reacting"].border(0.5, costs)
        table.attrs.update(borders={key: line for key, line in borders.items() if line}, currency="EUR",
                           runs=self._about["replications"], finding=self.finding)
        return table

    @property
    def finding(self) -> str:
        """The result as a title."""
        by = rank_correlations({"": self._ratio}, self.both["typical"].lead)[""]
        if by.low > 0:
            return "The more a customer brings for each euro that a relation costs, the more often relations win"
        return "What a customer brings for each euro of a relation does not decide who wins"

    @property
    def _ratio(self) -> Floats:
        markets = self.both["typical"].markets
        found: Floats = markets.brought / markets.relation_cost
        return found

    def tables(self) -> dict[str, pd.DataFrame]:
        """The shares, what decides, the groups, and every market."""
        return {self.kind: self.table(), f"{self.kind}_decides": self.decides(), f"{self.kind}_parts": self.parts(),
                f"{self.kind}_markets": self.points()}

    def findings(self) -> list[Finding]:
        """The shares, whether spending nothing wins as rarely as expected, what decides, and the border."""
        if not self.known:
            return [Finding("", message="Nothing can be said: too few markets were run to the end.")]
        found = [self._shares(ranges, rival) for rival in RIVALS for ranges in RANGES]
        idle = [self.verdicts[ranges, "typical", PROFIT].in_the_mean["idle"] for ranges in RANGES]
        words = [f"{100 * one.value:.0f} % with {ranges}" for ranges, one in zip(RANGES, idle, strict=True)]
        verdict = "reached" if all(one.value <= MOST_IDLE for one in idle) else "missed"
        found.append(Finding("", verdict=verdict, message=MESSAGES["idle"],
                             details={"most": MOST_IDLE, "found": words}))
        first = self.decides().groupby("ranges", sort=False).first()
        found += [Finding(row["label"], value=row["correlation"], message=MESSAGES["decides"],
                          details={"ranges": ranges, "low": row["low"], "high": row["high"]})
                  for ranges, row in first.iterrows()]
        return [*found, self._border()]

    def _shares(self, ranges: str, rival: str) -> Finding:
        found = self.verdicts[ranges, rival, PROFIT]
        deals, relations, idle, close = (one.value for one in found.shares.values())
        n, asked = len(found.markets.values), self._about["markets"]
        said = Finding(ranges, OUTCOMES[PROFIT], n=n, message=MESSAGES["shares"], details={
            "rival": rival, "deals": deals, "relations": relations, "idle": idle, "close": close}, caveats=CAVEATS)
        return said.with_caveats("" if n == asked else f"only {n} of {asked} markets with {ranges} were run to the end")

    def _border(self) -> Finding:
        costs = [float(one) for one in np.quantile(self.both["typical"].markets.relation_cost, [0.25, 0.75])]
        line = self.both["typical"].border(0.5, costs)
        if not line:
            return Finding("", message=MESSAGES["no border"])
        (low_money, low_cost), (high_money, high_cost) = line
        return Finding("", message=MESSAGES["border"], details={
            "low_money": low_money, "low_cost": low_cost, "high_money": high_money, "high_cost": high_cost})

    def lines(self) -> list[str]:
        """The shares, what decides and the groups."""
        return [] if not self.known else on_terminal(self.table(), self.decides(), self.parts())

    def markdown(self) -> str:
        """Everything that stands in a document, the ranges at the end."""
        about = "{markets:,} markets of each set of ranges, {replications} paired runs of each".format(**self._about)
        return in_markdown(about, self.explain(), (self.table(), self.decides(), self.parts()), RANGES)

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {"design": self.kind, **self._about, "design_seed": DESIGN_SEED, "years": YEARS,
                "past_years": PAST_YEARS, "people": PEOPLE, "outcomes": list(OUTCOMES), "rivals": list(RIVALS),
                "roles": list(ROLES), "ranges": {name: {one.path: [one.low, one.high, one.unit] for one in factors}
                           for name, factors in RANGES.items()}}


def _names(numbers: np.ndarray) -> list[str]:
    return [ROLES[number] if number >= 0 else TOO_CLOSE for number in numbers.tolist()]


def runs_of(markets: int, replications: int) -> int:
    """How many runs a study of so many markets needs.

    >>> runs_of(500, 2)
    12000
    """
    return markets * replications * len(RANGES) * len(RIVALS) * len(ROLES)


def neutrality(
    markets: int = MARKETS, replications: int = RUNS, *, seed: int = 1, **execution: Unpack[ExecutionOptions],
) -> Neutrality:
    """Put a firm as deals, relations and idle into the same markets, drawn from ranges, and see which earns most.

    Each of the `markets` (a Latin hypercube, the same for all studies of as many) is run with costs in euros and with
    costs in proportion to revenue, against a typical rival and against one that reacts, `replications` times with
    common random numbers; the budget is the same for all. Outcome: discounted profit, and customer equity at the end.

    Raises:
        ValueError: a number is out of range, or the store holds another study.
        OSError: the store cannot be written, or the scheduler cannot be reached.
    """
    check_keywords(execution, ExecutionOptions, ("markets", "replications", "seed"))
    checked_count(markets, FEWEST, "A study of neutrality needs at least {} markets")
    checked_count(replications, 2, "At least {} paired runs of every market are needed")
    template = base()
    values = {ranges: [values_at(factors, place) for place in latin_hypercube(len(factors), markets, DESIGN_SEED)]
              for ranges, factors in RANGES.items()}
    points = [point for number in range(markets) for ranges in RANGES
              for point in points_at(ranges, number + 1, template, values[ranges][number])]
    plan = RunPlan(template, tuple(points), replications, checked_seed(seed), tuple(OUTCOMES))
    results = conduct(plan, Execution.of(execution))
    about = {"markets": markets, "replications": replications, "seed": seed, "runs": results.counts[DONE]}
    return Neutrality(_verdicts(results, values), about)


def _verdicts(
    results: Results, values: Mapping[str, list[dict[str, float]]]
) -> dict[tuple[str, str, str], Verdicts]:
    """The outcomes of all runs, market by market; markets that were not run to the end are left out.

    A firm that sold nothing lately has no customer equity to estimate: it counts as 0.
    """
    table = results.table()
    table = table[table["firm"] == FIRM].set_index(["point", "replicate"]).fillna({EQUITY: 0.0})
    columns = {outcome: table[outcome].unstack() for outcome in OUTCOMES} if len(table) else {}
    runs, found = list(range(results.layout.replications)), {}
    for ranges, markets in values.items():
        names = [[[point_name(ranges, number, role, rival) for role in ROLES] for rival in RIVALS]
                 for number in range(1, len(markets) + 1)]
        whole = {outcome: np.array([column.reindex(index=np.array(names).ravel(), columns=runs).to_numpy()]).reshape(
            len(markets), len(RIVALS), len(ROLES), len(runs)) for outcome, column in columns.items()}
        done = np.all([np.isfinite(one).all(axis=(1, 2, 3)) for one in whole.values()], axis=0)
        kept = Markets(tuple(one for one, is_done in zip(markets, done, strict=True) if is_done))
        for place, rival in enumerate(RIVALS):
            for outcome, numbers in whole.items():
                found[ranges, rival, outcome] = Verdicts(kept, numbers[done][:, place])
    return found
