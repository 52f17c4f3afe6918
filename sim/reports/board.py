"""`sim.report`: a scenario, or runs that were made of one, as a report for a board."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.reports.content import Content, gathered
from sim.reports.stored import StoredStudy, is_stored
from sim.runs.execute import ScenarioLike, prepared
from sim.studies.compare import compare
from sim.studies.replicate import replicate
from sim.studies.study import Study
from sim.text.console import Progress
from sim.text.files import write_text
from sim.text.numbers import MISSING

TEMPLATE = "board.html.j2"


@dataclass(frozen=True)
class Report:
    """A finished report: what it says (`content`) and the page itself (`html`)."""

    content: Content
    html: str

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Report on {self.content.name}: {self.content.answer.sentence}>"

    def explain(self) -> str:
        """The answer in plain sentences."""
        return f"{self.content.answer.sentence} {self.content.answer.surety}"

    def save(self, path: str | Path) -> Path:
        """Write the page into a file, whole or not at all; gives the path back."""
        return write_text(Path(path), self.html)


def report(
    source: ScenarioLike | Study,
    replications: int | None = None,
    *,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    metric: str | None = None,
    parts: Iterable[str] = (),
    progress: Progress | None = None,
) -> Report:
    """A report for a board: question, options, answer with its interval, pictures, assumptions, limits.

    `source` is a scenario, which is run with all its what-ifs; a comparison or replication that was run already; or the
    file in which a study keeps its runs: then nothing is run, and `replications`, `seed` and `overrides` do not count.
    `metric` is what is compared (see `contest_of`). `replications` and `seed` come from the scenario unless given.
    `parts` need more runs: "tornado" (which assumptions move the answer), "flip" (the smallest change that reverses
    it), "stress" (a recession, a price war, a crisis).

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a number is out of range, there is no such metric or part, or no replicate is complete.
    """
    if isinstance(source, Study):
        study = source
    elif isinstance(source, str | Path) and is_stored(source):
        study = StoredStudy(source)
    else:
        study = runs_of(prepared(source, overrides), replications, seed, progress)
    content = gathered(study, metric, parts, progress)
    return Report(content, rendered(content))


def runs_of(
    scenario: ScenarioLike, replications: int | None, seed: int | None, progress: Progress | None
) -> Study:
    """The runs of a report: the scenario with all its what-ifs in pairs, or alone where it has none."""
    chosen = prepared(scenario)
    number = chosen.runs.replications if replications is None else replications
    if chosen.what_if:
        return compare(chosen, number, seed=seed, progress=progress)
    return replicate(chosen, number, seed=seed, progress=progress)


def rendered(content: Content) -> str:
    """The page: one document, no script, no outside request, the same content the same bytes.

    Everything that comes from a scenario is text: the template escapes it.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    home = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )
    home.filters["typeset"] = typeset
    return home.get_template(TEMPLATE).render(content=content)


def typeset(text: str) -> str:
    """The text with real minus signs before its numbers; a dash where a number is missing.

    >>> typeset("-EUR 420 to +EUR 1,300 (-3.7)"), typeset("year-1 of 10-20"), typeset("-")
    ('−EUR 420 to +EUR 1,300 (−3.7)', 'year-1 of 10-20', '–')
    """
    return "–" if text == MISSING else re.sub(r"(?<![\w)])-(?=\d|[^\W\d]+ \d)", "−", text)
