"""A sample of the space of factors: how the outcome is spread, where which option wins, which factors go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.experiments.answer import Answer
from sim.experiments.asking import Asked, FactorsLike, Options, Order, order
from sim.experiments.designs import KINDS, LATIN_HYPERCUBE, Design, latin_hypercube, sobol_sequence
from sim.experiments.differences import verdict_of
from sim.experiments.statistics import Floats, mean_interval, share_ahead, wilson_interval

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, POINTS = 4, 50
SPREADS = tuple(kind for kind in KINDS if kind != "grid")


class Sample(Answer):
    """Many markets out of the ranges, each run a few times."""

    kind = "sample"
    picture = "difference_forest"

    def __init__(self, asked: Order, design: Design, values: Floats) -> None:
        self.order, self.design, self.values = asked, design, values

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Sample of {self.order.name}: {len(self.design)} points of {len(self.design.factors)} factors>"

    def table(self) -> pd.DataFrame:
        """One row per point, the largest difference first.

        point, label, one column per factor (its value), difference (mean of b − a, or of the only option's level), low,
        high (95 % t interval, each by itself), n, share_b, share_low, share_high (Wilson), verdict.
        """
        import pandas as pd

        rows = []
        points: list[dict[Any, Any]] = self.design.table().to_dict("records")
        for place, point in enumerate(points):
            values = self.values[place]
            mean, ahead = mean_interval(values), share_ahead(values)
            rows.append({
                **point, "label": f"point {point['point']}", "difference": mean.value, "low": mean.low,
                "high": mean.high, "n": mean.n, "share_b": ahead.value, "share_low": ahead.low,
                "share_high": ahead.high, "verdict": verdict_of(values, mean),
            })
        table = pd.DataFrame(rows).sort_values("difference", ascending=False, ignore_index=True)
        table.attrs.update(self.order.question.attrs(), n=self.order.replications, seed=self.order.model.seed,
                           finding=self.finding, comparisons=len(rows))
        return table

    def correlations(self) -> pd.DataFrame:
        """Which factors go with the outcome over the space: factor, correlation (Spearman's ranks), strongest first."""
        import pandas as pd
        from scipy.stats import rankdata

        means = self._means
        kept = np.isfinite(means)
        ranks = rankdata(means[kept])
        found = [
            {"factor": factor.path, "correlation": float(np.corrcoef(rankdata(column[kept]), ranks)[0, 1])}
            if np.ptp(ranks) else {"factor": factor.path, "correlation": float("nan")}
            for factor, column in zip(self.design.factors, self.design.places.T, strict=True)
        ]
        table = pd.DataFrame(found)
        return table.sort_values("correlation", key=lambda column: -column.abs(), ignore_index=True)

    @property
    def _means(self) -> Floats:
        return np.array([mean_interval(row).value for row in self.values])

    @property
    def share_won(self) -> Any:
        """Share of the points at which b is ahead in the mean, with Wilson's interval."""
        means = self._means[np.isfinite(self._means)]
        return wilson_interval(int((means > 0).sum()), means.size)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The points, and the correlations."""
        return {self.kind: self.table(), f"{self.kind}_correlations": self.correlations()}

    @property
    def finding(self) -> str:
        """The result as a title."""
        if self.order.question.a is None:
            return f"{len(self.design)} markets out of the ranges"
        return f"{self.order.question.option_b} wins in {100 * self.share_won.value:.0f} % of the space"

    def explain(self) -> str:
        """Two plain sentences: how the outcome is spread over the space, and which factors go with it."""
        question, means = self.order.question, self._means
        low, middle, high = (float(value) for value in np.nanquantile(means, [0.1, 0.5, 0.9]))
        won = self.share_won
        ahead = "" if question.a is None else (
            f" {question.option_b} is ahead in {100 * won.value:.0f} % of them (95 % interval {100 * won.low:.0f} to "
            f"{100 * won.high:.0f} %);"
        )
        first = self.correlations().to_dict("records")[0]
        return (
            f"Over {len(self.design)} points of {len(self.design.factors)} factors, {question.words} is "
            f"{question.amount(middle, True)} in the middle and between {question.amount(low, True)} and "
            f"{question.amount(high, True)} in four of five.{ahead} {first['factor']} goes with it most "
            f"(rank correlation {first['correlation']:+.2f})."
        )

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            "design": self.kind, "kind": self.design.kind, "scenario": self.order.name,
            "question": self.order.question.words, "points": len(self.design), "seed": self.order.model.seed,
            "replications": self.order.replications, "runs": self.order.model.runs,
            "factors": {factor.path: [factor.low, factor.high] for factor in self.design.factors},
        }


def sample(
    scenario: Asked, factors: FactorsLike | None = None, *, points: int = POINTS, kind: str = LATIN_HYPERCUBE,
    **options: Unpack[Options],
) -> Sample:
    """Run `points` markets spread over the ranges of the factors (`factors` as in `sensitivity`).

    `kind`: "latin_hypercube" or "sobol_sequence" (points rounded up to a power of two).

    Raises:
        ValueError: there is no such kind, or a number is out of range.
        ScenarioError: the scenario or a factor is wrong.

    >>> found = sample(lambda x, seed: x["a"] - 0.25, {"a": (0, 1)}, points=8, kind="sobol_sequence")
    >>> found.share_won.value
    0.75
    """
    if kind not in SPREADS:
        from sim.scenario.words import suggestion

        raise ValueError(f"There is no sample {kind!r}; {suggestion(kind, SPREADS)}")
    asked = order(scenario, options, REPLICATIONS)
    spread = latin_hypercube if kind == LATIN_HYPERCUBE else sobol_sequence
    design = spread(asked.factors(factors), points, asked.model.seed)
    asked.model.plan(len(design) * asked.replications)
    return Sample(asked, design, asked.answers(design.changes).difference)
