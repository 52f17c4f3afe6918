"""Groups of decisions: what two firms, or two scenarios, decide differently, in at most eight groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.diff import Difference, diff
from sim.scenario.dotted import flattened, merged
from sim.scenario.effective import to_mapping
from sim.scenario.schema import Scenario
from sim.text.language import tr

MOST_GROUPS = 8
OF_A_FIRM: dict[str, tuple[str, ...]] = {
    "price": ("price", "price_cut", "concession"),
    "offer": ("quality", "benefits", "surprise", "failure_rate", "effort", "values", "capacity"),
    "promise": ("promise",),
    "spending": ("spending",),
    "knowing and caring": ("information", "care"),
    "answers to complaints": ("recovery",),
    "win-back": ("win_back",),
    "binding": ("lock", "rewards"),
    "strategy": ("strategy", "settings"),
}
"""The decisions of a firm by group. All of its spending is one decision: the shares are parts of one budget."""
POSITION = ("budget_factor", "aware_at_start", "share")
"""What a firm is given and does not decide."""
ALL_ELSE = "all else"


@dataclass(frozen=True)
class Group:
    """Decisions that are changed together: their new values by dotted name, and both values for people.

    `dated`: levers that events set otherwise for the two firms.
    """

    name: str
    changes: Mapping[str, Any]
    words: str
    dated: tuple[str, ...] = ()


class DatedDifference(Difference):
    """A lever that events set otherwise for two firms: both courses in words."""


def between_firms(scenario: Scenario, here: str, there: str) -> tuple[Group, ...]:
    """What the firm `here` would have to change to decide as `there` does, group by group.

    Raises:
        ValueError: they decide the same in everything.
    """
    firms = to_mapping(scenario)["firms"]
    mine, theirs = (dict(flattened(firms[name])) for name in (here, there))
    differ = [Difference(f"firms.{here}.{path}", mine.get(path), theirs.get(path))
              for path in dict.fromkeys((*mine, *theirs))
              if mine.get(path) != theirs.get(path) and path.split(".")[0] not in POSITION]
    differ += _dated(scenario, here, there)
    if not differ:
        raise ValueError(f"{here} and {there} decide the same in everything: what lies between them is their position.")
    return _grouped(differ, several_firms=False)


def together(scenario: Scenario, firms: tuple[str, str] | None, groups: Iterable[Group]) -> dict[str, Any]:
    """What several groups of decisions change at once, by dotted name.

    Between two `firms`, the events of the first that set levers of these groups give way to those of the second.
    """
    chosen = tuple(groups)
    changes = {path: value for group in chosen for path, value in group.changes.items()}
    levers = {lever for group in chosen for lever in group.dated}
    if firms is not None and levers:
        changes["events"] = [part for event in to_mapping(scenario)["events"]
                             for part in _with_decisions(event, *firms, levers)]
    return changes


def _with_decisions(event: dict[str, Any], here: str, there: str, levers: set[str]) -> list[dict[str, Any]]:
    """An event in parts, once the first firm sets these levers as the second does."""
    if event["kind"] != "levers" or not {here, there} & set(event["firms"]):
        return [event]
    said = _levers_of(event)
    others = [name for name in event["firms"] if name != here]
    kept = {lever: value for lever, value in said.items() if here in event["firms"] and lever not in levers}
    taken = {lever: value for lever, value in said.items() if there in event["firms"] and lever in levers}
    return [{**event, "firms": names, "set": values}
            for names, values in ((others, said), ([here], {**kept, **taken})) if names and values]


def _levers_of(event: Mapping[str, Any]) -> dict[str, Any]:
    return dict(flattened(merged({}, event["set"])))


def _dated(scenario: Scenario, here: str, there: str) -> list[Difference]:
    """The levers that events set otherwise for two firms."""
    mine, theirs = (_courses(scenario, name) for name in (here, there))
    start = tr("as at the start")
    return [DatedDifference(f"firms.{here}.{lever}", mine.get(lever, start), theirs.get(lever, start))
            for lever in dict.fromkeys((*mine, *theirs)) if mine.get(lever) != theirs.get(lever)]


def _courses(scenario: Scenario, firm: str) -> dict[str, str]:
    """What events that name a firm set its levers to, and when, in words."""
    found: dict[str, list[str]] = {}
    for event in to_mapping(scenario)["events"]:
        if event["kind"] == "levers" and firm in event["firms"]:
            weeks = event.get("lasts_weeks")
            words = (tr("{value} from year {year}") if weeks is None else
                     tr("{value} from year {year} for {weeks} weeks"))
            for lever, value in _levers_of(event).items():
                found.setdefault(lever, []).append(words.format(value=value, year=f"{event['year']:g}", weeks=weeks))
    return {lever: ", ".join(words) for lever, words in found.items()}


def between_scenarios(here: Scenario, there: Scenario) -> tuple[Group, ...]:
    """What has to be changed in one scenario to make it the other, group by group.

    Raises:
        ValueError: they do not differ, or have other firms, people segments or events.
    """
    differ = diff(here, there)
    if not differ:
        raise ValueError("The two scenarios do not differ in any number.")
    whole = [each.path for each in differ if each.whole or each.b is None]
    if whole:
        raise ValueError(f"{whole[0]} is in one of the two scenarios only: numbers of the same firms, people and "
                         "events can be compared.")
    firms = {each.path.split(".")[1] for each in differ if each.path.startswith("firms.")}
    return _grouped(differ, several_firms=len(firms) > 1)


def _grouped(differ: Iterable[Difference], several_firms: bool) -> tuple[Group, ...]:
    found: dict[str, list[Difference]] = {}
    for each in differ:
        found.setdefault(_name(each.path, several_firms), []).append(each)
    if len(found) > MOST_GROUPS:
        by_size = sorted(found, key=lambda name: -len(found[name]))
        rest = [each for name in by_size[MOST_GROUPS - 1:] for each in found.pop(name)]
        found[ALL_ELSE] = rest
    return tuple(_group(name, members) for name, members in found.items())


def _group(name: str, members: Sequence[Difference]) -> Group:
    dated = tuple(each.path.split(".", 2)[2] for each in members if isinstance(each, DatedDifference))
    written = {each.path: each.b for each in members if not isinstance(each, DatedDifference)}
    return Group(name, written, _words(members), dated)


def _name(path: str, several_firms: bool) -> str:
    """The group of a number: a firm's decision, or the section of the scenario.

    >>> _name("firms.Root.care.by", False), _name("firms.Root.price", True), _name("market.switching_cost", False)
    ('knowing and caring', 'price of Root', 'market')
    """
    section, *rest = path.split(".")
    if section != "firms":
        return section
    firm, lever = rest[0], rest[1]
    group = next((name for name, levers in OF_A_FIRM.items() if lever in levers), "position")
    return f"{group} of {firm}" if several_firms else group


def _words(members: Iterable[Difference]) -> str:
    return "; ".join(tr("{lever} {now} (was {was})", lever=each.path.split(".", 2)[-1], now=each.b, was=each.a)
                     for each in members)
