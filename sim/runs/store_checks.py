"""Why a store is not the one for a study: one sentence that says what differs."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from sim.runs.identity import rules_version
from sim.runs.plan import RunPlan
from sim.scenario.diff import diff
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_again
from sim.text.words import one_of, shown

ADVICE = "Choose another file for this study."
MOST_SHOWN = 3
IDENTITY = ("scenario_hash", "outcomes", "year", "reading", "rules")
"""What must be equal for two studies to be the same one."""


def check_same_study(connection: sqlite3.Connection, plan: RunPlan, path: Path | None) -> None:
    """Make sure that a store belongs to a plan.

    Raises:
        ValueError: it does not; the message says what differs.
    """
    there = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM study")}
    here = identity_of(plan)
    differs = [_in_words(name, there, plan) for name in here if there.get(name) != here[name]]
    if differs:
        raise ValueError(f"{path} holds another study: {'; '.join(differs)}. {ADVICE}")


def _in_words(name: str, there: dict[str, Any], plan: RunPlan) -> str:
    if name == "scenario_hash":
        return _scenario(there, plan)
    if name == "reading":
        return "it was made by a study of another kind (a sweep, a comparison and a replication need a file each)"
    if name == "year":
        return f"its outcomes are read after {there.get('year'):g} years, not {plan.end:g}"
    if name == "outcomes":
        return f"its outcomes are {one_of(there.get('outcomes', []))}, not {one_of(plan.outcomes)}"
    return "its runs were made by another version of the rules, and rules must not mix"


def _scenario(there: dict[str, Any], plan: RunPlan) -> str:
    """The scenarios by name where they differ, and the first values in which they do."""
    mine, its_name = plan.scenario, there.get("name", "")
    names = f" of {its_name}" if its_name == mine.source.name else f", {its_name} and not {mine.source.name}"
    try:
        found = diff(load_again(there["scenario"]), mine)
    except (ScenarioError, KeyError):
        return f"its scenario{names} no longer fits this version"
    differences = [f"{one.path} is {shown(one.a)} there, {shown(one.b)} here" for one in found[:MOST_SHOWN]]
    more = [f"{len(found) - MOST_SHOWN} more"] if len(found) > MOST_SHOWN else []
    values = f" ({', '.join(differences + more)})" if differences else ""
    return f"its scenario{names} differs{values}"


def check_same_points(connection: sqlite3.Connection, plan: RunPlan, path: Path | None) -> None:
    """Make sure that a point of a store means the same as the point of the same name in a plan.

    Raises:
        ValueError: it does not.
    """
    there = dict(connection.execute("SELECT name, variant_hash FROM points").fetchall())
    for point in plan.points:
        if there.get(point.name, plan.facts[point.name].variant_hash) != plan.facts[point.name].variant_hash:
            raise ValueError(f"{path} holds another study: its point {point.name!r} changes other things. {ADVICE}")


def identity_of(plan: RunPlan) -> dict[str, Any]:
    """What must be equal for two studies to be the same one."""
    reading = None if plan.reading is None else plan.reading.name
    values = (plan.base_hash, list(plan.outcomes), plan.end, reading, rules_version())
    return dict(zip(IDENTITY, values, strict=True))
