"""The difference between two what-ifs, decomposed into acquisition, yield and length of relationships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from sim.statistics.intervals import mean_interval
from sim.studies.differences import difference_cells
from sim.studies.study import Study
from sim.valuation.decomposition import GROUPS, TERMS, Factors, Measure, ValueFactors, decompose, is_known, value_of

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-9
"""The parts add up to the difference to this share of the larger of the two values (rounding of floating point)."""
ALL = "difference"


def three_ways_table(
    study: Study, firms: Iterable[str], pair: tuple[str, str], measure: Measure = "customer_equity"
) -> pd.DataFrame:
    """Decomposition of a difference between two variants (second less first) into components, over paired runs.

    The components (`way`): acquisition, yield and length, each made of factors; shared costs stand beside them.

    Columns: firm, world_a, world_b, measure, way (acquisition, yield, length, shared costs, or `difference` for the
    sum), factor ("" for a whole way), mean_a, mean_b (the factor, or the measure in the last row, mean over runs), part
    (of the difference, money of the currency), low, high (t interval of the mean over runs), n, verdict, residual (what
    the parts leave over; 0 to `TOLERANCE` of the measure). A run in which something is not known does not count. The
    formulas are those of `sim.valuation.decomposition`, the parts Shapley's (Owen's within a way).

    Raises:
        ValueError: there is no such firm, world or measure, or the study noted no factors (`observe=value_factors`).
    """
    import pandas as pd

    if measure not in GROUPS:
        raise ValueError(f"measure: {measure!r} is not allowed; {' or '.join(GROUPS)}")
    rows = []
    for firm in firms:
        names = {"firm": firm, "world_a": pair[0], "world_b": pair[1], "measure": measure}
        rows += [{**names, **row} for row in _rows(_pairs_of_runs(study, firm, pair, measure), measure)]
    table = pd.DataFrame(rows)
    table.attrs["currency"] = study.scenario.money.currency
    return table


class _Pair:
    """One pair of runs: the factors in both variants, their values, and the parts of the difference."""

    def __init__(self, measure: Measure, a: Factors, b: Factors) -> None:
        self.a, self.b = a, b
        self.values = [value_of(measure, one) if is_known(measure, one) else np.nan for one in (a, b)]
        self.total = self.values[1] - self.values[0]
        self.parts = decompose(measure, a, b) if np.isfinite(self.total) else {}

    def way(self, members: tuple[str, ...]) -> float:
        """The part of a whole component."""
        return sum(self.parts[name] for name in members)


def _pairs_of_runs(study: Study, firm: str, pair: tuple[str, str], measure: Measure) -> list[_Pair]:
    """The complete replications in which both values are known."""
    study.check_names(worlds=pair)
    found = []
    for replicate in study.complete:
        both = []
        for world in pair:
            noted = study.observed.get((world, replicate))
            ways = getattr(noted, "ways", noted)
            if not isinstance(ways, ValueFactors):
                raise ValueError("The three ways need runs that kept purchases and were observed: use `sim.compare`.")
            if firm not in ways.firms:
                raise ValueError(f"There is no firm {firm!r} in {world!r}; its firms are {', '.join(ways.firms)}.")
            both.append(ways.factors[measure][ways.firms.index(firm)])
        found.append(_Pair(measure, *both))
    return [one for one in found if np.isfinite(one.total)]


def _rows(runs: list[_Pair], measure: Measure) -> list[dict[str, object]]:
    rows = []
    for way, members in GROUPS[measure].items():
        if way == TERMS and not any(run.way(members) for run in runs):
            continue
        alone = len(members) == 1 and np.ndim(runs[0].a[members[0]] if runs else 0.0) == 0
        parts = _cells([0.0] * len(runs), [run.way(members) for run in runs])
        rows.append({"way": way, "factor": "", **parts, **_means(runs, members[0] if alone else "")})
        for name in members if len(members) > 1 else ():
            parts = _cells([0.0] * len(runs), [run.parts[name] for run in runs])
            rows.append({"way": way, "factor": name, **parts, **_means(runs, name)})
    left = np.array([run.total - sum(run.parts.values()) for run in runs])
    whole = _cells(*([run.values[place] for run in runs] for place in (0, 1)))
    return [*rows, {"way": ALL, "factor": "", **whole, "residual": float(np.abs(left).max(initial=0.0))}]


def _means(runs: list[_Pair], factor: str) -> dict[str, float]:
    """Mean of a factor over runs, in each variant; NaN where none is named."""
    means = [mean_interval([float(factors[factor]) for factors in side]).value if factor else np.nan
             for side in ([run.a for run in runs], [run.b for run in runs])]
    return {"mean_a": means[0], "mean_b": means[1]}


def _cells(a: list[float], b: list[float]) -> dict[str, object]:
    cells = difference_cells(np.array(a), np.array(b))
    names = ("low", "high", "n", "verdict", "mean_a", "mean_b")
    return {"part": cells["difference"], **{name: cells[name] for name in names}}
