"""First names for the people of a market: from a short list, by number, the same in every variant."""

from __future__ import annotations

from dataclasses import dataclass

from sim.text.language import language as spoken

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
