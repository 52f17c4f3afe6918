"""The page: two variants of a market side by side, the same people and the same random draws."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

import panel as pn
import panel_material_ui as pmui

from sim.app.behind import Behind
from sim.app.charts import Charts
from sim.app.choice import PageChoice
from sim.app.controls import Controls, Note
from sim.app.courses import Pair
from sim.app.following import PageFollower, Works
from sim.app.hands import Hands
from sim.app.people import PeoplePanel
from sim.app.pictures import Pictures
from sim.app.session import Session
from sim.app.telephones import Telephones
from sim.metrics.registry import kept_over_time, metric_in_words
from sim.studies.against_nothing import OUTCOME
from sim.text.language import tr
from sim.text.words import capital

LARGE = {"typography": {"fontSize": 22}}
USUAL = {"typography": {"fontSize": 14}}
STEP_MILLISECONDS = 300


class Laboratory(Session):
    """One session: it holds a choice, has it run, and shows what comes back. `page` is what is put on a screen."""

    def __init__(self, works: Works, choice: PageChoice, told: str = "") -> None:
        super().__init__(works)
        self.follower = PageFollower(works, self)
        self.pair: Pair | None = None
        self.firms: tuple[str, ...] = ()
        self.ready = not self.served
        self.controls = Controls(choice, self.chosen, self.tell)
        self.metric = pmui.Select(label=tr("Picture over time"), value="active_customers_people", options={
            capital(tr(metric_in_words(name))): name for name in dict.fromkeys((*kept_over_time(), OUTCOME))})
        self.projector = pmui.Switch(label=tr("Projector"), value=False)
        self.time = pmui.Player(label=tr("Time"), start=0, end=1, value=0, interval=STEP_MILLISECONDS, margin=(0, 20),
                                loop_policy="once", show_loop_controls=False, sizing_mode="stretch_width")
        self.message = pmui.Alert(title=told, severity="warning", visible=bool(told))
        self.question, self.now, self.behind = Note(""), Note(""), Note("")
        self.pictures = Pictures()
        self.both, self.tabs = pn.FlexBox(), pmui.Tabs(sizing_mode="stretch_width", dynamic=True)
        self.covering = pmui.Alert(title=tr("The picture is covered until the vote is over."), severity="info",
                                   visible=False)
        self.size = pmui.BreakpointSwitcher(breakpoint="sm", small=pn.Spacer(), large=pn.Spacer())
        self._build(tuple(dict.fromkeys((*choice.scenario.firms, *choice.start.firms))))
        self.page = self._page()
        self.metric.param.watch(self.heard(self._other_metric), "value")
        self.time.param.watch(self.heard(lambda event: self._point_at(event.new)), "value")
        self.projector.param.watch(self.heard(self._enlarge), "value")
        self.pictures.name.param.watch(self.heard(lambda _: self._draw_pictures()), "value")
        self.tabs.param.watch(self.heard(lambda _: self._draw_pictures()), "active")
        if self.served:
            self.follower.follow(choice)
            return
        pair = works.courses.pair(choice)  # a cell is on the screen with its first run; it hears of nothing before
        self.show(pair)                    # somebody moves a slider
        self._show_rest(pair)

    def _page(self) -> Any:
        head = [pmui.Select(label=tr("Language"), options={"English": "en", "Русский": "ru"}, value=self.language,
                            width=130, size="small")] if self.served else []
        for one in head:
            one.param.watch(self._other_language, "value")
        self.size.param.watch(lambda _: self.later(self._open), "current")
        if self.served:
            self.document.on_event("document_ready", lambda _: self.later(self._ready))
        shown = pmui.Column(self.size, self.message, self.question, pn.FlexBox(self.metric, self.projector, *head),
                            self.covering, self.both, self.time, self.now, self.behind, self.tabs,
                            sizing_mode="stretch_width", margin=10)
        return pmui.Page(title="Clientele", sidebar=self.controls.panel(), main=[shown], sidebar_width=330,
                         theme_config=USUAL, busy_indicator=None, favicon="data:,")

    def chosen(self, choice: PageChoice) -> None:
        """A new choice: it is run, and stands in the address bar once it is shown."""
        self.follower.follow(choice)

    def show(self, pair: Pair) -> None:
        """Draw a pair; everything is built anew only where the firms or the dates are others."""
        self.tell("")
        first, self.pair, self.pictures.pair = self.pair is None, pair, pair
        if pair.firms != self.firms:
            self._build(pair.firms)
            self._enlarge(None)
        if first or len(pair.years) - 1 != self.time.end:
            self.time.param.update(end=len(pair.years) - 1, value=len(pair.years) - 1)
        self.charts.show(pair, self.metric.value)
        self.charts.point_at(self.time.value)
        self.later(partial(self._show_rest, pair))

    def _show_rest(self, pair: Pair) -> None:
        """All but the live charts, which are sent before it."""
        self.question.words = tr(pair.choice.scenario.question)
        self.behind.words = ""
        self._tell_numbers()
        self.people.show(pair, self.time.value)
        self._draw_pictures()
        if pn.state.location is not None and self.served:
            pn.state.location.search = f"?{urlencode(self._query())}"

    def fill(self, found: Behind) -> None:
        """Intervals, once there are eight seeds, and what spending brings."""
        self.charts.fill(found)
        self.behind.words = found.in_words()

    def _build(self, firms: tuple[str, ...]) -> None:
        self.firms = firms
        self.charts = Charts(firms)
        self.people = PeoplePanel(firms, self.tell, self.aside)
        self.hands = Hands(firms, lambda: self.speak(self._cover))
        if self.works.vote is not None:
            self.hands.more.append(Telephones(self.works.vote, self.hands, self.heard, self.served).panel)
        self._cover()
        self.both.objects = [pn.pane.Bokeh(chart)
                             for chart in (self.charts.over_time, self.charts.apart)]
        self.tabs[:] = [(tr("Meet a customer"), self.people.panel), (tr("More pictures"), self.pictures.panel),
                        (tr("Vote"), self.hands.panel), (tr("Take along"), self.pictures.saving)]

    def _other_metric(self, _: Any) -> None:
        if self.pair is not None:
            self.charts.show(self.pair, self.metric.value)
        self._tell_numbers()

    def _tell_numbers(self) -> None:
        self.hands.ask(capital(tr(metric_in_words(self.metric.value))))
        self.now.words = "\n".join(self.charts.words(self.time.value))

    def _point_at(self, period: int) -> None:
        self.charts.point_at(period)
        self.people.point_at(period)
        self._tell_numbers()

    def _draw_pictures(self) -> None:
        if self.pair is not None and self.tabs.active == 1:
            self.aside(partial(self.pictures.draw, self.pair), self.pictures.show)

    def _cover(self) -> None:
        for one in (self.both, self.now, self.behind, self.people.panel, self.pictures.panel):
            one.visible = not self.hands.covered
        self.covering.visible = self.hands.covered
        if self.pair is not None and not self.hands.covered:
            self.hands.tell(tr("Ahead in this run: {firm}", firm=self.pair.ahead(self.metric.value)))

    def _enlarge(self, _: Any) -> None:
        large = bool(self.projector.value)
        self.page.theme_config = LARGE if large else USUAL
        self._open()
        self.charts.enlarge(large)
        for one in self.page.select(Note):
            one.enlarge(large)
        if self.both.objects:
            self.both.objects[1].visible = not large

    def _ready(self) -> None:
        self.ready = True
        self._open()

    def _open(self) -> None:
        """Show the left side beside the picture where there is room; elsewhere its button opens it."""
        if not self.ready:  # a page that is still being built does not hear of it
            return
        narrow = self.size.current is not None and self.size.current is self.size.small
        self.page.sidebar_open = not narrow and not self.projector.value

    def _query(self) -> dict[str, str]:
        query = self.pair.choice.query() if self.pair is not None else {}
        return query if self.language == "en" else {**query, "lang": self.language}

    def _other_language(self, event: Any) -> None:
        self.language = event.new
        pn.state.location.reload = True
        pn.state.location.search = f"?{urlencode({**self._query(), 'lang': event.new})}"


