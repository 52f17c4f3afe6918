"""The generated loops: one text for all markets, kept in a cache, chosen when they pay."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from markets import random_market, small_market, walked

from sim.engine import compiled, generating
from sim.engine import engine as running
from sim.engine.engine import Engine, chosen
from sim.engine.world import Totals
from sim.market.simulation import PROGRAM, Options, Simulation
from sim.period import PASSES

needs_numba = pytest.mark.skipif(not running.HAS_NUMBA, reason="numba cannot be imported here")


def test_the_text_of_the_loops_is_the_same_for_every_market() -> None:
    """Otherwise every scenario would have to be compiled anew."""
    worlds = [walked(random_market(seed), 0).world for seed in range(12)]
    for phases in PASSES.values():
        assert len({generating.source_for(phases, generating.Names.of(world.p, world.m)) for world in worlds}) == 1


def test_every_phase_sets_columns_that_exist_and_adds_to_totals_that_exist() -> None:
    world = walked(small_market(customers=20), 0).world
    structs = {**generating.STRUCTS}
    for phases in PASSES.values():
        for phase in phases:
            for target in phase.sets:
                name, column = target.split(".")
                assert hasattr(getattr(world, structs[name]), column), f"{phase.name}: {target}"
            for target in phase.adds:
                kind, label = target.split(".")
                assert label in generating.PLACE[kind], f"{phase.name}: {target}"
            assert phase.summary.endswith((".", ")")), f"{phase.name} has no sentence"


def test_no_two_phases_have_the_same_name() -> None:
    names = [phase.name for phases in PASSES.values() for phase in phases]
    assert len(names) == len(set(names))


def test_an_unknown_executor_is_refused_with_the_names_of_the_known() -> None:
    world = walked(small_market(customers=20), 0).world
    with pytest.raises(ValueError, match="choose from auto, python, numpy, numba"):
        chosen("cython", world, PROGRAM, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="threads=0: at least 1"):
        Engine(world, PROGRAM, executor="numpy", threads=0)
    with pytest.raises(ValueError, match="block=0: at least 1"):
        Engine(world, PROGRAM, executor="numpy", block=0)


def test_without_numba_everything_runs_on_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HAS_NUMBA", False)
    world = walked(small_market(customers=20), 0).world
    assert chosen("auto", world, PROGRAM, 10**9) == "numpy"
    with pytest.raises(ImportError, match='use "numpy"'):
        chosen("numba", world, PROGRAM, 1)


@needs_numba
def test_a_market_without_people_in_a_part_is_no_problem() -> None:
    """More threads than people: some have nothing to do."""
    scenario = small_market({"market.friends.graph": "none"}, customers=3)
    for executor in ("numpy", "numba"):
        course = Simulation(scenario, 1, 1, Options(executor, threads=2, block=1))
        course.step()
        assert course.now == 1


def test_totals_of_threads_add_up_in_any_order() -> None:
    one, other = Totals.zero(2), Totals.zero(2)
    one.ledger[0], other.ledger[0] = [1, 2], [10, 20]
    other.count[3, 1], other.market[0] = 7, 5
    one.add(other)
    assert one.ledger[0].tolist() == [11, 22]
    assert one.count[3].tolist() == [0, 7]
    assert one.market[0] == 5


def test_a_run_fits_into_its_memory() -> None:
    """At four firms a customer takes at most 900 bytes."""
    names = {name: {} for name in ("A", "B", "C", "D")}
    world = walked(small_market(firms=names, customers=1000), 0).world
    assert 100 < world.bytes_per_customer() <= 900
    assert world.bytes_per_customer() == pytest.approx(
        (sum(np.asarray(column).nbytes for column in world.columns().values()) + world.friend_of.nbytes) / 1000)


def test_an_edited_rule_is_told_of_and_a_file_touched_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rules = tmp_path / "needs.py"
    rules.write_text("level = 1.0\n", encoding="utf-8")
    monkeypatch.setattr(compiled, "FOLDERS", (tmp_path,))
    monkeypatch.setattr(compiled, "_STAMPED", compiled._stamps())
    monkeypatch.setattr(compiled, "_IMPORTED", compiled._hash_of(compiled.rules_text()))
    compiled.warn_if_edited()  # a warning is an error in tests
    os.utime(rules, ns=(1, 1))
    compiled.warn_if_edited()
    rules.write_text("level = 2.0\n", encoding="utf-8")
    with pytest.warns(RuntimeWarning, match=r"sim\.reload"):
        compiled.warn_if_edited()
    rules.write_text("level = 1.0\n", encoding="utf-8")
    (tmp_path / "new.py").write_text("", encoding="utf-8")
    with pytest.warns(RuntimeWarning, match=r"sim\.reload"):
        compiled.warn_if_edited()


def test_the_text_of_the_loops_is_made_once_and_follows_the_names_of_the_numbers() -> None:
    world = walked(small_market(customers=20), 0).world
    names = generating.Names.of(world.p, world.m)
    for name, phases in PASSES.items():
        assert compiled.texts(PROGRAM, names) is compiled.texts(PROGRAM, names)
        assert compiled.texts(PROGRAM, names)[name] == generating.source_for(phases, names)
        turned = names._replace(floats=names.floats[::-1])
        other = compiled.texts(PROGRAM, turned)[name]
        assert other == generating.source_for(phases, turned) != compiled.texts(PROGRAM, names)[name]
