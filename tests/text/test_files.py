"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.text.files import write_csv, write_file


def test_a_file_is_there_only_once_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.csv"

    def write(aside: Path) -> None:
        aside.write_text("all of it", encoding="utf-8")
        assert not path.exists()
        assert aside.suffix == ".csv", "who writes may choose the form by the ending"

    assert write_file(path, write) == path
    assert path.read_text(encoding="utf-8") == "all of it"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt()])
def test_where_writing_fails_the_old_file_stays_and_nothing_is_left_beside_it(
    tmp_path: Path, error: BaseException
) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("old", encoding="utf-8")

    def fail(aside: Path) -> None:
        aside.write_text("half", encoding="utf-8")
        raise error

    with pytest.raises(type(error)):
        write_file(path, fail)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    path = tmp_path / "file" / "runs.csv"
    with pytest.raises(OSError, match=r"file.runs\.csv") as found:
        write_csv(path, pd.DataFrame({"a": [1]}))
    assert found.value.filename == str(path)


def test_tables_are_the_same_bytes_everywhere(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", pd.DataFrame({"firm": ["Röst"], "value": [0.5]}, index=[7]))
    assert path.read_bytes() == "firm,value\nRöst,0.5\n".encode()
