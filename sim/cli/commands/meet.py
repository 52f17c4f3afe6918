"""`sim meet`: one customer's life as a story, and the same person in another variant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, ScenarioGroup, WhatIf, a_file, show, spelled_out
from sim.cli.wording import indented
from sim.text.language import tr
from sim.text.numbers import written

if TYPE_CHECKING:
    from sim.lives.person import Person
    from sim.lives.side_by_side import Meeting

PANEL = "Teach"


@spelled_out
def meet(
    *,
    market: ScenarioGroup,
    person: Annotated[
        str | None, typer.Argument(metavar="NUMBER", help="The person's number; left out: see the options.")
    ] = None,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NUMBER|WORD",
                                 help="A number, or: random, left (a firm lost them), most_changed (with --what-if).")
    ] = None,
    by_chance: Annotated[bool, typer.Option("--random", help="Somebody by chance, the same for the seed.")] = False,
    most_changed: Annotated[
        bool, typer.Option("--most-changed", help="Whose purchases the what-if changes most, in money.")
    ] = False,
    what_if: WhatIf = None,
    choice: Annotated[
        int | None, typer.Option("--choice", metavar="PERIOD",
                                 help="The arithmetic of the choice in this period, counted from the start as 1.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", callback=a_file,
                                  help="Draw the life into a file (.png, .svg, .pdf); with --choice: that choice.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Meet one customer: what happened to them, what they felt, said and chose; the same in every run of the seed.

    With --what-if the same person lives in both variants, with the same random draws: the first moment where the two
    lives part is told, and why.

    Examples: sim meet first_look --who left · sim meet silent_exit --what-if easy_to_complain --most-changed
    """
    from sim.lives.meeting import meet as met
    from sim.lives.side_by_side import Meeting

    named = [person, who, "random" if by_chance else None, "most_changed" if most_changed else None]
    found = met(market.scenario(), _whom(named), what_if=what_if, seed=market.seed)
    people = (found.here, found.there) if isinstance(found, Meeting) else (found,)
    if picture is not None:
        _draw(found, people[0], choice, picture)
    show(as_json, lambda: [*str(found).splitlines(), *_arithmetic(people, choice)], lambda: _as_data(found, people))


def _whom(named: list[str | None]) -> Any:
    """Whom to meet, by one of the ways to say it: a number, or a word; somebody by chance where nothing is said."""
    chosen = [each for each in named if each is not None] or ["random"]
    if len(chosen) > 1:
        raise CannotDoError(f"Say once whom to meet, not {' and '.join(chosen)}.")
    word = chosen[0].strip().replace("-", "_") if not chosen[0].startswith("-") else chosen[0]
    return int(word) if word.lstrip("-").isdecimal() else word


def _draw(found: Person | Meeting, person: Person, choice: int | None, into: Path) -> None:
    """The life, or the choice that is asked for, as a picture."""
    from sim import figures
    from sim.lives.pictures import picture_of

    if choice is None:
        figures.save("life_timeline", picture_of("life_timeline", found), into)
    else:
        figures.save("choice_waterfall", picture_of("choice_waterfall", found, _period(person, choice)), into)


def _arithmetic(people: tuple[Person, ...], choice: int | None) -> list[str]:
    """The lines of a choice, firm beside firm, for every variant."""
    from sim.text.console import columns

    lines: list[str] = []
    for person in people if choice is not None else ():
        table = person.choice(_period(person, choice or 0))
        firms = list(dict.fromkeys(table["firm"]))
        rows = [["", "", *firms]]
        for (part, line), group in table.groupby(["part", "line"], sort=False):
            if group["utility"].abs().max() >= 0.005:
                rows.append([tr(str(part)), tr(str(line)), *(written(f"{value:+.2f}") for value in group["utility"])])
        sums = (written(f"{table.loc[table['firm'] == firm, 'utility'].sum():+.2f}") for firm in firms)
        rows.append(["", tr("utility"), *sums])
        lines += ["", tr("Choice of {name} in {date}, in utility:", name=person.name,
                         date=person.teller.date(_period(person, choice or 0))),
                  *indented(columns(rows, left=(0, 1)))]
    return lines


def _period(person: Person, choice: int) -> int:
    """The number of a period in the run, from its number as people count."""
    number = choice - 1 + person.life.warm_up
    if not 0 <= number < person.life.periods:
        raise CannotDoError(f"--choice: there is no period {choice}; they go from {1 - person.life.warm_up} to "
                            f"{person.life.periods - person.life.warm_up}.")
    return number


def _as_data(found: Person | Meeting, people: tuple[Person, ...]) -> dict[str, Any]:
    from sim.lives.side_by_side import Meeting

    return {
        "person": people[0].life.who, "name": people[0].name.first,
        "parting": found.explain() if isinstance(found, Meeting) else None,
        "lives": [{"story": [{"period": one.when, "text": one.text} for one in person.story],
                   "facts": person.table().to_dict("records")} for person in people],
    }
