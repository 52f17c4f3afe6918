"""A full grid over a few factors: every combination of their values, in paired runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import product
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.metrics.headlines import shown_metrics
from sim.metrics.registry import metric_in_words
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.manifest import rules_version
from sim.runs.plan import Point, RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.runs.summary import EQUITY
from sim.scenario.fields import full_name
from sim.scenario.schema import Scenario
from sim.scenario.shares import room_in_words
from sim.studies.answer import Answer
from sim.studies.answer_table import OF_ROW, VERDICT, Field
from sim.studies.differences import point_table
from sim.studies.keywords import check_keywords
from sim.text.findings import HIGHER, LOWER
from sim.text.numbers import amount, signed
from sim.text.words import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Factors = Mapping[str, Sequence[Any]]
MOST_POINTS = 100_000


class Sweep(Answer):
    """What a grid gave: `table()` for the points side by side, `runs` for every run, `explain()` for words."""

    kind = "sweep"
    picture = "difference_forest"
    columns = (Field("metric", form="metric"), Field("firm"), Field("point"),
               Field("mean", None, "amount", OF_ROW), Field("difference", None, "signed", OF_ROW),
               Field("low", "from", "signed", OF_ROW), Field("high", "to", "signed", OF_ROW), VERDICT)

    def __init__(self, results: Results, factors: Factors) -> None:
        self.results = results
        self.factors = {path: tuple(values) for path, values in factors.items()}

    def __repr__(self) -> str:
        return f"<Sweep over {', '.join(self.factors)}: {self.results!r}>"

    @property
    def n(self) -> int:
        """How many replications are done in every point."""
        return self.results.n

    @property
    def studied(self) -> Scenario:
        """The scenario whose numbers are swept."""
        return self.results.plan.scenario

    @property
    def note(self) -> str:
        """What failed or is missing, and which shares give way to a factor; empty when there is nothing to say."""
        return " ".join(filter(None, [self.results.note, room_in_words(self.studied, self.factors)]))

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run and firm (see `Results.table`)."""
        return self.results.table()

    def table(self, outcomes: Iterable[str] | str | None = None) -> pd.DataFrame:
        """One row per outcome, firm and point, each compared with the first (see `point_table`).

        Raises:
            ValueError: there is no such outcome.
        """
        return point_table(self.results, [outcomes] if isinstance(outcomes, str) else outcomes)

    @property
    def firm(self) -> str:
        """Whose outcomes are told first: the firm that the factors change, else the first one."""
        named = [path.split(".")[1] for path in self.factors if path.startswith("firms.")]
        return named[0] if named and named[0] in self.results.firms else self.results.firms[0]

    def _chosen(self, outcome: str | None, firm: str | None) -> tuple[str, str]:
        """The outcome and the firm; unless given, customer equity (else the first outcome) of `firm`."""
        there = self.results.layout.outcomes
        return outcome or (EQUITY if EQUITY in there else there[0]), firm or self.firm

    def explain(self, outcome: str | None = None, firm: str | None = None) -> str:
        """Two plain sentences: which point is best, by how much more than the first, and how sure that is.

        Raises:
            ValueError: there is no such outcome or firm.
        """
        (chosen, whose), base = self._chosen(outcome, firm), self.results.base
        self.results.own_values(base, chosen, whose)  # names that do not exist are refused here
        rows = [row for row in self.table(chosen).to_dict("records") if row["firm"] == whose and isfinite(row["mean"])]
        if not rows:
            failed, total = self.results.failed, sum(self.results.counts.values())
            return "Nothing can be said: no run is done, or none has this number." if not failed else (
                f"Nothing can be said: {len(failed)} of {total} runs failed. The first, at {failed[0].point!r} "
                f"with seed {failed[0].seed}: {failed[0].reason}")
        best = max(rows, key=lambda row: row["mean"])
        unit, point = str(best["unit"]), best["point"]
        value = amount(best["mean"], unit, self.results.plan.scenario.money.currency)
        what = f"The {metric_in_words(chosen)} of {whose}"
        if len(rows) == 1:
            return f"{what} at {point!r}, the only point that has it, is {value}."
        if point == base:
            return f"{what} is highest, {value}, at the first point {point!r}. {_how_sure(rows)}"
        change, low, high = (signed(best[key], unit) for key in ("difference", "low", "high"))
        return (f"{what} is highest, {value}, at {point!r}: {change} against {base!r} (95 % interval {low} to {high}, "
                f"{best['pairs']} paired runs; {best['verdict']}). {_how_sure(rows)}")

    def forest(self, outcome: str | None = None, firm: str | None = None) -> pd.DataFrame:
        """The table of the picture: one row per point but the first; `label`, `difference`, `low`, `high`, `verdict`.

        Words in `attrs`: outcome_words, unit, currency, option_a (the first point), option_b, finding, n.
        """
        (chosen, whose), base = self._chosen(outcome, firm), self.results.base
        table = self.table(chosen)
        table = table[(table["firm"] == whose) & (table["point"] != base) & (table["pairs"] > 0)]
        table = table.drop(columns=["n", "metric"]).rename(columns={"point": "label", "pairs": "n"})
        name = f"{metric_in_words(chosen)} of {whose}"
        unit, n = (str(table["unit"].iloc[0]), int(table["n"].max())) if len(table) else ("", 0)
        table.attrs |= {
            "outcome": chosen, "outcome_words": name, "firm": whose, "unit": unit, "option_a": base,
            "option_b": "each point", "currency": self.results.plan.scenario.money.currency, "n": n,
            "finding": _finding(table, name, base),
        }
        return table.reset_index(drop=True)

    picture_table = forest

    def plot(self, ax: Axes | None = None, *, outcome: str | None = None, firm: str | None = None) -> Axes:
        """Draw the paired difference of every point from the first.

        Raises:
            ValueError: there is nothing to draw.
        """
        from sim import figures

        table = self.forest(outcome, firm)
        if table.empty:
            raise ValueError("There is nothing to draw: no two points have a run in common.")
        return figures.find(self.picture)(table, ax)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        return {self.kind: self.table(), "runs": self.runs}

    def settings(self) -> dict[str, Any]:
        """How it was found: enough to do it again."""
        plan = self.results.plan
        source = plan.scenario.source
        return {
            "design": self.kind, "scenario": source.name, "overrides": dict(source.overrides),
            "what_if": source.what_if, "scenario_hash": plan.base_hash, "factors": self.factors,
            "replications": plan.replications, "seed": plan.seed, "outcomes": plan.outcomes, "year": plan.end,
            "rules": rules_version(), "runs": sum(self.results.counts.values()),
        }


def _how_sure(rows: Sequence[Mapping[Any, Any]]) -> str:
    """How many points differ from the first, and how far that can be believed."""
    others = [row for row in rows if row["pairs"] > 0]
    if all(row["pairs"] < 2 for row in others):
        return "There is one run per point, so there is no interval."
    sure, count = sum(row["verdict"] in (HIGHER, LOWER) for row in others), len(others)
    if count == 1:
        return "The two points surely differ." if sure else "The two points are too close to call."
    return (f"{sure} of {count} points differ{'s' if sure == 1 else ''} from the first beyond sampling error in this "
            f"outcome; each interval stands for itself, so of {count} comparisons about {0.05 * count:.2g} miss by "
            "chance.")


def _finding(table: pd.DataFrame, name: str, base: str) -> str:
    """What the picture of a sweep shows, as its head."""
    if not table["verdict"].isin([HIGHER, LOWER]).any():
        return f"No point surely changes the {name}"
    best = max(table.to_dict("records"), key=lambda row: row["difference"])
    if best["verdict"] == HIGHER:
        return f"The {name} is highest at {best['label']}"
    return f"No point surely raises the {name} above {base}"


class SweepOptions(ExecutionOptions, total=False):
    """Keywords of `sweep`; all may be left out.

    `seed`: of the first replication (the scenario's); `overrides`: changes of the scenario by dotted name;
    `what_if`: one of its overlays; `outcomes`: metrics (its headline, and the standard ones); `year`: when they are
    read (the end). How the runs are done: see `ExecutionOptions`.
    """

    seed: int | None
    overrides: Mapping[str, Any] | None
    what_if: str | None
    outcomes: Iterable[str] | None
    year: float | None


def sweep(
    scenario: ScenarioLike, factors: Factors, replications: int | None = None, **options: Unpack[SweepOptions]
) -> Sweep:
    """Run every combination of the factors' values, each in `replications` runs with common random numbers.

    `factors` holds a list of values by dotted name; the last factor changes fastest. Replication k has the seed
    `seed + k` in every point. `replications` comes from the scenario unless given; `options` (see `SweepOptions`) say
    what is read off, and where runs are kept and done. Numbers do not depend on workers, and a sweep with a `store`
    goes on where it was stopped.

    Raises:
        ScenarioError: the scenario or a point is wrong.
        ValueError: a factor has no value or one twice, a number is out of range, or the store holds another study.

    >>> small = {"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 1},
    ...          "market": {"customers": 40}}
    >>> found = sweep(small, {"firms.A.price": [9, 10]}, 2, outcomes=["market_share"])
    >>> found.n, found.table()["point"].tolist()[:2]
    (2, ['firms.A.price=9', 'firms.A.price=10'])
    """
    from sim.scenario.load import with_what_if

    check_keywords(options, SweepOptions, ("replications",))
    base = prepared(scenario, options.get("overrides"))
    if (overlay := options.get("what_if")) is not None:
        base = with_what_if(base, overlay)
    seed, outcomes = options.get("seed"), options.get("outcomes")
    plan = RunPlan(
        base, points_of(factors), base.runs.replications if replications is None else replications,
        base.runs.seed if seed is None else seed, shown_metrics(base) if outcomes is None else tuple(outcomes),
        options.get("year"),
    )
    if (store := options.get("store")) is not None:
        _check_same_sweep(Path(store), plan)
    return Sweep(conduct(plan, Execution.of(options)), factors)


def points_of(factors: Factors) -> tuple[Point, ...]:
    """The points of a full grid, named after their values; the last factor changes fastest.

    Raises:
        ValueError: there is no factor, a factor has no value or one twice, or there are too many points.
    """
    if not factors:
        raise ValueError("A sweep needs at least one factor, e.g. firms.Root.price with the values 9, 10, 11.")
    for path, values in factors.items():
        if isinstance(values, str | bytes | Mapping | Set) or not hasattr(values, "__len__") or np.ndim(values) != 1:
            raise ValueError(f"{path}: a factor needs a list of values, e.g. [9, 10, 11], not "
                             f"{values if isinstance(values, str | int | float) else type(values).__name__}.")
        words = [in_name(value) for value in values]
        if not words or len(set(words)) < len(words):
            raise ValueError(f"{path}: a factor needs one or more different values, not {', '.join(words) or 'none'}.")
    whole = [full_name(path) for path in factors]
    if len(set(whole)) < len(whole):
        raise ValueError(f"Two factors are the same number: {', '.join(factors)}.")
    count = prod(len(values) for values in factors.values())
    if count > MOST_POINTS:
        raise ValueError(f"A sweep has at most {MOST_POINTS:,} points, not {count:,}: take fewer values.")
    grid = [dict(zip(factors, values, strict=True)) for values in product(*factors.values())]
    return tuple(Point(", ".join(f"{path}={in_name(value)}" for path, value in changes.items()), changes)
                 for changes in grid)


def in_name(value: Any) -> str:
    """A value as it stands in the name of a point.

    >>> in_name(0.2), in_name(9), in_name("cash"), in_name([1, 2])
    ('0.2', '9', 'cash', '[1, 2]')
    """
    return json.dumps(value) if isinstance(value, list | dict) else shown(value)


def _check_same_sweep(path: Path, plan: RunPlan) -> None:
    """A store that was begun by a sweep is for this sweep: with the same factors and the same first seed.

    Raises:
        ValueError: it is not.
    """
    from sim.runs.store import whole
    from sim.runs.stored_plan import ADVICE, layout_of
    try:
        with whole(path) as (connection, _):
            layout = layout_of(connection, path)
            (seed,) = connection.execute("SELECT value FROM study WHERE name = 'seed'").fetchone()
    except (OSError, ValueError):
        return  # new, not ours, or damaged: whoever opens it for writing says so
    if set(layout.factors) != set(plan.factors):
        there, here = ", ".join(layout.factors) or "nothing", ", ".join(plan.factors)
        raise ValueError(f"{path} holds another study: it varies {there}, not {here}. {ADVICE}")
    if int(seed) != plan.seed:
        raise ValueError(f"{path} holds another study: its first seed is {seed}, not {plan.seed}. {ADVICE}")
