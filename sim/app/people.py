"""Everybody as a dot at one moment, and the customer whose dot is clicked: the same life in both variants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, HoverTool, Legend, LegendItem
from bokeh.plotting import figure

from sim.app.controls import Note
from sim.app.courses import NOBODY, Pair
from sim.figures.style import look
from sim.lives.meeting import chosen
from sim.lives.person import Person
from sim.lives.side_by_side import Meeting
from sim.lives.story import dated
from sim.text.language import language, tr, trn

MOST_DOTS = 2000
GONE = "#9a9a9a"
Aside = Callable[[Callable[[], Any], Callable[[Any], None]], None]
"""Has something made off the page's own thread, and then something done with it on that thread."""


class PeoplePanel:
    """The dots of a pair at a moment, and one person's story; whoever is met stays met while sliders move."""

    def __init__(self, firms: tuple[str, ...], tell: Callable[[str], None], aside: Aside) -> None:
        self.firms, self._tell, self._aside = firms, tell, aside
        self.pair: Pair | None = None
        self.met: int | None = None
        self.dots = ColumnDataSource({name: [] for name in ("x", "y", "colour", "edge", "who")})
        self.chart = self._chart()
        self.number = pmui.TextInput(label=tr("Customer number"), value="", width=180)
        buttons = [pmui.Button(label=words, variant="outlined", on_click=self._asked(who)) for who, words in (
            ("left", tr("Who left")), ("most_changed", tr("Whose life changed most")), ("random", tr("Anybody")))]
        self.counted, self.story = Note(""), pmui.Column(sizing_mode="stretch_width")
        self.number.param.watch(lambda event: self._typed(event.new), "value")
        self.dots.selected.on_change("indices", self._clicked)
        self.panel = pmui.Column(
            Note(tr("Every dot is one customer: click it to meet that customer.")),
            pn.pane.Bokeh(self.chart, sizing_mode="stretch_width"), self.counted,
            pn.FlexBox(self.number, *buttons), self.story, sizing_mode="stretch_width")

    def _chart(self) -> Any:
        chart = figure(height=320, min_width=200, sizing_mode="stretch_width", toolbar_location=None, tools="tap",
                       x_range=(0, 1), y_range=(0, 1), x_axis_label=tr("satisfaction"))
        chart.scatter("x", "y", source=self.dots, fill_color="colour", line_color="edge", size=8, fill_alpha=0.6,
                      line_width=1.5, nonselection_fill_alpha=0.35)
        chart.add_tools(HoverTool(tooltips=[(tr("customer"), "@who")]))
        key = [(look(place).colour, firm) for place, firm in enumerate(self.firms)]
        key += [(GONE, tr("no customer now"))]
        items = [LegendItem(label=label, renderers=[chart.scatter([-1], [-1], color=colour, size=10)])
                 for colour, label in key]
        chart.add_layout(Legend(items=items, orientation="horizontal", border_line_alpha=0, padding=2), "below")
        return chart

    def show(self, pair: Pair, period: int) -> None:
        """Everybody at a moment of the changed variant; who is met, anew."""
        self.pair = pair
        self.chart.yaxis.axis_label = tr("commitment") if pair.there.bond == "commitment" else tr("trust")
        self.point_at(period)
        if self.met is not None:
            self.meet(self.met)

    def point_at(self, period: int) -> None:
        """The dots at a moment; a dark edge: in the variant as written this person is somewhere else."""
        if self.pair is None:
            return
        place = self.pair.there.run.warm_up + min(period, len(self.pair.years) - 1)
        now = self.pair.there.stands[place]
        who = np.flatnonzero(now.firm != NOBODY)[:MOST_DOTS]
        elsewhere = np.zeros(len(who), dtype=bool)
        if self.pair.same_people and self.pair.here is not self.pair.there:
            before = self.pair.here.stands[self.pair.here.run.warm_up + min(period, len(self.pair.years) - 1)]
            elsewhere = ((before.firm != now.firm) | (before.customer != now.customer))[who]
        colours = np.array([*(look(number).colour for number in range(len(self.firms))), GONE])
        firms = self.pair.there.run.firms
        at = np.array([self.firms.index(firm) for firm in firms])[now.firm[who]]
        self.dots.selected.indices = []
        self.dots.data = {
            "x": now.satisfaction[who], "y": now.bond[who], "who": who,
            "colour": colours[np.where(now.customer[who], at, len(self.firms))],
            "edge": np.where(elsewhere, "#000000", "#ffffff00"),
        }
        count = int(elsewhere.sum())
        self.counted.words = trn("{count} of {all} people is somewhere else than as written (dark edge).",
                                  "{count} of {all} people are somewhere else than as written (dark edge).",
                                  count, all=len(who))

    def meet(self, number: int | None) -> None:
        """Tell the life of a person, in both variants where there are two."""
        if self.pair is None or number is None:
            return
        try:
            number = chosen(number, [self.pair.there.run], self.pair.choice.seed)
        except ValueError as error:
            self._tell(str(error))
            return
        self.met, self.number.value = number, str(number)
        pair, names, code = self.pair, (tr("As written"), tr("Changed")), language()
        self._aside(lambda: _told(pair.meeting(number, code, names)), self._tell_story)

    def _typed(self, text: str) -> None:
        if text.strip() and text.strip() != str(self.met):
            digits = text.strip()
            if digits.isascii() and digits.isdigit() and len(digits) < 16:
                self.meet(int(digits))
            else:
                self._tell(tr("A customer has a whole number, from 0 on."))

    def _tell_story(self, parts: list[Any]) -> None:
        self.story.objects = parts

    def _asked(self, who: Any) -> Callable[[Any], None]:
        def ask(_: Any) -> None:
            if self.pair is None:
                return
            both = [self.pair.here.run, self.pair.there.run]
            try:
                self.meet(chosen(who, both if who == "most_changed" else both[1:], self.pair.choice.seed))
            except ValueError as error:
                self._tell(str(error))

        return ask

    def _clicked(self, _: str, __: list[int], new: list[int]) -> None:
        if new:
            self.meet(int(self.dots.data["who"][new[0]]))


def _told(found: Meeting | Person) -> list[Any]:
    """A person's story, or both stories side by side below the first moment where they part."""
    if isinstance(found, Person):
        return [_life(str(found.name), found)]
    lives = pn.FlexBox(*(_life(f"{person.name}: {name}", person) for name, person in
                         zip(found.names, (found.here, found.there), strict=True)))
    return [pmui.Alert(title=found.explain(), severity="info"), lives]


def _life(title: str, person: Person) -> Any:
    lines = [f"{date}: {text}" for date, text in dated(person.story, person.teller)]
    return pmui.Column(pmui.Typography(title, variant="subtitle1"), Note("\n".join(lines)),
                       styles={"flex": "1 1 300px"})
