"""The words in which the result of many runs is told."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.text.difference_table import Difference, Heads, Row, rendered

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.studies.compare import Comparison
    from sim.studies.expectations import Verdict
    from sim.studies.replicate import Replication
    from sim.studies.study import Study

_PERIODS = {"week": ("weeks", 52), "month": ("months", 12), "quarter": ("quarters", 4)}


def rows_of(study: Replication) -> list[Row]:
    """The table of a scenario: mean per firm, and with two firms the paired difference, second minus first."""
    from sim.metrics.registry import metric_in_words
    from sim.studies.differences import KEY_METRICS

    found = []
    for row in study.table(KEY_METRICS).to_dict("records"):
        values = tuple(float(row[firm]) for firm in study.firms)
        if any(map(isfinite, values)):
            difference = _difference(row) if len(values) == 2 else None
            found.append(Row(metric_in_words(row["metric"]), row["unit"], values, difference))
    return found


def _difference(row: dict[Any, Any]) -> Difference:
    """The cells of a difference, as the table shows them."""
    mean, low, high = (float(row[name]) for name in ("difference", "low", "high"))
    return Difference(mean, low, high, int(row["won_by_b"]), int(row["n"]))


def world_tables(study: Comparison) -> list[str]:
    """Per firm and world a table: the first world, this one, and the paired difference."""
    from sim.metrics.registry import metric_in_words
    from sim.studies.differences import KEY_METRICS

    table = study.table(KEY_METRICS)
    currency = study.scenario.money.currency
    lines: list[str] = []
    for world in list(study.worlds)[1:]:
        for firm in study.firms:
            cells = table[(table["firm"] == firm) & (table["world_b"] == world)].to_dict("records")
            rows = [
                Row(metric_in_words(row["metric"]), row["unit"], (float(row["mean_a"]), float(row["mean_b"])),
                    _difference(row))
                for row in cells if row["n"]
            ]
            if rows:
                heads = Heads(f"{firm}, {after(study.end)}", (study.base, world), "difference", "runs it is more")
                lines += [*rendered(heads, rows, currency), ""]
    return lines


def duel_table(study: Comparison) -> list[str]:
    """With two firms, who is ahead in which world: discounted profit, second firm minus first, one line per world."""
    from sim.metrics.registry import metric_in_words
    from sim.studies.differences import difference_cells

    if len(study.firms) != 2:
        return []
    metric = "cumulative_discounted_profit_money"
    rows = []
    for world in study.worlds:
        a, b = (study.values(world, metric, firm) for firm in study.firms)
        cells = difference_cells(a, b)
        if cells["n"]:
            rows.append(Row(world, "money", (float(cells["mean_a"]), float(cells["mean_b"])), _difference(cells)))
    heads = Heads.of_firms(f"{metric_in_words(metric)}, {after(study.end)}", study.firms)
    return rendered(heads, rows, study.scenario.money.currency)


def headline(study: Study, seconds: float) -> str:
    """Who was run, for how long, how often, and how far the scenario is from what it builds on."""
    from sim.scenario.diff import base_of, diff

    scenario = study.scenario
    name, per_year = _PERIODS[scenario.clock.period]
    people = "the same people" if scenario.runs.world_seed is not None else "new people"
    how_often = f"{study.n} runs with {people}" if study.n > 1 else "one run"
    firms = len(scenario.firms)
    text = (f"{firms} firm{'s' if firms > 1 else ''}, {scenario.market.customers:,} people, "
            f"{round(scenario.clock.years * per_year)} {name}, {how_often} ({seconds:.1f} s).")
    base = base_of(scenario)
    if base is not None and scenario.extends:
        count = len(diff(base, scenario))
        text += f" Differs from {scenario.extends} in {count} places: `sim diff {scenario.source.name}`."
    return text


def overtaking_in_words(study: Replication) -> list[str]:
    """The break-even clock in a sentence; nothing unless there are two firms."""
    from sim.studies.figure_tables import overtaking

    found = overtaking(study)
    return [] if found is None else [f"In profit to date: {found.sentence}"]


def expected(verdicts: Sequence[Verdict]) -> list[str]:
    """What had been expected before the first run, and what became of it; those of what-ifs are for `sim compare`."""
    checked = [verdict for verdict in verdicts if verdict.runs]
    width = max((len(verdict.claim) for verdict in checked), default=0)
    lines = []
    for verdict in checked:
        answer = verdict.sentence.removeprefix(f"{verdict.claim}: ")
        lines.append(f"expected: {verdict.claim} {'.' * (width - len(verdict.claim) + 3)} {answer}")
    later = [verdict for verdict in verdicts if not verdict.runs and "runs end" in verdict.sentence]
    lines += [f"expected: {verdict.sentence}" for verdict in later]
    waiting = len(verdicts) - len(checked) - len(later)
    if waiting:
        lines.append(f"{waiting} more expectation{'s' if waiting > 1 else ''} about what-ifs: see `sim compare`.")
    return lines


def claims_as_data(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Verdicts as plain data."""
    return [
        {"claim": verdict.claim, "verdict": verdict.word, "held": verdict.held, "runs": verdict.runs,
         "difference": verdict.difference.value, "low": verdict.difference.low, "high": verdict.difference.high,
         "why": verdict.expectation.why}
        for verdict in verdicts
    ]


def stopped(study: Study) -> bool:
    """Whether Ctrl-C came before all runs were done."""
    return len(study.rows) < study.replications * len(study.worlds)


def title(scenario: Scenario) -> str:
    """The scenario's title, or its name; with the what-if that is applied."""
    what_if = scenario.source.what_if
    return (scenario.title or scenario.source.name) + (f" (what if: {what_if})" if what_if else "")


def careful(scenario: Scenario) -> str:
    """What to keep in mind before believing the numbers."""
    from sim.scenario.fields import guesses_in_use

    guesses, numbers = guesses_in_use(scenario)
    react = any(firm.strategy != "as_written" for firm in scenario.firms.values())
    levers = "strategies change their levers" if react else "levers as written, rivals do not react"
    hint = f"`sim explain {scenario.source.name} --guesses`"
    return f"Caveats: {levers}; {len(guesses)} of {numbers} assumptions are guesses ({hint})."


def after(years: float) -> str:
    """The corner of a table.

    >>> after(1), after(2.5)
    ('after 1 year', 'after 2.5 years')
    """
    return f"after {years:.4g} year{'' if years == 1 else 's'}"
