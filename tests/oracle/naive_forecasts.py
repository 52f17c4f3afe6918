"""What a firm expects of its customers, customer by customer: sBG and BG/NBD from the firm's own notes.

The fits themselves are shared with the engine (`sim.equity`, held to published numbers by its own tests). What is told
to them, and what their parameters say of a person, is written again here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scipy.special import hyp2f1

from sim.equity.btyd import fit_bg_nbd
from sim.equity.sbg import fit_sbg_at_risk


@dataclass
class Notes:
    """What a firm has written down, and the parameters it found when it last looked."""

    window: int
    term: int
    year: int
    years_ahead: float
    first: dict = field(default_factory=dict)  # person: period of the first purchase, purchases in it
    found: dict = field(default_factory=dict)  # estimate: period of the fit, parameters

    def write(self, people, f: int, now: int) -> None:
        """Whose first purchase on record lies in the period that is over."""
        for person in people:
            if person not in self.first and person.ties[f].idle == 0:
                self.first[person] = (now - 1, person.ties[f].experiences)

    def history(self, person, f: int, now: int) -> tuple[int, int, int]:
        """Purchases after the first period, time from then to the last one, time from then to now."""
        end = now - 1 - person.ties[f].idle
        begin, purchases = self.first.get(person, (end, person.ties[f].experiences))
        return person.ties[f].experiences - purchases, end - begin, now - 1 - begin

    def look(self, by: str, f: int, now: int) -> None:
        """Fit the model where the book and the last fit are a year old: four digits of each parameter, or None."""
        begun = min((begin for begin, _ in self.first.values()), default=now)
        if now >= max(begun, self.found[by][0] if by in self.found else begun) + self.year:
            histories = [self.history(person, f, now) for person in self.first]
            fit = (self._sbg if by == "sbg" else self._bg_nbd)(histories)
            kept = [float(f"{one:.3e}") for one in fit.parameters.values()] if fit and fit.converged else None
            self.found[by] = (now, kept)

    def _sbg(self, histories):
        at_risk, left = [], []
        while True:
            number, stayed, gone = len(at_risk) + 1, 0, 0
            for _, active, watched in histories:
                known = watched - self.window >= number * self.term
                if known and active >= number * self.term:
                    stayed += 1
                elif known and active >= (number - 1) * self.term:
                    gone += 1
            if not any(watched - self.window >= number * self.term for *_, watched in histories):
                break
            at_risk.append(stayed + gone)
            left.append(gone)
        return fit_sbg_at_risk(at_risk, left) if len(at_risk) >= 2 and at_risk[0] >= 30 else None

    @staticmethod
    def _bg_nbd(histories):
        return fit_bg_nbd(*zip(*histories, strict=True)) if len(histories) >= 30 else None

    def years(self, person, f: int, now: int) -> float:
        """Expected time as a customer, 1 without a model."""
        known = self.found.get("sbg", (0, None))[1]
        if known is None:
            return 1.0
        alpha, beta = known
        renewed = self.history(person, f, now)[1] // self.term
        here, total = 1.0, 0.0
        for k in range(max(1, round(self.years_ahead * self.year / self.term))):
            total += here
            here *= (beta + renewed + k) / (alpha + beta + renewed + k)
        return total * self.term / self.year

    def purchases(self, person, f: int, now: int) -> float:
        """Expected purchases in a year, those so far without a model."""
        known, t = self.found.get("bg_nbd", (0, None))[1], self.year
        if known is None:
            return person.ties[f].experiences
        r, alpha, a, b = known
        x, recency, end = self.history(person, f, now)
        odds = a / (b + x - 1) * ((alpha + end) / (alpha + recency)) ** (r + x) if x > 0 else 0.0
        series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + end + t))
        later = (a + b + x - 1) / (a - 1) * (1 - ((alpha + end) / (alpha + end + t)) ** (r + x) * series)
        return later / (1 + odds)
