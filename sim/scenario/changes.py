"""What options changed in a scenario, and whether it builds on anything: in words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sim.scenario.calling import called
from sim.scenario.checking import checked
from sim.scenario.diff import Difference, diff, in_line
from sim.scenario.errors import Place
from sim.scenario.explain import change_in_words
from sim.scenario.fields import full_name
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped_names
from sim.scenario.yaml_reader import Document, Spot
from sim.text.language import tr
from sim.text.words import nearest

MOST_SHOWN = 6
"""Changes that are told one by one."""


def as_in_files(scenario: Scenario) -> Scenario | None:
    """The scenario as its files say it, without overrides and what-if; None where it did not come from anywhere."""
    source = scenario.source
    if not source.written:
        return None
    places = {path: Spot(place, place) for path, place in source.places.items()}
    start = Place(source.file or "scenario", 1, 1, source.folder)
    found, problems = checked(Document(source.written, places, [], start), Path(source.folder))
    return None if problems else found


def changes_of(scenario: Scenario) -> list[Difference]:
    """What overrides and the what-if changed, those named by an override first; empty where nothing did.

    >>> one = load({"question": "Who stays?", "firms": {"Root": {}}}, {"market.leave_per_year": 0.3})
    >>> [(each.path, each.b, each.a) for each in changes_of(one)]
    [('market.leave_per_year', 0.3, 0.04)]
    """
    source = scenario.source
    if not source.overrides and source.what_if is None:
        return []
    base = as_in_files(scenario)
    if base is None:
        return [Difference(path, None, value) for path, value in source.overrides.items()]
    named = {full_name(path) for path in source.overrides}
    return sorted(diff(base, scenario), key=lambda each: each.path not in named)


def changes_in_words(scenario: Scenario) -> str:
    """What options changed, in one sentence without its full stop; empty where nothing did.

    >>> one = load({"question": "Who stays?", "firms": {"Root": {}}}, {"market.leave_per_year": 0.3})
    >>> changes_in_words(one)
    'changed: market.leave_per_year = 0.3 (was 0.04)'
    """
    found = changes_of(scenario)
    if scenario.source.changed:
        return scenario.source.changed
    return tr("changed: {changes}", changes=_told(found, as_in_files(scenario) or scenario)) if found else ""


def difference_in_words(base: Scenario, other: Scenario) -> str:
    """In what another scenario differs from one, in half a sentence.

    >>> one = load({"question": "Who stays?", "firms": {"Root": {}}})
    >>> difference_in_words(one, load(one, {"market.customers": 500})), difference_in_words(one, one)
    ('market.customers = 500 (was 2000)', 'nothing is changed')
    """
    return _told(diff(base, other), base) or tr("nothing is changed")


def _told(found: list[Difference], base: Scenario) -> str:
    shown = "; ".join(_in_words(base, each) for each in found[:MOST_SHOWN])
    return tr("{changes}; and {more} more", changes=shown, more=len(found) - MOST_SHOWN) if (
        len(found) > MOST_SHOWN) else shown


def _in_words(base: Scenario, each: Difference) -> str:
    if each.whole:
        return change_in_words(base, each)
    now, was = (tr("left out") if value is None else in_line(value) for value in (each.b, each.a))
    return tr("{path} = {now} (was {was})", path=each.path, now=now, was=was)


def builds_on_nothing(scenario: Scenario) -> str:
    """What to say of a file of one's own that extends nothing; empty for all others."""
    source = scenario.source
    if scenario.extends or not source.file or called(scenario) in shipped_names():
        return ""
    names = shipped_names()
    near = nearest(Path(source.file).stem, names) or _same_firms(scenario, names)
    if near:
        return tr("Extends nothing: every number that it does not give is a default; did you mean `extends: {name}`?",
                  name=near)
    return tr("Extends nothing: every number that it does not give is a default; markets to build on: {names}",
              names=", ".join(_without_firms(names)))


def _without_firms(names: Iterable[str]) -> list[str]:
    """The shipped product classes: scenarios that have no firms, to be extended."""
    return [name for name in names if not load(name).firms]


def _same_firms(scenario: Scenario, names: Iterable[str]) -> str | None:
    """The only shipped scenario of the same title, or the only one whose firms have the same names."""
    shipped = {name: load(name) for name in names}
    by_title = [name for name, one in shipped.items() if scenario.title and one.title == scenario.title]
    by_firms = [name for name, one in shipped.items() if scenario.firms and set(one.firms) == set(scenario.firms)]
    return next((found[0] for found in (by_title, by_firms) if len(found) == 1), None)
