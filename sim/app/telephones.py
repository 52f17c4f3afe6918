"""The vote by telephone on the lecturer's page: the address and its code, how many voted, and the counts at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from sim.app.controls import Note
from sim.app.hands import Hands
from sim.app.vote import VoteServer
from sim.text.language import tr, trn

EVERY_MILLISECONDS = 1000
CODE_WIDTH = 330
Heard = Callable[[Callable[[Any], None]], Callable[[Any], None]]
"""Makes of what is to be done at an event what is done in the language of the page."""


class Telephones:
    """Asks the question of the page by telephone. What was voted is not shown before the vote is closed, or the last
    would follow the first; then the counts stand in the fields for hands, where hands may be added.
    """

    def __init__(self, server: VoteServer, hands: Hands, heard: Heard, served: bool) -> None:
        self.server, self.hands = server, hands
        self.number = 0
        self.ask = pmui.Button(label=tr("Ask by telephone"), variant="outlined")
        self.close = pmui.Button(label=tr("Close the vote"), variant="outlined", visible=False)
        self.voted = Note("")
        count_now = heard(lambda _: self.count())
        code = pn.pane.HTML(server.qr_svg(), width=CODE_WIDTH, height=CODE_WIDTH)
        self.way = pmui.Column(Note(server.url), code, visible=False)
        self.panel = pmui.Column(pn.FlexBox(self.ask, self.close), self.voted, self.way)
        self.ask.on_click(heard(lambda _: self.begin()))
        self.close.on_click(heard(lambda _: self.end()))
        if served:  # the number of votes is kept up to date while the page is open
            pn.state.add_periodic_callback(lambda: count_now(None), period=EVERY_MILLISECONDS)

    def begin(self) -> None:
        """Ask what the page asks; what was counted before is forgotten."""
        poll = self.server.poll
        poll.ask(self.hands.question.words, self.hands.options)
        self.number = poll.number
        self.hands.take(dict.fromkeys(self.hands.options, 0))
        self.way.visible = self.close.visible = True
        self.count()

    def count(self) -> None:
        """Say how many have voted."""
        poll = self.server.poll
        if self.number == poll.number and poll.open:
            self.voted.words = trn("{count} vote so far", "{count} votes so far", poll.devices)

    def end(self) -> None:
        """No more votes are taken; the counts go to the fields for hands."""
        poll = self.server.poll
        self.way.visible = self.close.visible = False
        if self.number != poll.number:  # another page has asked something else since
            self.voted.words = tr("Another page has asked something else; ask again.")
            return
        poll.close()
        self.voted.words = trn("{count} vote by telephone", "{count} votes by telephone", poll.devices)
        self.hands.take(poll.counts)
