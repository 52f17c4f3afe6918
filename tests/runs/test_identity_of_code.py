"""What tells one piece of a user's code from another: every part of it that can change a number, and nothing else."""

from __future__ import annotations

import functools
import importlib
import sys
import threading
import types
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.metrics.registry import all_metrics
from sim.runs import own_code
from sim.runs.own_code import UnknownCodeError, identity_of, identity_or_new, imported_files, is_installed


def defined(text: str, **names: Any) -> Any:
    """What a cell of a notebook defines as `mine`."""
    space = {"__name__": "__main__", **names}
    exec(text, space)
    return space["mine"]


ONE = "def mine(seen, share=0.5, *, most=1.0):\n    return min(share * seen, most)\n"
CLASS = """
class Base:
    def helped(self):
        return {base}
class mine(Base):
    levels = {levels}
    @property
    def share(self):
        return {share}
    @staticmethod
    def most():
        return {most}
"""
USUAL = {"base": 1, "levels": (1, 2), "share": 0.5, "most": 1.0}


@pytest.mark.parametrize("other", [
    ONE.replace("0.5", "0.6"), ONE.replace("most=1.0", "most=2.0"), ONE.replace("min(", "max("),
    ONE.replace("share *", "share +"), ONE.replace("seen, share=0.5", "share=0.5, seen=0"),
    ONE.replace("return", "yield"), ONE.replace("*, ", ""),
])
def test_a_function_is_its_code_and_its_defaults(other: str) -> None:
    assert identity_of(defined(ONE)) == identity_of(defined(ONE))
    assert identity_of(defined(other)) != identity_of(defined(ONE))


@pytest.mark.parametrize("change", [{"base": 2}, {"levels": (2, 1)}, {"levels": [1, 2]}, {"share": 0.6}, {"most": 2.0}])
def test_a_class_is_its_members_and_those_of_its_bases(change: dict[str, Any]) -> None:
    before = identity_of(defined(CLASS.format(**USUAL)))
    assert before == identity_of(defined(CLASS.format(**USUAL)))
    assert before != identity_of(defined(CLASS.format(**{**USUAL, **change})))


def test_words_about_a_class_do_not_belong_to_it() -> None:
    plain, told = "class mine:\n    share = 0.5\n", 'class mine:\n    """In words."""\n    share: float = 0.5\n'
    assert identity_of(defined(plain)) == identity_of(defined(told))


def seeing(value: Any) -> Any:
    """A function that reads a value of its module."""
    return defined("def mine(seen):\n    return VALUE\n", VALUE=value)


@pytest.mark.parametrize(("one", "other"), [
    ({"a": 1, "b": 2}, {"a": 1, "b": 3}), ({"a": 1, "b": 2}, {"a": 1, "c": 2}), ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ([1, 2], [1, 2, 2]), ((1, (2, 3)), ((1, 2), 3)), ({1, 2}, {1, 3}), ({1, 2}, frozenset({1, 2, 3})),
    (1, 1.0), (1, True), ("1", 1), (b"a", "a"), (None, 0), (..., None), (1j, 1), ("a\0b", "ab"),
    (np.arange(3), np.arange(4)), (np.float64(1.0), np.float64(2.0)),
    (functools.partial(max, 1), functools.partial(min, 1)),
    (functools.partial(max, key=len), functools.partial(max, key=abs)),
    (len, abs), (np.random.default_rng(1), np.random.default_rng(2)),
])
def test_values_that_code_sees_are_told_apart(one: Any, other: Any) -> None:
    assert identity_of(seeing(one)) == identity_of(seeing(one))
    assert identity_of(seeing(one)) != identity_of(seeing(other))


def test_a_set_has_no_order_and_a_thing_seen_twice_is_not_two_things() -> None:
    assert identity_of(seeing({"a", "b", "c"})) == identity_of(seeing({"c", "b", "a"}))
    shared: list[int] = [1]
    assert identity_of(seeing([shared, shared])) != identity_of(seeing([[1], [1]]))
    assert identity_of(seeing([[1], [2], shared, shared])) == identity_of(seeing([[1], [2], shared, shared]))


def test_code_inside_code_and_what_it_sees_belong_to_it() -> None:
    text = "def mine(seen):\n    return [VALUE * one for one in seen] + [(lambda x: x + {})(1)]\n"
    assert identity_of(defined(text.format(1), VALUE=1)) != identity_of(defined(text.format(1), VALUE=2))
    assert identity_of(defined(text.format(1), VALUE=1)) != identity_of(defined(text.format(2), VALUE=1))
    counted = ("def outer():\n    def mine(seen):\n        return mine(seen - 1) if seen else {}\n    return mine\n"
               "mine = outer()\n")
    assert identity_of(defined(counted.format(0))) == identity_of(defined(counted.format(0)))
    assert identity_of(defined(counted.format(0))) != identity_of(defined(counted.format(1)))


def test_a_method_is_its_function_and_its_owner() -> None:
    owner = defined("class mine:\n    def __init__(self, share):\n        self.share = share\n"
                    "    def told(self):\n        return self.share\n")
    with pytest.raises(UnknownCodeError, match="mine that your code uses"):
        identity_of(owner(1).told)  # made in a notebook: nobody can say what is in it
    assert identity_of("a".upper.__self__) == identity_of("a")
    assert identity_of(types.MethodType(len, "a")) != identity_of(types.MethodType(len, "b"))
    assert identity_of(types.MethodType(len, "a")) != identity_of(types.MethodType(abs, "a"))


def test_an_identity_has_thirty_two_digits_and_of_the_unknown_another_one_every_time() -> None:
    assert identity_or_new(max) == identity_of(max)
    unknown = seeing(one for one in "ab")
    assert identity_or_new(unknown) != identity_or_new(unknown)
    assert [len(identity_or_new(thing)) for thing in (max, unknown)] == [32, 32]


@pytest.mark.parametrize(("module", "installed"), [
    (None, False), ("", False), ("__main__", False), ("__mp_main__", False), ("no_such_module_anywhere", False),
    ("json", True), ("json.decoder", True), ("sys", True), ("numpy", True), ("sim.runs.plan", True), ("sim", True),
])
def test_what_comes_with_python_or_is_installed(module: str | None, installed: bool) -> None:
    assert is_installed(module) is installed


def test_imports_are_followed_by_name_and_never_run(tmp_path: Path) -> None:
    files = {"mine.py": "import parts.deep\nfrom . import near\nfrom parts import wide\nimport broken, json\n",
             "parts/__init__.py": "", "parts/deep.py": "from mine import x\n", "parts/wide.py": "import near\n",
             "near.py": "raise SystemExit\n", "broken.py": "def (\n", "far.py": ""}
    (tmp_path / "parts").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = [one.relative_to(tmp_path).as_posix() for one in imported_files(tmp_path / "mine.py")]
    assert found == ["broken.py", "near.py", "parts/__init__.py", "parts/deep.py", "parts/wide.py"]
    assert list(imported_files(tmp_path / "far.py")) == []
    assert list(imported_files(tmp_path / "none.py")) == []


def test_a_module_of_ones_own_is_its_text_and_that_of_what_it_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "told_of_tests.py").write_text("import heard_of_tests\n")
    found = []
    for text in ("SHARE = 1\n", "SHARE = 1\n", "SHARE = 2\n"):
        (tmp_path / "heard_of_tests.py").write_text(text)
        found.append(identity_of(seeing(importlib.import_module("told_of_tests"))))
    assert found[0] == found[1] != found[2]
    for name in ("told_of_tests", "heard_of_tests"):
        del sys.modules[name]


def test_a_module_without_a_file_is_installed_unless_it_is_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    made, folder = types.ModuleType("made_of_tests"), types.ModuleType("folder_of_tests")
    folder.__path__ = []  # a folder without an __init__.py
    for module in (made, folder):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    assert (is_installed("made_of_tests"), is_installed("folder_of_tests")) == (True, False)


def test_a_value_is_what_its_class_does_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    found = []
    for text in ("return self.share", "return self.share", "return 2 * self.share"):
        (tmp_path / "kinds_of_tests.py").write_text(
            "class Kind:\n    def __init__(self, share):\n        self.share = share\n"
            f"    def told(self):\n        {text}\n")
        importlib.invalidate_caches()
        sys.modules.pop("kinds_of_tests", None)
        kind = importlib.import_module("kinds_of_tests").Kind
        found.append(identity_of(seeing(kind(0.5))))
        assert identity_of(seeing(kind(0.6))) != found[-1]
    assert found[0] == found[1] != found[2]
    del sys.modules["kinds_of_tests"]


class Known:
    """In place of a registry: what enters it."""

    def __init__(self, what: str) -> None:
        self.what, self.entered = what, dict[str, Any]()

    def define(self, name: str, thing: Any) -> None:
        self.entered[name] = thing


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> tuple[Known, Known]:
    """Strategies and events of which two are of a notebook (in their place: classes that any process has)."""
    strategies, events = Known("strategy"), Known("event")
    monkeypatch.setattr(own_code, "STRATEGIES", strategies)
    monkeypatch.setattr(own_code, "EVENTS", events)
    monkeypatch.setattr(own_code, "own_metrics", tuple)
    monkeypatch.setattr(own_code, "_own_kinds", lambda: {("strategy", "mine"): Counter, ("event", "sale"): OrderedDict})
    return strategies, events


def test_what_workers_cannot_import_travels_where_a_scenario_names_it(registries: tuple[Known, Known]) -> None:
    strategies, events = registries
    assert own_code.packed(lambda: {"strategy", "another"}) == b""
    assert own_code.unpacked(own_code.packed(lambda: {"mine"})) == {("strategy", "mine"): Counter}
    assert (strategies.entered, events.entered) == ({"mine": Counter}, {})
    both = own_code.unpacked(own_code.packed(lambda: {"mine", "sale"}))
    assert set(both) == {("strategy", "mine"), ("event", "sale")}
    assert events.entered == {"sale": OrderedDict}
    assert own_code.unpacked(b"") == {}


def test_metrics_of_ones_own_travel_without_anybody_naming_them(
    registries: tuple[Known, Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    share, defined = all_metrics()["market_share"], list[Any]()
    monkeypatch.setattr(own_code, "own_metrics", lambda: (share,))
    monkeypatch.setattr(own_code, "define", defined.append)
    monkeypatch.setattr(own_code, "_own_kinds", dict)
    sent = own_code.unpacked(own_code.packed(lambda: pytest.fail("nothing is named by a scenario")))
    assert list(sent) == [("metric", "market_share")]
    assert [one.name for one in defined] == ["market_share"]
    assert registries[0].entered == {}


def test_what_cannot_travel_is_named_before_the_first_run(
    registries: tuple[Known, Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_code, "_own_kinds", lambda: {("strategy", "mine"): threading.Lock()})
    with pytest.raises(ValueError, match="the strategy 'mine' cannot be sent to other processes"):
        own_code.packed(lambda: {"mine"})
    filed = types.SimpleNamespace(source_file="mine.py")
    monkeypatch.setattr(own_code, "_own_kinds", lambda: {("strategy", "mine"): filed})
    assert own_code.packed(lambda: {"mine"}) == b""
