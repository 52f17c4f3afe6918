"""Files and names: what is found, what is refused before a line is read, from any working directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load, ready_to_run, shipped_names
from sim.scenario.shipped import shipped_folder

SMALL = "question: Who stays?\nfirms: {Root: {}, Rush: {}}\n"


def refusal(path: Path | str) -> str:
    """What is said about a file."""
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """A file of that content."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_loads_from_any_folder(name: str) -> None:
    scenario = load(name)
    assert scenario.source.name == name
    assert scenario.question


def test_names_are_scanned_from_the_folder() -> None:
    assert {"base", "first_look"} <= set(shipped_names())
    assert "schema" not in shipped_names()
    assert all((shipped_folder() / f"{name}.yaml").is_file() for name in shipped_names())


def test_a_name_may_carry_its_suffix() -> None:
    assert load("first_look.yaml") == load("first_look")


def test_a_path_with_spaces_and_other_letters_is_fine(tmp_path: Path) -> None:
    path = written(tmp_path, "мой рынок/my market.yaml", SMALL)
    assert load(path).source.file == str(Path("мой рынок") / "my market.yaml")
    assert load("мой рынок/my market.yaml").source.name == "my market"


def test_windows_line_ends_and_byte_order_marks_are_fine(tmp_path: Path) -> None:
    path = written(tmp_path, "a.yaml", b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path) == load(written(tmp_path, "b.yaml", SMALL))


def test_bytes_of_another_encoding_are_refused_with_their_place(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "question: Кто?\n# Да\n".encode("cp1251"))
    said = (
        "a.yaml:1:11: not saved as UTF-8 (byte 0xca, perhaps cp1251 or latin-1); "
        "in your editor choose: save with encoding UTF-8"
    )
    assert refusal("a.yaml") == said


def test_utf_16_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", SMALL.encode("utf-16"))
    assert refusal("a.yaml") == "a.yaml:1:1: saved as UTF-16; in your editor choose: save with encoding UTF-8"


def test_a_file_over_one_megabyte_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "#" * 1_000_001)
    assert refusal("a.yaml") == "a.yaml:1:1: larger than 1 MB; a scenario is a page of text"


def test_a_file_of_one_megabyte_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a.yaml", SMALL + "#" * (1_000_000 - len(SMALL)))
    assert load(path).question == "Who stays?"


def test_a_missing_file_is_answered_with_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, "market.yaml", SMALL)
    assert refusal("markt.yaml") == "markt.yaml:1:1: there is no file markt.yaml; did you mean market.yaml?"


def test_a_missing_name_is_answered_with_the_nearest() -> None:
    assert refusal("first_lok") == "first_lok:1:1: there is no shipped scenario 'first_lok'; did you mean first_look?"


def test_a_name_of_a_file_nearby_is_answered_with_its_full_name(tmp_path: Path) -> None:
    written(tmp_path, "market.yaml", SMALL)
    said = "market:1:1: there is no shipped scenario 'market'; for the file beside you write market.yaml"
    assert refusal("market") == said


@pytest.mark.parametrize("name", ["", ".", "a\x00b.yaml", "x" * 5000 + ".yaml", "~nobody_here/x.yaml"])
def test_odd_names_are_refused_and_nothing_more(name: str) -> None:
    assert refusal(name)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert "folder.yaml is a folder, not a file" in refusal("folder.yaml")


def test_a_file_without_firms_loads_and_says_so_when_it_is_to_run() -> None:
    with pytest.raises(ScenarioError, match="there is no firm in this file; it is for others to extend"):
        ready_to_run(load("base"))
    assert ready_to_run(load("first_look")).firms
