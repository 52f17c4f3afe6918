"""`sim compare`: several variants of a market with common random numbers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import CannotDoError, StoppedError
from sim.cli.options import (
    Customers,
    Idle,
    Output,
    Pictures,
    Replications,
    Seed,
    Set,
    WhatIfs,
    check_what_ifs,
    outcomes_from,
    overrides_from,
    scenario_from,
    show,
    spelled_out,
)
from sim.cli.runs import HOME, draw_all, ended, failed_and_kept
from sim.cli.speech import Lang
from sim.cli.tables import duel_table, variant_tables
from sim.cli.waiting import working
from sim.cli.wording import claims_as_data, expected, indented, short_of_money, title, window_in_words, wrapped
from sim.text.console import bar, say
from sim.text.language import tr
from sim.text.numbers import written
from sim.text.words import counted, name_or_words, one_of

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.studies.against_nothing import AgainstNothing
    from sim.studies.compare import Comparison
    from sim.studies.precision import Precision

PANEL = "Run a market"
MOST_PAIRS = 4
MOST_VARIANTS = 12


@spelled_out
def compare(
    names: Annotated[list[str], typer.Argument(metavar="NAME|FILE…", help="One scenario with what-ifs, or several.")],
    changes: Set = None,
    customers: Customers = None,
    seed: Seed = None,
    what_if: WhatIfs = None,
    replications: Replications = None,
    until_precise: Annotated[
        str | None, typer.Option("--until-precise", metavar="SHARE", help="Go on until intervals are that narrow: 1%.")
    ] = None,
    most: Annotated[int | None, typer.Option("--most", help="… but at most so many replicates (500).", min=2)] = None,
    outcomes: Annotated[
        str | None, typer.Option("--outcomes", metavar="METRIC,…", help="What is printed, and whose intervals count.")
    ] = None,
    idle: Idle = True, pictures: Pictures = False, lang: Lang = None,
    *,
    output: Output,
) -> None:
    """Compare a scenario with its what-ifs, or several scenarios, in paired runs.

    Every number is a paired difference: with intervals, and "too close to call" where it is. --until-precise 1%
    goes on until the interval of every difference reaches at most 1 % of the mean to either side. With --store, no run
    is done twice (but those of firms that spend nothing): the same command goes on. Exit code 1: a run failed.
    """
    from sim.runs.execution import Execution
    from sim.studies.against_nothing import against_nothing_beside
    from sim.studies.compare import compare as paired

    del lang  # it speaks by being given
    overrides = overrides_from(changes, market__customers=customers)
    scenarios = [scenario_from(name, overrides) for name in names]
    what = _compared(names, scenarios)
    check_what_ifs(scenarios[0], what_if or ())
    metrics = outcomes_from(outcomes)
    goal = _goal(until_precise, most, metrics)
    began = time.perf_counter()
    with working(scenarios[0].title or names[0], output.quiet, output.yes, 1.5 if idle else 1.0) as tell:
        study = paired(what, replications, seed=seed, what_if=what_if or None, precision=goal, **output.keywords(tell))
        how = Execution(workers=output.workers, scheduler=output.scheduler, progress=tell)
        resting = against_nothing_beside(study, execution=how) if idle and study.n > 1 and not study.stopped else None
    if study.n:
        _print(study, output, time.perf_counter() - began, metrics, resting, pictures)
    ended(study, output.store)
    if resting is not None and resting.stopped:
        raise StoppedError("Firms that spend nothing were not run to the end.")


def _compared(names: list[str], scenarios: list[Scenario]) -> Scenario | list[Scenario]:
    """Several scenarios, or one that has what-ifs."""
    if len(scenarios) == 1 and not scenarios[0].what_if:
        raise CannotDoError(tr("{scenario} has no what_if to compare: name a second scenario, or add one to the file.",
                               scenario=names[0]))
    return scenarios[0] if len(scenarios) == 1 else scenarios


def _print(
    study: Comparison, output: Output, seconds: float, metrics: Sequence[str] | None, resting: AgainstNothing | None,
    pictures: bool,
) -> None:
    saved = None if output.out is None else study.save(output.out)
    if saved is not None and resting is not None:
        resting.save(saved)
    show(output.as_json, lambda: [
        *_lines(study, seconds, metrics, resting),
        *failed_and_kept(study.results, output.store, f"sim report {output.store}"),
    ], lambda: _as_data(study, resting))
    home = output.out or HOME / f"{Path(study.scenario.source.name).stem}-compare"
    with bar("drawing", output.quiet):
        drawn = draw_all(study, home) if pictures else []
    if not output.as_json:
        for line in [*([] if saved is None else [tr("Saved: {folder}.", folder=saved)]), *drawn]:
            say(line)


def _goal(text: str | None, most: int | None, metrics: tuple[str, ...] | None) -> Precision | None:
    """How precise the comparison shall be, as the options say."""
    from sim.runs.summary import EQUITY
    from sim.studies.precision import MOST, Precision

    if text is None:
        if most is not None:
            raise CannotDoError("--most goes with --until-precise, e.g. --until-precise 1%.")
        return None
    number = text.strip().removesuffix("%").strip()
    try:
        share = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise CannotDoError(f"--until-precise {text}: write a share such as 1% or 0.01.") from None
    if share >= 1:
        raise CannotDoError(f"--until-precise {text} is {100 * share:g} % of the mean: write a share such as 1%.")
    return Precision(share, metrics or (EQUITY,), MOST if most is None else most)


def _lines(
    study: Comparison, seconds: float, metrics: Sequence[str] | None = None, resting: AgainstNothing | None = None
) -> list[str]:
    """The comparison in words and tables: one table per firm, the variants side by side."""
    from sim.studies.strain import strained

    runs = counted(study.n, "paired run") if study.n > 1 else tr("one paired run")
    drawn = tr("{variants} with common random numbers, {runs} ({seconds} s).", runs=runs,
               variants=counted(len(study.worlds), "variant"), seconds=written(f"{seconds:.1f}"))
    lines = [*title(study.scenario), *wrapped(*_variants(study)),
             *indented([drawn]), ""]
    lines += [*indented(variant_tables(study, metrics)), *wrapped(window_in_words(study.scenario)), ""]
    if duel := duel_table(study):
        lines += indented([tr("Who is ahead in which variant:"), *duel, ""])
    if resting is not None and (nothing := resting.lines()):
        more = tr("Only as written: the other variants would take too many runs (--what-if chooses one).")
        lines += indented([*nothing, *([more] if resting.left_out else []), ""])
    lines += indented(short_of_money(study, strained(study)))
    lines += wrapped(*(tr("{variant}: {changed} (last run).", variant=name_or_words(variant), changed=changed)
                       for variant, changed in study.customers_changed.items()))
    if claims := expected(study.verdicts, study.scenario):
        lines += ["", *indented(claims)]
    count = len(study.table())
    by_chance = tr("{differences}, each with an interval of its own: about {missed} miss by chance.",
                   differences=counted(count, "difference"), missed=written(f"{0.05 * count:.1f}"))
    return [*lines, *wrapped(study.note, _pairing(study), by_chance)]


def _variants(study: Comparison) -> list[str]:
    """What each variant changes: a what-if in the first one, options in another scenario; and what extends nothing."""
    from sim.scenario.changes import builds_on_nothing, changes_in_words, difference_in_words

    found = []
    for name, variant in list(study.variants.items())[1 : MOST_VARIANTS + 1]:
        same = variant.source.what_if and variant.source.file == study.scenario.source.file
        what = difference_in_words(study.scenario, variant) if same else changes_in_words(variant)
        found += [f"{name_or_words(name)}: {what}"] if what else []
    more = len(study.variants) - 1 - MOST_VARIANTS
    alone = [builds_on_nothing(variant) for variant in study.variants.values() if not variant.source.what_if]
    return [*found, *([tr("… and {variants}", variants=counted(more, "more variant"))] if more > 0 else []), *alone]


def _pairing(study: Comparison) -> str:
    """What pairing achieved for customer equity: variance of an independent difference over that of the pair."""
    from sim.runs.summary import EQUITY

    rows = [row for row in study.table([EQUITY]).to_dict("records") if isfinite(row["variance_ratio"])]
    if not rows:
        return ""
    pairs = [tr("{ratio} ({firm} in {variant}, correlation {correlation})", firm=row["firm"],
                variant=name_or_words(row["world_b"]), ratio=written(f"{row['variance_ratio']:,.3g}"),
                correlation=written(f"{row['correlation']:.2f}"))
             for row in sorted(rows, key=lambda one: -one["variance_ratio"])]
    return tr("Pairing divides the variance of a difference in customer equity by {pairs}.",
              pairs=one_of(pairs, MOST_PAIRS))


def _as_data(study: Comparison, resting: AgainstNothing | None) -> dict[str, object]:
    """Everything that is printed, as plain data."""
    from sim.studies.strain import strained

    return {
        "scenario": study.scenario.source.name, "worlds": list(study.worlds), "firms": list(study.firms),
        "replications": study.n, "first_seed": study.seed, "year": study.end,
        "currency": study.scenario.money.currency, "rows": study.table().to_dict("records"),
        "against_nothing": [] if resting is None else resting.table().to_dict("records"),
        "strain": [one.as_data() for one in strained(study)],
        "customers_changed": {world: changed.count for world, changed in study.customers_changed.items()},
        "expectations": claims_as_data(study.verdicts), "stopped": study.stopped, "note": study.note,
    }
