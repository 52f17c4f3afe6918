"""`sim handout`: a scenario as one page that plays without a server, for phones, e-mail and learning platforms."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.engine.compiled import rules_hash
from sim.handouts.cells import Met, data_of, firm_of, name_of_file, three_people, value_text
from sim.handouts.grid import RUNS, Grid, chosen_sliders, run_grid
from sim.metrics.headlines import FIRST_PAGE, shown_metrics
from sim.metrics.registry import metric_in_words
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.manifest import versions
from sim.runs.summary import metric_units
from sim.scenario.calling import options_of, quoted
from sim.scenario.effective import effective_yaml, scenario_hash
from sim.scenario.explain_firms import firms_in_words, levers
from sim.scenario.fields import guesses_in_use
from sim.scenario.schema import Scenario
from sim.studies.factors import Range
from sim.text.console import Progress
from sim.text.files import write_text
from sim.text.language import language, tr
from sim.text.numbers import amount
from sim.text.words import capital, counted, suggestion

TEMPLATE, SCRIPT, STYLE = "page.html.j2", "page.js", "page.css"
HOME = Path(__file__).parent


@dataclass(frozen=True)
class Bet:
    """One question of the bet: its name in the form, the question, and what may be answered (value, words)."""

    name: str
    question: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Handout:
    """A finished page (`html`), the runs behind it (`grid`), and the people one may meet."""

    grid: Grid
    people: tuple[Met, ...]
    html: str

    def __repr__(self) -> str:
        return f"<Handout on {self.grid.scenario.source.name}: {counted(len(self.grid.points), 'point')}>"

    def save(self, path: str | Path) -> Path:
        """Write the page into a file, whole or not at all; gives the path back."""
        return write_text(Path(path), self.html)


def handout(
    scenario: ScenarioLike, *, seed: int | None = None, wanted: Mapping[str, Range | None] | None = None,
    metric: str | None = None, runs: int = RUNS, progress: Progress | None = None,
) -> Handout:
    """Run a grid of sliders beforehand and make one page of it that plays by itself.

    `wanted`: one to three numbers by dotted name, with a range or None (see `chosen_sliders`); left out, the first two
    sliders of the scenario. One or two sliders have seven points each, three have five. `metric` is what is bet on
    (left out: what the scenario expects at its end, else its headline). Every point is run `runs` times with common
    random numbers; where all of it would take more than about three minutes on two cores, with fewer people, and the
    page says so. The same scenario and seed give the same bytes.

    Raises:
        ScenarioError: the scenario, or a point of the grid, is wrong.
        ValueError: there are no sliders or too many, there is no such metric, or a number is out of range.
        KeyboardInterrupt: Ctrl-C.
    """
    chosen = prepared(scenario)
    first = metric or bet_metric(chosen)
    if first not in metric_units():
        raise ValueError(f"There is no metric {first!r}; {suggestion(first, list(metric_units()))}")
    metrics = tuple(dict.fromkeys((first, *shown_metrics(chosen, FIRST_PAGE))))
    grid = run_grid(chosen, chosen_sliders(chosen, wanted), metrics, chosen.runs.seed if seed is None else seed, runs,
                    progress)
    people = three_people(grid.points[grid.base].scenario, grid.points[grid.far].scenario, grid.seed)
    command = _command(chosen, grid, wanted, metric)
    return Handout(grid, tuple(people), rendered(grid, people, command))


def bet_metric(scenario: Scenario) -> str:
    """What is bet on: the metric of the first expectation that sets two firms side by side at the end, else the first
    of the headline.

    >>> bet_metric(prepared("leaky_bucket"))
    'active_customers_people'
    """
    for claim in scenario.expect:
        at_end = claim.year is None or claim.year == scenario.clock.years
        if at_end and claim.what_if is None and (claim.above or claim.below) in scenario.firms:
            return claim.metric
    return shown_metrics(scenario)[0]


def rendered(grid: Grid, people: list[Met], command: str) -> str:
    """The page: one document without an outside request; the same runs, the same bytes.

    Whatever comes from a scenario is text: the template escapes it, and the data hold no `<`.
    """
    home = Environment(loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True, keep_trailing_newline=True)
    script, style = ((HOME / name).read_text(encoding="utf-8") for name in (SCRIPT, STYLE))
    scenario = grid.scenario
    data = {**data_of(grid), "lang": language(), "words": _sentences()}
    return home.get_template(TEMPLATE).render(
        lang=language(), title=tr(scenario.title.strip()) if scenario.title else scenario.source.name,
        question=tr(scenario.question.strip()), setting=setting(grid), words=_headings(), firms=list(scenario.firms),
        levers=[replace(lever, label=tr(lever.label) if lever.label else "") for lever in levers(scenario)],
        in_common=[line for line in firms_in_words(scenario, frozenset()) if not line.startswith("|")],
        bets=bets(grid), sliders=data["sliders"], metrics=data["metrics"],
        claims=[(claim.sentence, tr(claim.expectation.why)) for claim in grid.claims], change=change_of(grid),
        people=people, limits=limits(grid), command=command, base_command=data["points"][grid.base]["command"],
        identity=tr("Clientele {version}, rules {rules}, scenario {scenario}, seeds {first} to {last}.",
                    version=versions()["clientele"], rules=rules_hash(), scenario=scenario_hash(scenario),
                    first=grid.seed, last=grid.seed + grid.runs - 1),
        scenario_text=effective_yaml(scenario), data=Markup(in_script(data)), script=Markup(script),
        style=Markup(style), script_hash=hash_of(script), style_hash=hash_of(style),
    )


def in_script(data: Any) -> str:
    r"""Data as JSON that nothing inside can end: no `<`, `>` or `&`.

    >>> in_script({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def hash_of(text: str) -> str:
    """What a Content-Security-Policy calls a script or a style that it lets through: nothing else runs.

    >>> hash_of("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"


def setting(grid: Grid) -> list[str]:
    """How the runs were made, and that there are fewer people, where there are."""
    scenario = grid.scenario
    told = [tr("A market of {people} people, watched for {years}.", people=amount(scenario.market.customers, "people"),
               years=counted(scenario.clock.years, "year")),
            tr("The page holds {points} points of the sliders, each run {runs} times with the same people and the same "
               "random draws at every point.", points=len(grid.points), runs=grid.runs)]
    if grid.asked > scenario.market.customers:
        told.append(tr("The scenario itself has {people} people: with fewer, all points could be run in a few minutes.",
                       people=amount(grid.asked, "people")))
    return told


def bets(grid: Grid) -> list[Bet]:
    """What is bet on: who is ahead as written (of two firms and more), and what the first slider does."""
    metric, years = capital(tr(metric_in_words(grid.metrics[0]))), counted(grid.scenario.clock.years, "year")
    close, found = tr("Too close to call"), []
    if len(grid.firms) > 1:
        question = tr("As written: which firm is ahead after {years}? The measure: {metric}.",
                      years=years, metric=metric)
        firms = [(str(place), firm) for place, firm in enumerate(grid.firms)]
        found.append(Bet("leader", question, (*firms, ("-1", close))))
    question = tr("Now one thing is changed. {change} What becomes of this number? {firm}: {metric}.",
                  change=change_of(grid), firm=firm_of(grid), metric=metric)
    return [*found, Bet("change", question, (("1", tr("It rises")), ("-1", tr("It falls")), ("0", close)))]


def change_of(grid: Grid) -> str:
    """The one change that is bet on, and under which people are met."""
    first, currency = grid.sliders[0], grid.scenario.money.currency
    before, after = (value_text(first.values[place], first.slider.unit, currency)
                     for place in (first.base, first.farthest))
    words = capital(tr(first.slider.words))
    return tr("{words}: {after} instead of {before}.", words=words, after=after, before=before)


def limits(grid: Grid) -> list[str]:
    """What the model cannot tell."""
    guesses, total = guesses_in_use(grid.scenario)
    fixed = all(firm.strategy == "as_written" for firm in grid.scenario.firms.values())
    return [
        tr("{guesses} of {total} numbers are assumptions; one model, not a market. Trust directions and orders of size "
           "more than amounts.", guesses=len(guesses), total=total),
        tr("The intervals hold the luck of {runs} runs and nothing else: a wrong assumption does not show in them.",
           runs=grid.runs),
        tr("Everybody keeps to what is written: no rival answers a move, and nobody learns.") if fixed
        else tr("Strategies change what firms do by fixed rules; real rivals may answer otherwise."),
        tr("A slider stops only where runs were made. What lies between two points was not run."),
    ]


def _command(
    scenario: Scenario, grid: Grid, wanted: Mapping[str, Range | None] | None, metric: str | None
) -> str:
    """The command that makes the page once more."""
    named = [word for path, span in (wanted or {}).items()
             for word in ("--slider", path if span is None else f"{path}={','.join(f'{end:g}' for end in span)}")]
    more = [*named, *(["--metric", metric] if metric else []), *(["--lang", language()] if language() != "en" else []),
            *([] if grid.runs == RUNS else ["-n", str(grid.runs)])]
    return quoted(["sim", "handout", name_of_file(scenario), "-o", "page.html", "--seed", str(grid.seed), *more,
                   *options_of(scenario)])


def _headings() -> dict[str, str]:
    """What stands in the page from the start: headings, labels, buttons, captions; in the language that is spoken."""
    return {
        "firms": tr("The firms"),
        "differ": tr("Where the firms differ"),
        "lever": tr("what differs"),
        "bet": tr("Your bet"),
        "bet_note": tr("Bet before you look. What you write stays on this page: nothing is sent or kept."),
        "sure": tr("How sure are you?"),
        "because": tr("Because:"),
        "place": tr("Place the bet and see what happened"),
        "no_script": tr("This page plays with JavaScript. Open it in a browser that allows scripts in local files."),
        "reveal": tr("What happened"),
        "expected": tr("What was expected before the runs"),
        "play": tr("Move one thing"),
        "back": tr("Back to as written"),
        "typed": tr("Or type a value"),
        "measure": tr("Compare by"),
        "customers": tr("Customers over time"),
        "customers_note": tr("Active customers of each firm: mean of the runs, its 95 % interval as a band. Dotted: as "
                             "written."),
        "difference": tr("What differs, and how surely"),
        "difference_note": tr("Paired differences: the same people and the same random draws on both sides. Dot: mean; "
                              "line: 95 % interval. Where the line crosses the zero, it is too close to call."),
        "bars": tr("The numbers that count"),
        "bars_note": tr("Bar: mean of the runs; thin line: 95 % interval; small mark: as written."),
        "table": tr("The same as a table"),
        "people": tr("Meet three customers"),
        "people_note": tr("Three people of the first run, each in two lives: as written, and with one change."),
        "here": tr("As written"),
        "there": tr("With the change"),
        "limits": tr("What this model cannot tell"),
        "again": tr("How to get the same numbers again"),
        "again_page": tr("This page:"),
        "again_point": tr("The point that is shown:"),
        "in_full": tr("The scenario in full, as it was run"),
    }


def _sentences() -> dict[str, str]:
    """What the page's own script fills in: templates with named gaps, words of tables."""
    return {
        "shown": tr("Shown: {settings}."),
        "setting": tr("{words}: {value}"),
        "asWritten": tr("{value} (as written)"),
        "nearest": tr("Nobody ran {typed}. The nearest point that was run is shown: {value}."),
        "level": tr("{metric}. {levels}."),
        "ofFirm": tr("{firm}: {value}"),
        "between": tr("{b} minus {a}: {difference} (95 % interval {span}). {verdict}"),
        "against": tr("{firm}, against as written: {difference} (95 % interval {span}). {verdict}"),
        "minus": tr("{b} minus {a}"),
        "change": tr("{firm}, against as written"),
        "unchanged": tr("This is the market as written."),
        "surely": tr("That is more than chance."),
        "open": tr("Too close to call."),
        "runs": tr("Runs at this point: {n}."),
        "bet": tr("You bet: {bet}. How sure: {sure} %."),
        "truth": tr("The runs say: {truth}."),
        "right": tr("You were right."),
        "wrong": tr("It came out otherwise. Why? Meet the customers below."),
        "tooClose": tr("Too close to call"),
        "rises": tr("It rises"),
        "falls": tr("It falls"),
        "year": tr("year"),
        "years": tr("years"),
        "firm": tr("firm"),
        "mean": tr("mean"),
        "interval": tr("95 % interval"),
        "differenceHead": tr("difference"),
        "metric": tr("measure"),
        "dotted": tr("as written"),
    }
