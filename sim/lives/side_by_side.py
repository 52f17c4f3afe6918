"""The same person in two variants, and where the two lives part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from textwrap import wrap

from sim.lives.parting import Parting, parting
from sim.lives.person import Person
from sim.lives.reasons import reasons
from sim.text.console import WIDTH
from sim.text.language import tr
from sim.text.words import capital, name_or_words

AS_WRITTEN = "as written"


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
