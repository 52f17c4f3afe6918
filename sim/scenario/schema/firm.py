"""A firm: what it offers, what it promises, where its budget goes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from sim.scenario.parameters import Section, choice, number, part

InformationLevel = Literal["sales", "identity", "surveys", "reasons", "emotion"]
Estimate = Literal["contribution", "recency", "frequency", "rfm", "last_year", "sbg", "bg_nbd", "oracle"]
INFORMATION_LEVELS: tuple[InformationLevel, ...] = ("sales", "identity", "surveys", "reasons", "emotion")


class Benefits(Section):
    """How well the offer serves each need."""

    functional: float = number(0.7, "share", (0, 1), "benefit for the functional need")
    security: float = number(0.6, "share", (0, 1), "benefit for security")
    belonging: float = number(0.5, "share", (0, 1), "benefit for belonging")
    esteem: float = number(0.5, "share", (0, 1), "benefit for esteem")
    self_actualisation: float = number(0.4, "share", (0, 1), "benefit for self-actualisation")


class PriceCut(Section):
    """Temporary or targeted lower price: revenue given away on every unit sold at it."""

    depth: float = number(0.0, "share of price", (0, 0.9), "how deep the cut is")
    every_weeks: float = number(0.0, "weeks", (0, 520), "0: always; else one period in every so many weeks")
    phase_weeks: float | None = number(None, "weeks", (0, 520), "the first cut comes so many weeks after the warm-up; "
                                       "left out: drawn, firms spread evenly over their rhythm")
    to: Literal["everyone", "newcomers", "lapsed"] = choice("everyone", "who gets it")


class Spending(Section):
    """Shares of the budget. What is left over is not spent, and `sim explain` says so."""

    advertising: float = number(0.0, "share of budget", (0, 1), "reaching people")
    service: float = number(0.0, "share of budget", (0, 1), "better delivery")
    people: float = number(0.0, "share of budget", (0, 1), "skilled staff: fewer failures")
    capacity: float = number(0.0, "share of budget", (0, 1), "room for more contacts")
    relations: float = number(0.0, "share of budget", (0, 1), "knowing and contacting known customers")


class Recovery(Section):
    """What happens to a complaint."""

    answered: float = number(0.3, "share", (0, 1), "share of complaints that are mended")
    generosity: float = number(0.5, "share", (0, 1), "how much of the loss is made good")
    delay_weeks: float = number(1.0, "weeks", (0, 52), "how long the customer waits")


class Care(Section):
    """Contacts before anybody complains."""

    proactive: float = number(0.0, "share", (0, 1), "effort to find the silent sufferers")
    personalisation: float = number(1.0, "share", (0, 1), "use of what the firm knows in its offer")
    contact: float = number(1.0, "ratio", (0, 5), "contacts per unit of relation effort")
    selective: float = number(0.0, "share", (0, 1), "share of known customers left out, the worst by `by` first")
    by: Estimate = choice("contribution", "estimate by which known customers are ranked; sbg and bg_nbd are models "
                                          "fitted to the firm's own book; oracle is for lessons: no firm can know it")


class WinBack(Section):
    """Contacts with lapsed customers."""

    reach: float = number(0.0, "share per year", (0, 12), "rate at which lapsed customers are contacted")
    by: Literal["reason", "price"] = choice("reason", "mend the recorded reason, or offer a price cut blindly")
    depth: float = number(0.15, "share of price", (0, 0.9), "price cut offered to the lapsed")


class Levers(Section):
    """Everything a firm can decide. A strategy returns new levers each period."""

    price: float | None = number(None, "money", (0.01, 1e6), "list price; left out: the reference price of the product")
    quality: float = number(0.70, "quality", (0, 1), "quality of the offer")
    promise: float = number(0.70, "quality", (0, 1), "quality that advertising promises")
    failure_rate: float = number(0.08, "share of purchases", (0, 1), "failures before staff prevent some")
    effort: float = number(0.0, "utility", (0, 10), "effort that a purchase costs the customer")
    values: float = number(0.5, "position 0..1", (0, 1), "values that the firm stands for")
    surprise: float = number(0.0, "quality", (0, 1), "delight beyond the offer")
    lock: float = number(0.0, "utility", (0, 20), "what leaving this firm costs its customers")
    rewards: float = number(0.0, "share of price", (0, 0.5), "given back to every returning customer")
    capacity: float | None = number(None, "contacts per period", (0, 1e9),
                                    "contacts that get through; left out: no limit")
    information: InformationLevel = choice("identity", "what the firm's information system records")
    benefits: Benefits = part(Benefits, "benefits by need")
    price_cut: PriceCut = part(PriceCut, "price cuts")
    spending: Spending = part(Spending, "shares of the budget")
    recovery: Recovery = part(Recovery, "complaints")
    care: Care = part(Care, "care for known customers")
    win_back: WinBack = part(WinBack, "lapsed customers")


class PastSpending(Spending):
    """Shares of the budget before the warm-up ends: half for new customers, half for those there are."""

    advertising: float = number(0.4, "share of budget", (0, 1), "reaching people")
    service: float = number(0.2, "share of budget", (0, 1), "better delivery")
    relations: float = number(0.4, "share of budget", (0, 1), "knowing and contacting known customers")


class Past(Levers):
    """What every firm does alike before the warm-up ends: these levers as written, on the common budget."""

    spending: PastSpending = part(PastSpending, "shares of the budget")


class FirmSection(Levers):
    """A firm of the scenario: its levers, its strategy, its place in the market."""

    strategy: str = choice("as_written", "name of a strategy: who decides the levers each period")
    settings: dict[str, Any] = Field(default={}, description="settings of the strategy")
    like: str | None = choice(None, "name of a preset of levers (scenarios/firms/NAME.yaml)")
    share: float | None = number(None, "ratio", (0.0001, 1e6),
                                 "relative size of the standing taste for this firm; left out: all equal")
    aware_at_start: float | None = number(None, "share", (0, 1),
                                          "share who know the firm at the start; left out: as the market says")
    budget_factor: float = number(1.0, "ratio", (0, 100), "multiplies the common budget (1: fair)")


class Budget(Section):
    """The same total for every firm: cash spent plus revenue given away on all units."""

    mode: Literal["amount", "share_of_revenue", "share_of_gross_margin"] = choice("amount", "how the total is set")
    per_person_per_year: float = number(2.4, "money", (0, 1e6),
                                        "amount per person of the market and year (mode amount)")
    share: float = number(0.10, "share", (0, 1), "share of last period's revenue or gross margin (the other modes)")
    cash_limit: float | None = number(None, "money", (0, 1e12),
                                      "no spending once cash falls below minus this; left out: none")
