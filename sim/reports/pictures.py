"""Which pictures a report of runs shows: differences, customers, profit and the moment of overtaking, equity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.metrics.registry import metric_in_words
from sim.reports.contest import Contest
from sim.reports.drawings import Drawing, drawing, ends_of, rows_of
from sim.reports.stored import is_whole
from sim.reports.words import amount, counted, first_capital, years
from sim.runs.summary import metric_units
from sim.studies import figure_tables as tables
from sim.studies.replicate import Replication
from sim.studies.study import Study
from sim.text.words import joined

if TYPE_CHECKING:
    import pandas as pd

MOST_OPTIONS = 16
LONG_NAMES = 44
"""Letters of two options' names from which a picture has a title without them."""


def as_replication(study: Study) -> Replication:
    """The first world of a study as a replication of its own; no run is done again."""
    if isinstance(study, Replication):
        return study
    results = study.results.only([study.base])
    results.complete = study.complete
    return Replication(replace(study.plan, points=study.plan.points[:1]), results)


def pictures(study: Study, contest: Contest, numbers: pd.DataFrame) -> list[Drawing]:
    """The pictures that this study can show."""
    found = [] if numbers.empty else [_forest(numbers, contest)]
    found += [_forest_of_options(contest)] if contest.firm and 2 < len(contest.sides) <= MOST_OPTIONS else []
    if not is_whole(study):
        return found
    found += [_over_time(study, contest, "active_customers_people", "customers_over_time")]
    found += [_over_time(study, contest, "cumulative_discounted_profit_money", "cumulative_profit")]
    return [*found, _equity(study, contest)]


def _forest(numbers: pd.DataFrame, contest: Contest) -> Drawing:
    """The differences between the two sides."""
    a, b = contest.pair or ("", "")
    table = numbers.copy()
    table.attrs.update(currency=contest.currency, option_a=contest.short(a), option_b=contest.short(b),
                       outcome_words=f"{contest.firm}: the headline numbers" if contest.firm else "headline numbers")
    if len(contest.short(a) + contest.short(b)) > LONG_NAMES:
        table.attrs |= {"option_a": "", "option_b": "", "finding": f"{contest.short(b)} against {contest.short(a)}"}
    told = rows_of(table, "label", "difference", "")
    words = (f"Differences, {contest.short(b)} minus {contest.short(a)}: {told}.",
             "What differs, by how much and how surely. A dot in a colour: the interval leaves out zero.")
    return drawing("difference_forest", table, words, 1.8 + 0.38 * (len(table) + table["unit"].nunique()))


def _forest_of_options(contest: Contest) -> Drawing:
    """Every option of a firm against the first."""
    import pandas as pd

    first, *others = contest.sides
    table = pd.DataFrame([{"label": contest.short(side), **contest.cells(first, side)} for side in others])
    if len(contest.short(first)) > LONG_NAMES / 2:
        table.attrs["finding"] = "Each option against the first"
    told = rows_of(table.assign(unit=contest.unit), "label", "difference", "")
    table.attrs.update(currency=contest.currency, unit=contest.unit, outcome_words=contest.words,
                       option_a=contest.short(first), option_b="each option")
    words = (f"Differences of {contest.words} from {contest.short(first)}: {told}.",
             f"Each option against {contest.short(first)}, in {contest.words}.")
    return drawing("difference_forest", table, words, 2.4 + 0.42 * len(table))


def _over_time(study: Study, contest: Contest, metric: str, picture: str) -> Drawing:
    """Firms, or the worlds of one firm, over time."""
    unit, currency = metric_units()[metric], contest.currency
    if contest.firm:
        table = tables.worlds_over_time(study, metric, contest.firm)
        table = table[table["world"].isin(list(contest.sides))]
        table = table.assign(world=[contest.short(world) for world in table["world"]])
        table.attrs.update(currency=currency, finding=f"{contest.firm}: {metric_in_words(metric)}")
    elif metric == "cumulative_discounted_profit_money":
        table = tables.profit(as_replication(study))
    else:
        table = tables.over_time(study, metric)
    ends = ends_of(table, "mean", unit, currency)
    crossing = table.attrs.get("crossing")
    overtaken = f" {crossing['text'][:1].upper()}{crossing['text'][1:]}." if crossing else ""
    name = metric_in_words(metric)
    words = (f"Line chart of {name} over {years(study.end)}, mean of {counted(study.n, 'run')}. "
             f"At the end: {ends}.{overtaken}", f"{first_capital(name)} at the end: {ends}.{overtaken}")
    return drawing(picture, table, words, 4.3)


def _equity_of_options(study: Study, contest: Contest) -> pd.DataFrame:
    """The parts of one firm's equity with each of its options, in the column that names the bars."""
    import pandas as pd

    parts = []
    for world in contest.sides:
        table = tables.equity(study, world)
        parts.append(table[table["firm"] == contest.firm].assign(firm=contest.short(world)))
    found = pd.concat(parts, ignore_index=True)
    found.attrs.update(currency=contest.currency, finding=f"What {contest.firm}'s customers are worth")
    return found


def _equity(study: Study, contest: Contest) -> Drawing:
    """What the customers are worth at the end of the run: firm by firm, or with each option of one firm."""
    table = _equity_of_options(study, contest) if contest.firm else tables.equity(as_replication(study))
    totals = table[table["part"] == "total"]
    told = joined(f"{row['firm']} {amount(float(row['mean']), 'money', table.attrs['currency'])}"
                  for row in totals.to_dict("records"))
    words = (f"Bars of customer equity after {years(study.end)}: {told}.",
             "What today's and future customers will bring, discounted, less costs still to come.")
    return drawing("equity_bars", table, words, 2.8 + 0.85 * table["firm"].nunique())
