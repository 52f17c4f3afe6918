"""`sim facts`: what is known of every real market, and whether it holds in this one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import Output, Replications, spelled_out
from sim.cli.study_commands import STUDY_PANEL, Into
from sim.cli.waiting import working
from sim.cli.wording import indented, wrapped
from sim.text.console import say, say_json, tell
from sim.text.files import between, write_text
from sim.text.words import counted

if TYPE_CHECKING:
    from sim.studies.facts import Facts

PANEL = STUDY_PANEL
MARKS = ("<!-- facts:begin -->", "<!-- facts:end -->")


@spelled_out
def facts(
    *,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Facts, e.g. F01; none: all.")] = None,
    replications: Replications = None,
    into: Into = None,
    output: Output,
) -> None:
    """Measure published regularities on this model: target, what was measured, in range or not.

    Targets and measures were written before the first run; seeds are new, and what is out is printed like what is in.
    All of them take some minutes.

    Examples: sim facts F01 F04 · sim facts -n 12 --into docs/facts.md
    """
    from sim.studies.facts import RUNS
    from sim.studies.facts import facts as study

    began = time.perf_counter()
    with working("facts", output.quiet, output.yes) as report:
        found = study(ids or (), RUNS if replications is None else replications, **output.keywords(report))
    if output.as_json:
        say_json({"rows": found.table().to_dict("records"), "counts": found.counts(), **found.settings()})
    else:
        for line in _lines(found, time.perf_counter() - began):
            say(line)
    if found.results.note:
        tell(found.results.note)
    if output.out is not None:
        tell(f"Saved: {found.save(output.out)}.")
    if into is not None:
        write_text(into, between(into.read_text(encoding="utf-8"), MARKS, f"\n{found.markdown()}"))
        tell(f"Renewed the table in {into}.")


def _lines(study: Facts, seconds: float) -> list[str]:
    runs = counted(int(study.settings()["runs"]), "run")
    return [*wrapped(study.explain()), "", *indented(study.lines()), f"  {runs} ({seconds:.1f} s)."]
