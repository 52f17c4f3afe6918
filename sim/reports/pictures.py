"""The pictures of a report, each with its text for those who cannot see it, and parts that need runs of their own.

Pictures of the runs: differences, lines over time, equity. Parts: which assumptions move the answer, what would reverse
it, stress.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sim import figures
from sim.metrics.registry import metric_in_words
from sim.registry import STUDIES
from sim.reports.answer import Contest
from sim.reports.stored import is_whole
from sim.runs.summary import metric_units
from sim.studies import figure_tables as tables
from sim.studies.factors import Factor, short_name
from sim.studies.replicate import Replication
from sim.studies.study import Study
from sim.text.console import Progress
from sim.text.findings import Finding, sentence
from sim.text.numbers import amount, signed
from sim.text.words import joined, suggestion

WIDTH = 12.0
"""Inches at which pictures are drawn; the page shows them smaller."""
MOST_OPTIONS = 16
LONG_NAMES = 44
"""Letters of two options' names from which a picture has a title without them."""
MOST_MOVING = 5
"""So many of the assumptions that move the answer most stand first among the assumptions."""
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


def _drawing(name: str, table: pd.DataFrame, height: float, words: str, **details: object) -> Drawing:
    """Draw a picture so many inches high, with the words of `PICTURES`."""
    alternative, caption = (sentence(Finding("", message=template, details=details)) for template in PICTURES[words])
    return Drawing(name, alternative, caption, figures.as_svg(name, table, (WIDTH, height)))


def difference_rows(table: pd.DataFrame, unit: str = "", currency: str = "") -> str:
    """Every row of a table of differences in words: "recession +EUR 10 (too close to call)"."""
    return "; ".join(f"{row['label']} {signed(row['difference'], row.get('unit', unit), currency)} ({row['verdict']})"
                     for row in table.to_dict("records"))


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
    height = max(3.0, 1.8 + 0.38 * (len(table) + table["unit"].nunique()))
    return _drawing("difference_forest", table, height, "pair",
                    a=a, b=b, rows=difference_rows(table, currency=contest.currency))


def _forest_of_options(contest: Contest) -> Drawing:
    """Every option of a firm against the first."""
    first, *others = contest.sides
    a, outcome = contest.short(first), contest.words
    table = pd.DataFrame([{"label": contest.short(side), **contest.cells(first, side)} for side in others])
    if len(a) > LONG_NAMES / 2:
        table.attrs["finding"] = "Each option against the first"
    table.attrs.update(currency=contest.currency, unit=contest.unit, outcome_words=outcome, option_a=a,
                       option_b="each option")
    return _drawing("difference_forest", table, 2.4 + 0.42 * len(table), "options", a=a, outcome=outcome,
                    rows=difference_rows(table, contest.unit, contest.currency))


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
    return _drawing(picture, table, 4.3, "over time", outcome=outcome, years=study.end, n=study.n, ends=ends,
                    crossing=overtaken)


def _equity(study: Study, contest: Contest) -> Drawing:
    """What the customers are worth at the end of the run: firm by firm, or with each option of one firm."""
    if contest.firm:
        every = {contest.short(variant): tables.equity(study, variant) for variant in contest.sides}
        parts = [table[table["firm"] == contest.firm].assign(firm=name) for name, table in every.items()]
        table = pd.concat(parts, ignore_index=True)
        table.attrs.update(currency=contest.currency, finding=f"What {contest.firm}'s customers are worth")
    else:
        table = tables.equity(as_replication(study))
    totals = table[table["part"] == "total"]
    ends = joined(f"{name} {amount(mean, 'money', table.attrs['currency'])}"
                  for name, mean in zip(totals["firm"], totals["mean"], strict=True))
    firms = table["firm"].nunique()
    height = 1.9 + 0.42 * (len(table) + firms) if firms < 3 else 2.8 + 0.7 * firms
    return _drawing("equity_bars", table, height, "equity", years=study.end, ends=ends)


@dataclass(frozen=True)
class Extra:
    """A part in words, with its picture where there is one; `moving` names the assumptions it found to matter."""

    kind: str
    title: str
    text: str
    drawing: Drawing | None = None
    moving: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Kind:
    """How an extra part is made: the study, its title, and its picture: caption, height of a row in inches, rows."""

    study: str
    title: str
    caption: str
    row_height: float
    most_rows: int
    same_runs: bool = False  # whether it takes the very runs of the study for the market as written


KINDS: Mapping[str, _Kind] = {
    "tornado": _Kind("sensitivity", "Which assumptions move the answer",
                     "One assumption at a time at either end of a plausible range, the others as written.", 0.42, 8),
    "flip": _Kind("flip", "The smallest change that reverses the answer",
                  "Each change that was found, tried again with new seeds where it says so.", 0.72, 5),
    "stress": _Kind("stress", "In hard times", "The same two options in a market under stress.", 0.42, 8,
                    same_runs=True),
}


def extras_of(study: Study, contest: Contest, kinds: Iterable[str], progress: Progress | None = None) -> list[Extra]:
    """The extra parts asked for, in the order of `KINDS`, about the two sides of the answer.

    Raises:
        ValueError: there is no such part, there are no two sides, or a part cannot be made of this scenario.
    """
    wanted = set(kinds)
    for name in sorted(wanted - set(KINDS)):
        raise ValueError(f"There is no part {name!r}; {suggestion(name, list(KINDS))}")
    if wanted and contest.pair is None:
        raise ValueError(f"{joined(sorted(wanted))}: this needs two options that are compared, and there is only one.")
    return [_extra(name, study, contest, progress) for name in KINDS if name in wanted]


def _extra(name: str, study: Study, contest: Contest, progress: Progress | None) -> Extra:
    kind = KINDS[name]
    options: dict[str, Any] = {"pair": contest.pair, **({"firm": contest.firm} if contest.firm else {})}
    if kind.same_runs:
        options["replications"] = max(2, study.n)
    conduct: Any = STUDIES.find(kind.study)
    found = conduct(study.scenario, outcome=contest.metric, seed=study.seed, progress=progress, **options)
    table = found.table()
    moving = tuple(str(path) for path in table["factor"].head(MOST_MOVING)) if name == "tornado" else ()
    drawn = found.picture_table() if hasattr(found, "picture_table") else table
    text = without_paths(found.explain(), found.factors) if name == "flip" else found.explain()
    return Extra(name, kind.title, text, _picture(found.picture, drawn, kind), moving)


def _picture(picture: str, table: pd.DataFrame, kind: _Kind) -> Drawing | None:
    """The picture of a part; none where there is only the scenario as written to show."""
    if len(table) < 2:
        return None
    shown, tornado = table.head(kind.most_rows).copy(), "factor" in table.columns
    if "label" in shown.columns and not tornado:
        shown["label"] = [in_short(str(label)) for label in shown["label"]]
    shown.attrs.update(table.attrs)
    unit, currency = str(table.attrs.get("unit", "")), str(table.attrs.get("currency", ""))
    if tornado:
        rows = "; ".join(
            f"{row['label']} ({row['factor']}) at {row['low']:.3g}: {amount(row['at_low'], unit, currency)}, at "
            f"{row['high']:.3g}: {amount(row['at_high'], unit, currency)}"
            for row in shown.head(MOST_MOVING).to_dict("records"))
    else:
        rows = difference_rows(shown, unit, currency)
    height = 2.2 + kind.row_height * len(shown)
    return Drawing(picture, f"{kind.title}: {rows}.", kind.caption, figures.as_svg(picture, shown, (WIDTH, height)))


def without_paths(words: str, factors: Iterable[Factor]) -> str:
    """Words in which factors are called as people call them, not by their dotted names.

    >>> without_paths("people.cost_to_serve.mean from 1 to 1.39", [Factor("people.cost_to_serve.mean", 0, 1)])
    'cost to serve: mean from 1 to 1.39'
    """
    for factor in sorted(factors, key=lambda one: -len(one.path)):
        words = words.replace(factor.path, short_name(factor))
    return words


def in_short(words: str) -> str:
    """Dotted names inside words by their last two steps, and no underscores.

    >>> in_short("people.cost_to_serve.mean from 1 to 1.39")
    'cost to serve mean from 1 to 1.39'
    """
    short = re.sub(r"[a-z_]+(?:\.[A-Za-z_]+)+", lambda found: " ".join(found[0].split(".")[-2:]), words)
    return short.replace("_", " ")
