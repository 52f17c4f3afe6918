"""Which numbers matter: one at a time (tornado), roughly over the whole space (Morris), as shares of variance (Sobol).

Every method asks the same question at many points with the same luck at each, so that what differs between points is
what the factors do, not chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.experiments.answer import Answer, and_list
from sim.experiments.asking import Asked, FactorsLike, Options, Order, changed, order
from sim.experiments.factors import Factor
from sim.experiments.indices import Indices, morris_indices, morris_points, sobol_indices, sobol_points
from sim.experiments.model import Answers, Changes
from sim.experiments.statistics import mean_interval

if TYPE_CHECKING:
    import pandas as pd

TORNADO, MORRIS, SOBOL = "tornado", "morris", "sobol"
METHODS = (TORNADO, MORRIS, SOBOL)
REPLICATIONS = {TORNADO: 4, MORRIS: 2, SOBOL: 2}
SAMPLES = {MORRIS: 8, SOBOL: 32}
MOST_SHOWN, WIDE = 12, 0.4
SCREENED = 6
"""How many factors a Sobol analysis takes when none is named: those with the largest swings of a short tornado."""


class Sensitivity(Answer):
    """Factors in the order in which they matter."""

    kind = "sensitivity"

    def __init__(self, asked: Order, factors: tuple[Factor, ...], method: str) -> None:
        self.order, self.factors, self.method = asked, factors, method
        self.picture = {TORNADO: "tornado", MORRIS: "difference_forest", SOBOL: "sobol_bars"}[method]
        self.samples = 0
        self.rows: list[dict[str, Any]] = []

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Sensitivity ({self.method}) of {self.order.name} to {len(self.factors)} factors>"

    def table(self) -> pd.DataFrame:
        """One row per factor, the one that matters most first.

        tornado: factor, label, unit, source, is_guess, value, low, high, base (mean outcome as written), at_low,
        at_low_from, at_low_to, at_high, at_high_from, at_high_to (mean outcome at an end of the range, with the 95 %
        t interval of its paired change from the base), swing (at_high − at_low), swing_low, swing_high, reverses (ends
        at which another option wins in every run, with an interval beyond 0), n (replicates). Each interval is 95 % by
        itself; `attrs["comparisons"]` says how many there are: one in twenty misses.
        morris: factor, label, unit, source, is_guess, value, low, high, mean_absolute (μ*: mean size of the effect of
        the whole range), mean_absolute_low, mean_absolute_high, mean (μ), spread (σ: how much the effect depends on the
        other factors), n (trajectories).
        sobol: factor, label, …, first (share of variance by the factor alone), first_low, first_high, total (with all
        its interactions), total_low, total_high, n (base samples); intervals by bootstrap, held inside 0 to 1.
        """
        import pandas as pd

        table = pd.DataFrame(self.rows)
        table.attrs.update(
            self.order.question.attrs(), finding=self.finding, analysis=self.method, n=self.order.replications,
            seed=self.order.model.seed, comparisons=(2 if self.method == TORNADO else 1) * len(self.factors),
        )
        return table

    def picture_table(self) -> pd.DataFrame:
        """The table; for Morris the sizes of the effects as a forest."""
        table = self.table()
        if self.method != MORRIS:
            return table
        alone = table["spread"] <= table["mean_absolute"]
        shown = table[["factor", "label", "n"]].assign(
            difference=table["mean_absolute"], low=table["mean_absolute_low"], high=table["mean_absolute_high"],
            verdict=["much by itself" if one else "with others" for one in alone],
        )
        words = f"size of the effect of a whole range on {self.order.question.words}"
        shown.attrs = {**table.attrs, "outcome_words": words, "option_a": "", "option_b": "",
                       "method": "95 % bootstrap interval over walks"}
        return shown.head(MOST_SHOWN)

    @property
    def finding(self) -> str:
        """The result as a title."""
        top = self.rows[0]["label"]
        return f"{top[:1].upper()}{top[1:]} matters most"

    def explain(self) -> str:
        """Two plain sentences: what matters most and by how much, and whether any end reverses the winner."""
        return _WORDS[self.method](self)

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            "design": self.kind, "method": self.method, "scenario": self.order.name, "samples": self.samples,
            "question": self.order.question.words, "replications": self.order.replications,
            "seed": self.order.model.seed, "runs": self.order.model.runs,
            "factors": {factor.path: [factor.low, factor.high] for factor in self.factors},
        }


def sensitivity(
    scenario: Asked, factors: FactorsLike | None = None, method: str = TORNADO, *, samples: int | None = None,
    **options: Unpack[Options],
) -> Sensitivity:
    """How much the outcome depends on each factor.

    `factors`: "world" (numbers of market, product and people; the default), "guesses" (nobody measured them), "all",
    dotted names, or ranges by dotted name. `method`: "tornado" moves one factor at a time to the ends of its range;
    "morris" takes `samples` random walks through the whole space (8; k + 1 points each); "sobol" splits the variance
    over the space with `samples`·(k + 2) points (32, a power of two); without factors it takes the six with the largest
    swings. A function of (factors, seed) may stand in the place of a scenario.

    Sources: Morris 1991; Campolongo et al. 2007 (μ*); Sobol 2001; Saltelli et al. 2010; computed by SALib.

    Raises:
        ValueError: there is no such method, or a number is out of range.
        ScenarioError: the scenario or a factor is wrong.

    >>> found = sensitivity(lambda x, seed: 3 * x["a"] + x["b"], {"a": (0, 1), "b": (0, 1)})
    >>> found.table()[["factor", "swing"]].to_dict("list")
    {'factor': ['a', 'b'], 'swing': [3.0, 1.0]}
    """
    if method not in METHODS:
        from sim.scenario.words import suggestion

        raise ValueError(f"There is no method {method!r}; {suggestion(method, METHODS)}")
    asked = order(scenario, options, REPLICATIONS[method])
    chosen = asked.factors(factors)
    if method == SOBOL and factors is None and len(chosen) > SCREENED:
        chosen = _screened(asked, chosen)
    found = Sensitivity(asked, chosen, method)
    if method == TORNADO:
        found.rows = _tornado(asked, chosen)
    else:
        found.samples = SAMPLES[method] if samples is None else int(samples)
        found.rows = _morris(found) if method == MORRIS else _sobol(found)
    return found


def _screened(asked: Order, factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    short = Order(asked.model, asked.scenario, 2)
    largest = [row["factor"] for row in _tornado(short, factors)[:SCREENED]]
    by_path = {factor.path: factor for factor in factors}
    return tuple(by_path[path] for path in largest)


def ends_of(asked: Order, factors: tuple[Factor, ...]) -> tuple[Answers, Answers, Answers]:
    """Answers at the base [1], and with one factor at a time at its low end [k] and at its high end [k]."""
    points: list[Changes] = [{}, *({factor.path: factor.low} for factor in factors)]
    points += [{factor.path: factor.high} for factor in factors]
    asked.model.plan(len(points) * asked.replications)
    both = asked.answers(points)
    k = len(factors)
    parts = [slice(0, 1), slice(1, 1 + k), slice(1 + k, 1 + 2 * k)]
    base, low, high = (Answers(both.a[part], both.b[part]) for part in parts)
    return base, low, high


def _tornado(asked: Order, factors: tuple[Factor, ...]) -> list[dict[str, Any]]:
    base, low, high = (one.difference for one in ends_of(asked, factors))
    level = float(np.nanmean(base[0]))
    rows = []
    for place, factor in enumerate(factors):
        row = {**facts(factor), "base": level}
        for name, end in (("at_low", low[place]), ("at_high", high[place])):
            change = mean_interval(end - base[0])
            row |= {name: level + change.value, f"{name}_from": level + change.low, f"{name}_to": level + change.high}
        swing = mean_interval(high[place] - low[place])
        row |= {"swing": swing.value, "swing_low": swing.low, "swing_high": swing.high,
                "reverses": _reversing(asked, level, (low[place], high[place])), "n": swing.n}
        rows.append(row)
    return sorted(rows, key=lambda row: -_reach(row))


def _reach(row: dict[str, Any]) -> float:
    """How far the bar of a factor goes: both ends may lie on the same side of the base."""
    values = [row["at_low"], row["at_high"], row["base"]]
    return float(np.nanmax(values) - np.nanmin(values))


def _reversing(asked: Order, level: float, ends: tuple[Any, Any]) -> str:
    """Ends at which another option than in the base surely wins; nothing to reverse with one option."""
    if asked.question.a is None:
        return ""
    found = []
    for name, values in zip(("low", "high"), ends, strict=True):
        turned = -values if level > 0 else values
        if (turned > 0).all() and mean_interval(turned).excludes_zero:
            found.append(name)
    return " and ".join(found)


def _morris(found: Sensitivity) -> list[dict[str, Any]]:
    asked, factors = found.order, found.factors
    places = morris_points(len(factors), found.samples, asked.model.seed)
    return _rows(found, morris_indices(places, _means(asked, factors, places), asked.model.seed),
                 ("mean_absolute", "mean", "spread"))


def _sobol(found: Sensitivity) -> list[dict[str, Any]]:
    asked, factors = found.order, found.factors
    places = sobol_points(len(factors), found.samples, asked.model.seed)
    indices = sobol_indices(len(factors), _means(asked, factors, places), asked.model.seed)
    return _rows(found, indices, ("total", "first"))


def _means(asked: Order, factors: tuple[Factor, ...], places: Any) -> Any:
    points = [changed(factors, row) for row in places]
    asked.model.plan(len(points) * asked.replications)
    means = asked.answers(points).mean
    if not np.isfinite(means).all():
        raise ValueError("Some points gave no number, so that no index can be told: choose narrower ranges.")
    return means


def _rows(found: Sensitivity, indices: Indices, names: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = []
    for place, factor in enumerate(found.factors):
        row = facts(factor)
        for name in sorted(names, key=list(indices.values).index):
            row[name] = float(indices.values[name][place])
            if name in indices.halves:
                half = float(indices.halves[name][place])
                low, high = row[name] - half, row[name] + half
                if found.method == SOBOL:  # a share
                    low, high = max(0.0, min(1.0, low)), max(0.0, min(1.0, high))
                row |= {f"{name}_low": low, f"{name}_high": high}
        rows.append({**row, "n": found.samples})
    return sorted(rows, key=lambda row: -row[names[0]])


def facts(factor: Factor) -> dict[str, Any]:
    """What a table says of a factor itself."""
    return {
        "factor": factor.path, "label": factor.words, "unit": factor.unit, "source": factor.source,
        "is_guess": factor.is_guess, "value": factor.value, "low": factor.low, "high": factor.high,
    }


def _tornado_words(found: Sensitivity) -> str:
    top, question = found.rows[0], found.order.question
    first = (
        f"Of {len(found.rows)} factors moved one at a time, {top['label']} ({top['factor']}) matters most for "
        f"{question.words}: {question.amount(top['at_low'], True)} at {top['low']:.3g}, "
        f"{question.amount(top['at_high'], True)} at {top['high']:.3g}, against {question.amount(top['base'], True)} "
        f"as written ({top['n']} paired runs each)."
    )
    turning = [str(row["factor"]) for row in found.rows if row["reverses"]]
    if question.a is None:
        return f"{first} Next comes {found.rows[1]['label']}." if len(found.rows) > 1 else first
    if not turning:
        return f"{first} No factor alone makes another option surely win within its range."
    return f"{first} Another option surely wins at an end of {and_list(turning[:5])}."


def _morris_words(found: Sensitivity) -> str:
    top, question = found.rows[0], found.order.question
    crooked = [row["label"] for row in found.rows[:5] if row["spread"] > row["mean_absolute"]]
    rest = (f"The effect of {and_list(crooked)} depends on the other factors." if crooked
            else "None of the first five depends strongly on the other factors.")
    return (
        f"Over the whole space {top['label']} ({top['factor']}) moves {question.words} most: by "
        f"{question.amount(top['mean_absolute'])} on average over its range, give or take "
        f"{question.amount(top['mean_absolute_high'] - top['mean_absolute'])} ({found.samples} walks). {rest}"
    )


def _sobol_words(found: Sensitivity) -> str:
    top = found.rows[0]
    alone = sum(row["first"] for row in found.rows)
    wide = top["total_high"] - top["total_low"] > WIDE
    more = f", wide: {4 * found.samples} samples would halve it" if wide else ""
    return (
        f"{top['label'][:1].upper()}{top['label'][1:]} ({top['factor']}) accounts for {100 * top['total']:.0f} % of "
        f"the variance of {found.order.question.words} over the space, interactions included "
        f"(95 % interval {100 * top['total_low']:.0f} to {100 * top['total_high']:.0f} %{more}). "
        f"The factors one by one account for {100 * alone:.0f} %; the rest is interaction."
    )


_WORDS = {TORNADO: _tornado_words, MORRIS: _morris_words, SOBOL: _sobol_words}
