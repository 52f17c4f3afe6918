"""Which numbers matter: one at a time (tornado), roughly over the whole space (Morris), as shares of variance (Sobol).

Every method asks the same question at many points with the same luck at each, so that what differs between points is
what the factors do, not chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from sim.statistics.intervals import Interval
from sim.studies.answer import Answer
from sim.studies.asking import Asked, FactorsLike, Options, Order, order
from sim.studies.factors import Factor
from sim.studies.one_at_a_time import ends_of, facts, tornado_rows, widest
from sim.studies.over_the_space import morris_rows, sobol_rows, tells_alone
from sim.studies.sensitivity_words import WORDS, finding_of
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sensitivity", "ends_of", "facts", "sensitivity"]

TORNADO, MORRIS, SOBOL = "tornado", "morris", "sobol"
METHODS = (TORNADO, MORRIS, SOBOL)
REPLICATIONS = {TORNADO: 4, MORRIS: 2, SOBOL: 2}
SAMPLES = {MORRIS: 8, SOBOL: 32}
MOST_SHOWN = 12
SCREENED = 6
"""How many factors a Sobol analysis takes when none is named: those with the largest swings of a short tornado."""


class Sensitivity(Answer):
    """Factors in the order in which they matter."""

    kind = "sensitivity"

    def __init__(self, asked: Order, factors: tuple[Factor, ...], method: str) -> None:
        self.order, self.factors, self.method = asked, factors, method
        self.picture = {TORNADO: "tornado", MORRIS: "morris_effects", SOBOL: "sobol_bars"}[method]
        self.samples = 0
        self.rows: list[dict[str, Any]] = []
        self.alone: Interval | None = None

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Sensitivity ({self.method}) of {self.order.name} to {counted(len(self.factors), 'factor')}>"

    def table(self) -> pd.DataFrame:
        """One row per factor, the one that matters most first.

        tornado: factor, label, unit, source, is_guess, value, low, high, base (mean outcome as written), base_low,
        base_high (its 95 % t interval), base_n (its runs), at_low, at_low_from, at_low_to, at_high, at_high_from,
        at_high_to (the base plus the paired change at an end of the range, with the 95 % t interval of that change),
        clear (whether luck cannot have made the bar: the interval of the change at its farther end, or of the swing,
        leaves out 0), swing (at_high − at_low), swing_low, swing_high, n (replicates of the changes), winner_low,
        winner_high (the option that surely wins at that end and does not as written; see
        `sim.statistics.intervals.surely_ahead`), reverses (the ends at which there is one). Each interval is 95 % by
        itself; `attrs["comparisons"]` says how many there are: one in twenty misses.
        morris: factor, label, unit, source, is_guess, value, low, high, mean_absolute (μ*: mean size of the effect of
        the whole range), mean_absolute_low, mean_absolute_high (95 % bootstrap over walks, held at 0), mean (μ), spread
        (σ: how much the effect depends on where this and the other factors stand), depends (the same in words: by σ
        over μ*), n (walks).
        sobol: factor, label, …, first (share of variance by the factor alone), first_low, first_high, total (with all
        its interactions), total_low, total_high, n (base samples); 95 % bootstrap intervals; estimates and intervals
        are held to what shares can be (`sim.studies.over_the_space.shares_of`). `attrs`: alone, alone_low,
        alone_high (sum of the first-order shares as estimated, not held), tells_alone (whether that is known well
        enough to tell alone from together).
        """
        import pandas as pd

        table = pd.DataFrame(self.rows)
        table.attrs.update(
            self.order.question.attrs(), finding=self.finding, analysis=self.method, n=self.order.replications,
            seed=self.order.model.seed, comparisons=self.comparisons,
        )
        if self.method == TORNADO:
            table.attrs["is_open"] = self.is_open
        if self.method == SOBOL:
            sums = dict.fromkeys(("alone", "alone_low", "alone_high"), 0.0) if self.alone is None else {
                "alone": self.alone.value, "alone_low": self.alone.low, "alone_high": self.alone.high}
            table.attrs.update(sums, tells_alone=tells_alone(self.alone))
        return table

    def picture_table(self) -> pd.DataFrame:
        """The table; for Morris the largest effects of it."""
        table = self.table()
        return table.head(MOST_SHOWN) if self.method == MORRIS else table

    @property
    def comparisons(self) -> int:
        """How many intervals stand side by side: one per effect of Morris, else two per factor."""
        return (1 if self.method == MORRIS else 2) * len(self.factors)

    @property
    def is_open(self) -> bool:
        """Whether it is too close to call as written who is ahead (of a tornado of two options)."""
        return self.order.question.a is not None and not (self.rows[0]["base_low"] > 0 or self.rows[0]["base_high"] < 0)

    @property
    def finding(self) -> str:
        """The result as a title."""
        return finding_of(self)

    def explain(self) -> str:
        """Plain sentences: what matters most and by how much, and whether any end reverses the winner."""
        return WORDS[self.method](self)

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
    dotted names, or ranges by dotted name. `method`: "tornado" moves one factor at a time to the ends of its range (4
    runs each; the answer as written is read from 20, a sure win at an end from 8, as in every design);
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
        from sim.text.words import suggestion

        raise ValueError(f"There is no method {method!r}; {suggestion(method, METHODS)}")
    asked = order(scenario, options, REPLICATIONS[method])
    chosen = asked.factors(factors)
    if method == SOBOL and factors is None and len(chosen) > SCREENED:
        chosen = widest(asked, chosen, SCREENED)
    found = Sensitivity(asked, chosen, method)
    if method == TORNADO:
        found.rows = tornado_rows(asked, chosen)
        return found
    found.samples = SAMPLES[method] if samples is None else int(samples)
    if method == MORRIS:
        found.rows = morris_rows(asked, chosen, found.samples)
    else:
        found.rows, found.alone = sobol_rows(asked, chosen, found.samples)
    return found
