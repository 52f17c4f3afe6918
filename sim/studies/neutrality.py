"""Is the model neutral? Deals, relations and spending nothing in many markets drawn from ranges, with equal budgets.

The answer is not a percentage, which is a statement about the ranges, but the border: where each of them earns most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.runs.execute import checked_seed
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import RunPlan
from sim.runs.pools import keep_pool
from sim.runs.runner import conduct
from sim.runs.task import DONE
from sim.statistics.pooled import rank_correlations
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
from sim.studies.neutrality_tables import (
    END_MARK,
    EQUITY,
    LEADS,
    MARK,
    OUTCOMES,
    PROFIT,
    border_table,
    decides_table,
    in_markdown,
    on_terminal,
    parts_table,
    points_table,
    shares_table,
)
from sim.studies.neutrality_verdicts import Markets, Verdicts, pooled
from sim.studies.sample import latin_hypercube
from sim.text.console import Progress
from sim.text.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

MARKETS, RUNS, FEWEST = 500, 2, 8
DESIGN_SEED = 20
"""Of the Latin hypercube: the same markets in every study of as many."""
MOST_IDLE = 0.15
"""Expected beforehand: spending nothing is ahead of both others in at most so many markets."""
MESSAGES = {
    "shares": "{subject}, against a {rival} rival: deals earn most in {deals:percent} of {n:count market}, relations "
              "in {relations:percent}, spending nothing in {idle:percent}; {close:percent} are too close to call.",
    "idle": "Expected beforehand: spending nothing ahead of both others in at most {most:percent} of markets; found "
            "{found:and}: {verdict}.",
    LEADS[0]: "What decides most between relations and deals with {ranges} is {subject} (rank correlation "
              "{value:+.2f}, interval {low:+.2f} to {high:+.2f}).",
    LEADS[1]: "Whether spending nothing is ahead hangs most on {subject} ({value:+.2f}, interval {low:+.2f} to "
              "{high:+.2f}).",
    "border": "Relations are as likely as not to be ahead where a customer brings about EUR {low_money:number} a year "
              "and a relation costs EUR {low_cost:number}, or EUR {high_money:number} at a cost of EUR "
              "{high_cost:number} (typical rival).",
    "no border": "No border was found: more money from a customer does not favour relations.",
}
CAVEATS = (
    "a percentage is a statement about the ranges, the border is the result",
    "three years are counted, and who stops spending lives on what the past has built: see customer equity",
    "costs in euros make some markets absurd: to know a customer costs more than he ever pays",
)


class Neutrality(Answer):
    """Who earns most, deals, relations or spending nothing, in markets drawn from ranges.

    `table()` has a row for each set of ranges, kind of rival and outcome: ranges, rival, outcome, n (markets), then for
    deals, relations, idle and too_close the share of markets in which it surely earns most, with `_low` and `_high`
    (95 %, Wilson), and `_ahead`: the share in which it is ahead in the mean. `decides()`: rank correlations of every
    dimension with relations minus deals, and with spending nothing minus the better of both. `parts()`: who is ahead,
    by money over the cost of a relation. `points()`: every market. `verdicts[ranges, rival, outcome]`: all as values.
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
        return self._told(shares_table(self.verdicts))

    def decides(self) -> pd.DataFrame:
        """What goes with the leads, see `decides_table`."""
        return decides_table(self.verdicts)

    def parts(self) -> pd.DataFrame:
        """Who is ahead in the mean, for equal groups of markets by money over the cost of a relation, by rival."""
        return parts_table(self.both)

    def points(self) -> pd.DataFrame:
        """Every market: its values, and for each rival and outcome who surely earns most and the means over runs."""
        return points_table(self.verdicts)

    def picture_table(self) -> pd.DataFrame:
        """The markets in the plane of money and cost, and in `attrs["borders"]` the lines between them."""
        return self._told(border_table(self.both))

    def _told(self, table: pd.DataFrame) -> pd.DataFrame:
        table.attrs.update(currency="EUR", runs=self._about["replications"], finding=self.finding)
        return table

    @property
    def finding(self) -> str:
        """The result as a title."""
        found = self.both["typical"]
        by = rank_correlations({"": found.markets.brought / found.markets.relation_cost}, found.lead)[""]
        if by.low > 0:
            return "The more a customer brings for each euro that a relation costs, the more often relations win"
        return "What a customer brings for each euro of a relation does not decide who wins"

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
        first = self.decides().groupby(["ranges", "lead"], sort=False).first().reset_index()
        found += [Finding(row["label"], value=row["correlation"], message=MESSAGES[row["lead"]],
                          details={"ranges": row["ranges"], "low": row["low"], "high": row["high"]})
                  for row in first.to_dict("records")]
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
    common random numbers; the budget is the same for all. Every market has seeds of its own, from `seed` on. Outcome:
    discounted profit, and customer equity at the end.

    Raises:
        ValueError: a number is out of range, or the store holds another study.
        OSError: the store cannot be written, or the scheduler cannot be reached.
    """
    check_keywords(execution, ExecutionOptions, ("markets", "replications", "seed"))
    checked_count(markets, FEWEST, "A study of neutrality needs at least {} markets")
    checked_count(replications, 2, "At least {} paired runs of every market are needed")
    import pandas as pd

    template = base()
    values = {ranges: [values_at(factors, place) for place in latin_hypercube(len(factors), markets, DESIGN_SEED)]
              for ranges, factors in RANGES.items()}
    how, tables = Execution.of(execution), []
    each = len(RANGES) * len(RIVALS) * len(ROLES) * replications
    with keep_pool(how.workers, how.scheduler):
        for number in range(markets):
            points = [point for ranges in RANGES
                      for point in points_at(ranges, number + 1, template, values[ranges][number])]
            plan = RunPlan(template, tuple(points), replications, checked_seed(seed + number * replications),
                           tuple(OUTCOMES))
            results = conduct(plan, replace(how, progress=_within(how.progress, number * each, markets * each),
                                            planned=0 if number else markets * each))
            tables.append(results.table())
            if results.stopped:
                break
    table = pd.concat(tables, ignore_index=True)
    about = {"markets": markets, "replications": replications, "seed": seed,
             "runs": len(table[table["status"] == DONE].drop_duplicates(["point", "replicate"]))}
    return Neutrality(_verdicts(table, replications, values), about)


def _within(progress: Progress | None, before: int, total: int) -> Progress | None:
    """The progress of one market as that of the whole study."""
    return None if progress is None else lambda done, _, what: progress(before + done, total, what)


def _verdicts(
    table: pd.DataFrame, replications: int, values: Mapping[str, list[dict[str, float]]]
) -> dict[tuple[str, str, str], Verdicts]:
    """The outcomes of all runs, market by market; markets that were not run to the end are left out.

    A firm that sold nothing lately has no customer equity to estimate: it counts as 0.
    """
    table = table[table["firm"] == FIRM].set_index(["point", "replicate"]).fillna({EQUITY: 0.0})
    columns = {outcome: table[outcome].unstack() for outcome in OUTCOMES} if len(table) else {}
    runs, found = list(range(replications)), {}
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
