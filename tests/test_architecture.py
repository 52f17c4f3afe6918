"""One way through the house: scenario -> market -> records -> metrics -> experiments -> pictures, command line.

Nothing earlier imports anything later; the engine knows no Mesa; rules know no luck.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sim

HOUSE = Path(sim.__file__).parent
FLOORS: tuple[tuple[str, ...], ...] = (
    ("parameters", "currency", "equity"),
    ("scenario", "calendar"),
    ("engine", "rules"),
    ("budget", "network", "plans", "curves", "surveys", "transactions"),
    ("birth", "responses", "strategies", "records", "history", "lever_steps"),
    ("events",),
    ("firm_book", "metrics"),
    ("course", "compiling", "valuation"),
    ("market", "customer", "customers", "firms"),
    ("experiments", "figures"),
    ("console", "tables", "pictures"),
    ("reports",),
    ("cli", "__main__"),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(path for path in HOUSE.rglob("*.py") if path != HOUSE / "__init__.py" and "shipped" not in path.parts)


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Modules of this package that a module imports, at its top or inside a function; not those for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in MODULES} == set(FLOOR)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_nothing_earlier_imports_anything_later(path: Path) -> None:
    own = FLOOR[room_of(path)]
    later = {
        name for name in imports(path)
        if name.startswith("sim.") and FLOOR.get(name.split(".")[1], -1) > own
    }
    assert not later, f"{path.name} imports from a later room: {', '.join(sorted(later))}"


@pytest.mark.parametrize("room", ["rules", "engine", "scenario", "strategies", "events", "metrics"])
def test_only_the_outer_rooms_know_mesa(room: str) -> None:
    for path in MODULES:
        if room_of(path) == room:
            assert not {name for name in imports(path) if name.split(".")[0] == "mesa"}, path


def test_rules_know_neither_luck_nor_columns() -> None:
    for path in (HOUSE / "rules").glob("*.py"):
        ours = {name for name in imports(path) if name.startswith("sim.")}
        assert all(name.startswith("sim.engine.numerics.") for name in ours), path
