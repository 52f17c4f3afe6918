"""The grid as the page needs it: numbers to draw, beside each the text that is shown, and three people to meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from sim.handouts.grid import Grid, GridPoint, GridSlider
from sim.lives.meeting import Who, chosen
from sim.lives.person import Person
from sim.lives.side_by_side import AS_WRITTEN, Meeting
from sim.lives.story import dated
from sim.lives.tape import taped
from sim.market.simulation import Options
from sim.metrics.registry import better_of, metric_in_words
from sim.records.records import Records
from sim.runs.summary import metric_units
from sim.scenario.calling import called, options_of, quoted
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.differences import verdict_of
from sim.text.findings import HIGHER, LOWER
from sim.text.language import language, tr
from sim.text.numbers import amount, between, percent, signed, span
from sim.text.words import capital, number_in_words

DRAWN = 73
"""Dates of a line at most: every month of six years."""
PLAIN = ("0..1", "quality", "ratio", "strength")
"""Units that say nothing beside a number of a slider."""
Cell = list[Any]
UP, DOWN, OPEN = 1, -1, 0
PEOPLE = 3


def level_cell(values: Floats, unit: str, currency: str) -> Cell:
    """A mean over runs: the number, the ends of its 95 % interval, and both as they are printed.

    >>> level_cell(np.array([10.0, 12.0, 14.0]), "money", "EUR")
    [12.0, 7.032, 16.97, 'EUR 12.00', '7.03 to 16.97']
    """
    found = mean_interval(values)
    told = between(found.low, found.high, unit) if isfinite(found.low) else ""
    return [*map(_short, (found.value, found.low, found.high)), amount(found.value, unit, currency), told]


def difference_cell(a: Floats, b: Floats, unit: str, currency: str) -> Cell:
    """The paired difference b − a: the number, the ends of its 95 % interval, both in print, and its sign.

    The sign is 1 (surely above 0), −1 (surely below) or 0. Runs in which either has no number do not count.

    >>> difference_cell(np.array([10.0, 12.0]), np.array([11.0, 13.0]), "people", "")
    [1.0, 1.0, 1.0, '+1.0', '+1.0 to +1.0', 1]
    """
    differences = b - a
    known = differences[np.isfinite(differences)]
    found = mean_interval(known)
    sign = {HIGHER: UP, LOWER: DOWN}.get(verdict_of(known, found), OPEN)
    told = span(found.low, found.high, unit, currency) if isfinite(found.low) else ""
    return [*map(_short, (found.value, found.low, found.high)), signed(found.value, unit, currency), told, sign]


def _short(value: float) -> float | None:
    """Four digits, which no eye tells from the number in a picture."""
    return float(f"{value:.4g}") if isfinite(value) else None


def data_of(grid: Grid) -> dict[str, Any]:
    """Everything that the page draws and says of the runs; the first metric is the one of the bet."""
    first = grid.points[0]
    years = [round(float(first.years[place]), 4) for place in _dates(first)]
    return {
        "firms": list(grid.firms), "base": grid.base, "far": grid.far, "leader": leader(grid),
        "firm": grid.firms.index(firm_of(grid)), "years": years,
        "wholeYears": [place for place, year in enumerate(years) if abs(year - round(year)) < 1e-6],
        "metrics": [{"label": capital(tr(metric_in_words(metric))), "unit": metric_units()[metric]}
                    for metric in grid.metrics],
        "sliders": [_slider(one, grid.scenario.money.currency) for one in grid.sliders],
        "points": [_point(grid, point) for point in grid.points],
    }


def _point(grid: Grid, point: GridPoint) -> dict[str, Any]:
    """One point: levels [metric][firm], differences from the point as written [metric][firm] (none there), between the
    first firm and each other [metric][firm − 1], lines [firm][mean, low, high], and the command that gives the same.
    """
    base, currency = grid.points[grid.base], grid.scenario.money.currency
    first, *others = grid.firms
    units = [metric_units()[metric] for metric in grid.metrics]
    rows = list(zip(grid.metrics, units, strict=True))
    return {
        "n": point.n, "command": command_of(point.scenario, grid),
        "levels": [[level_cell(point.values[metric, firm], unit, currency) for firm in grid.firms]
                   for metric, unit in rows],
        "against": [[difference_cell(base.values[metric, firm], point.values[metric, firm], unit, currency)
                     for firm in grid.firms] for metric, unit in rows] if point is not base else [],
        "between": [[difference_cell(point.values[metric, first], point.values[metric, firm], unit, currency)
                     for firm in others] for metric, unit in rows],
        "lines": [list(_lines(point, place)) for place in range(len(grid.firms))],
    }


def _dates(point: GridPoint) -> list[int]:
    """Which dates of a line are drawn: all of them, or every second, third, … with the last one."""
    count = len(point.years)
    step = -(-count // DRAWN)
    return list(range((count - 1) % step, count, step))


def _lines(point: GridPoint, firm: int) -> Iterator[list[float | None]]:
    for column in ("mean", "low", "high"):
        every = point.lines.get(column, point.lines["mean"])
        yield [_short(float(every[place, firm])) for place in _dates(point)]


def _slider(one: GridSlider, currency: str) -> dict[str, Any]:
    return {"words": capital(tr(one.slider.words)), "base": one.base, "numbers": list(one.values),
            "texts": [value_text(value, one.slider.unit, currency) for value in one.values]}


def value_text(value: float, unit: str, currency: str) -> str:
    """A value of a slider with its unit.

    >>> value_text(0.2, "share per year", ""), value_text(4.5, "money", "EUR"), value_text(0.75, "0..1", "")
    ('20 % per year', 'EUR 4.50', '0.75')
    """
    kind, _, rest = unit.partition(" ")
    if kind == "money":
        text = amount(value, "money", currency)
    elif kind == "share":
        text = percent(value, 0 if round(100 * value, 6).is_integer() else 1)
    else:
        text, rest = number_in_words(value), "" if unit in PLAIN else unit
    return f"{text} {tr(rest)}" if rest else text


def command_of(scenario: Scenario, grid: Grid) -> str:
    """The command that runs a point alone and prints the same numbers."""
    return quoted(["sim", "run", name_of_file(scenario), "-n", str(grid.runs), "--seed", str(grid.seed),
                   *options_of(scenario)])


def name_of_file(scenario: Scenario) -> str:
    """A shipped name, or the file without its folder: where it lies is nobody's business."""
    return called(scenario).replace("\\", "/").rpartition("/")[2]


def firm_of(grid: Grid) -> str:
    """The firm whose number the second bet is about: the one that the first slider moves, else the first."""
    steps = grid.sliders[0].path.split(".")
    return steps[1] if steps[0] == "firms" and steps[1] in grid.firms else grid.firms[0]


def leader(grid: Grid) -> int:
    """The place of the firm that is surely ahead of every other one as written, by the first metric; −1 where none is.
    """
    metric, point = grid.metrics[0], grid.points[grid.base]
    sign = -1.0 if better_of(metric) == "lower" else 1.0
    runs: Sequence[Floats] = [sign * point.values[metric, firm] for firm in grid.firms]
    for place, own in enumerate(runs):
        rivals = [other for number, other in enumerate(runs) if number != place]
        if rivals and all(difference_cell(other, own, "", "")[-1] == UP for other in rivals):
            return place
    return -1


class Met(NamedTuple):
    """One person: name and number, where the two lives part and why, and both lives as lines of date and text."""

    name: str
    parting: str
    here: tuple[tuple[str, str], ...]
    there: tuple[tuple[str, str], ...]


def three_people(here: Scenario, there: Scenario, seed: int) -> list[Met]:
    """Who changed most, who left, one by chance: each once; others who bought take the place of whom there is not.

    Both markets are run once more with the seed of the first run. Where the change brings other people, nobody can
    have changed most, and who is not in both is left out.
    """
    markets = [taped(each, seed, Options(records="all")) for each in (here, there)]
    found = []
    for number in list(dict.fromkeys(_candidates([market.records() for market in markets], seed)))[:PEOPLE]:
        one, other = (Person(market, number, language()) for market in markets)
        meeting = Meeting((AS_WRITTEN, tr("With the change")), one, other)
        lives = (tuple(dated(person.story, person.teller)) for person in (one, other))
        found.append(Met(str(one.name), meeting.explain(), *lives))
    return found


def _candidates(runs: list[Records], seed: int) -> Iterator[int]:
    there = min(run.people_count for run in runs)
    words: tuple[Who, ...] = ("most_changed", "left", "random")
    for word in words:
        with suppress(ValueError):  # nobody is such a person in this market
            if (number := chosen(word, runs, seed)) < there:
                yield number
    yield from np.flatnonzero(runs[0].ties["paid"].sum(axis=0)[:there] > 0).tolist()
