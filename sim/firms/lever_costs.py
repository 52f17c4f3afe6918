"""What every lever of a firm costs: the account that moves with it, or why it is free by nature.

A lever without an entry is an error: no lever may be free because nobody thought of its price.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from sim.scenario.parameters import choices_of, limits_of, walk
from sim.scenario.schema.firm import Levers
from sim.scenario.schema.market import Product


class LeverCost(NamedTuple):
    """A lever, or a whole section of them that costs the same.

    `accounts` of the ledger move with it; none: it is free by nature. `unit_cost` is the number of `product` that
    prices it ("": money itself); where that is 0, the lever is free in this product class. `step` is what one more
    step means (None: the next word of its list), a share of its value where `relative`.
    """

    lever: str
    accounts: tuple[str, ...]
    reason: str
    unit_cost: str = ""
    step: float | None = None
    relative: bool = False
    needs: str = ""  # a lever without which this one has no effect

    def free_here(self, product: Product) -> bool:
        """Whether the number that prices it is 0 in this product class."""
        return bool(self.accounts) and self.unit_cost != "" and getattr(product, self.unit_cost) == 0.0


LEVER_COSTS: tuple[LeverCost, ...] = (
    LeverCost("price", (), "to ask more costs nothing, but fewer buy", step=0.01, relative=True),
    LeverCost("quality", ("quality",), "a better offer costs more on every purchase", "quality_cost", 0.02),
    LeverCost("promise", (), "words cost nothing; what is promised and not kept costs satisfaction and trust",
              step=0.02),
    LeverCost("failure_rate", ("quality",), "a process that fails less costs more on every purchase", "failure_cost",
              -0.01),
    LeverCost("effort", ("serving",), "what customers do themselves need not be paid for", "effort_saving", -0.1),
    LeverCost("values", (), "a position suits some customers and repels others", step=0.1),
    LeverCost("surprise", ("quality",), "delight costs something on every purchase", "surprise_cost", 0.02),
    LeverCost("lock", ("rewards",), "newcomers who foresee being bound ask for a concession", "lock_foreseen", 0.5),
    LeverCost("rewards", ("rewards",), "money back to every returning customer", step=0.01),
    LeverCost("capacity", (), "room that is there from the start belongs to the fixed costs; more of it is bought with "
              "spending.capacity", step=0.1, relative=True),
    LeverCost("information", ("information", "system"), "each level costs more per known customer", "information_cost"),
    LeverCost("benefits", ("quality",), "serving a need better costs more on every purchase", "benefit_cost", 0.05),
    LeverCost("price_cut.depth", ("price_cuts",), "revenue given away", step=0.01),
    LeverCost("price_cut.every_weeks", ("price_cuts",), "the rarer a cut, the less is given away", step=13.0,
              needs="price_cut.depth"),
    LeverCost("price_cut.phase_weeks", (), "when a cut comes costs nothing; how often it comes does", step=4.0,
              needs="price_cut.depth"),
    LeverCost("price_cut.to", ("price_cuts",), "revenue given away to more people or to fewer",
              needs="price_cut.depth"),
    *(LeverCost(f"spending.{account}", (account,), "money spent", step=0.02)
      for account in ("advertising", "service", "people", "capacity", "relations")),
    LeverCost("recovery.answered", ("recovery",), "every complaint that is answered costs its handling",
              "recovery_cost", 0.1),
    LeverCost("recovery.generosity", ("recovery",), "what is made good costs money", "recovery_cost", 0.1),
    LeverCost("recovery.delay_weeks", ("recovery",), "quick answers need staff at hand", "speed_cost", -0.5),
    LeverCost("care.proactive", ("care",), "every sufferer who is found costs a contact", "care_cost", 0.1),
    LeverCost("care.personalisation", ("information",), "the use of data costs something for every treated customer",
              "personalisation_cost", 0.25),
    LeverCost("care.contact", ("care",), "every contact costs something", "contact_cost", 0.5),
    LeverCost("care.selective", ("relations", "care"), "on those who are left out nothing is spent", step=0.1),
    LeverCost("care.by", (), "what an estimate needs to know is paid with the information level",
              needs="care.selective"),
    LeverCost("win_back.reach", ("win_back",), "every contact with a lapsed customer costs something", "win_back_cost",
              0.5),
    LeverCost("win_back.by", ("price_cuts",), "an offer to the lapsed is revenue given away, a mended reason is not",
              needs="win_back.reach"),
    LeverCost("win_back.depth", ("price_cuts",), "revenue given away to the lapsed", step=0.05, needs="win_back.reach"),
)
"""Steps are assumptions: small enough to be one decision, large enough to be seen beside chance."""


@cache
def levers() -> Mapping[str, FieldInfo]:
    """Every lever of the schema by dotted name, with its declaration."""
    return {name: field for name, field, _ in walk(Levers)}


def cost_of(lever: str) -> LeverCost:
    """The entry of a lever, or of the section it stands in.

    Raises:
        KeyError: a lever whose cost nobody has thought of.

    >>> cost_of("benefits.esteem").accounts, cost_of("values").accounts
    (('quality',), ())
    """
    for one in LEVER_COSTS:
        if f"{lever}.".startswith(f"{one.lever}."):
            return one
    raise KeyError(f"{lever} has no entry in LEVER_COSTS: say which account moves, or why it is free by nature.")


def one_step(lever: str, value: Any) -> Any:
    """The lever after one step: to the other side where the step would leave its range; None: there is no step.

    >>> one_step("quality", 0.7), one_step("care.personalisation", 1.0), one_step("information", "identity")
    (0.72, 0.75, 'surveys')
    >>> one_step("capacity", None) is None
    True
    """
    cost, field = cost_of(lever), levers()[lever]
    if words := choices_of(field):
        place = words.index(value)
        return words[place + 1] if place + 1 < len(words) else words[place - 1]
    if value is None or cost.step is None:
        return None
    step, (low, high) = cost.step * value if cost.relative else cost.step, limits_of(field)
    for wanted in (round(value + step, 9), round(value - step, 9)):
        if (low is None or wanted >= low) and (high is None or wanted <= high):
            return wanted
    return None
