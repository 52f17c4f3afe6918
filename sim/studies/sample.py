"""A sample of the space of factors: how the outcome is spread, where which option wins, which factors go with it."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.statistics.intervals import Floats, Interval, by_chance, mean_interval, share_ahead
from sim.statistics.pooled import rank_correlations
from sim.studies.answer import DesignAnswer, chance_caveat
from sim.studies.asking import Asked, FactorsLike, Order, StudyOptions, changed, order
from sim.studies.differences import mean_cells, verdict_of
from sim.studies.factors import Factor, spans
from sim.studies.keywords import check_name
from sim.studies.settings import SampleSettings, default
from sim.text.findings import Finding
from sim.text.numbers import percent
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, MOST_SHOWN = 4, 12
DRAWS = 4000
"""Draws behind the interval of a share of the space."""
LATIN_HYPERCUBE, SOBOL_SEQUENCE = "latin_hypercube", "sobol_sequence"
MOST_POINTS = 100_000
_RANK = "rank correlation {value:+.2f}, interval {low:+.2f} to {high:+.2f}"
MESSAGES = {
    "spread": "Over {n:count point} of {factors:count factor}, {outcome} is {middle} in the middle and between {low} "
              "and {high} at four points of five ({replications} runs each).",
    "share won": "{subject} is ahead on {value:percent} of the space (95 % interval {low:percent} to {high:percent}).",
    "sure": "At {n} of {points:count point} one option is ahead beyond sampling error.",
    "goes with": "The factor most closely related to it is {subject} (" + _RANK + ").",
    "goes with nothing": "No factor is related to it beyond chance (the strongest, {subject}: " + _RANK + ").",
    "same": "It is the same at every point.",
}


class Sample(DesignAnswer):
    """Many markets out of the ranges, each run a few times.

    `table()` has one row per point, the largest difference first: point, label, one column per factor (its value),
    difference (mean of b − a, or of the only option's level), low, high (95 % t interval, each by itself), n, share_b,
    share_low, share_high (Wilson), verdict. All points share random numbers, so their intervals miss together.
    """

    kind = "sample"
    picture = "difference_forest"

    def __init__(
        self, asked: Order, factors: tuple[Factor, ...], spread: str, places: Floats, values: Floats
    ) -> None:
        super().__init__(asked)
        self.factors, self.spread, self.places, self.values = factors, spread, places, values

    def __repr__(self) -> str:
        return (f"<Sample of {self.order.name}: {counted(len(self.places), 'point')} of "
                f"{counted(len(self.factors), 'factor')}>")

    def _rows(self) -> list[dict[str, Any]]:
        import pandas as pd

        rows = []
        for number, (places, values) in enumerate(zip(self.places, self.values, strict=True), start=1):
            settings = {one.path: one.at(place) for one, place in zip(self.factors, places, strict=True)}
            mean = mean_interval(values)
            rows.append({"point": number, **settings, "label": f"point {number}",
                         **mean_cells(mean, share_ahead(values)), "verdict": verdict_of(values, mean)})
        largest_first = pd.Series([row["difference"] for row in rows]).sort_values(ascending=False).index
        return [rows[place] for place in largest_first]

    def _words(self) -> dict[str, Any]:
        return {"comparisons": len(self.places)}

    def picture_table(self) -> pd.DataFrame:
        """As many points as can be read, evenly spaced from the largest difference to the smallest."""
        table = self.table()
        shown, note = table, f"{self.order.replications} paired runs at each of {counted(len(table), 'point')}"
        if len(table) > MOST_SHOWN:
            places = np.linspace(0, len(table) - 1, MOST_SHOWN).round().astype(int)
            shown = table.iloc[places].reset_index(drop=True)
            note += f"; {MOST_SHOWN} of them, evenly spaced from the largest difference to the smallest"
        shown.attrs = {**table.attrs, "note": fill(f"{note}. {by_chance(len(table))}", 90)}
        return shown

    def correlations(self) -> pd.DataFrame:
        """Which factors go with the outcome over the space, strongest first.

        factor, correlation (Spearman's ranks), low, high: see `rank_correlations`.
        """
        import pandas as pd
        columns = {factor.path: column for factor, column in zip(self.factors, self.places.T, strict=True)}
        found = [{"factor": path, "correlation": one.value, "low": one.low, "high": one.high}
                 for path, one in rank_correlations(columns, self._means).items()]
        table = pd.DataFrame(found)
        return table.sort_values("correlation", key=lambda column: -column.abs(), ignore_index=True)

    @property
    def _means(self) -> Floats:
        return np.array([mean_interval(row).value for row in self.values])

    @property
    def share_won(self) -> Interval:
        """Share of the space on which b is ahead in the mean, with an interval for common random numbers."""
        return share_of_space(self.values, self.order.model.seed)

    @property
    def n_sure(self) -> int:
        """Points at which somebody is ahead beyond sampling error, each judged by itself."""
        return sum(mean_interval(values).excludes_zero for values in self.values)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The points, and the correlations."""
        return {self.kind: self.table(), f"{self.kind}_correlations": self.correlations()}

    def _title(self) -> str:
        won, question = self.share_won, self.question
        if question.a is None:
            return f"{counted(len(self.places), 'market')} out of the ranges"
        if won.low <= 0.5 <= won.high:
            return "Who is ahead on most of the space is too close to call"
        who, share = (question.option_b, won.value) if won.low > 0.5 else (question.option_a, 1 - won.value)
        return f"{who} is ahead on {percent(share)} of the space"

    def findings(self) -> list[Finding]:
        """How the outcome is spread over the space, on how much of it who is ahead, and which factors go with it."""
        question, points = self.question, len(self.places)
        low, middle, high = (float(value) for value in np.nanquantile(self._means, [0.1, 0.5, 0.9]))
        words = {name: question.formatted(value) for name, value in (("low", low), ("middle", middle), ("high", high))}
        spread = question.finding(
            "", Interval(middle, low, high, points), MESSAGES["spread"], "spread", factors=len(self.factors),
            replications=self.order.replications, **words)
        if question.a is None:
            return [spread, self._related()]
        won, sure = self.share_won, self.n_sure
        share = question.finding(
            question.option_b, won, MESSAGES["share won"], "share won", low=won.low, high=won.high).with_caveats(
            "the interval of the share counts which points were drawn and the random numbers that all of them share")
        certain = Finding("", question.words, sure, n=sure, verdict="sure", message=MESSAGES["sure"],
                          details={"points": points}).with_caveats(chance_caveat(points) if sure else "")
        return [spread, share, certain, self._related()]

    def _related(self) -> Finding:
        """Which factor goes with the outcome."""
        first = self.correlations().to_dict("records")[0]
        value, low, high = first["correlation"], first["low"], first["high"]
        verdict = "same" if not np.isfinite(value) else "goes with" if low > 0 or high < 0 else "goes with nothing"
        return Finding(first["factor"], self.question.words, value, (low, high), len(self.places), verdict,
                       message=MESSAGES[verdict], details={"low": low, "high": high})

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            "design": self.kind, "kind": self.spread, "scenario": self.order.name,
            "question": self.question.words, "points": len(self.places), "seed": self.order.model.seed,
            "replications": self.order.replications, "runs": self.order.model.runs,
            "factors": spans(self.factors),
        }


def share_of_space(values: Floats, seed: int = 0, draws: int = DRAWS) -> Interval:
    """Share of a space on which the mean of values [points, replications] is above 0, with its 95 % interval.

    Replication k has the same random numbers at every point, so chance moves all points together, and more points do
    not average it out. Each draw therefore moves every point by one and the same mixture of its own deviations, Σ z_k
    (v_k − v̄) / √(R (R − 1)) with normal z over √(χ²/(R − 1)): for whatever the points have in common that is Student's
    t with R − 1 degrees of freedom. Then it draws the share from what so many points say (beta, Jeffreys' prior: Brown,
    Cai & DasGupta 2001). The interval holds the middle 95 % of draws. A replication in which a point has no number does
    not move that point; with fewer than two replications, or no point, there is no interval.
    """
    from scipy.special import betaincinv, gammaincinv, ndtri

    from sim.numerics.draws import uniforms

    means = np.array([mean_interval(row).value for row in values])
    kept = np.isfinite(means)
    points, replicates = int(kept.sum()), values.shape[1]
    if not points or replicates < 2:
        return Interval(float((means[kept] > 0).mean()) if points else float("nan"), float("nan"), float("nan"), points)
    away = np.nan_to_num(values[kept] - means[kept, None])
    uniform = uniforms(seed, "bootstrap", np.arange(draws * (replicates + 2), dtype=np.uint64)).reshape(draws, -1)
    freedom = replicates - 1
    spread = np.sqrt(2 * gammaincinv(freedom / 2, uniform[:, -1]) / freedom)
    mixture = ndtri(uniform[:, :replicates]) / spread[:, None] / np.sqrt(replicates * freedom)
    ahead = (means[kept] + mixture @ away.T > 0).sum(axis=1)
    shares = betaincinv(ahead + 0.5, points - ahead + 0.5, uniform[:, -2])
    value = float((means[kept] > 0).mean())
    low, high = np.quantile(shares, [0.025, 0.975])
    return Interval(value, min(float(low), value), max(float(high), value), points)


def sample(
    scenario: Asked, factors: FactorsLike | None = None, *, points: int = default(SampleSettings, "points"),
    kind: str = default(SampleSettings, "kind"), **options: Unpack[StudyOptions],
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
    check_name("sample", kind, (LATIN_HYPERCUBE, SOBOL_SEQUENCE))
    asked = order(scenario, options, REPLICATIONS)
    chosen = asked.factors(factors)
    if not 1 <= points <= MOST_POINTS:
        raise ValueError(f"A design has 1 to {MOST_POINTS:,} points, not {points}.")
    spread = latin_hypercube if kind == LATIN_HYPERCUBE else sobol_sequence
    places = spread(len(chosen), points, asked.model.seed)
    asked.model.plan(len(places) * asked.replications)
    answers = asked.answers([changed(chosen, place) for place in places])
    return Sample(asked, chosen, kind, places, answers.difference)


def latin_hypercube(factors: int, points: int, seed: int = 1) -> Floats:
    """Points [points, factors] of the unit cube: each factor once in each of `points` equal slices.

    A Latin hypercube (McKay, Beckman & Conover 1979).
    """
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(factors, seed=np.random.default_rng(seed))
    return np.asarray(sampler.random(points), dtype=np.float64)


def sobol_sequence(factors: int, points: int, seed: int = 1) -> Floats:
    """Points of the unit cube, evenly spread: a scrambled Sobol sequence (Sobol 1967; Owen 1998).

    Their number is rounded up to a power of two.
    """
    from scipy.stats import qmc

    sampler = qmc.Sobol(factors, scramble=True, seed=np.random.default_rng(seed))
    return np.asarray(sampler.random_base2(int(np.ceil(np.log2(points)))), dtype=np.float64)
