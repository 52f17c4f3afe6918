"""`sim period`: what happens in a period, step by step: a table generated from the phases of the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from sim.cli.options import Json, show
from sim.text.console import columns, tell
from sim.text.files import between, write_text

PANEL = "Look things up"
BEGIN, END = "<!-- period:begin -->", "<!-- period:end -->"
MOMENTS = {
    "hear and choose": "plan: events strike; firms see what their information system records and set their levers",
    "serve and feel": "load: contacts are held against capacity",
}
LAST = "account: surveys are taken, the books are closed, what was said becomes known"


class PeriodStep(NamedTuple):
    """One line: which pass or moment, the phase (empty for a moment), and what happens."""

    where: str
    phase: str
    what: str


def period(
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FILE", help="Renew the table between its marks in a file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what happens in a period, step by step, as the engine does it."""
    if into is not None:
        write_text(into, inserted(into.read_text(encoding="utf-8")))
        tell(f"Renewed the table in {into}.")
        return
    show(as_json,
         lambda: columns([[str(place), *step] for place, step in enumerate(steps(), start=1)], left=(1, 2, 3)),
         lambda: [step._asdict() for step in steps()])


def steps() -> list[PeriodStep]:
    """Every step of a period in order; between two moments customers are independent of each other."""
    from sim.period import PASSES

    found = []
    for name, phases in PASSES.items():
        if name in MOMENTS:
            found.append(PeriodStep("moment", "", MOMENTS[name]))
        found += [PeriodStep(name, phase.name, phase.summary) for phase in phases]
    return [*found, PeriodStep("moment", "", LAST)]


def inserted(text: str) -> str:
    """A text with the table in Markdown between its two marks.

    Raises:
        ValueError: the marks are not there.
    """
    lines = ["| | phase | what happens |", "|---|---|---|"]
    before = ""
    for step in steps():
        where = f"**{step.where}**" if step.where != before or step.where == "moment" else ""
        before = step.where
        phase = f"`{step.phase}`" if step.phase else ""
        lines.append(f"| {where} | {phase} | {step.what} |")
    return between(text, (BEGIN, END), "\n".join(lines))
