"""Who is compared in what, and the tables of numbers: the two sides that matter, and all options of one firm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.metrics.registry import better_of, metric_in_words
from sim.reports.stored import kept_by
from sim.reports.variants import SortedVariants, variant_name
from sim.runs.summary import EQUITY, metric_units
from sim.scenario.schema import Expectation, Scenario
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.differences import KEY_METRICS, difference_cells
from sim.studies.study import Study
from sim.text.numbers import amount, signed, span
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 12
"""Rows of a table of options; the others are counted."""


@dataclass(frozen=True)
class Contest:
    """The sides with one number per paired run. Sides are firms of one variant, or variants of one `firm`."""

    metric: str
    sides: Mapping[str, Floats]
    year: float
    currency: str
    firm: str = ""
    """Whose variants are compared; empty where the sides are firms."""
    expected_pair: tuple[str, str] | None = None
    """The two firms that the scenario itself compares; None: the two on top."""

    @property
    def unit(self) -> str:
        """Unit of the metric."""
        return metric_units()[self.metric]

    @property
    def more_is_better(self) -> bool:
        """Whether who has more may be called "ahead"."""
        return better_of(self.metric) == "higher"

    @property
    def words(self) -> str:
        """What is compared: customer equity after 3 years."""
        whose = f"{self.firm}'s " if self.firm else ""
        return f"{whose}{metric_in_words(self.metric)} after {counted(self.year, 'year')}"

    def called(self, side: str) -> str:
        """A side in a sentence."""
        return variant_name(side) if self.firm else side

    def short(self, side: str) -> str:
        """A side as the head of a column."""
        return self.called(side).removeprefix("the plan ")

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two that matter, (a, b) so that b leads in the mean; None where there is no other.

        Of firms the `expected_pair`, else those with the largest means; of variants the first (as written) and the one
        furthest above it, or where none is above it, the one nearest to it.
        """
        known = {name: mean_interval(values).value for name, values in self.sides.items() if len(values)}
        known = {name: value for name, value in known.items() if value == value}
        if len(known) < 2:
            return None
        first = next(iter(self.sides))
        if self.firm and first in known:
            best = max((name for name in known if name != first), key=lambda name: known[name])
            return (first, best) if known[best] >= known[first] else (best, first)
        expected = self.expected_pair
        among = expected if expected is not None and set(expected) <= set(known) else tuple(known)
        best, second = sorted(among, key=lambda name: -known[name])[:2]
        return second, best

    def cells(self, a: str, b: str) -> dict[str, Any]:
        """The paired difference b − a (see `difference_cells`)."""
        return difference_cells(self.sides[a], self.sides[b])


def contest_of(study: Study, variants: SortedVariants, metric: str | None = None) -> Contest:
    """What a study's report compares, at its end.

    Where what-ifs change only what one firm decides, these variants are the options, for that firm. Else the firms are
    compared, in the first variant: those two that the scenario's first expectation about two firms names, else all. The
    metric, unless given, is that of the first expectation about these sides (of options: about the end of the run),
    else customer equity.

    Raises:
        ValueError: there is no such metric.
    """
    scenario, currency = study.scenario, study.scenario.money.currency
    if variants.firm:
        metric = metric or _kept(study, _metric_expected(scenario, set(variants.decisions)))
        sides = {name: study.values(name, metric, variants.firm) for name in (study.base, *variants.decisions)}
        return Contest(metric, sides, study.end, currency, variants.firm)
    claim = _first_between_firms(scenario)
    metric = metric or _kept(study, EQUITY if claim is None else claim.metric)
    pair = None if claim is None else (claim.firm, str(claim.above or claim.below))
    return Contest(metric, _by_firm(study, study.base, metric), study.end, currency, expected_pair=pair)


def in_variant(study: Study, contest: Contest, variant: str) -> Contest:
    """The same firms in another variant."""
    return replace(contest, sides=_by_firm(study, variant, contest.metric))


def _by_firm(study: Study, variant: str, metric: str) -> dict[str, Floats]:
    return {firm: study.values(variant, metric, firm) for firm in study.worlds[variant].firms}


def _kept(study: Study, metric: str) -> str:
    """The metric, or where a store did not keep it, customer equity, or the first that it kept."""
    return next(name for name in (metric, EQUITY, *metric_units()) if kept_by(study, name))


def _metric_expected(scenario: Scenario, variants: set[str]) -> str:
    ends = (None, scenario.clock.years)
    return next((claim.metric for claim in scenario.expect if claim.against == "what_if" and claim.year in ends
                 and {claim.above, claim.below} & variants), EQUITY)


def _first_between_firms(scenario: Scenario) -> Expectation | None:
    return next((claim for claim in scenario.expect if claim.what_if is None and claim.against == "firm"
                 and {claim.firm, claim.above or claim.below} <= set(scenario.firms)), None)


@dataclass(frozen=True)
class NumberRow:
    """One line of a table of differences, in words."""

    label: str
    a: str
    b: str
    difference: str
    interval: str
    ahead: str
    verdict: str


@dataclass(frozen=True)
class Ranking:
    """The options of a firm, the best first, each against `first`; `left_out` more are not listed."""

    rows: Sequence[NumberRow]
    left_out: int
    first: str
    words: str


def key_numbers(study: Study, contest: Contest) -> pd.DataFrame:
    """The headline metrics of the two sides that matter: metric, label, unit, and the cells of their difference."""
    import pandas as pd

    rows = []
    for metric in dict.fromkeys((contest.metric, *KEY_METRICS)) if contest.pair is not None else ():
        if kept_by(study, metric):
            values = [study.values(side, metric, contest.firm) if contest.firm
                      else study.values(study.base, metric, side) for side in contest.pair or ()]
            about = {"metric": metric, "label": metric_in_words(metric), "unit": metric_units()[metric]}
            rows.append({**about, **difference_cells(*values)})
    return pd.DataFrame([row for row in rows if row["n"]])


def number_rows(numbers: pd.DataFrame, currency: str) -> list[NumberRow]:
    """The headline metrics in words."""
    return [_row(str(row["label"]), row, str(row["unit"]), currency) for row in numbers.to_dict("records")]


def ranking(contest: Contest) -> Ranking | None:
    """All options of one firm by their means; None where there are no more than two sides, or the sides are firms."""
    first, *others = contest.sides
    if not contest.firm or len(others) < 2:
        return None
    cells = {side: contest.cells(first, side) for side in contest.sides}
    rows = {side: _row(contest.short(side), found, contest.unit, contest.currency) for side, found in cells.items()}
    rows[first] = replace(rows[first], difference="-", interval="-", ahead="-", verdict="compared with")
    order = sorted(rows, key=lambda side: -float(cells[side]["mean_b"]))
    return Ranking([rows[side] for side in order[:MOST_ROWS]], max(0, len(rows) - MOST_ROWS), contest.short(first),
                   contest.words)


def _row(label: str, cells: Mapping[Any, Any], unit: str, currency: str) -> NumberRow:
    return NumberRow(
        label, amount(cells["mean_a"], unit, currency), amount(cells["mean_b"], unit, currency),
        signed(cells["difference"], unit, currency), interval_in_words(cells, unit),
        f"{cells['won_by_b']} of {cells['n']}", str(cells["verdict"]),
    )


def interval_in_words(cells: Mapping[Any, Any], unit: str, currency: str = "") -> str:
    """The interval of a difference; a single run has none."""
    return span(cells["low"], cells["high"], unit, currency) if isfinite(cells["low"]) else "no interval"
