"""Every example of CONTRIBUTING.md is put in place in a copy of the package, as a contributor would, and runs there.

Strategies, events, metrics and pictures are also tried as a user would: defined in a notebook, offered by a package.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HEAD = re.compile(r"# (?P<file>[\w/.]+)(?:, (?P<how>after|instead of): (?P<line>.+))?")
SMALL = '{"market.customers": 120, "clock.years": 2}'


class Example(NamedTuple):
    """A block of the page: the file it belongs to, its text, and the line it stands below or takes the place of."""

    file: str
    text: str
    how: str
    line: str

    def put(self, root: Path) -> None:
        """Put it in place below this folder."""
        path = root / self.file
        if not self.how:
            assert not path.exists(), f"{self.file} is there already"
            path.write_text(self.text, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [k for k, line in enumerate(lines) if line.strip().startswith(self.line)]
        assert len(places) == 1, f"{self.file} has {len(places)} lines that begin with {self.line!r}"
        (place,) = places
        if self.how == "after" and self.line.startswith("class "):
            while place + 1 < len(lines) and (lines[place + 1][:1] in " \n"):
                place += 1  # below the whole class
        lines[place: place + 1] = [*([] if self.how == "instead of" else [lines[place]]), self.text]
        path.write_text("".join(lines), encoding="utf-8")


def examples() -> list[Example]:
    """The blocks of Python and YAML, each with its first line read."""
    found = []
    for block in re.findall(r"^```(?:python|yaml)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        first, text = block.split("\n", 1)
        head = HEAD.fullmatch(first)
        assert head is not None, f"the first line of a block says where it goes, not {first!r}"
        found.append(Example(head["file"], text, head["how"] or "", head["line"] or ""))
    return found


EXAMPLES = examples()
NEW = {example.file: example.text for example in EXAMPLES if not example.how}


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py): ([\w., ]+)`", ARCHITECTURE)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its scenarios with every example in place."""
    root = tmp_path_factory.mktemp("contributed")
    for folder in ("sim", "scenarios"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "notebooks").mkdir()
    for example in EXAMPLES:
        example.put(root)
    return root


def ask(code: str, *places: Path, cwd: Path | None = None) -> Any:
    """What this code prints as JSON in a fresh Python that looks for packages in these places first (and in `cwd`)."""
    path = os.pathsep.join(map(str, (*places, *filter(None, sys.path))))
    done = subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", f"import json, sim\n{code}"],
                          capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, cwd=cwd or places[0],
                          check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_there_is_an_example_of_everything() -> None:
    rooms = {file.rpartition("/")[0] for file in NEW}
    assert rooms == {"sim/rules", "sim/period", "sim/firms/strategies", "sim/firms/events", "sim/metrics",
                     "sim/figures", "sim/studies", "sim/cli/commands", "scenarios", "scenarios/studies", ""}


def test_commands_and_files_that_the_page_names_are_there() -> None:
    assert not [path for path in re.findall(r"`((?:tests|docs|sim|scenarios)/[\w/.]+)`", PAGE)
                if not (ROOT / path).exists() and path not in NEW]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (set_up,) = re.findall(r"^python3 -m venv .*$", PAGE, re.MULTILINE)
    assert set_up in readme


def test_a_mechanism_at_strength_0_changes_nothing_and_two_executors_give_the_same_bits(copy: Path) -> None:
    walk = f"""
from sim.market.simulation import Options, Simulation
from sim.runs.manifest import fingerprint
def walked(level, executor="numpy"):
    small = {SMALL} | {{"mechanisms.level": level}}
    market = Simulation(sim.load("first_look", small), 3, 3, Options(executor=executor))
    for _ in range(8):
        market.step()
    return fingerprint(market.records())
"""
    before = ask(f"{walk}\nprint(json.dumps([walked('heart'), walked('full')]))", ROOT)
    heart, full, plain = ask(
        f"{walk}\nprint(json.dumps([walked('heart'), walked('full'), walked('full', 'python')]))", copy)
    assert heart == before[0]
    assert full != before[1]
    assert plain == full


def test_the_rule_does_what_its_example_says(copy: Path) -> None:
    assert ask("from sim.rules.fading import satisfaction_faded as faded\n"
               "print(json.dumps([faded(0.75, 0.5, 0.5), faded(0.2, 0.5, 1.0)]))", copy) == [0.625, 0.5]


def test_strategy_event_metric_and_picture_are_found_in_their_folders(copy: Path, tmp_path: Path) -> None:
    code = f"""
from sim.studies.draw import table_for
found = sim.replicate("fair_in_town", 2, overrides={SMALL})
table = table_for("share_over_time", found)
sim.save_pictures(found, ".", names=["share_over_time"])
run = found.last_run
shares = run.periods["good_words_share"]
print(json.dumps([run.events["what"].tolist(), float(shares.min()), float(shares.max()), len(table),
                  found.table(["good_words_share"])["unit"].tolist(), [one.word for one in found.verdicts]]))
"""
    events, low, high, rows, units, claims = ask(code, copy, cwd=tmp_path)
    assert any("fair: demand x 2" in what for what in events)
    assert 0 <= low < high <= 1
    assert rows == 2 * 24
    assert units == ["share"]
    assert len(claims) == 1
    assert (tmp_path / "share_over_time.png").stat().st_size > 5000


def test_the_fair_raises_demand_while_it_lasts(copy: Path) -> None:
    code = f"""
found = sim.compare("fair_in_town", 2, overrides={SMALL})
units = {{name: found.last[name].count("units").sum(axis=1).tolist() for name in found.worlds}}
print(json.dumps([units, found.last[found.base].warm_up]))
"""
    units, warm_up = ask(code, copy)
    fair, plain = units["as written"], units["no_fair"]
    assert fair[: warm_up + 12] == plain[: warm_up + 12]
    assert sum(fair[warm_up + 12: warm_up + 14]) > 1.2 * sum(plain[warm_up + 12: warm_up + 14])


def test_the_study_has_a_function_a_command_and_a_file(copy: Path, tmp_path: Path) -> None:
    code = f"""
from typer.testing import CliRunner
from sim.cli.app import build
found = sim.spread("first_look", middle=0.5, outcome="market_share", firm="Root", replications=4, overrides={SMALL})
written = sim.study("how_lucky")
said = CliRunner().invoke(build(), "spread first_look -n 3 --middle 0.5 --customers 120 --quiet".split())
shown = found.plot() is not None
found.save("out")
row = found.table().iloc[0]
print(json.dumps([row["low"], row["difference"], row["high"], int(row["n"]), found.explain(),
                  int(written.table().iloc[0]["n"]), said.exit_code, said.output, shown, "spread" in dir(sim)]))
"""
    low, middle, high, n, text, written, status, output, shown, public = ask(code, copy, cwd=tmp_path)
    assert 0 < low < middle < high < 1
    assert (n, written, status, shown, public) == (4, 3, 0, True, True), output
    assert text.startswith("50 % of 4 runs:")
    assert "Caveats: this is the range of single runs" in text
    assert "lies between" in output
    assert "single runs" in output, "the table is printed below the sentence"
    saved = {path.name for path in (tmp_path / "out").iterdir()}
    assert saved == {"spread.csv", "spread.json", "spread.png", "spread.txt"}


def test_scenario_and_study_file_are_fine(copy: Path) -> None:
    code = """
from sim.scenario.explain import explain
from sim.studies.study_file import load_study
scenario = sim.load("fair_in_town")
written = load_study("how_lucky")
print(json.dumps([list(scenario.firms), list(scenario.what_if), len(explain(scenario)), written.settings]))
"""
    firms, what_if, told, settings = ask(code, copy)
    assert (firms, what_if) == (["Rush", "Root"], ["no_fair"])
    assert told > 5
    assert settings["replications"] == 3


def test_the_lesson_is_written_and_runs(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nbformat", reason="the extra `notebooks` is not installed")
    monkeypatch.chdir(copy)
    runpy.run_path("make_lesson.py")
    (path,) = (copy / "notebooks").glob("*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert "market share" in ask(code.replace("print(", "print(json.dumps(", 1) + ")", copy)


def test_strategy_and_event_can_be_defined_in_a_notebook() -> None:
    cells = "\n".join(NEW[file].replace("from __future__ import annotations\n", "") for file in (
        "sim/firms/strategies/recruit_then_keep.py", "sim/firms/events/fair.py"))
    code = f"""
found = sim.run("first_look", overrides={SMALL} | {{
    "firms.Root.strategy": "recruit_then_keep", "firms.Root.settings": {{"enough": 0.1}},
    "events": [{{"kind": "fair", "year": 1, "demand": 2}}]}})
advertising, relations = (found.records.account(name)[:, 1].tolist() for name in ("advertising", "relations"))
print(json.dumps([advertising, relations, found.events["what"].tolist()]))
"""
    advertising, relations, events = ask(cells + code, ROOT)
    assert relations[0] == 0 < max(relations)
    assert 0 < advertising[-1] < advertising[0]
    assert any("fair: demand x 2" in what for what in events)


def test_metric_and_picture_can_come_from_another_package(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("\n".join(NEW[file].replace("from __future__ import annotations\n", "").replace(
        "if TYPE_CHECKING:\n", "if True:\n") for file in (
        "sim/metrics/advocacy.py", "sim/figures/share_over_time.py")), encoding="utf-8")
    info = tmp_path / "mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n", encoding="utf-8")
    (table,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert '"clientele.metrics"' in table
    assert 'good_words_share = "my_package:good_words_share"' in table
    (info / "entry_points.txt").write_text(
        "[clientele.metrics]\ngood_words_share = mine:good_words_share\n"
        "[clientele.figures]\nshare_over_time = mine:share_over_time\n", encoding="utf-8")
    code = f"""
found = sim.replicate("first_look", 2, overrides={SMALL})
sim.save_pictures(found, ".", names=["share_over_time"])
values = found.last_run.periods["good_words_share"].dropna()
print(json.dumps([float(values.min()), float(values.max()), len(found.table("good_words_share"))]))
"""
    low, high, rows = ask(code, tmp_path, ROOT, cwd=tmp_path)
    assert 0 <= low < high <= 1
    assert rows == 1
    assert (tmp_path / "share_over_time.png").is_file()


@pytest.mark.parametrize(("file", "names"), NAMED)
def test_functions_that_the_walks_name_are_where_they_say(file: str, names: str) -> None:
    text = (ROOT / "sim" / file).read_text(encoding="utf-8")
    for name in re.findall(r"\w+", names):
        assert re.search(rf"(?:def|class) {name}\b|^{name}\b", text, re.MULTILINE), f"{file} has no {name}"


def test_files_that_the_walks_name_are_there_and_the_rooms_are_those_of_the_package() -> None:
    from sim.scenario.shipped import shipped_folder

    files = re.findall(r"`([\w/]+\.(?:py|j2|yaml))[:`]", ARCHITECTURE)
    places = (ROOT, ROOT / "sim", ROOT / "sim" / "reports", shipped_folder())
    assert len(files) > 25
    assert [file for file in files if not any((place / file).is_file() for place in places)] == []
    rooms = re.findall(r"^\| `(\w+)` \|", ARCHITECTURE, re.MULTILINE)
    folders = {path.parent.name for path in (ROOT / "sim").glob("*/__init__.py")}
    assert set(rooms) == folders
