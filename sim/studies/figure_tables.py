"""From runs to pictures: tables of means over runs with 95 % intervals, made and drawn in one step.

    study = sim.replicate("first_look", 20)
    sim.draw("equity_bars", study)
    sim.save_pictures(study, "pictures")

A table is made of a `Study` (many runs: the replication of a scenario, or a comparison of variants) or of a single
`Run`; its `attrs` hold the currency. The run is the unit, never the customer. With one run there is no interval, and
the columns `low` and `high` are left out. `world` chooses one variant of a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import figures
from sim.lives.person import Person
from sim.lives.pictures import picture_of
from sim.lives.side_by_side import Meeting
from sim.metrics.registry import metric_in_words
from sim.metrics.survival import whole_ages
from sim.records.records import Floats
from sim.runs.run import Run
from sim.runs.summary import WHALE_SHARES, Summary, metric_units, summarise
from sim.scenario.changes import changes_in_words
from sim.statistics.overtaking import Overtaking
from sim.studies.best_other import most_changed_firm
from sim.studies.differences import means, quantiles_over_runs
from sim.studies.picture_words import best_fifth, who_is_worth_more, with_what_is_off
from sim.studies.replicate import LEAD, Replication
from sim.studies.study import Study
from sim.text.language import tr

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOODS = ("delighted_share", "content_share", "disappointed_share", "angry_share")
QUADRANTS = {
    "true": "truly_loyal_survey_share", "latent": "latently_loyal_survey_share",
    "spurious": "spuriously_loyal_survey_share", "none": "not_loyal_survey_share",
}
OVER_TIME = ("over_time", "profit")
EQUITY_PARTS = ("today", "future", "costs", "total")


def draw(
    name: str, source: Study | Run | Person | Meeting, ax: Axes | None = None, *, world: str | None = None,
    firm: str | None = None, finding: str | None = None,
) -> Axes:
    """Draw a picture of a study, a run or a life; `finding` becomes its title, `world` chooses a variant of a study.

    Lines over time show all variants of a comparison for one firm (`firm`; else that whose equity changes most).
    Words are as large as a projector needs: give each picture about 10 x 6 inches of its own.

    Raises:
        LookupError: no such picture.
        ValueError: there is nothing to draw.
    """
    table = (table_for(name, source, world, firm) if isinstance(source, Study | Run) else picture_of(name, source))
    if finding is not None:
        table.attrs["finding"] = finding
    return figures.find(name)(table, ax)


def save_pictures(
    source: Study | Run, folder: str | Path, *, prefix: str = "", names: Iterable[str] | None = None
) -> list[Path]:
    """Save pictures (all that runs can be drawn as, unless named) as PNG files `PREFIXname.png`; gives their paths.

    A picture that has nothing to show in these runs (no survey yet, no purchases kept) is left out.
    """
    tables = {name: table_for(name, source) for name in (figures.names_from_runs() if names is None else names)}
    return [figures.save(name, table, Path(folder) / f"{prefix}{name}.png")
            for name, table in tables.items() if not table.empty]


def table_for(name: str, source: Study | Run, world: str | None = None, firm: str | None = None) -> pd.DataFrame:
    """The table that a picture draws, made from runs.

    Raises:
        LookupError: no such picture, with the nearest name; or a picture that is not drawn from runs.
    """
    named = figures.table_function(name)
    if not named:
        raise LookupError(f"{name} is not drawn from runs but from a table of its own: "
                          f"sim.figures.find({name!r})(table); its docstring names the columns.")
    function, *arguments = named
    if function in OVER_TIME and isinstance(source, Study) and world is None and len(source.variants) > 1:
        metric, who = (*arguments, LEAD)[0], firm or most_changed_firm(source)
        table = worlds_over_time(source, metric, who)
        table.attrs["finding"] = tr("{metric} of {firm}, by variant", metric=metric_in_words(metric).capitalize(),
                                    firm=who)
    else:
        table = globals()[function](source, *arguments, world=world)
    shown = source.variants[world] if isinstance(source, Study) and world is not None else source.scenario
    table.attrs["changed"] = changes_in_words(shown)
    return table


def summaries_of(source: Study | Run, world: str | None = None) -> list[Summary]:
    """What is kept of each run: of the chosen variant of a study (the first unless given), or of a single run.

    Raises:
        ValueError: there is no such world, or no complete run.
    """
    if isinstance(source, Run):
        return [summarise(source.records, (float(source.records.years[-1]),))]
    chosen = source.base if world is None else world
    source.check_names(worlds=[chosen])
    if not source.n:
        raise ValueError("No run is complete: there is nothing to make a table of.")
    return [source.summaries[(chosen, replicate)] for replicate in source.complete]


def over_time(source: Study | Run, metric: str, world: str | None = None) -> pd.DataFrame:
    """A metric by firm and period from the end of the warm-up on: year, firm, mean, (low, high,) n.

    Raises:
        ValueError: the metric is not kept over time.
    """
    return _lines(source, metric, world, means)


def profit(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Profit to date, discounted, by firm and period; with two firms `attrs` say who overtakes whom and when.

    `attrs["difference"]` is then what the one has more than the other, run by run: firm, other, year, mean, low, high,
    ahead (runs at the end), n.
    """
    table = over_time(source, LEAD, world)
    found = overtaking(source)
    if found is not None and isinstance(source, Replication):
        table.attrs |= {"crossing": found.crossing, "finding": found.headline}
        table.attrs["difference"] = source.lead((found.other, found.firm))
    return table


def overtaking(source: Study | Run) -> Overtaking | None:
    """Of two firms, which one ends ahead in more runs, and since when; None for anything but runs of two firms."""
    if not isinstance(source, Replication) or len(source.firms) != 2 or source.n < 2:
        return None
    first, second = source.firms
    both = source.overtaking((first, second)), source.overtaking((second, first))
    return max(both, key=lambda one: (one.overtook + one.always_ahead, one.overtook))


def quantiles(source: Study | Run, metric: str, world: str | None = None) -> pd.DataFrame:
    """How far runs lie apart in a metric over time: year, firm, middle, and with several runs lowest, lower, upper,
    highest (5, 25, 75 and 95 % of runs lie below; of fewer than twenty runs the lowest and highest run), n.

    Raises:
        ValueError: the metric is not kept over time.
    """
    table = _lines(source, metric, world, quantiles_over_runs)
    table.attrs |= {"outcome": metric, "outcome_words": metric_in_words(metric), "unit": metric_units()[metric]}
    return table


def worlds_over_time(study: Study, metric: str, firm: str) -> pd.DataFrame:
    """A metric of one firm in every variant of a comparison: year, world, firm, mean, (low, high,) n."""
    tables = {world: over_time(study, metric, world) for world in study.worlds}
    return _below_each_other([table[table["firm"] == firm].assign(world=world) for world, table in tables.items()],
                             study)


def mood(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Mean shares of the four moods by firm and period: year, firm, the shares, n.

    `attrs["switched_off"]` says so where mood is no mechanism of this market: the shares are then no finding.
    """
    tables = {name: over_time(source, name, world) for name in MOODS}
    table = tables[MOODS[0]][["year", "firm", "n"]]
    table = table.assign(**{name: one["mean"] for name, one in tables.items()})
    return with_what_is_off(table, (source, world), "mood",
                            tr("Mood is switched off in this market (mechanisms.mood: 0): nobody has one."))


def loyalty(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Quadrants of loyalty in the last survey: firm, quadrant, mean, (low, high,) n. Firms nobody answered are out."""
    every = summaries_of(source, world)
    when = max(year for year, _ in every[0].values)
    table = _bars(source, every, "quadrant", {
        quadrant: np.stack([one.values[(when, metric)] for one in every]) for quadrant, metric in QUADRANTS.items()})
    return with_what_is_off(_within_0_1(table).dropna(subset="mean"), (source, world), "commitment",
                            tr("Commitment is switched off in this market: attitude is satisfaction alone."))


def equity(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Customer equity by firm and part (today, future, costs, total): firm, part, mean, (low, high,) n."""
    every = summaries_of(source, world)
    table = _bars(source, every, "part", {part: np.stack([one.equity[part] for one in every]) for part in EQUITY_PARTS})
    if isinstance(source, Replication) and len(source.firms) == 2 and source.n > 1:
        table.attrs["finding"] = who_is_worth_more(source)
    return table


def cohorts(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Retention of yearly cohorts: firm, cohort, age_years, mean, (low, high,) n. Empty without purchases.

    A cohort is followed for as long as all of its people have been watched: later, only those won early in the year
    would be left, and the line would bend for no other reason. Between the first purchase and the end of its active
    window everybody counts as a customer, whether they come back or not: these ages are left out.
    """
    import pandas as pd

    every = summaries_of(source, world)
    weeks, keys = source.scenario.market.active_window_weeks, ["firm", "cohort", "age_years"]
    kept = [whole_ages(one.cohorts, one.dates, weeks / 52).set_index(keys)["retention_share"]
            for one in every if one.cohorts is not None]
    if len(kept) < len(every):
        return _below_each_other([pd.DataFrame({name: [] for name in (*keys, "mean", "n")})], source)
    wide = pd.concat(kept, axis=1)
    table = _within_0_1(wide.reset_index()[keys].assign(**means(wide.to_numpy(dtype=float).T)))
    places = {firm: place for place, firm in enumerate(every[0].firms)}
    table = table.sort_values(keys, key=lambda column: column.map(places) if column.name == "firm" else column)
    table = _below_each_other([table], source)
    table.attrs["active_window_weeks"] = weeks
    return table


def whales(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Whale curves: firm, customers_share (0, .01, … 1, the best first), mean share of profit, (low, high,) n.

    NaN for a firm whose customers bring no profit together; empty where that is so of every firm.
    """
    every = summaries_of(source, world)
    firms, shares = every[0].firms, means(np.stack([one.whales for one in every if one.whales is not None]))
    table = _by_firm(source, firms, {"customers_share": WHALE_SHARES}, shares)[["firm", "customers_share", *shares]]
    if not table["mean"].notna().any():
        return table.iloc[:0].copy()
    if len(firms) <= 2:
        table.attrs["finding"] = best_fifth(table)
    return table


def _lines(
    source: Study | Run, metric: str, world: str | None, cells: Callable[[Floats], dict[str, Any]]
) -> pd.DataFrame:
    """A metric by firm and period from the end of the warm-up on; `cells` makes columns of all runs [R, T, F]."""
    every = summaries_of(source, world)
    first = every[0]
    if metric not in first.series:
        raise ValueError(f"{metric!r} is not kept over time; kept are {', '.join(first.series)}.")
    counted = first.dates > 1e-9
    runs = np.stack([one.series[metric][counted] for one in every])
    return _by_firm(source, first.firms, {"year": first.dates[counted]}, cells(runs))


def _by_firm(
    source: Study | Run, firms: tuple[str, ...], along: Mapping[str, Floats], cells: Mapping[str, Any]
) -> pd.DataFrame:
    """Line below line: a column that the lines go along, the firm, and its part of the cells [X, F]."""
    import pandas as pd

    return _below_each_other([
        pd.DataFrame({**along, "firm": firm,
                      **{name: cell[:, place] if np.ndim(cell) else cell for name, cell in cells.items()}})
        for place, firm in enumerate(firms)], source)


def _bars(source: Study | Run, every: list[Summary], column: str, parts: Mapping[str, Floats]) -> pd.DataFrame:
    """Part below part: firm, the part in a column, and the means over runs [R, F]."""
    import pandas as pd

    firms = every[0].firms
    return _below_each_other([pd.DataFrame({"firm": firms, column: part, **means(runs)})
                              for part, runs in parts.items()], source)


def _within_0_1(table: pd.DataFrame) -> pd.DataFrame:
    """Intervals of shares held in 0..1."""
    return table.assign(**{name: table[name].clip(0.0, 1.0) for name in ("low", "high") if name in table})


def _below_each_other(parts: list[pd.DataFrame], source: Study | Run) -> pd.DataFrame:
    import pandas as pd

    table = pd.concat(parts, ignore_index=True)
    table.attrs |= {"currency": source.scenario.money.currency, "firms": list(source.scenario.firms)}
    return table
