"""`sim validate`: all errors of scenario files at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.cli.options import Json, Quiet
from sim.text.console import say, say_json, tell
from sim.text.words import counted

PANEL = "Scenario files"


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Scenario files, or shipped names.")],
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check scenario files: every error with file, line and column, what is allowed, the nearest right word.

    Exit code 0: all can be run. 2: something is wrong.
    """
    from dataclasses import asdict

    from sim.firms.information import notices
    from sim.scenario.changes import builds_on_nothing
    from sim.scenario.errors import ScenarioError
    from sim.scenario.load import load

    answers: list[dict[str, Any]] = []
    for file in files:
        try:
            scenario = load(file)
            answers.append({"file": file, "firms": list(scenario.firms), "problems": [],
                            "notices": [*notices(scenario), *filter(None, [builds_on_nothing(scenario)])]})
        except ScenarioError as error:
            answers.append({"file": file, "firms": [], "problems": [asdict(problem) for problem in error.problems],
                            "notices": []})
            if not as_json:
                for problem in error.problems:
                    tell(str(problem))
    wrong = sum(len(answer["problems"]) for answer in answers)
    if as_json:
        say_json(answers)
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
