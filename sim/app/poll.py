"""A poll before the reveal: one question, one vote a device, hands that are counted by eye; all of it in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from sim.scenario.schema import Scenario
from sim.text.language import tr

MOST_DEVICES, MOST_HANDS = 2_000, 10_000
"""Votes and hands that are taken; a lecture hall has fewer (assumption)."""


class NoVoteError(ValueError):
    """The vote was not taken; the message is a sentence for whoever voted."""


@dataclass(frozen=True)
class Ballot:
    """A poll as one device sees it: `number` counts the questions, `voted` is the place of its own answer, if any."""

    number: int
    question: str
    answers: tuple[str, ...]
    open: bool
    voted: int | None


class Poll:
    """What is asked and what was answered so far. Whoever voted is known by a random text, and forgotten with the poll.

    May be used from several threads.

    >>> poll = Poll("Who is ahead?", ["Rush", "Root"])
    >>> for device, answer in (("one", 0), ("two", 1), ("one", 1)):
    ...     poll.vote(device, answer, poll.number)
    >>> poll.raise_hands(0, 12)
    >>> poll.counts, poll.devices
    ({'Rush': 12, 'Root': 2}, 2)
    """

    def __init__(self, question: str, answers: Iterable[str]) -> None:
        self._lock, self.number = Lock(), 0
        self.ask(question, answers)

    def ask(self, question: str, answers: Iterable[str]) -> None:
        """Ask something new: all votes and hands before it are forgotten, and the poll is open."""
        with self._lock:
            self.number += 1
            self.question, self.answers, self.open = question, tuple(answers), True
            self._votes: dict[str, int] = {}
            self._hands = [0] * len(self.answers)

    def vote(self, device: str, answer: int, number: int) -> None:
        """A device votes on the question of that number; its vote before is replaced.

        Raises:
            NoVoteError: the poll is closed or asks something else, there is no such answer, or too many devices voted.
        """
        with self._lock:
            if not self.open:
                raise NoVoteError(tr("The vote is closed."))
            if number != self.number:
                raise NoVoteError(tr("The question has changed; choose again."))
            if not 0 <= answer < len(self.answers):
                raise NoVoteError(tr("There is no such answer; choose one of those on the page."))
            if device not in self._votes and len(self._votes) >= MOST_DEVICES:
                raise NoVoteError(tr("So many devices have voted that no more are taken."))
            self._votes[device] = answer

    def seen_by(self, device: str | None) -> Ballot:
        """The poll as a device sees it; None for one that nobody knows yet."""
        with self._lock:
            return Ballot(self.number, self.question, self.answers, self.open, self._votes.get(device or ""))

    def raise_hands(self, answer: int, count: int) -> None:
        """Set how many hands were counted by eye for an answer.

        Raises:
            ValueError: there is no such answer, or no such number of hands.
        """
        if not (0 <= answer < len(self.answers) and 0 <= count <= MOST_HANDS):
            raise ValueError(tr("Hands are a whole number from 0 to {most}.", most=MOST_HANDS))
        with self._lock:
            self._hands[answer] = count

    @property
    def counts(self) -> dict[str, int]:
        """Votes and hands by answer."""
        with self._lock:
            votes = list(self._votes.values())
            return {name: votes.count(place) + self._hands[place] for place, name in enumerate(self.answers)}

    @property
    def devices(self) -> int:
        """How many devices have voted."""
        return len(self._votes)

    def close(self) -> None:
        """No more votes are taken."""
        self.open = False

    def reopen(self) -> None:
        """Votes are taken again; those before still count."""
        self.open = True


def question_of(scenario: Scenario, what_if: str | None = None) -> tuple[str, tuple[str, ...]]:
    """What a class votes on, and its answers: which firm, or whether a what-if makes its firm do better or worse.

    >>> from sim.scenario.load import load
    >>> question_of(load("overpromise"))[1], question_of(load("overpromise"), "both_honest")[1]
    (('Loud', 'Honest', 'too close to call'), ('better', 'worse', 'no difference'))
    """
    if what_if is None:
        return tr(scenario.question), (*scenario.firms, tr("too close to call"))
    named = [firm for firm in scenario.what_if[what_if].get("firms", {}) if firm in scenario.firms]
    question = tr("What if: {what_if}. Beside the scenario as written, how will it go for this firm: {firm}?",
                  what_if=tr(what_if.replace("_", " ")), firm=(named or list(scenario.firms))[0])
    return question, (tr("better"), tr("worse"), tr("no difference"))
