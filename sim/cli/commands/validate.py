"""`sim validate`: all errors of scenario files at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from sim.cli.options import Json, Quiet
from sim.text.console import say, say_json, tell, visible
from sim.text.words import counted, joined

PANEL = "Scenario files"
UNREAD = "Not looked at, because it is code: {}. With --allow-code it is run and checked."


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Scenario files, or shipped names.")],
    allow_code: Annotated[
        bool, typer.Option("--allow-code", help="Also run the files of strategies, which are code, to check them.")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check scenario files: every error with file, line and column, what is allowed, the nearest right word.

    A strategy in a file of its own (`strategy: mine.py:Mine`) is code: without --allow-code nothing of it is run, and
    neither its name nor its settings are checked.

    Exit code 0: all can be run. 2: something is wrong.
    """
    answers = []
    for file in files:
        answers.append(_answer(file, allow_code))
        if not as_json:
            for problem in answers[-1]["problems"]:
                tell(visible(str(problem), line=True))
    wrong = sum(len(answer["problems"]) for answer in answers)
    if as_json:
        say_json([{**answer, "problems": [asdict(problem) for problem in answer["problems"]]} for answer in answers])
    elif not quiet:
        for answer in answers:
            if not answer["problems"]:
                firms = ", ".join(answer["firms"]) or "no firms, to build on"
                say("\n".join([f"{answer['file']}: fine ({firms}).", *answer["notices"]]))
    if wrong:
        if not as_json:
            bad = sum(bool(answer["problems"]) for answer in answers)
            tell(f"{counted(wrong, 'problem')} in {counted(bad, 'file')}.")
        raise typer.Exit(2)


def _answer(file: str, allow_code: bool) -> dict[str, Any]:
    """What there is to say of a file: its firms, all that is wrong, and what one should know."""
    from sim.firms.information import notices
    from sim.scenario.changes import builds_on_nothing
    from sim.scenario.errors import ScenarioError
    from sim.scenario.load import load, names_code, problems_in_code

    try:
        scenario = load(file)
    except ScenarioError as error:
        return {"file": file, "firms": [], "problems": list(error.problems), "notices": []}
    unread = [] if allow_code else names_code(scenario)
    return {"file": file, "firms": list(scenario.firms), "problems": problems_in_code(scenario) if allow_code else [],
            "notices": [*notices(scenario), *filter(None, [builds_on_nothing(scenario)]),
                        *([UNREAD.format(joined(unread))] if unread else [])]}
