"""A scenario in words: the market, the people, the firms side by side, what may happen, what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import add
from textwrap import fill
from typing import Any

from sim.scenario.calendar import PERIODS_PER_YEAR, Calendar
from sim.scenario.calling import command
from sim.scenario.diff import Difference, base_of, diff, in_line, inherits_expectations
from sim.scenario.dotted import flattened
from sim.scenario.effective import MECHANISMS, level_strengths, strengths
from sim.scenario.fields import guesses_in_use
from sim.scenario.load import with_what_if
from sim.scenario.schema import Event, Expectation, Scenario
from sim.scenario.schema.firm import FirmSection, Levers
from sim.text.console import columns
from sim.text.numbers import percent
from sim.text.words import counted, number_in_words, shown

WIDTH = 110
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
    expected = f"What is expected{f' (inherited from {theirs})' if theirs else ''}"
    sections: dict[str, Iterable[Line]] = {
        "The market": _market(scenario),
        "The product": _product(scenario),
        "The people": _people(scenario),
        "The past": _past(scenario),
        "The firms": [(sentence,) for sentence in firms_in_words(scenario, changed)],
        "The rules": _rules(scenario),
        "What happens": [(_event(event),) for event in scenario.events],
        "What if": [(f"{name}: {_changes(scenario, name)}",) for name in scenario.what_if],
        expected: [(_expected(claim),) for claim in scenario.expect],
    }
    parts = [_head(scenario, len(changed) if base is not None else None)]
    for title, lines in sections.items():
        texts = [_wrapped(sentence + _star(names, changed)) for sentence, *names in lines]
        parts += ["\n".join([title, *texts])] if texts else []
    return "\n\n".join(part for part in (*parts, _guesses(scenario, guesses)) if part) + "\n"


def _star(names: list[str], changed: frozenset[str]) -> str:
    """A star when one of these numbers (or one inside these sections) differs."""
    return " *" if any(path == name or path.startswith(f"{name}.") for path in changed for name in names) else ""


def _wrapped(sentence: str) -> str:
    if sentence.startswith("|"):
        return f"  {sentence[1:]}"
    return fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _head(scenario: Scenario, changes: int | None) -> str:
    lines = [fill(text, WIDTH) for text in (scenario.title, scenario.question, scenario.notes) if text]
    if scenario.claims:
        lines.append(f"Textbook claims: {', '.join(scenario.claims)}.")
    if scenario.headline:
        lines.append(f"Judged by: {', '.join(scenario.headline)}.")
    if changes is not None:
        below = scenario.extends or "the defaults"
        lines.append(f"Built on {below}; differs from it in {counted(changes, 'place')} (marked *).")
    if scenario.source.what_if:
        lines.append(f"With the what-if {scenario.source.what_if} applied.")
    return "\n".join(lines)


def _market(scenario: Scenario) -> Iterator[Line]:
    market, clock, growth, friends = scenario.market, scenario.clock, scenario.market.growth, scenario.market.friends
    periods = round(clock.years * float(PERIODS_PER_YEAR[clock.period]))
    yield (f"{market.customers:,} people may buy. They are watched for {counted(clock.years, 'year')} in {periods} "
           f"periods of a {clock.period}, after {counted(clock.warm_up_years, 'year')} of warm-up.",
           "market.customers", "clock")
    newcomers = {
        "none": "none; all are there from the start",
        "stationary": "as many as leave",
        "bass": f"{percent(growth.start_share)} are there at the start, the others come as an innovation spreads "
                f"(Bass: {growth.innovation_per_year:g} and {growth.imitation_per_year:g} per year) to the last",
    }
    yield f"Newcomers: {newcomers[growth.kind]}.", "market.growth"
    leaving = 100 * market.leave_per_year
    yield f"Leaving the market for good: {leaving:.3g} % a year of those present.", "market.leave_per_year"
    yield f"Know a firm at the start: {percent(market.aware_at_start)}.", "market.aware_at_start"
    yield f"Cost of changing the firm: {market.switching_cost:g} units of utility.", "market.switching_cost"
    each, graph = (0, "no") if friends.graph == "none" else (friends.each, friends.graph.replace("_", " "))
    yield f"Friends that each listens to: {each} ({graph} network).", "market.friends"
    if market.season.amplitude:
        yield (f"Season: demand swings by {percent(market.season.amplitude)} over the year, highest in week "
               f"{market.season.peak_week:g}.", "market.season")


def _product(scenario: Scenario) -> Iterator[Line]:
    product, contract, currency = scenario.product, scenario.product.contract, scenario.money.currency
    unit = product.price * product.margin
    yield (f"One unit costs {currency} {product.price:,.2f}; {percent(product.margin)} of it ({currency} {unit:,.2f}) "
           "is above the cost of goods.", "product.price", "product.margin")
    yearly = unit * scenario.people.purchases_per_year.mean * scenario.people.basket.mean
    yield (f"Who buys all they want at one firm brings it {currency} {yearly:,.2f} of margin a year on average, before "
           f"serving; to know one customer fully costs {currency} {product.information_cost:,.2f} a year.",
           "product.information_cost")
    if product.fixed_cost:
        yield (f"Fixed costs are {percent(product.fixed_cost)} of what an equal part of all wanted purchases would "
               "bring.", "product.fixed_cost")
    yield f"Later money is discounted at {percent(scenario.money.discount_rate)} a year.", "money"
    if contract.regular:
        yield "A subscription: every customer pays once each period.", "product.contract.regular"
    if contract.weeks or contract.inertia:
        yield (f"A contract binds for {contract.weeks:g} weeks; {percent(contract.inertia)} of the habitual renew "
               "without looking.", "product.contract")


def _people(scenario: Scenario) -> Iterator[Line]:
    people, rate = scenario.people, scenario.people.purchases_per_year
    yield (f"They want {number_in_words(rate.mean)} purchases a year on average, unequally "
           f"(gamma shape {rate.shape:g}).", "people.purchases_per_year")
    taste = f"Dirichlet S = {people.taste.strength:g}" if people.taste.strength else "none"
    yield f"Standing taste for one firm or another: {taste}.", "people.taste"
    for name, segment in people.segments.items():
        traits = segment.model_dump(exclude={"share"})
        differs = [f"{key.replace('_', ' ')} times {value:g}" for key, value in traits.items() if value != 1]
        yield (f"{name}: {percent(segment.share)}, {', '.join(differs) or 'like the rest'}.",
               f"people.segments.{name}")


def _past(scenario: Scenario) -> Iterator[Line]:
    """What all firms do before the warm-up ends; nothing where there is none."""
    if Calendar.of(scenario.clock).warm_up == 0:
        return
    usual, own = levers_of(Levers(), scenario), levers_of(scenario.past, scenario)
    differs = {path: value for path, value in own.items() if usual.get(path) != value}
    said = ", ".join(f"{path} {shown(value)}" for path, value in differs.items())
    yield (f"For {counted(scenario.clock.warm_up_years, 'year')} before money is counted every firm does the same, on "
           f"the common budget: {said or 'nothing is spent'}; all else at the defaults. Then accounts start "
           "afresh, and each firm does as it says.", "past")


def _rules(scenario: Scenario) -> Iterator[Line]:
    level = scenario.mechanisms.level
    usual, real = level_strengths(level), strengths(scenario)
    absent = [name for name in MECHANISMS if real[name] == 0]
    yield f"Level {level}. Absent: {', '.join(absent) or 'nothing'}.", "mechanisms.level"
    own = [f"{name} {real[name]:g} instead of {usual[name]:g}" for name in MECHANISMS if real[name] != usual[name]]
    if own:
        yield (f"Its own strengths: {', '.join(own)}.",)


def _event(event: Event) -> str:
    whom = ", ".join(event.firms) if event.firms else "every firm"
    until = f", for {event.lasts_weeks:g} weeks" if event.lasts_weeks is not None else ""
    what = event.model_dump(exclude={"kind", "year", "firms", "lasts_weeks"}, exclude_none=True)
    details = "; ".join(f"{key} {in_line(value)}" for key, value in what.items())
    return f"Year {event.year:g}{until}: {event.kind} ({whom}){f': {details}' if details else ''}."


def _changes(scenario: Scenario, name: str) -> str:
    changes = diff(scenario, with_what_if(scenario, name))
    more = f" and {len(changes) - 6} more" if len(changes) > 6 else ""
    return f"{'; '.join(change_in_words(scenario, each) for each in changes[:6]) or 'nothing changes'}{more}."


def change_in_words(scenario: Scenario, each: Difference) -> str:
    """What is otherwise, in half a sentence; `scenario` is what it differs from."""
    if not each.whole:
        return f"{each.path} from {in_line(each.a)} to {in_line(each.b)}"
    side = "without" if each.b is None else "with"
    section, _, name = each.path.rpartition(".")
    if section:
        return f"{side} {section.rpartition('.')[2].removesuffix('s')} {name}"
    number = int(each.path.partition("[")[2].rstrip("]"))
    if each.b is None:
        return f"without the event of {_event(scenario.events[number]).rstrip('.').replace('Year', 'year')}"
    return "with one more event"


def _expected(claim: Expectation) -> str:
    sides = {
        "above": claim.above,
        "below": claim.below,
        f"within {claim.smallest_interesting:g} of": claim.close_to,
        "above the value": claim.above_value,
        "below the value": claim.below_value,
    }
    values = " and ".join(f"{side} {shown(value)}" for side, value in sides.items() if value is not None)
    when = f"in year {claim.year:g}" if claim.year is not None else "at the end"
    what_if = f" with {claim.what_if}" if claim.what_if else ""
    return (f"{claim.metric} of {claim.firm}{what_if} is {values} {when}, in at least {percent(claim.confidence)} of "
            f"runs: {claim.why}")


def _guesses(scenario: Scenario, in_full: bool) -> str:
    guesses, total = guesses_in_use(scenario)
    count = f"{len(guesses)} of the {total} numbers in use are guesses"
    if not in_full:
        return f"{count} (`{command(['explain'], scenario, '--guesses')}` lists them)."
    lines = [f"{count}:"]
    for guess in guesses:
        span = "" if guess.low is None or guess.high is None else f", {shown(guess.low)} to {shown(guess.high)}"
        lines.append(f"  {guess.name} = {in_line(guess.value)}  ({guess.unit}{span}): {guess.label}")
    return "\n".join(lines)


def firms_in_words(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    """Sentences and table rows (they begin with |) about the firms; numbers in `changed` carry a star."""
    firms = scenario.firms
    if not firms:
        yield "None: this file is for others to extend."
        return
    yield from _budget(scenario, changed)
    yield from _side_by_side(scenario, changed)
    budgets = {name: 1 - sum(firm.spending.model_dump().values()) for name, firm in firms.items()
               if firm.strategy == "as_written"}
    unspent = [f"{name} {percent(rest)}" for name, rest in budgets.items() if rest > 1e-9]
    if unspent:
        yield f"Left unspent (price cuts and recovery are paid from it): {', '.join(unspent)} of the budget."


def _budget(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    budget, currency = scenario.budget, scenario.money.currency
    amount = f"{percent(budget.share)} of last period's {budget.mode.removeprefix('share_of_').replace('_', ' ')}"
    if budget.mode == "amount":
        total = budget.per_person_per_year * scenario.market.customers
        amount = f"{currency} {total:,.0f} a year ({budget.per_person_per_year:g} for each person of the market)"
    yield f"Each may spend {amount}; price cuts count as spending.{_star(['budget'], changed)}"
    if budget.cash_limit is not None:
        yield f"Least cash of a firm: {currency} {-budget.cash_limit:,.0f}."
    factors = {name: shown(firm.budget_factor) for name, firm in scenario.firms.items()}
    if len(set(factors.values())) > 1:
        yield f"Unequal budgets, times this amount: {in_line(factors)}."


def _side_by_side(scenario: Scenario, changed: frozenset[str]) -> Iterator[str]:
    firms = scenario.firms
    flat = {name: levers_of(firm, scenario) for name, firm in firms.items()}
    paths = list(dict.fromkeys(path for values in flat.values() for path in values))
    rows = [path for path in paths if len({str(values.get(path)) for values in flat.values()}) > 1]
    usual, first = levers_of(FirmSection(), scenario), next(iter(flat.values()))
    shared = [f"{path} {shown(first[path])}" for path in paths if path not in rows and usual.get(path) != first[path]]
    alike = ", ".join(shared) or "at the defaults"
    if len(firms) == 1:
        yield f"{next(iter(firms))} is the only firm: {alike}."
        return
    if not rows:
        yield f"The {len(firms)} firms are identical: {', '.join(firms)}."
        return
    yield from _table(flat, rows, changed)
    yield f"In all else ({len(paths) - len(rows)} levers) they are alike: {alike}."


def _table(flat: dict[str, dict[str, Any]], rows: list[str], changed: frozenset[str]) -> Iterator[str]:
    new = {name for name in flat if f"firms.{name}" in changed}
    cells = [["what differs", *(f"{name}*" if name in new and len(new) < len(flat) else name for name in flat)]]
    for path in rows:
        values = [shown(values[path]) if path in values else "-" for values in flat.values()]
        stars = ["*" if f"firms.{name}.{path}" in changed else "" for name in flat]
        cells.append([path, *map(add, values, stars)])
    yield from (f"|{line}" for line in columns(cells))


def levers_of(firm: Levers, scenario: Scenario) -> dict[str, Any]:
    """Every lever of a firm by its name inside the firm; a price left out is the reference price."""
    values = dict(flattened(firm.model_dump(exclude={"like"}, exclude_none=True)))
    return values if "price" in values else {**values, "price": scenario.product.price}
