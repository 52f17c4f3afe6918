"""Things of other people's packages are found by their entry points, and what is wrong with them is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.registry import COMMANDS, FIGURES, METRICS, STRATEGIES, STUDIES, ClassRegistry, Registry
from sim.studies.settings import SETTINGS

PACKAGE = '''
from typing import Literal

from sim.firms.events import Effect, Happening
from sim.firms.strategies import Strategy
from sim.metrics.registry import metric


class AllPeople(Strategy):
    """Everything on people."""

    def plan(self, seen):
        return self.spend(seen, seen.written, {"people": 1.0})


class Festival(Happening):
    """Twice the demand."""

    kind: Literal["festival"] = "festival"

    def effect(self, part):
        return Effect(market={"demand": 2.0})


@metric("people", "people in the market", label="all there are")
def everybody_people(records):
    """Everybody."""
    return records.present()


def picture_of_all(table, ax=None):
    """Nothing much."""
    return ax
'''
ENTRY_POINTS = """
[clientele.strategies]
all_people = plugged:AllPeople
[clientele.events]
festival = plugged:Festival
[clientele.metrics]
everybody_people = plugged:everybody_people
[clientele.figures]
picture_of_all = plugged:picture_of_all
"""
ASK = """
import json
from sim import figures
from sim.firms.strategies import build
from sim.metrics.registry import metric_in_words
from sim.registry import EVENTS, STRATEGIES
from sim.valuation.outcomes import known_outcomes, metric_units
print(json.dumps([
    "all_people" in STRATEGIES.names(), type(build("all_people")).__name__,
    "festival" in EVENTS.names(), EVENTS.find("festival")().effect(1.0).market,
    metric_units()["everybody_people"], metric_in_words("everybody_people"), list(known_outcomes("everybody_people")),
    "picture_of_all" in figures.names(), figures.find("picture_of_all").__name__,
    "picture_of_all" in figures.names_from_runs(),
]))
"""


def _installed(folder: Path, module: str, text: str, entry_points: str) -> None:
    (folder / f"{module}.py").write_text(text, encoding="utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")


@pytest.mark.system
def test_a_package_adds_a_strategy_an_event_a_metric_and_a_picture(tmp_path: Path) -> None:
    _installed(tmp_path, "plugged", PACKAGE, ENTRY_POINTS)
    path = os.pathsep.join((str(tmp_path), *filter(None, sys.path)))
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": path})
    assert json.loads(done.stdout) == [
        True, "AllPeople", True, {"demand": 2.0}, "people", "all there are", ["everybody_people"],
        True, "picture_of_all", False,
    ]


@pytest.mark.parametrize(("registry", "group"), [
    (ClassRegistry("strategy", "firms.strategies", group="clientele.strategies"), "clientele.strategies"),
    (ClassRegistry("kind of event", "firms.events", group="clientele.events"), "clientele.events"),
    (Registry("metric", "metrics", group="clientele.metrics"), "clientele.metrics"),
    (Registry("picture", "figures", group="clientele.figures"), "clientele.figures"),
])
def test_a_package_that_does_not_load_is_named(
    registry: Registry, group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _installed(tmp_path, "broken_plug", "1 / 0", f"[{group}]\nworse = broken_plug:Worse\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match=f"^the package 'broken_plug' offers the {registry.what} 'worse', but it does "
                                         "not load: ZeroDivisionError: division by zero$"):
        _ = registry.offered


def test_a_package_with_the_name_of_a_shipped_picture_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _installed(tmp_path, "second_plug", "def equity_bars(table, ax=None): ...",
               "[clientele.figures]\nequity_bars = second_plug:equity_bars\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = Registry("picture", "figures", group="clientele.figures", functions=True)
    with pytest.raises(ValueError, match="offers the picture 'equity_bars', but there is one of that name already"):
        registry.names()


def test_a_wrong_name_is_answered_by_the_nearest() -> None:
    with pytest.raises(ValueError, match="there is no strategy 'relationshp'; did you mean relationship"):
        STRATEGIES.find("relationshp")
    with pytest.raises(LookupError, match="There is no picture 'equity_bar'; did you mean equity_bars"):
        FIGURES.find("equity_bar")
    assert STUDIES.find("sweep").__name__ == "sweep"


def test_a_class_defined_twice_in_one_place_replaces_itself() -> None:
    registry = ClassRegistry("strategy", "firms.strategies")
    made: list[Any] = [type("Mine", (), {"__module__": "__main__", "__qualname__": "Mine"}) for _ in range(2)]
    for one in made:
        registry.define("mine", one)
    assert registry.find("mine") is made[1]
    other = type("Mine", (), {"__module__": "elsewhere", "__qualname__": "Mine"})
    with pytest.raises(TypeError, match="two strategies are called 'mine'"):
        registry.define("mine", other)


def test_metrics_stand_in_two_rooms() -> None:
    names = {module.__name__ for module in METRICS.modules}
    assert {"sim.metrics.money", "sim.valuation.person"} <= names


def test_a_study_is_a_file_with_the_function_of_its_name_and_every_declared_one_is_there() -> None:
    names = set(STUDIES.names())
    assert set(SETTINGS) <= names
    assert {"drivers", "equity_report", "truth"} <= names
    assert not {"asking", "draw", "figure_tables", "settings", "study", "study_file"} & names
    assert not {name for name in COMMANDS.names() if name in SETTINGS and SETTINGS[name].has_command}


def test_public_names_stand_in_the_stub_and_each_can_be_loaded() -> None:
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    assert sim.figures.names()
    with pytest.raises(AttributeError, match="has no 'nothing'"):
        _ = sim.nothing
