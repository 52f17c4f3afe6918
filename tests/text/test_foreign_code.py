"""Code of a user: its errors are told as theirs, its endless loops are stopped, and reading runs nothing of it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from stores import rewritten

import sim
from sim.runs.stored_plan import read_results
from sim.scenario.diff import diff
from sim.scenario.errors import ScenarioError
from sim.scenario.explain import explain
from sim.scenario.load import load, load_again, problems_in_code, ready_to_run
from sim.text import foreign_code
from sim.text.foreign_code import fault_of_user, in_words, told

STRATEGY = """
from pathlib import Path
from sim import Plan, Strategy
{top}

class {name}(Strategy):
    '''As written.'''
    many: int = 3

    def plan(self, seen):
        {body}
        return Plan.from_shares(seen.written, seen.allowance)
"""
NUMBERS = iter(range(1000))


def write(folder: Path, body: str = "pass", top: str = "", settings: str = "") -> Path:
    """A scenario whose firm Root is decided by a strategy in a file beside it."""
    name = f"Mine{next(NUMBERS)}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mine.py").write_text(STRATEGY.format(body=body, top=top, name=name), encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_text("question: Whose fault?\nclock: {years: 1}\nmarket: {customers: 30}\nfirms:\n  A: {}\n"
                    f"  Root: {{strategy: 'mine.py:{name}', settings: {{{settings}}}}}\n", encoding="utf-8")
    return path


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_code, "SECONDS", 0.3)


@pytest.mark.parametrize(("body", "kind", "reason"), [
    ("1 / 0", ZeroDivisionError, "ZeroDivisionError: division by zero (mine.py, line 11: 1 / 0)"),
    ("seen.nothing", AttributeError,
     "AttributeError: 'Seen' object has no attribute 'nothing' (mine.py, line 11: seen.nothing)"),
    ("seen.rival('Nobody')", ValueError, "ValueError: there is no firm 'Nobody' to watch; allowed: A, Root "
                                         "(mine.py, line 11: seen.rival('Nobody'))"),
    ("raise SystemExit(3)", ValueError, "it asks Python to end (SystemExit) (mine.py, line 11: raise SystemExit(3))"),
    ("while True: pass", ValueError, "it took longer than 0.3 s and was stopped (mine.py, line 11: while True: pass)"),
])
@pytest.mark.usefixtures("hurried")
def test_what_goes_wrong_in_a_plan_is_told_with_file_and_line(tmp_path, body, kind, reason) -> None:
    with pytest.raises(kind) as caught:
        sim.Market(write(tmp_path, body), executor="numpy").step()
    said = fault_of_user(caught.value)
    assert said is not None
    assert said.endswith(f"of Root fails: {reason}")
    assert in_words(caught.value) == said
    assert said in caught.value.__notes__


@pytest.mark.parametrize(("top", "words"), [
    ("1 / 0", r"mine\.py does not run: ZeroDivisionError: division by zero \(mine\.py, line 4: 1 / 0\)"),
    ("raise SystemExit", r"mine\.py does not run: it asks Python to end"),
    ("while True: pass", r"mine\.py does not run: it took longer than 0\.3 s"),
    ("def (:", r"mine\.py does not run: SyntaxError: .*mine\.py, line 4: def \(:"),
    ("import sim_nowhere", r"mine\.py does not run: ModuleNotFoundError: .*sim_nowhere"),
])
@pytest.mark.usefixtures("hurried")
def test_what_goes_wrong_in_the_file_is_told_at_the_place_that_names_it(tmp_path: Path, top: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=rf"mine\.yaml:6:20: firms\.Root\.strategy: {words}"):
        sim.run(write(tmp_path, top=top))


def test_settings_of_a_strategy_in_a_file_are_checked_where_it_is_run(tmp_path: Path) -> None:
    scenario = load(write(tmp_path, settings="manny: 4"))
    with pytest.raises(ScenarioError, match=r"firms\.Root\.settings\.manny"):
        ready_to_run(scenario)


def test_an_error_beyond_the_strategy_is_told_at_the_line_that_led_there(tmp_path: Path) -> None:
    path = write(tmp_path, "import json; json.loads('{')")
    with pytest.raises(ValueError, match="Expecting") as caught:
        sim.Market(path, executor="numpy").step()
    assert "(mine.py, line 11: import json; json.loads('{'))" in str(fault_of_user(caught.value))


def test_an_error_of_ours_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("sim.firms.strategies.as_written.AsWritten.plan", broken)
    with pytest.raises(RuntimeError) as caught:
        sim.Market("first_look", overrides={"market.customers": 30}, executor="numpy").step()
    assert fault_of_user(caught.value) is None
    assert in_words(caught.value) == "RuntimeError: ours"


@pytest.mark.usefixtures("hurried")
def test_an_endless_loop_that_catches_everything_it_can_is_stopped_in_a_thread_too() -> None:
    said: list[str] = []

    def loop() -> None:
        try:
            with told("it fails"):
                while True:
                    try:
                        while True:
                            pass
                    except Exception:
                        continue
        except ValueError as error:
            said.append(str(error))

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    thread.join(timeout=20)
    assert said
    assert said[0].startswith("it fails: it took longer than 0.3 s and was stopped")


@pytest.mark.usefixtures("hurried")
def test_what_ends_in_time_is_left_alone_and_the_watch_goes_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_code, "LOOK", 0.02)
    for _ in range(3):
        with told("it fails"), told("inside"):
            time.sleep(0.05)
    time.sleep(0.5)  # longer than the limit, but nothing is running
    until = time.monotonic() + 20
    while any(thread.name == "time limit" for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_ctrl_c_in_a_plan_stays_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt), told("it fails"):
        raise KeyboardInterrupt


@pytest.fixture
def planting(tmp_path: Path) -> tuple[Path, Path]:
    """A scenario whose strategy leaves a file when its code runs, and that file."""
    planted = tmp_path / "planted"
    return write(tmp_path, top=f"Path({str(planted)!r}).touch()"), planted


def test_reading_a_scenario_runs_nothing_of_it(planting: tuple[Path, Path]) -> None:
    path, planted = planting
    scenario = load(path, {"firms.A.price": 9, "market.customers": 20})
    assert explain(scenario)
    assert diff(scenario, load("first_look"))
    assert not planted.exists()
    assert problems_in_code(scenario) == []
    assert planted.exists()


def test_a_strategy_file_that_is_not_there_is_still_told_when_a_scenario_is_read(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "mine.py").unlink()
    with pytest.raises(ScenarioError, match=r"mine\.yaml:6:20: firms\.Root\.strategy: there is no file 'mine\.py'"):
        load(path)
    assert load_again(path).firms["Root"].strategy.startswith("mine.py:")


@pytest.mark.parametrize("what_if", [False, True])
def test_events_and_what_ifs_are_read_without_running_them_too(planting, what_if: bool) -> None:
    path, planted = planting
    strategy = load(path).firms["Root"].strategy
    market = {"question": "Q", "firms": {"A": {}}}
    change = {"events": [{"kind": "strategy", "year": 0.5, "strategy": strategy}]}
    scenario = load({**market, **({"what_if": {"later": change}} if what_if else change)}, folder=path.parent)
    assert not planted.exists()
    if not what_if:
        ready_to_run(scenario)
        assert planted.exists()


def test_a_store_is_read_without_its_strategies_and_names_no_place_of_the_machine(planting, tmp_path: Path) -> None:
    path, planted = planting
    store = tmp_path / "kept" / "a.sqlite"
    sim.sweep(path, {"firms.A.price": [9, 10]}, replications=1, store=store)
    assert str(tmp_path).encode() not in store.read_bytes()
    planted.unlink()
    (tmp_path / "mine.py").rename(tmp_path / "elsewhere.py")
    found = read_results(store)
    assert found.plan.scenario.firms["Root"].strategy.startswith("mine.py:")
    assert found.n == 1
    assert not planted.exists()
    (tmp_path / "elsewhere.py").rename(tmp_path / "mine.py")
    assert sim.replay(store, 1).equal


def test_a_stores_absolute_folder_is_not_followed(planting, tmp_path: Path) -> None:
    path, planted = planting
    store = tmp_path / "kept" / "a.sqlite"
    sim.sweep(path, {"firms.A.price": [9]}, replications=1, store=store)
    with rewritten(store) as connection:
        connection.execute("UPDATE study SET value = ? WHERE name = 'folder'", (f'"{path.parent}"',))
    planted.unlink()
    with pytest.raises(ValueError, match=r"was run with the file mine\.py, and it is not there"):
        sim.replay(store, 1)
    assert not planted.exists()
