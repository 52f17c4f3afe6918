"""`sim truth`: true values of customers, and what formulas, models and the firm itself make of them."""

from __future__ import annotations

import time
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import StoppedError
from sim.cli.options import Firm, PrintGroup, ScenarioGroup, WhatIf, show, spelled_out
from sim.cli.runs import HOME
from sim.cli.waiting import working
from sim.cli.wording import careful, indented, title, wrapped
from sim.text.console import bar, columns
from sim.text.findings import Finding, sentence, sentences
from sim.text.numbers import amount, between, signed, span

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.truth import TruthStudy

PANEL = "Run a market"
FUTURES, RUNS = 20, 3
TableRow = dict[str, Any]

MISDIRECTED = ("{subject}: with “{best}”, {right:percent} of a retention budget goes to the wrong people, with "
               "“{outcome}” {value:percent}; a random choice would waste 80 %.")
SEEN = ("{subject} counts {active:amount} people as customers, and {value:amount} of them will not buy again within "
        "{years:.3g} years; of the {silent:amount} it counts as lost, {returning:amount} will.")
NO_ESTIMATE = "No estimator could be computed: the log is too short."
LEGEND = (
    "Errors and money in {currency}. Rank: Spearman's correlation with the truth. Wrong people: share of a retention "
    "budget for the top fifth by estimate that goes to people outside the true top fifth.",
    "* The scenario's own active window. Gone: will not buy again within the horizon. Wasted: relationship money spent "
    "on the gone until the window closes. Given up: residual value of the silent (below 0: losing them saves money).",
)
BROUGHT = ("Per person, in the last run, over {n} futures. Value brought: how much more everybody outside the fifth "
           "brings the firm because of its word of mouth. Never add the two columns: whoever came by word of mouth has "
           "a value of their own.")


@spelled_out
def truth(
    *,
    market: ScenarioGroup,
    what_if: WhatIf = None,
    at: Annotated[float | None, typer.Option("--at", help="Valuation date, year; left out: 2/3 of the run.")] = None,
    horizon: Annotated[
        float | None, typer.Option("--horizon", help="Years ahead; left out: money.equity_horizon_years.")
    ] = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", help="Futures of each run.", min=2)
    ] = FUTURES,
    runs: Annotated[int, typer.Option("--runs", help="Runs, each with a new seed.", min=1)] = RUNS,
    firm: Firm = None,
    brought: Annotated[
        bool, typer.Option("--brought", help="Also what customers bring by word of mouth (six times the futures).")
    ] = False,
    output: PrintGroup,
) -> None:
    """Hold estimates of customer value against the truth that only a simulation knows.

    The market is run to a date, forked, and run on many times with new seeds while the firms go on as before: that is
    what everybody will truly bring. Beside it stand formula, sBG, RFM, BG/NBD and Markov switching, each seeing only
    the firm's own log, and what the firm's active window shows of who is gone.
    """
    from sim.studies.truth import TruthPlan
    from sim.studies.truth import truth as study_truth

    scenario = market.scenario(what_if)
    began = time.perf_counter()
    with working(f"truth about {scenario.title or market.name}", output.quiet, output.yes) as tell:
        plan = TruthPlan(at, horizon, replications, runs, firm=firm, progress=tell)
        study = study_truth(scenario, plan, seed=market.seed)
        if brought and study.last is not None:
            study.ask_what_is_brought(progress=tell)
    seconds = time.perf_counter() - began
    source = scenario.source
    home = HOME / "-".join(part for part in (Path(source.name).stem, source.what_if, "truth") if part)
    with bar("saving", output.quiet):
        folder = study.save(output.out or home)
    show(output.as_json, lambda: [
        *lines(study, seconds), f"Saved: {folder} (values, estimates and windows as CSV, a picture per firm).",
    ], lambda: _as_data(study, folder))
    if study.note:
        raise StoppedError(study.note)


def lines(study: TruthStudy, seconds: float) -> list[str]:
    """The result: per firm the estimators and the windows, then what was found and what to keep in mind."""
    last, scores, seen = study.last, study.scores(), study.seen()
    assert last is not None
    found = [*title(study.scenario), *wrapped(_headline(study, seconds))]
    for firm in study.firms:
        found += ["", *indented(_estimators(firm, _of(scores, firm), study.scenario.money.currency)),
                  "", *indented(_windows(firm, _of(seen, firm)))]
    if study.brought is not None:
        rows: list[Any] = study.brought.to_dict("records")
        found += ["", *indented(_brought(rows)), *wrapped(BROUGHT.format(n=rows[0]["n"]))]
    found += ["", *wrapped(*(text.format(currency=study.scenario.money.currency) for text in LEGEND)),
              "", *indented(_information(scores))]
    blind = " and ".join(scores[~scores["firm_could"]]["firm"].unique())
    if blind:
        found += wrapped(f"{blind} records sales without names and could do none of this; the table shows what it "
                         "would see with `information: identity`.")
    return [*found, "", *wrapped(sentences(findings(study))), "", *wrapped(*last.notes, careful(study.scenario))]


def _of(table: pd.DataFrame, firm: str) -> list[Any]:
    return table[table["firm"] == firm].to_dict("records")


def _headline(study: TruthStudy, seconds: float) -> str:
    last, count = study.last, len(study.seeds)
    assert last is not None
    runs = f"each of {count} runs" if count > 1 else "one run"
    intervals = "Means over runs with 95 % intervals." if count > 1 else "Several runs (--runs) give intervals."
    return (f"True residual value at year {last.at:.3g}, {last.horizon:.3g} years ahead, from "
            f"{last.ahead.replications} futures of {runs} ({seconds:.1f} s). {intervals}")


def _information(scores: pd.DataFrame) -> list[str]:
    """What each estimator looks at."""
    looks: dict[str, list[str]] = {}
    for row in scores.drop_duplicates("title").to_dict("records"):
        looks.setdefault(str(row["sees"]), []).append(str(row["title"]))
    return ["What each estimator looks at:", *(f"  {', '.join(titles)}: {sees}" for sees, titles in looks.items())]


def _estimators(firm: str, rows: list[TableRow], currency: str) -> list[str]:
    """One line per estimator, the best order of customers first; those without a rank last."""
    cells = [[f"{firm}: {rows[0]['customers_people']:,.0f} customers", "estimate − truth", "", "mean error", "rank", "",
              "wrong people", ""]]
    order = sorted(rows, key=lambda row: -row["rank_correlation"] if isfinite(row["rank_correlation"]) else 9.0)
    for row in order:
        if row["n"] > 0:
            cells.append([
                row["title"], signed(row["bias_money"], "money"), _interval(row, "bias_money", "money"),
                amount(row["mean_absolute_error_money"], "money"), amount(row["rank_correlation"], ""),
                _interval(row, "rank_correlation", "-1..1", -1.0), amount(row["misdirected_share"], "share"),
                _interval(row, "misdirected_share", "share", 0.0),
            ])
    missing = [f"{row['title']} was not computed: {row['reason']}." for row in rows if row["n"] == 0]
    return [*columns(cells, left=(0, 2, 5, 7)), *missing,
            f"True value of a customer: {amount(rows[0]['true_mean_money'], 'money', currency)} on average."]


def _interval(row: TableRow, name: str, unit: str, least: float | None = None) -> str:
    """The interval of a difference, or of a level that lies between `least` and 1."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if not (isfinite(low) and isfinite(high)):
        return ""
    return span(low, high, unit) if least is None else between(max(low, least), min(high, 1.0), unit)


def _windows(firm: str, rows: list[TableRow]) -> list[str]:
    """What each window shows and hides, the scenario's own marked."""
    cells = [[f"{firm} sees", "active", "but gone", "", "silent", "but returning", "", "wasted", "given up"]]
    for row in rows:
        people = [amount(row[f"{name}_people"], "people")
                  for name in ("active", "active_but_gone", "silent", "silent_but_returning")]
        gone, returning = (f"({amount(row[name], 'share')})"
                           for name in ("gone_share_of_active", "returning_share_of_silent"))
        cells.append([f"window {row['window_weeks']:g} weeks{' *' if row['own_window'] else ''}", *people[:2], gone,
                      *people[2:], returning, amount(row["wasted_money"], "money"),
                      amount(row["given_up_money"], "money")])
    return columns(cells)


def _brought(rows: list[TableRow]) -> list[str]:
    """Own value and value brought by word of mouth, per head, in groups from the most valuable to the least."""
    cells = [["word of mouth of", "people", "own value", "value brought", "95 % interval"]]
    for row in rows:
        cells.append([f"{row['firm']}, fifth {row['group']}", amount(row["people"], "people"),
                      amount(row["residual_money"], "money"), signed(row["brought_money"], "money"),
                      span(row["low"], row["high"], "money")])
    return columns(cells)


def findings(study: TruthStudy) -> list[Finding]:
    """Which estimator misdirects least and most, of the firm where the worst is; what the firm cannot see."""
    scores, seen = study.scores(), study.seen()
    usable: list[Any] = scores[scores["n"] > 0].to_dict("records")
    if not usable:
        return [Finding("", message=NO_ESTIMATE)]
    worst = max(usable, key=lambda row: row["misdirected_share"])
    best = min((row for row in usable if row["firm"] == worst["firm"]), key=lambda row: row["misdirected_share"])
    own: list[Any] = seen[seen["own_window"]].to_dict("records")
    row = max(own, key=lambda row: row["silent_but_returning_people"])
    assert study.last is not None
    return [
        Finding(worst["firm"], worst["title"], worst["misdirected_share"], n=worst["n"], unit="share",
                message=MISDIRECTED, details={"best": best["title"], "right": best["misdirected_share"]}),
        Finding(row["firm"], "active but gone", row["active_but_gone_people"], n=row["n"], unit="people", message=SEEN,
                details={"active": row["active_people"], "silent": row["silent_people"],
                         "returning": row["silent_but_returning_people"], "years": study.last.horizon}),
    ]


def _as_data(study: TruthStudy, folder: Path) -> dict[str, object]:
    """Everything that is printed, as plain data."""
    from sim.studies.truth import about

    last = study.last
    assert last is not None
    return {
        **about(study), "scores": study.scores().to_dict("records"), "seen": study.seen().to_dict("records"),
        "totals": last.totals().to_dict("records"),
        "brought": None if study.brought is None else study.brought.to_dict("records"),
        "findings": [sentence(one) for one in findings(study)], "note": study.note,
        "folder": str(folder),
    }
