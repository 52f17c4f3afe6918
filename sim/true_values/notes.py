"""What to know before believing true values."""

from __future__ import annotations

from sim.records.records import Ints, Records
from sim.true_values.horizon import Checkpoint, Horizon

SHRINKS = 0.005
"""Share of people missing at the horizon from which it is worth a word."""


def notes(records: Records, ahead: Horizon, market: Checkpoint) -> tuple[str, ...]:
    """Sentences on how the futures were run and where they part from the run itself."""
    return (_policies(ahead), *_beyond_the_end(records, ahead, market))


def _policies(ahead: Horizon) -> str:
    if ahead.policies == "free":
        return "Strategies plan on and all events strike in every future."
    return ("Every firm goes on with the levers and the split of its budget that it last had; events on firms do not "
            "happen, events and seasons of the market do.")


def _beyond_the_end(records: Records, ahead: Horizon, market: Checkpoint) -> tuple[str, ...]:
    """Where the horizon lies beyond the end of the run, who comes and who does not."""
    me = market.course.world.me
    born_for = market.course.periods
    if ahead.end <= born_for:
        return ()
    end = (born_for - records.warm_up) / records.periods_per_year
    kind = records.scenario.market.growth.kind
    told = f"The horizon goes beyond the end of the scenario (year {end:g}): "
    if kind == "bass":
        return (told + "the market fills on along the same curve, with the people who were born for it.",)
    at_end = _here(me.enters, me.leaves, born_for - 1)
    later = _here(me.enters, me.leaves, ahead.end - 1)
    missing = 1.0 - later / at_end if at_end else 0.0
    if missing < SHRINKS:
        return (told + "nobody new comes then, and hardly anybody leaves.",)
    why = "newcomers are spread over the run only" if kind == "stationary" else "nobody new ever comes here"
    return (told + f"{why}, so {100 * missing:.0f} % fewer people are in the market at the horizon than at that end. "
            "Those who are there now feel it only through the firms' budgets and queues.",)


def _here(enters: Ints, leaves: Ints, period: int) -> int:
    return int(((enters <= period) & (period < leaves)).sum())
