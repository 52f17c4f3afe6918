"""A life told in plain words, under a first name: every sentence carries the facts that it tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sim.lives.facts import LifeEvent, facts_of
from sim.lives.tape import ReplayedLife
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.text.language import language as spoken
from sim.text.language import marked, tr, trn
from sim.text.numbers import amount
from sim.text.words import counted, joined

NAMES = {
    "en": (("Anna", "she"), ("Ben", "he"), ("Clara", "she"), ("David", "he"), ("Emma", "she"), ("Frank", "he"),
           ("Grace", "she"), ("Henry", "he"), ("Ida", "she"), ("Jack", "he"), ("Kate", "she"), ("Leo", "he"),
           ("Maria", "she"), ("Noah", "he"), ("Olga", "she"), ("Paul", "he"), ("Rosa", "she"), ("Sam", "he"),
           ("Tina", "she"), ("Victor", "he"), ("Wendy", "she"), ("Adam", "he"), ("Zoe", "she")),
    "ru": (("Анна", "она"), ("Борис", "он"), ("Вера", "она"), ("Глеб", "он"), ("Дарья", "она"), ("Егор", "он"),
           ("Зоя", "она"), ("Игорь", "он"), ("Кира", "она"), ("Лев", "он"), ("Мария", "она"), ("Никита", "он"),
           ("Ольга", "она"), ("Павел", "он"), ("Раиса", "она"), ("Семён", "он"), ("Тамара", "она"), ("Фёдор", "он"),
           ("Ульяна", "она"), ("Юрий", "он"), ("Эмма", "она"), ("Яков", "он"), ("Юлия", "она")),
}
"""First name and pronoun. As many in every language, so that person 17 has the same place in the list in each."""
TURNS = ("enters", "leaves", "advertisement", "finds", "hears", "buys_first", "buys_again", "lapses", "called_back",
         "mended_reason", "asked", "forgets")
"""Kinds that are told one by one; what lies between them is summed up."""
TELLS = {
    "enters": "{Name} comes into the market.",
    "leaves": "{Name} leaves the market.",
    "advertisement": "{Name} sees an advertisement of {firm}, and has the firm in mind from now on.",
    "finds": "{Name} looks around and finds {firm}.",
    "hears": "A friend speaks of {firm}: from now on {pronoun} has the firm in mind.",
    "praise": "A friend speaks well of {firm}.",
    "warning": "A friend warns of {firm}.",
    "forgets": "{Name} forgets {firm}.",
    "contact": "{firm} gets in touch, and {pronoun} likes it.",
    "unwelcome": "{firm} gets in touch, and {pronoun} finds it a nuisance.",
    "asked": "{firm} asks what was wrong and puts it right.",
    "called_back": "{firm} calls to win {object} back.",
    "mended_reason": "{firm} calls to win {object} back, and puts right what was wrong.",
    "lost": "{Name} cannot get through at {firm}.",
    "lost_again": "There is no getting through at {firm} either.",
    "nothing": "{Name} buys nothing.",
    "chooses": "{Name} chooses {firm}.",
    "buys_first": "{Name} buys at {firm} for the first time, for {money}.",
    "buys": "{Name} buys at {firm}, for {money}.",
    "buys_again": "{Name} is back at {firm} after a long time, and pays {money}.",
    "failure": "Something goes wrong at {firm}.",
    "serious": "Something goes badly wrong at {firm}.",
    "silent": "{firm} disappoints; {pronoun} says nothing.",
    "complains": "{firm} disappoints; {pronoun} complains.",
    "mended": "{firm} answers the complaint and makes up for it.",
    "ignored": "{firm} does not answer the complaint.",
    "cared": "{firm} notices the problem and makes up for it unasked.",
    "recommends": "{Name} recommends {firm} to friends.",
    "warns": "{Name} warns friends of {firm}.",
    "reviews": "{Name} writes a review of {firm}.",
    "lapses": "{firm} has lost {object}: no purchase there for {window}.",
}
"""What is said of each kind of fact; every kind there is stands here."""
COUNTED_TOGETHER = {
    ("lost", "lost_again"): ("call in vain", "calls in vain"),
    ("failure", "serious"): ("failure", "failures"),
    ("silent",): ("disappointment without a word", "disappointments without a word"),
    ("complains",): ("complaint", "complaints"),
    ("mended",): ("answer that made up for it", "answers that made up for it"),
    ("cared",): ("time helped unasked", "times helped unasked"),
    ("contact",): ("welcome contact", "welcome contacts"),
    ("unwelcome",): ("contact that annoyed", "contacts that annoyed"),
    ("recommends",): ("recommendation to friends", "recommendations to friends"),
    ("warns",): ("warning to friends", "warnings to friends"),
    ("reviews",): ("review", "reviews"),
}
"""What is counted between two turns, and how that is said."""
COUNTED = {kind for kinds in COUNTED_TOGETHER for kind in kinds} | {"ignored"}
WORDS = {"praise": (marked("speak well of {firm}"), marked("speak well of {firm} {times}")),
         "warning": (marked("warn of {firm}"), marked("warn of {firm} {times}"))}
UNTOLD = ("chooses", "nothing")
"""Steps on the way to a purchase, or to none: a story does without them."""
OBJECT = {"she": "her", "he": "him", "она": "её", "он": "его"}
DATES = {"week": marked("week {number}"), "month": marked("month {number}"), "quarter": marked("quarter {number}")}
MOMENTS = {"week": marked("in week {number}"), "month": marked("in month {number}"),
           "quarter": marked("in quarter {number}")}


@dataclass(frozen=True)
class Name:
    """How a person is called."""

    first: str
    pronoun: str
    number: int

    def __str__(self) -> str:
        return f"{self.first} ({self.number})"


def name_of(number: int, language: str | None = None) -> Name:
    """The name of a person; people are many and names few, so the number is said with it.

    `language`: left out, the one that is spoken.

    >>> str(name_of(0)), str(name_of(23)), name_of(1).pronoun
    ('Anna (0)', 'Anna (23)', 'he')
    """
    names = NAMES[language or spoken()]
    return Name(*names[number % len(names)], number)


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the facts that it tells; `when` is the first period it is about."""

    when: int
    text: str
    facts: tuple[LifeEvent, ...]


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
        number = period - self.calendar.warm_up
        return tr(DATES[self.scenario.clock.period], number=number + 1) if number >= 0 else tr(
            "{time} before", time=counted(-number, self.scenario.clock.period))

    def when(self, period: int) -> str:
        """A period inside a sentence: "in month 3", "2 months before the start"."""
        number = period - self.calendar.warm_up
        return tr(MOMENTS[self.scenario.clock.period], number=number + 1) if number >= 0 else tr(
            "{time} before the start", time=counted(-number, self.scenario.clock.period))

    def tells(self, fact: LifeEvent) -> str:
        """The sentence of a fact."""
        weeks = self.scenario.market.active_window_weeks
        firm = "" if fact.firm is None or fact.firm < 0 else self.firms[fact.firm]
        pronoun = self.name.pronoun
        return tr(TELLS[fact.kind], Name=self.name.first, pronoun=pronoun, object=OBJECT.get(pronoun, pronoun),
                  firm=firm, money=self.money(fact.amount), window=counted(weeks, "week"))

    def sums_up(self, facts: Sequence[LifeEvent]) -> list[tuple[str, tuple[LifeEvent, ...]]]:
        """What is said of a stretch of time between two turns: one sentence a firm, and one of what friends said."""
        firms = dict.fromkeys(fact.firm for fact in facts if fact.firm is not None)
        found = [self._at_firm(firm, [fact for fact in facts if fact.firm == firm]) for firm in firms]
        return [*(one for one in found if one[0]), *self._words([fact for fact in facts if fact.kind in WORDS])]

    def _at_firm(self, firm: int, facts: Sequence[LifeEvent]) -> tuple[str, tuple[LifeEvent, ...]]:
        told = [fact for fact in facts if fact.kind in COUNTED or fact.kind == "buys"]
        bought = [fact for fact in told if fact.kind == "buys"]
        parts = [_so_many(count, *words) for kinds, words in COUNTED_TOGETHER.items()
                 if (count := sum(fact.kind in kinds for fact in told))]
        if bought:
            about = {"name": self.name.first, "times": times(len(bought)), "firm": self.firms[firm],
                     "money": self.money(sum(fact.amount for fact in bought))}
            return tr("{name} buys {times} at {firm}, for {money}: {rest}.", rest=joined(parts), **about) if (
                parts) else tr("{name} buys {times} at {firm}, for {money}.", **about), tuple(told)
        return (f"{self.firms[firm]}: {joined(parts)}.", tuple(told)) if parts else ("", ())

    def _words(self, facts: Sequence[LifeEvent]) -> list[tuple[str, tuple[LifeEvent, ...]]]:
        parts = []
        for kind, words in WORDS.items():
            for firm in dict.fromkeys(fact.firm for fact in facts if fact.kind == kind):
                count = sum((fact.kind, fact.firm) == (kind, firm) for fact in facts)
                once, often = words
                parts.append(tr(once if count == 1 else often, firm=self.firms[firm or 0], times=times(count)))
        return [(tr("Friends {words}.", words=joined(parts)), tuple(facts))] if parts else []


def story_of(life: ReplayedLife, scenario: Scenario, language: str | None = None) -> list[Sentence]:
    """The life in sentences, in the order in which it was lived: turns one by one, the rest summed up between them."""
    teller = Teller(scenario, life.firms, name_of(life.who, language))
    sentences: list[Sentence] = []
    for turn, group in groupby(facts_of(life), lambda fact: fact.kind in TURNS):
        facts = list(group)
        if turn:
            sentences += [Sentence(fact.period, teller.tells(fact), (fact,)) for fact in facts]
        else:
            summed = [Sentence(told[0].period, text, told) for text, told in teller.sums_up(facts)]
            sentences += sorted(summed, key=lambda sentence: sentence.when)
    return sentences


def _so_many(count: int, thing: str, things: str) -> str:
    one, many = f"{{count}} {thing}", f"{{count}} {things}"
    return trn(one, many, count)


def times(count: int) -> str:
    """How often, in words.

    >>> times(1), times(2), times(5)
    ('once', 'twice', '5 times')
    """
    return {1: tr("once"), 2: tr("twice")}.get(count) or trn("{count} time", "{count} times", count)


def dated(sentences: Sequence[Sentence], teller: Teller) -> Iterator[tuple[str, str]]:
    """Date and text of each line: sentences of one period stand together."""
    for period, group in groupby(sentences, lambda sentence: sentence.when):
        yield teller.date(period), " ".join(sentence.text for sentence in group)
