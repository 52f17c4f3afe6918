"""Why did one do worse? The difference between two results, shared out among the decisions behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, hypot
from textwrap import wrap
from typing import Any, Unpack

import numpy as np

from sim.equity.decomposition import owen_values
from sim.market.need import periods_of
from sim.numerics.draws import key
from sim.runs.execute import ScenarioLike, prepared
from sim.scenario.load import with_what_if
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, Interval, mean_interval
from sim.studies.answer import DesignAnswer
from sim.studies.answer_table import Field
from sim.studies.asking import Order, StudyOptions, order
from sim.studies.decisions import Group, between_firms, between_scenarios, together
from sim.studies.differences import interval_cells
from sim.text.console import WIDTH
from sim.text.findings import TOO_CLOSE, Finding
from sim.text.words import capital

PROFIT = "cumulative_discounted_profit_money"
REPLICATIONS = 10
ENOUGH = 2e8
"""Customer-periods of all runs up to which every combination of decisions is run: about two minutes on two cores."""
ORDERS = 24
"""Orders of the decisions that are drawn where all combinations would be too many."""
NORMAL = 1.96
"""Quantile of the normal distribution for 95 %."""
POSITION = "position, not decisions"
TOTAL = "difference"
"""Names of the last rows."""

PART = "The largest part: {subject}, {value:signed} (95 % interval {interval:span})."
CLOSE = PART[:-1] + ", too close to call."
SURE = PART.replace("largest part", "largest part beyond sampling error")
WHOLE = "{subject}: {value:signed} ({n:count paired run}); the parts add up to it."


@dataclass(frozen=True)
class Asked:
    """Two results that are compared: names of both, the groups of decisions between them, and the rest."""

    here: str
    there: str
    groups: tuple[Group, ...]
    orders: int


class Why(DesignAnswer):
    """What each group of decisions adds to the difference between two results: Shapley's value, on paired runs.

    `parts` [groups, replications] and, between two firms of one market, `position` [replications]: what is left when
    one decides in everything as the other does (taste for the name, who knew it at the start, its budget). For every
    replication they add up to the difference; `table()` has their means, which in money add up to the minor unit.

    Columns: decision, part, low, high, share (of the whole difference), changes, verdict, n. The last row is the sum.
    """

    kind = "why"
    columns = (Field("decision"), Field("part", form="signed"), Field("low", "from", "signed"),
               Field("high", "to", "signed"), Field("verdict"))
    picture = "why_waterfall"

    def __init__(self, order: Order, asked: Asked, parts: Floats, position: Floats | None, error: Floats) -> None:
        super().__init__(order)
        self.compared, self.parts, self.position, self.order_error = asked, parts, position, error

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
        return [_widened(one, float(error)) for one, error in zip(found, [*self.order_error, 0.0], strict=False)]

    @property
    def _names(self) -> list[str]:
        return [group.name for group in self.compared.groups] + ([] if self.position is None else [POSITION])

    @property
    def _difference(self) -> str:
        """What is shared out, in words."""
        question, pair = self.question, f"{self.compared.there} minus {self.compared.here}"
        return f"{question.outcome_words}{'' if self.position is not None else f' of {question.b.firm}'}, {pair}"

    def _rows(self) -> list[dict[str, Any]]:
        words = [group.words for group in self.compared.groups] + [""]
        whole, intervals = self.whole, self._intervals()
        unit = self._minor_units()
        values = rounded([one.value * unit for one in intervals], round(whole.value * unit)) if unit else []
        rows = []
        for k, (name, interval) in enumerate(zip([*self._names, TOTAL], [*intervals, whole], strict=True)):
            cells = interval_cells("part", interval)
            if unit:
                cells["part"] = values[k] / unit if k < len(values) else round(whole.value * unit) / unit
            rows.append({"decision": name, "part": cells["part"], "low": interval.low, "high": interval.high,
                         "share": interval.value / whole.value if whole.value else float("nan"),
                         "changes": words[k] if k < len(words) else "",
                         "verdict": "" if interval.excludes_zero else TOO_CLOSE, "n": interval.n})
        return rows

    def _minor_units(self) -> int:
        """Minor units of the outcome's currency; 0 where it is no money."""
        assert self.order.scenario is not None
        return self.order.scenario.money.minor_units if self.question.unit == "money" else 0

    def _title(self) -> str:
        rows = [row for row in self._rows()[:-1] if not row["verdict"]]
        if not rows:
            return "No single decision explains the difference beyond sampling error"
        most = max(rows, key=lambda row: abs(row["part"]))
        return f"Most of it comes from: {most['decision']}"

    def findings(self) -> list[Finding]:
        """The whole, its largest part, and the largest one beyond sampling error."""
        intervals, question = self._intervals(), self.question
        by_size = sorted(range(len(intervals)), key=lambda k: -abs(intervals[k].value))
        found = [question.finding(capital(self._difference), self.whole, WHOLE)]
        sure = [k for k in by_size if intervals[k].excludes_zero]
        for k in dict.fromkeys([by_size[0], *sure[:1]]):
            message = CLOSE if k not in sure else PART if k == by_size[0] else SURE
            found.append(question.finding(self._names[k], intervals[k], message))
        return found

    def lines(self) -> list[str]:
        """The table, and below it what each group of decisions changes."""
        changed = [line for group in self.compared.groups
                   for line in wrap(f"{group.name}: {group.words}", WIDTH - 2, subsequent_indent="  ")]
        return [*super().lines(), "", f"What {self.compared.there} decides otherwise:", *changed]

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
    ready = order(base, options, REPLICATIONS)
    names = [group.name for group in asked.groups]
    runs = 2 ** len(names) * ready.replications
    size = runs * base.market.customers * periods_of(base)
    drawn = [] if size <= ENOUGH else orders_of(names, ORDERS, ready.model.seed)
    wanted = _combinations(names, drawn)
    points = [together(base, options["pair"], (group for group in asked.groups if group.name in chosen))
              for chosen in wanted]
    ready.model.plan(len(points) * ready.replications)
    found = ready.answers(points)
    value = dict(zip(wanted, found.a if options["pair"] else found.difference, strict=True))
    whole = value[frozenset(names)] - value[frozenset()]
    if drawn:
        each = np.array([along(value, one, names) for one in drawn])
        parts, error = each.mean(axis=0), each.mean(axis=2).std(axis=0, ddof=1) / len(drawn) ** 0.5
    else:
        parts, error = shapley(value, names), np.zeros(len(names))
    position = found.b[wanted.index(frozenset())] - value[frozenset()] - whole if options["pair"] else None
    return Why(ready, Asked(asked.here, asked.there, asked.groups, len(drawn)), parts, position, error)


def _widened(interval: Interval, error: float) -> Interval:
    """An interval with another standard error in it, that of the orders drawn."""
    half = hypot(interval.high - interval.value, NORMAL * error)
    return Interval(interval.value, interval.value - half, interval.value + half, interval.n)


Values = dict[frozenset[str], Floats]


def shapley(value: Values, names: Sequence[str]) -> Floats:
    """What each name adds to value(all) − value(none), over replications [names, R].

    >>> two = {frozenset(): 0.0, frozenset("a"): 1.0, frozenset("b"): 2.0, frozenset("ab"): 7.0}
    >>> shapley({chosen: np.array([each]) for chosen, each in two.items()}, "ab").ravel().tolist()
    [3.0, 4.0]
    """
    found = owen_values(lambda at: value[frozenset(name for name in names if at[name])], dict.fromkeys(names, False),
                        dict.fromkeys(names, True), {name: (name,) for name in names})
    return np.array([found[name] for name in names])


def orders_of(names: Sequence[str], number: int, seed: int) -> list[tuple[str, ...]]:
    """Orders of names, drawn by the seed; each is followed by its reverse, which evens them out."""
    drawn: list[tuple[str, ...]] = []
    for place in range((number + 1) // 2):
        luck = {name: int(key(seed, place, "bootstrap", k)) for k, name in enumerate(names)}
        one = tuple(sorted(names, key=luck.__getitem__))
        drawn += [one, one[::-1]]
    return drawn


def along(value: Values, names: Sequence[str], places: Sequence[str]) -> Floats:
    """What each name adds when they are changed in this order, by the places of the names [names, R]."""
    steps = [frozenset(names[:k]) for k in range(len(names) + 1)]
    added = {name: value[after] - value[before] for name, (before, after) in zip(names, pairwise(steps), strict=True)}
    return np.array([added[name] for name in places])


def _combinations(names: Sequence[str], drawn: Sequence[tuple[str, ...]]) -> list[frozenset[str]]:
    if drawn:
        found = [frozenset(one[:k]) for one in drawn for k in range(len(names) + 1)]
    else:
        found = [frozenset(name for k, name in enumerate(names) if mask >> k & 1) for mask in range(2 ** len(names))]
    return list(dict.fromkeys(found))


def rounded(parts: Sequence[float], total: int) -> list[int]:
    """Whole numbers that add up to the total, each as near to its part as that allows (largest remainder).

    >>> rounded([1.4, 1.4, 1.2], 4), rounded([-0.5, 2.5], 2)
    ([2, 1, 1], [0, 2])
    """
    whole = [floor(part) for part in parts]
    rest = sorted(range(len(parts)), key=lambda k: (whole[k] - parts[k], k))
    for k in rest[:total - sum(whole)]:
        whole[k] += 1
    return whole
