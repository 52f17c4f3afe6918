"""A poll before the reveal: one question, one vote a device; all of it in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from sim.text.language import tr

MOST_DEVICES = 2_000
"""Votes that are taken; a lecture hall has fewer (assumption)."""


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
    >>> poll.counts, poll.devices
    ({'Rush': 0, 'Root': 2}, 2)
    """

    def __init__(self, question: str, answers: Iterable[str]) -> None:
        self._lock, self.number = Lock(), 0
        self.ask(question, answers)

    def ask(self, question: str, answers: Iterable[str]) -> None:
        """Ask something new: all votes before it are forgotten, and the poll is open."""
        with self._lock:
            self.number += 1
            self.question, self.answers, self.open = question, tuple(answers), True
            self._votes: dict[str, int] = {}

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

    @property
    def counts(self) -> dict[str, int]:
        """Votes by answer."""
        with self._lock:
            votes = list(self._votes.values())
            return {name: votes.count(place) for place, name in enumerate(self.answers)}

    @property
    def devices(self) -> int:
        """How many devices have voted."""
        return len(self._votes)

    def close(self) -> None:
        """No more votes are taken."""
        self.open = False
