"""The left side of the page: what can be chosen, moved and switched, as widgets that tell one choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui

from sim.app.choice import PageChoice, RefusedError, pasted, read_seed, shipped_choices
from sim.app.following import in_words
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load
from sim.scenario.sliders import Slider
from sim.text.language import tr
from sim.text.words import capital

TYPE = {"white-space": "pre-line", "font-size": "15px"}
LARGE_TYPE = {**TYPE, "font-size": "24px"}
Chosen = Callable[[PageChoice], None]
Tell = Callable[[str], None]


class Controls:
    """Widgets for a choice. `chosen` is called with every new choice, `tell` with what is wrong."""

    def __init__(self, choice: PageChoice, chosen: Chosen, tell: Tell) -> None:
        self.choice, self._chosen, self._tell = choice, chosen, tell
        self._quiet = False
        self.scenario = pmui.Select(label=tr("Scenario"), options=self._scenarios(), value=choice.scenario.source.name)
        self.what_if = pmui.Select(label=tr("What if"), options=self._what_ifs(), value=choice.what_if or "")
        self.seed = pmui.TextInput(label=tr("Seed"), value=str(choice.seed))
        self.again = pmui.Button(label=tr("As written"), variant="outlined")
        self.sliders, self.ladder = pmui.Column(), pmui.CheckBoxGroup(label=tr("Mechanisms that are at work"))
        self.file = pmui.FileInput(label=tr("Upload your own YAML"), accept=".yaml,.yml", variant="outlined")
        self.text = pmui.TextAreaInput(label=tr("Or paste your own YAML"), rows=5, max_length=1_000_001)
        self.use = pmui.Button(label=tr("Use this text"), variant="outlined")
        self.scenario.param.watch(self._other_scenario, "value")
        self.what_if.param.watch(self._other_what_if, "value")
        self.seed.param.watch(self._other_seed, "value")
        self.again.on_click(lambda _: self.take(PageChoice(self.choice.scenario, self.choice.seed)))
        self.file.param.watch(self._uploaded, "value")
        self.use.on_click(lambda _: self._own(self.text.value or "", "pasted.yaml"))
        self._lay_out()
        self.ladder.param.watch(self._switched, "value")

    def panel(self) -> list[Any]:
        """The widgets, from top to bottom."""
        ladder = pmui.Column(
            pmui.Button(label=tr("All off"), variant="outlined", on_click=self._all(True)),
            pmui.Button(label=tr("All on"), variant="outlined", on_click=self._all(False)), self.ladder)
        own = pmui.Column(self.file, self.text, self.use)
        return [self.scenario, self.what_if, self.sliders, self.again, self.seed,
                pmui.Accordion((tr("Mechanisms, one by one"), ladder), (tr("Your own YAML"), own),
                               title_variant="subtitle1")]

    def take(self, choice: PageChoice) -> None:
        """Set every widget to a choice, and tell it."""
        self.choice, self._quiet = choice, True
        try:
            self.scenario.options, self.scenario.value = self._scenarios(), choice.scenario.source.name
            self.what_if.options, self.what_if.value = self._what_ifs(), choice.what_if or ""
            self.seed.value = str(choice.seed)
            self._lay_out()
        finally:
            self._quiet = False
        self._chosen(choice)

    def _scenarios(self) -> dict[str, str]:
        name, found = self.choice.scenario.source.name, shipped_choices()
        own = tr("Your own: {name}", name=self.choice.scenario.title or name)
        return found if name in found.values() else {own: name, **found}

    def _what_ifs(self) -> dict[str, str]:
        return {tr("as written"): "", **{name.replace("_", " "): name for name in self.choice.scenario.what_if}}

    def _lay_out(self) -> None:
        self.sliders.objects = [self._slider(one) for one in self.choice.sliders()]
        rungs = self.choice.rungs()
        self.ladder.options = {capital(tr(one.label)): one.mechanism for one in rungs}
        self.ladder.value = [one.mechanism for one in rungs if one.mechanism not in self.choice.off]

    def _slider(self, one: Slider) -> Any:
        unit = f" ({tr(one.unit)})" if one.unit else ""
        kind, number = (pmui.IntSlider, int) if one.whole else (pmui.FloatSlider, float)
        found = kind(label=f"{tr(one.words)}{unit}", start=number(one.low), end=number(one.high), step=number(one.step),
                     value=number(self.choice.moved.get(one.path, one.value)), sizing_mode="stretch_width")
        found.param.watch(lambda event: self._now(self.choice.with_slider(one.path, event.new)), "value")
        return found

    def _switched(self, event: Any) -> None:
        self._now(replace(self.choice, off=tuple(one.mechanism for one in self.choice.rungs()
                                                 if one.mechanism not in event.new)))

    def _all(self, off: bool) -> Callable[[Any], None]:
        return lambda _: self.take(replace(self.choice, off=tuple(
            one.mechanism for one in self.choice.rungs() if off)))

    def _now(self, choice: PageChoice) -> None:
        if not self._quiet:
            self.choice = choice
            self._chosen(choice)

    def _other_scenario(self, event: Any) -> None:
        if not self._quiet and event.new in shipped_choices().values():
            scenario = load(event.new)
            self.take(PageChoice(scenario, scenario.runs.seed))

    def _other_what_if(self, event: Any) -> None:
        if not self._quiet:
            self.take(replace(self.choice, what_if=event.new or None, moved={}))

    def _other_seed(self, event: Any) -> None:
        if self._quiet:
            return
        try:
            self._now(replace(self.choice, seed=read_seed(event.new or "")))
        except RefusedError as error:
            self._tell(str(error))

    def _uploaded(self, event: Any) -> None:
        if event.new:
            self._own(event.new, "upload.yaml")

    def _own(self, text: str | bytes, name: str) -> None:
        try:
            scenario = pasted(text, name)
        except (RefusedError, ScenarioError) as error:
            self._tell(in_words(error))
        else:
            self.take(PageChoice(scenario, scenario.runs.seed))


class Note(pn.pane.HTML):  # type: ignore[misc]  # Panel has no types
    """A paragraph of plain words: nothing in it is taken for markup. Set `words`."""

    def __init__(self, words: str = "", **more: Any) -> None:
        super().__init__("", styles=TYPE, **more)
        self.words = words

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    @words.setter
    def words(self, words: str) -> None:
        self._words = words
        self.object = escape(words)

    def enlarge(self, large: bool) -> None:
        """Larger letters for a projector."""
        self.styles = LARGE_TYPE if large else TYPE
