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


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package and its scenarios with every example in place."""
    root = tmp_path / "contributed"
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
                     "sim/figures", "sim/studies", "scenarios", "scenarios/studies", ""}


def test_commands_and_files_that_the_page_names_are_there() -> None:
    assert not [path for path in re.findall(r"`((?:tests|docs|sim|scenarios)/[\w/.]+)`", PAGE)
                if not (ROOT / path).exists() and path not in NEW]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (set_up,) = re.findall(r"^python3 -m venv .*$", PAGE, re.MULTILINE)
    assert set_up in readme


WALK = f"""
from sim.market.simulation import Options, Simulation
from sim.runs.manifest import fingerprint
def walked(level, executor="numpy"):
    small = {SMALL} | {{"mechanisms.level": level}}
    market = Simulation(sim.load("first_look", small), 3, 3, Options(executor=executor))
    for _ in range(6):
        market.step()
    return fingerprint(market.records())
"""
CONTRIBUTOR = f"""{WALK}
import contextlib, doctest, importlib, io
from sim.cli.app import build
from sim.scenario.explain import explain
from sim.studies.figure_tables import table_for
from typer.testing import CliRunner
told = {{"walks": [walked("heart"), walked("full"), walked("full", "python")]}}
modules = [importlib.import_module(name) for name in ("sim.rules.fading", "sim.studies.spread")]
told["doctests"] = [[found.attempted, found.failed] for found in map(doctest.testmod, modules)]

found = sim.compare("fair_in_town", 2, overrides={SMALL})
told["pictured"] = len(table_for("share_over_time", found))
sim.save_pictures(found, ".", names=["share_over_time"])
rows = found.table(["good_words_share"])
told["metric"] = [rows["unit"].tolist(), rows["mean_a"].tolist()]
told["events"] = [event["what"] for event in found.last[found.base].events]
told["demand"] = [found.last[name].count("units").sum(axis=1).tolist() for name in found.worlds]
told["warm_up"] = found.last[found.base].warm_up
told["claims"] = len(found.verdicts)
told["explained"] = len(explain(found.scenario))

found = sim.spread("first_look", middle=0.5, outcome="market_share", firm="Root", replications=4, overrides={SMALL})
row = found.table().iloc[0]
told["spread"] = [row["low"], row["difference"], row["high"], int(row["n"]), found.explain(), found.plot() is not None]
found.save("out")
told["written"] = int(sim.study("how_lucky").table().iloc[0]["n"])
said = CliRunner().invoke(build(), "spread first_look -n 2 --middle 0.5 --customers 80 --quiet".split())
told["command"] = [said.exit_code, said.output]

with open("notebooks/05_a_fair_in_town.ipynb") as file:
    cells = json.load(file)["cells"]
with contextlib.redirect_stdout(io.StringIO()) as printed:
    exec("\\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"), {{}})
told["lesson"] = printed.getvalue()
print(json.dumps(told))
"""
USER = f"""{WALK}
found = sim.run("first_look", overrides={SMALL} | {{
    "firms.Root.strategy": "recruit_then_keep", "firms.Root.settings": {{"enough": 0.1}},
    "events": [{{"kind": "fair", "year": 1, "demand": 2}}]}})
spent = [found.records.account(name)[:, 1].tolist() for name in ("advertising", "relations")]
print(json.dumps([walked("heart"), walked("full"), spent, found.events["what"].tolist()]))
"""


def without_future(*files: str) -> str:
    """Examples as cells of a notebook, or as parts of one file."""
    return "\n".join(NEW[file].replace("from __future__ import annotations\n", "") for file in files)


@pytest.mark.system
def test_every_example_runs_in_its_place(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process in the copy, and one in the package as it is: a user's notebook with a strategy and an event."""
    pytest.importorskip("nbformat", reason="the extra `notebooks` is not installed")
    monkeypatch.chdir(copy)
    runpy.run_path("make_lesson.py")
    told = ask(CONTRIBUTOR, copy)
    heart, full, spent, events = ask(
        without_future("sim/firms/strategies/recruit_then_keep.py", "sim/firms/events/fair.py") + USER, ROOT)
    mechanism_does_nothing_at_strength_0(told, heart, full)
    scenario_has_its_event_metric_picture_and_claim(told, copy)
    study_has_a_function_a_command_and_a_file(told, copy)
    assert "market share" in told["lesson"]
    advertising, relations = spent
    assert relations[0] == 0 < max(relations)
    assert 0 < advertising[-1] < advertising[0]
    assert any("fair: demand x 2" in what for what in events)


def mechanism_does_nothing_at_strength_0(told: dict[str, Any], heart: str, full: str) -> None:
    """The same bits as the package without it; at full strength others, the same in plain Python and NumPy."""
    without, with_it, plain = told["walks"]
    assert without == heart
    assert with_it != full
    assert plain == with_it
    assert told["doctests"] == [[1, 0], [2, 0]]


def scenario_has_its_event_metric_picture_and_claim(told: dict[str, Any], copy: Path) -> None:
    """The fair raises demand while it lasts, and not before; metric and picture are found by their names."""
    fair, plain = told["demand"]
    begins = told["warm_up"] + 12
    assert fair[:begins] == plain[:begins]
    assert sum(fair[begins: begins + 2]) > 1.2 * sum(plain[begins: begins + 2])
    assert any("fair: demand x 2" in what for what in told["events"])
    units, values = told["metric"]
    assert set(units) == {"share"}
    assert all(0 < value < 1 for value in values)
    assert told["pictured"] == 2 * 24
    assert (copy / "share_over_time.png").stat().st_size > 5000
    assert told["claims"] == 1
    assert told["explained"] > 5


def study_has_a_function_a_command_and_a_file(told: dict[str, Any], copy: Path) -> None:
    """The study answers in Python, as a file and on the command line."""
    low, middle, high, n, text, drawn = told["spread"]
    assert 0 < low < middle < high < 1
    assert (n, told["written"], drawn) == (4, 3, True)
    assert text.startswith("50 % of 4 runs:")
    assert "Caveats: this is the range of single runs" in text
    assert {path.suffix for path in (copy / "out").glob("spread.*")} == {".csv", ".json", ".png", ".txt"}
    status, output = told["command"]
    assert status == 0, output
    assert "lies between" in output
    assert "single runs  " in output, "the table is printed below the sentence"


@pytest.mark.system
def test_metric_and_picture_can_come_from_another_package(tmp_path: Path) -> None:
    text = without_future("sim/metrics/advocacy.py", "sim/figures/share_over_time.py")
    (tmp_path / "mine.py").write_text(f"from __future__ import annotations\n{text}", encoding="utf-8")
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
