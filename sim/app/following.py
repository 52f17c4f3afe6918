"""Runs off the event loop: a page moves on, the newest state is run, the rest is filled in behind or given up."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from sim.app.behind import Behind, filled_in
from sim.app.choice import PageChoice, RefusedError
from sim.app.courses import Courses, Pair, SupersededError
from sim.scenario.errors import ScenarioError
from sim.text.language import tr

if TYPE_CHECKING:
    from sim.app.vote import VoteServer

PAUSE = 0.005
"""Seconds after which work behind looks again whether somebody is waiting for a picture."""


class Works:
    """What the sessions of a server share: the runs, the threads that do them, and the vote by telephone, if any."""

    def __init__(self, vote: VoteServer | None = None) -> None:
        self.vote = vote
        self.courses = Courses()
        self.quick, self.slow = ThreadPoolExecutor(2, "quick"), ThreadPoolExecutor(1, "slow")
        self.waiting = 0
        self.lock = Lock()

    def give_way(self) -> None:
        """Wait while somebody waits for a picture."""
        while self.waiting:
            time.sleep(PAUSE)


class PageFollower:
    """Runs what a page chose last. While it is run the page may choose again: only the newest choice is run next."""

    def __init__(self, works: Works, page: Any) -> None:
        self.works, self.page = works, page
        self.closed = False
        self._choice: PageChoice | None = None
        self._turn, self._busy, self._lock = 0, False, Lock()

    def follow(self, choice: PageChoice) -> None:
        """Run this choice as soon as the one that is being run is done, unless a newer one comes."""
        with self._lock:
            self._turn, self._choice = self._turn + 1, choice
            begin, self._busy = not self._busy, True
        if begin:
            self.works.quick.submit(self._go)

    def close(self) -> None:
        """Give up everything: the page is gone."""
        self.closed = True

    def _go(self) -> None:
        with self.works.lock:
            self.works.waiting += 1
        pair: Pair | None = None
        try:
            while True:
                with self._lock:
                    turn, choice = self._turn, self._choice
                assert choice is not None
                pair = self._run(choice)
                with self._lock:
                    self._busy = turn != self._turn and not self.closed
                    if not self._busy:
                        break
        finally:
            with self.works.lock:
                self.works.waiting -= 1
        if pair is not None:  # once the picture has been sent
            self.page.later(partial(self.works.slow.submit, self._fill, pair, turn))

    def _run(self, choice: PageChoice) -> Pair | None:
        """Run a pair and have it shown; what goes wrong becomes a line, and the picture before it stays."""
        try:
            pair = self.works.courses.pair(choice, lambda: not self.closed)
            _ = pair.here.series, pair.there.series
        except SupersededError:
            return None
        except Exception as error:
            self.page.later(partial(self.page.tell, in_words(error)))
            return None
        self.page.later(partial(self.page.show, pair))
        return pair

    def _fill(self, pair: Pair, turn: int) -> None:
        def wanted() -> bool:
            self.works.give_way()
            return turn == self._turn and not self.closed

        def told(found: Behind) -> None:
            if turn == self._turn:
                self.page.fill(found)

        try:
            for found in filled_in(self.works.courses, pair, wanted):
                self.page.later(partial(told, found))
        except SupersededError:
            return
        except Exception as error:
            self.page.later(partial(self.page.tell, in_words(error)))


def in_words(error: Exception) -> str:
    """What went wrong, for a line of the page."""
    if isinstance(error, ScenarioError):
        return "\n".join(str(problem) for problem in error.problems[:6])
    if isinstance(error, RefusedError):
        return str(error)
    return tr("This could not be run: {why}", why=f"{type(error).__name__}: {error}")
