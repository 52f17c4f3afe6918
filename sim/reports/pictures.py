"""The pictures of a report, each with its text for those who cannot see it: differences, lines over time, equity."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim import figures
from sim.metrics.registry import metric_in_words
from sim.reports.contest import Contest
from sim.reports.stored import is_whole
from sim.runs.summary import metric_units
from sim.studies import figure_tables as tables
from sim.studies.replicate import Replication
from sim.studies.study import Study
from sim.text.findings import Finding, sentence
from sim.text.numbers import amount, signed
from sim.text.words import joined

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 12.0
"""Inches at which pictures are drawn; the page shows them smaller."""
MOST_OPTIONS = 16
LONG_NAMES = 44
"""Letters of two options' names from which a picture has a title without them."""
PICTURES = {
    "pair": ("Differences, {b} minus {a}: {rows}.",
             "What differs, by how much and how surely. A dot in a colour: the interval leaves out zero."),
    "options": ("Differences of {outcome} from {a}: {rows}.", "Each option against {a}, in {outcome}."),
    "over time": ("Line chart of {outcome} over {years:count year}, mean of {n:count run}. At the end: "
                  "{ends}.{crossing}", "{outcome} at the end: {ends}.{crossing}"),
    "equity": ("Bars of customer equity after {years:count year}: {ends}.",
               "What today's and future customers will bring, discounted, less costs still to come."),
}
"""What a picture shows in words, and what stands below it."""


@dataclass(frozen=True)
class Drawing:
    """A picture as part of a page: its name, what it shows in words, what stands below it, and the SVG document."""

    name: str
    alternative: str
    caption: str
    svg: bytes

    @property
    def address(self) -> str:
        """The picture itself as the address of an image."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg).decode('ascii')}"


def drawing(name: str, table: pd.DataFrame, words: tuple[str, str], height: float) -> Drawing:
    """Draw a picture; `words` are what it shows and what stands below it; `height` in inches for twelve of width."""
    return Drawing(name, *words, figures.as_svg(name, table, (WIDTH, height)))


def difference_rows(table: pd.DataFrame, unit: str = "", currency: str = "") -> str:
    """Every row of a table of differences in words: "recession +EUR 10 (too close to call)"."""
    return "; ".join(f"{row['label']} {signed(row['difference'], row.get('unit', unit), currency)} ({row['verdict']})"
                     for row in table.to_dict("records"))


def _words(kind: str, **details: object) -> tuple[str, str]:
    alternative, caption = (sentence(Finding("", message=template, details=details)) for template in PICTURES[kind])
    return alternative, caption


def as_replication(study: Study) -> Replication:
    """The first variant of a study as a replication of its own; no run is done again."""
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
    a, b = map(contest.short, contest.pair or ("", ""))
    table = numbers.copy()
    table.attrs.update(currency=contest.currency, option_a=a, option_b=b,
                       outcome_words=f"{contest.firm}: the headline numbers" if contest.firm else "headline numbers")
    if len(a + b) > LONG_NAMES:
        table.attrs |= {"option_a": "", "option_b": "", "finding": f"{b} against {a}"}
    words = _words("pair", a=a, b=b, rows=difference_rows(table, currency=contest.currency))
    return drawing("difference_forest", table, words, 1.8 + 0.38 * (len(table) + table["unit"].nunique()))


def _forest_of_options(contest: Contest) -> Drawing:
    """Every option of a firm against the first."""
    import pandas as pd

    first, *others = contest.sides
    a, outcome = contest.short(first), contest.words
    table = pd.DataFrame([{"label": contest.short(side), **contest.cells(first, side)} for side in others])
    if len(a) > LONG_NAMES / 2:
        table.attrs["finding"] = "Each option against the first"
    table.attrs.update(currency=contest.currency, unit=contest.unit, outcome_words=outcome, option_a=a,
                       option_b="each option")
    words = _words("options", a=a, outcome=outcome, rows=difference_rows(table, contest.unit, contest.currency))
    return drawing("difference_forest", table, words, 2.4 + 0.42 * len(table))


def _over_time(study: Study, contest: Contest, metric: str, picture: str) -> Drawing:
    """Firms, or the variants of one firm, over time."""
    unit, currency, outcome, by = metric_units()[metric], contest.currency, metric_in_words(metric), "firm"
    if contest.firm:
        by = "world"
        table = tables.worlds_over_time(study, metric, contest.firm)
        table = table[table[by].isin(list(contest.sides))]
        table = table.assign(world=[contest.short(variant) for variant in table[by]])
        table.attrs.update(currency=currency, finding=f"{contest.firm}: {outcome}")
    elif metric == "cumulative_discounted_profit_money":
        table = tables.profit(as_replication(study))
    else:
        table = tables.over_time(study, metric)
    last = table.sort_values("year").groupby(by, sort=False)["mean"].last()
    ends = joined(f"{name} {amount(last[name], unit, currency)}" for name in dict.fromkeys(table[by]))
    crossing = table.attrs.get("crossing")
    overtaken = f" {sentence(Finding('', message='{text}.', details=crossing))}" if crossing else ""
    words = _words("over time", outcome=outcome, years=study.end, n=study.n, ends=ends, crossing=overtaken)
    return drawing(picture, table, words, 4.3)


def _equity_of_options(study: Study, contest: Contest) -> pd.DataFrame:
    """The parts of one firm's equity with each of its options, in the column that names the bars."""
    import pandas as pd

    parts = []
    for variant in contest.sides:
        table = tables.equity(study, variant)
        parts.append(table[table["firm"] == contest.firm].assign(firm=contest.short(variant)))
    found = pd.concat(parts, ignore_index=True)
    found.attrs.update(currency=contest.currency, finding=f"What {contest.firm}'s customers are worth")
    return found


def _equity(study: Study, contest: Contest) -> Drawing:
    """What the customers are worth at the end of the run: firm by firm, or with each option of one firm."""
    table = _equity_of_options(study, contest) if contest.firm else tables.equity(as_replication(study))
    totals = table[table["part"] == "total"]
    ends = joined(f"{name} {amount(mean, 'money', table.attrs['currency'])}"
                  for name, mean in zip(totals["firm"], totals["mean"], strict=True))
    return drawing("equity_bars", table, _words("equity", years=study.end, ends=ends),
                   2.8 + 0.85 * table["firm"].nunique())
