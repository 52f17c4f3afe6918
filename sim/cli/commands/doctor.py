"""`sim doctor`: is this machine ready for class?"""

from __future__ import annotations

from typing import Annotated

import typer

PANEL = "Look things up"


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Look at this machine: Python, packages, numba, threads, cache folder, console, fonts, and a tiny timing."""
    from sim.cli.machine_checks import examine
    from sim.text.console import columns, say, say_json

    findings = examine()
    if as_json:
        say_json([finding._asdict() for finding in findings])
    else:
        for line in columns([[finding.what, finding.verdict, finding.text] for finding in findings], left=(0, 1, 2)):
            say(line)
        bad = [finding.what for finding in findings if finding.verdict == "bad"]
        say()
        say(f"Not ready: {', '.join(bad)}." if bad else "Ready. Begin with `sim demo`.", "bold")
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(1)
