"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.files import in_one_piece, write_csv


def test_a_file_is_there_only_once_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.csv"
    with in_one_piece(path) as aside:
        aside.write_text("half", encoding="utf-8")
        assert not path.exists()
        assert aside.suffix == ".csv", "who writes may choose the form by the ending"
    assert path.read_text(encoding="utf-8") == "half"
    assert list(path.parent.iterdir()) == [path]


def test_where_writing_fails_the_old_file_stays_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("old", encoding="utf-8")

    def fail() -> None:
        with in_one_piece(path) as aside:
            aside.write_text("ha", encoding="utf-8")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_tables_are_the_same_bytes_everywhere(tmp_path: Path) -> None:
    path = write_csv(pd.DataFrame({"firm": ["Röst"], "value": [0.5]}, index=[7]), tmp_path / "a.csv")
    assert path.read_bytes() == "firm,value\nRöst,0.5\n".encode()
