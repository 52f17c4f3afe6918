"""A life told in plain words: every sentence carries the facts that it tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sim.lives.facts import Fact, facts_of
from sim.lives.names import Name, name_of
from sim.lives.replay import Life
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.text.numbers import amount
from sim.text.words import joined

PURCHASES = ("buys_first", "buys", "buys_again")
QUIET = ("chooses", "nothing", "buys", "reviews", "contact")
"""Kinds that are summed up for a stretch of time and not told one by one."""
TELLS = {
    "enters": "{Name} comes into the market.",
    "leaves": "{Name} leaves the market.",
    "advertisement": "{Name} sees an advertisement of {firm}, and knows the firm from now on.",
    "finds": "{Name} looks around and finds {firm}.",
    "hears": "A friend speaks of {firm}, which {pronoun} did not know.",
    "praise": "A friend speaks well of {firm}.",
    "warning": "A friend warns of {firm}.",
    "forgets": "{Name} forgets {firm}.",
    "unwelcome": "{firm} gets in touch, and {pronoun} finds it a nuisance.",
    "asked": "{firm} asks what was wrong and puts it right.",
    "called_back": "{firm} calls to win {pronoun} back.",
    "mended_reason": "{firm} calls to win {pronoun} back, and puts right what was wrong.",
    "lost": "{Name} cannot get through at {firm}.",
    "lost_again": "There is no getting through at {firm} either.",
    "buys_first": "{Name} buys at {firm} for the first time, for {money}.",
    "buys_again": "{Name} is back at {firm} after a long time, and pays {money}.",
    "failure": "Something goes wrong at {firm}.",
    "serious": "Something goes badly wrong at {firm}.",
    "silent": "It is a disappointment; {pronoun} says nothing.",
    "complains": "It is a disappointment; {pronoun} complains to {firm}.",
    "mended": "{firm} answers and makes up for it.",
    "ignored": "{firm} does not answer.",
    "cared": "{firm} notices and makes up for it unasked.",
    "recommends": "{Name} recommends {firm} to friends.",
    "warns": "{Name} warns friends of {firm}.",
    "lapses": "{firm} has lost {pronoun}: no purchase there for {window}.",
}
"""What is said of each kind of fact."""
OBJECT = {"she": "her", "he": "him"}


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the facts that it tells; `when` is the first period it is about."""

    when: int
    text: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Teller:
    """How the facts of one scenario become sentences."""

    scenario: Scenario
    firms: tuple[str, ...]
    name: Name

    @property
    def calendar(self) -> Calendar:
        """The clock of the scenario."""
        return Calendar.of(self.scenario.clock)

    def money(self, minor: float) -> str:
        """An amount of minor units."""
        return amount(minor / self.scenario.money.minor_units, "money", self.scenario.money.currency)

    def date(self, period: int) -> str:
        """A period in words: they count from 1 at the start, backwards before it.

        A run begins with its past, if it has one.
        """
        word, number = self.scenario.clock.period, period - self.calendar.warm_up
        return f"{word} {number + 1}" if number >= 0 else f"{-number} {word}{'s' if number < -1 else ''} before"

    def tells(self, fact: Fact) -> str:
        """The sentence of a fact that is told on its own."""
        words, pronoun = TELLS[fact.kind], self.name.pronoun
        if "win {pronoun} back" in words or "lost {pronoun}" in words:
            pronoun = OBJECT[pronoun]
        weeks = self.scenario.market.active_window_weeks
        firm = "" if fact.firm is None else self.firms[fact.firm]
        return words.format(Name=self.name.first, pronoun=pronoun, firm=firm, money=self.money(fact.amount),
                            window=f"{weeks:g} weeks")

    def sums_up(self, facts: Sequence[Fact]) -> str:
        """What is said of the quiet facts of a stretch of time; nothing where nothing was bought."""
        parts = []
        for firm in dict.fromkeys(fact.firm for fact in facts if fact.kind == "buys"):
            bought = [fact for fact in facts if fact.kind == "buys" and fact.firm == firm]
            times = "once" if len(bought) == 1 else f"{len(bought)} times"
            parts.append(f"{times} at {self.firms[firm or 0]}, for {self.money(sum(one.amount for one in bought))}")
        return f"{self.name.first} buys {joined(parts)}." if parts else ""


def story_of(life: Life, scenario: Scenario, language: str = "en") -> list[Sentence]:
    """The life in sentences, in the order in which it was lived; what is quiet is summed up between them."""
    teller = Teller(scenario, life.firms, name_of(life.who, language))
    sentences: list[Sentence] = []
    for quiet, group in groupby(facts_of(life), lambda fact: fact.kind in QUIET):
        facts = list(group)
        if not quiet:
            sentences += [Sentence(fact.period, teller.tells(fact), (fact,)) for fact in facts]
        elif text := teller.sums_up(facts):
            told = tuple(fact for fact in facts if fact.kind == "buys")
            sentences.append(Sentence(told[0].period, text, told))
    return sentences


def dated(sentences: Sequence[Sentence], teller: Teller) -> Iterator[tuple[str, str]]:
    """Date and text of each line: sentences of one period stand together."""
    for period, group in groupby(sentences, lambda sentence: sentence.when):
        yield teller.date(period), " ".join(sentence.text for sentence in group)
