"""The period as a table, generated from the phases of the engine."""

from __future__ import annotations

import re
from typing import NamedTuple

BEGIN, END = "<!-- period:begin -->", "<!-- period:end -->"
MOMENTS = {
    "hear and choose": "plan: events strike; firms see what their information system records and set their levers",
    "serve and feel": "load: contacts are held against capacity",
}
LAST = "account: surveys are taken, the books are closed, what was said becomes known"


class Step(NamedTuple):
    """One line: which pass or moment, the phase (empty for a moment), and what happens."""

    where: str
    phase: str
    what: str


def steps() -> list[Step]:
    """Every step of a period in order; between two moments customers are independent of each other."""
    from sim.period import PASSES

    found = []
    for name, phases in PASSES.items():
        if name in MOMENTS:
            found.append(Step("moment", "", MOMENTS[name]))
        found += [Step(name, phase.name, phase.summary) for phase in phases]
    return [*found, Step("moment", "", LAST)]


def markdown() -> str:
    """The table in Markdown."""
    lines = ["| | phase | what happens |", "|---|---|---|"]
    before = ""
    for step in steps():
        where = f"**{step.where}**" if step.where != before or step.where == "moment" else ""
        before = step.where
        phase = f"`{step.phase}`" if step.phase else ""
        lines.append(f"| {where} | {phase} | {step.what} |")
    return "\n".join(lines) + "\n"


def inserted(text: str) -> str:
    """A text with the table between its two marks.

    Raises:
        ValueError: the marks are not there.
    """
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.S)
    if not pattern.search(text):
        raise ValueError(f"There is no place for the table: put the lines {BEGIN} and {END} into the file.")
    return pattern.sub(lambda _: f"{BEGIN}\n{markdown()}{END}", text, count=1)
