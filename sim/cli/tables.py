"""The tables of runs: numbers of firms, variants or points, the paired difference, and how often it came out so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.cli.wording import FIT, broken
from sim.text.console import columns
from sim.text.findings import TOO_CLOSE, UNKNOWN
from sim.text.language import tr
from sim.text.numbers import amount, between, signed, without_points
from sim.text.words import counted, name_or_words

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.by_chance import ByChance
    from sim.studies.compare import Comparison
    from sim.studies.replicate import Replication

MOST_FIRMS_ACROSS, MOST_OUTCOMES = 4, 3
UNSURE = "~"


@dataclass(frozen=True)
class Row:
    """One metric: its words, its unit, its mean per firm or variant, and the difference where two are compared.

    `difference` holds the mean, the 95 % interval (low, high), and in how many of the runs it was above 0 (won, runs).
    `missing`: how many runs have no number, and do not count.
    """

    label: str
    unit: str
    values: tuple[float, ...]
    difference: dict[str, Any] | None = None
    missing: int = 0

    @property
    def without_number(self) -> str:
        """In how many runs there is no number, so that they do not count; "" where there is one in all."""
        if not self.missing or self.difference is None:
            return ""
        return tr("{label} ({missing} of {runs})", label=self.label, missing=self.missing,
                  runs=counted(self.missing + self.difference["runs"], "run"))

    @classmethod
    def of(cls, label: str, row: Mapping[Any, Any], values: tuple[float, ...] = ()) -> Row:
        """A row of a study's table; `values` are its two means unless given."""
        numbers = {name: float(row[key]) for name, key in (("mean", "difference"), ("low", "low"), ("high", "high"))}
        return cls(label, str(row["unit"]), values or (float(row["mean_a"]), float(row["mean_b"])),
                   {**numbers, "won": int(row["won_by_b"]), "runs": int(row["n"])}, int(row.get("without_number", 0)))


def difference_in_words(found: Mapping[str, Any], unit: str) -> list[str]:
    """The difference with half its interval, and how often it is above 0; ~ where that says nothing.

    >>> difference_in_words({"mean": 0.11, "low": 0.09, "high": 0.13, "won": 40, "runs": 40}, "share")
    ['+11 ± 2.0 points', '40 of 40']
    >>> difference_in_words({"mean": 8, "low": -0.3, "high": 16.3, "won": 4, "runs": 5}, "people")
    ['+8.0 ± 8.3', '~ 4 of 5']
    """
    mean, low, high, runs = (found[name] for name in ("mean", "low", "high", "runs"))
    won = tr("{won} of {runs}", won=found["won"], runs=runs)
    if mean == low == high == 0:
        return ["0", tr("identical")]
    if runs < 2:
        return [signed(mean, unit), tr("one run")] if runs else ["", tr(UNKNOWN)]
    half = signed((high - low) / 2, unit).removeprefix("+")
    return [f"{without_points(signed(mean, unit))} ± {half}", won if low > 0 or high < 0 else f"{UNSURE} {won}"]


def table_of(
    corner: str, names: Sequence[str], rows: Sequence[Row], currency: str, compared: tuple[str, str] | None = None
) -> list[str]:
    """The rows as lines: names across where they are few, else one line per name.

    `compared`: what stands above the difference of two names and above the count of runs.
    """
    levels = [[amount(value, row.unit, currency) for value in row.values] for row in rows]
    if len(names) > MOST_FIRMS_ACROSS:
        return columns([[corner, *(row.label for row in rows)],
                        *([name, *(cells[place] for cells in levels)] for place, name in enumerate(names))], width=FIT)
    lines = [[corner, *names, *(compared or ())]]
    for row, cells in zip(rows, levels, strict=True):
        if row.difference is not None and not row.difference["runs"] and not any(map(isfinite, row.values)):
            continue
        lines.append([row.label, *cells, *(difference_in_words(row.difference, row.unit) if row.difference else [])])
    missing = ", ".join(filter(None, (row.without_number for row in rows)))
    without = broken(tr("No number: {missing}.", missing=missing), "  ") if missing else []
    return [*with_note(columns(lines, width=FIT)), *without]


def with_note(lines: list[str]) -> list[str]:
    """The lines of a table, and below them what its mark of doubt means where it is there."""
    note = tr("{mark} {verdict}: the 95 % interval (±) includes 0", mark=UNSURE, verdict=tr(TOO_CLOSE))
    return [*lines, *([note] if any(f" {UNSURE} " in line for line in lines) else [])]


def firms_compared(firms: Sequence[str]) -> tuple[str, str] | None:
    """What stands above the difference of two firms and above the count of runs; None unless there are two."""
    if len(firms) != 2:
        return None
    return (tr("{firm} minus {other} (95 % interval)", firm=firms[1], other=firms[0]),
            tr("won by {firm}", firm=firms[1]))


def rows_of(
    study: Replication, metrics: Sequence[str] | None = None, floor: ByChance | None = None
) -> list[Row]:
    """The table of a scenario: mean per firm, and with two firms the paired difference, second minus first.

    `metrics`: other ones than the headline and the usual ones; `floor`: what is by chance alone, below its metric.
    """
    from sim.metrics.headlines import FIRST_PAGE, shown_metrics
    from sim.metrics.registry import metric_in_words

    found, by_chance = [], {} if floor is None else floor.levels()
    for row in study.table(metrics or shown_metrics(study.scenario, FIRST_PAGE)).to_dict("records"):
        values = tuple(float(row[firm]) for firm in study.firms)
        label = metric_in_words(row["metric"])
        if any(map(isfinite, values)):
            found.append(Row.of(label, row, values) if len(values) == 2 else Row(label, row["unit"], values))
            if row["metric"] in by_chance:
                found.append(Row(tr("… by chance alone"), row["unit"], by_chance[row["metric"]]))
    return found


def variant_tables(study: Comparison, metrics: Sequence[str] | None = None) -> list[str]:
    """Per firm and variant a table: the first variant, this one, and the paired difference."""
    from sim.metrics.headlines import FIRST_PAGE, shown_metrics
    from sim.metrics.registry import metric_in_words

    lines: list[str] = []
    cells: dict[tuple[str, str], list[Row]] = {}
    for row in study.table(metrics or shown_metrics(study.scenario, FIRST_PAGE)).to_dict("records"):
        cells.setdefault((row["world_b"], row["firm"]), []).append(Row.of(metric_in_words(row["metric"]), row))
    for variant in list(study.worlds)[1:]:
        for firm in study.firms:
            rows = cells.get((variant, firm), [])
            if any(row.difference and row.difference["runs"] for row in rows):
                lines += [*table_of(f"{firm}, {after(study.end)}", (name_or_words(study.base), name_or_words(variant)),
                                    rows, study.scenario.money.currency,
                                    (tr("difference (95 % interval)"), tr("more in"))), ""]
    return lines


def best_other_tables(study: Replication, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """With three firms and more, each against the best other one: a table per metric."""
    from sim.metrics.registry import metric_in_words

    lines: list[str] = []
    for metric in dict.fromkeys(row["metric"] for row in rows):
        head = [f"{metric_in_words(metric)}, {after(study.end)}", tr("mean"), tr("best other firm"),
                tr("difference (95 % interval)"), tr("ahead in")]
        body = [_against(row["firm"], row, study.scenario.money.currency) for row in rows if row["metric"] == metric]
        lines += ["", *with_note(columns([head, *body], left=(0, 2), width=FIT))]
    return lines


def _against(label: str, row: Mapping[str, Any], currency: str) -> list[str]:
    """A firm, its mean, the best other one, and the difference between both."""
    return [label, amount(row["mean_b"], row["unit"], currency), row["rival"],
            *difference_in_words({**row, "mean": row["difference"], "won": row["won_by_b"], "runs": row["n"]},
                                 row["unit"])]


def duel_table(study: Comparison) -> list[str]:
    """Who is ahead in which variant in discounted profit: of two firms second minus first, of more the best and the
    next best; one line per variant."""
    from sim.metrics.registry import metric_in_words
    from sim.studies.best_other import best_others
    from sim.studies.differences import difference_cells

    metric, currency = "cumulative_discounted_profit_money", study.scenario.money.currency
    corner = f"{metric_in_words(metric)}, {after(study.end)}"
    if len(study.firms) > 2:
        best = {variant: best_others(study, metric, variant)[:1] for variant in study.worlds}
        body = [_against(f"{name_or_words(variant)}: {row['firm']}", row, currency)
                for variant, every in best.items() for row in every]
        head = [corner, tr("mean"), tr("next best"), tr("difference (95 % interval)"), tr("ahead in")]
        return with_note(columns([head, *body], left=(0, 2), width=FIT)) if body else []
    if len(study.firms) != 2:
        return []
    found = {variant: difference_cells(*(study.values(variant, metric, firm) for firm in study.firms))
             for variant in study.worlds}
    rows = [Row.of(name_or_words(variant), {**cells, "unit": "money"})
            for variant, cells in found.items() if cells["n"]]
    return table_of(corner, study.firms, rows, currency, firms_compared(study.firms))


def point_tables(table: pd.DataFrame, currency: str, when: str) -> list[str]:
    """Per outcome and firm: every point with its mean, its interval, and its paired difference from the first."""
    from sim.metrics.registry import metric_in_words

    lines: list[str] = []
    for (metric, firm), group in table.groupby(["metric", "firm"], sort=False):
        rows = group.to_dict("records")
        if any(row["n"] for row in rows):
            head = [f"{metric_in_words(str(metric))} of {firm}, {when}", "mean", "95 % interval"]
            compared = len(rows) > 1
            head += ["minus the first (95 % interval)", "more in"] if compared else ["runs"]
            lines += [*with_note(columns([head, *(_point(row, currency, compared) for row in rows)], width=FIT)), ""]
    return lines


def _point(row: Mapping[Any, Any], currency: str, compared: bool) -> list[str]:
    from sim.studies.differences import BASE

    unit = str(row["unit"])
    interval = "one run" if row["n"] < 2 else between(row["mean_low"], row["mean_high"], unit)
    cells = [str(row["point"]), amount(row["mean"], unit, currency), interval]
    if not compared:
        return [*cells, str(row["n"])]
    if row["verdict"] == BASE or not row["pairs"]:
        return [*cells, "", f"{row['n']} runs"]
    return [*cells, *difference_in_words({**row, "mean": row["difference"], "runs": row["pairs"]}, unit)]


def after(years: float) -> str:
    """The corner of a table.

    >>> after(1), after(2.5)
    ('after 1 year', 'after 2.5 years')
    """
    return tr("after {years}", years=counted(years, "year"))
