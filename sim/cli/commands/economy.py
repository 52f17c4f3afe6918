"""`sim economy`: does money mean something in a product class? Its measures beside their targets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Output, Replications, Seed, Set, overrides_from, spelled_out
from sim.cli.waiting import working
from sim.cli.wording import indented, wrapped
from sim.text.console import say, say_json, tell
from sim.text.files import between, write_text
from sim.text.words import counted

if TYPE_CHECKING:
    from sim.studies.economy import Economy

PANEL = "Scenario files"
BEGIN, END = "<!-- economy:begin -->", "<!-- economy:end -->"


@spelled_out
def economy(
    *,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME|FILE]...", help="Product classes, e.g. coffee_shop.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All product classes that are shipped.")] = False,
    changes: Set = None,
    replications: Replications = None,
    seed: Seed = None,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FILE", help="Renew the tables between their marks in a file.")
    ] = None,
    output: Output,
) -> None:
    """Measure a product class with typical firms: best price, what each euro brings, the best total and the best mix.

    One firm changes one lever after three years, and five years are counted, with common random numbers. Targets were
    written before the first run; what misses them is said.

    Examples: sim economy coffee_shop · sim economy --all -n 20
    """
    from sim.studies.economy import RUNS
    from sim.studies.economy import economy as study
    from sim.studies.economy_market import classes

    chosen = [*(names or []), *(classes() if every else [])]
    if not chosen:
        raise CannotDoError(f"Name a product class, or --all: {', '.join(classes())}.")
    if output.store is not None and len(chosen) > 1:
        raise CannotDoError("--store keeps the runs of one product class: name only one.")
    overrides, runs = overrides_from(changes), RUNS if replications is None else replications
    found: list[Economy] = []
    for name in chosen:
        with working(name, output.quiet, output.yes or bool(found), len(chosen)) as heard:
            began = time.perf_counter()
            found.append(study(name, runs, seed=seed, overrides=overrides, **output.keywords(heard)))
        _print(found[-1], output, time.perf_counter() - began)
    if output.as_json:
        say_json({one.scenario.source.name: one.table().to_dict("records") for one in found})
    if into is not None:
        write_text(into, inserted(into.read_text(encoding="utf-8"), found))
        tell(f"Renewed the tables in {into}.")


def _print(found: Economy, output: Output, seconds: float) -> None:
    """Print one class, save it where a folder is given."""
    if not output.as_json:
        for line in _lines(found, seconds):
            say(line)
    if output.out is not None:
        folder = found.save(output.out / found.scenario.source.name)
        tell(f"Saved: {folder}.")


def _lines(study: Economy, seconds: float) -> list[str]:
    runs = counted(int(study.settings()["runs"]), "run")
    return [study.scenario.title or study.scenario.source.name, *wrapped(study.explain()), "", *indented(study.lines()),
            f"  {runs} ({seconds:.1f} s).", ""]


def inserted(text: str, studies: Sequence[Economy]) -> str:
    """A text with a table in Markdown for each class between its two marks."""
    parts = []
    for study in studies:
        rows = study.table()[["label", "shown", "interval", "target", "verdict", "published"]].to_numpy().tolist()
        head = ["measure", "value", "95 % interval", "target", "", "published"]
        table = "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
        parts.append(f"## {study.scenario.title}\n\n{study.explain()}\n\n{table}\n")
    return between(text, (BEGIN, END), "\n" + "\n".join(parts))
