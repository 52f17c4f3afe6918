"""A room without internet: the folder of docs/course_room.md installs from its own wheels and asks no index."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "docs" / "course_room"
OPTIONS = '--isolated install --quiet --disable-pip-version-check --no-index --find-links'

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")


def room(folder: Path, *what: str) -> Path:
    """The folder as it is made, with the wheels of what is named."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder / "wheels"), *what],
                   cwd=ROOT, check=True, capture_output=True)
    shutil.copy(SCRIPTS / "install.sh", folder)
    return folder


def installed(folder: Path, place: Path) -> subprocess.CompletedProcess[str]:
    """Install from a folder, with every way to the internet blocked."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    return subprocess.run(["sh", str(folder / "install.sh"), str(place)], cwd=place.parent, check=False,
                          env={**own, **nowhere, "PYTHON": sys.executable, "HOME": str(place.parent)},
                          capture_output=True, encoding="utf-8")


def test_what_is_not_in_the_folder_is_not_fetched_from_anywhere(tmp_path: Path) -> None:
    done = installed(room(tmp_path / "room", "--no-deps", "."), tmp_path / "own place")
    assert done.returncode != 0
    assert "(from versions: none)" in done.stderr  # of the first package that is not there
    assert not (tmp_path / "own place" / "bin" / "sim").exists()


@pytest.mark.slow
def test_the_whole_folder_installs_and_runs(tmp_path: Path) -> None:
    place = tmp_path / "own place"
    done = installed(room(tmp_path / "room", ".[notebooks,app]"), place)
    assert done.returncode == 0, done.stderr
    assert "Ready." in done.stdout
    assert list((place / "lessons").glob("01_*.ipynb"))
    sim = subprocess.run([place / "bin" / "sim", "run", "first_look", "-n", "2", "--no-idle", "-q", "--set",
                          "market.customers=100"], cwd=tmp_path, check=True, capture_output=True, encoding="utf-8")
    assert "repeat rate" in sim.stdout
    assert f"{place}/bin/jupyter lab" in done.stdout


def test_both_scripts_say_the_same() -> None:
    shell, batch = ((SCRIPTS / name).read_text(encoding="utf-8") for name in ("install.sh", "install.bat"))
    for text in (shell, batch):
        assert OPTIONS in text
        assert "clientele-lab[notebooks,app]" in text
        assert len(re.findall(r"sim\"? (lessons|doctor)", text)) == 2
    assert "NOT TRIED" in batch
    assert "not tried" in (ROOT / "docs" / "course_room.md").read_text(encoding="utf-8")
