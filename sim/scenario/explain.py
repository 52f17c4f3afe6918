"""A scenario in words: the market, the people, the firms side by side, what may happen, what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill

from sim.scenario.assumptions import guesses_in_play
from sim.scenario.calendar import PERIODS_PER_YEAR
from sim.scenario.diff import Difference, base_of, diff, in_line
from sim.scenario.effective import MECHANISMS, level_strengths, strengths
from sim.scenario.explain_firms import firms_in_words
from sim.scenario.schema import Event, Expectation, Scenario
from sim.text.words import counted, number_in_words, shown

WIDTH = 110


@dataclass(frozen=True)
class Marks:
    """Which numbers differ from what the scenario builds on; their sentences carry a star."""

    changed: frozenset[str]

    def star(self, *names: str) -> str:
        """A star when one of these numbers (or one inside these sections) differs."""
        hit = any(path == name or path.startswith(f"{name}.") for path in self.changed for name in names)
        return " *" if hit else ""


def explain(scenario: Scenario, guesses: bool = False) -> str:
    """The scenario in words; with `guesses`, every assumption in play with its value and range.

    >>> from sim.scenario.load import load
    >>> print(explain(load({"question": "Who stays?", "firms": {"Rush": {}, "Root": {"quality": 0.8}}})))
    Who stays?
    ...
    """
    base = base_of(scenario)
    marks = Marks(frozenset(each.path for each in diff(base, scenario)) if base is not None else frozenset())
    parts = [_head(scenario, marks, base is not None), _section("The market", _market(scenario, marks))]
    parts += [_section("The product", _product(scenario, marks)), _section("The people", _people(scenario, marks))]
    parts += [_section("The firms", firms_in_words(scenario, marks.changed))]
    parts += [_section("The rules", _rules(scenario, marks))]
    parts += [_section("What happens", (_event(event) for event in scenario.events))]
    parts += [_section("What if", (f"{name}: {_changes(scenario, name)}" for name in scenario.what_if))]
    parts += [_section("What is expected", (_expected(claim) for claim in scenario.expect))]
    parts += [_guesses(scenario, guesses)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, sentences: Iterator[str]) -> str:
    lines = [_wrapped(sentence) for sentence in sentences]
    return "\n".join([title, *lines]) if lines else ""


def _wrapped(sentence: str) -> str:
    if sentence.startswith("|"):
        return "  " + sentence[1:].rstrip()
    return fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _head(scenario: Scenario, marks: Marks, compared: bool) -> str:
    lines = [text for text in (scenario.title, scenario.question, scenario.notes) if text]
    lines = [fill(line, WIDTH) for line in lines]
    if scenario.claims:
        lines.append(f"Textbook claims: {', '.join(scenario.claims)}.")
    below = scenario.extends or "the defaults"
    if compared:
        count = len(marks.changed)
        what = "nothing" if count == 0 else f"{count} place{'s' if count > 1 else ''} (marked *)"
        lines.append(f"Built on {below}; differs from it in {what}.")
    if scenario.source.what_if:
        lines.append(f"With the what-if {scenario.source.what_if} applied.")
    return "\n".join(lines)


def _market(scenario: Scenario, marks: Marks) -> Iterator[str]:
    market, clock = scenario.market, scenario.clock
    periods = round(clock.years * float(PERIODS_PER_YEAR[clock.period]))
    warm = f", after {counted(clock.warm_up_years, 'year')} of warm-up" if clock.warm_up_years else ""
    yield (
        f"{market.customers:,} people may buy. They are watched for {counted(clock.years, 'year')} "
        f"in {periods} periods of a {clock.period}{warm}.{marks.star('market.customers', 'clock')}"
    )
    growth = market.growth
    coming = {
        "none": "All of them are there from the start; nobody new comes.",
        "stationary": "Newcomers replace those who leave.",
        "bass": (
            f"{growth.start_share:.0%} are there at the start; the others come as an innovation spreads (Bass: "
            f"{growth.innovation_per_year:g} and {growth.imitation_per_year:g} per year), until nobody is left to come."
        ),
    }[growth.kind]
    yield coming + marks.star("market.growth")
    leaving = f"{market.leave_per_year:.3g} of those present" if market.leave_per_year else "Nobody"
    if 0 < market.leave_per_year < 1:
        leaving = f"{market.leave_per_year:.0%}"
    yield (
        f"{leaving} leave{'' if market.leave_per_year else 's'} the market for good each year. At the start "
        f"{market.aware_at_start:.0%} know a firm.{marks.star('market.leave_per_year', 'market.aware_at_start')}"
    )
    if market.switching_cost:
        star = marks.star("market.switching_cost")
        yield f"Changing the firm costs {market.switching_cost:g} units of utility.{star}"
    friends = market.friends
    if friends.graph != "none" and friends.each:
        kind = friends.graph.replace("_", " ")
        yield f"Each listens to {friends.each} friends ({kind} network).{marks.star('market.friends')}"
    else:
        yield f"Nobody has friends to talk to.{marks.star('market.friends')}"
    if market.season.amplitude:
        yield (
            f"Demand swings by {market.season.amplitude:.0%} over the year, highest in week "
            f"{market.season.peak_week:g}.{marks.star('market.season')}"
        )


def _product(scenario: Scenario, marks: Marks) -> Iterator[str]:
    product, money = scenario.product, scenario.money
    unit = product.price * product.margin
    yield (
        f"One unit costs {money.currency} {product.price:,.2f}; {product.margin:.0%} of it ({money.currency} "
        f"{unit:,.2f}) is above the cost of goods.{marks.star('product.price', 'product.margin')}"
    )
    yearly = unit * scenario.people.purchases_per_year.mean * scenario.people.basket.mean
    ratio = f", {yearly / product.information_cost:.3g} times" if product.information_cost else ""
    yield (
        f"A mean customer brings {money.currency} {yearly:,.2f} of margin a year before serving{ratio} the "
        f"{money.currency} {product.information_cost:,.2f} that it costs to know one."
        f"{marks.star('product.information_cost')}"
    )
    yield f"Later money is discounted at {money.discount_rate:.0%} a year.{marks.star('money')}"
    contract = product.contract
    if contract.regular:
        yield f"A subscription: every customer pays once each period.{marks.star('product.contract.regular')}"
    if contract.weeks or contract.inertia:
        yield (
            f"A contract binds for {contract.weeks:g} weeks; {contract.inertia:.0%} of the habitual renew without "
            f"looking.{marks.star('product.contract')}"
        )


def _people(scenario: Scenario, marks: Marks) -> Iterator[str]:
    people = scenario.people
    rate = people.purchases_per_year
    yield (
        f"They want {number_in_words(rate.mean)} purchases a year on average, unequally (gamma shape {rate.shape:g})"
        f".{marks.star('people.purchases_per_year')}"
    )
    taste = "have no standing taste for one firm or another"
    if people.taste.strength:
        taste = f"have a standing taste for one firm or another (Dirichlet S = {people.taste.strength:g})"
    yield f"They {taste}.{marks.star('people.taste')}"
    for name, segment in people.segments.items():
        traits = segment.model_dump(exclude={"share"})
        differs = [f"{key.replace('_', ' ')} times {value:g}" for key, value in traits.items() if value != 1]
        star = marks.star(f"people.segments.{name}")
        yield f"{name}: {segment.share:.0%}, {', '.join(differs) or 'like the rest'}.{star}"


def _rules(scenario: Scenario, marks: Marks) -> Iterator[str]:
    level = scenario.mechanisms.level
    usual, real = level_strengths(level), strengths(scenario)
    absent = [name for name in MECHANISMS if real[name] == 0]
    yield f"Level {level}.{marks.star('mechanisms.level')} Absent: {', '.join(absent) or 'nothing'}."
    own = [f"{name} {real[name]:g} instead of {usual[name]:g}" for name in MECHANISMS if real[name] != usual[name]]
    if own:
        yield f"Its own strengths: {', '.join(own)}."


def _event(event: Event) -> str:
    whom = ", ".join(event.firms) if event.firms else "every firm"
    until = f", for {event.lasts_weeks:g} weeks" if event.lasts_weeks is not None else ""
    what = event.model_dump(exclude={"kind", "year", "firms", "lasts_weeks"}, exclude_none=True)
    details = "; ".join(f"{key} {in_line(value)}" for key, value in what.items())
    return f"Year {event.year:g}{until}: {event.kind} ({whom}){f': {details}' if details else ''}."


def _changes(scenario: Scenario, name: str) -> str:
    from sim.scenario.load import with_what_if

    found = diff(scenario, with_what_if(scenario, name))
    told = [change_in_words(scenario, each) for each in found[:6]]
    more = f" and {len(found) - 6} more" if len(found) > 6 else ""
    return f"{'; '.join(told)}{more}." if told else "nothing changes."


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
    """One expectation as a sentence."""
    said = {
        "above": claim.above,
        "below": claim.below,
        f"within {claim.smallest_interesting:g} of": claim.close_to,
        "above the value": claim.above_value,
        "below the value": claim.below_value,
    }
    sides = [f"{side} {shown(value)}" for side, value in said.items() if value is not None]
    when = f"in year {claim.year:g}" if claim.year is not None else "at the end"
    world = f" with {claim.what_if}" if claim.what_if else ""
    return (
        f"{claim.metric} of {claim.firm}{world} is {' and '.join(sides)} {when}, in at least {claim.confidence:.0%} "
        f"of runs: {claim.why}"
    )


def _guesses(scenario: Scenario, in_full: bool) -> str:
    found, total = guesses_in_play(scenario)
    count = f"{len(found)} of the {total} numbers in play are guesses"
    if not in_full:
        return f"{count} (`sim explain --guesses` lists them)."
    lines = [f"{count}:"]
    for guess in found:
        span = "" if guess.low is None or guess.high is None else f", {shown(guess.low)} to {shown(guess.high)}"
        lines.append(f"  {guess.name} = {in_line(guess.value)}  ({guess.unit}{span}): {guess.label}")
    return "\n".join(lines)
