"""The rooms of the package and the one direction through them.

An import counts wherever it stands: at the top of a file, inside a function, or for types only. What does not hold yet
stands in an exception list; a test asks that every exception is still needed, so the lists can only shrink.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

import sim

HOUSE = Path(sim.__file__).parent
FLOORS: tuple[tuple[str, ...], ...] = (
    ("text", "numerics"),
    ("scenario", "equity", "statistics"),
    ("rules", "engine"),
    ("period",),
    ("firms", "records"),
    ("metrics",),
    ("valuation",),
    ("market",),
    ("lives",),
    ("figures",),
    ("true_values", "evidence"),
    ("runs",),
    ("studies",),
    ("reports", "teaching", "games", "handouts"),
    ("app",),
    ("cli",),
)
"""Rooms in the order of the flow; a room imports from itself and from rooms before its own line."""
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
LOOSE = {"__init__", "__main__", "registry"}
MODULES = {
    ".".join(("sim", *path.relative_to(HOUSE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(HOUSE.rglob("*.py")) if "shipped" not in path.parts
}

UPWARD: set[tuple[str, str]] = set()
CIRCLES: set[str] = set()
BY_STRING: set[str] = set()
LONG_FILES: set[str] = set()
LONG_CLASSES: set[str] = {
    "sim.market.market:Market",
}
LONG_FUNCTIONS: set[str] = set()
MANY_PARAMETERS: set[str] = {
    "sim.equity.clv:lifetime_value",
    "sim.equity.elasticity:customer_equity",
    "sim.equity.elasticity:elasticity",
    "sim.equity.elasticity:five_points",
    "sim.equity.rfm:holdout",
    "sim.equity.rfm:rfm_table",
    "sim.reports.board:report",
    "sim.studies.compare:compare",
    "sim.studies.equity_report:equity_report",
    "sim.true_values.result:true_values",
}
TWICE_NAMED: set[str] = set()

LINES, LINES_OF_A_CLASS, LINES_OF_A_FUNCTION, PARAMETERS = 300, 150, 45, 6

BEFORE_THE_CLASSROOM, FOR_THE_CLASSROOM, STILL_TOO_MANY = (48_195, 353), (6_000, 60), (2995, 0)
"""Lines and files of the package before the live classroom, how many it may add, and how many are to be taken out."""


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> frozenset[str]:
    """Modules of this package that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sim":
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in MODULES else node.module)
    return frozenset(found - {module})


def outside(module: str) -> set[str]:
    """Packages of other people that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_every_file_is_in_a_room() -> None:
    assert {room_of(module) for module in MODULES} - LOOSE == set(FLOOR)


def upward_edges() -> set[tuple[str, str]]:
    return {
        (module, other) for module in MODULES if room_of(module) in FLOOR for other in imports(module)
        if room_of(other) in FLOOR and room_of(other) != room_of(module)
        and FLOOR[room_of(other)] >= FLOOR[room_of(module)]
    }


def test_nothing_earlier_imports_anything_later() -> None:
    assert upward_edges() == UPWARD


def test_the_registry_imports_no_room() -> None:
    if "sim.registry" in MODULES:
        assert not {other for other in imports("sim.registry") if room_of(other) not in ("registry", "text")}


def circles() -> set[str]:
    """Modules that import themselves by way of others (strongly connected parts with more than one module)."""
    graph = {module: imports(module) for module in MODULES if module != "sim"}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: set[str] = set()

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in graph[module]:
            if other not in graph:
                continue
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            part = stack[stack.index(module):]
            del stack[stack.index(module):]
            if len(part) > 1:
                found.update(part)

    for module in graph:
        if module not in index:
            visit(module)
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles() == CIRCLES


def imports_by_string() -> set[str]:
    """Modules that name a module of this package in a text that they import or load."""
    found = set()
    for module in MODULES:
        if module == "sim":
            continue
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
                parts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
                if any(isinstance(part, str) and part.split(".")[0] == "sim" for part in parts):
                    found.add(module)
    return found


def test_nothing_is_imported_by_a_literal_string() -> None:
    assert imports_by_string() == BY_STRING


def functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [(f"{module}:{node.name}", node) for module in MODULES for node in ast.walk(tree_of(module))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def classes() -> list[tuple[str, ast.ClassDef]]:
    return [(f"{module}:{node.name}", node) for module in MODULES for node in ast.walk(tree_of(module))
            if isinstance(node, ast.ClassDef)]


def length(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def test_files_are_short() -> None:
    assert {module for module, path in MODULES.items()
            if path.read_text(encoding="utf-8").count("\n") > LINES} == LONG_FILES


def test_the_package_grows_no_more_than_agreed() -> None:
    lines = sum(path.read_text(encoding="utf-8").count("\n") for path in MODULES.values())
    most = [sum(each) for each in zip(BEFORE_THE_CLASSROOM, FOR_THE_CLASSROOM, STILL_TOO_MANY, strict=True)]
    assert lines <= most[0], f"{lines - most[0]} lines too many"
    assert len(MODULES) <= most[1], f"{len(MODULES) - most[1]} files too many"


def test_classes_are_short() -> None:
    assert {name for name, node in classes() if length(node) > LINES_OF_A_CLASS} == LONG_CLASSES


def test_functions_are_short() -> None:
    assert {name for name, node in functions() if length(node) > LINES_OF_A_FUNCTION} == LONG_FUNCTIONS


def test_functions_have_few_parameters() -> None:
    """Rules and phases take their rows by name, commands get theirs from the settings of a study: both stay out."""
    many = {name for name, node in functions() if len(_named(node)) > PARAMETERS and not _apart(name)}
    assert many == MANY_PARAMETERS


def _named(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def _apart(name: str) -> bool:
    return room_of(name.split(":")[0]) in ("rules", "period") or name.startswith("sim.cli.commands.")


def test_every_class_name_is_defined_once() -> None:
    count = Counter(node.name for _, node in classes())
    assert {name for name, times in count.items() if times > 1} == TWICE_NAMED


@pytest.mark.parametrize("room", ["rules", "engine", "period", "scenario", "firms", "metrics"])
def test_only_the_outer_rooms_know_mesa(room: str) -> None:
    assert not {module for module in MODULES if room_of(module) == room and "mesa" in outside(module)}


def test_rules_know_neither_draws_nor_columns() -> None:
    for module in MODULES:
        if room_of(module) == "rules":
            assert all(other.startswith(("sim.numerics.elementary", "sim.rules")) for other in imports(module)), module


def test_pictures_and_metrics_do_not_run_anything() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        for other in imports(module):
            users[room_of(other)].add(room_of(module))
    assert users["runs"] <= {"runs", "studies", "reports", "teaching", "games", "handouts", "app", "cli", "__init__"}
