"""One session: its own thread, its language, and work that is done beside it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import panel as pn

from sim.app.following import Works, in_words
from sim.text.language import language, speaking


class Session:
    """What a page needs that is not on the screen; `page` is what is put there."""

    page: Any
    message: Any

    def __init__(self, works: Works) -> None:
        self.language, self.works = language(), works
        self.document = pn.state.curdoc
        self._calls = deque[Callable[[], object]]()
        self.loop = None if self.served else asyncio.get_event_loop()

    @property
    def served(self) -> bool:
        """Whether a server shows the page, and not a notebook."""
        return self.document is not None and self.document.session_context is not None

    def tell(self, words: str) -> None:
        """Say what is wrong; the last good picture stays."""
        self.message.title, self.message.visible = words, bool(words)

    def later(self, call: Callable[[], object]) -> None:
        """Have something done on the page's own thread, in its language, after all that was asked for before."""
        self._calls.append(call)
        if self.served:
            with suppress(RuntimeError):  # the session is over
                self.document.add_next_tick_callback(self._catch_up)
        elif self.loop is not None:
            self.loop.call_soon_threadsafe(self._catch_up)

    def _catch_up(self) -> None:
        """Do the first thing that waits: a server calls back in any order, once for each, and sends after each."""
        self.speak(self._calls.popleft())

    def aside(self, make: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Have something made off the page's own thread, and then something done with it on that thread."""
        def work() -> None:
            try:
                with speaking(self.language):
                    made = make()
            except Exception as error:
                self.later(partial(self.tell, in_words(error)))
            else:
                self.later(partial(then, made))

        self.works.quick.submit(work)

    def speak(self, call: Callable[[], object]) -> None:
        """Do something in the language of the page; what goes wrong becomes a line of it."""
        with speaking(self.language):
            try:
                call()
            except Exception as error:
                self.tell(in_words(error))
                raise
        if not self.served:
            pn.io.push_notebook(*(one for one in self.page.select(pn.pane.Bokeh)))

    def heard(self, call: Callable[[Any], None]) -> Callable[[Any], None]:
        """What a widget calls, done in the language of the page."""
        return lambda event: self.speak(partial(call, event))
