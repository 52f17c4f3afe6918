"""Meet a customer: one person of a run, and the same person in another variant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from sim.lives.arithmetic import lines_of
from sim.lives.facts import LifeEvent, facts_of
from sim.lives.story import Sentence, Teller, dated, name_of, story_of
from sim.lives.tape import ReplayedLife, Step, Taped, lived
from sim.text.console import WIDTH

if TYPE_CHECKING:
    import pandas as pd

MARGIN = 16


class Person:
    """One person of a market that was run with its tape.

    `life` has every step and column, `facts` what happened, `story` the same in sentences; print it for a page.
    """

    def __init__(self, market: Taped, who: int, language: str | None = None) -> None:
        self.scenario, self.name = market.scenario, name_of(who, language)
        self.life: ReplayedLife = lived(market, who)
        self.firms = self.life.firms
        self.teller = Teller(self.scenario, self.firms, self.name)

    @cached_property
    def facts(self) -> list[LifeEvent]:
        """Everything that happened, in order."""
        return facts_of(self.life)

    @cached_property
    def story(self) -> list[Sentence]:
        """The life in sentences; each carries the facts that it tells."""
        return story_of(self.life, self.scenario)

    def table(self) -> pd.DataFrame:
        """One row per fact: period, date, occasion, kind, firm, amount, what."""
        import pandas as pd

        rows = [(fact.period, self.teller.date(fact.period), fact.occasion, fact.kind, self._firm(fact.firm),
                 fact.amount, self.teller.tells(fact)) for fact in self.facts]
        return pd.DataFrame(rows, columns=["period", "date", "occasion", "kind", "firm", "amount", "what"])

    def choice(self, period: int) -> pd.DataFrame:
        """The arithmetic of the choice in a period (numbered from the start of the run): one row per firm and line.

        Columns: firm, part, line, utility, and utility_money, the same in money of one usual purchase: utility over
        what one unit of money weighs for this person. `utility` of the lines of a firm adds up to its utility.

        Raises:
            ValueError: nothing was bought or wanted in that period.
        """
        import pandas as pd

        weighed = [step for step in self.life.steps[period] if step.phase.name == "weigh"]
        if not weighed:
            raise ValueError(f"{self.name} wanted to buy nothing in {self.teller.date(period)}.")
        rows = [(self._firm(step.firm), line.part, line.name, line.utility, line.utility / _weight_of_money(step)
                 * self.scenario.product.price) for step in weighed for line in lines_of(step)]
        return pd.DataFrame(rows, columns=["firm", "part", "line", "utility", "utility_money"])

    def _firm(self, place: int | None) -> str:
        return "" if place is None or place < 0 else self.firms[place]

    def __str__(self) -> str:
        return "\n".join([str(self.name), *page(list(dated(self.story, self.teller)))])

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self.facts)} things happened in {self.life.periods} periods>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def page(lines: Sequence[tuple[str, str]]) -> list[str]:
    """Dates and texts in two columns, as wide as a terminal."""
    found = []
    for date, text in lines:
        first, *more = wrap(text, WIDTH - MARGIN - 4)
        found += [f"  {date:>{MARGIN}}  {first}", *(f"  {'':{MARGIN}}  {line}" for line in more)]
    return found


def _weight_of_money(step: Step) -> float:
    """Utility of one usual price for this person."""
    return float(step.read["p"].price * step.read["me"].price_sensitivity)
