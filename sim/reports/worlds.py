"""Which what-ifs are decisions of a firm, and which are circumstances that nobody decides."""

from __future__ import annotations

from sim.experiments.study import Study
from sim.scenario.diff import Difference, diff

_DECIDED = ("firms.", "budget.")


def changes(study: Study, world: str) -> list[Difference]:
    """What differs in a world from the first one."""
    return diff(study.scenario, study.worlds[world])


def is_decision(differences: list[Difference]) -> bool:
    """Whether all that differs is what firms decide."""
    return bool(differences) and all(one.path.startswith(_DECIDED) for one in differences)


def decisions(study: Study) -> list[str]:
    """The worlds in which firms decide otherwise."""
    return [world for world in study.worlds if world != study.base and is_decision(changes(study, world))]


def circumstances(study: Study) -> list[str]:
    """The worlds in which something else is otherwise, or nothing at all."""
    decided = decisions(study)
    return [world for world in study.worlds if world != study.base and world not in decided]


def firm_decided(study: Study) -> str:
    """The firm whose decisions differ; empty where there are none, or several firms decide."""
    firms = {one.path.split(".")[1] for world in decisions(study) for one in changes(study, world)
             if one.path.startswith("firms.")}
    return firms.pop() if len(firms) == 1 and next(iter(firms)) in study.scenario.firms else ""
