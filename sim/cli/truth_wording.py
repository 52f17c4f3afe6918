"""What `sim truth` prints: true values, estimates, and what a firm sees."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.text.console import columns
from sim.text.findings import Finding, sentences
from sim.text.numbers import amount, signed

if TYPE_CHECKING:
    from sim.studies.truth import TruthStudy

Row = dict[str, Any]
WIDTH = 112
"""Letters in a line of prose."""

MISDIRECTED = ("{subject}: with “{best}”, {right:percent} of a retention budget goes to the wrong people, with "
               "“{outcome}” {value:percent}; a random choice would waste 80 %.")
SEEN = ("{subject} counts {active:amount} people as customers, and {value:amount} of them will not buy again within "
        "{years:.3g} years; of the {silent:amount} it counts as lost, {returning:amount} will.")
NO_ESTIMATE = "No estimator could be computed: the log is too short."


def told(study: TruthStudy, seconds: float) -> list[str]:
    """The result: per firm the estimators and the windows, then what was found and what to keep in mind."""
    from sim.cli.wording import careful, title

    last = study.last
    assert last is not None
    scores, seen = study.scores(), study.seen()
    lines = [title(study.scenario), *_wrapped(_headline(study, seconds))]
    for firm in study.firms:
        mine: list[Any] = scores[scores["firm"] == firm].to_dict("records")
        windows: list[Any] = seen[seen["firm"] == firm].to_dict("records")
        lines += ["", *_estimators(firm, mine, study), "", *_windows(firm, windows)]
    if study.brought is not None:
        groups: list[Any] = study.brought.to_dict("records")
        lines += ["", *_brought(groups)]
    lines += ["", *_legend(study, scores), ""]
    for sentence in (sentences(findings(study)), "", *last.notes, careful(study.scenario)):
        lines += _wrapped(sentence) if sentence else [""]
    return lines


def _wrapped(sentence: str) -> list[str]:
    from textwrap import wrap

    return [f"  {line}" for line in wrap(sentence, WIDTH)]


def _headline(study: TruthStudy, seconds: float) -> str:
    last, count = study.last, len(study.seeds)
    assert last is not None
    runs = f"each of {count} runs" if count > 1 else "one run"
    intervals = "Means over runs with 95 % intervals." if count > 1 else "Several runs (--runs) give intervals."
    return (f"True residual value at year {last.at:.3g}, {last.horizon:.3g} years ahead, from "
            f"{last.ahead.replications} futures of {runs} ({seconds:.1f} s). {intervals}")


def _legend(study: TruthStudy, scores: Any) -> list[str]:
    """What the columns mean, and what each estimator looks at."""
    currency = study.scenario.money.currency
    lines = _wrapped(f"Errors and money in {currency}. Rank: Spearman's correlation with the truth. Wrong people: "
                     "share of a retention budget for the top fifth by estimate that goes to people outside the true "
                     "top fifth.")
    lines += _wrapped("* the scenario's active window. Gone: buys no more within the horizon. Wasted: relation money "
                      "on the gone until the window closes. Given up: residual value of the silent (below 0: "
                      "losing them saves money).")
    looks: dict[str, list[str]] = {}
    for row in scores.drop_duplicates("title").to_dict("records"):
        looks.setdefault(str(row["sees"]), []).append(str(row["title"]))
    lines += ["", "  What they look at:"]
    lines += [f"    {', '.join(titles)}: {sees}" for sees, titles in looks.items()]
    blind = list(scores[~scores["firm_could"]]["firm"].unique())
    if blind:
        lines += _wrapped(f"{' and '.join(blind)} records sales without names and could do none of this: shown is what "
                          "would be seen with `information: identity`.")
    return lines


def _estimators(firm: str, rows: list[Row], study: TruthStudy) -> list[str]:
    """One line per estimator, the best order of customers first."""
    currency = study.scenario.money.currency
    people, true = rows[0]["customers_people"], rows[0]["true_mean_money"]
    head = [f"{firm}: {people:,.0f} customers", "estimate − truth", "", "mean error", "rank", "", "wrong people", ""]
    lines = [head]
    known = [row for row in ranked(rows) if row["n"] > 0]
    for row in known:
        lines.append([
            row["title"], signed(row["bias_money"], "money"), _between(row, "bias_money", "money"),
            amount(row["mean_absolute_error_money"], "money"), amount(row["rank_correlation"], ""),
            _between(row, "rank_correlation", ""), amount(row["misdirected_share"], "share"),
            _between(row, "misdirected_share", "share"),
        ])
    table = [f"  {line}" for line in columns(lines, left=(0, 2, 5, 7))]
    missing = [f"  {row['title']} was not computed: {row['reason']}." for row in rows if row["n"] == 0]
    return [*table, *missing, f"  True value of a customer: {amount(true, 'money', currency)} on average."]


def ranked(rows: list[Row]) -> list[Row]:
    """Estimators by rank correlation, the best first; those that could not be computed last."""
    return sorted(rows, key=lambda row: -row["rank_correlation"] if isfinite(row["rank_correlation"]) else 9.0)


def _between(row: Row, name: str, unit: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if not (isfinite(low) and isfinite(high)):
        return ""
    if unit == "money":
        size = max(abs(low), abs(high))
        return f"{signed(low, unit, size=size)}..{signed(high, unit, size=size)}"
    if unit == "share":
        return f"{100 * max(low, 0.0):.0f}..{100 * min(high, 1.0):.0f}"
    return f"{max(low, -1.0):.2f}..{min(high, 1.0):.2f}"


def _windows(firm: str, rows: list[Row]) -> list[str]:
    """What each window shows and hides, the scenario's own marked."""
    head = [f"{firm} sees", "active", "but gone", "", "silent", "but returning", "", "wasted", "given up"]
    lines = [head]
    for row in rows:
        mark = " *" if row["own_window"] else ""
        lines.append([
            f"window {row['window_weeks']:g} weeks{mark}", amount(row["active_people"], "people"),
            amount(row["active_but_gone_people"], "people"), f"({amount(row['gone_share_of_active'], 'share')})",
            amount(row["silent_people"], "people"), amount(row["silent_but_returning_people"], "people"),
            f"({amount(row['returning_share_of_silent'], 'share')})", amount(row["wasted_money"], "money"),
            amount(row["given_up_money"], "money"),
        ])
    return [f"  {line}" for line in columns(lines)]


def _brought(rows: list[Row]) -> list[str]:
    """Own value and value brought by word of mouth, per head, in groups from the most valuable to the least."""
    lines = [["words of customers", "people", "own value", "value brought", "95 % interval"]]
    for row in rows:
        size = max(abs(row["low"]), abs(row["high"]))
        lines.append([
            f"{row['firm']}, fifth {row['group']}", amount(row["people"], "people"),
            amount(row["residual_money"], "money"), signed(row["brought_money"], "money"),
            f"{signed(row['low'], 'money', size=size)}..{signed(row['high'], 'money', size=size)}",
        ])
    told = (f"Per head, last run, {rows[0]['n']} futures: what everybody outside of the fifth brings the firm more "
            "with its words than without. Never add the two columns: whoever came by a word has a value of their own.")
    return [*(f"  {line}" for line in columns(lines, left=(0,))), *_wrapped(told)]


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
