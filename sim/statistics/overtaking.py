"""The break-even clock: from when on one firm is ahead of another for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.statistics.intervals import Floats, bootstrap_interval, wilson_interval

ALWAYS, NEVER = float("-inf"), float("inf")


def overtaking_date(dates: Floats, lead: Floats) -> float:
    """The date from which a lead stays above 0 to the end: −inf if it always is, inf if it is not at the end.

    Periods without a number do not count.

    >>> overtaking_date(np.array([1.0, 2.0, 3.0]), np.array([-5.0, 1.0, 2.0]))
    2.0
    """
    known = np.isfinite(lead)
    dates, ahead = dates[known], lead[known] > 0
    if not ahead.size or not ahead[-1]:
        return NEVER
    behind = np.flatnonzero(~ahead)
    return float(dates[behind[-1] + 1]) if behind.size else ALWAYS


@dataclass(frozen=True)
class Overtaking:
    """In how many runs `firm` overtakes `other`, and when: the median date in years, with its 95 % interval."""

    firm: str
    other: str
    runs: int
    overtook: int
    always_ahead: int
    year: float
    low: float
    high: float

    @classmethod
    def of(cls, pair: tuple[str, str], dates: Sequence[float]) -> Overtaking:
        """What single dates say together; `pair` is (the one behind, the one who overtakes)."""
        found = np.array(dates, dtype=np.float64)
        crossed = found[np.isfinite(found)]
        when = bootstrap_interval(crossed)
        return cls(
            firm=pair[1], other=pair[0], runs=int(found.size), overtook=int(crossed.size),
            always_ahead=int((found == ALWAYS).sum()), year=when.value, low=when.low, high=when.high,
        )

    @property
    def never(self) -> int:
        """Runs in which the firm is not ahead at the end."""
        return self.runs - self.overtook - self.always_ahead

    @property
    def sentence(self) -> str:
        """The finding in words, in months since the end of the warm-up."""
        if not self.runs:
            return "No run is complete."
        if self.always_ahead == self.runs:
            return f"{self.firm} is ahead of {self.other} from the start in every run."
        if self.never == self.runs:
            return f"{self.firm} does not overtake {self.other} within this time in any of {self.runs} runs."
        others = [f"ahead from the start in {self.always_ahead}"] * bool(self.always_ahead)
        others += [f"not ahead at the end in {self.never}"] * bool(self.never)
        unsure = " Who ends ahead is too close to call." if self.too_close else ""
        if not self.overtook:
            return f"{self.firm} against {self.other}: {', '.join(others)} of {self.runs} runs.{unsure}"
        month, low, high = (round(12 * year) for year in (self.year, self.low, self.high))
        between = f"95 % interval {low} to {high}" if self.overtook > 1 else "one run: no interval"
        if not others:
            return f"{self.firm} overtakes {self.other} in month {month} ({between})."
        return (f"{self.firm} overtakes {self.other} in {self.overtook} of {self.runs} runs, in month {month} "
                f"({between}); it is {' and '.join(others)}.{unsure}")

    @property
    def too_close(self) -> bool:
        """Whether runs differ in who is ahead at the end, and the interval of that share (Wilson) holds a half."""
        share = wilson_interval(self.runs - self.never, self.runs)
        return 0 < self.never < self.runs and share.low <= 0.5 <= share.high

    @property
    def headline(self) -> str:
        """The finding in a few words, for the head of a picture, in years as its axis."""
        if self.too_close:
            return f"{self.firm} or {self.other}: too close to call who ends ahead"
        if 0 < self.never + self.always_ahead < self.runs and 2 * self.overtook < self.runs:
            return f"{self.firm} ends ahead of {self.other} in {self.runs - self.never} of {self.runs} runs"
        words = self.sentence.split(" (")[0].split("; ")[0].rstrip(".")
        return words.replace(f"in month {round(12 * self.year)}", self._when) if self.overtook else words

    @property
    def _when(self) -> str:
        return f"after {self.year:.1f} years"

    @property
    def crossing(self) -> dict[str, Any] | None:
        """Date, interval and words for a picture; None where few runs have a crossing, or it is open who ends ahead."""
        if 2 * self.overtook < self.runs or not self.overtook or self.too_close:
            return None
        text = f"{self.firm} overtakes {self._when}"
        return {"year": self.year, "low": self.low, "high": self.high, "text": text}
