"""Whose money was short: in how many months, for what, and what was left undone; means over the runs of a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from sim.engine.state import BUDGETED, PAUSES
from sim.metrics.strain import UNPLANNED, StrainTotals
from sim.statistics.intervals import Floats
from sim.studies.study import Study
from sim.text.findings import Finding, sentence
from sim.text.language import marked, tr
from sim.text.numbers import with_currency
from sim.text.words import in_words, joined, name_or_words, number_in_words

LEAST_EMPTY, LEAST_SHORT = 0.02, 0.05
"""Shares of the months with an empty account, and of a planned account that was not there, from which a line is worth
it: below are single weeks and small change."""
LARGE = 0.25
"""Share of what other things used up from which they are named."""
EMPTY = marked("{subject}'s account was empty in {empty} of {months:count month}{cause}{consequences}.")
SHORT = marked("{subject} had less for its plans{cause}{consequences}.")
UNDONE: Mapping[str, str] = {
    "answers": marked("complaints were not answered"), "care": marked("no care"),
    "price_cuts": marked("no price cuts"), "rewards": marked("no rewards"), "surprise": marked("no surprises"),
    "win_back": marked("no win-back"), "quality": marked("quality fell to the base"),
}
USED: Mapping[str, str] = {
    "quality": marked("better quality"), "price_cuts": marked("price cuts"), "rewards": marked("rewards"),
    "recovery": marked("answers to complaints"), "care": marked("care"), "win_back": marked("win-back"),
}


@dataclass(frozen=True)
class FirmStrain:
    """One firm in one variant, from the end of the warm-up on, mean of `n` runs.

    `empty_months` of all `months`; `undone_months`: in how many of them what was left undone; `spent_money`,
    `unspent_money`: what an account got in a month, and what it was planned to get beyond that; `used_money`: what
    everything else that counts used in a month. Only what is not 0 is named.
    """

    variant: str
    firm: str
    n: int
    currency: str
    months: float
    empty_months: float
    undone_months: Mapping[str, float]
    spent_money: Mapping[str, float]
    unspent_money: Mapping[str, float]
    used_money: Mapping[str, float]

    @property
    def is_worth_a_line(self) -> bool:
        """Whether the account was empty, or plans fell short, beyond rounding and single weeks."""
        return self.empty_months >= LEAST_EMPTY * self.months or bool(self._short)

    @property
    def _short(self) -> dict[str, tuple[float, float]]:
        """By account what it got and what it was planned to get, where that differs."""
        both = {name: (self.spent_money.get(name, 0.0), more) for name, more in self.unspent_money.items()}
        return {name: (had, had + more) for name, (had, more) in both.items() if more >= LEAST_SHORT * (had + more)}

    def finding(self) -> Finding:
        """What happened, as a value."""
        least = LEAST_EMPTY * self.months
        undone = ", ".join(tr(UNDONE[name]) for name, months in self.undone_months.items() if months >= least)
        consequences = "; ".join(filter(None, (undone, self._got_in_words())))
        total = sum(self.used_money.values())
        first = dict.fromkeys(tr(USED[name]) for name, money in self.used_money.items() if money >= LARGE * total)
        months = self.empty_months if self.empty_months < 10 else round(self.empty_months)
        return Finding(
            self.firm, "months with an empty account", self.empty_months, n=self.n, unit="months",
            message=EMPTY if self.empty_months >= least else SHORT,
            details={"empty": number_in_words(round(months, 1)), "months": self.months,
                     "cause": tr(", as {causes} came first", causes=joined(first)) if first else "",
                     "consequences": f": {consequences}" if consequences else ""})

    def _got_in_words(self) -> str:
        """What the accounts that fell short got in a month, and what they were planned to get."""
        words: list[str] = []
        for name, both in self._short.items():
            had, planned = (with_currency(f"{money:,.0f}" if max(both) >= 10 or not money else f"{money:,.2f}",
                                          self.currency) for money in both)
            said = tr("{account} {had} instead of {planned}") if words else tr(
                "{account} got {had} a month instead of {planned}")
            words.append(said.format(account=in_words(name), had=had, planned=planned))
        return joined(words) if words else ""

    @property
    def sentence(self) -> str:
        """What happened, in a sentence."""
        return sentence(self.finding())

    def as_data(self) -> dict[str, Any]:
        """Plain data, with the sentence."""
        return {**asdict(self), "sentence": self.sentence}


def strained(study: Study, variants: Iterable[str] | None = None) -> list[FirmStrain]:
    """Every firm whose money was short, in the order of variants (all unless named) and firms.

    Empty where no firm's was, and for a study that kept no summaries of its runs (a sweep out of a store). Where a cash
    limit may have stopped all spending, nothing is said to have come first.
    """
    found = []
    for variant in study.variants if variants is None else variants:
        runs = [summary for k in study.complete if (summary := study.summaries.get((variant, k))) is not None]
        totals = [one.strain for one in runs if one.strain is not None]
        limited = study.variants[variant].budget.cash_limit is not None
        for place, firm in enumerate(runs[0].firms if totals else ()):
            one = _mean(totals, place, (variant, firm), study.scenario.money.currency)
            found.append(replace(one, used_money={}) if limited else one)
    return [one for one in found if one.is_worth_a_line]


def strain_lines(found: Iterable[FirmStrain], base: str) -> list[str]:
    """The sentences; those of other variants than the base begin with the name of theirs."""
    return [one.sentence if one.variant == base else f"{name_or_words(one.variant)}: {one.sentence}" for one in found]


def _mean(totals: list[StrainTotals], place: int, about: tuple[str, str], currency: str) -> FirmStrain:
    """The mean over runs of one firm; money in a month."""
    months = totals[0].months

    def named(names: tuple[str, ...], field: str, per: float = 1.0) -> dict[str, float]:
        mean: Floats = np.mean([getattr(one, field)[:, place] for one in totals], axis=0) / per
        return {name: float(value) for name, value in zip(names, mean, strict=True) if value > 0}

    empty = float(np.mean([one.empty[place] for one in totals]))
    return FirmStrain(*about, len(totals), currency, months, empty, named(PAUSES, "undone"),
                      named(BUDGETED, "spent", months), named(BUDGETED, "unspent", months),
                      named(UNPLANNED, "used", months))
