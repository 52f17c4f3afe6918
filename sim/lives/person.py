"""Meet a customer: one person of a run, and the same person in another variant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from sim.lives.arithmetic import lines_of
from sim.lives.facts import LifeEvent, facts_of
from sim.lives.names import name_of
from sim.lives.parting import Cause, Parting, parting
from sim.lives.replay import ReplayedLife, Step, lived
from sim.lives.story import Sentence, Teller, dated, story_of
from sim.lives.tape import Taped
from sim.text.console import WIDTH
from sim.text.words import joined

if TYPE_CHECKING:
    import pandas as pd

INPUTS = {
    "price": "price", "reach": "advertising", "salience": "advertising", "promise": "promise", "quality": "quality",
    "failure": "failures", "treat": "contacts", "relation_cost": "contacts", "effect": "care", "answered": "answers",
    "generosity": "answers", "delay": "answers", "lost": "lines that are busy", "rating": "reviews", "rated": "reviews",
    "effort": "effort asked", "lock": "lock", "rewards": "rewards", "surprise": "surprises", "values": "values",
    "cut_everyone": "price cut", "cut_newcomers": "price cut for newcomers", "cut_lapsed": "price cut for the lapsed",
    "personalisation": "personal offers", "proactive": "search for silent problems", "win_back": "calls to win back",
    "win_back_reason": "calls to win back", "outage": "outage", "outage_severity": "outage", "benefit": "benefits",
    "serving_share": "service", "knowing": "knowledge of customers", "heeds": "knowledge of customers",
    "senses": "knowledge of customers",
}
"""What a firm's columns are called when they are named as a cause."""
MARGIN = 16


class Person:
    """One person of a market that was run with its tape.

    `life` has every step and column, `facts` what happened, `story` the same in sentences; print it for a page.
    """

    def __init__(self, market: Taped, who: int, language: str = "en") -> None:
        self.scenario, self.name = market.scenario, name_of(who, language)
        self.life: ReplayedLife = lived(market, who)
        self.firms = self.life.firms
        self.teller = Teller(self.scenario, self.firms, self.name)

    @cached_property
    def facts(self) -> list[LifeEvent]:
        """Everything that happened, in order."""
        return facts_of(self.life)

    @cached_property
    def story(self) -> list[Sentence]:
        """The life in sentences; each carries the facts that it tells."""
        return story_of(self.life, self.scenario)

    def table(self) -> pd.DataFrame:
        """One row per fact: period, date, occasion, kind, firm, amount, what."""
        import pandas as pd

        rows = [(fact.period, self.teller.date(fact.period), fact.occasion, fact.kind, self._firm(fact.firm),
                 fact.amount, self.teller.tells(fact)) for fact in self.facts]
        return pd.DataFrame(rows, columns=["period", "date", "occasion", "kind", "firm", "amount", "what"])

    def choice(self, period: int) -> pd.DataFrame:
        """The arithmetic of the choice in a period (numbered from the start of the run): one row per firm and line.

        Columns: firm, part, line, utility, and utility_money, the same in money of one usual purchase: utility over
        what one unit of money weighs for this person. `utility` of the lines of a firm adds up to its utility.

        Raises:
            ValueError: nothing was bought or wanted in that period.
        """
        import pandas as pd

        weighed = [step for step in self.life.steps[period] if step.phase.name == "weigh"]
        if not weighed:
            raise ValueError(f"{self.name} wanted to buy nothing in {self.teller.date(period)}.")
        rows = [(self._firm(step.firm), line.part, line.name, line.utility, line.utility / _weight_of_money(step)
                 * self.scenario.product.price) for step in weighed for line in lines_of(step)]
        return pd.DataFrame(rows, columns=["firm", "part", "line", "utility", "utility_money"])

    def _firm(self, place: int | None) -> str:
        return "" if place is None or place < 0 else self.firms[place]

    def __str__(self) -> str:
        return "\n".join([str(self.name), *page(list(dated(self.story, self.teller)))])

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self.facts)} things happened in {self.life.periods} periods>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


@dataclass(frozen=True)
class Meeting:
    """The same person in two variants: `here` and `there` by the names of the variants, and where the lives part."""

    names: tuple[str, str]
    here: Person
    there: Person

    @cached_property
    def parting(self) -> Parting | None:
        """The first moment where the two lives part; None where the same happened in both."""
        return parting(self.here.life, self.there.life)

    def explain(self) -> str:
        """The moment where the two lives part, and why, in words."""
        found, person = self.parting, self.here
        if found is None:
            return f"The same happened to {person.name.first} in both: {self.names[0]} and {self.names[1]}."
        happened = [self._happened(variant, fact) for variant, fact in
                    zip(self.names, (found.here, found.there), strict=True)]
        return f"The lives part {person.teller.when(found.period)}. {' '.join(happened)} {self._why(found)}"

    def _happened(self, variant: str, fact: LifeEvent | None) -> str:
        told = "Nothing more happens." if fact is None else self.here.teller.tells(fact)
        return f"{_heading(variant)}: {told}"

    def _why(self, found: Parting) -> str:
        if found.weights:
            most = found.weights[0]
            return (f"The choice turns on {most.name} at {self.here.firms[most.firm]}: its utility is {most.here:+.2f} "
                    f"({self.names[0]}) and {most.there:+.2f} ({self.names[1]}).")
        told = [self._cause(cause) for cause in (found.cause, found.begins) if cause is not None]
        return " ".join(dict.fromkeys(text for text in told if text)) or "The reason lies in what happened before."

    def _cause(self, cause: Cause) -> str:
        if cause.phase == "listen":
            return "A friend, whose own life went otherwise, says something else."
        outside = [each for each in cause.inputs if each.outside]
        own = dict.fromkeys(each.column.replace("_", " ") for each in outside if each.row in ("p", "m"))
        if own:
            return f"What differs is how people are: {joined(list(own)[:3])}."
        names = dict.fromkeys(INPUTS.get(each.column, each.column.replace("_", " ")) for each in outside)
        firm = "" if cause.firm is None else f" of {self.here.firms[cause.firm]}"
        return f"What differs is the {joined(list(names)[:3])}{firm}." if names else ""

    def __str__(self) -> str:
        return "\n".join([str(self.here.name), *wrap(self.explain(), WIDTH), "", f"{_heading(self.names[0])}:",
                          *str(self.here).split("\n")[1:], "", f"{_heading(self.names[1])}:",
                          *str(self.there).split("\n")[1:]])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def page(lines: Sequence[tuple[str, str]]) -> list[str]:
    """Dates and texts in two columns, as wide as a terminal."""
    found = []
    for date, text in lines:
        first, *more = wrap(text, WIDTH - MARGIN - 4)
        found += [f"  {date:>{MARGIN}}  {first}", *(f"  {'':{MARGIN}}  {line}" for line in more)]
    return found


def _heading(variant: str) -> str:
    """A variant at the beginning of a sentence: names of what-ifs stay as they are written."""
    return "As written" if variant == "as written" else variant


def _weight_of_money(step: Step) -> float:
    """Utility of one usual price for this person."""
    return float(step.read["p"].price * step.read["me"].price_sensitivity)
