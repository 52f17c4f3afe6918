"""Scenarios out of a store: the base as it was written down, and each point as a patch of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.runs import store_file
from sim.runs.identity import patched
from sim.runs.plan import Layout, Point, RunPlan
from sim.runs.results import Results
from sim.runs.seeds import FIRST_FRESH
from sim.runs.store import FileReader
from sim.scenario.dotted import value_at
from sim.scenario.effective import to_mapping
from sim.scenario.fields import full_name
from sim.scenario.load import load_again
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class StoredPoint(Point):
    """A point whose scenario is the stored base with a patch, whatever what-ifs and presets say by now."""

    patch: Mapping[str, Any] = field(default_factory=dict)

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario of this point.

        Raises:
            ScenarioError: it no longer fits this version.
        """
        if not self.patch:
            return base
        made = load_again(patched(to_mapping(base), dict(self.patch)), folder=base.source.folder)
        return made.from_source(replace(made.source, name=base.source.name, what_if=self.what_if))


def base_scenario(study: Mapping[str, Any]) -> Scenario:
    """The base scenario of a stored study.

    Raises:
        ScenarioError: it no longer fits this version.
    """
    made = load_again(study["scenario"], folder=study.get("folder", ""))
    return made.from_source(replace(made.source, name=study.get("name", "scenario"), what_if=study.get("what_if")))


def read_results(path: Path | str, proofs: bool = False) -> Results:
    """The runs of a store, done, failed and still pending; with `proofs` also those on new seeds (see `FIRST_FRESH`).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs.

    `plan` is made anew from the store when asked for (see `stored_plan`).
    """
    place = Path(path)
    with store_file.reading(place) as connection:
        layout = layout_of(connection, proofs)
    return Results(layout, FileReader(place), lambda: stored_plan(place))


def layout_of(connection: sqlite3.Connection, proofs: bool = False) -> Layout:
    """What a store holds: every point, firm and factor, all seeds but those of proofs, unless they are asked for."""
    study = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM study")}
    points = connection.execute("SELECT name, changes, patch FROM points ORDER BY number").fetchall()
    factors = tuple(dict.fromkeys(path for _, changes, _ in points for path in json.loads(changes)))
    variants = {name: patched(study["scenario"], json.loads(patch)) for name, _, patch in points}
    query = (
        "SELECT count(DISTINCT seed), coalesce(min(seed), 0), coalesce(max(seed), -1) + 1 FROM runs "
        "WHERE :proofs OR replicate < :fresh"
    )
    replications, *seeds = connection.execute(query, {"proofs": proofs, "fresh": FIRST_FRESH}).fetchone()
    return Layout(
        points=tuple(variants), outcomes=tuple(study["outcomes"]),
        firms=tuple(dict.fromkeys(firm for variant in variants.values() for firm in variant["firms"])), factors=factors,
        settings={
            name: {path: value_at(variant, full_name(path)) for path in factors} for name, variant in variants.items()
        },
        replications=int(replications), seeds=(int(seeds[0]), int(seeds[1])),
    )


def stored_plan(path: Path | str) -> RunPlan:
    """The plan that a store holds, made anew from it: every point as it was when its runs were made.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs.
        ScenarioError: the stored scenario no longer fits this version.
    """
    with store_file.reading(Path(path)) as connection:
        study = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM study")}
        rows = connection.execute("SELECT name, changes, what_if, patch FROM points ORDER BY number").fetchall()
        seeds = layout_of(connection).seeds
    points = tuple(StoredPoint(name, json.loads(changes), what_if, json.loads(patch)) for name, changes, what_if, patch
                   in rows)
    return RunPlan(base_scenario(study), points, max(1, seeds[1] - seeds[0]), seeds[0], tuple(study["outcomes"]),
                      study["year"])
