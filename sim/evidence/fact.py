"""What a fact is: a published regularity, the numbers by which it is judged, and what measures them.

Ranges are written before the first run. Verdict: *in* when the mean over runs of every judged number lies in its range,
*out* when none does, *partly* between. "At the edge" is added where the 95 % interval of some number reaches over the
end of its range.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from sim.evidence.markets import StudyMarket
from sim.registry import FACTS
from sim.scenario import Scenario, load
from sim.scenario.dotted import value_at
from sim.scenario.effective import to_mapping
from sim.statistics.intervals import Interval, mean_interval
from sim.text.words import suggestion

Numbers = dict[str, float]
Measure = Callable[[StudyMarket], Numbers]
Measured = Mapping[str, Mapping[str, Sequence[float]]]
"""By trial and name: one number per run."""
DOTTED = r"`([a-z_]+\.[a-z_.]+)`"
IN, PARTLY, OUT, UNKNOWN = "in", "partly", "out", "unknown"


@dataclass(frozen=True)
class FactTrial:
    """One market of the study, as it is or with something changed to see what drives a fact.

    Its name is that of the market; behind a comma stands what is changed.
    """

    market: Callable[[], Scenario]
    changes: Mapping[str, Any] = field(default_factory=dict)

    def scenario(self) -> Scenario:
        """The scenario with its changes."""
        return load(self.market(), dict(self.changes))


@dataclass(frozen=True)
class Part:
    """One measured number: in which trial, under which name, the range it should lie in (left out: it is only told)."""

    trial: str
    name: str
    words: str
    low: float = -math.inf
    high: float = math.inf
    digits: int = 2

    @property
    def judged(self) -> bool:
        """Whether the verdict looks at it."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    @property
    def market(self) -> str:
        """The trial without the change."""
        return self.trial.split(",")[0]

    @property
    def target(self) -> str:
        """The range in words."""
        low, high = self._number(self.low), self._number(self.high)
        if not self.judged:
            return ""
        return f"at most {high}" if self.low == -math.inf else (
            f"at least {low}" if self.high == math.inf else f"{low} to {high}")

    def interval(self, measured: Measured) -> Interval:
        """Mean over runs with its interval."""
        return mean_interval(measured[self.trial].get(self.name, []))

    def holds(self, found: Interval) -> bool:
        """Whether the mean lies in the range."""
        return self.low <= found.value <= self.high

    def at_edge(self, found: Interval) -> bool:
        """Whether the interval reaches over an end of the range."""
        return found.low < self.low <= found.high or found.low <= self.high < found.high

    def shown(self, found: Interval) -> tuple[str, str]:
        """Mean and interval as they are printed."""
        between = "" if math.isnan(found.low) else f"[{self._number(found.low)}, {self._number(found.high)}]"
        return self._number(found.value), between

    def _number(self, value: float) -> str:
        return UNKNOWN if math.isnan(value) else f"{value:.{self.digits}f}"


@dataclass(frozen=True)
class Fact:
    """A published regularity.

    `kind`: "emergent" (no rule says it: evidence for the model), "mechanism" (the rule is there; its size or sign could
    have failed), "input" (put in; evidence for nothing). `measures`: by market, what gives the numbers of the parts.
    `driver`: what brings it about; `off`: the same numbers with that changed.
    """

    id: str
    name: str
    target: str
    source: str
    kind: Literal["emergent", "mechanism", "input"]
    where: str
    measures: Mapping[str, Measure]
    parts: tuple[Part, ...]
    driver: str
    off: tuple[Part, ...] = ()
    note: str = ""

    @property
    def trials(self) -> tuple[str, ...]:
        """The markets that it needs."""
        return tuple(dict.fromkeys(part.trial for part in self.parts + self.off))

    @property
    def driver_told(self) -> str:
        """What brings it about, with the value of every number that it names."""
        there = to_mapping(all_trials()[self.parts[0].trial].scenario())
        return re.sub(DOTTED, lambda name: _with_value(name[0], value_at(there, name[1])), self.driver)

    def verdict(self, measured: Measured) -> str:
        """In, partly or out, and whether it stands at the edge; unknown where a judged number could not be measured."""
        found = [(part, part.interval(measured)) for part in self.parts if part.judged]
        if any(math.isnan(one.value) for _, one in found):
            return UNKNOWN
        held = sum(part.holds(one) for part, one in found)
        word = IN if held == len(found) else OUT if held == 0 else PARTLY
        return f"{word}, at the edge" if any(part.at_edge(one) for part, one in found) else word

    def runs(self, measured: Measured) -> int:
        """How many runs stand behind the parts (the fewest)."""
        return min(part.interval(measured).n for part in self.parts)


def _with_value(name: str, value: Any) -> str:
    return f"{name} ({value:g})" if isinstance(value, int | float) else name


@cache
def all_facts() -> dict[str, Fact]:
    """Every fact by its id: what the files of `sim/evidence/groups` declare."""
    found = [fact for group in FACTS.modules for fact in group.FACTS]
    return {fact.id: fact for fact in sorted(found, key=lambda fact: fact.id)}


@cache
def all_trials() -> dict[str, FactTrial]:
    """Every trial by its name; the same name stands for the same trial in all files."""
    return {name: trial for group in FACTS.modules for name, trial in group.TRIALS.items()}


def chosen_facts(ids: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The facts of these ids, in their order; all where none is named.

    Raises:
        ValueError: there is no such fact; the nearest right id is named.

    >>> [fact.name for fact in chosen_facts(["F04", "f5"])]
    ['The top fifth', 'Buyer moderation']
    """
    known = all_facts()
    names = dict.fromkeys(f"F{name[1:]:0>2}" if name[:1] in ("f", "F") else name for name in ids)
    for name in names:
        if name not in known:
            raise ValueError(f"There is no fact {name!r}; {suggestion(name, list(known))}")
    return tuple(known[name] for name in names) or tuple(known.values())


@cache
def measures_of(trial: str) -> tuple[Measure, ...]:
    """What any fact has measured in a trial, each once."""
    market = trial.split(",")[0]
    found = [fact.measures[market] for fact in all_facts().values() if trial in fact.trials]
    return tuple(dict.fromkeys(found))


@cache
def measures_version() -> str:
    """Some digits over the text of all facts and measures, so that runs kept in a file never mix two versions."""
    content = sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def numbers_of(trial: str, market: StudyMarket) -> Numbers:
    """All numbers of a trial."""
    return {name: value for measure in measures_of(trial) for name, value in measure(market).items()}
