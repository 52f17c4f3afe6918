"""Damaged scenario files: whatever happens to a file, it loads or is refused with file, line and column."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from damaged_files import FULL, mutated, originals

from sim.scenario import Problem, ScenarioError, load


def _in_full_order(problems: tuple[Problem, ...], seed: int) -> None:
    assert problems, f"seed {seed}: refused without a reason"
    for problem in problems:
        where = f"seed {seed}: {problem}"
        assert problem.file, where
        assert problem.line >= 1, where
        assert problem.column >= 1, where
        assert problem.message, where
        assert "\n" not in str(problem), where


def check(seeds: range, folder: Path) -> tuple[int, int]:
    """Load damaged files; the numbers of those that loaded and of those refused in full order."""
    texts, loaded, refused = originals(), 0, 0
    path = folder / "damaged.yaml"
    for seed in seeds:
        path.write_bytes(mutated(random.Random(seed), texts))
        try:
            load(path)
            loaded += 1
        except ScenarioError as error:
            refused += 1
            _in_full_order(error.problems, seed)
        except Exception as error:
            raise AssertionError(f"seed {seed} ends in {type(error).__name__}: {error}") from error
    return loaded, refused


def test_the_undamaged_scenario_that_uses_everything_loads(tmp_path: Path) -> None:
    path = tmp_path / "full.yaml"
    path.write_text(FULL, "utf-8")
    assert load(path).source.name == "full"


def test_300_damaged_files_load_or_are_refused_with_their_places(tmp_path: Path) -> None:
    loaded, refused = check(range(300), tmp_path)
    assert loaded > 20
    assert refused > 150


@pytest.mark.slow
def test_3000_damaged_files_load_or_are_refused_with_their_places(tmp_path: Path) -> None:
    loaded, refused = check(range(1_000, 4_000), tmp_path)
    assert loaded > 200
    assert refused > 1500
