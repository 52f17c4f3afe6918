"""What is compared: the variants of a scenario, with what differs in each.

A variant is a decision (only what firms decide differs) or a circumstance (something differs that nobody decides).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.runs.plan import AS_WRITTEN
from sim.scenario.diff import Difference, diff
from sim.scenario.explain import change_in_words
from sim.scenario.explain_firms import value_in_words
from sim.scenario.schema import Scenario
from sim.studies.study import Study

_DECIDED = ("firms.", "budget.")


def variant_name(name: str) -> str:
    """A variant as it is called in a sentence: a point of a grid by its values.

    >>> variant_name("as written"), variant_name("no_welcome")
    ('the plan as written', '“no welcome”')
    >>> variant_name("firms.Root.price_cut.depth=0.1, product.price=9")
    '“price cut depth 0.1, price 9”'
    """
    if "=" not in name:
        return f"the plan {AS_WRITTEN}" if name == AS_WRITTEN else f"“{name.replace('_', ' ')}”"
    parts = []
    for part in name.split(", "):
        path, equals, value = part.partition("=")
        steps = path.split(".")[2 if path.startswith("firms.") else 1:]  # without the section, or the firm
        parts.append(f"{' '.join(steps).replace('_', ' ')} {value}" if equals and steps else part)
    return f"“{', '.join(parts)}”"


@dataclass(frozen=True)
class SortedVariants:
    """The variants of a study beside the first, with everything in which they differ from it.

    `firm`: the firm whose decisions differ; empty where there are none, or several firms decide.
    """

    decisions: dict[str, list[Difference]]
    circumstances: dict[str, list[Difference]]
    firm: str


def sorted_variants(study: Study) -> SortedVariants:
    """Sort the variants: a decision differs only in what firms decide, a circumstance in something else or nothing."""
    differences = {name: diff(study.scenario, variant) for name, variant in study.worlds.items() if name != study.base}
    decisions = {name: found for name, found in differences.items() if is_decision(found)}
    others = {name: found for name, found in differences.items() if name not in decisions}
    firms = {one.path.split(".")[1] for found in decisions.values() for one in found if one.path.startswith("firms.")}
    (firm,) = firms if len(firms) == 1 else ("",)
    return SortedVariants(decisions, others, firm if firm in study.scenario.firms else "")


def is_decision(differences: Sequence[Difference]) -> bool:
    """Whether all that differs is what firms decide.

    >>> is_decision([Difference("firms.Root.price", 9.0, 10.0)]), is_decision([Difference("product.price", 9.0, 10.0)])
    (True, False)
    """
    return bool(differences) and all(one.path.startswith(_DECIDED) for one in differences)


@dataclass(frozen=True)
class Change:
    """One difference of a variant: where it stands, the change in words, and what that means or its unit."""

    path: str
    text: str
    note: str

    @property
    def words(self) -> str:
        """All of it in a line."""
        return f"{self.text} ({self.note})" if self.note else self.text


@dataclass(frozen=True)
class Variant:
    """A what-if: its name and everything in which it differs from the scenario as written."""

    name: str
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        """Its name for a heading."""
        return variant_name(self.name).strip("“”")


def described(scenario: Scenario, found: Mapping[str, Sequence[Difference]]) -> list[Variant]:
    """Variants with what differs in each, in words."""
    return [Variant(name, tuple(_change(scenario, one) for one in differences)) for name, differences in found.items()]


def _change(scenario: Scenario, one: Difference) -> Change:
    if one.whole:
        return Change(one.path, change_in_words(scenario, one), "")
    section, *steps = one.path.split(".")
    instead = f"{value_in_words(one.b)} instead of {value_in_words(one.a)}"
    unit = "" if one.unit in ("word", "strength") else one.unit
    if section == "firms":
        name = ": ".join(step.replace("_", " ") for step in steps)
        return Change(one.path, f"{name} {instead}", ", ".join(filter(None, (one.label, unit))))
    return Change(one.path, f"{one.label or one.path}: {instead}", unit)


def grid_values(found: Mapping[str, Sequence[Difference]]) -> list[str]:
    """Many variants in few lines: every number that differs, with all its values.

    >>> grid_values({"a": [Difference("product.price", 9.0, 10.0)], "b": [Difference("product.price", 9.0, 11.0)]})
    ['product: price: 9, 10, 11']
    """
    values: dict[str, dict[str, None]] = {}
    notes: dict[str, str] = {}
    for one in (each for differences in found.values() for each in differences):
        taken = values.setdefault(one.path, {})
        taken |= {} if one.whole else dict.fromkeys((value_in_words(one.a), value_in_words(one.b)))
        notes[one.path] = f" ({one.label})" if one.label else ""
    return [f"{path.removeprefix('firms.').replace('_', ' ').replace('.', ': ')}: {', '.join(taken)}{notes[path]}"
            for path, taken in values.items()]
