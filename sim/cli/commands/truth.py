"""`sim truth`: true values of customers, and what formulas, models and the firm itself make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import Customers, Json, Name, Out, Quiet, Seed, Set, WhatIf, overrides_from, scenario_from

if TYPE_CHECKING:
    from pathlib import Path

    from sim.studies.truth import TruthStudy

PANEL = "Run a market"
FUTURES, RUNS = 20, 3


def truth(
    name: Name,
    at: Annotated[float | None, typer.Option("--at", help="Valuation date, year; left out: 2/3 of the run.")] = None,
    horizon: Annotated[
        float | None, typer.Option("--horizon", help="Years ahead; left out: money.equity_horizon_years.")
    ] = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", help="Futures of each run.", min=2)
    ] = FUTURES,
    runs: Annotated[int, typer.Option("--runs", help="Runs, each with a new seed.", min=1)] = RUNS,
    firm: Annotated[str | None, typer.Option("--firm", help="Only this firm; left out: every firm.")] = None,
    seed: Seed = None,
    changes: Set = None,
    customers: Customers = None,
    what_if: WhatIf = None,
    brought: Annotated[
        bool, typer.Option("--brought", help="Also what customers bring by word of mouth (six times the futures).")
    ] = False,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Hold estimates of customer value against the truth that only a simulation knows.

    The market is run to a date, forked, and run on many times with new seeds while the firms go on as before: that is
    what everybody will truly bring. Beside it stand formula, sBG, RFM, BG/NBD and Markov switching, each seeing only
    the firm's own log, and what the firm's active window shows of who is gone.
    """
    import time

    from sim.cli.errors import StoppedError
    from sim.cli.truth_wording import told
    from sim.studies.truth import TruthPlan
    from sim.studies.truth import truth as study_truth
    from sim.text.console import bar, say, say_json

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers), what_if)
    began = time.perf_counter()
    with bar(f"truth about {scenario.title or name}", quiet) as tell:
        plan = TruthPlan(at, horizon, replications, runs, firm=firm, progress=tell)
        study = study_truth(scenario, plan, seed=seed)
        if brought and study.last is not None:
            study.ask_what_is_brought(progress=tell)
    seconds = time.perf_counter() - began
    folder = study.save(out or _folder(study))
    if as_json:
        say_json(_as_data(study, folder))
    else:
        for line in told(study, seconds):
            say(line)
        say(f"Saved: {folder} (values, estimates and windows as CSV, a picture per firm).")
    if study.note:
        raise StoppedError(study.note)


def _folder(study: TruthStudy) -> Path:
    """Where a study is saved unless asked otherwise: beside the runs."""
    from pathlib import Path

    from sim.cli.runs import HOME

    source = study.scenario.source
    return HOME / "-".join(part for part in (Path(source.name).stem, source.what_if, "truth") if part)


def _as_data(study: TruthStudy, folder: Path) -> dict[str, object]:
    """Everything that is printed, as plain data."""
    from sim.cli.truth_wording import findings
    from sim.studies.truth import about
    from sim.text.findings import sentence

    last = study.last
    assert last is not None
    return {
        **about(study), "scores": study.scores().to_dict("records"), "seen": study.seen().to_dict("records"),
        "totals": last.totals().to_dict("records"),
        "brought": None if study.brought is None else study.brought.to_dict("records"),
        "findings": [sentence(one) for one in findings(study)], "note": study.note,
        "folder": str(folder),
    }
