"""A scenario in words: the market, the people, the firms side by side, what may happen, what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import fill

from sim.scenario.calendar import PERIODS_PER_YEAR, Calendar
from sim.scenario.calling import command
from sim.scenario.diff import Difference, base_of, diff, in_line, inherits_expectations
from sim.scenario.effective import MECHANISMS, level_strengths, strengths
from sim.scenario.explain_firms import firms_in_words, levers_of, star
from sim.scenario.fields import guesses_in_use
from sim.scenario.load import with_what_if
from sim.scenario.schema import Event, Expectation, Scenario
from sim.scenario.schema.firm import Levers
from sim.text.language import marked, tr
from sim.text.numbers import percent, with_currency, written
from sim.text.words import counted, in_words, joined, name_or_words, number_in_words, shown

WIDTH = 110
PERIODS = {
    "week": marked("{people} people may buy. They are watched for {years} in {periods} periods of a week, after "
                   "{warm_up} of warm-up."),
    "month": marked("{people} people may buy. They are watched for {years} in {periods} periods of a month, after "
                    "{warm_up} of warm-up."),
    "quarter": marked("{people} people may buy. They are watched for {years} in {periods} periods of a quarter, after "
                      "{warm_up} of warm-up."),
}
NEWCOMERS = {
    "none": marked("Newcomers: none; all are there from the start."),
    "stationary": marked("Newcomers: as many as leave."),
    "bass": marked("Newcomers: {share} are there at the start, the others come as an innovation spreads "
                   "(Bass: {innovation} and {imitation} per year) to the last."),
}
NETWORKS = {
    "none": marked("Friends that each listens to: {each} (no network)."),
    "ring": marked("Friends that each listens to: {each} (ring network)."),
    "small_world": marked("Friends that each listens to: {each} (small world network)."),
    "random": marked("Friends that each listens to: {each} (random network)."),
    "scale_free": marked("Friends that each listens to: {each} (scale free network)."),
    "complete": marked("Friends that each listens to: {each} (complete network)."),
    "homophilous": marked("Friends that each listens to: {each} (homophilous network)."),
}
WITH = {"firm": marked("with firm {name}"), "segment": marked("with segment {name}")}
WITHOUT = {"firm": marked("without firm {name}"), "segment": marked("without segment {name}")}
"""What is said of each kind there is."""
Line = tuple[str, ...]
"""A sentence (or | and a row of a table) and the names of the numbers in it; a star follows where one differs."""


def explain(scenario: Scenario, guesses: bool = False) -> str:
    """The scenario in words; with `guesses`, every assumption in use with its value and range.

    >>> from sim.scenario.load import load
    >>> print(explain(load({"question": "Who stays?", "firms": {"Rush": {}, "Root": {"quality": 0.8}}})))
    Who stays?
    ...
    """
    base = base_of(scenario)
    changed = frozenset(each.path for each in diff(base, scenario)) if base is not None else frozenset[str]()
    theirs = inherits_expectations(scenario)
    expected = tr("What is expected (inherited from {base})", base=theirs) if theirs else tr("What is expected")
    sections: dict[str, Iterable[Line]] = {
        tr("The market"): _market(scenario),
        tr("The product"): _product(scenario),
        tr("The people"): _people(scenario),
        tr("The past"): _past(scenario),
        tr("The firms"): [(sentence,) for sentence in firms_in_words(scenario, changed)],
        tr("The rules"): _rules(scenario),
        tr("What happens"): [(_event(event),) for event in scenario.events],
        tr("What if"): [(f"{_what_if(name)}: {_changes(scenario, name)}",) for name in scenario.what_if],
        expected: [(_expected(claim),) for claim in scenario.expect],
    }
    parts = [_head(scenario, len(changed) if base is not None else None)]
    for title, lines in sections.items():
        texts = [_wrapped(sentence + star(names, changed)) for sentence, *names in lines]
        parts += ["\n".join([title, *texts])] if texts else []
    return "\n\n".join(part for part in (*parts, _guesses(scenario, guesses)) if part) + "\n"


def _wrapped(sentence: str) -> str:
    if sentence.startswith("|"):
        return f"  {sentence[1:]}"
    return fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _head(scenario: Scenario, changes: int | None) -> str:
    lines = [fill(tr(text), WIDTH) for text in (scenario.title, scenario.question, scenario.notes) if text]
    if scenario.claims:
        lines.append(tr("Textbook claims: {claims}.", claims=", ".join(scenario.claims)))
    if scenario.headline:
        lines.append(tr("Judged by: {metrics}.", metrics=", ".join(scenario.headline)))
    if changes is not None:
        lines.append(tr("Built on {base}; differs from it in {places} (marked *).",
                        base=scenario.extends or tr("the defaults"), places=counted(changes, "place")))
    if scenario.source.what_if:
        lines.append(tr("With the what-if {name} applied.", name=_what_if(scenario.source.what_if)))
    return "\n".join(lines)


def _what_if(name: str) -> str:
    """A what-if by the name that commands know, with words in another language behind it."""
    words = name_or_words(name)
    return name if words == name else f"{name} ({words})"


def _market(scenario: Scenario) -> Iterator[Line]:
    market, clock, growth, friends = scenario.market, scenario.clock, scenario.market.growth, scenario.market.friends
    periods = round(clock.years * float(PERIODS_PER_YEAR[clock.period]))
    yield (tr(PERIODS[clock.period], people=written(f"{market.customers:,}"), years=counted(clock.years, "year"),
              periods=periods, warm_up=counted(clock.warm_up_years, "year")), "market.customers", "clock")
    yield (tr(NEWCOMERS[growth.kind], share=percent(growth.start_share),
              innovation=written(f"{growth.innovation_per_year:g}"),
              imitation=written(f"{growth.imitation_per_year:g}")), "market.growth")
    yield (tr("Leaving the market for good: {share} a year of those present.",
              share=written(f"{100 * market.leave_per_year:.3g} %")), "market.leave_per_year")
    yield tr("Know a firm at the start: {share}.", share=percent(market.aware_at_start)), "market.aware_at_start"
    yield (tr("Cost of changing the firm: {number} units of utility.", number=written(f"{market.switching_cost:g}")),
           "market.switching_cost")
    yield (tr(NETWORKS[friends.graph], each=0 if friends.graph == "none" else friends.each), "market.friends")
    if market.season.amplitude:
        yield (tr("Season: demand swings by {share} over the year, highest in week {week}.",
                  share=percent(market.season.amplitude), week=written(f"{market.season.peak_week:g}")),
               "market.season")


def _product(scenario: Scenario) -> Iterator[Line]:
    product, contract, currency = scenario.product, scenario.product.contract, scenario.money.currency
    unit = product.price * product.margin
    yearly = unit * scenario.people.purchases_per_year.mean * scenario.people.basket.mean
    price, above, margin, knowing = (with_currency(f"{money:,.2f}", currency) for money in (
        product.price, unit, yearly, product.information_cost))
    yield (tr("One unit costs {price}; {share} of it ({above}) is above the cost of goods.", price=price,
              share=percent(product.margin), above=above), "product.price", "product.margin")
    yield (tr("Who buys all they want at one firm brings it {margin} of margin a year on average, before serving; to "
              "know one customer fully costs {knowing} a year.", margin=margin, knowing=knowing),
           "product.information_cost")
    if product.fixed_cost:
        yield (tr("Fixed costs are {share} of what an equal part of all wanted purchases would bring.",
                  share=percent(product.fixed_cost)), "product.fixed_cost")
    yield tr("Later money is discounted at {share} a year.", share=percent(scenario.money.discount_rate)), "money"
    if contract.regular:
        yield tr("A subscription: every customer pays once each period."), "product.contract.regular"
    if contract.weeks or contract.inertia:
        yield (tr("A contract binds for {weeks} weeks; {share} of the habitual renew without looking.",
                  weeks=written(f"{contract.weeks:g}"), share=percent(contract.inertia)), "product.contract")


def _people(scenario: Scenario) -> Iterator[Line]:
    people, rate = scenario.people, scenario.people.purchases_per_year
    yield (tr("They want {number} purchases a year on average, unequally (gamma shape {shape}).",
              number=number_in_words(rate.mean), shape=written(f"{rate.shape:g}")), "people.purchases_per_year")
    taste = f"Dirichlet S = {written(f'{people.taste.strength:g}')}" if people.taste.strength else tr("none")
    yield tr("Standing taste for one firm or another: {taste}.", taste=taste), "people.taste"
    for name, segment in people.segments.items():
        traits = segment.model_dump(exclude={"share"})
        differs = [tr("{trait} times {number}", trait=in_words(key), number=written(f"{value:g}"))
                   for key, value in traits.items() if value != 1]
        said = ", ".join(differs) or tr("like the rest")
        yield (f"{name_or_words(name)}: {percent(segment.share)}, {said}.",
               f"people.segments.{name}")


def _past(scenario: Scenario) -> Iterator[Line]:
    """What all firms do before the warm-up ends; nothing where there is none."""
    if Calendar.of(scenario.clock).warm_up == 0:
        return
    usual, own = levers_of(Levers(), scenario), levers_of(scenario.past, scenario)
    differs = {path: value for path, value in own.items() if usual.get(path) != value}
    said = ", ".join(f"{path} {shown(value)}" for path, value in differs.items())
    yield (tr("For {years} before money is counted every firm does the same, on the common budget: {levers}; all else "
              "at the defaults. Then accounts start afresh, and each firm does as it says.",
              years=counted(scenario.clock.warm_up_years, "year"), levers=said or tr("nothing is spent")), "past")


def _rules(scenario: Scenario) -> Iterator[Line]:
    level = scenario.mechanisms.level
    usual, real = level_strengths(level), strengths(scenario)
    absent = [name for name in MECHANISMS if real[name] == 0]
    yield (tr("Level {level}. Absent: {mechanisms}.", level=level, mechanisms=", ".join(absent) or tr("nothing")),
           "mechanisms.level")
    own = [tr("{mechanism} {strength} instead of {usual}", mechanism=name, strength=written(f"{real[name]:g}"),
              usual=written(f"{usual[name]:g}")) for name in MECHANISMS if real[name] != usual[name]]
    if own:
        yield (tr("Its own strengths: {strengths}.", strengths=", ".join(own)),)


def _event(event: Event) -> str:
    whom = ", ".join(event.firms) if event.firms else tr("every firm")
    until = "" if event.lasts_weeks is None else tr(", for {weeks} weeks", weeks=written(f"{event.lasts_weeks:g}"))
    what = event.model_dump(exclude={"kind", "year", "firms", "lasts_weeks"}, exclude_none=True)
    details = "; ".join(f"{key} {in_line(value)}" for key, value in what.items())
    return tr("Year {year}{until}: {kind} ({firms}){details}.", year=written(f"{event.year:g}"), until=until,
              kind=name_or_words(event.kind), firms=whom, details=f": {details}" if details else "")


def _changes(scenario: Scenario, name: str) -> str:
    changes = diff(scenario, with_what_if(scenario, name))
    if not changes:
        return tr("nothing changes.")
    told = "; ".join(change_in_words(scenario, each) for each in changes[:6])
    return tr("{changes} and {more} more.", changes=told, more=len(changes) - 6) if len(changes) > 6 else f"{told}."


def change_in_words(scenario: Scenario, each: Difference) -> str:
    """What is otherwise, in half a sentence; `scenario` is what it differs from."""
    if not each.whole:
        return tr("{path} from {was} to {now}", path=each.path, was=in_line(each.a), now=in_line(each.b))
    section, _, name = each.path.rpartition(".")
    if section:
        kind = section.rpartition(".")[2].removesuffix("s")
        return tr(WITHOUT[kind] if each.b is None else WITH[kind], name=name)
    number = int(each.path.partition("[")[2].rstrip("]"))
    if each.b is None:
        event = _event(scenario.events[number]).rstrip(".")
        return tr("without the event of {event}", event=event[:1].lower() + event[1:])
    return tr("with one more event")


def _expected(claim: Expectation) -> str:
    sides = {
        tr("above {value}"): claim.above,
        tr("below {value}"): claim.below,
        tr("within {size} of {{value}}", size=written(f"{claim.smallest_interesting:g}")): claim.close_to,
        tr("above the value {value}"): claim.above_value,
        tr("below the value {value}"): claim.below_value,
    }
    values = joined(side.format(value=shown(value)) for side, value in sides.items() if value is not None)
    when = tr("at the end") if claim.year is None else tr("in year {year}", year=written(f"{claim.year:g}"))
    what_if = tr(" with {name}", name=claim.what_if) if claim.what_if else ""
    return tr("{metric} of {firm}{what_if} is {values} {when}, in at least {share} of runs: {why}", metric=claim.metric,
              firm=claim.firm, what_if=what_if, values=values, when=when, share=percent(claim.confidence),
              why=tr(claim.why))


def _guesses(scenario: Scenario, in_full: bool) -> str:
    guesses, total = guesses_in_use(scenario)
    if not in_full:
        return tr("{guesses} of the {total} numbers in use are guesses (`{command}` lists them).", guesses=len(guesses),
                  total=total, command=command(["explain"], scenario, "--guesses"))
    lines = [tr("{guesses} of the {total} numbers in use are guesses:", guesses=len(guesses), total=total)]
    for guess in guesses:
        span = "" if guess.low is None or guess.high is None else ", " + tr(
            "{low} to {high}", low=shown(guess.low), high=shown(guess.high))
        lines.append(f"  {guess.name} = {in_line(guess.value)}  ({tr(guess.unit)}{span}): {tr(guess.label)}")
    return "\n".join(lines)
