"""`sim compare`: several variants of a market with common random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import (
    Customers,
    ExecutionGroup,
    Json,
    Out,
    Quiet,
    Replications,
    Seed,
    Set,
    overrides_from,
    spelled_out,
)

if TYPE_CHECKING:
    from sim.studies.compare import Comparison
    from sim.studies.precision import Precision

PANEL = "Run a market"
MOST_PAIRS = 4


@spelled_out
def compare(
    names: Annotated[list[str], typer.Argument(metavar="NAME|FILE…", help="One scenario with what-ifs, or several.")],
    seed: Seed = None,
    changes: Set = None,
    out: Out = None,
    replications: Replications = None,
    customers: Customers = None,
    what_if: Annotated[
        list[str] | None, typer.Option("--what-if", metavar="NAME", help="Only these what-ifs. May be repeated.")
    ] = None,
    until_precise: Annotated[
        str | None, typer.Option("--until-precise", metavar="SHARE", help="Go on until intervals are that narrow: 1%.")
    ] = None,
    most: Annotated[int | None, typer.Option("--most", help="… but at most so many replicates (500).", min=2)] = None,
    outcomes: Annotated[
        str | None, typer.Option("--outcomes", metavar="METRIC,…", help="Whose intervals count (customer equity).")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
    *,
    where: ExecutionGroup,
) -> None:
    """Compare a scenario with its what-ifs, or several scenarios, in paired runs.

    Every number is a paired difference: with intervals, and "too close to call" where it is. --until-precise 1%
    goes on until the interval of every difference reaches at most 1 % of the mean to either side. With --store, no run
    is ever done twice: stopped or killed, the same command goes on. Exit code 1: a run failed.
    """
    import time

    from sim.cli.errors import CannotDoError
    from sim.cli.options import scenario_from
    from sim.cli.runs import ended, failed_and_kept
    from sim.studies.compare import compare as paired
    from sim.text.console import bar, say, say_json

    overrides = overrides_from(changes, market__customers=customers)
    scenarios = [scenario_from(name, overrides) for name in names]
    if len(scenarios) == 1 and not scenarios[0].what_if:
        raise CannotDoError(f"{names[0]} has no what_if to compare: name a second scenario, or add one to the file.")
    goal = _goal(until_precise, most, outcomes)
    began = time.perf_counter()
    with bar(scenarios[0].title or names[0], quiet) as tell:
        what: Any = scenarios[0] if len(scenarios) == 1 else scenarios
        only = what_if or None
        study = paired(what, replications, seed=seed, what_if=only, precision=goal, **where.keywords(tell))
    if not study.n:
        ended(study, where.store)
    saved = None if out is None else study.save(out)
    if as_json:
        say_json(_as_data(study))
    else:
        for line in (*told(study, time.perf_counter() - began), *failed_and_kept(study, where.store)):
            say(line)
        if saved is not None:
            say(f"Saved: {saved}.")
    ended(study, where.store)


def _goal(text: str | None, most: int | None, outcomes: str | None) -> Precision | None:
    """How precise the comparison shall be, as the options say.

    Raises:
        CannotDoError: the share is not a number, or options are given that mean nothing without it.
    """
    from sim.cli.errors import CannotDoError
    from sim.cli.options import outcomes_from
    from sim.runs.summary import EQUITY
    from sim.studies.precision import MOST, Precision

    if text is None:
        if most is not None or outcomes is not None:
            raise CannotDoError("--most and --outcomes go with --until-precise, e.g. --until-precise 1%.")
        return None
    number = text.strip().removesuffix("%").strip()
    try:
        share = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise CannotDoError(f"--until-precise {text}: write a share such as 1% or 0.01.") from None
    if share >= 1:
        raise CannotDoError(f"--until-precise {text} is {100 * share:g} % of the mean: write a share such as 1%.")
    return Precision(share, outcomes_from(outcomes) or (EQUITY,), MOST if most is None else most)


def told(study: Comparison, seconds: float) -> list[str]:
    """The comparison in words and tables: one table per firm, the worlds side by side."""
    from sim.cli.wording import duel_table, expected, title, world_tables

    scenario = study.scenario
    runs = f"{study.n} paired runs" if study.n > 1 else "one paired run"
    lines = [title(scenario), f"  {scenario.question}"]
    lines += [f"  {len(study.worlds)} variants with common random numbers, {runs} ({seconds:.1f} s).", ""]
    lines += [f"  {line}".rstrip() for line in world_tables(study)]
    if duel := duel_table(study):
        lines += ["  Who is ahead in which variant:", *(f"  {line}".rstrip() for line in duel), ""]
    for world, changed in study.customers_changed.items():
        lines.append(f"  {world}: {changed} (last run).")
    claims = expected(study.verdicts)
    lines += ["", *(f"  {line}" for line in claims)] if claims else []
    lines += [f"  {study.note}"] if study.note else []
    lines += [f"  {gained}"] if (gained := _pairing(study)) else []
    count = len(study.table())
    chance = f"about {0.05 * count:.1f} miss by chance"
    return [*lines, f"  {count} differences, each with an interval of its own: {chance}."]


def _pairing(study: Comparison) -> str:
    """What common luck achieved for customer equity: variance of an independent difference over that of the pair."""
    from math import isfinite

    from sim.runs.summary import EQUITY

    rows = [row for row in study.table([EQUITY]).to_dict("records") if isfinite(row["variance_ratio"])]
    if not rows:
        return ""
    told = [f"{row['variance_ratio']:,.3g} ({row['firm']} in {row['world_b']}, correlation {row['correlation']:.2f})"
            for row in sorted(rows, key=lambda one: -one["variance_ratio"])[:MOST_PAIRS]]
    more = f" and {len(rows) - MOST_PAIRS} more" if len(rows) > MOST_PAIRS else ""
    return f"Pairing divides the variance of a difference in customer equity by {', '.join(told)}{more}."


def _as_data(study: Comparison) -> dict[str, object]:
    """Everything that is printed, as plain data."""
    from sim.cli.wording import claims_as_data, stopped

    return {
        "scenario": study.scenario.source.name, "worlds": list(study.worlds), "firms": list(study.firms),
        "replications": study.n, "first_seed": study.seed, "year": study.end,
        "currency": study.scenario.money.currency, "rows": study.table().to_dict("records"),
        "customers_changed": {world: changed.count for world, changed in study.customers_changed.items()},
        "expectations": claims_as_data(study.verdicts), "stopped": stopped(study), "note": study.note,
    }
