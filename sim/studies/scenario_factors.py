"""Which numbers of a scenario a study can vary, and between which values.

The limits of a declaration say what is legal, not what is plausible, so a factor without a given range gets a plausible
one (assumption): what may be off by a factor of two either way. See `plausible_range`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from sim.scenario.dotted import flattened
from sim.scenario.effective import strengths
from sim.scenario.fields import PAST, field_at, full_name, numbers_in_use, parameters
from sim.scenario.load import load
from sim.scenario.parameters import extra_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Spending
from sim.studies.factors import Factor, Range, declared_limits, plausible_range

WORLD, GUESSES, ALL = "world", "guesses", "all"
GROUPS = (WORLD, GUESSES, ALL)
WORLD_SECTIONS = ("market.", "product.", "people.")
NOT_A_FACTOR = ("market.customers", "market.occasions_at_most", "market.active_window_weeks")
"""Size of the run and definitions of measures: they are in use, but nobody is uncertain about them."""


def factors_of(
    scenario: Scenario, wanted: str | Iterable[str] | Mapping[str, Range | None] = WORLD
) -> tuple[Factor, ...]:
    """Factors of a scenario: a group ("world", "guesses", "all"), dotted names, or ranges by dotted name.

    "world": numbers in use under market, product and people; "guesses": numbers in use that nobody has measured;
    "all": every number in use. A range that is not given (or None) is plausible (`plausible_range`), and stretched so
    far that it holds what the scenario's own what-ifs say. Both ends of a given range pass the checks of `--set`.

    Raises:
        ValueError: a name is no number of this scenario, a number without a range has none that is plausible, or a
            range is not two numbers.
        ScenarioError: an end of a range is not allowed.
    """
    if isinstance(wanted, str) and wanted in GROUPS:
        found = []
        for path in _group(scenario, wanted):
            with suppress(ValueError):  # absent here (0): not uncertain
                found.append(_plausible_factor(scenario, path))
        return tuple(found)
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    for path in names:
        if names.count(path) > 1:
            raise ValueError(f"{path} is named twice.")
        if "." not in full_name(path):
            raise ValueError(f"There is no number {path!r} to vary: give a dotted name such as product.margin, or one "
                             f"of the groups {', '.join(GROUPS)}.")
    ranges = wanted if isinstance(wanted, Mapping) else dict.fromkeys(names)
    return tuple(
        _plausible_factor(scenario, path) if span is None else _given_factor(scenario, path, span)
        for path, span in ranges.items()
    )


def _group(scenario: Scenario, group: str) -> list[str]:
    sources = {number.name: number.source for number in numbers_in_use(scenario)}
    changed = [path for path in what_if_numbers(scenario) if not path.startswith("firms.")]
    names = [name for name in dict.fromkeys([*sources, *changed])
             if name not in NOT_A_FACTOR and ".segments." not in name]
    if group == WORLD:
        return [name for name in names if name.startswith(WORLD_SECTIONS)]
    return [name for name in names if group == ALL or sources.get(name, "").startswith("assumption")]


def _given_factor(scenario: Scenario, path: str, span: Range) -> Factor:
    ends = two_ends(path, span)
    whole = _is_whole(scenario, path)
    others = _other_shares(scenario, path)
    for end in ends:
        load(scenario, {**others, path: round(end) if whole else end}, overrides_from="factors")
    return _factor(scenario, path, ends)


def _other_shares(scenario: Scenario, path: str) -> dict[str, float]:
    """A firm's other shares of spending as 0, so that one share is checked by itself, not their sum."""
    steps = path.split(".")
    if len(steps) != 4 or steps[0] != "firms" or steps[2] != "spending" or steps[1] not in scenario.firms:
        return {}
    return {f"{path.rpartition('.')[0]}.{name}": 0.0 for name in Spending.model_fields if name != steps[3]}


def _plausible_factor(scenario: Scenario, path: str) -> Factor:
    value = value_of(scenario, path)
    if value is None:
        load(scenario, {path: 0}, overrides_from="factors")  # a misspelt name is reported like any other
        raise ValueError(f"{path} has no number in this scenario: give it a range, low and high.")
    named = [value, *what_if_numbers(scenario).get(path, ()), *(plausible_range(value, declared_limits(path)) or ())]
    if not min(named) < max(named):
        raise ValueError(f"{path} is {value:g}: nobody can say how far it may be off; give it a range, low and high.")
    return _factor(scenario, path, (min(named), max(named)))


def _factor(scenario: Scenario, path: str, span: Sequence[float]) -> Factor:
    field = field_at(tuple(path.split(".")))
    least, most = declared_limits(path)
    ratio = least >= 0 and 1 < most < np.inf and span[0] > 0
    label, unit, source = (extra_of(field, key) if field is not None else "" for key in ("label", "unit", "source"))
    return Factor(path, span[0], span[1], value_of(scenario, path), telling_label(path, label), unit, source,
                  "log" if ratio else "linear", _is_whole(scenario, path))


def _is_whole(scenario: Scenario, path: str) -> bool:
    field = field_at(tuple(path.split(".")))
    if field is not None:
        return field.annotation is int or str(field.annotation).startswith("int")
    value = _written(scenario, path)
    return isinstance(value, int) and not isinstance(value, bool)


def two_ends(path: str, span: Any) -> list[float]:
    """The two numbers of a range.

    Raises:
        ValueError: it is anything else, or the wrong way round.
    """
    numbers = isinstance(span, Sequence | np.ndarray) and not isinstance(span, str) and all(
        isinstance(end, int | float | np.number) and not isinstance(end, bool) for end in span)
    if not numbers or len(span) != 2:
        raise ValueError(f"{path}: a range is two numbers, low and high, not {span!r}.")
    if span[0] > span[1]:
        raise ValueError(f"{path}: a range goes from low to high; {span[0]:g} to {span[1]:g} goes the other way.")
    return [float(end) for end in span]


@cache
def _shared_labels() -> frozenset[str]:
    """Labels that several numbers have, such as "mean over people": alone they do not tell which number is meant."""
    count = Counter(parameter.label for parameter in parameters() if not parameter.name.startswith(PAST))
    return frozenset(label for label, times in count.items() if times > 1)


def telling_label(path: str, label: str) -> str:
    """A label that tells which number is meant also where others have the same.

    >>> telling_label("people.basket.mean", "mean over people")
    'basket: mean over people'
    """
    if path.startswith(PAST):
        return f"past: {label}"
    return f"{path.split('.')[-2].replace('_', ' ')}: {label}" if label in _shared_labels() else label


def what_if_numbers(scenario: Scenario) -> dict[str, list[float]]:
    """Numbers that the scenario's what-ifs change, by dotted name, with the values that they give them."""
    found: dict[str, list[float]] = {}
    for overlay in scenario.what_if.values():
        for path, value in numbers_in(overlay).items():
            found.setdefault(path, []).append(value)
    return found


def numbers_in(overlay: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of an overlay by dotted name.

    >>> numbers_in({"product": {"price": 4}, "market.growth": {"kind": "none"}})
    {'product.price': 4.0}
    """
    return {
        path: float(value) for path, value in flattened(overlay)
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def value_of(scenario: Scenario, path: str) -> float | None:
    """The number that a scenario has at a dotted name; None where there is none.

    A strength left to the level is that of the level; a firm's price left out is the reference price.
    """
    steps = path.split(".")
    if steps[0] == "mechanisms":
        return strengths(scenario).get(steps[-1])
    value = _written(scenario, path)
    if value is None and steps[0] == "firms" and steps[2:] == ["price"] and steps[1] in scenario.firms:
        value = scenario.product.price
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _written(scenario: Scenario, path: str) -> Any:
    """What the scenario says at a dotted name; None where it says nothing."""
    here: Any = scenario
    for step in path.split("."):
        here = here.get(step) if isinstance(here, Mapping) else getattr(here, step, None)
    return here
