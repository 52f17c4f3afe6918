"""What no single number can say: sums, names that must exist, dates that must fit.

The checks read the plain mapping, so they report beside the schema's own complaints; what has the wrong
type is passed over, the schema says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.scenario.calendar import PERIODS_PER_YEAR
from sim.scenario.errors import PathParts, Problem, dotted
from sim.scenario.fields import allowed_numbers, field_at
from sim.scenario.parameters import limits_of, walk
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import FirmSection, Spending
from sim.scenario.yaml_reader import Document
from sim.text.words import counted, shown, suggestion

MOST_FIRMS = 31
MOST_TIES = 100_000_000
FEWEST_PERIODS = 2
MOST_HEADLINES = 4
MOST_CONTROLS = 8
_SIDES = ("above", "below", "close_to", "above_value", "below_value")
_CLAIM = re.compile(r"[A-Z]{1,3}[0-9]{1,3}\Z")
_LEVERS = tuple(name for name, field, _ in walk(FirmSection) if limits_of(field) != (None, None))
_BAD_IN_NAMES = re.compile(r"[.=\[\]{}:,]")
OVERRIDES = ("--set", "overrides")
NOT_IN_OVERLAYS = ("extends", "what_if", "schema", "expect", "headline", "controls")

_NUMBERS_READ = re.compile(
    r"clock\.(years|period)|market\.(customers|friends\.each)|people\.segments\..*|(past|firms\.[^.]*)\.spending\..*"
)
"""Numbers that a check below reads, apart from those inside events and expectations (a test looks for others)."""

Fault = tuple[PathParts, str, bool]
"""Where it is, what is wrong, and whether the key is meant (else the value)."""


def cross_check(
    document: Document, strategies: Sequence[str], event_kinds: Sequence[str], metrics: Callable[[], Sequence[str]],
    in_what_if: bool = False,
) -> list[Problem]:
    """All faults as problems with their places; expectations speak of the scenario as written, not of a what-if.

    `metrics` gives the names of metrics; it is asked only where the document names some, because it loads them.
    Where the years come from an override, dates beyond them are no mistake: they are just not reached.
    """
    data = document.data
    spot = document.places.get(("clock", "years"))
    shortened = spot is not None and spot.value.file in OVERRIDES
    years = math.inf if shortened else _number_at(data, "clock", "years")
    checks = [_past(data), _firms(data, strategies), _segments(data), _claims(data), _clock(data), _size(data)]
    checks += [_events(data, event_kinds, years)]
    if not in_what_if:
        checks += [_headline(data, metrics), _expectations(data, years), _overlays(data), _controls(data)]
    return [
        Problem.at(document.key_place(path) if on_key else document.value_place(path), path, message)
        for check in checks for path, message, on_key in check
    ]


def depends_on(path: PathParts) -> bool:
    """Whether a check across sections reads the number at a path."""
    return _NUMBERS_READ.fullmatch(dotted(path)) is not None


def _mapping(data: Any, *path: str) -> dict[str, Any]:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _entries(data: dict[str, Any], key: str) -> list[tuple[int, Any]]:
    value = data.get(key)
    return list(enumerate(value)) if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
    return float(value) if is_number else None


def _number_at(data: dict[str, Any], *path: str) -> float | None:
    """The number at a path, else its default; None where something else stands."""
    field = field_at(path)
    return _number(_mapping(data, *path[:-1]).get(path[-1], field.default if field is not None else None))


def _names(data: dict[str, Any], *path: str) -> Iterator[Fault]:
    for name in _mapping(data, *path):
        bad = _BAD_IN_NAMES.search(name)
        if bad is not None:
            yield (*path, name), f"a name cannot hold {bad.group()!r}; letters, digits, spaces, - and _ are fine", True
        elif not name.isprintable():
            yield (*path, name), "a name cannot hold invisible characters", True
        elif name != name.strip() or len(name) > 40:
            yield (*path, name), "a name has 1 to 40 characters and no space at its ends", True


def _past(data: dict[str, Any]) -> Iterator[Fault]:
    if _mapping(data, "past", "spending"):
        yield from _overspent(data, "past", "spending")


def _overspent(data: dict[str, Any], *path: str) -> Iterator[Fault]:
    """Shares of the budget that sum to more than 1, those at their defaults included."""
    shares = {key: _number_at(data, *path, key) or 0.0 for key in Spending.model_fields}
    total = sum(shares.values())
    if total > 1 + 1e-9:
        parts = ", ".join(f"{key} {shown(share)}" for key, share in shares.items() if share)
        message = f"the shares sum to {shown(round(total, 9))} ({parts}); at most 1 (the whole budget)"
        yield path, message, True


def _firms(data: dict[str, Any], strategies: Sequence[str]) -> Iterator[Fault]:
    firms = _mapping(data, "firms")
    yield from _names(data, "firms")
    if len(firms) > MOST_FIRMS:
        yield ("firms",), f"{len(firms)} firms; at most {MOST_FIRMS}", True
    for name, firm in firms.items():
        yield from _overspent(data, "firms", name, "spending")
        strategy = firm.get("strategy") if isinstance(firm, dict) else None
        if isinstance(strategy, str) and strategy not in strategies and ".py" not in strategy:
            hint = suggestion(strategy, strategies)
            yield ("firms", name, "strategy"), f"there is no strategy {shown(strategy)}; {hint}", False


def _segments(data: dict[str, Any]) -> Iterator[Fault]:
    path = ("people", "segments")
    segments = _mapping(data, *path)
    yield from _names(data, *path)
    given = [_number_at(data, *path, name, "share") for name in segments if isinstance(segments[name], dict)]
    shares = [share for share in given if share is not None]
    if shares and len(shares) == len(segments) and abs(sum(shares) - 1) > 1e-6:
        message = f"the shares of the segments sum to {shown(round(sum(shares), 9))}; they must sum to 1"
        yield path, message, True


def _claims(data: dict[str, Any]) -> Iterator[Fault]:
    for number, claim in _entries(data, "claims"):
        if isinstance(claim, str) and not _CLAIM.match(claim):
            message = f"{shown(claim)} is not a claim's id; allowed: capitals and a number, such as C36 or F20"
            yield ("claims", number), message, False


def _headline(data: dict[str, Any], metrics: Callable[[], Sequence[str]]) -> Iterator[Fault]:
    entries, seen = _entries(data, "headline"), set()
    if len(entries) > MOST_HEADLINES:
        yield ("headline",), f"{len(entries)} metrics; at most {MOST_HEADLINES}, the first above all", True
    for number, name in entries:
        if not isinstance(name, str):
            continue
        if name not in metrics():
            yield ("headline", number), f"there is no metric {shown(name)}; {suggestion(name, metrics())}", False
        elif name in seen:
            yield ("headline", number), f"{shown(name)} is named twice", False
        seen.add(name)


def _controls(data: dict[str, Any]) -> Iterator[Fault]:
    entries = _entries(data, "controls")
    if len(entries) > MOST_CONTROLS:
        yield ("controls",), f"{len(entries)} sliders; at most {MOST_CONTROLS}, so that a class sees what moves", True
    for number, control in entries:
        path = control.get("path") if isinstance(control, dict) else None
        if isinstance(path, str):
            twice = path in [other.get("path") for _, other in entries[:number] if isinstance(other, dict)]
            yield from _control(data, ("controls", number), path, _entries(control, "range"), twice)


def _control(
    data: dict[str, Any], here: PathParts, path: str, ends: list[tuple[int, Any]], twice: bool
) -> Iterator[Fault]:
    steps = path.split(".")
    field, firms = field_at(tuple(steps)), list(_mapping(data, "firms"))
    low, high = limits_of(field) if field is not None else (None, None)
    if field is None or low is None or high is None:
        near = suggestion(path, [f"{steps[0]}.{steps[1]}.{name}" for name in _LEVERS] if steps[0] == "firms"
                          and len(steps) > 2 else list(Scenario.model_fields))
        yield (*here, "path"), f"{shown(path)} is not the dotted name of a number; {near}", False
    elif steps[0] == "firms" and steps[1] not in firms:
        yield (*here, "path"), _no_firm(steps[1], firms), False
    elif twice:
        yield (*here, "path"), f"{shown(path)} has a slider already", False
    else:
        numbers = [_number(end) for _, end in ends]
        for place, end in enumerate(numbers):
            if end is not None and not low <= end <= high:
                yield (*here, "range", place), f"{shown(end)} is outside of {allowed_numbers(field)}", False
        if len(numbers) == 2 and None not in numbers and numbers[0] >= numbers[1]:  # type: ignore[operator]
            yield (*here, "range"), "the first number must be below the second", False


def _clock(data: dict[str, Any]) -> Iterator[Fault]:
    period = _mapping(data, "clock").get("period", "month")
    per_year, years = int(PERIODS_PER_YEAR.get(str(period), 0)), _number_at(data, "clock", "years")
    if per_year and years is not None and years > 0 and years * per_year < FEWEST_PERIODS:
        yield ("clock", "years"), f"{shown(years)} years are fewer than {FEWEST_PERIODS} periods of a {period}", False


def _size(data: dict[str, Any]) -> Iterator[Fault]:
    customers, firms = _number_at(data, "market", "customers"), len(_mapping(data, "firms"))
    if customers is not None and customers * firms > MOST_TIES:
        message = f"{customers:,.0f} people times {firms} firms are more than {MOST_TIES:,} ties; take fewer of either"
        yield ("market", "customers"), message, False
    path = ("market", "friends", "each")
    each = _number_at(data, *path)
    listens = _mapping(data, *path[:-1]).get("graph") not in ("none", "complete")
    if customers is not None and each is not None and listens and customers.is_integer() and 1 <= customers <= each:
        yield path, f"{each:g} friends each need more than {each:g} people; the market has {customers:g}", False


def _events(data: dict[str, Any], kinds: Sequence[str], years: float | None) -> Iterator[Fault]:
    firms = list(_mapping(data, "firms"))
    for number, event in _entries(data, "events"):
        if not isinstance(event, dict):
            continue
        kind = event.get("kind")
        if isinstance(kind, str) and kind not in kinds:
            hint = suggestion(kind, kinds)
            yield ("events", number, "kind"), f"there is no kind of event {shown(kind)}; {hint}", False
        for place, name in _entries(event, "firms"):
            if isinstance(name, str) and name not in firms:
                yield ("events", number, "firms", place), _no_firm(name, firms), False
        year = _number(event.get("year", 0.0))
        if year is not None and years is not None and 0 <= years <= year:
            yield ("events", number, "year"), _too_late(year, years), False


def _too_late(year: float, years: float) -> str:
    return f"year {year:g} is never reached; the market is watched for {counted(years, 'year')}"


def _no_firm(name: str, firms: list[str]) -> str:
    return f"there is no firm {shown(name)}; {suggestion(name, firms)}"


def _expectations(data: dict[str, Any], years: float | None) -> Iterator[Fault]:
    firms, overlays = list(_mapping(data, "firms")), list(_mapping(data, "what_if"))
    for number, claim in _entries(data, "expect"):
        if not isinstance(claim, dict):
            continue
        here: PathParts = ("expect", number)
        firm = claim.get("firm")
        if isinstance(firm, str) and firm not in firms:
            yield (*here, "firm"), _no_firm(firm, firms), False
        in_overlays = ("above", "below", "close_to") if claim.get("against") == "what_if" else ()
        for key in ("what_if", *in_overlays):
            name = claim.get(key)
            if isinstance(name, str) and name not in overlays:
                yield (*here, key), f"there is no what-if {shown(name)}; {suggestion(name, overlays)}", False
        for side in ("above", "below", "close_to") if not in_overlays else ():
            yield from _rival_named((*here, side), firm, claim.get(side), firms, overlays)
        if all(claim.get(side) is None for side in _SIDES):
            yield here, f"nothing is claimed; say {', '.join(_SIDES[:-1])} or {_SIDES[-1]}", False
        year = _number(claim.get("year"))
        if year is not None and years is not None and year > years > 0:
            yield (*here, "year"), _too_late(year, years), False


def _rival_named(here: PathParts, firm: Any, rival: Any, firms: list[str], overlays: list[str]) -> Iterator[Fault]:
    if not isinstance(rival, str):
        return
    if rival in overlays and rival not in firms:
        yield here, f"{shown(rival)} is a what-if; to compare with it say against: what_if", False
    elif rival not in firms:
        yield here, _no_firm(rival, firms), False
    elif rival == firm:
        yield here, f"{shown(firm)} is compared with itself", False


def _overlays(data: dict[str, Any]) -> Iterator[Fault]:
    yield from _names(data, "what_if")
    for name, changes in _mapping(data, "what_if").items():
        for key in changes if isinstance(changes, dict) else {}:
            if key in NOT_IN_OVERLAYS:
                yield ("what_if", name, key), f"a what-if cannot change {key}", True
