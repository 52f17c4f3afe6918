"""The sliders that a scenario offers: what its `controls:` say, with the scenario's own values."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.dotted import value_at
from sim.scenario.effective import effective_mapping
from sim.scenario.fields import field_at
from sim.scenario.parameters import extra_of
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Slider:
    """A number that may be moved: `value` is the scenario's own, between `low` and `high`, in steps of `step`."""

    path: str
    words: str
    unit: str
    low: float
    high: float
    step: float
    value: float
    whole: bool

    def points(self, most: int) -> tuple[float, ...]:
        """Up to `most` values from low to high, even steps, the scenario's own value among them.

        >>> Slider("firms.Root.promise", "", "0..1", 0.3, 0.9, 0.05, 0.55, False).points(5)
        (0.3, 0.45, 0.55, 0.75, 0.9)
        """
        grid = [self.low + (self.high - self.low) * place / (most - 1) for place in range(most)]
        nearest = min(range(most), key=lambda place: abs(grid[place] - self.value))
        steps = [self.low + round((point - self.low) / self.step) * self.step for point in grid]
        steps[nearest] = self.value
        return tuple(sorted({round(min(point, self.high), 10) for point in steps}))


def sliders(scenario: Scenario) -> list[Slider]:
    """What `controls:` of a scenario offers; a number that the scenario leaves out has no place to start: no slider.

    >>> from sim.scenario.load import load
    >>> shop = {"extends": "first_look", "question": "?", "controls": [
    ...     {"path": "firms.Rush.promise", "words": "What Rush promises", "range": [0.3, 0.9], "step": 0.05}]}
    >>> [(one.words, one.value, one.unit) for one in sliders(load(shop))]
    [('What Rush promises', 0.75, 'quality')]
    """
    values = effective_mapping(scenario)
    found = []
    for control in scenario.controls:
        field, value = field_at(tuple(control.path.split("."))), value_at(values, control.path)
        if field is not None and isinstance(value, int | float):
            low, high = control.range
            unit = extra_of(field, "unit") if control.unit is None else control.unit
            whole = field.annotation in (int, int | None)
            found.append(Slider(control.path, control.words, unit, min(low, value), max(high, value), control.step,
                                value, whole))
    return found
