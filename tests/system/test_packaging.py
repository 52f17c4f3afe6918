"""The package as people get it: entry points, versions, what travels in the wheel, what is loaded when."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = {"mesa", "pandas", "numba", "matplotlib"}

WATCHED = """
import sys
sys.argv = ["sim", *sys.argv[1:]]
from sim.__main__ import main
try:
    main()
except SystemExit as end:
    code = end.code or 0
import json
print("LOADED" + json.dumps([code, sorted(name for name in sys.modules if "." not in name)]), file=sys.stderr)
"""


def python(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in a process of its own."""
    clean = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, encoding="utf-8", cwd=cwd, env=clean, timeout=120,
        check=False,
    )


def loaded_by(*arguments: str) -> tuple[int, set[str]]:
    """Exit code of `sim …`, and the packages that were loaded when it ended."""
    done = python("-c", WATCHED, *arguments)
    code, modules = json.loads(done.stderr.rsplit("LOADED", 1)[1])
    return code, set(modules)


@pytest.mark.parametrize("arguments", [
    ("--help",), ("validate", "first_look"), ("explain", "first_look"), ("--version",), ("run", "--help"),
])
def test_light_commands_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code, modules = loaded_by(*arguments)
    assert code == 0
    assert modules & HEAVY == set(), f"sim {' '.join(arguments)} must not load these"


def test_the_watch_on_loaded_packages_can_fail() -> None:
    done = python("-c", "import pandas\n" + WATCHED, "--version")
    assert "pandas" in json.loads(done.stderr.rsplit("LOADED", 1)[1])[1]


def test_entry_point_is_the_main_function() -> None:
    (command,) = entry_points(group="console_scripts", name="sim")
    from sim.__main__ import main

    assert command.load() is main


def test_python_dash_m_is_the_same_command() -> None:
    done = python("-m", "sim", "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"clientele-lab {version('clientele-lab')}")


def test_version_and_date_are_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[([\d.]+)\] - (\S+)$", changelog, re.MULTILINE)
    assert newest is not None
    assert newest.groups() == (PROJECT["project"]["version"], str(citation["date-released"]))
    assert str(citation["version"]) == PROJECT["project"]["version"] == version("clientele-lab")


def test_licence_and_typing_marker_travel() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert (ROOT / "sim" / "py.typed").exists()
    assert PROJECT["project"]["license"] == "MIT"


def test_scenarios_travel_under_the_name_by_which_they_are_found() -> None:
    forced = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert forced == {"scenarios": "sim/shipped", "notebooks": "sim/lessons"}


def test_an_installed_package_finds_its_scenarios_from_any_folder(tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site packages", tmp_path / "else where"
    shutil.copytree(ROOT / "sim", site / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", site / "sim" / "shipped")
    elsewhere.mkdir()
    done = python("-m", "sim", "scenarios", "--json", cwd=elsewhere, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    names = [entry["name"] for entry in json.loads(done.stdout)]
    assert "first_look" in names
    asked = "from sim.scenario.shipped import shipped_folder as folder; print(folder())"
    where = python("-c", asked, cwd=elsewhere, PYTHONPATH=str(site))
    assert Path(where.stdout.strip()) == site / "sim" / "shipped"


def names_of(entries: list[str]) -> set[str]:
    """The packages that a list of requirements names."""
    return {re.split(r"[\[<>=!~ ]", entry)[0].lower() for entry in entries}


def imported(pattern: str) -> set[str]:
    """Packages of others that modules import; the pattern says where in a line."""
    called = {"yaml": "pyyaml", "mpl_toolkits": "matplotlib", "panel_material_ui": "panel-material-ui",
              "otter": "otter-grader"}
    used: set[str] = set()
    for file in (ROOT / "sim").rglob("*.py"):
        if pattern or "app" not in file.parts:  # the live page is an extra as a whole
            used |= set(re.findall(rf"^{pattern}(?:from|import) (\w+)", file.read_text(encoding="utf-8"), re.M))
    foreign = {called.get(name, name) for name in used - set(sys.stdlib_module_names) - {"sim"}}
    return {name for name in foreign if is_package(name)}


def test_every_package_that_is_imported_is_declared() -> None:
    declared = names_of(PROJECT["project"]["dependencies"])
    extras = PROJECT["project"]["optional-dependencies"]
    optional = names_of([entry for extra, entries in extras.items() if extra != "dev" for entry in entries])
    assert imported(r"\s*") - declared - optional == set(), "import these only after declaring them in pyproject.toml"
    assert imported("") - declared == set(), "packages of an extra are imported inside functions only"


def is_package(name: str) -> bool:
    """Whether a word after `import` is a package at all (docstrings have sentences too)."""
    from importlib.util import find_spec

    try:
        return find_spec({"pyyaml": "yaml", "otter-grader": "otter"}.get(name, name.replace("-", "_"))) is not None
    except (ImportError, ValueError):
        return False


def test_ci_takes_its_commands_from_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("main job", "tests"):
        assert re.search(rf"<!-- {name} -->\s*```sh\n.+?```", readme, re.S), f"the README marks no command as {name}"
    assert "command_of tests" in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert script.splitlines()[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in script
