"""The break-even clock: from when on one firm is ahead of another for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.statistics.intervals import Floats, bootstrap_interval, wilson_interval
from sim.text.language import tr
from sim.text.numbers import written
from sim.text.words import joined

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
        unsure = [tr("Who ends ahead is too close to call.")] if self.too_close else []
        if not self.overtook:
            return " ".join([f"{self._without_date()}.", *unsure])
        month, low, high = (round(12 * year) for year in (self.year, self.low, self.high))
        between = tr("95 % interval {low} to {high}", low=low, high=high) if self.overtook > 1 else tr(
            "one run: no interval")
        if not self.always_ahead and not self.never:
            return tr("{firm} overtakes {other} in month {month} ({between}).", firm=self.firm, other=self.other,
                      month=month, between=between)
        said = tr("{firm} overtakes {other} in {count} of {runs} runs, in month {month} ({between}); it is {rest}.",
                  firm=self.firm, other=self.other, count=self.overtook, runs=self.runs, month=month, between=between,
                  rest=joined(self._rest()))
        return " ".join([said, *unsure])

    def _rest(self) -> list[str]:
        """Of runs without a crossing, how many end in which way."""
        found = [tr("ahead from the start in {count}", count=self.always_ahead)] * bool(self.always_ahead)
        return found + [tr("not ahead at the end in {count}", count=self.never)] * bool(self.never)

    def _without_date(self) -> str:
        """The finding where no run has a crossing, without its full stop."""
        about = {"firm": self.firm, "other": self.other, "runs": self.runs}
        if not self.runs:
            return tr("No run is complete")
        if self.always_ahead == self.runs:
            return tr("{firm} is ahead of {other} from the start in every run", firm=self.firm, other=self.other)
        if self.never == self.runs:
            return tr("{firm} does not overtake {other} within this time in any of {runs} runs", **about)
        return tr("{firm} against {other}: {rest} of {runs} runs", rest=", ".join(self._rest()), **about)

    @property
    def too_close(self) -> bool:
        """Whether runs differ in who is ahead at the end, and the interval of that share (Wilson) holds a half."""
        share = wilson_interval(self.runs - self.never, self.runs)
        return 0 < self.never < self.runs and share.low <= 0.5 <= share.high

    @property
    def headline(self) -> str:
        """The finding in a few words, for the head of a picture, in years as its axis."""
        if self.too_close:
            return tr("{firm} or {other}: too close to call who ends ahead", firm=self.firm, other=self.other)
        about = {"firm": self.firm, "other": self.other, "runs": self.runs}
        if 0 < self.never + self.always_ahead < self.runs and 2 * self.overtook < self.runs:
            return tr("{firm} ends ahead of {other} in {count} of {runs} runs", count=self.runs - self.never, **about)
        if not self.overtook:
            return self._without_date()
        if not self.always_ahead and not self.never:
            return tr("{firm} overtakes {other} after {years} years", firm=self.firm, other=self.other,
                      years=self._years)
        return tr("{firm} overtakes {other} in {count} of {runs} runs, after {years} years", count=self.overtook,
                  years=self._years, **about)

    @property
    def _years(self) -> str:
        return written(f"{self.year:.1f}")

    @property
    def crossing(self) -> dict[str, Any] | None:
        """Date, interval and words for a picture; None where few runs have a crossing, or it is open who ends ahead."""
        if 2 * self.overtook < self.runs or not self.overtook or self.too_close:
            return None
        text = tr("{firm} overtakes after {years} years", firm=self.firm, years=self._years)
        return {"year": self.year, "low": self.low, "high": self.high, "text": text}
