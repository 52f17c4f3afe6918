"""What happened in a life: facts read off its steps, each of a month, an occasion, a firm and a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sim.engine.state import COMPLAINED, MAJOR, PROBLEM
from sim.lives.tape import ReplayedLife, Step


@dataclass(frozen=True)
class LifeEvent:
    """One thing that happened.

    `period` counts from the start of the run, `occasion` numbers the purchases wanted in it (None: not about one),
    `firm` is a place (None: none). `amount` is what the kind says: minor units paid, the feeling from -1 to 1, the
    number of purchases wanted.
    """

    period: int
    occasion: int | None
    kind: str
    firm: int | None = None
    amount: float = 0.0

    @property
    def what(self) -> tuple[int | None, str, int | None]:
        """The fact without its date and amount: two lives are compared by this."""
        return self.occasion, self.kind, self.firm


def facts_of(life: ReplayedLife) -> list[LifeEvent]:
    """Everything that happened, in the order in which it did."""
    return [fact for steps in life.steps for fact in facts_in(steps)]


def facts_in(steps: Iterable[Step]) -> list[LifeEvent]:
    """What happened in some steps."""
    return [fact for step in steps if step.phase.name in _FACTS for fact in _FACTS[step.phase.name](step)]


def _at(step: Step, kind: str, firm: Any = None, amount: Any = 0.0) -> LifeEvent:
    place = step.firm if firm is None else int(firm)
    return LifeEvent(step.period, step.occasion, kind, place, float(amount))


def _counted(step: Step, what: str, kind: str) -> Iterator[LifeEvent]:
    if step.new[f"count.{what}"]:
        yield _at(step, kind)


def _wake(step: Step) -> Iterator[LifeEvent]:
    now, me = step.read["clock"].now, step.read["me"]
    if now == me.enters and now > 0:
        yield _at(step, "enters")
    if now == me.leaves:
        yield _at(step, "leaves")


def _notice(step: Step) -> Iterator[LifeEvent]:
    before, after = bool(step.read["tie"].aware), bool(step.new["tie.aware"])
    if after and not before:
        yield _at(step, "advertisement")
    elif before and not after:
        yield _at(step, "forgets")


def _look(step: Step) -> Iterator[LifeEvent]:
    if step.new["tie.aware"] and not step.read["tie"].aware:
        yield _at(step, "finds")


def _listen(step: Step) -> Iterator[LifeEvent]:
    told, rumour = step.read["told"], step.read["rumour"]
    if not step.read["me"].present:
        return
    if step.new["told.aware"] and not told.aware:
        yield _at(step, "hears", amount=rumour.said_tone)
    elif step.new["told.expectation"] != told.expectation:
        yield _at(step, "praise" if rumour.said_tone > 0.0 else "warning", amount=rumour.said_tone)


def _contact(step: Step) -> Iterator[LifeEvent]:
    if step.new["count.touches"]:
        yield _at(step, "unwelcome" if step.new["count.unwelcome_touches"] else "contact")


def _call_back(step: Step) -> Iterator[LifeEvent]:
    if step.new["count.win_back_contacts"]:
        mended = step.new["tie.grievance"] != step.read["tie"].grievance or (
            step.new["tie.trust"] != step.read["tie"].trust)
        yield _at(step, "mended_reason" if mended else "called_back")


def _renew(step: Step) -> Iterator[LifeEvent]:
    yield _at(step, "nothing") if step.new["market.outside"] else _at(step, "chooses", step.new["deal.firm"])


def _pay(step: Step) -> Iterator[LifeEvent]:
    new = step.new
    kind = "buys_first" if new["count.new_customers"] else "buys_again" if new["count.returned_customers"] else "buys"
    yield _at(step, kind, amount=new["ledger.revenue"])


def _deliver(step: Step) -> Iterator[LifeEvent]:
    if step.new["count.failures"]:
        yield _at(step, "serious" if step.new["me.outcome"] & MAJOR else "failure", amount=step.new["me.severity"])


def _speak(step: Step) -> Iterator[LifeEvent]:
    if step.new["count.complaints"]:
        yield _at(step, "complains")
    elif step.new["me.outcome"] & PROBLEM:
        yield _at(step, "silent")


def _mend(step: Step) -> Iterator[LifeEvent]:
    if step.new["count.mended"]:
        yield _at(step, "mended", amount=step.new["me.repaired"])
    elif step.new["count.cared"]:
        yield _at(step, "cared", amount=step.new["me.repaired"])
    elif step.read["me"].outcome & COMPLAINED:
        yield _at(step, "ignored")


def _tell(step: Step) -> Iterator[LifeEvent]:
    if step.new["count.told_joy"]:
        yield _at(step, "recommends", amount=step.new["me.tone"])
    if step.new["count.told_loss"]:
        yield _at(step, "warns", amount=step.new["me.tone"])
    if step.new["count.reviews"]:
        yield _at(step, "reviews")


_FACTS: dict[str, Callable[[Step], Iterator[LifeEvent]]] = {
    "wake": _wake, "notice": _notice, "look": _look, "listen": _listen, "contact": _contact, "call_back": _call_back,
    "renew": _renew, "pay": _pay, "deliver": _deliver, "speak": _speak, "mend": _mend, "tell": _tell,
    "heed": partial(_counted, what="cared", kind="asked"),
    "queue": partial(_counted, what="lost_contacts", kind="lost"),
    "queue_again": partial(_counted, what="lost_contacts", kind="lost_again"),
    "census": partial(_counted, what="lapsed_customers", kind="lapses"),
}
"""Phase by name -> what it says that happened."""
