"""Which lever belongs to which driver of customer equity, and what it is set to where the driver is switched off.

Value equity is what customers get for what they give, judged by its merits: quality, price, convenience. Brand equity
is what they see in the firm beyond that: awareness, image, ethics. Relationship equity is their tendency to stay beyond
both: being known, rewarded, cared for, bound (Rust, Zeithaml and Lemon 2000; Rust, Lemon and Zeithaml 2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Driver = Literal["value", "brand", "relationship"]
DRIVERS: tuple[Driver, ...] = ("value", "brand", "relationship")

BOOK = "Rust, Zeithaml and Lemon 2000"
ARTICLE = "Rust, Lemon and Zeithaml 2004"
RIVALS, OWN_QUALITY = "mean of the rivals", "own quality"


@dataclass(frozen=True)
class Assigned:
    """One lever (or a whole section of levers): its driver, its value when the driver is off, why, and who says so.

    `off` is a value, `RIVALS` (the mean of what the rivals have written; the product's reference where there is none)
    or `OWN_QUALITY`.
    """

    lever: str
    driver: Driver
    off: Any
    reason: str
    source: str


LEVERS: tuple[Assigned, ...] = (
    Assigned("price", "value", RIVALS, "what customers give", BOOK),
    Assigned("price_cut", "value", RIVALS, "what customers give, now and then; the mean depth over time", BOOK),
    Assigned("quality", "value", RIVALS, "what customers get", BOOK),
    Assigned("benefits", "value", RIVALS, "what customers get, need by need", BOOK),
    Assigned("surprise", "value", RIVALS, "what customers get beyond the offer", "assumption: part of the service"),
    Assigned("failure_rate", "value", RIVALS, "quality of delivery", BOOK),
    Assigned("effort", "value", RIVALS, "convenience", BOOK),
    Assigned("capacity", "value", RIVALS, "convenience: getting through", "assumption: availability is convenience"),
    Assigned("recovery", "value", RIVALS, "a delivery made good is part of what customers get",
             "assumption: it repairs the verdict on the service; others count it to relations"),
    Assigned("spending.service", "value", RIVALS, "better delivery", BOOK),
    Assigned("spending.people", "value", RIVALS, "skilled staff: better delivery", BOOK),
    Assigned("spending.capacity", "value", RIVALS, "convenience: room for more contacts", "assumption: as capacity"),
    Assigned("promise", "brand", OWN_QUALITY, "image: no more and no less is promised than is there", ARTICLE),
    Assigned("values", "brand", RIVALS, "ethics: the firm stands for nothing of its own", ARTICLE),
    Assigned("spending.advertising", "brand", 0.0, "awareness", ARTICLE),
    Assigned("spending.relations", "relationship", 0.0, "nobody is contacted", BOOK),
    Assigned("information", "relationship", "sales", "nobody is known: knowledge builds the tie", BOOK),
    Assigned("care.personalisation", "relationship", 0.0, "no special treatment", BOOK),
    Assigned("care.contact", "relationship", 0.0, "nobody is contacted", BOOK),
    Assigned("care.proactive", "relationship", 0.0, "nobody asks the silent", BOOK),
    Assigned("care.selective", "relationship", 0.0, "no treatment, so no choice of whom to treat", BOOK),
    Assigned("rewards", "relationship", 0.0, "no loyalty programme", BOOK),
    Assigned("lock", "relationship", 0.0, "staying beyond all merits, by the cost of leaving",
             f"{ARTICLE} (by their definition; a lock is not in their list)"),
    Assigned("win_back.reach", "relationship", 0.0, "nobody is called back", "assumption: regaining is keeping"),
    Assigned("win_back.depth", "relationship", 0.0, "nothing is offered to those who left", "assumption: as reach"),
    Assigned("win_back.by", "relationship", "reason", "no meaning where nobody is called back", "assumption: as reach"),
)
"""Every lever of a firm stands here once. Not levers, so left alone: budget_factor, and a firm's starting position
(aware_at_start, share): what it was given, not what it does."""


ACCOUNTS_OF: dict[Driver, tuple[str, ...]] = {
    "value": ("quality", "service", "people", "capacity", "recovery"), "brand": ("advertising",),
    "relationship": ("relations", "rewards", "care", "win_back"),
}
"""What the levers of a driver cost, by account of the ledger (price cuts are revenue that is not there)."""


def levers_of(drivers: tuple[Driver, ...]) -> tuple[Assigned, ...]:
    """The levers that are off when these drivers are off.

    >>> [one.lever for one in levers_of(("brand",))]
    ['promise', 'values', 'spending.advertising']
    """
    return tuple(one for one in LEVERS if one.driver in drivers)


def assigned(lever: str) -> Assigned | None:
    """The row of a lever by dotted name: its own, or that of the section it stands in.

    >>> assigned("benefits.esteem").driver, assigned("spending.relations").driver, assigned("share")
    ('value', 'relationship', None)
    """
    found = [one for one in LEVERS if lever == one.lever or lever.startswith(f"{one.lever}.")]
    return found[0] if found else None
