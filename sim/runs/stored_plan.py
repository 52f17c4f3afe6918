"""What a store says of its study: written down where it is new, compared where it is not, and read back as a plan.

The base scenario is kept as it was, each point as a patch of it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.runs import checksums, store_file
from sim.runs.checksums import Damage
from sim.runs.manifest import made_by, rules_version, way_to
from sim.runs.plan import FIRST_PROOF, Layout, Point, RunPlan, settings_of
from sim.runs.results import Results
from sim.runs.store import IDENTITY, FileReader, FileStore, examined, whole
from sim.scenario.changes import changes_in_words
from sim.scenario.diff import diff
from sim.scenario.effective import to_mapping
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.load import load_again
from sim.scenario.schema import Scenario
from sim.text.language import in_english
from sim.text.words import one_of, shown

ADVICE = "Choose another file for this study."
MOST_SHOWN = 3
NEEDED = (*IDENTITY, "seed", "scenario")
"""What a store must say of its study to be read."""


@contextmanager
def opened(path: Path, plan: RunPlan, retry_failed: bool = False) -> Iterator[FileStore]:
    """The store of a plan, for the one process that writes: made where there is none, else checked.

    With `retry_failed`, runs of the plan that failed are to be done again. Rows that are damaged are taken out, and are
    done again where the plan asks for them.

    Raises:
        ValueError: the file holds another study, or something else, or is damaged, or somebody is writing into it.
        OSError: it cannot be opened or written.
    """
    with store_file.only_writer(path), closing(store_file.connect(path)) as connection:
        try:
            with store_file.transaction(connection):
                found = _begun(connection, plan, path)
                _add_points(connection, plan)
                store_file.show_as_columns(connection, plan.outcomes)
                _note_session(connection)
            store = FileStore(path, connection, plan)
            store.taken_out = found
            if retry_failed:
                store.retry_failed()
            yield store
        except store_file.UNREADABLE as error:
            raise store_file.in_a_sentence(path, error) from error


def _begun(connection: sqlite3.Connection, plan: RunPlan, path: Path) -> Damage:
    """Begin the study, or make sure that the one that is there is the same; gives the damaged rows that it took out."""
    if store_file.is_empty(connection):
        store_file.create_tables(connection)
        checksums.seal(connection)
        _begin_study(connection, plan, path)
        return Damage()
    found = examined(connection, path)
    checksums.seal(connection)
    checksums.take_out(connection, found)
    _check_same_study(connection, plan, path)
    return found


def _identity_of(plan: RunPlan) -> dict[str, Any]:
    reading = None if plan.reading is None else plan.reading.name
    values = (plan.base_hash, list(plan.outcomes), plan.end, reading, rules_version())
    return dict(zip(IDENTITY, values, strict=True))


def _begin_study(connection: sqlite3.Connection, plan: RunPlan, path: Path) -> None:
    source = plan.scenario.source
    study = {**_identity_of(plan), "seed": plan.seed, "name": source.name, "what_if": source.what_if,
             "changed": in_english(changes_in_words, plan.scenario),
             "folder": way_to(source.folder, path.resolve().parent), "scenario": to_mapping(plan.scenario)}
    rows = [(name, json.dumps(value)) for name, value in study.items()]
    connection.executemany("INSERT INTO study (name, value) VALUES (?, ?)", rows)


def _check_same_study(connection: sqlite3.Connection, plan: RunPlan, path: Path) -> None:
    """Make sure that a store belongs to a plan, and that points of the same name mean the same."""
    there, here = study_of(connection, path), _identity_of(plan)
    differs = [_difference(name, there, plan) for name in here if there.get(name) != here[name]]
    if differs:
        raise ValueError(f"{path} holds another study: {'; '.join(differs)}. {ADVICE}")
    points = stored_points(connection)
    for name, facts in plan.facts.items():
        if name in points and points[name].variant_hash != facts.variant_hash:
            raise ValueError(f"{path} holds another study: its point {name!r} changes other things, or code of yours "
                             f"that it names has changed. {ADVICE}")


def _difference(name: str, there: dict[str, Any], plan: RunPlan) -> str:
    if name == "scenario_hash":
        return _scenario_difference(there, plan.scenario)
    if name == "reading":
        return ("it was made by a study of another kind, or with other measures (a sweep, a comparison and a "
                "replication need a file each)")
    if name == "year":
        return f"its outcomes are read after {there.get('year'):g} years, not {plan.end:g}"
    if name == "outcomes":
        return f"its outcomes are {one_of(there.get('outcomes', []))}, not {one_of(plan.outcomes)}"
    return "its runs were made by another version of the rules, and rules must not mix"


def _scenario_difference(there: dict[str, Any], mine: Scenario) -> str:
    """The scenarios by name where they differ, and the first values in which they do."""
    its_name = there.get("name", "")
    names = f" of {its_name}" if its_name == mine.source.name else f", {its_name} and not {mine.source.name}"
    try:
        differences = diff(load_again(there["scenario"]), mine)
    except (ScenarioError, KeyError):
        return f"its scenario{names} no longer fits this version"
    values = [f"{one.path} is {shown(one.a)} there, {shown(one.b)} here" for one in differences[:MOST_SHOWN]]
    if len(differences) > MOST_SHOWN:
        values.append(f"{len(differences) - MOST_SHOWN} more")
    return f"its scenario{names} differs" + (f" ({', '.join(values)})" if values else "")


def _add_points(connection: sqlite3.Connection, plan: RunPlan) -> None:
    """Write down the points that are new, and that they were asked for together."""
    base = to_mapping(plan.scenario)
    known = {name for (name,) in connection.execute("SELECT name FROM points")}
    connection.executemany(
        "INSERT INTO points (name, what_if, changes, variant_hash, patch) VALUES (?, ?, ?, ?, ?)",
        [(point.name, point.what_if, json.dumps(dict(point.changes)), plan.facts[point.name].variant_hash,
          json.dumps(patch_between(base, to_mapping(plan.variants[point.name]))))
         for point in plan.points if point.name not in known],
    )
    connection.execute("INSERT OR IGNORE INTO designs (points, replications, seed) VALUES (?, ?, ?)",
                       (json.dumps(list(plan.facts)), plan.replications, plan.seed))


def _note_session(connection: sqlite3.Connection) -> None:
    """What made the runs from here on; a new entry only where something changed since the last one."""
    texts = {name: json.dumps(value, sort_keys=True) for name, value in made_by().items()}
    (session,) = connection.execute("SELECT coalesce(max(session), 0) FROM manifest").fetchone()
    last = dict(connection.execute("SELECT name, value FROM manifest WHERE session = ?", (session,)).fetchall())
    if {name: last.get(name) for name in texts} != texts:
        texts["started"] = json.dumps(datetime.now(UTC).isoformat(timespec="seconds"))
        rows = [(session + 1, name, value) for name, value in texts.items()]
        connection.executemany("INSERT INTO manifest (session, name, value) VALUES (?, ?, ?)", rows)


@dataclass(frozen=True)
class StoredPoint(Point):
    """A point whose scenario is the stored base with a patch, whatever what-ifs and presets say by now."""

    patch: Mapping[str, Any] = field(default_factory=dict)
    variant_hash: str = ""

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario of this point."""
        if not self.patch:
            return base
        scenario = load_again(patched(to_mapping(base), dict(self.patch)), folder=base.source.folder)
        return scenario.from_source(replace(scenario.source, name=base.source.name, what_if=self.what_if))


def study_of(connection: sqlite3.Connection, path: Path) -> dict[str, Any]:
    """What all runs of the store at a path have in common, by name.

    Raises:
        ValueError: something of it is missing.
    """
    study = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM study")}
    missing = [name for name in NEEDED if name not in study]
    if missing:
        raise ValueError(store_file.damaged(path, f"its table study has no row {missing[0]}"))
    return study


def stored_points(connection: sqlite3.Connection) -> dict[str, StoredPoint]:
    """Every point of a store by its name, in order."""
    rows = connection.execute("SELECT name, changes, what_if, patch, variant_hash FROM points ORDER BY number")
    return {name: StoredPoint(name, json.loads(changes), what_if, json.loads(patch), variant_hash)
            for name, changes, what_if, patch, variant_hash in rows}


def layout_of(connection: sqlite3.Connection, path: Path, proofs: bool = False) -> Layout:
    """What a store holds: every point, firm and factor, all seeds but those of proofs, unless they are asked for."""
    study, points = study_of(connection, path), stored_points(connection)
    if not points:
        raise ValueError(store_file.damaged(path, "its table points has no row"))
    factors = tuple(dict.fromkeys(path for point in points.values() for path in point.changes))
    variants = {name: patched(study["scenario"], point.patch) for name, point in points.items()}
    query = ("SELECT count(DISTINCT seed), coalesce(min(seed), 0), coalesce(max(seed), -1) + 1 FROM runs "
             "WHERE ? OR replicate < ?")
    replications, first, end = connection.execute(query, (proofs, FIRST_PROOF)).fetchone()
    return Layout(
        points=tuple(points), outcomes=tuple(study["outcomes"]),
        firms=tuple(dict.fromkeys(firm for variant in variants.values() for firm in variant["firms"])),
        factors=factors, settings={name: settings_of(variant, factors) for name, variant in variants.items()},
        replications=replications, seeds=(first, end),
    )


def read_results(path: Path | str, proofs: bool = False) -> Results:
    """The runs of a store, done, failed and still pending; with `proofs` also those on new seeds (see `FIRST_PROOF`).

    `plan` is made anew from the store when asked for (see `stored_plan`).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs, or too damaged to be read.
    """
    place = Path(path)
    with whole(place) as (connection, damage):
        layout = layout_of(connection, place, proofs)
        (count,) = connection.execute("SELECT count(*) FROM runs WHERE replicate >= ?", (FIRST_PROOF,)).fetchone()
    results = Results(layout, FileReader(place, damage.runs), lambda: stored_plan(place))
    results.proofs, results.damage = count, damage
    return results


def stored_plan(path: Path | str) -> RunPlan:
    """The plan that a store holds, made anew from it: every point as it was when its runs were made."""
    place = Path(path)
    with whole(place) as (connection, _):
        study, points = study_of(connection, place), stored_points(connection)
        first, end = layout_of(connection, place).seeds
    return RunPlan(base_scenario(study, place), tuple(points.values()), max(1, end - first), first,
                   tuple(study["outcomes"]), study["year"])


def base_scenario(study: Mapping[str, Any], path: Path) -> Scenario:
    """The base scenario of a study stored at a path; where its strategies' files are is told from there.

    Raises:
        ScenarioError: it no longer fits this version, or names a class of a notebook that is not defined here.
    """
    way, beside = Path(study.get("folder", "")), path.resolve().parent
    folder = os.path.normpath(beside / ("" if way.is_absolute() else way))
    try:
        base = load_again(study["scenario"], folder=folder)
    except ScenarioError as error:
        raise ScenarioError(_told_of(problem, path) for problem in error.problems) from None
    return base.from_source(replace(base.source, name=study.get("name", "scenario"), what_if=study.get("what_if"),
                                     changed=study.get("changed", "")))


def _told_of(problem: Problem, path: Path) -> Problem:
    """A problem of the scenario in a store."""
    hint = "; a class of one's own is known only where it is defined" if problem.path.endswith(".strategy") else ""
    return replace(problem, file=f"{path} (the scenario in it)", message=f"{problem.message}{hint}")


def patch_between(base: Any, other: Any) -> Any:
    """What turns one mapping into another: the changed keys, and nothing (`null`) for those that are gone (RFC 7396).

    >>> patch_between({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 2, "d": 4}})
    {'b': {'d': 4}, 'a': None}
    """
    if not isinstance(base, dict) or not isinstance(other, dict):
        return other
    changed = {
        key: patch_between(base[key], value) if key in base else value
        for key, value in other.items() if key not in base or base[key] != value
    }
    return {**changed, **{key: None for key in base if key not in other}}


def patched(base: Any, patch: Any) -> Any:
    """The mapping with a patch applied (RFC 7396).

    >>> patched({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 4}, "a": None})
    {'b': {'c': 2, 'd': 4}}
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result
