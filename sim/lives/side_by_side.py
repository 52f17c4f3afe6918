"""The same person in two variants, where the two lives part, and why.

The reasons are what people are born with, what a variant changes, what firms do, what friends say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np

from sim.engine.world import BORN
from sim.lives.parting import Cause, Parting, parting
from sim.lives.person import Person
from sim.scenario.diff import diff
from sim.text.console import WIDTH
from sim.text.language import tr
from sim.text.numbers import written
from sim.text.words import capital, joined, name_or_words, shown

AS_WRITTEN = "as written"
MOST = 3
"""Things that are named in one sentence."""


@dataclass(frozen=True)
class Meeting:
    """The same person in two variants: `here` and `there` by the names of the variants, and where the lives part."""

    names: tuple[str, str]
    here: Person
    there: Person

    @property
    def lives(self) -> dict[str, Person]:
        """Both lives, by what is written above them."""
        return {heading(name): person for name, person in zip(self.names, (self.here, self.there), strict=True)}

    @cached_property
    def parting(self) -> Parting | None:
        """The first moment where the two lives part; None where the same happened in both."""
        return parting(self.here.life, self.there.life)

    def happened(self) -> dict[str, str]:
        """What happens in each life where they part, in a sentence; nothing where they do not."""
        found = self.parting
        facts = () if found is None else (found.here, found.there)
        return {variant: tr("This does not happen.") if fact is None else self.here.teller.tells(fact)
                for variant, fact in zip(self.lives, facts, strict=False)}

    def explain(self) -> str:
        """The moment where the two lives part, and why, in words."""
        found, person = self.parting, self.here
        if found is None:
            return tr("The same happens in both: {here} and {there}.", here=name_or_words(self.names[0]),
                      there=name_or_words(self.names[1]))
        first = -1 if found.here is None else 1  # what happens is said before what does not
        told = [f"{variant}: {sentence}" for variant, sentence in [*self.happened().items()][::first]]
        return " ".join([tr("The lives part {when}.", when=person.teller.when(found.period)), *told,
                         reasons(found, person, self.there, self.names)])

    def __str__(self) -> str:
        lives = [line for variant, person in self.lives.items()
                 for line in ("", f"{variant}:", *str(person).split("\n")[1:])]
        return "\n".join([str(self.here.name), *wrap(self.explain(), WIDTH), *lives])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def heading(variant: str) -> str:
    """A variant at the beginning of a sentence: names of what-ifs stay as they are written, or are words."""
    words = name_or_words(variant)
    return tr("As written") if variant == AS_WRITTEN else variant if words == variant else capital(words)


def reasons(found: Parting, here: Person, there: Person, names: tuple[str, str]) -> str:
    """Sentences that say why two lives part: the cause at hand first, then where it began."""
    told = [_choice(found, here, names)] if found.weights else []
    told += [_cause(found.cause, here, there)] if found.cause is not None and not told else []
    birth = _birth(here, there)
    told.append(_further_back(found, found.root, here, there) if found.root is not None and not birth else birth)
    return " ".join(dict.fromkeys(text for text in told if text)) or tr("The reason lies in what happened before.")


def _choice(found: Parting, here: Person, names: tuple[str, str]) -> str:
    most = found.weights[0]
    return tr("The choice turns on: {line} ({firm}), with a utility of {one} ({here}) and {other} ({there}).",
              line=tr(most.name), firm=here.firms[most.firm], one=written(f"{most.here:+.2f}"),
              other=written(f"{most.there:+.2f}"), here=name_or_words(names[0]), there=name_or_words(names[1]))


def _further_back(found: Parting, earlier: Cause, here: Person, there: Person) -> str:
    """A cause that lies before; the date is said where that is another one."""
    cause = _cause(earlier, here, there)
    if not cause or earlier.period == found.period:
        return cause
    return tr("It goes back to: {date}.", date=here.teller.date(earlier.period)) + " " + cause


def _cause(cause: Cause, here: Person, there: Person) -> str:
    if cause.phase == "listen":
        return tr("A friend, whose own life went otherwise, says something else.")
    outside = [each for each in cause.inputs if each.outside]
    if any(each.row in ("p", "m") for each in outside):
        return _changed(here, there)
    what = _some(_words(each.column) for each in outside)
    if not what:
        return ""
    if cause.firm is None:
        return tr("What differs: {what}.", what=what)
    return tr("What differs: {what} ({firm}).", what=what, firm=here.firms[cause.firm])


def _changed(here: Person, there: Person) -> str:
    """What the variant changes in the market and its people, by the names of the scenario's numbers."""
    found = [tr("{what} ({there} instead of {here})", what=tr(each.label) or each.path, there=shown(each.b),
                here=shown(each.a))
             for each in diff(here.scenario, there.scenario) if not each.path.startswith(("firms.", "events"))]
    return tr("What differs: {what}.", what=_some(found)) if found else ""


def _birth(here: Person, there: Person) -> str:
    """What is another number from birth on: who comes later, or has other tastes and needs."""
    first, other = here.life.after[0], there.life.after[0]
    found = [column for struct, columns in BORN.items() for column in sorted(columns)
             if not np.array_equal(first[f"{struct}.{column}"], other[f"{struct}.{column}"])]
    if not found:
        return ""
    return tr("Born with other numbers: {what}.", what=_some(_words(column) for column in found))


def _some(words: Iterable[Any]) -> str:
    every = list(dict.fromkeys(words))
    return joined(every[:MOST] if len(every) <= MOST else [*every[:MOST], tr("more")])


def _words(column: str) -> str:
    return dict(_columns()).get(column, column.replace("_", " "))


def _columns() -> Iterator[tuple[str, str]]:
    """What columns of firms, of the market and of birth are called when they are named as a cause."""
    for words, columns in (
        (tr("price"), "price"), (tr("advertising"), "reach salience"), (tr("promise"), "promise"),
        (tr("quality"), "quality"), (tr("failures"), "failure"), (tr("contacts"), "treat relation_cost"),
        (tr("care"), "effect"), (tr("answers to complaints"), "answered generosity delay"),
        (tr("lines that are busy"), "lost"), (tr("reviews"), "rating rated"), (tr("effort asked"), "effort"),
        (tr("lock"), "lock"), (tr("rewards"), "rewards"), (tr("surprises"), "surprise"),
        (tr("price cut"), "cut_everyone"), (tr("price cut for newcomers"), "cut_newcomers"),
        (tr("price cut for those who left"), "cut_lapsed"), (tr("personal offers"), "personalisation"),
        (tr("search for silent problems"), "proactive"), (tr("calls to win back"), "win_back win_back_reason"),
        (tr("outage"), "outage outage_severity"), (tr("benefits"), "benefit"), (tr("service"), "serving_share"),
        (tr("knowledge of customers"), "knowing heeds senses"), (tr("demand"), "demand"),
        (tr("how much is wanted"), "rate"), (tr("size of a purchase"), "basket"),
        (tr("how much prices matter"), "price_sensitivity"), (tr("how much effort matters"), "effort_sensitivity"),
        (tr("how much risk matters"), "risk_sensitivity"), (tr("readiness to bond"), "proneness"),
        (tr("readiness to speak"), "expressiveness"), (tr("values"), "values"), (tr("cost to serve"), "serving"),
        (tr("date of coming"), "enters"), (tr("date of leaving"), "leaves"), (tr("needs"), "own_weight"),
        (tr("taste for the names of firms"), "taste"), (tr("how well an offer suits"), "match"),
        (tr("kind of person"), "segment"), (tr("number"), "number"), (tr("whom the firm leaves out"), "left_out"),
    ):
        yield from ((column, words) for column in columns.split())
