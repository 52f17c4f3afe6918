"""The settings of mutation testing fit the code: every file of a room has fast tests, and every test is there."""

from __future__ import annotations

import ast

import pytest
from mutation import ROOMS, ROOT, _unread, independent_of

WHOLE = {"rules": "sim/rules", "metrics": "sim/metrics", "valuation": "sim/valuation"}


@pytest.mark.parametrize("room", ROOMS)
def test_files_and_tests_are_there(room: str) -> None:
    for file, tests in ROOMS[room].items():
        assert (ROOT / file).is_file()
        paths = [word for word in tests if word.startswith("tests/")]
        assert paths
        for path, _, name in (word.partition("::") for word in paths):
            assert (ROOT / path).exists(), path
            assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), name


@pytest.mark.parametrize(("room", "folder"), WHOLE.items())
def test_a_room_is_tried_as_a_whole(room: str, folder: str) -> None:
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py") if path.name != "__init__.py"}
    assert there == set(ROOMS[room])


def test_only_what_does_not_import_a_file_is_read_before_it_changes() -> None:
    free = independent_of("sim/metrics/money.py", ROOT)
    assert {"sim.rules.choice", "sim.metrics.retention", "sim.scenario.load"} <= set(free)
    assert not {"sim.metrics.money", "sim.valuation.person", "sim.runs.summary"} & set(free)


def test_annotations_messages_and_decorators_do_not_count() -> None:
    text = ("import a\n@b(1)\ndef f(x: Kind[5] = 6) -> Kind[7]:\n    if x > 2:\n        raise ValueError(x - 3)\n"
            "    return x + 4\n")
    spans = _unread(text)
    lines = {node.value: (node.lineno, node.col_offset) for node in ast.walk(ast.parse(text))
             if isinstance(node, ast.Constant) and isinstance(node.value, int)}
    counted = {value for value, place in lines.items() if not any(first <= place < end for first, end in spans)}
    assert counted == {2, 4, 6}
