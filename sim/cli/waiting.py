"""Before and during long work: what it needs is said or asked, and how far it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.text.console import Progress, bar, tell

if TYPE_CHECKING:
    from sim.runs.ahead import Estimate

Yes = Annotated[
    bool, typer.Option("--yes", help="Do not ask before more than two minutes, or half of the free memory.")
]
LESS = "fewer runs or people take less"


def there_is_somebody() -> bool:
    """Whether a person sits at a terminal and can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def working(title: str, quiet: bool, yes: bool, more: float = 1.0, silent: bool = False) -> Iterator[Progress]:
    """A bar while work is done, and a question before it where it is long: gives the function that hears progress.

    Without a terminal, long work is refused unless `yes`. `more`: what all of it takes, as a multiple of the first
    study; `silent`: short estimates are not told (as when `quiet`).

    Raises:
        CannotDoError: there is nobody to ask.
        KeyboardInterrupt: the answer is no.
    """
    from sim.runs.ahead import asked_before

    with bar(title, quiet) as shown, asked_before(_Question(shown, yes, more, quiet or silent)):
        yield shown


class _Question:
    """Asks once: what follows is not asked about again, unless it is much more than what was agreed."""

    def __init__(self, shown: Any, yes: bool, more: float, quiet: bool) -> None:
        self.shown, self.yes, self.more, self.quiet = shown, yes, more, quiet
        self.agreed = 0.0

    def __call__(self, found: Estimate) -> None:
        """Tell, ask or refuse."""
        from sim.runs.ahead import WORTH_ASKING, WORTH_TELLING

        found = found.times(self.more)
        self.more = 1.0
        if found.seconds <= self.agreed:
            return
        self.agreed = max(WORTH_ASKING, found.seconds)
        asking = found.is_large and not self.yes
        if asking and not there_is_somebody():
            raise CannotDoError(f"This takes {found.words}: say --yes to have it done; {LESS}.")
        if not asking and (self.quiet or found.seconds < WORTH_TELLING):
            return
        with getattr(self.shown, "paused", nullcontext)():
            tell(f"This takes {found.words}.", "dim")
            if asking and not typer.confirm(f"Go on? (--yes does not ask; {LESS})", err=True):
                raise KeyboardInterrupt
