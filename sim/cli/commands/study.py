"""`sim study`: a study written into a file, so that it can be repeated."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Output, spelled_out
from sim.cli.study_commands import conduct_and_print
from sim.text.console import say, say_json

PANEL = "Defend an answer"


@spelled_out
def study(
    file: Annotated[str | None, typer.Argument(metavar="NAME|FILE", help="A study file; left out: the shipped ones.")]
    = None,
    check: Annotated[bool, typer.Option("--check", help="Only check the file: all errors at once.")] = False,
    *,
    output: Output,
) -> None:
    """Conduct a study file: which design, scenario, factors, outcome, replications and seed.

    The same file gives the same numbers. Without a name, the shipped studies are listed.

    Example: sim study price_border --out price_border
    """
    from sim.runs.execution import Execution
    from sim.studies.study_file import check_study, load_study
    from sim.studies.study_file import study as conduct

    if file is None:
        _listed(output.as_json)
        return
    written = load_study(file)
    title = written.study.title or f"{written.name}: {written.study.design} of {written.study.scenario}"
    if check:
        check_study(written)
        say(f"{file}: fine ({written.study.design} of {written.study.scenario}).")
        return

    conduct_and_print(title, output, lambda progress: conduct(
        written, Execution.of(output.keywords(progress))))


def _listed(as_json: bool) -> None:
    """The shipped studies, each with its question."""
    from sim.scenario.shipped import study_names
    from sim.studies.study_file import load_study

    found = [(name, load_study(name).study) for name in study_names()]
    if as_json:
        say_json([{"name": name, "design": one.design, "scenario": one.scenario, "question": one.question}
                  for name, one in found])
        return
    width = max((len(name) for name, _ in found), default=0)
    for name, one in found:
        say(f"{name:<{width}}  {one.question}")
        say(f"{'':<{width}}  {one.design} of {one.scenario}", "dim")
    say("Conduct one: sim study NAME. Your own: sim study FILE.yaml.")
