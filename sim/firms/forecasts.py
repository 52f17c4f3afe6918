"""What a firm expects of its customers by a model fitted to its own book: sBG and BG/NBD.

The book says of everybody who ever bought in which period they did so first and last, and how many purchases came
after the first period. Models are those of `sim.equity`, fitted once a year, the first time when the book is a year
old. Fitted parameters are kept to four digits, far within their standard errors, so that the last bits of a platform's
logarithm decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.firm import Estimate

if TYPE_CHECKING:
    from sim.equity.btyd import BGNBD
    from sim.equity.sbg import SBG

Model = TypeVar("Model", "SBG", "BGNBD")
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
ENOUGH = 30
"""Fewest customers to whom a model is fitted (assumption)."""


class Book(NamedTuple):
    """What a firm has written down of those who bought, one value per person, times in periods."""

    first: Whole  # period of the first purchase
    last: Whole  # of the last one
    repeats: Whole  # purchases after the first period
    now: int  # the period that begins: all before it are over

    def of(self, which: NDArray[np.bool_]) -> Book:
        """The book of some of them."""
        return Book(self.first[which], self.last[which], self.repeats[which], self.now)


class Lengths(NamedTuple):
    """Lengths of time by which a book is read, in periods."""

    window: int  # without a purchase for so long, somebody counts as lost
    renewal: int  # from one renewal to the next
    year: int
    horizon: int  # how far ahead lifetimes are counted


def fitted_lifetimes(book: Book, lengths: Lengths) -> SBG | None:
    """The sBG model of who renews, by maximum likelihood from counts of those at risk and of leavers.

    A renewal is due after every contract term, or every active window where that is longer, since the first purchase.
    Who bought at that date or later has renewed; it is known of everybody for whom one active window has passed since.
    None where fewer than 30 people or two renewals are known, or where the counts do not determine the model (nobody
    left, retention does not rise with tenure).

    Source: Fader and Hardie (2007), Journal of Interactive Marketing 21(1).

    >>> last = np.repeat([0, 1, 2, 3, 4, 5, 6, 8], [369, 163, 86, 56, 37, 27, 21, 241])  # their "regular" customers
    >>> book = Book(np.zeros(1000, np.int64), last, last, 9)
    >>> fitted_lifetimes(book, Lengths(window=1, renewal=1, year=1, horizon=3)).parameters
    {'alpha': 0.7041, 'beta': 1.182}
    """
    from sim.equity.sbg import fit_sbg_at_risk  # scipy: only firms that forecast wait for it

    made, due = _renewals(book, lengths), (book.now - 1 - book.first - lengths.window) // lengths.renewal
    numbers = range(1, int(due.max(initial=0)) + 1)
    at_risk = [np.count_nonzero((due >= t) & (made >= t - 1)) for t in numbers]
    left = [np.count_nonzero((due >= t) & (made == t - 1)) for t in numbers]
    if len(at_risk) < 2 or at_risk[0] < ENOUGH:
        return None
    return _kept(fit_sbg_at_risk(at_risk, left))


def years_to_come(model: SBG, book: Book, lengths: Lengths) -> Floats:
    """Years for which each person is expected to stay, within the horizon.

    Σ S(n + k)/S(n) over the terms k = 0, 1, … of the horizon, times the length of a term; n is how often the person has
    renewed, S the share of a cohort that makes so many renewals.

    >>> from sim.equity.sbg import SBG
    >>> book = Book(np.array([0, 0]), np.array([0, 3]), np.array([0, 3]), 4)
    >>> years_to_come(SBG(0.704, 1.182), book, Lengths(1, 1, 1, 3)).round(3).tolist()  # 1+.627+.474, 1+.856+.754
    [2.101, 2.609]
    """
    tenures, place = np.unique(_renewals(book, lengths), return_inverse=True)
    survival = model.survival(tenures[:, None] + np.arange(max(1, round(lengths.horizon / lengths.renewal))))
    return np.asarray((survival.sum(axis=1) / survival[:, 0])[place] * (lengths.renewal / lengths.year))


def fitted_purchases(book: Book, _: Lengths) -> BGNBD | None:
    """The BG/NBD model of how often people buy and after which purchase they are lost, by maximum likelihood.

    Frequency is the purchases after the first period, recency the time from the first period to the last, T from the
    first period to now. None with fewer than 30 people, or where the histories do not determine the model (nobody
    bought again, nobody is lost).

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2).

    >>> alike = np.zeros(40, np.int64)
    >>> fitted_purchases(Book(alike, alike, alike, 9), Lengths(1, 1, 1, 3)) is None  # nobody bought again
    True
    """
    from sim.equity.btyd import fit_bg_nbd

    return _kept(fit_bg_nbd(*_history(book))) if book.first.size >= ENOUGH else None


def purchases_to_come(model: BGNBD, book: Book, lengths: Lengths) -> Floats:
    """Purchases to expect of each person in the coming year: equation 10 of the paper (`BGNBD`).

    >>> from sim.equity.btyd import BGNBD
    >>> book = Book(np.array([0.0]), np.array([30.43]), np.array([2]), 39.86)  # their example, in weeks of CDNOW
    >>> purchases_to_come(BGNBD(0.243, 4.414, 0.793, 2.426), book, Lengths(26, 26, 39, 195)).round(3).tolist()
    [1.226]
    """
    return np.asarray(model.conditional_expectation(lengths.year, *_history(book)))


class Forecast(NamedTuple):
    """A model of what customers will do: how it is fitted to a book (or None), and what it says of each person."""

    fit: Callable[[Book, Lengths], Any]
    ahead: Callable[[Any, Book, Lengths], Floats]


FORECASTS: Mapping[Estimate, Forecast] = {
    "sbg": Forecast(fitted_lifetimes, years_to_come),
    "bg_nbd": Forecast(fitted_purchases, purchases_to_come),
}


def _renewals(book: Book, lengths: Lengths) -> Whole:
    """How often each person has renewed."""
    return (book.last - book.first) // lengths.renewal


def _history(book: Book) -> tuple[Whole, Whole, Whole]:
    """Frequency, recency and T."""
    return book.repeats, book.last - book.first, book.now - 1 - book.first


def _kept(fit: Model) -> Model | None:
    """The model with its parameters to four digits; None where the data do not determine it."""
    kept: dict[str, Any] = {name: float(f"{value:.4g}") for name, value in fit.parameters.items()}
    return replace(fit, **kept) if fit.converged else None
