"""What code of a user decides the numbers of a run, as hexadecimal digits: strategies, events and metrics of one's own.

The rules of this package and what is installed have versions. A class of a notebook or of a file has none: it is known
by its bytecode, by the values that it sees (closures, defaults, globals), and by the text of the modules it imports.
"""

from __future__ import annotations

import ast
import dis
import functools
import hashlib
import pickle
import secrets
import site
import sys
import sysconfig
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sim.metrics.registry import Metric, define, own_metrics
from sim.registry import EVENTS, STRATEGIES

_INSTALLED = tuple({Path(place).resolve() for place in [
    *sysconfig.get_paths().values(), *site.getsitepackages(), site.getusersitepackages(),
    str(Path(__file__).resolve().parent.parent)]})
_OF_PYDANTIC = ("__pydantic", "model_", "_abc", "__abstract", "__class_vars__", "__private_attributes__",
                "__signature__")
_OF_PYTHON = {"__dict__", "__weakref__", "__module__", "__qualname__", "__doc__", "__annotations__", "__hash__",
              "__firstlineno__", "__static_attributes__", "source_file"}


class UnknownCodeError(ValueError):
    """Something decides a number and cannot be told from another of its name."""


def own_classes(words: set[str]) -> dict[str, str]:
    """Strategies and events of one's own that a scenario with these words names, with the identity of their code.

    Code that uses what cannot be identified is another one every time: a store of its runs is not gone on with.
    """
    return {f"{what} {name}": identity_or_new(kind) for (what, name), kind in _own_kinds().items() if name in words}


def _own_kinds() -> dict[tuple[str, str], Any]:
    """Strategies and events of one's own, by what they are and their names."""
    return {(registry.what, name): kind for registry in (STRATEGIES, EVENTS)
            for name, kind in registry.defined().items() if not is_installed(kind.__module__)}


def packed(words: Callable[[], set[str]]) -> bytes:
    """What other processes cannot import, to be sent with the runs: strategies and events of a notebook that scenarios
    with these words name, and one's own metrics. Those of files are found by the file's name.

    Raises:
        ValueError: one of them cannot be sent.
    """
    own = {key: kind for key, kind in _own_kinds().items() if not getattr(kind, "source_file", "")}
    named = words() if own else set()
    things = {key: kind for key, kind in own.items() if key[1] in named} | {
        ("metric", one.name): one for one in own_metrics()}
    if not things:
        return b""
    import cloudpickle  # comes with what makes workers

    for (what, name), thing in things.items():
        try:
            cloudpickle.dumps(thing)
        except Exception as error:
            raise ValueError(f"the {what} '{name}' cannot be sent to other processes ({error}): leave `workers` out, "
                             "or put it into a file of its own") from None
    return bytes(cloudpickle.dumps(things))


def unpacked(own: bytes) -> dict[tuple[str, str], Any]:
    """Have what came with the runs known here, for as long as what is given back is kept."""
    things: dict[tuple[str, str], Any] = pickle.loads(own) if own else {}
    for (what, name), thing in things.items():
        if isinstance(thing, Metric):
            define(thing)
        else:  # it has entered already, but perhaps as the empty shell of one that came before
            next(one for one in (STRATEGIES, EVENTS) if one.what == what).define(name, thing)
    return things


def identity_or_new(thing: Any) -> str:
    """Its identity; of what cannot be identified another one every time."""
    try:
        return identity_of(thing)
    except UnknownCodeError:
        return secrets.token_hex(16)


def identity_of(thing: Any) -> str:
    """Thirty-two hexadecimal digits over a class or function and everything of one's own that it uses.

    Raises:
        UnknownCodeError: it uses a value that cannot be written down.

    >>> identity_of(functools.partial(max, 5)) == identity_of(functools.partial(max, 5))
    True
    >>> identity_of(functools.partial(max, 5)) == identity_of(functools.partial(max, 6))
    False
    """
    walk = _Walk()
    walk.add(thing)
    return walk.content.hexdigest()[:32]


def imported_files(path: Path) -> Iterator[Path]:
    """The files that a file of Python imports, one from the other, where they are not installed; none is run."""
    waiting, known = [path], {path}
    while waiting:
        one = waiting.pop()
        for name in _names_imported(one):
            for place in (one.parent, path.parent, *map(Path, sys.path)):
                stem = place / name.replace(".", "/")
                found = next((file.resolve() for file in (stem.with_suffix(".py"), stem / "__init__.py")
                              if file.is_file()), None)
                if found is not None:
                    if found not in known and not _in_installed(found):
                        known.add(found)
                        waiting.append(found)
                    break
    return iter(sorted(known - {path}))


def _names_imported(path: Path) -> list[str]:
    """Dotted names in the import statements of a file; of `from a import b` both a and a.b."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return []
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = [node.module] if node.module else []
            found += start + [".".join([*start, alias.name]) for alias in node.names]
    return found


def is_installed(module: str | None) -> bool:
    """Whether a module comes with Python, with this package or with another that is installed."""
    known = sys.modules.get((module or "").partition(".")[0]) if module else None
    if module in (None, "__main__", "__mp_main__") or known is None:
        return False
    if module.partition(".")[0] in sys.stdlib_module_names:
        return True
    file = getattr(sys.modules.get(module, known), "__file__", None)
    return file is None and not hasattr(known, "__path__") if file is None else _in_installed(Path(file).resolve())


def _in_installed(path: Path) -> bool:
    return any(path.is_relative_to(place) for place in _INSTALLED)


class _Walk:
    """Goes through what a thing consists of, each part once, and hashes it."""

    def __init__(self) -> None:
        self.content, self.seen = hashlib.sha256(), {0: 0}
        self.kept: list[Any] = []  # so that no number of an object is used again

    def add(self, thing: Any) -> None:
        """One more part."""
        if isinstance(thing, bool | int | float | complex | str | bytes | None | types.EllipsisType):
            self._say(type(thing).__name__, repr(thing))
        elif id(thing) in self.seen:
            self._say("again", str(self.seen[id(thing)]))
        else:
            self.seen[id(thing)] = len(self.seen)
            self.kept.append(thing)
            self._part(thing)

    def _say(self, *words: str) -> None:
        for word in words:
            self.content.update(word.encode("utf-8", "backslashreplace") + b"\0")

    def _part(self, thing: Any) -> None:
        if isinstance(thing, list | tuple):
            self._say(type(thing).__name__, str(len(thing)))
            for one in thing:
                self.add(one)
        elif isinstance(thing, dict):
            self._say("dict", str(len(thing)))
            for key, value in thing.items():
                self.add(key)
                self.add(value)
        elif isinstance(thing, set | frozenset):
            self._say("set", *sorted(identity_of(one) for one in thing))
        elif isinstance(thing, staticmethod | classmethod):
            self._say(type(thing).__name__)
            self.add(thing.__func__)
        elif isinstance(thing, property):
            self.add([thing.fget, thing.fset])
        elif isinstance(thing, types.MethodType):
            self.add([thing.__func__, thing.__self__])
        elif isinstance(thing, functools.partial):
            self.add([thing.func, thing.args, thing.keywords])
        elif isinstance(thing, types.CodeType):
            self._code(thing)
        elif isinstance(thing, types.ModuleType):
            self._module(thing)
        elif is_installed(getattr(thing, "__module__", None)) and isinstance(thing, type | types.FunctionType):
            self._say("installed", thing.__module__, thing.__qualname__)
        elif isinstance(thing, types.FunctionType):
            self._function(thing)
        elif isinstance(thing, type):
            self._class(thing)
        else:
            self._value(thing)

    def _code(self, code: types.CodeType) -> None:
        self._say("code", code.co_code.hex(), *code.co_names, "-", *code.co_varnames, "-", *code.co_freevars)
        self.add([code.co_argcount, code.co_kwonlyargcount, code.co_flags, code.co_consts])

    def _function(self, function: types.FunctionType) -> None:
        self._say("function")
        self.add(function.__code__)
        self.add([function.__defaults__, function.__kwdefaults__])
        for cell in function.__closure__ or ():
            try:
                seen = cell.cell_contents
            except ValueError:
                self._say("empty")
            else:
                self.add(seen)
        for name in sorted(_globals_of(function.__code__)):
            if name in function.__globals__:
                self._say(name)
                self.add(function.__globals__[name])

    def _class(self, kind: type) -> None:
        self._say("class", kind.__qualname__)
        for base in kind.__bases__:
            self.add(base)
        for name, value in sorted(vars(kind).items()):
            if name not in _OF_PYTHON and not name.startswith(_OF_PYDANTIC):
                self._say(name)
                self.add(value)
        for name, field in vars(kind).get("__pydantic_fields__", {}).items():
            self._say("field", name, repr(field.metadata))
            self.add([field.default, field.default_factory])

    def _module(self, module: types.ModuleType) -> None:
        self._say("module", module.__name__)
        file = getattr(module, "__file__", None)
        if not is_installed(module.__name__) and file:
            for path in (Path(file).resolve(), *imported_files(Path(file).resolve())):
                self._say(hashlib.sha256(path.read_bytes()).hexdigest())

    def _value(self, thing: Any) -> None:
        """Any other value: its kind, and what pickle says of it."""
        try:
            written = pickle.dumps(thing, protocol=4)
        except Exception:
            raise UnknownCodeError(f"a value of the kind {type(thing).__qualname__} that your code uses cannot be told "
                                   "from another one") from None
        self._say(type(thing).__qualname__, hashlib.sha256(written).hexdigest())
        if not is_installed(type(thing).__module__):
            self.add(type(thing))


def _globals_of(code: types.CodeType) -> set[str]:
    """Names that code looks up in its module, the code inside it included."""
    found = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found |= _globals_of(inner)
    return found
