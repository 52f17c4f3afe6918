"""What is set on the page: scenario, what-if, sliders, mechanisms that are off, seed. It makes the two variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from sim.scenario.load import load, load_text, names_code, ready_to_run, with_what_if
from sim.scenario.schema import Scenario
from sim.scenario.shares import with_room
from sim.scenario.shipped import is_path, shipped_names
from sim.scenario.sliders import Slider, sliders
from sim.scenario.yaml_reader import MOST_BYTES
from sim.studies.rungs import Rung, rungs_of
from sim.text.language import LANGUAGES, tr
from sim.text.words import suggestion

MOST_SLIDERS = 8
LARGEST_SEED = 2**53


class RefusedError(ValueError):
    """What was asked of the page cannot be done; the message is a sentence for the page."""


@dataclass(frozen=True)
class PageChoice:
    """The state of a page. `moved` are the sliders that stand elsewhere than in the scenario, `off` the mechanisms
    that are switched off; both, and the what-if, belong to the changed variant alone.

    >>> one = PageChoice(load("leaky_bucket"), 7, moved={"firms.Root.promise": 0.7})
    >>> one.changed.firms["Root"].promise, one.query()
    (0.7, {'scenario': 'leaky_bucket', 'seed': '7', 'firms.Root.promise': '0.7'})
    """

    scenario: Scenario
    seed: int
    what_if: str | None = None
    moved: Mapping[str, float] = field(default_factory=dict)
    off: tuple[str, ...] = ()

    @cached_property
    def start(self) -> Scenario:
        """The scenario with the what-if: where the sliders stand before they are moved."""
        return self.scenario if self.what_if is None else with_what_if(self.scenario, self.what_if)

    @cached_property
    def changed(self) -> Scenario:
        """The changed variant: the what-if, then sliders (other shares of a full budget give way), then mechanisms.

        Raises:
            ScenarioError: these values do not go together.
        """
        changes: dict[str, Any] = with_room(self.start, self.moved)
        changes |= {f"mechanisms.{name}": 0.0 for name in self.off}
        return ready_to_run(load(self.start, changes, overrides_from="page"))

    @property
    def differs(self) -> bool:
        """Whether the two variants differ at all."""
        return bool(self.what_if or self.moved or self.off)

    def sliders(self) -> list[Slider]:
        """The sliders, at most eight: those that the scenario names, else promise and advertising of every firm."""
        return (sliders(self.start) or list(_usual(self.start)))[:MOST_SLIDERS]

    def rungs(self) -> tuple[Rung, ...]:
        """The mechanisms of the scenario, in the order in which a ladder adds them."""
        return rungs_of(self.start)

    def query(self) -> dict[str, str]:
        """The state as it stands in the address bar; what comes from no shipped scenario is left out of it."""
        name = self.scenario.source.name
        found = {"scenario": name} if name in shipped_names() else {}
        found["seed"] = str(self.seed)
        if self.what_if:
            found["what_if"] = self.what_if
        if self.off:
            found["off"] = ",".join(self.off)
        return {**found, **{path: str(value) for path, value in self.moved.items()}}

    def with_slider(self, path: str, value: float) -> PageChoice:
        """The same with one slider elsewhere; where it is back at its start, it is not moved any more."""
        start, value = {one.path: one.value for one in self.sliders()}, round(value, 10)
        rest = {name: each for name, each in self.moved.items() if name != path}
        return replace(self, moved=rest if value == start.get(path) else {**rest, path: value})


def _usual(scenario: Scenario) -> list[Slider]:
    """Promise and share of advertising of every firm: for scenarios that name no sliders."""
    found = []
    for name, firm in scenario.firms.items():
        for path, words, value in (
            (f"firms.{name}.promise", tr("What a firm promises: {firm}", firm=name), firm.promise),
            (f"firms.{name}.spending.advertising", tr("Share spent on advertising: {firm}", firm=name),
             firm.spending.advertising),
        ):
            found.append(Slider(path, words, "", 0.0, 1.0, 0.05, value, False))
    return found


def opened(what: str | Scenario) -> Scenario:
    """A scenario for the page: a shipped name, a file, or one that is loaded.

    Raises:
        ScenarioError: it is wrong.
        RefusedError: it has no firms, or names a strategy in a file.
    """
    return _harmless(load(what))


def shipped_choices() -> dict[str, str]:
    """The shipped scenarios that can be run, by their titles; those without firms are for others to extend."""
    return {tr(title) or name: name for name, title in _titles().items()}


@cache
def _titles() -> dict[str, str]:
    loaded = {name: load(name) for name in shipped_names()}
    return {name: one.title for name, one in loaded.items() if one.firms}


def pasted(text: str | bytes, name: str = "own.yaml") -> Scenario:
    """A scenario of somebody's own, as text. Only data is read: nothing in it is run, and it names no files.

    Raises:
        ScenarioError: it is wrong, or larger than 1 MB.
        RefusedError: it is no text, has no firms, extends a file, or names a strategy in a file.
    """
    if len(text) > MOST_BYTES:
        raise RefusedError(tr("The file is larger than 1 MB; a scenario is a page of text."))
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RefusedError(tr("The file is not UTF-8; save it as UTF-8 in your editor.")) from None
    for line in text.splitlines():
        key, _, value = line.strip("{ ").partition(":")
        if key.strip("\"' ") in ("extends", "like") and is_path(value.strip().strip("\"'")):
            raise RefusedError(tr("A file cannot be named here; extend a shipped scenario: {names}",
                                  names=", ".join(shipped_names())))
    return _harmless(load_text(text.replace("\r\n", "\n"), name))


def _harmless(scenario: Scenario) -> Scenario:
    if names_code(scenario):
        raise RefusedError(tr("A strategy in a file of one's own is code and is not run on this page; "
                              "`sim run` does that."))
    if not scenario.firms:
        raise RefusedError(tr("There is no firm in this file; it is for others to extend."))
    return scenario


def read_seed(text: str) -> int:
    """The seed that is meant.

    Raises:
        RefusedError: it is no whole number from 0 to 2^53.

    >>> read_seed(" 12 ")
    12
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 17 and int(digits) <= LARGEST_SEED):
        raise RefusedError(tr("A seed is a whole number from 0 to 2^53."))
    return int(digits)


def from_query(query: Mapping[str, str], scenario: Scenario) -> tuple[PageChoice, list[str]]:
    """The state that an address asks for, and what of it could not be had; `scenario` is meant where it names none."""
    told: list[str] = []
    name = query.get("scenario", "")
    if name and name != scenario.source.name:
        names = list(shipped_choices().values())
        if name in names:
            scenario = load(name)
        else:
            told.append(tr("The address names a scenario that is not here; {hint}", hint=suggestion(name, names)))
    found = PageChoice(scenario, scenario.runs.seed)
    try:
        found = replace(found, seed=read_seed(query["seed"])) if "seed" in query else found
    except RefusedError as error:
        told.append(str(error))
    if query.get("what_if") in scenario.what_if:
        found = replace(found, what_if=query["what_if"])
    names_off = query.get("off", "").split(",")
    found = replace(found, off=tuple(one.mechanism for one in found.rungs() if one.mechanism in names_off))
    for one in found.sliders():
        try:
            value = float(query[one.path]) if one.path in query else one.value
        except ValueError:
            continue
        if one.low <= value <= one.high:
            found = found.with_slider(one.path, value)
    return found, told


def language_of(query: Mapping[str, str], otherwise: str) -> str:
    """The language that an address asks for.

    >>> language_of({"lang": "ru"}, "en"), language_of({"lang": "xx"}, "en")
    ('ru', 'en')
    """
    code = query.get("lang", "")
    return code if code in LANGUAGES else otherwise
