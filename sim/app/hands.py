"""A vote before the reveal: the picture is covered, the lecturer types how many hands went up, then it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import panel as pn
import panel_material_ui as pmui

from sim.app.controls import Note
from sim.text.language import tr, trn
from sim.text.numbers import percent


class Hands:
    """Counts of hands for every firm, and one for "too close". Nothing is kept of who voted for what.

    `covered` says whether the picture is hidden; `changed` is called when that changes.
    """

    def __init__(self, firms: tuple[str, ...], changed: Callable[[], None]) -> None:
        self.options = (*firms, tr("too close to say"))
        self._changed = changed
        self.vote_first = pmui.Switch(label=tr("Vote first: cover the picture"), value=False)
        self.counts = {name: pmui.TextInput(label=name, value="", width=180) for name in self.options}
        self.reveal = pmui.Button(label=tr("Reveal"), color="primary", variant="contained", visible=False)
        self.question, self.result = Note(""), Note("")
        self.more = pmui.Column()
        """For other ways to vote; they give their counts to `take`."""
        self.panel = pmui.Column(self.vote_first, self.question, pn.FlexBox(*self.counts.values()), self.reveal,
                                 self.result, self.more)
        self.vote_first.param.watch(self._covered, "value")
        self.reveal.on_click(lambda _: self.show_all())

    @property
    def covered(self) -> bool:
        """Whether the picture waits for the reveal."""
        return bool(self.vote_first.value)

    def ask(self, metric: str) -> None:
        """Ask who will be ahead at the end in a metric."""
        self.question.words = tr("Who will be ahead at the end, in the changed variant? Measured by: {metric}",
                                  metric=metric)

    def take(self, counts: Mapping[str, int]) -> None:
        """Set the counts, from another way to vote."""
        for name, count in counts.items():
            self.counts[name].value = str(count)

    def show_all(self) -> None:
        """Uncover the picture, and say how the vote went."""
        self.vote_first.value = False

    def tell(self, ahead: str) -> None:
        """Say how the vote went beside who is ahead now."""
        counts = {name: hands(each.value) for name, each in self.counts.items()}
        total = sum(counts.values())
        if total:
            shares = [trn("{name}: {count} hand ({share})", "{name}: {count} hands ({share})", count, name=name,
                          share=percent(count / total)) for name, count in counts.items()]
            self.result.words = "\n".join([*shares, ahead])

    def _covered(self, _: Any) -> None:
        self.reveal.visible = self.covered
        if self.covered:
            self.result.words = ""
        self._changed()


def hands(text: str) -> int:
    """A count of hands as it is typed; anything else is none.

    >>> hands(" 12 "), hands("many"), hands("")
    (12, 0, 0)
    """
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0
