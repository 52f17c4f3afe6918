"""Which other worlds are decisions of a firm, and which are circumstances that nobody decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.scenario.diff import Difference, diff
from sim.studies.study import Study

_DECIDED = ("firms.", "budget.")


@dataclass(frozen=True)
class Worlds:
    """The worlds of a study beside the first, with everything in which they differ from it.

    `firm`: the firm whose decisions differ; empty where there are none, or several firms decide.
    """

    decisions: dict[str, list[Difference]]
    circumstances: dict[str, list[Difference]]
    firm: str


def worlds_of(study: Study) -> Worlds:
    """Sort the worlds: a decision differs only in what firms decide, a circumstance in something else or nothing."""
    differences = {world: diff(study.scenario, scenario) for world, scenario in study.worlds.items()
                   if world != study.base}
    decisions = {world: found for world, found in differences.items() if is_decision(found)}
    others = {world: found for world, found in differences.items() if world not in decisions}
    firms = {one.path.split(".")[1] for found in decisions.values() for one in found if one.path.startswith("firms.")}
    (firm,) = firms if len(firms) == 1 else ("",)
    return Worlds(decisions, others, firm if firm in study.scenario.firms else "")


def is_decision(differences: Sequence[Difference]) -> bool:
    """Whether all that differs is what firms decide.

    >>> is_decision([Difference("firms.Root.price", 9.0, 10.0)]), is_decision([Difference("product.price", 9.0, 10.0)])
    (True, False)
    """
    return bool(differences) and all(one.path.startswith(_DECIDED) for one in differences)
