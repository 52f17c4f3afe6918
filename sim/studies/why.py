"""Why did one do worse? The difference between two results, shared out among the decisions behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.market.need import periods_of
from sim.runs.execute import ScenarioLike, prepared
from sim.scenario.load import with_what_if
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, Interval, mean_interval
from sim.studies.answer import DesignAnswer
from sim.studies.answer_table import HIGH, LOW, VERDICT, Field, table_lines
from sim.studies.asking import Order, StudyOptions, order
from sim.studies.decisions import Group, between_firms, between_scenarios, together
from sim.studies.differences import interval_cells
from sim.studies.sharing_out import (
    BEHIND_PROFIT,
    PROFIT,
    along,
    combinations_of,
    orders_of,
    path_between,
    rounded,
    shapley,
    steps_in_words,
    widened,
)
from sim.text.console import WIDTH
from sim.text.findings import TOO_CLOSE, Finding
from sim.text.language import marked, tr
from sim.text.words import capital, name_or_words

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 10
ENOUGH = 2e8
"""Customer-periods of all runs up to which every combination of decisions is run: about two minutes on two cores."""
ORDERS = 24
"""Orders of the decisions that are drawn where all combinations would be too many."""
POSITION = marked("position, not decisions")
TOTAL = marked("difference")
"""Names of the last rows."""

PART = marked("The largest part: {subject}, {value:signed} (95 % interval {interval:span}).")
CLOSE = marked("The largest part: {subject}, {value:signed} (95 % interval {interval:span}), too close to call.")
WHOLE = marked("{subject}: {value:signed} ({n:count paired run}); the parts add up to it.")


@dataclass(frozen=True)
class Asked:
    """Two results that are compared: names of both, the groups of decisions between them, and the rest."""

    here: str
    there: str
    groups: tuple[Group, ...]
    orders: int


@dataclass(frozen=True)
class Shares:
    """What was shared out, run by run: by decision, what is position, the error of drawn orders, and the path."""

    parts: Floats
    position: Floats | None
    order_error: Floats
    path: Floats | None


class Why(DesignAnswer):
    """What each group of decisions adds to the difference between two results: Shapley's value, on paired runs.

    `parts` [groups, replications] and, between two firms of one market, `position` [replications]: what is left when
    one decides in everything as the other does (taste for the name, who knew it at the start, its budget). For every
    replication they add up to the difference; `table()` has their means, which in money add up to the minor unit.
    `path` [4, replications], where profit is asked about: what customers won, how long they stayed, what they paid
    meanwhile and costs add to the same difference (`sim.studies.sharing_out`); `path_table()` has their means.

    Columns: decision, part, low, high, share (of the whole difference), changes, verdict, n. The last row is the sum.
    """

    kind = "why"
    columns = (Field("decision", marked("decision")), Field("part", marked("part"), form="signed"), LOW, HIGH, VERDICT)
    picture = "why_waterfall"

    def __init__(self, order: Order, asked: Asked, shares: Shares) -> None:
        super().__init__(order)
        self.compared, self.parts, self.position = asked, shares.parts, shares.position
        self.order_error, self.path = shares.order_error, shares.path

    def __repr__(self) -> str:
        return f"<Why {self.compared.there} and {self.compared.here} differ: {len(self.compared.groups)} decisions>"

    @property
    def asked(self) -> str:
        """Nothing more than the findings say."""
        return ""

    @property
    def whole(self) -> Interval:
        """The whole difference, over paired runs."""
        return mean_interval(self._rows_of_runs().sum(axis=0))

    def _rows_of_runs(self) -> Floats:
        rows = [*self.parts, *([] if self.position is None else [self.position])]
        return np.array(rows)

    def _intervals(self) -> list[Interval]:
        """Of every part: over the runs, and where orders were drawn, over the orders, too."""
        found = [mean_interval(part) for part in self._rows_of_runs()]
        return [widened(one, float(error)) for one, error in zip(found, [*self.order_error, 0.0], strict=False)]

    @property
    def _names(self) -> list[str]:
        names = [group.name for group in self.compared.groups] + ([] if self.position is None else [POSITION])
        return [tr(name) for name in names]

    @property
    def _difference(self) -> str:
        """What is shared out, in words."""
        about = {"a": name_or_words(self.compared.here), "b": name_or_words(self.compared.there)}
        words = self.question.outcome_words
        if self.position is None:
            words = tr("{outcome} of {firm}", outcome=words, firm=self.question.b.firm)
        return tr("{outcome}, {b} minus {a}", outcome=words, **about)

    def _rows(self) -> list[dict[str, Any]]:
        words = [*(group.words for group in self.compared.groups), "", ""]
        rows = self._adding_up("decision", [*self._names, tr(TOTAL)], self._intervals())
        return [{**row, "changes": changes} for row, changes in zip(rows, words, strict=False)]

    def _adding_up(self, column: str, names: Sequence[str], intervals: Sequence[Interval]) -> list[dict[str, Any]]:
        """One row per part and one of the whole; money in whole minor units, which add up."""
        whole, unit, rows = self.whole, self._minor_units(), []
        total = round(whole.value * unit)
        values = [*rounded([one.value * unit for one in intervals], total), total] if unit else []
        for k, (name, interval) in enumerate(zip(names, [*intervals, whole], strict=True)):
            part = values[k] / unit if unit else interval_cells("part", interval)["part"]
            rows.append({column: name, "part": part, "low": interval.low, "high": interval.high,
                         "share": interval.value / whole.value if whole.value else float("nan"),
                         "verdict": "" if interval.excludes_zero else TOO_CLOSE, "n": interval.n})
        return rows

    def path_table(self) -> pd.DataFrame:
        """The path to the same difference, step by step: step, part, low, high, share, verdict, n; the last is the sum.

        Raises:
            ValueError: another outcome than profit is asked about.
        """
        import pandas as pd

        if self.path is None:
            raise ValueError(f"There is a path to {PROFIT} alone, not to {self.question.outcome}.")
        steps = [mean_interval(one) for one in self.path]
        table = pd.DataFrame(self._adding_up("step", [*steps_in_words(), tr(TOTAL)], steps))
        table.attrs = {**self.table().attrs, "finding": ""}
        return table

    def _minor_units(self) -> int:
        """Minor units of the outcome's currency; 0 where it is no money."""
        assert self.order.scenario is not None
        return self.order.scenario.money.minor_units if self.question.unit == "money" else 0

    def _title(self) -> str:
        rows = [row for row in self._rows()[:-1] if not row["verdict"]]
        if not rows:
            return tr("No single decision explains the difference beyond sampling error")
        most = max(rows, key=lambda row: abs(row["part"]))
        return tr("Most of it comes from: {decision}", decision=most["decision"])

    def findings(self) -> list[Finding]:
        """The whole, and its largest part: of those beyond sampling error, where there are any."""
        intervals, question = self._intervals(), self.question
        sure = [k for k, one in enumerate(intervals) if one.excludes_zero]
        most = max(sure or range(len(intervals)), key=lambda k: abs(intervals[k].value))
        return [question.finding(capital(self._difference), self.whole, WHOLE),
                question.finding(self._names[most], intervals[most], PART if sure else CLOSE)]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The parts, and the path where there is one."""
        return {**super().tables(), **({} if self.path is None else {"why_path": self.path_table()})}

    def lines(self) -> list[str]:
        """The table, the path to the same difference, and what each group of decisions changes."""
        changed = [line for group in self.compared.groups
                   for line in wrap(f"{tr(group.name)}: {group.words}", WIDTH - 2, subsequent_indent="  ")]
        steps = (Field("step", marked("step")), *self.columns[1:])
        path = [] if self.path is None else ["", *table_lines(self.path_table(), steps)]
        head = tr("What {name} decides otherwise:", name=name_or_words(self.compared.there))
        return [*super().lines(), *path, "", head, *changed]

    def save(self, folder: str | Path) -> Path:
        """As every study, and the picture of the path."""
        from sim import figures

        home = super().save(folder)
        if self.path is not None:
            figures.save("why_path", self.path_table(), home / "why_path.png")
        return home

    def _settings(self) -> dict[str, Any]:
        return {"here": self.compared.here, "there": self.compared.there, "orders": self.compared.orders or "all",
                "decisions": {group.name: dict(group.changes) for group in self.compared.groups}}


def why(
    scenario: ScenarioLike, other: ScenarioLike | None = None, *, firms: Sequence[str] | None = None,
    **options: Unpack[StudyOptions],
) -> Why:
    """Share the difference between two results out among the decisions behind it (Shapley's value).

    Either between two `firms` of one market (the first is asked to decide, group by group, as the second does), or
    between the scenario as written and its `what_if`, or between two scenarios with the same firms; then for one `firm`
    (left out: the first whose decisions differ, else the first). `outcome`: discounted profit to date unless another is
    asked for. All combinations of decisions are run on the same people and random draws; where these would be too many,
    so many orders of them are drawn, and their error is in the intervals.

    With v(S) the outcome where the decisions in S are changed, k decisions, and w(s) = s!(k − s − 1)!/k!:
    part(j) = Σ_S w(|S|)·(v(S ∪ j) − v(S)).

    Raises:
        ValueError: nothing differs, or there is no such firm or what-if.
        ScenarioError: a scenario, or a combination of decisions, is wrong.

    Source: Shapley 1953.
    """
    base = prepared(scenario, options.get("overrides"))
    if firms is not None:
        here, there = _two(base, firms)
        asked = Asked(here, there, between_firms(base, here, there), 0)
        return _shared(base, asked, {**options, "pair": (here, there), "firm": None})
    variant = prepared(other) if other is not None else with_what_if(base, options.get("what_if") or _first(base))
    groups = between_scenarios(base, variant)
    firm = options.get("firm") or _owner(base, groups)
    names = ("as written", variant.source.what_if or variant.source.name)
    return _shared(base, Asked(*names, groups, 0), {**options, "firm": firm, "pair": None})


def _two(scenario: Scenario, firms: Sequence[str]) -> tuple[str, str]:
    if len(firms) != 2 or firms[0] == firms[1] or any(name not in scenario.firms for name in firms):
        raise ValueError(f"Name two of the firms ({', '.join(scenario.firms)}), not {', '.join(firms) or 'nothing'}.")
    return firms[0], firms[1]


def _first(scenario: Scenario) -> str:
    if not scenario.what_if:
        raise ValueError("The scenario has no what-if: name two firms, or another scenario to compare with.")
    return next(iter(scenario.what_if))


def _owner(scenario: Scenario, groups: Sequence[Group]) -> str:
    """Whose result is asked about: the first firm whose decisions differ, else the first."""
    paths = [path.split(".") for group in groups for path in group.changes]
    return next((path[1] for path in paths if path[0] == "firms"), next(iter(scenario.firms)))


def _shared(base: Scenario, asked: Asked, options: Any) -> Why:
    options = {**options, "outcome": options.get("outcome") or PROFIT, "what_if": None, "overrides": None}
    outcomes = BEHIND_PROFIT if options["outcome"] == PROFIT else ()
    ready = order(base, options, REPLICATIONS, outcomes)
    names = [group.name for group in asked.groups]
    runs = 2 ** len(names) * ready.replications
    size = runs * base.market.customers * periods_of(base)
    drawn = [] if size <= ENOUGH else orders_of(names, ORDERS, ready.model.seed)
    wanted = combinations_of(names, drawn)
    points = [together(base, options["pair"], (group for group in asked.groups if group.name in chosen))
              for chosen in wanted]
    ready.model.plan(len(points) * ready.replications)
    every = ready.model.answers(points, ready.replicates)
    pair, found = options["pair"] is not None, every[0]
    value = dict(zip(wanted, found.a if pair else found.difference, strict=True))
    none, whole = wanted.index(frozenset()), wanted.index(frozenset(names))
    if drawn:
        each = np.array([along(value, one, names) for one in drawn])
        parts, error = each.mean(axis=0), each.mean(axis=2).std(axis=0, ddof=1) / len(drawn) ** 0.5
    else:
        parts, error = shapley(value, names), np.zeros(len(names))
    position = found.b[none] - value[wanted[whole]] if pair else None
    ends = ([(one.a[none], one.b[none]) for one in every] if pair
            else [(one.difference[none], one.difference[whole]) for one in every])
    path = path_between(*(np.array(end) for end in zip(*ends, strict=True))) if outcomes else None
    return Why(ready, Asked(asked.here, asked.there, asked.groups, len(drawn)), Shares(parts, position, error, path))
