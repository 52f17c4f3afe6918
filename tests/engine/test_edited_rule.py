"""An edited rule takes effect at once: the compiled loops are named by the text of all rules.

numba's own cache watches only the file of the compiled function, and would silently run the old rule.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.numerics.elementary import HAS_NUMBA

pytestmark = pytest.mark.skipif(not HAS_NUMBA, reason="numba cannot be imported here")

TWO_PHASES = """
import hashlib
from sim.market.simulation import Simulation, Options
from sim.engine import compiled, generating
from sim.engine.executors import run
from sim.period import PASSES
from sim.engine.world import Totals
from sim.scenario.load import load

scenario = load({"question": "Which rule runs?", "firms": {"Root": {}}, "market": {"customers": 50}})
one, other = (Simulation(scenario, 1, 1, Options("numpy", 1)) for _ in range(2))
for course in (one, other):
    course.step()
phases = [phase for phase in PASSES["hear and choose"] if phase.name in ("wake", "deplete")]
run(phases, one.world, Totals.zero(1), [slice(0, 50)])
names = generating.Names.of(other.world.p, other.world.m)
kernel = compiled.module_of(generating.source_for(phases, names))
compiled.call(kernel, other.world, Totals.zero(1), (0, 50, 64), compiled.packed(other.world))
for course in (one, other):
    print(hashlib.sha256(course.world.need.level.tobytes()).hexdigest()[:16])
"""
WHOLE_MARKET = """
import hashlib
from sim.market.simulation import Simulation, Options
from sim.scenario.load import load

scenario = load({"question": "Which rule runs?", "firms": {"Root": {}}, "market": {"customers": 50}})
for executor in ("numpy", "numba"):
    course = Simulation(scenario, 1, 1, Options(executor, 1))
    course.step()
    print(hashlib.sha256(course.world.need.level.tobytes()).hexdigest()[:16])
"""


def _run(script: str, room: Path) -> tuple[str, str]:
    """What plain NumPy and the compiled loops give in a new process, with the rules of this copy."""
    environment = {**os.environ, "PYTHONPATH": str(room), "CLIENTELE_CACHE": str(room / "cache")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=room, env=environment, capture_output=True, text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    numpy_digest, numba_digest = done.stdout.split()
    return numpy_digest, numba_digest


def _assert_an_edit_counts(script: str, room: Path) -> None:
    shutil.copytree(Path(sim.__file__).parent, room / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    before = _run(script, room)
    assert before[0] == before[1]
    rules = room / "sim" / "rules" / "needs.py"
    text, old = rules.read_text(encoding="utf-8"), "return level * maximum(1.0 - strength + strength * kept, 0.0)"
    assert text.count(old) == 1
    new = "return level * maximum(1.0 - strength + strength * kept * kept, 0.0)"
    rules.write_text(text.replace(old, new), encoding="utf-8")
    after = _run(script, room)
    assert after[0] == after[1], "the compiled loops ran the old rule"
    assert after[0] != before[0], "the edited rule had no effect"


@pytest.mark.system
def test_an_edited_rule_takes_effect_in_the_next_process(tmp_path: Path) -> None:
    _assert_an_edit_counts(TWO_PHASES, tmp_path)


@pytest.mark.slow
def test_an_edited_rule_takes_effect_in_a_whole_market(tmp_path: Path) -> None:
    _assert_an_edit_counts(WHOLE_MARKET, tmp_path)
