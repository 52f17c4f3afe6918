"""What pictures of lives are drawn from: one life, or two beside each other, and the arithmetic of a choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.lives.person import Person
from sim.lives.side_by_side import Meeting
from sim.text.language import tr
from sim.text.words import suggestion

if TYPE_CHECKING:
    import pandas as pd

BOUGHT = ("buys_first", "buys", "buys_again")
LANES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "buys": (BOUGHT, ()),
    "contacted": (("contact", "asked", "called_back", "mended_reason"), ("unwelcome",)),
    "let_down": (("lost", "lost_again", "failure", "serious"), ()),
    "complains": (("complains",), ()),
    "hears": (("praise",), ("warning",)),
    "tells": (("recommends",), ("warns",)),
}
"""Kinds of facts by the lane they stand in: those that are good or neutral, and those that are bad beside them."""
COURSES = ("needs", "satisfaction", "mood", "paid")


PICTURES = ("life_timeline", "choice_waterfall")


def picture_of(picture: str, met: Person | Meeting, period: int | None = None) -> pd.DataFrame:
    """The table of a picture of a life, or of two: the whole life, or the choice of a period.

    `period` counts from the start of the run; left out: where two lives part by a choice, else the last choice.

    Raises:
        LookupError: no such picture of a life.
        ValueError: nothing was wanted in that period.
    """
    if picture not in PICTURES:
        raise LookupError(f"There is no picture {picture!r} of a life; {suggestion(picture, PICTURES)}")
    both = met if isinstance(met, Meeting) else None
    lives = {"": met} if isinstance(met, Person) else met.lives
    if picture == PICTURES[0]:
        return timeline(lives, both)
    if period is None and both is not None and both.parting is not None and both.parting.weights:
        period = both.parting.period
    return choices(lives, last_choice(next(iter(lives.values()))) if period is None else period)


def timeline(lives: Mapping[str, Person], meeting: Meeting | None = None) -> pd.DataFrame:
    """One life, or the same life in several variants by their names, as a table for `life_timeline`.

    Columns: variant, year (end of the period, from the start), row (a lane of `LANES` or one of `COURSES`), firm (""
    where it is of the person), value. In a lane the value is 1, or −1 where it is bad news; courses have one value per
    period: the mean level of needs and satisfaction (0 to 1; from the first purchase on), mood (−1 to 1), money paid
    to date. `attrs` say whose life, where two part, and what happens there.
    """
    import pandas as pd

    rows = [(variant, *row) for variant, person in lives.items() for row in (*_lanes(person), *_courses(person))]
    table = pd.DataFrame(rows, columns=["variant", "year", "row", "firm", "value"])
    person = next(iter(lives.values()))
    paid = table[table["row"] == "paid"].groupby(["variant", "firm"], sort=False)["value"].max()
    firms = [firm for firm in person.firms if firm in set(table.loc[table["row"] != "paid", "firm"])
             or paid.xs(firm, level="firm").max() > 0]
    table.attrs.update(person=str(person.name), firms=list(person.firms), met=firms,
                       currency=person.scenario.money.currency,
                       finding=tr("{person}: one life", person=str(person.name)))
    if meeting is not None:
        table.attrs.update(_where_they_part(meeting))
    return table


def choices(lives: Mapping[str, Person], period: int) -> pd.DataFrame:
    """The choice of a period, for every life that made one, as a table for `choice_waterfall`.

    Columns: variant, firm, chosen (in that period), part, line, utility; of up to four offers, those chosen first,
    then the best.

    Raises:
        ValueError: nobody wanted to buy anything in that period.
    """
    import pandas as pd

    found, person = [], next(iter(lives.values()))
    most = 4 // len(lives)
    for variant, one in lives.items():
        if any(step.phase.name == "weigh" for step in one.life.steps[period]):
            bought = {fact.firm for fact in one.facts if fact.period == period and fact.kind == "chooses"}
            table = one.choice(period)
            chosen = table["firm"].isin([one.firms[firm] for firm in bought if firm is not None])
            found.append(table.assign(variant=variant, chosen=chosen))
    if not found:
        person.choice(period)  # says what is wrong
    table = pd.concat(found, ignore_index=True)[["variant", "firm", "chosen", "part", "line", "utility"]]
    worth = table.groupby(["variant", "firm"]).agg(chosen=("chosen", "any"), utility=("utility", "sum"))
    best = worth.groupby("firm").max().sort_values(["chosen", "utility"], ascending=False).index[:most]
    table = table[table["firm"].isin(best)].reset_index(drop=True)
    table.attrs.update(firms=list(person.firms), finding=tr("{person}, {date}: what each offer is worth",
                                                            person=str(person.name), date=person.teller.date(period)))
    return table


def last_choice(person: Person) -> int:
    """The last period in which somebody chose a firm.

    Raises:
        ValueError: they never did.
    """
    chosen = [fact.period for fact in person.facts if fact.kind == "chooses"]
    if not chosen:
        raise ValueError(f"{person.name} never chose a firm.")
    return chosen[-1]


def _years(person: Person) -> np.ndarray[Any, np.dtype[np.float64]]:
    calendar = person.teller.calendar
    return (np.arange(person.life.periods) + 1 - person.life.warm_up) / float(calendar.periods_per_year)


def _lanes(person: Person) -> Iterator[tuple[float, str, str, float]]:
    years = _years(person)
    lane_of = {kind: (lane, sign) for lane, both in LANES.items() for kinds, sign in zip(both, (1.0, -1.0), strict=True)
               for kind in kinds}
    for fact in person.facts:
        if fact.kind in lane_of and fact.firm is not None:
            lane, sign = lane_of[fact.kind]
            yield float(years[fact.period]), lane, person.firms[fact.firm], sign


def _courses(person: Person) -> Iterator[tuple[float, str, str, float]]:
    minor = person.scenario.money.minor_units
    for year, after in zip(_years(person).tolist(), person.life.after, strict=True):
        if not after["me.present"]:
            continue
        yield year, "needs", "", float(after["need.level"].mean())
        yield year, "mood", "", float(after["me.valence"])
        for place, firm in enumerate(person.firms):
            yield year, "paid", firm, float(after["tie.paid"][place]) / minor
            if after["tie.experiences"][place]:
                yield year, "satisfaction", firm, float(after["tie.satisfaction"][place])


def _where_they_part(meeting: Meeting) -> dict[str, Any]:
    found, person = meeting.parting, meeting.here
    if found is None:
        return {"finding": tr("{person}: the same life in both", person=str(person.name))}
    return {
        "finding": tr("{person}: the lives part {when}", person=str(person.name),
                      when=person.teller.when(found.period)),
        "parting_year": float(_years(person)[found.period]), "happened": meeting.happened(),
    }
