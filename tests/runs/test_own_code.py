"""The identity of a run holds the code of users that decides it: classes, what they see, files that are imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.runs.own_code import UnknownCodeError, identity_of, imported_files
from sim.runs.plan import RunPlan
from sim.scenario.load import load

MARKET = {"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 1}, "market": {"customers": 60}}
CLASS = """
class OfTests(sim.Strategy):
    \"\"\"All to one lever.\"\"\"
    share: float = {default}

    def plan(self, seen):
        return self.spend(seen, seen.written, {{{lever}: helped(self.share)}})
"""


def defined(lever: str = "'service'", default: str = "1.0", helped: Any = None, **names: Any) -> Any:
    """A strategy as a notebook defines it."""
    import sim

    space = {"sim": sim, "__name__": "__main__", "helped": helped or (lambda share: share), **names}
    exec(CLASS.format(lever=lever, default=default), space)
    return space["OfTests"]


def key() -> str:
    """The identity of a run in which firm A has that strategy."""
    market = load({**MARKET, "firms": {"A": {"strategy": "of_tests"}, "B": {}}})
    return RunPlan(market, replications=1).key("as written", 0)


def test_the_same_code_defined_again_is_the_same_run() -> None:
    first = defined()
    before = key()
    again = defined()
    assert key() == before
    assert first is not again


@pytest.mark.parametrize("other", [
    {"lever": "'advertising'"}, {"default": "0.5"}, {"helped": lambda share: share / 2},
    {"lever": "LEVER", "LEVER": "advertising"},
])
def test_other_code_of_the_same_name_is_another_run(other: dict[str, Any]) -> None:
    one = defined()
    before = key()
    two = defined(**other)
    assert key() != before
    assert one is not two


def test_values_that_code_sees_belong_to_it() -> None:
    def made(kind: str) -> Any:
        return lambda seen: {kind: 1.0}

    assert identity_of(made("service")) == identity_of(made("service"))
    assert identity_of(made("service")) != identity_of(made("advertising"))
    lever = defined(lever="LEVER", LEVER="service")
    same = defined(lever="LEVER", LEVER="service")
    assert identity_of(lever) == identity_of(same)
    lever.plan.__globals__["LEVER"] = "relations"
    assert identity_of(lever) != identity_of(same)
    with pytest.raises(UnknownCodeError, match="generator"):
        identity_of(made(one for one in "ab"))  # type: ignore[arg-type]


def test_a_class_that_cannot_be_identified_is_another_run_every_time() -> None:
    kind = defined(lever="next(LEVERS)", LEVERS=(one for one in ("service",)))
    assert key() != key()
    assert kind is not None


def test_files_that_a_file_imports_belong_to_it(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("import sim, numpy\nfrom parts import deep\nclass Mine(sim.Strategy):\n    def plan(self, seen):\n"
                    "        return seen.written\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("")
    (tmp_path / "parts" / "deep.py").write_text("import shallow\n")
    (tmp_path / "shallow.py").write_text("SHARE = 0.5\n")
    (tmp_path / "unused.py").write_text("SHARE = 0.5\n")
    assert [one.relative_to(tmp_path).as_posix() for one in imported_files(mine)] == [
        "parts/__init__.py", "parts/deep.py", "shallow.py"]
    from sim.runs.manifest import _text_of

    before = _text_of(mine)
    (tmp_path / "unused.py").write_text("SHARE = 0.9\n")
    assert _text_of(mine) == before
    (tmp_path / "shallow.py").write_text("SHARE = 0.6\n")
    assert _text_of(mine) != before


def test_the_identity_is_that_of_another_process_whatever_its_hash_seed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("from sim.runs.own_code import identity_of\nNAMES = {'a', 'b', 'c'}\n"
                      "def chosen(x):\n    return x in NAMES or x in {'d', 'e', 'f'}\nprint(identity_of(chosen))\n")
    found = {subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True,
                            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())}).stdout for seed in ("1", "2")}
    assert len(found) == 1
    assert len(found.pop().strip()) == 32
