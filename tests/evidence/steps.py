"""Long work says where it is: a line for every step, with the time left, beside the result."""

from __future__ import annotations

import time

from sim.text.console import tell


class Steps:
    """So many steps of about equal length; each is told before it begins."""

    def __init__(self, total: int) -> None:
        self.total, self.begun, self.start = total, 0, time.monotonic()

    def begin(self, what: str) -> None:
        """Tell the next step, and from the second on how long the rest takes at the pace so far."""
        done, seconds = self.begun, time.monotonic() - self.start
        left = f", about {seconds * (self.total - done) / done:.0f} s left" if done else ""
        self.begun += 1
        tell(f"{self.begun} of {self.total}: {what} ({seconds:.0f} s so far{left})")
