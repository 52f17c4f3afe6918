"""What a lesson says at its end: how many numbers of its market nobody has measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.text.language import tr

if TYPE_CHECKING:
    from sim.runs.execute import ScenarioLike


def assumptions(market: ScenarioLike) -> str:
    """How many of the numbers in use in a market are assumptions, and where to read them.

    Levers of firms are decisions and do not count, nor do numbers of mechanisms that are absent.

    Raises:
        ScenarioError: the scenario is wrong.

    >>> assumptions("first_look").endswith("`sim explain first_look --guesses` lists them.")
    True
    """
    from sim.runs.execute import prepared
    from sim.scenario.fields import guesses_in_use

    scenario = prepared(market, None)
    guesses, total = guesses_in_use(scenario)
    return tr("{count} of the {total} numbers in use here are assumptions: nobody has measured them. "
              "`sim explain {name} --guesses` lists them.", count=len(guesses), total=total, name=scenario.source.name)
