"""A saved run that was damaged or edited is told in one sentence; replay reads its tables."""

from __future__ import annotations

import gc
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.runs.run import TABLES

MARKET = {"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 1, "period": "quarter"},
          "market": {"customers": 30}, "events": [{"kind": "market", "year": 0.5, "set": {"demand": 0.5}}]}
DEEP = "[" * 10_000 + "]" * 10_000
SMALL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run, with the results of a study beside it."""
    run = sim.run(MARKET, seed=3)
    return run.save(tmp_path_factory.mktemp("runs") / "mine", {"runs": run.periods.head(3)})


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(saved, tmp_path / "mine"))


def with_value(folder: Path, name: str, value: str) -> None:
    """Put a value into the manifest as it stands, which need not be JSON."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    text = json.dumps({**manifest, name: "HERE"}).replace('"HERE"', value)
    (folder / "manifest.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("value", ["null", "1e999", "-1", "1.5", "true", '"3"', "[]", "{}", "1e30", "NaN",
                                   str(2**53 + 1), "1" + "0" * 400])
def test_a_seed_that_is_none_is_told(folder: Path, value: str) -> None:
    with_value(folder, "seed", value)
    for use in (sim.replay, sim.Run.load):
        with pytest.raises(ValueError, match=r"^\S*manifest\.json is not a manifest of a run: its seed is .*, not a "
                                             r"whole number from 0 to 2\^53; take it from a copy of the run, or save"):
            use(folder)


@pytest.mark.parametrize(("name", "value", "why"), [
    ("title", DEEP, r"cannot be read \(nested too deeply\)"), ("seed", "9" * 5000, "cannot be read .*digits"),
    ("seed", "", r"cannot be read \(Expecting value: line 1"), ("fingerprint", "7", "its fingerprint is 7, not a text"),
    ("purchases_kept", '"no"', "its purchases_kept is no, not true or false"),
    ("versions", "null", "its versions is nothing, not a mapping"), ("own_code", "[]", "its own_code is a list"),
    ("files", "3", "its files is 3, not a mapping"), ("folder", "{}", "its folder is a mapping, not a text"),
])
def test_a_manifest_of_another_kind_is_told(folder: Path, name: str, value: str, why: str) -> None:
    with_value(folder, name, value)
    with pytest.raises(ValueError, match=rf"^\S*manifest\.json (is not a manifest of a run: )?{why}.* take it from a"):
        sim.replay(folder)


@pytest.mark.parametrize(("text", "why"), [
    ("", "cannot be read"), ("{}", "seed and fingerprint are missing"), ("[]", "a list stands there"),
    ("null", "nothing stands there"), ('{"seed": 3}', "fingerprint is missing"), (DEEP, "nested too deeply"),
])
def test_a_manifest_without_what_is_needed_is_told(folder: Path, text: str, why: str) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"manifest\.json .*{why}"):
        sim.replay(folder)


@pytest.mark.parametrize("gone", [("manifest.json",), ("scenario.yaml",), ("scenario.yaml", "manifest.json")])
def test_a_folder_without_its_files_says_which(folder: Path, gone: tuple[str, ...]) -> None:
    for name in gone:
        (folder / name).unlink()
    verb = "are" if len(gone) > 1 else "is"
    with pytest.raises(FileNotFoundError, match=rf"no saved run in \S*mine: {' and '.join(gone)} {verb} missing"):
        sim.replay(folder)


@pytest.mark.parametrize(("change", "why"), [
    (lambda text: text.replace("customers: 30", "customers: many"), "market.customers: many is not a number"),
    (lambda text: text[: len(text) // 2], ""), (lambda text: "", "the file is empty"),
    (lambda text: text[: text.index("firms:")], "firms: there is no firm in this file"),
])
def test_a_scenario_that_was_edited_is_told_with_what_to_do(
    folder: Path, change: Callable[[str], str], why: str
) -> None:
    file = folder / "scenario.yaml"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"scenario\.yaml:\d+:\d+: {why}.*; the file is not as it was saved: take it"):
        sim.replay(folder)


def test_a_scenario_that_is_another_gives_a_warning_and_the_difference(folder: Path) -> None:
    file = folder / "scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("customers: 30", "customers: 29"), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"not the run that was saved in \S*mine: sim\.replay says what differs"):
        sim.Run.load(folder)
    found = sim.replay(folder)
    assert not found.equal
    assert found.sentence.startswith("The numbers differ: scenario hash was ")
    assert "manifest.json: people is 30, the run gives 29" in found.differences


def first_number(text: str) -> str:
    """The text with the first digit of its second line changed."""
    lines = text.split("\n")
    place = min(at for at, letter in enumerate(lines[1]) if letter.isdigit())
    lines[1] = lines[1][:place] + str((int(lines[1][place]) + 1) % 10) + lines[1][place + 1 :]
    return "\n".join(lines)


CHANGES: dict[str, tuple[Callable[[str], str], str]] = {
    "a digit": (first_number, r" was changed after the run was saved: line 2.*, column \w+ is .*, the run gives .*"),
    "emptied": (lambda text: "", " is empty"),
    "its first line alone": (lambda text: text.partition("\n")[0] + "\n",
                             " was changed after the run was saved: it ends before line 2"),
    "a column less": (lambda text: "\n".join(line.rpartition(",")[0] for line in text.split("\n")),
                      " was changed after the run was saved: line 1, .*is nothing, the run gives .*"),
    "a column more": (lambda text: text.replace("\n", ",7\n"),
                      " was changed after the run was saved: line 1, .*is 7, the run gives nothing"),
    "a row twice": (lambda text: text + text.split("\n")[1] + "\n",
                    r" was changed after the run was saved: it goes on at line \d+"),
    "another name": (lambda text: "x" + text,
                     r" was changed after the run was saved: line 1, column \w+ is x\w+, the run gives .*"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_replay_says_which_table_was_edited_and_where(folder: Path, change: str) -> None:
    edit, why = CHANGES[change]
    for table in TABLES:
        file = folder / f"{table}.csv"
        before = file.read_text(encoding="utf-8")
        if before.count("\n") > 1 or change in ("emptied", "another name"):
            file.write_text(edit(before), encoding="utf-8")
            found = sim.replay(folder)
            assert (found.equal, len(found.differences)) == (False, 1), table
            assert found.sentence.startswith(f"The run is as it was, but what was saved is not: {table}.csv")
            assert re.fullmatch(rf"{table}\.csv{why}", found.differences[0]), found.differences[0]
            file.write_text(before, encoding="utf-8")
    assert sim.replay(folder).equal


def test_replay_says_which_file_is_missing_or_was_changed_beside_its_tables(folder: Path) -> None:
    (folder / "cohorts.csv").unlink()
    (folder / "events.csv").write_bytes(b"\xff\xfe\x00")
    (folder / "runs.csv").write_text("x\n", encoding="utf-8")
    assert sim.replay(folder).differences[:2] == (
        "events.csv was changed after the run was saved: it cannot be read ('utf-8' codec can't decode byte 0xff in "
        "position 0: invalid start byte)", "cohorts.csv is missing")
    shutil.copyfile(folder / "periods.csv", folder / "again.csv")
    assert sim.replay(folder).differences[2] == "runs.csv was changed after the run was saved"


def test_what_only_writes_numbers_in_another_way_is_the_same(folder: Path) -> None:
    file = folder / "ledger.csv"
    lines = file.read_text(encoding="utf-8").split("\n")
    file.write_bytes("\r\n".join(line.replace(",0.5,", ",0.50,") for line in lines).encode())
    assert sim.replay(folder).equal


def test_a_fingerprint_that_was_edited_is_told_although_no_table_differs(folder: Path) -> None:
    with_value(folder, "fingerprint", '"0123456789abcdef"')
    found = sim.replay(folder)
    assert found.differences == (
        "no table differs: people or ties do, or the fingerprint in the manifest was changed",)


def test_runs_saved_before_files_were_listed_are_still_compared(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in ("files", "own_code"):
        del manifest[name]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert sim.replay(folder).equal
    (folder / "equity.csv").write_text("firm\nA\n", encoding="utf-8")
    assert sim.replay(folder).differences == (
        "equity.csv: line 1, column year is nothing, the run gives year",)


def rows(path: Path) -> list[str]:
    """The lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()


@given(st.sampled_from(["manifest.json", "scenario.yaml", "ledger.csv", "customers.csv", "runs.csv"]), st.data())
@SMALL
def test_flipped_bytes_and_short_files_give_an_answer_or_a_sentence(
    saved: Path, tmp_path: Path, name: str, data: Any
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    content = bytearray((saved / name).read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
            content[place] ^= data.draw(st.integers(1, 255))
    (folder / name).write_bytes(content)
    try:
        found = sim.replay(folder)
    except (ValueError, OSError) as error:
        text = str(error)
    else:
        text = found.sentence
        assert not found.equal or not name.endswith(".csv") or rows(folder / name) == rows(saved / name)
    assert name in text or "equal" in text or "numbers differ" in text
    assert "\n" not in text


def test_the_seconds_of_a_run_stand_in_the_manifest_and_in_no_table(tmp_path: Path) -> None:
    from sim.cli.runs import save

    study = sim.replicate(MARKET, 2)
    assert study.last_run is not None
    folder = save(study.last_run, study, tmp_path / "run")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seconds"] > 0
    assert manifest["seconds_of_runs"]["as written"].keys() == {"1", "2"}
    for table in folder.glob("*.csv"):
        assert "second" not in table.read_text(encoding="utf-8").partition("\n")[0]
    assert "runs.csv" in manifest["files"]
    assert str(tmp_path) not in (folder / "manifest.json").read_text(encoding="utf-8")


STRATEGY = """
import sim


class {name}(sim.Strategy):
    '''All to one lever.'''

    def plan(self, seen):
        return self.spend(seen, seen.written, {{"{lever}": 1.0}})
"""


def forget_files() -> None:
    """As in another process: no file with code of one's own has been read."""
    for name in [name for name in sys.modules if name.startswith("strategy_")]:
        del sys.modules[name]
    gc.collect()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a scenario with a strategy of one's own, seen from another one, where its run was saved."""
    forget_files()
    home = tmp_path / "project"
    home.mkdir()
    (home / "mine.py").write_text(STRATEGY.format(name="OfSavedRuns", lever="service"), encoding="utf-8")
    firms = '{A: {}, B: {strategy: "mine.py:OfSavedRuns"}}'
    market = f"question: Who stays?\nclock: {{years: 1}}\nmarket: {{customers: 30}}\nfirms: {firms}\n"
    (home / "mine.yaml").write_text(market, encoding="utf-8")
    here = tmp_path / "desk"
    here.mkdir()
    monkeypatch.chdir(here)
    sim.run(home / "mine.yaml").save("saved")
    sim.sweep(home / "mine.yaml", {"firms.A.price": [9.0]}, 1, store="a.sqlite")
    return home


def test_a_run_with_a_strategy_of_ones_own_is_replayed_from_where_its_file_is(own: Path, tmp_path: Path) -> None:
    assert sim.replay("saved").sentence == sim.replay("a.sqlite", 1).sentence == "Every number is equal."
    code = (own / "mine.py").read_text(encoding="utf-8")
    (own / "mine.py").unlink()
    for name, call in (("saved", lambda: sim.replay("saved")), ("a.sqlite", lambda: sim.replay("a.sqlite", 1)),
                       ("saved", lambda: sim.Run.load("saved"))):
        with pytest.raises(ValueError, match=rf"^{name} was run with the file mine\.py, and it is not there: copy it"):
            call()
    for place in (Path("saved"), Path()):
        forget_files()
        (place / "mine.py").write_text(code, encoding="utf-8")
        assert sim.replay("saved").equal
        (place / "mine.py").unlink()
    forget_files()
    Path("mine.py").write_text(code, encoding="utf-8")
    assert sim.replay("a.sqlite", 1).equal


def test_code_of_ones_own_that_was_changed_is_told(own: Path) -> None:
    text = (own / "mine.py").read_text(encoding="utf-8")
    (own / "mine.py").write_text(text + "# only a remark\n", encoding="utf-8")
    assert sim.replay("saved").sentence == "Every number is equal, though mine.py is not as it was."
    (own / "mine.py").write_text(text.replace("service", "advertising"), encoding="utf-8")
    found = sim.replay("saved")
    assert not found.equal
    assert found.differences[0] == "mine.py is not as it was"


def test_a_class_of_a_notebook_that_is_not_defined_is_told(tmp_path: Path) -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(STRATEGY.format(name="OnlyHereOfTests", lever="service"), space)
    market = {**MARKET, "firms": {"A": {}, "B": {"strategy": "only_here_of_tests"}}}
    folder = sim.run(market, seed=3).save(tmp_path / "run")
    assert sim.replay(folder).equal
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["own_code"].keys() == {"strategy only_here_of_tests"}
    space.clear()
    gc.collect()
    with pytest.raises(ValueError, match=r"no strategy only_here_of_tests; .*; the run was made with a class of one's "
                                         r"own \(strategy only_here_of_tests\): define it, then call sim\.replay"):
        sim.replay(folder)
