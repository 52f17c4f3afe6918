"""A small game for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_games import small_game


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a new game."""
    return small_game(tmp_path / "game").folder
