"""Commands that run markets: what they print, what they save, how they stop."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sim = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--customers", "200", "--set", "clock.years=1")
FEW = ("--customers", "200")  # where expectations name later years


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_run_prints_the_question_the_table_and_where_it_is_saved(sim: Sim) -> None:
    done = sim("run", "first_look", "-n", "3", *SMALL)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert max(len(line) for line in lines if "sim " not in line) <= 80
    words = " ".join(done.out.split())
    assert lines[0] == "Deals or relations"
    assert "?" in lines[2], "the question stands first"
    assert "changed: clock.years = 1 (was 3); market.customers = 200 (was 2000)" in words
    assert "200 people, 12 months, 3 runs with new people" in words
    assert "`sim diff coffee_shop first_look --set clock.years=1 --set market.customers=200`." in words
    for said in ("after 1 year", "Root minus Rush", "(95 % interval)", "won by"):
        assert said in done.out
    (equity,) = [line for line in lines if line.strip().startswith("customer equity")]
    assert re.search(r"EUR -?[\d,]+ .* [+-][\d,]+ ± [\d,]+ +~? ?\d of 3$", equity)
    assert any(line.strip().startswith("expected:") for line in lines)
    assert "are guesses" in words
    folder = re.search(r"^Saved: (\S+) \(replay: `sim replay (\w+)`\)", done.out, re.M)
    assert folder is not None
    assert (Path(folder[1]) / "periods.csv").exists()
    assert len(lines) <= 45, "a page, and five lines against spending nothing"
    (idle,) = [place for place, line in enumerate(lines) if line.strip().startswith("against spending nothing")]
    assert [line.split()[0] for line in lines[idle + 2 : idle + 4]] == ["Rush", "Root"]
    assert "of 3 runs" in lines[idle + 2]
    table = next(place for place, line in enumerate(lines) if "after 1 year" in line)
    assert [line.split("  ")[1] for line in lines[table + 1 : table + 5]] == [
        "repeat rate", "… by chance alone", "share of wallet", "… by chance alone"]
    assert "By chance alone: the same market with all mechanisms off (3 runs)." in words
    assert "Active and kept customers bought within the last 26 weeks." in words


def test_what_options_changed_is_told_printed_as_data_and_saved(sim: Sim) -> None:
    changed = ("--set", "market.leave_per_year=0.3")
    told = " ".join(sim("run", "first_look", "-n", "1", *SMALL, *changed, "--out", "mine").out.split())
    assert "market.leave_per_year = 0.3 (was 0.1)" in told
    manifest = json.loads(Path("mine/manifest.json").read_text(encoding="utf-8"))
    assert "market.leave_per_year = 0.3 (was 0.1)" in manifest["changed"]
    assert list(manifest["seconds_of_runs"]["as written"]) == ["1"]
    assert manifest["seconds"] > 0
    data = json.loads(sim("run", "first_look", "-n", "1", *SMALL, *changed, "--json").out)
    assert {"path": "market.leave_per_year", "value": 0.3, "was": 0.1} in data["changed"]
    out = " ".join(sim("compare", "welcome_discount", "-n", "2", *FEW, "--no-idle").out.split())
    assert "changed: market.customers = 200 (was 2000)" in out
    assert "no_welcome: firms.Door.price_cut" in out, "what a what-if changes"


def test_the_commands_that_are_printed_work_as_printed(sim: Sim) -> None:
    Path("my files").mkdir()
    Path("my files/my market.yaml").write_text("question: Who?\nextends: first_look\n", encoding="utf-8")
    out = sim("run", "my files/my market.yaml", "-n", "1", *SMALL).out
    assert "expected (inherited from first_look): Root above Rush" in " ".join(out.split())
    commands = re.findall(r"`(sim [^`]+)`", out) + re.findall(r"^(?:Next:|     ) +(sim .+)$", out, re.M)
    assert {shlex.split(line)[1] for line in commands} >= {"diff", "explain", "replay", "levers"}
    for line in commands:
        words = shlex.split(line)[1:]
        if words[0] != "levers":  # many runs
            assert sim(*words).code == 0, line


def test_the_same_seed_gives_the_same_bytes_in_every_table(sim: Sim) -> None:
    for folder in ("a", "b"):
        assert sim("run", "first_look", "-n", "2", *SMALL, "--no-idle", "--out", folder).code == 0
    tables = sorted(path.name for path in Path("a").glob("*.csv"))
    assert {"runs.csv", "periods.csv"} <= set(tables)
    assert all((Path("a") / name).read_bytes() == (Path("b") / name).read_bytes() for name in tables)


def test_of_three_firms_each_is_set_against_the_best_other_one(sim: Sim) -> None:
    data = json.loads(sim("run", "welcome_discount", "-n", "3", *FEW, "--no-idle", "--json").out)
    rows = [row for row in data["against_best_other"] if row["metric"] == "cumulative_discounted_profit_money"]
    means = {row["firm"]: row["mean_b"] for row in rows}
    order = sorted(means, key=lambda firm: -means[firm])
    assert [row["firm"] for row in rows] == order
    assert [row["rival"] for row in rows] == [order[1], order[0], order[0]]
    for row in rows:
        assert row["difference"] == pytest.approx(means[row["firm"]] - means[row["rival"]])
    out = sim("run", "welcome_discount", "-n", "3", *FEW, "--no-idle").out
    assert "best other" in out
    assert "customer equity, after 5" in out


def test_without_idle_firms_nothing_is_said_of_them(sim: Sim) -> None:
    done = sim("run", "first_look", "-n", "2", "--no-idle", *SMALL)
    assert done.code == 0, done.err
    assert "spending nothing" not in done.out
    assert "by chance alone" not in done.out.lower()
    data = json.loads(sim("run", "first_look", "-n", "2", *SMALL, "--json").out)
    assert [row["firm"] for row in data["against_nothing"]] == ["Rush", "Root"]
    assert {row["n"] for row in data["against_nothing"]} == {2}
    assert (data["by_chance"]["runs"], list(data["by_chance"]["means"])) == (2, ["repeat_rate_share", "wallet_share"])


FINE = ("--set", "firms.Root.quality=0.9")


def test_better_quality_that_is_paid_out_of_relations_is_a_printed_line_and_data(sim: Sim) -> None:
    done = sim("run", "first_look", "-n", "2", *SMALL, *FINE)
    assert "Root's account was empty in" in " ".join(done.out.split())
    assert "as better quality came first" in " ".join(done.out.split())
    assert "account was empty" not in sim("run", "first_look", "-n", "2", *SMALL).out
    for call in (("run", "first_look"), ("compare", "first_look", "first_look"), ("levers", "first_look")):
        data = json.loads(sim(*call, "-n", "2", *SMALL, *FINE, "--json").out)
        root = next(one for one in data["strain"] if one["firm"] == "Root")
        assert 0 < root["empty_months"] <= root["months"] == 12
        assert root["unspent_money"]["relations"] > 0
        assert root["sentence"].startswith("Root's account was empty in")
        assert {row["firm"] for row in data["against_nothing"]} == {"Rush", "Root"}


def test_compare_and_levers_set_every_firm_against_spending_nothing_unless_told_not_to(sim: Sim) -> None:
    compare, levers = ("compare", "welcome_discount", *FEW), ("levers", "first_look", "--firm", "Root", *SMALL)
    out = sim(*compare, "-n", "3").out.splitlines()
    place = next(place for place, line in enumerate(out) if "against spending nothing" in line)
    rows = [line.split() for line in out[place + 1 : out.index("", place)] if "of 3 runs" in line]
    assert [row[0] for row in rows] == ["Door", "Mid", "Mark"] * 2, rows
    assert all("of 3 runs" in " ".join(row) for row in rows)
    out = sim(*levers, "-n", "2").out.splitlines()
    place = next(place for place, line in enumerate(out) if "against spending nothing" in line)
    assert next(line for line in out[place + 1 :] if "of 2 runs" in line).split()[0] == "Root"
    for call in (compare, levers):
        assert "spending nothing" not in sim(*call, "-n", "2", "--no-idle").out
        assert json.loads(sim(*call, "-n", "2", "--no-idle", "--json").out)["against_nothing"] == []


def test_the_numbers_printed_are_those_of_the_library(sim: Sim) -> None:
    import sim as library

    data = json.loads(sim("run", "first_look", "-n", "2", "--seed", "5", *SMALL, "--json").out)
    study = library.replicate("first_look", 2, seed=5, overrides={"market.customers": 200, "clock.years": 1})
    wanted = study.table(["customer_equity_money"]).to_dict("records")[0]
    (row,) = [row for row in data["rows"] if row["label"] == "customer equity"]
    assert row["values"] == [wanted["Rush"], wanted["Root"]]
    assert row["difference"]["mean"] == wanted["difference"]
    assert (data["runs"], data["first_seed"], data["firms"]) == (2, 5, ["Rush", "Root"])


def test_the_same_seed_prints_the_same_numbers_and_another_seed_others(sim: Sim) -> None:
    def rows(seed: str) -> Any:
        return json.loads(sim("run", "first_look", "-n", "1", "--seed", seed, *SMALL, "--json").out)["rows"]

    assert rows("3") == rows("3")
    assert rows("3") != rows("4")


def test_replay_finds_every_number_equal_by_id_and_by_folder(sim: Sim) -> None:
    out = sim("run", "first_look", "-n", "1", *SMALL).out
    found = re.search(r"Saved: (\S+) \(replay: `sim replay (\w+)`", out)
    assert found is not None
    for name in (found[1], found[2], Path(found[1]).name):
        done = sim("replay", name)
        assert (done.code, done.err) == (0, "")
        assert "Every number is equal." in done.out


def test_replay_says_what_differs(sim: Sim) -> None:
    out = sim("run", "first_look", "-n", "1", *SMALL, "--out", "mine")
    assert out.code == 0
    scenario = Path("mine/scenario.yaml")
    text = scenario.read_text(encoding="utf-8")
    changed = re.sub(r"(\n  customers: )200\n", r"\g<1>210\n", text)
    assert changed != text
    scenario.write_text(changed, encoding="utf-8")
    done = sim("replay", "mine", "--json")
    assert done.code == 1
    answer = json.loads(done.out)
    assert answer["equal"] is False
    assert answer["differences"]


def test_replay_of_nothing_is_refused_with_the_nearest_run(sim: Sim) -> None:
    assert sim("replay", "nope").code == 2
    sim("run", "first_look", "-n", "1", *SMALL)
    done = sim("replay", "first_lok")
    assert done.code == 2
    assert "first_look-" in done.err


def test_out_names_the_folder_and_a_folder_of_others_is_left_alone(sim: Sim) -> None:
    assert sim("run", "first_look", "-n", "1", *SMALL, "--out", "my folder").code == 0
    assert (Path("my folder") / "runs.csv").exists()
    Path("other").mkdir()
    Path("other/thesis.txt").write_text("mine", encoding="utf-8")
    done = sim("run", "first_look", "-n", "1", *SMALL, "--out", "other")
    assert done.code == 2
    assert "other" in done.err
    assert [file.name for file in Path("other").iterdir()] == ["thesis.txt"]


def test_a_wrong_override_is_refused_before_anything_runs(sim: Sim) -> None:
    done = sim("run", "first_look", "--set", "firms.Rot.quality=0.8", "--set", "market.customers=-1")
    assert (done.code, done.out) == (2, "")
    assert "Root" in done.err
    assert "below 1" in done.err
    assert not Path("runs").exists()


def test_a_base_without_firms_cannot_be_run(sim: Sim) -> None:
    done = sim("run", "base")
    assert done.code == 2
    assert "firm" in done.err


def test_a_what_if_is_applied_and_named(sim: Sim) -> None:
    done = sim("run", "welcome_discount", "--what-if", "no_welcome", "-n", "1", *FEW)
    assert done.code == 0, done.err
    assert "(what if: no_welcome)" in done.out.splitlines()[0]
    assert "no_welcome" in done.out.splitlines()[-1]
    wrong = sim("run", "welcome_discount", "--what-if", "no_welcom")
    assert wrong.code == 2
    assert "did you mean no_welcome" in wrong.err


def test_compare_of_a_what_if_that_changes_nothing_says_identical(sim: Sim) -> None:
    done = sim("compare", "placebo_identical_firms", "-n", "2", *FEW)
    assert done.code == 0, done.err
    assert "identical" in done.out
    assert "nothing_changed: 0 of 200 customers ended differently" in done.out


def test_compare_shows_paired_differences_and_who_ended_differently(sim: Sim) -> None:
    done = sim("compare", "overpromise", "-n", "2", *FEW, "--out", "tables")
    assert done.code == 0, done.err
    assert "2 variants with common random numbers, 2 paired runs" in done.out
    assert re.search(r"both_honest: \d+ of 200 customers ended differently", done.out)
    assert {"comparison.csv", "runs.csv"} <= {file.name for file in Path("tables").iterdir()}


def test_pictures_of_a_run_and_of_a_comparison_are_saved_where_asked_for(sim: Sim) -> None:
    from sim import figures

    done = sim("run", "first_look", "-n", "2", *SMALL, "--no-idle", "--out", "one", "--pictures")
    assert "in one/pictures." in done.out.splitlines()[-1].replace(os.sep, "/")
    assert {path.stem for path in Path("one/pictures").glob("*.png")} <= set(figures.names_from_runs())
    assert Path("one/pictures/customers_over_time.png").exists()
    assert sim("compare", "overpromise", "-n", "2", *FEW, "--no-idle", "--out", "two", "--pictures").code == 0
    drawn = {path.stem for path in Path("two/pictures").glob("*.png")}
    assert {"customers_over_time_Loud", "cumulative_profit_Honest", "differences_both_honest_Loud"} <= drawn
    assert not any(path.name == "pictures" for path in Path().rglob("*")
                   if path.is_dir() and path.parent.name not in ("one", "two"))


def test_compare_without_a_what_if_says_what_to_do(sim: Sim) -> None:
    done = sim("compare", "first_look")
    assert done.code == 2
    assert "second scenario" in done.err


def test_compare_of_two_scenarios_and_json(sim: Sim) -> None:
    data = json.loads(sim("compare", "first_look", "first_look", "-n", "2", *SMALL, "--json").out)
    assert len(data["worlds"]) == 2
    assert all(row["difference"] == 0 for row in data["rows"] if row["difference"] is not None)


def test_levers_lists_every_lever_those_of_money_first_and_best_first(sim: Sim) -> None:
    from sim.firms.lever_costs import levers

    data = json.loads(sim("levers", "first_look", "--firm", "Root", "-n", "2", *SMALL, "--json").out)["levers"]
    assert {row["lever"] for row in data} == set(levers())
    gains = [row["profit_per_money"] for row in data if row["profit_per_money"] is not None]
    assert len(gains) == 9
    assert [row["profit_per_money"] for row in data][:9] == gains
    assert all((row["profit"] is None) == bool(row["why"]) for row in data[9:])
    assert gains == sorted(gains, reverse=True)
    assert {row["firm"] for row in data} == {"Root"}
    for options, word in ((("--firm", "Rot"), "Root"), (("--lever", "pricee"), "price")):
        done = sim("levers", "first_look", *options, *SMALL)
        assert done.code == 2
        assert f"did you mean {word}" in done.err


def test_levers_says_what_is_free_and_what_the_strategy_decides(sim: Sim) -> None:
    done = sim("levers", "first_look", "--firm", "Root", "--lever", "price", "--lever", "promise", "--lever", "lock",
               "--set", "firms.Root.strategy=transactional", "--set", "product.lock_foreseen=0", "-n", "2", *SMALL)
    assert "4.5 to 4.545" in done.out
    assert "promise of Root (decided by the strategy transactional)" in done.out
    assert "Free by nature: price (to ask more costs nothing, but fewer buy)" in done.out
    assert "Free here, because product.lock_foreseen is 0 in this product class." in done.out
    assert "quality" not in done.out.partition("Not moved")[0]


def test_demo_prints_tables_and_saves_pictures(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim import figures

    done = sim("demo", "-n", "2", "--out", "my pictures")
    assert done.code == 0, done.err
    assert "First picture after" in done.out
    assert "Deals or relations" in done.out
    assert "The leaky bucket" in done.out
    saved = {file.name for file in Path("my pictures").glob("*.png")}
    names = figures.names_from_runs()
    assert {f"{market}_{name}.png" for market in ("first_look", "leaky_bucket") for name in names} <= saved
    assert all(file.stat().st_size > 5_000 for file in Path("my pictures").glob("*.png"))


def test_doctor_finds_this_machine_ready(sim: Sim) -> None:
    done = sim("doctor")
    assert done.code == 0, done.out
    for what in ("Python", "packages", "numba", "threads", "console", "fonts", "timing"):
        assert what in done.out
    assert "Ready." in done.out
    assert {entry["verdict"] for entry in json.loads(sim("doctor", "--json").out)} <= {"ok", "note"}


def stopped_after(seconds: float, folder: Path) -> tuple[int, str, str]:
    """A long study, stopped by Ctrl-C after so many seconds: exit code, stdout, stderr."""
    command = [sys.executable, "-m", "sim", "run", "first_look", "-n", "5000", *SMALL, "--yes", "--out", "kept"]
    ours = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}  # this copy, not an installed one
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=ours)
    time.sleep(seconds)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    return running.returncode, out, err


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_keeps_what_is_done_and_ends_with_130(tmp_path: Path) -> None:
    found = None
    for seconds in (6, 20, 60):  # on a busy machine the first run may take long to begin
        code, out, err = stopped_after(seconds, tmp_path)
        assert code == 130, err
        assert "Traceback" not in err
        found = re.search(r"Stopped. (\d+) of 5000 replicates are printed", err)
        if found is not None:
            break
    assert found is not None, err
    assert f"{found[1]} runs with new people" in out or found[1] == "1"
    assert (tmp_path / "kept" / "runs.csv").exists()


def test_nothing_but_the_result_on_stdout_and_nothing_on_stderr(sim: Sim) -> None:
    done = sim("run", "first_look", "-n", "2", *SMALL, "--quiet", "--json")
    assert done.err == ""
    json.loads(done.out)
