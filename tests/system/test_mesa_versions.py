"""The same bytes on every Python and Mesa that is here: a small program run by each of them.

Interpreters are looked for in the environment variable CLIENTELE_PYTHONS (paths, separated as in PATH) and by the names
python3.11 to python3.14. One that cannot import what the market needs is skipped, with its reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("python3.11", "python3.12", "python3.13", "python3.14")
UNABLE = 77
CAN_IT = f"""
import sys
try:
    import mesa, networkx, numpy, pandas, pydantic, yaml
except ImportError as error:
    print(error)
    sys.exit({UNABLE})
"""
PROGRAM = """
import gc, hashlib, json, sys, weakref
import mesa
import numpy as np
from sim.market.customer import Customer
from sim.market.firm import Firm
from sim.market.market import Market

SCENARIO = {
    "question": "Who stays?", "clock": {"years": 1},
    "firms": {"Rush": {"price_cut": {"depth": 0.1}}, "Root": {}, "Rest": {"quality": 0.8}},
}

def digest(values):
    state = hashlib.sha256()
    for name, value in values:
        state.update(name.encode() + np.ascontiguousarray(value).tobytes())
    return state.hexdigest()[:16]

def told(level):
    market = Market(SCENARIO, 7, overrides={"market.customers": 120, "mechanisms.level": level}, executor="numpy")
    assert market.running and market.scenario.question == "Who stays?"
    while market.running:
        market.step()
    records, people = market.records(), market.customers
    collected = market.datacollector.get_agenttype_vars_dataframe(Firm)
    bought = records.transactions
    result = {
        "columns": digest(market.course.world.columns().items()),
        "books": digest([("ledger", records.ledger), ("counts", records.counts)]),
        "transactions": digest((name, getattr(bought, name)) for name in ("period", "customer", "firm", "amount")),
        "surveys": digest((str(k), np.asarray(wave.period)) for k, wave in enumerate(records.surveys)),
        "collected": [collected[name].tolist() for name in collected],
        "steps": market.steps,
        "ids": [agent.unique_id for agent in market.agents] + [people[0].unique_id],
        "stages": people.groupby("stage").count(),
        "trust": {str(firm): value for firm, value in people.groupby("firm").agg("trust", max).items() if firm},
        "selected": [view.row for view in market.agents_by_type[Customer].select(lambda one: one.trust > 0.5)],
        "random": [market.random.random(), float(market.rng.random())],
    }
    gone = weakref.ref(market)
    del market, people, records
    gc.collect()
    result["freed"] = gone() is None
    return result

answer = {level: told(level) for level in ("basic", "heart", "full")}
"""
SHOW = "print(json.dumps([sys.version.split()[0], mesa.__version__, answer]))"


def interpreters() -> list[str]:
    """Every other Python that is here, by its real program, each version once."""
    listed = [path for path in os.environ.get("CLIENTELE_PYTHONS", "").split(os.pathsep) if path]
    found = listed + [path for name in NAMES if (path := shutil.which(name))]
    return list(dict.fromkeys(path for path in found if Path(path).absolute() != Path(sys.executable).absolute()))


def asked(python: str, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-W", "error", "-c", program], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "5", "NUMBA_DISABLE_JIT": "0"},
    )


@pytest.fixture(scope="module")
def here() -> Any:
    """What this Python and this Mesa say."""
    space: dict[str, Any] = {}
    exec(compile(PROGRAM, "the small program", "exec"), space)
    return json.loads(json.dumps(space["answer"]))


def test_this_python(here: Any) -> None:
    assert set(here) == {"basic", "heart", "full"}
    assert all(told["freed"] for told in here.values())
    assert len({told["columns"] for told in here.values()}) == 3, "the levels differ"


@pytest.mark.parametrize("python", interpreters() or [None], ids=lambda path: str(path) if path else "none")
def test_another_python_says_the_same(here: Any, python: str | None) -> None:
    if python is None:
        pytest.skip("no other Python here; name some in CLIENTELE_PYTHONS")
    done = asked(python, CAN_IT + PROGRAM + SHOW)
    if done.returncode in (UNABLE, 127):
        pytest.skip(f"{python}: {(done.stdout + done.stderr).strip().splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    version, mesa_version, there = json.loads(done.stdout)
    for level, told in here.items():
        for what, value in told.items():
            assert there[level][what] == value, f"{what} at level {level} on Python {version} with Mesa {mesa_version}"
